/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/usb/fault.h"

#include <stdlib.h>
#include <string.h>

#include "tests/usb/ccid.h"

enum where { AT_FRAME, AT_BLOCK, AT_OUT };

struct fault_kind {
	const char *name;
	enum where where;
	/* true: nothing more is to be sent */
	bool (*frame)(struct device *d, const uint8_t *frame, size_t len, unsigned arg);
	bool (*block)(struct device *d, struct block *b, unsigned arg);
};

/* The fault that happens does so at the next answer too. */
static void
again(struct device *d, unsigned arg)
{
	for (unsigned i = 0; i < FAULTS_MAX - 1; i++) {
		if (d->faults[i].kind == NULL) {
			d->faults[i] = (struct fault){ d->faults[FAULTS_MAX - 1].kind, 1, arg };
			return;
		}
	}
}

/* ---- frames on bulk IN ------------------------------------------------------------------ */

enum { AT_LENGTH = 1, AT_SLOT = 5, AT_SEQ = 6, AT_STATUS = 7, AT_ERROR = 8, AT_CHAIN = 9 };

/* The frame with one byte that is another. */
static bool
put_changed(struct device *d, const uint8_t *frame, size_t len, size_t at, uint8_t value)
{
	uint8_t copy[MESSAGE_MAX];

	memcpy(copy, frame, len);
	copy[at] = value;
	queue_put(&d->bulk, copy, len);
	return true;
}

/* Some other command's answer comes first. */
static bool
stale(struct device *d, const uint8_t *frame, size_t len, unsigned arg)
{
	do
		put_changed(d, frame, len, AT_SEQ, (uint8_t)(frame[AT_SEQ] - 1));
	while (arg-- > 1);
	return false;
}

static bool
wrong_seq(struct device *d, const uint8_t *frame, size_t len, unsigned arg)
{
	return put_changed(d, frame, len, AT_SEQ, (uint8_t)(frame[AT_SEQ] + (arg ? arg : 1)));
}

static bool
wrong_slot(struct device *d, const uint8_t *frame, size_t len, unsigned arg)
{
	return put_changed(d, frame, len, AT_SLOT, (uint8_t)(arg ? arg : 1));
}

static bool
wrong_type(struct device *d, const uint8_t *frame, size_t len, unsigned arg)
{
	return put_changed(d, frame, len, 0, (uint8_t)(arg ? arg : 0x84));
}

static bool
wrong_status(struct device *d, const uint8_t *frame, size_t len, unsigned arg)
{
	return put_changed(d, frame, len, AT_STATUS, (uint8_t)(arg ? arg : 0xc0));
}

static bool
wrong_chain(struct device *d, const uint8_t *frame, size_t len, unsigned arg)
{
	return put_changed(d, frame, len, AT_CHAIN, (uint8_t)(arg ? arg : 0x77));
}

/* Failed, with that bError. */
static bool
failed(struct device *d, const uint8_t *frame, size_t len, unsigned arg)
{
	uint8_t copy[HEADER];

	(void)len;
	memcpy(copy, frame, HEADER);
	memset(copy + AT_LENGTH, 0, 4);
	copy[AT_STATUS] |= FAILED;
	copy[AT_ERROR] = (uint8_t)arg;
	queue_put(&d->bulk, copy, HEADER);
	return true;
}

static bool
length_long(struct device *d, const uint8_t *frame, size_t len, unsigned arg)
{
	(void)arg;
	return put_changed(d, frame, len, AT_LENGTH, (uint8_t)(frame[AT_LENGTH] + 5));
}

static bool
length_huge(struct device *d, const uint8_t *frame, size_t len, unsigned arg)
{
	uint8_t copy[MESSAGE_MAX];

	(void)arg;
	memcpy(copy, frame, len);
	memset(copy + AT_LENGTH, 0xff, 4);
	queue_put(&d->bulk, copy, len);
	return true;
}

static bool
length_small(struct device *d, const uint8_t *frame, size_t len, unsigned arg)
{
	(void)arg;
	return put_changed(d, frame, len, AT_LENGTH,
	    (uint8_t)(len > HEADER ? frame[AT_LENGTH] - 1 : 0xff));
}

