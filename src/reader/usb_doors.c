/* SPDX-License-Identifier: BSD-2-Clause */
/* Who opens a node, and which nodes come and go, by inotify. */
#include <sys/inotify.h>
#include <unistd.h>

#include "src/base/clock.h"
#include "src/reader/usb_bus_parts.h"

enum {
	/* a node is there before its device has a configuration */
	SETTLE_MS = 250,
};

/* One for the bus, when somebody first waits. */
int
tmg_usb_bus_doors(tmg_usb_bus *b)
{
	int fd;

	pthread_mutex_lock(&b->guard);
	if (b->doors < 0)
		b->doors = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	fd = b->doors;
	pthread_mutex_unlock(&b->guard);
	return fd;
}

bool
tmg_usb_bus_watch(tmg_usb_bus *b, tmg_usb_plugged *p, bool on)
{
	bool done = true;

	pthread_mutex_lock(&b->guard);
	if (on && p->watch == 0) {
		const int watch = inotify_add_watch(b->doors, p->at.node,
		    IN_OPEN);

		done = watch > 0;
		p->watch = done ? watch : 0;
	} else if (!on && p->watch != 0) {
		(void)inotify_rm_watch(b->doors, p->watch);
		p->watch = 0;
		p->wanted = false;
	}
	pthread_mutex_unlock(&b->guard);
	return done;
}

/* Each time anew: folders come and go, too. */
bool
tmg_usb_bus_watch_nodes(tmg_usb_bus *b)
{
	const int doors = tmg_usb_bus_doors(b);

	return doors >= 0 && tmg_usb_nodes_watch(doors);
}

static void
note(tmg_usb_bus *b, const struct inotify_event *e)
{
	if ((e->mask & IN_OPEN) == 0)
		b->settled_at = tmg_now_ms() + SETTLE_MS;
	for (tmg_usb_plugged *p = b->all; p != NULL; p = p->next)
		if ((e->mask & IN_OPEN) != 0 && p->watch == e->wd)
			p->wanted = true;
}

void
tmg_usb_bus_notice(tmg_usb_bus *b)
{
	union { struct inotify_event e; char bytes[4096]; } in;
	ssize_t n;

	pthread_mutex_lock(&b->guard);
	while (b->doors >= 0 &&
	    (n = read(b->doors, in.bytes, sizeof(in.bytes))) > 0)
		for (size_t at = 0; at < (size_t)n;) {
			struct inotify_event e;

			memcpy(&e, in.bytes + at, sizeof(e));
			note(b, &e);
			at += sizeof(e) + e.len;
		}
	pthread_mutex_unlock(&b->guard);
}

bool
tmg_usb_bus_is_wanted(tmg_usb_bus *b, tmg_usb_plugged *p)
{
	bool wanted;

	pthread_mutex_lock(&b->guard);
	wanted = p->wanted;
	p->wanted = false;
	pthread_mutex_unlock(&b->guard);
	return wanted;
}
