/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The endpoints of a claimed interface.  Reading begins before a message is
 * sent, so that the answer is taken as soon as it is there; what is read stays
 * under way when its time is over, and is what is read next.
 */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/clock.h"
#include "src/base/scope.h"
#include "src/reader/usb.h"

enum {
	PACKET_MAX = 1024,	/* of any speed: reads are whole packets */
	CANCEL_MS = 100,	/* and again: one may be begun anew meanwhile */
	CANCELS_MAX = 50,

	/* CCID 1.10, 5.3.1: to an interface, class */
	REQUEST_TYPE = LIBUSB_REQUEST_TYPE_CLASS | LIBUSB_RECIPIENT_INTERFACE,
	REQUEST_ABORT = 0x01,
};

/* One endpoint, and what is under way there. */
struct way {
	struct libusb_transfer *transfer;
	int done;		/* libusb's "completed" */
	bool begun;
};

struct usb_pipe {
	tmg_pipe pipe;
	libusb_context *usb;
	libusb_device_handle *handle;
	int lock;		/* the node, locked */
	tmg_usb_place at;	/* without its device */
	struct way in, out, notices;
	uint8_t *bytes;		/* what comes in */
	size_t room;
	uint8_t notice[PACKET_MAX];
	tmg_pipe_heard *heard;
	void *heard_of;
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

static tmg_rc
outcome(const struct libusb_transfer *t)
{
	switch (t->status) {
	case LIBUSB_TRANSFER_COMPLETED:
		return TMG_OK;
	case LIBUSB_TRANSFER_NO_DEVICE:
		return TMG_REMOVED;
	case LIBUSB_TRANSFER_OVERFLOW:
		return TMG_E_MALFORMED;
	default:
		return TMG_E_IO;
	}
}

/* ---- transfers ----------------------------------------------------------- */

static void LIBUSB_CALL
finished(struct libusb_transfer *t)
{
	*(int *)t->user_data = 1;
}

/* Without a clock of libusb's, which costs two calls of the kernel each time:
 * await() has one. */
static tmg_rc
begin(struct usb_pipe *p, struct way *w, uint8_t endpoint, uint8_t *bytes,
    size_t len)
{
	tmg_rc rc;

	if (w->begun)
		return TMG_OK;
	libusb_fill_bulk_transfer(w->transfer, p->handle, endpoint, bytes,
	    (int)len, finished, &w->done, 0);
	w->done = 0;
	rc = result(libusb_submit_transfer(w->transfer));
	w->begun = rc == TMG_OK;
	return rc;
}

/* TMG_PENDING: it is still under way. */
static tmg_rc
await(struct usb_pipe *p, struct way *w, int ms)
{
	const int64_t until = tmg_now_ms() + ms;

	while (!w->done) {
		const int64_t left = until - tmg_now_ms();
		struct timeval t = { .tv_sec = (time_t)(left / 1000),
		    .tv_usec = (suseconds_t)(left % 1000 * 1000) };
		int code;

		if (left <= 0)
			return TMG_PENDING;
		code = libusb_handle_events_timeout_completed(p->usb, &t,
		    &w->done);
		if (code != LIBUSB_SUCCESS && code != LIBUSB_ERROR_INTERRUPTED)
			return TMG_E_IO;
	}
	w->begun = false;
	return outcome(w->transfer);
}

/* False: not even that ends it, and its memory is not ours any more. */
static bool
cancel(struct usb_pipe *p, struct way *w)
{
	for (int i = 0; i < CANCELS_MAX && w->begun; i++) {
		(void)libusb_cancel_transfer(w->transfer);
		(void)await(p, w, CANCEL_MS);
	}
	return !w->begun;
}

static tmg_rc
begin_in(struct usb_pipe *p)
{
	return begin(p, &p->in, p->at.in, p->bytes, p->room);
}

/* libusb's buffers of what is sent are not const, and not written to. */
static tmg_rc
out(tmg_pipe *pipe, tmg_view message, int ms)
{
	struct usb_pipe *p = of(pipe);
	union { const uint8_t *from; uint8_t *to; } bytes = { message.ptr };
	tmg_rc rc;

	if ((rc = begin_in(p)) ||
	    (rc = begin(p, &p->out, p->at.out, bytes.to, message.len)))
		return rc;
	rc = await(p, &p->out, ms);
	if (p->out.begun) {
		(void)cancel(p, &p->out);
		return rc;
	}
	return rc == TMG_OK && p->out.transfer->actual_length !=
	    p->out.transfer->length ? TMG_E_IO : rc;
}

static tmg_rc
in(tmg_pipe *pipe, tmg_out *message, int ms)
{
	struct usb_pipe *p = of(pipe);
	size_t n;
	tmg_rc rc;

	if ((rc = begin_in(p)) || (rc = await(p, &p->in, ms)) == TMG_PENDING)
		return rc;
	n = p->in.begun ? 0 : (size_t)p->in.transfer->actual_length;
	tmg_put(message, (tmg_view){ p->bytes, n });
	explicit_bzero(p->bytes, n);
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

	(void)cancel(p, &p->in);
	(void)libusb_clear_halt(p->handle, p->at.in);
	(void)libusb_clear_halt(p->handle, p->at.out);
}

/* ---- notices ------------------------------------------------------------- */

/* In whatever thread has libusb's events. */
static void LIBUSB_CALL
noticed(struct libusb_transfer *t)
{
	struct usb_pipe *p = t->user_data;

	if (t->status == LIBUSB_TRANSFER_COMPLETED &&
	    p->heard(p->heard_of, (tmg_view){ p->notice,
		(size_t)t->actual_length }) && !atomic_load(&p->closing) &&
	    libusb_submit_transfer(t) == LIBUSB_SUCCESS)
		return;
	if (!atomic_load(&p->closing))
		(void)p->heard(p->heard_of, (tmg_view){ NULL, 0 });
	p->notices.done = 1;
}

static tmg_rc
listen_to(tmg_pipe *pipe, tmg_pipe_heard *heard, void *of_heard)
{
	struct usb_pipe *p = of(pipe);
	struct way *w = &p->notices;
	const size_t packet = p->at.notice_packet;
	tmg_rc rc;

	if (p->at.notices == 0 || packet == 0 || packet > sizeof(p->notice) ||
	    w->begun)
		return TMG_UNSUPPORTED;
	p->heard = heard;
	p->heard_of = of_heard;
	libusb_fill_interrupt_transfer(w->transfer, p->handle, p->at.notices,
	    p->notice, (int)packet, noticed, p, 0);
	w->done = 0;
	rc = result(libusb_submit_transfer(w->transfer));
	w->begun = rc == TMG_OK;
	return rc;
}

/* ---- beginning and end --------------------------------------------------- */

static void
pipe_free(struct usb_pipe *p)
{
	libusb_free_transfer(p->in.transfer);
	libusb_free_transfer(p->out.transfer);
	libusb_free_transfer(p->notices.transfer);
	free(p->bytes);
	free(p);
}

static void
close_pipe(tmg_pipe *pipe)
{
	struct usb_pipe *p = of(pipe);
	bool ended;

	atomic_store(&p->closing, true);
	ended = cancel(p, &p->notices);
	ended = cancel(p, &p->in) && ended && !p->out.begun;
	(void)libusb_release_interface(p->handle, p->at.interface);
	libusb_close(p->handle);
	tmg_scope_close(&p->lock);
	if (!ended)	/* libusb still has them */
		return;
	pipe_free(p);
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
    libusb_device_handle *handle, int lock, tmg_pipe **pipe)
{
	struct usb_pipe *p = calloc(1, sizeof(*p));

	*pipe = NULL;
	if (p != NULL) {
		p->pipe.ops = &ops;
		p->usb = usb;
		p->at = *at;
		p->room = (at->desc.message + PACKET_MAX) / PACKET_MAX * PACKET_MAX;
		p->bytes = malloc(p->room);
		p->in.transfer = libusb_alloc_transfer(0);
		p->out.transfer = libusb_alloc_transfer(0);
		p->notices.transfer = libusb_alloc_transfer(0);
	}
	if (p == NULL || p->bytes == NULL || p->in.transfer == NULL ||
	    p->out.transfer == NULL || p->notices.transfer == NULL) {
		if (p != NULL)
			pipe_free(p);
		libusb_close(handle);
		return TMG_E_NOMEM;
	}
	p->handle = handle;
	p->lock = lock;
	*pipe = &p->pipe;
	return TMG_OK;
}