static bool
cut_short(struct device *d, const uint8_t *frame, size_t len, unsigned arg)
{
	queue_put(&d->bulk, frame, arg < len ? arg : len - 1);
	return true;
}

static bool
split(struct device *d, const uint8_t *frame, size_t len, unsigned arg)
{
	const size_t at = arg > 0 && arg < len ? arg : 7;

	queue_put(&d->bulk, frame, at);
	queue_put(&d->bulk, frame + at, len - at);
	return true;
}

static bool
oversized(struct device *d, const uint8_t *frame, size_t len, unsigned arg)
{
	static uint8_t copy[HEADER + 60000];
	const size_t n = arg > 0 && arg < 60000 ? arg : 8000;

	(void)len;
	memcpy(copy, frame, HEADER);
	memset(copy + HEADER, 0x5a, n);
	copy[AT_LENGTH] = (uint8_t)n;
	copy[AT_LENGTH + 1] = (uint8_t)(n >> 8);
	queue_put(&d->bulk, copy, HEADER + n);
	return true;
}

/* The same bytes each time: a test that fails can be run again. */
static bool
garbage(struct device *d, const uint8_t *frame, size_t len, unsigned arg)
{
	uint8_t bytes[256];
	uint32_t x = 0x9e3779b9u + arg;

	(void)frame;
	(void)len;
	for (size_t i = 0; i < sizeof(bytes); i++) {
		x = x * 1664525u + 1013904223u;
		bytes[i] = (uint8_t)(x >> 24);
	}
	queue_put(&d->bulk, bytes, arg > 0 && arg < sizeof(bytes) ? arg : 30);
	return true;
}

static bool
empty(struct device *d, const uint8_t *frame, size_t len, unsigned arg)
{
	(void)frame;
	(void)len;
	(void)arg;
	queue_put(&d->bulk, frame, 0);
	return false;
}

static bool
silence(struct device *d, const uint8_t *frame, size_t len, unsigned arg)
{
	(void)frame;
	(void)len;
	(void)arg;
	d->working = true;
	return true;
}

/* Without an argument for ever, until aborted. */
static bool
extend(struct device *d, const uint8_t *frame, size_t len, unsigned arg)
{
	for (unsigned i = 0; i < (arg ? arg : 1); i++) {
		uint8_t copy[HEADER];

		memcpy(copy, frame, HEADER);
		memset(copy + AT_LENGTH, 0, 4);
		copy[AT_STATUS] = MORE_TIME;
		copy[AT_ERROR] = 1;
		queue_put(&d->bulk, copy, HEADER);
	}
	(void)len;
	d->extending = arg == 0;
	d->working = arg == 0;
	d->since = usb_now();
	return arg == 0;
}

static bool
stall_in(struct device *d, const uint8_t *frame, size_t len, unsigned arg)
{
	(void)arg;
	d->halted_in = true;
	queue_put(&d->bulk, frame, len);
	return true;
}

/* An answer in parts that has no end. */
static bool
chain_endless(struct device *d, const uint8_t *frame, size_t len, unsigned arg)
{
	(void)arg;
	again(d, 0);
	d->answer_sent = d->answer_len > 1 ? d->answer_len - 1 : 0;
	return put_changed(d, frame, len, AT_CHAIN, 1);
}

/* ---- blocks of T=1 ------------------------------------------------------------------------- */

enum { R_ERROR = 0x82, S_RESYNCH = 0xc0, S_IFS = 0xc1, S_ABORT = 0xc2, S_WTX = 0xc3 };

static bool
bad_check(struct device *d, struct block *b, unsigned arg)
{
	(void)d;
	(void)arg;
	b->bytes[b->len - 1] ^= 0x55;
	return false;
}

static void
seal_again(struct device *d, struct block *b)
{
	b->len -= d->t1.crc ? 2 : 1;
	t1_seal(&d->t1, b);
}

static bool
bad_sequence(struct device *d, struct block *b, unsigned arg)
{
	(void)arg;
	b->bytes[1] ^= (b->bytes[1] & 0x80) ? 0x10 : 0x40;
	seal_again(d, b);
	return false;
}

