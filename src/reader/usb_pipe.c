/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The endpoints of a claimed interface.  Messages go by the kernel's own calls that
 * begin a transfer and wait for its end: two for a command and its answer, where
 * transfers of libusb's are begun, waited for and fetched, by eight.  What the reader
 * tells by itself libusb hears.
 */
#include <errno.h>
#include <linux/usbdevice_fs.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "src/base/clock.h"
#include "src/base/scope.h"
#include "src/reader/usb.h"

enum {
	PACKET_MAX = 1024,	/* of any speed: reads are whole packets */
	TRANSFER_MAX = 16384,	/* the kernel has it in one piece of its memory */
	CANCEL_MS = 100,	/* and again: one may be begun anew meanwhile */
	CANCELS_MAX = 50,

	/* CCID 1.10, 5.3.1: to an interface, class */
	REQUEST_TYPE = LIBUSB_REQUEST_TYPE_CLASS | LIBUSB_RECIPIENT_INTERFACE,
	REQUEST_ABORT = 0x01,
};

/* The interrupt endpoint, and what is under way there. */
struct notices {
	struct libusb_transfer *transfer;
	int done;		/* libusb's "completed" */
	bool begun;
	uint8_t bytes[PACKET_MAX];
	tmg_pipe_heard *heard;
	void *of;
};

