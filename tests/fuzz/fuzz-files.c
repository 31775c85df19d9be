/* SPDX-License-Identifier: BSD-2-Clause */
/* A hostile card's files: answers and status words of any content. */
#include <stdlib.h>

#include "src/iso/files.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
	ROUNDS_MAX = 70000,	/* more commands for one file are a loop */
};

struct card {
	tmg_view answers;	/* each behind its length and its status word */
	unsigned rounds;
};

static tmg_rc
answer(void *arg, const tmg_capdu *c, tmg_out *data, uint16_t *sw)
{
	struct card *card = arg;
	tmg_view head, bytes;

	(void)c;
	if (++card->rounds > ROUNDS_MAX)
		abort();
	if (tmg_view_take(&card->answers, 3, &head))
		return TMG_REMOVED;
	*sw = (uint16_t)(head.ptr[1] << 8 | head.ptr[2]);
	if (tmg_view_take(&card->answers, head.ptr[0], &bytes))
		bytes = card->answers;
	if (data == NULL)
		return TMG_OK;
	tmg_put(data, bytes);
	return tmg_out_done(data);
}

static tmg_rc
home(void *arg)
{
	(void)arg;
	return TMG_OK;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t store[TMG_FILE_MAX];
	tmg_out out = { store, sizeof(store), 0, false };
	struct card card = { .answers = { data + 2, size - 2 } };
	tmg_files files = { .send = answer, .home = home, .arg = &card };
	tmg_span span = { .path = { { 0x3f, 0x00, 0x44, 0x01 }, 4 } };
	uint16_t sw;

	if (size < 2)
		return 0;
	span.extent = (tmg_extent)(data[0] % 3);
	span.offset = (size_t)data[1] << 8;
	span.length = data[0] / 3;
	if (tmg_files_read(&files, &span, &out, &sw) == TMG_OK &&
	    span.length > 0 && out.len > span.length)
		abort();
	if (tmg_files_update(&files, &span.path, span.offset,
	    (tmg_view){ store, 700 }, &sw) == TMG_OK && card.rounds == 0)
		abort();
	return 0;
}