static bool
bad_nad(struct device *d, struct block *b, unsigned arg)
{
	b->bytes[0] = (uint8_t)(arg ? arg : 0x47);
	seal_again(d, b);
	return false;
}

static bool
bad_length(struct device *d, struct block *b, unsigned arg)
{
	(void)d;
	b->bytes[2] = (uint8_t)(arg ? arg : b->bytes[2] + 3u);
	return false;
}

static bool
block_pcb(struct device *d, struct block *b, unsigned arg)
{
	b->bytes[1] = (uint8_t)arg;
	seal_again(d, b);
	return false;
}

static bool
block_short(struct device *d, struct block *b, unsigned arg)
{
	(void)d;
	b->len = arg < b->len ? arg : b->len - 1;
	return false;
}

static bool
mute(struct device *d, struct block *b, unsigned arg)
{
	(void)d;
	(void)b;
	(void)arg;
	return true;
}

/* An S-block first; what was to be sent follows its response. */
static bool
ask_first(struct device *d, struct block *b, uint8_t pcb, const uint8_t *inf, size_t len)
{
	d->t1.held = *b;
	t1_block(&d->t1, pcb, inf, len, b);
	d->t1.last = *b;
	return false;
}

/* ARG of them; without it for ever. */
static bool
wtx(struct device *d, struct block *b, unsigned arg)
{
	const uint8_t once = 1;

	d->t1.wtx_left = arg ? arg - 1 : ~0u;
	return ask_first(d, b, S_WTX, &once, 1);
}

static bool
wtx_empty(struct device *d, struct block *b, unsigned arg)
{
	(void)arg;
	return ask_first(d, b, S_WTX, NULL, 0);
}

static bool
ifs(struct device *d, struct block *b, unsigned arg)
{
	const uint8_t size = (uint8_t)arg;

	return ask_first(d, b, S_IFS, &size, 1);
}

static bool
abort_chain(struct device *d, struct block *b, unsigned arg)
{
	(void)arg;
	return ask_first(d, b, S_ABORT, NULL, 0);
}

static bool
ask_resynch(struct device *d, struct block *b, unsigned arg)
{
	(void)arg;	/* a card may not: 11.6.3.2 */
	return ask_first(d, b, S_RESYNCH, NULL, 0);
}

/* Every block from now on is R(other error), as often as ARG says; or for ever. */
static bool
only_r(struct device *d, struct block *b, unsigned arg)
{
	if ((b->bytes[1] & 0xe0) == 0xe0)
		return false;	/* a response to RESYNCH comes as it is */
	t1_block(&d->t1, (uint8_t)(R_ERROR | (d->t1.nr ? 0x10 : 0)), NULL, 0, b);
	if (arg != 1)
		again(d, arg > 0 ? arg - 1 : 0);
	return false;
}

static bool
no_resynch(struct device *d, struct block *b, unsigned arg)
{
	d->t1.no_resynch = 1;
	return only_r(d, b, arg);
}

/* The M bit for ever: a chain of I-blocks without end. */
static bool
more_endless(struct device *d, struct block *b, unsigned arg)
{
	(void)arg;
	d->t1.sent = 0;
	b->bytes[1] |= 0x20;
	seal_again(d, b);
	again(d, 0);
	return false;
}

/* ---- the table ------------------------------------------------------------------------------ */

