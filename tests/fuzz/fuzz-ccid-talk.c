/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A reader that answers anything: a byte for its level, then transfers, each with
 * its length in front.  FF is silence, FE unplugged, FD stalled; with FC the next
 * transfer gets a head that fits the question, so that what is behind it is
 * reached.
 */
#include <stdlib.h>

#include "src/base/scope.h"
#include "src/reader/ccid.h"
#include "src/reader/quirk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct reader {
	tmg_pipe pipe;
	tmg_view rest;
	uint8_t type, seq;	/* of the last question */
	unsigned open;
};

static struct reader *
of(tmg_pipe *p)
{
	return (struct reader *)p;
}

static tmg_rc
out(tmg_pipe *p, tmg_view message, int ms)
{
	if (ms <= 0 || message.len < TMG_CCID_HEAD ||
	    tmg_ccid_size(message) != message.len)
		abort();
	of(p)->type = message.ptr[0];
	of(p)->seq = message.ptr[6];
	return TMG_OK;
}

static uint8_t
answer_type(uint8_t ask)
{
	return ask == TMG_CCID_SET_PARAMETERS ? TMG_CCID_R_PARAMETERS
	    : ask == TMG_CCID_POWER_ON || ask == TMG_CCID_XFR_BLOCK
	    ? TMG_CCID_R_DATA : TMG_CCID_R_SLOT;
}

/* Three bytes are status, error and chain parameter, the rest data. */
static tmg_rc
fitting(struct reader *r, tmg_out *message)
{
	tmg_view n, bytes;

	if (tmg_view_take(&r->rest, 1, &n) ||
	    tmg_view_take(&r->rest, n.ptr[0], &bytes) || bytes.len < 3)
		return TMG_PENDING;

	const uint8_t head[] = { answer_type(r->type), (uint8_t)(bytes.len - 3), 0,
	    0, 0, 0, r->seq, bytes.ptr[0], bytes.ptr[1], bytes.ptr[2] };

	tmg_put(message, TMG_VIEW(head));
	tmg_put(message, (tmg_view){ bytes.ptr + 3, bytes.len - 3 });
	return TMG_OK;
}

static tmg_rc
in(tmg_pipe *p, tmg_out *message, int ms)
{
	static const tmg_rc ends[] = { TMG_E_IO, TMG_REMOVED, TMG_PENDING };
	struct reader *r = of(p);
	tmg_view n, bytes;

	if (ms <= 0)
		abort();
	if (tmg_view_take(&r->rest, 1, &n))
		return TMG_PENDING;
	if (n.ptr[0] == 0xfc)
		return fitting(r, message);
	if (n.ptr[0] >= 0xfd)
		return ends[n.ptr[0] - 0xfd];
	if (tmg_view_take(&r->rest, n.ptr[0], &bytes))
		return TMG_PENDING;
	tmg_put(message, bytes);
	return TMG_OK;
}

static tmg_rc
stop(tmg_pipe *p, uint8_t slot, uint8_t seq, int ms)
{
	(void)p, (void)slot, (void)seq, (void)ms;
	return TMG_OK;
}

static void
clear(tmg_pipe *p)
{
	(void)p;
}

static void
shut(tmg_pipe *p)
{
	of(p)->open--;
}

static tmg_rc
deaf(tmg_pipe *p, tmg_pipe_heard *heard, void *of)
{
	(void)p, (void)heard, (void)of;
	return TMG_UNSUPPORTED;
}

static const tmg_pipe_ops ops = { out, in, stop, clear, deaf, shut };

/* A PIN on the reader's keys. */
static void
type(tmg_ccid *c)
{
	static const uint8_t form[] = { 30, 0, 0x82, 8, 0, 8, 6, 2, 1, 9, 4, 0, 0, 0,
	    0, 13, 0, 0, 0, 0x00, 0x20, 0x00, 0x80, 8, 0xff, 0xff, 0xff, 0xff,
	    0xff, 0xff, 0xff, 0xff };
	uint8_t store[300];
	tmg_out response = TMG_OUT(store);
	const tmg_rc rc = tmg_ccid_secure(c, false, TMG_VIEW(form), 13, &response);

	if (rc == TMG_PENDING || (rc == TMG_OK && response.len < 2) ||
	    (rc != TMG_OK && response.len != 0))
		abort();
}

static void
talk(tmg_ccid *c)
{
	static const uint8_t command[] = { 0x00, 0xa4, 0x04, 0x00, 0x20, 1, 2, 3,
	    4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22,
	    23, 24, 25, 26, 27, 28, 29, 30, 31, 32 };
	uint8_t store[300];
	tmg_ccid_icc icc;

	for (int i = 0; i < 4 && !c->broken; i++) {
		tmg_out response = TMG_OUT(store);
		const tmg_rc rc = tmg_ccid_apdu(c, TMG_VIEW(command), &response);

		if (rc == TMG_PENDING || (rc == TMG_OK && response.len < 2) ||
		    (rc != TMG_OK && response.len != 0))
			abort();
	}
	if (!c->broken && tmg_ccid_look(c, &icc) == TMG_PENDING)
		abort();
	if (!c->broken)
		type(c);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const tmg_ccid_desc shapes[] = {
		{ 1, 7, 3, 4000, 344105, 254, 0x000400fe, TMG_CCID_EXTENDED, 271, 0 },
		{ 1, 7, 3, 4000, 344105, 254, 0x00040042, TMG_CCID_EXTENDED, 32, 0 },
		{ 1, 1, 3, 4000, 344105, 254, 0x00020842, TMG_CCID_SHORT, 271, 0 },
		{ 1, 7, 3, 4000, 344105, 254, 0x00010230, TMG_CCID_TPDU, 271, 0 },
	};
	struct reader r = { .pipe = { &ops }, .open = 1 };
	tmg_fault f = { .rc = TMG_OK };
	tmg_ccid c;

	if (size == 0 || tmg_ccid_init(&c, &shapes[data[0] % TMG_COUNT(shapes)]))
		return 0;
	r.rest = (tmg_view){ data + 1, size - 1 };
	c.name = "fuzz";
	c.fault = &f;
	c.pipe = &r.pipe;
	if (tmg_ccid_power_on(&c) == TMG_OK)
		talk(&c);
	tmg_ccid_power_off(&c);
	tmg_ccid_done(&c);
	if (r.open != 0)
		abort();
	return 0;
}
