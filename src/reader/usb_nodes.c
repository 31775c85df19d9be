/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Plugs where no udevd runs.  libusb is told of them by udevd alone, and what it has
 * listed once it does not look at again; the kernel's own nodes come and go without.
 */
#include "src/reader/usb_nodes.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"

#define UDEVD "/run/udev/control"
#define NODES "/dev/bus/usb"

static void
dir_release(DIR **d)
{
	if (*d != NULL)
		closedir(*d);
}

bool
tmg_usb_is_told(void)
{
	return access(UDEVD, F_OK) == 0;
}

/* FNV-1a, of one name. */
static uint64_t
hash(const char *name)
{
	uint64_t sum = 0xcbf29ce484222325;

	for (; *name != '\0'; name++)
		sum = (sum ^ (uint8_t)*name) * 0x100000001b3;
	return sum;
}

/* Sums do not ask in which order a folder has its names. */
static uint64_t
sum_of_bus(const char *bus)
{
	char path[64];
	DIR *d __attribute__((__cleanup__(dir_release)));
	const struct dirent *e;
	uint64_t sum = hash(bus);

	(void)snprintf(path, sizeof(path), NODES "/%.8s", bus);
	d = opendir(path);
	while (d != NULL && (e = readdir(d)) != NULL)
		sum += hash(bus) * 31 ^ hash(e->d_name);
	return sum;
}

/* Each folder of nodes, and the one that they are in. */
bool
tmg_usb_nodes_watch(int inotify)
{
	const uint32_t changes = IN_CREATE | IN_DELETE | IN_MOVED_FROM |
	    IN_MOVED_TO | IN_DELETE_SELF | IN_ONLYDIR;
	bool good = inotify_add_watch(inotify, NODES, changes) >= 0;
	DIR *d __attribute__((__cleanup__(dir_release))) = opendir(NODES);
	const struct dirent *e;
	char path[64];

	while (d != NULL && (e = readdir(d)) != NULL) {
		if (e->d_name[0] == '.')
			continue;
		(void)snprintf(path, sizeof(path), NODES "/%.8s", e->d_name);
		good &= inotify_add_watch(inotify, path, changes) >= 0;
	}
	return good;
}

uint64_t
tmg_usb_nodes(void)
{
	DIR *d __attribute__((__cleanup__(dir_release))) = opendir(NODES);
	const struct dirent *e;
	uint64_t sum = 0;

	while (d != NULL && (e = readdir(d)) != NULL)
		if (e->d_name[0] != '.')
			sum += sum_of_bus(e->d_name);
	return sum;
}

tmg_rc
tmg_usb_later_add(tmg_usb_later **list, tmg_fault *f)
{
	tmg_usb_later *l = calloc(1, sizeof(*l));
	int code;

	if (l == NULL)
		return tmg_raise(f, TMG_E_NOMEM, 0, _("out of memory"));
	code = libusb_init(&l->usb);
	if (code != 0) {
		free(l);
		return tmg_raise(f, TMG_E_IO, 0, _("USB devices cannot be "
		    "listed: %s"), libusb_error_name(code));
	}
	l->next = *list;
	*list = l;
	return TMG_OK;
}

void
tmg_usb_later_sweep(tmg_usb_later **list, const tmg_usb_later *kept,
    bool (*is_used)(void *of, const libusb_context *usb), void *of)
{
	for (tmg_usb_later **at = list, *l; (l = *at) != NULL;) {
		if (l == kept || is_used(of, l->usb)) {
			at = &l->next;
			continue;
		}
		*at = l->next;
		libusb_exit(l->usb);
		free(l);
	}
}