static const struct fault_kind kinds[] = {
	{ "stale", AT_FRAME, stale, NULL },
	{ "seq", AT_FRAME, wrong_seq, NULL },
	{ "slot", AT_FRAME, wrong_slot, NULL },
	{ "type", AT_FRAME, wrong_type, NULL },
	{ "status", AT_FRAME, wrong_status, NULL },
	{ "chain", AT_FRAME, wrong_chain, NULL },
	{ "chain-endless", AT_FRAME, chain_endless, NULL },
	{ "failed", AT_FRAME, failed, NULL },
	{ "length-long", AT_FRAME, length_long, NULL },
	{ "length-huge", AT_FRAME, length_huge, NULL },
	{ "length-small", AT_FRAME, length_small, NULL },
	{ "cut", AT_FRAME, cut_short, NULL },
	{ "split", AT_FRAME, split, NULL },
	{ "oversized", AT_FRAME, oversized, NULL },
	{ "garbage", AT_FRAME, garbage, NULL },
	{ "empty", AT_FRAME, empty, NULL },
	{ "silence", AT_FRAME, silence, NULL },
	{ "extend", AT_FRAME, extend, NULL },
	{ "stall-in", AT_FRAME, stall_in, NULL },
	{ "stall-out", AT_OUT, NULL, NULL },
	{ "t1-check", AT_BLOCK, NULL, bad_check },
	{ "t1-sequence", AT_BLOCK, NULL, bad_sequence },
	{ "t1-nad", AT_BLOCK, NULL, bad_nad },
	{ "t1-length", AT_BLOCK, NULL, bad_length },
	{ "t1-pcb", AT_BLOCK, NULL, block_pcb },
	{ "t1-short", AT_BLOCK, NULL, block_short },
	{ "t1-mute", AT_BLOCK, NULL, mute },
	{ "t1-wtx", AT_BLOCK, NULL, wtx },
	{ "t1-wtx-empty", AT_BLOCK, NULL, wtx_empty },
	{ "t1-ifs", AT_BLOCK, NULL, ifs },
	{ "t1-abort", AT_BLOCK, NULL, abort_chain },
	{ "t1-ask-resynch", AT_BLOCK, NULL, ask_resynch },
	{ "t1-r", AT_BLOCK, NULL, only_r },
	{ "t1-no-resynch", AT_BLOCK, NULL, no_resynch },
	{ "t1-more", AT_BLOCK, NULL, more_endless },
};

enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

const char *
fault_name(unsigned n)
{
	return n < KINDS ? kinds[n].name : NULL;
}

int
fault_arm(struct device *d, const char *words)
{
	char *end;
	const unsigned long at = strtoul(words, &end, 10);
	const char *name = *end == ':' ? end + 1 : words;
	const char *arg = strchr(name, ':');
	const size_t n = arg ? (size_t)(arg - name) : strlen(name);

	if (strcmp(words, "none") == 0) {
		memset(d->faults, 0, sizeof(d->faults));
		d->extending = 0;
		return 0;
	}
	/* the last place is for the one that happens */
	for (unsigned k = 0; k < KINDS; k++) {
		if (strlen(kinds[k].name) != n || strncmp(kinds[k].name, name, n) != 0)
			continue;
		for (unsigned i = 0; i < FAULTS_MAX - 1; i++) {
			if (d->faults[i].kind != NULL)
				continue;
			d->faults[i] = (struct fault){ &kinds[k], *end == ':' ? (unsigned)at : 1,
			    arg ? (unsigned)strtoul(arg + 1, NULL, 0) : 0 };
			return 0;
		}
	}
	return -1;
}

/* The fault whose turn it is here; moved to the last place. */
static const struct fault *
due(struct device *d, enum where where)
{
	const struct fault *found = NULL;

	for (unsigned i = 0; i < FAULTS_MAX - 1; i++) {
		struct fault *f = &d->faults[i];

		if (f->kind == NULL || f->kind->where != where)
			continue;
		if (f->at > 1) {
			f->at--;
		} else if (found == NULL) {
			d->faults[FAULTS_MAX - 1] = *f;
			f->kind = NULL;
			found = &d->faults[FAULTS_MAX - 1];
			usb_note(d, "fault %s:%u", found->kind->name, found->arg);
		}
	}
	return found;
}

bool
fault_frame(struct device *d, const uint8_t *frame, size_t len)
{
	const struct fault *f = due(d, AT_FRAME);

	return f != NULL && f->kind->frame(d, frame, len, f->arg);
}

bool
fault_block(struct device *d, struct block *b)
{
	const struct fault *f = due(d, AT_BLOCK);

	return f != NULL && f->kind->block(d, b, f->arg);
}

bool
fault_out(struct device *d)
{
	if (due(d, AT_OUT) == NULL)
		return false;
	d->halted_out = true;
	return true;
}
