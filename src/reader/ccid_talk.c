/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages there and back: numbers, stale answers, pleas for time, the end of
 * patience. */
#include <stdlib.h>

#include "src/base/clock.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/reader/ccid.h"

enum {
	STALE_MAX = 64,		/* answers to older questions, in a row */
	NOTHING_MAX = 64,	/* transfers with nothing in them, in a row */
	PACKET_MAX = 1024,	/* a transfer never ends in the middle of one */
	EXTENSION_MS = 1000,	/* one unit of a plea, at least */
	CLOCK_KHZ = 1000,	/* the slowest there is, where the reader tells none */
};

const tmg_ccid_times tmg_ccid_times_usual = {
	.control = 5000, .silence = 30000, .whole = 300000,
};

static size_t
buffer_size(const tmg_ccid *c)
{
	return (c->desc.message + PACKET_MAX) / PACKET_MAX * PACKET_MAX +
	    PACKET_MAX;
}

tmg_rc
tmg_ccid_init(tmg_ccid *c, const tmg_ccid_desc *desc)
{
	*c = (tmg_ccid){ .desc = *desc, .times = tmg_ccid_times_usual };
	c->buffer = malloc(buffer_size(c));
	return c->buffer != NULL ? TMG_OK : TMG_E_NOMEM;
}

void
tmg_ccid_drop(tmg_ccid *c)
{
	if (c->pipe != NULL)
		c->pipe->ops->close(c->pipe);
	c->pipe = NULL;
	c->broken = false;
}

void
tmg_ccid_done(tmg_ccid *c)
{
	tmg_ccid_drop(c);
	if (c->buffer != NULL)
		explicit_bzero(c->buffer, buffer_size(c));
	free(c->buffer);
	c->buffer = NULL;
}

/* ---- one message --------------------------------------------------------- */

static tmg_rc
unplugged(tmg_ccid *c)
{
	c->broken = true;
	return tmg_raise(c->fault, TMG_REMOVED, 0, _("%s was unplugged; plug it "
	    "in again"), c->name);
}

static tmg_rc
failed(tmg_ccid *c)
{
	c->broken = true;
	return tmg_raise(c->fault, TMG_E_IO, 0,
	    _("%s: the USB transfer failed; plug it in again"), c->name);
}

static tmg_rc
garbage(tmg_ccid *c)
{
	return tmg_raise(c->fault, TMG_E_MALFORMED, 0,
	    _("%s answered something that is not CCID; plug it in again"),
	    c->name);
}

static tmg_rc
send(tmg_ccid *c, const tmg_ccid_ask *ask)
{
	tmg_out out = { c->buffer, buffer_size(c), 0, false };
	tmg_rc rc;

	tmg_ccid_put(&out, ask);
	if (out.full)
		return tmg_raise(c->fault, TMG_E_USAGE, 0,
		    "a message of %zu bytes", ask->data.len);
	rc = c->pipe->ops->out(c->pipe, tmg_out_view(&out), c->times.control);
	/* the next answer is written over it; a PIN would stay behind it */
	explicit_bzero(out.ptr, out.len);
	if (rc == TMG_REMOVED)
		return unplugged(c);
	if (rc == TMG_OK)
		return rc;
	/* a halt outlives who found it: the next one would find it, too */
	c->pipe->ops->clear(c->pipe);
	return failed(c);
}

static int
left_until(int64_t until)
{
	const int64_t left = until - tmg_now_ms();

	return left > 0 ? (int)left : 0;
}

/* One whole message, however it is cut into transfers.  TMG_PENDING: not in
 * time; TMG_E_MALFORMED: longer than it may be. */
static tmg_rc
receive_bytes(tmg_ccid *c, int64_t until, tmg_out *in)
{
	const size_t cap = buffer_size(c);
	unsigned nothing = 0;
	size_t size = 0, before;
	tmg_rc rc;

	*in = (tmg_out){ c->buffer, cap, 0, false };
	do {
		const int left = left_until(until);

		before = in->len;
		rc = left > 0 ? c->pipe->ops->in(c->pipe, in, left) : TMG_PENDING;
		if (rc != TMG_OK && (rc != TMG_PENDING || in->len == before))
			return rc;
		size = tmg_ccid_size(tmg_out_view(in));
		if (in->full || size > cap || (size != 0 && in->len > size) ||
		    (in->len == before && ++nothing == NOTHING_MAX))
			return TMG_E_MALFORMED;
	} while (size == 0 || in->len < size);
	return TMG_OK;
}

static tmg_rc
receive(tmg_ccid *c, int64_t until, tmg_ccid_answer *a)
{
	tmg_out in;
	const tmg_rc rc = receive_bytes(c, until, &in);

	return rc == TMG_OK ? tmg_ccid_take(tmg_out_view(&in), a) : rc;
}

/* ---- the end of patience ------------------------------------------------- */

