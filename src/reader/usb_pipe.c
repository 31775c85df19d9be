/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <time.h>

#include "src/base/clock.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/reader/holder.h"
#include "src/reader/usb.h"

enum {
	LOCK_MS = 10000,	/* for another program of ours */
	LOCK_PAUSE_MS = 10,
	PACKET_MAX = 1024,	/* of any speed: reads are whole packets */

	/* CCID 1.10, 5.3.1: to an interface, class */
	REQUEST_TYPE = LIBUSB_REQUEST_TYPE_CLASS | LIBUSB_RECIPIENT_INTERFACE,
	REQUEST_ABORT = 0x01,
};

struct usb_pipe {
	tmg_pipe pipe;
	libusb_device_handle *handle;
	int lock;		/* the node, locked */
	uint8_t interface, in, out;
};

static struct usb_pipe *
of(tmg_pipe *p)
{
	return (struct usb_pipe *)p;
}

static tmg_rc
result(int code)
{
	switch (code) {
	case LIBUSB_SUCCESS:
		return TMG_OK;
	case LIBUSB_ERROR_TIMEOUT:
		return TMG_PENDING;
	case LIBUSB_ERROR_NO_DEVICE:
	case LIBUSB_ERROR_NOT_FOUND:
		return TMG_REMOVED;
	case LIBUSB_ERROR_OVERFLOW:
		return TMG_E_MALFORMED;
	default:
		return TMG_E_IO;
	}
}

/* ---- transfers ----------------------------------------------------------- */

/* libusb's buffers of what is sent are not const, and not written to. */
static tmg_rc
out(tmg_pipe *p, tmg_view message, int ms)
{
	union { const uint8_t *from; uint8_t *to; } bytes = { message.ptr };
	int n = 0, code;

	code = libusb_bulk_transfer(of(p)->handle, of(p)->out, bytes.to,
	    (int)message.len, &n, (unsigned)ms);
	if (code == LIBUSB_SUCCESS && (size_t)n != message.len)
		return TMG_E_IO;
	return result(code);
}

static tmg_rc
in(tmg_pipe *p, tmg_out *message, int ms)
{
	const size_t room = (message->cap - message->len) / PACKET_MAX *
	    PACKET_MAX;
	int n = 0, code;

	code = libusb_bulk_transfer(of(p)->handle, of(p)->in,
	    message->ptr + message->len, (int)room, &n, (unsigned)ms);
	if (n > 0)
		message->len += (size_t)n;
	return result(code);
}

static tmg_rc
abort_slot(tmg_pipe *p, uint8_t slot, uint8_t seq, int ms)
{
	const int code = libusb_control_transfer(of(p)->handle, REQUEST_TYPE,
	    REQUEST_ABORT, (uint16_t)(seq << 8 | slot), of(p)->interface, NULL, 0,
	    (unsigned)ms);

	return code >= 0 ? TMG_OK : result(code);
}

static void
clear(tmg_pipe *p)
{
	(void)libusb_clear_halt(of(p)->handle, of(p)->in);
	(void)libusb_clear_halt(of(p)->handle, of(p)->out);
}

/* ---- beginning and end --------------------------------------------------- */

static void
close_pipe(tmg_pipe *pipe)
{
	struct usb_pipe *p = of(pipe);

	if (p->handle != NULL) {
		(void)libusb_release_interface(p->handle, p->interface);
		libusb_close(p->handle);
	}
	tmg_scope_close(&p->lock);
	free(p);
}

static const tmg_pipe_ops ops = {
	.out = out,
	.in = in,
	.abort = abort_slot,
	.clear = clear,
	.close = close_pipe,
};

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
	return tmg_raise(f, TMG_REMOVED, 0, _("%s was unplugged"), name);
}

static tmg_rc
denied(const tmg_usb_place *at, const char *name, tmg_fault *f)
{
	return tmg_raise(f, TMG_DENIED, 0, _("%s: you may not open %s; install "
	    "tamga's udev rule (60-tamga.rules), plug it in again, and log in at "
	    "this computer's own screen; or use it through the PC/SC daemon"),
	    name, at->node);
}

/*
 * The node itself is the lock between programs of ours: it cannot be left behind,
 * and whoever may open the device may lock it.
 */
static tmg_rc
lock(const tmg_usb_place *at, const char *name, int ms, tmg_fault *f, int *fd)
{
	const struct timespec pause = { .tv_nsec = LOCK_PAUSE_MS * 1000000L };
	const int64_t until = tmg_now_ms() + ms;

	*fd = open(at->node, O_RDWR | O_CLOEXEC);
	if (*fd < 0 && (errno == EACCES || errno == EPERM))
		return denied(at, name, f);
	if (*fd < 0)
		return gone(name, f);
	while (flock(*fd, LOCK_EX | LOCK_NB) != 0) {
		if (errno != EINTR && errno != EWOULDBLOCK)
			return tmg_raise(f, TMG_E_IO, 0, "%s: flock: %s", at->node,
			    strerror(errno));
		if (tmg_now_ms() >= until)
			return held(at, name, f);
		nanosleep(&pause, NULL);
	}
	return TMG_OK;
}

static tmg_rc
claim(struct usb_pipe *p, const tmg_usb_place *at, const char *name,
    tmg_fault *f)
{
	int code = libusb_open(at->device, &p->handle);

	if (code == LIBUSB_SUCCESS) {
		code = libusb_claim_interface(p->handle, at->interface);
		if (code != LIBUSB_SUCCESS) {
			libusb_close(p->handle);
			p->handle = NULL;
		}
	}
	if (code == LIBUSB_ERROR_ACCESS)
		return denied(at, name, f);
	if (code == LIBUSB_ERROR_BUSY)
		return held(at, name, f);
	if (result(code) == TMG_REMOVED)
		return gone(name, f);
	return code == LIBUSB_SUCCESS ? TMG_OK : tmg_raise(f, TMG_E_IO, 0,
	    _("%s cannot be opened: %s; plug it in again"), name,
	    libusb_error_name(code));
}

tmg_rc
tmg_usb_open(const tmg_usb_place *at, const char *name, bool wait,
    tmg_fault *f, tmg_pipe **pipe)
{
	struct usb_pipe *p = calloc(1, sizeof(*p));
	tmg_rc rc;

	*pipe = NULL;
	if (p == NULL)
		return tmg_raise(f, TMG_E_NOMEM, 0, _("out of memory"));
	p->pipe.ops = &ops;
	p->interface = at->interface;
	p->in = at->in;
	p->out = at->out;
	if ((rc = lock(at, name, wait ? LOCK_MS : 0, f, &p->lock)) ||
	    (rc = claim(p, at, name, f))) {
		close_pipe(&p->pipe);
		return rc;
	}
	*pipe = &p->pipe;
	return TMG_OK;
}