struct usb_pipe {
	tmg_pipe pipe;
	libusb_context *usb;
	libusb_device_handle *handle;	/* of the node */
	int node;			/* locked */
	tmg_usb_place at;		/* without its device */
	struct notices notices;
	atomic_bool closing;
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

/* Linux, Documentation/driver-api/usb/error-codes.rst */
static tmg_rc
failure(int error)
{
	switch (error) {
	case ETIMEDOUT:
		return TMG_PENDING;
	case ENODEV:
	case ESHUTDOWN:
		return TMG_REMOVED;
	case EOVERFLOW:
		return TMG_E_MALFORMED;
	default:
		return TMG_E_IO;
	}
}

/* ---- messages ------------------------------------------------------------ */

/* One transfer; *moved bytes of it went.  No signal ends it but one that ends the
 * program, and then the kernel takes it back. */
static tmg_rc
bulk(const struct usb_pipe *p, uint8_t endpoint, uint8_t *bytes, size_t len,
    int ms, size_t *moved)
{
	struct usbdevfs_bulktransfer t = { .ep = endpoint,
	    .len = (unsigned)len, .timeout = ms > 0 ? (unsigned)ms : 1,
	    .data = bytes };
	const int n = ioctl(p->node, USBDEVFS_BULK, &t);

	*moved = n < 0 ? 0 : (size_t)n;
	return n < 0 ? failure(errno) : TMG_OK;
}

/* The kernel's structure has no const; nothing is written there. */
static tmg_rc
out(tmg_pipe *pipe, tmg_view message, int ms)
{
	union { const uint8_t *from; uint8_t *to; } bytes = { message.ptr };
	const struct usb_pipe *p = of(pipe);
	size_t sent;
	const tmg_rc rc = bulk(p, p->at.out, bytes.to, message.len, ms, &sent);

	return rc == TMG_OK && sent != message.len ? TMG_E_IO : rc;
}

/* Right to where it is wanted: what is read is a whole number of packets, so that
 * none is cut. */
static tmg_rc
in(tmg_pipe *pipe, tmg_out *message, int ms)
{
	const struct usb_pipe *p = of(pipe);
	size_t room = (message->cap - message->len) / PACKET_MAX * PACKET_MAX;
	size_t got;
	tmg_rc rc;

	if (room == 0)
		return TMG_E_MALFORMED;
	if (room > TRANSFER_MAX)
		room = TRANSFER_MAX;
	rc = bulk(p, p->at.in, message->ptr + message->len, room, ms, &got);
	message->len += got;
	return rc;
}

static tmg_rc
abort_slot(tmg_pipe *p, uint8_t slot, uint8_t seq, int ms)
{
	const int code = libusb_control_transfer(of(p)->handle, REQUEST_TYPE,
	    REQUEST_ABORT, (uint16_t)(seq << 8 | slot), of(p)->at.interface, NULL,
	    0, (unsigned)ms);

	return code >= 0 ? TMG_OK : result(code);
}

static void
clear(tmg_pipe *pipe)
{
	struct usb_pipe *p = of(pipe);

	(void)libusb_clear_halt(p->handle, p->at.in);
	(void)libusb_clear_halt(p->handle, p->at.out);
}

/* ---- notices ------------------------------------------------------------- */

/* In whatever thread has libusb's events. */
static void LIBUSB_CALL
noticed(struct libusb_transfer *t)
{
	struct usb_pipe *p = t->user_data;
	struct notices *n = &p->notices;

	if (t->status == LIBUSB_TRANSFER_COMPLETED &&
	    n->heard(n->of, (tmg_view){ n->bytes, (size_t)t->actual_length }) &&
	    !atomic_load(&p->closing) &&
	    libusb_submit_transfer(t) == LIBUSB_SUCCESS)
		return;
	if (!atomic_load(&p->closing))
		(void)n->heard(n->of, (tmg_view){ NULL, 0 });
	n->done = 1;
}

static tmg_rc
listen_to(tmg_pipe *pipe, tmg_pipe_heard *heard, void *of_heard)
{
	struct usb_pipe *p = of(pipe);
	struct notices *n = &p->notices;
	const size_t packet = p->at.notice_packet;
	tmg_rc rc;

	if (p->at.notices == 0 || packet == 0 || packet > sizeof(n->bytes) ||
	    n->begun)
		return TMG_UNSUPPORTED;
	n->heard = heard;
	n->of = of_heard;
	libusb_fill_interrupt_transfer(n->transfer, p->handle, p->at.notices,
	    n->bytes, (int)packet, noticed, p, 0);
	n->done = 0;
	rc = result(libusb_submit_transfer(n->transfer));
	n->begun = rc == TMG_OK;
	return rc;
}

static void
await_end(struct usb_pipe *p)
{
	const int64_t until = tmg_now_ms() + CANCEL_MS;
	int64_t left;

	while (!p->notices.done && (left = until - tmg_now_ms()) > 0) {
		struct timeval t = { .tv_usec = (suseconds_t)(left * 1000) };
		const int code = libusb_handle_events_timeout_completed(p->usb,
		    &t, &p->notices.done);

		if (code != LIBUSB_SUCCESS && code != LIBUSB_ERROR_INTERRUPTED)
			return;
	}
}

/* False: not even that ends it, and its memory is not ours any more. */
static bool
cancel_notices(struct usb_pipe *p)
{
	struct notices *n = &p->notices;

	for (int i = 0; i < CANCELS_MAX && n->begun; i++) {
		(void)libusb_cancel_transfer(n->transfer);
		await_end(p);
		n->begun = !n->done;
	}
	return !n->begun;
}

/* ---- beginning and end --------------------------------------------------- */

static void
close_pipe(tmg_pipe *pipe)
{
	struct usb_pipe *p = of(pipe);
	bool ended;

	atomic_store(&p->closing, true);
	ended = cancel_notices(p);
	(void)libusb_release_interface(p->handle, p->at.interface);
	libusb_close(p->handle);
	tmg_scope_close(&p->node);
	if (!ended)	/* libusb still has it */
		return;
	libusb_free_transfer(p->notices.transfer);
	free(p);
}

static const tmg_pipe_ops ops = {
	.out = out,
	.in = in,
	.abort = abort_slot,
	.clear = clear,
	.listen = listen_to,
	.close = close_pipe,
};

tmg_rc
tmg_usb_pipe_new(libusb_context *usb, const tmg_usb_place *at,
    libusb_device_handle *handle, int node, tmg_pipe **pipe)
{
	struct usb_pipe *p = calloc(1, sizeof(*p));

	*pipe = NULL;
	if (p == NULL ||
	    (p->notices.transfer = libusb_alloc_transfer(0)) == NULL) {
		free(p);
		libusb_close(handle);
		return TMG_E_NOMEM;
	}
	p->pipe.ops = &ops;
	p->usb = usb;
	p->at = *at;
	p->handle = handle;
	p->node = node;
	*pipe = &p->pipe;
	return TMG_OK;
}