/* What comes before the answer to that belongs to what is given up. */
static tmg_rc
await_stop(tmg_ccid *c, uint8_t seq)
{
	const int64_t until = tmg_now_ms() + c->times.control;
	tmg_ccid_answer a;

	for (int i = 0; i < STALE_MAX; i++) {
		const tmg_rc rc = receive(c, until, &a);

		if (rc == TMG_OK && a.type == TMG_CCID_R_SLOT && a.seq == seq &&
		    !a.wait)
			return TMG_OK;
		if (rc != TMG_OK && rc != TMG_E_MALFORMED)
			return rc;
	}
	return TMG_E_IO;
}

/*
 * CCID 1.10, 5.3.1 and 6.1.13: the reader is told twice, on the control pipe and
 * by a message of the same number.
 */
static void
stop(tmg_ccid *c)
{
	const tmg_ccid_ask ask = { .type = TMG_CCID_ABORT, .seq = ++c->seq };
	tmg_fault *kept = c->fault;
	tmg_rc rc;

	/* not every reader has it; the message is what is answered */
	rc = c->pipe->ops->abort(c->pipe, 0, ask.seq, c->times.control);
	if (rc == TMG_E_IO)
		c->pipe->ops->clear(c->pipe);
	c->fault = NULL;
	if (rc != TMG_REMOVED)
		rc = send(c, &ask);
	if (rc == TMG_OK)
		rc = await_stop(c, ask.seq);
	c->fault = kept;
	c->broken = rc != TMG_OK;
}

static tmg_rc
silent(tmg_ccid *c, tmg_rc rc)
{
	if (rc == TMG_REMOVED)
		return unplugged(c);
	if (rc == TMG_PENDING || rc == TMG_E_MALFORMED)
		stop(c);
	else if (rc != TMG_OK) {
		c->pipe->ops->clear(c->pipe);
		return failed(c);
	}
	if (rc == TMG_E_MALFORMED)
		return garbage(c);
	return tmg_raise(c->fault, rc, 0,
	    _("%s did not answer in time"), c->name);
}

/* ---- question and answer ------------------------------------------------- */

int64_t
tmg_ccid_waiting(const tmg_ccid *c)
{
	const int64_t khz = c->desc.clock > CLOCK_KHZ ? c->desc.clock : CLOCK_KHZ;
	const int64_t times = c->terms.protocol == 1
	    ? 1 << (c->terms.talk.waiting >> 4) : c->terms.talk.wi;

	return times * 960 * 372 / khz;
}

static int64_t
extend(const tmg_ccid *c, int silence, uint8_t units)
{
	const int64_t unit = tmg_ccid_waiting(c);
	const int64_t plea = units * (unit > EXTENSION_MS ? unit : EXTENSION_MS);
	int64_t until = tmg_now_ms() + (plea > silence ? plea : silence);

	return until < c->until ? until : c->until;
}

static uint8_t
answer_type(uint8_t ask)
{
	switch (ask) {
	case TMG_CCID_POWER_ON:
	case TMG_CCID_XFR_BLOCK:
	case TMG_CCID_SECURE:
		return TMG_CCID_R_DATA;
	case TMG_CCID_SET_PARAMETERS:
		return TMG_CCID_R_PARAMETERS;
	default:
		return TMG_CCID_R_SLOT;
	}
}

tmg_rc
tmg_ccid_command(tmg_ccid *c, uint8_t type, const uint8_t param[3], tmg_view data,
    int silence, tmg_ccid_answer *a)
{
	const tmg_ccid_ask ask = { .type = type, .seq = ++c->seq,
	    .param = { param[0], param[1], param[2] }, .data = data };
	int64_t until;
	tmg_rc rc;

	if ((rc = send(c, &ask)))
		return rc;
	until = extend(c, silence, 0);
	for (int stale = 0; stale < STALE_MAX;) {
		if ((rc = receive(c, until, a)))
			return silent(c, rc);
		if (a->seq != ask.seq || a->slot != ask.slot)
			stale++;
		else if (a->wait)
			until = extend(c, silence, a->error);
		else if (a->type == answer_type(type) || a->failed)
			return TMG_OK;
		else
			break;
	}
	return silent(c, TMG_E_MALFORMED);
}

tmg_rc
tmg_ccid_judge(tmg_ccid *c, const tmg_ccid_answer *a)
{
	if (!a->failed)
		return TMG_OK;
	if (a->icc == TMG_CCID_EMPTY)
		return tmg_raise(c->fault, TMG_REMOVED, 0,
		    _("%s: there is no card in it; put it in again"),
		    c->name);
	if (a->icc == TMG_CCID_INACTIVE)
		return tmg_raise(c->fault, TMG_RESET, 0,
		    _("%s: the card has lost its power"), c->name);
	if (a->error == TMG_CCID_E_MUTE)
		return tmg_raise(c->fault, TMG_E_IO, 0,
		    _("%s: the card does not answer; take it out, look at its "
		    "contacts, put it in again"), c->name);
	return tmg_raise(c->fault, TMG_E_IO, 0, _("%s refused (%s, %02X)"),
	    c->name, tmg_ccid_error_name(a->error), a->error);
}
