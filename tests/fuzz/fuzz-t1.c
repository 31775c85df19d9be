/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A card that answers anything.  One byte of flags (1: CRC, 2: the checksum is
 * right, so that what is behind it is reached), one of IFSC; then answers, each
 * with its length in front: FF is silence, FE noise, FD the card is gone.
 */
#include <stdlib.h>

#include "src/reader/t1.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct card {
	tmg_view rest;
	bool crc, right;
};

static tmg_rc
answer_with(const struct card *c, tmg_view bytes, tmg_out *answer)
{
	tmg_t1_block b;

	if (!c->right) {
		tmg_put(answer, bytes);
		return TMG_OK;
	}
	if (bytes.len == 0)
		return TMG_PENDING;
	b = (tmg_t1_block){ .pcb = bytes.ptr[0],
	    .inf = { bytes.ptr + 1, bytes.len - 1 } };
	tmg_t1_put(answer, c->crc, &b);
	return TMG_OK;
}

static tmg_rc
send(void *of, unsigned times, tmg_view block, tmg_out *answer)
{
	struct card *c = of;
	tmg_t1_block sent;
	tmg_view n, bytes;

	if (times == 0 || tmg_t1_take(block, c->crc, &sent) != TMG_OK)
		abort();
	if (tmg_view_take(&c->rest, 1, &n))
		return TMG_E_IO;
	if (n.ptr[0] >= 0xfd)
		return n.ptr[0] == 0xff ? TMG_PENDING
		    : n.ptr[0] == 0xfe ? TMG_E_MALFORMED : TMG_REMOVED;
	if (tmg_view_take(&c->rest, n.ptr[0], &bytes))
		return TMG_E_IO;
	return answer_with(c, bytes, answer);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t command[300];
	uint8_t store[600];
	tmg_out response = TMG_OUT(store);
	struct card c;
	tmg_t1 t;
	tmg_rc rc;

	if (size < 2)
		return 0;
	c = (struct card){ { data + 2, size - 2 }, (data[0] & 1) != 0,
	    (data[0] & 2) != 0 };
	tmg_t1_begin(&t, data[1], c.crc, send, &c);
	(void)!tmg_t1_tell_ifsd(&t, 254);
	for (int i = 0; i < 4; i++) {
		/* the last one's block was made by the reader */
		rc = i < 3 ? tmg_t1_transmit(&t, TMG_VIEW(command), &response)
		    : tmg_t1_follow(&t, c.rest, &response);
		if (rc == TMG_PENDING || rc == TMG_E_MALFORMED)
			abort();
	}
	return 0;
}
