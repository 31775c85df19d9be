/* SPDX-License-Identifier: BSD-2-Clause */
/* A device is opened, if nobody else has it; and who has, in words.  The node is opened
 * once: what locks it is what libusb and the pipe have. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>

#include "src/base/clock.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/reader/holder.h"
#include "src/reader/usb.h"

enum { LOCK_PAUSE_MS = 10 };

static tmg_rc
held(const tmg_usb_place *at, const char *name, tmg_fault *f)
{
	tmg_holder holder;

	if (!tmg_holder_of_node(at->node, &holder))
		return tmg_raise(f, TMG_BUSY, 0, _("%s: another program holds the "
		    "device (%s); end it and try again"), name, at->node);
	return tmg_raise(f, TMG_BUSY, 0, _("%s: %s holds the device; %s"), name,
	    holder.who, holder.advice);
}

static tmg_rc
gone(const char *name, tmg_fault *f)
{
	return tmg_raise(f, TMG_REMOVED, 0, _("%s was unplugged; plug it in again"),
	    name);
}

static tmg_rc
denied(const tmg_usb_place *at, const char *name, tmg_fault *f)
{
	return tmg_raise(f, TMG_DENIED, 0, _("%s: you may not open %s; install "
	    "tamga's udev rule (60-tamga.rules), plug it in again, and log in at "
	    "this computer's own screen; or use it through the PC/SC daemon"),
	    name, at->node);
}

/* Of a file and one of its bytes, not of a process: fcntl(2), "Open file description
 * locks".  A device may have a reader behind each of several interfaces. */
static int
lock_interface(int node, uint8_t interface)
{
	struct flock range = { .l_type = F_WRLCK, .l_whence = SEEK_SET,
	    .l_start = interface, .l_len = 1 };

	return fcntl(node, F_OFD_SETLK, &range);
}

/* TMG_BUSY: somebody has it. */
static tmg_rc
try_lock(const tmg_usb_place *at, const char *name, tmg_fault *f, int *fd)
{
	tmg_auto_fd node = open(at->node, O_RDWR | O_CLOEXEC);

	if (node < 0 && (errno == EACCES || errno == EPERM))
		return denied(at, name, f);
	if (node < 0)
		return gone(name, f);
	if (lock_interface(node, at->interface) != 0)
		return errno == EINTR || errno == EAGAIN || errno == EACCES
		    ? TMG_BUSY : tmg_raise(f, TMG_E_IO, 0, "%s: fcntl: %s",
		    at->node, strerror(errno));
	*fd = node;
	node = -1;
	return TMG_OK;
}

/*
 * The node itself is the lock between programs of ours: it cannot be left behind,
 * and whoever may open the device may lock it.  Each try opens it: that is the
 * knock that one who only listens hears.
 */
static tmg_rc
lock(const tmg_usb_place *at, const char *name, int ms, tmg_fault *f, int *fd)
{
	const struct timespec pause = { .tv_nsec = LOCK_PAUSE_MS * 1000000L };
	const int64_t until = tmg_now_ms() + ms;
	tmg_rc rc;

	while ((rc = try_lock(at, name, f, fd)) == TMG_BUSY) {
		if (tmg_now_ms() >= until)
			return held(at, name, f);
		nanosleep(&pause, NULL);
	}
	return rc;
}

static tmg_rc
claim(libusb_context *usb, const tmg_usb_place *at, const char *name, int node,
    tmg_fault *f, libusb_device_handle **handle)
{
	int code = libusb_wrap_sys_device(usb, node, handle);

	if (code == LIBUSB_SUCCESS) {
		code = libusb_claim_interface(*handle, at->interface);
		if (code != LIBUSB_SUCCESS)
			libusb_close(*handle);
	}
	if (code == LIBUSB_ERROR_ACCESS)
		return denied(at, name, f);
	if (code == LIBUSB_ERROR_BUSY)
		return held(at, name, f);
	if (code == LIBUSB_ERROR_NO_DEVICE || code == LIBUSB_ERROR_NOT_FOUND)
		return gone(name, f);
	return code == LIBUSB_SUCCESS ? TMG_OK : tmg_raise(f, TMG_E_IO, 0,
	    _("%s cannot be opened: %s; plug it in again"), name,
	    libusb_error_name(code));
}

tmg_rc
tmg_usb_open(libusb_context *usb, const tmg_usb_place *at, const char *name,
    int ms, tmg_fault *f, tmg_pipe **pipe)
{
	tmg_auto_fd fd = -1;
	libusb_device_handle *handle;
	tmg_rc rc;

	*pipe = NULL;
	if ((rc = lock(at, name, ms, f, &fd)) ||
	    (rc = claim(usb, at, name, fd, f, &handle)))
		return rc;
	if ((rc = tmg_usb_pipe_new(usb, at, handle, fd, pipe)))
		return tmg_raise(f, rc, 0, _("out of memory"));
	fd = -1;
	return TMG_OK;
}
