/* SPDX-License-Identifier: BSD-2-Clause */
/* A hostile card: answers of any length and content, in any number. */
#include <stdlib.h>

#include "src/iso/flow.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
	ROUNDS_MAX = 4096,	/* more APDUs for one command are a loop */
};

struct card {
	tmg_view answers;	/* each behind a byte of its length */
	unsigned rounds;
};

static tmg_rc
answer(void *arg, tmg_view command, tmg_out *response)
{
	struct card *card = arg;
	tmg_view length, bytes;

	if (command.len < 4 || ++card->rounds > ROUNDS_MAX)
		abort();
	if (tmg_view_take(&card->answers, 1, &length))
		return TMG_REMOVED;
	if (tmg_view_take(&card->answers, length.ptr[0], &bytes))
		bytes = card->answers;
	tmg_put(response, bytes);
	return TMG_OK;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static tmg_flow flow;
	static uint8_t store[2048], payload[700];
	struct card card = { .rounds = 0 };
	tmg_out out = TMG_OUT(store);
	tmg_capdu c = { .ins = 0xcb };
	uint16_t sw;

	if (size < 4)
		return 0;
	/* four bytes choose the command and the card, the rest is its answers */
	flow.transmit = answer;
	flow.arg = &card;
	flow.protocol = data[0] & 1;
	flow.extended = data[0] & 2;
	flow.longest = data[0] & 4 ? TMG_APDU_MAX : TMG_APDU_SHORT;
	c.cla = data[1];
	c.data = (tmg_view){ payload, (size_t)data[2] * 2 };
	c.le = (uint32_t)data[3] * 257;
	card.answers = (tmg_view){ data + 4, size - 4 };
	if (tmg_flow_run(&flow, &c, data[0] & 8 ? NULL : &out, &sw) == TMG_OK &&
	    out.full)
		abort();
	return 0;
}
