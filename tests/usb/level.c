/* SPDX-License-Identifier: BSD-2-Clause */
/* How bytes reach the card, by the exchange level of dwFeatures. */
#include <string.h>

#include "tests/usb/ccid.h"
#include "tests/usb/fault.h"

/* ---- APDU level: CCID 1.10 6.1.4, 6.2.1 --------------------------------------------- */

enum {
	/* wLevelParameter, bChainParameter */
	WHOLE = 0, BEGINS = 1, ENDS = 2, GOES_ON = 3, GO_AHEAD = 0x10,
	SHORT_MAX = 261,
};

static bool
is_extended(const struct device *d)
{
	return (d->row->features & FEATURE_EXTENDED) != 0;
}

/* As much of the answer as a message takes. */
static void
apdu_part(struct device *d)
{
	const size_t most = d->row->message - HEADER;
	const size_t left = d->answer_len - d->answer_sent;
	const size_t n = is_extended(d) && left > most ? most : left;
	const uint8_t *part = d->answer + d->answer_sent;
	const bool first = d->answer_sent == 0, last = n == left;

	d->answer_sent += n;
	ccid_data(d, first ? (last ? WHOLE : BEGINS) : last ? ENDS : GOES_ON, part, n);
}

/* T=0 under an APDU level: the token fetches what the card keeps. */
static bool
apdu_fetch(struct device *d, const uint8_t *data, size_t len)
{
	const uint8_t fetch[5] = { (uint8_t)(d->apdu[0] & 0x03), 0xc0, 0, 0, data[len - 1] };

	if (d->atr.first != 0 || len != 2 || data[0] != 0x61)
		return false;
	ccid_send(d, fetch, sizeof(fetch));
	return true;
}

static void
apdu_answer(struct device *d, const uint8_t *data, size_t len)
{
	if (!apdu_fetch(d, data, len))
		apdu_part(d);
}

static bool
apdu_append(struct device *d, const uint8_t *data, size_t len)
{
	if (len > sizeof(d->apdu) - d->apdu_len)
		return false;
	memcpy(d->apdu + d->apdu_len, data, len);
	d->apdu_len += len;
	return true;
}

static void
apdu_run(struct device *d)
{
	if (!is_extended(d) && d->apdu_len > SHORT_MAX)
		ccid_fail(d, BAD_LENGTH);
	else
		ccid_send(d, d->apdu, d->apdu_len);
}

static void
apdu_command(struct device *d, unsigned parameter, const uint8_t *data, size_t len)
{
	if (parameter == GO_AHEAD && is_extended(d)) {
		if (d->answer_sent == 0 || d->answer_sent == d->answer_len)
			ccid_fail(d, BAD_LEVEL);
		else
			apdu_part(d);
		return;
	}
	/* a part that starts has none before it, one that goes on has */
	if (parameter > GOES_ON || (parameter != WHOLE && !is_extended(d)) ||
	    ((parameter & ENDS) != 0) != (d->apdu_len > 0)) {
		d->apdu_len = 0;
		ccid_fail(d, BAD_LEVEL);
		return;
	}
	if (!apdu_append(d, data, len)) {
		d->apdu_len = 0;
		ccid_fail(d, BAD_LENGTH);
	} else if (parameter == BEGINS || parameter == GOES_ON) {
		ccid_data(d, GO_AHEAD, NULL, 0);
	} else {
		apdu_run(d);
		d->apdu_len = 0;
	}
}

const struct level level_apdu = { apdu_command, apdu_answer, ccid_more_time };

/* ---- PPS: ISO/IEC 7816-3:2006 9 ------------------------------------------------------- */

enum { PPSS = 0xff, PPS1 = 0x10, PPS2 = 0x20, PPS3 = 0x40 };

/* The card accepts what its ATR offers, and is mute otherwise. */
static bool
pps(struct device *d, const uint8_t *data, size_t len)
{
	uint8_t check = 0;
	size_t want = 3;

	if (!d->fresh || len < 3 || data[0] != PPSS)
		return false;
	for (uint8_t bit = PPS1; bit <= PPS3; bit = (uint8_t)(bit << 1))
		want += (data[1] & bit) != 0;
	for (size_t i = 0; i < len; i++)
		check ^= data[i];
	usb_note(d, "pps T=%u", data[1] & 0x0f);
	d->fresh = false;
	if (len != want || check != 0 || d->atr.specific ||
	    !(d->atr.protocols & 1u << (data[1] & 0x0f)) ||
	    ((data[1] & PPS1) && data[2] != d->atr.ta1 && data[2] != 0x11))
		ccid_fail(d, ICC_MUTE);
	else
		ccid_data(d, 0, data, len);
	return true;
}

/* A card hears nothing in another protocol than its own. */
static bool
is_deaf(const struct device *d, unsigned protocol)
{
	return !(d->atr.protocols & 1u << protocol);
}

/* ---- T=0: CCID 1.10 3.2.1, ISO/IEC 7816-3:2006 10.3 -------------------------------------- */

enum { T0_HEADER = 5 };

static void
t0_command(struct device *d, unsigned parameter, const uint8_t *data, size_t len)
{
	(void)parameter;
	if (pps(d, data, len))
		return;
	if (is_deaf(d, 0) || len < T0_HEADER - 1)
		ccid_fail(d, ICC_MUTE);
	else if (len > T0_HEADER && len != T0_HEADER + (size_t)data[4])
		ccid_fail(d, PROCEDURE_BYTE);	/* no room for Le: case 4 is two commands */
	else
		ccid_send(d, data, len);
}

static void
t0_answer(struct device *d, const uint8_t *data, size_t len)
{
	ccid_data(d, 0, data, len);
}

/* NULL procedure bytes stay between card and CCID, which asks for time. */
const struct level level_t0 = { t0_command, t0_answer, ccid_more_time };

/* ---- T=1 -------------------------------------------------------------------------------------- */

static void
t1_emit(struct device *d, struct block *b)
{
	if (fault_block(d, b))
		ccid_fail(d, ICC_MUTE);
	else
		ccid_data(d, 0, b->bytes, b->len);
}

static void
t1_command(struct device *d, unsigned parameter, const uint8_t *data, size_t len)
{
	struct block out;

	(void)parameter;
	if (pps(d, data, len))
		return;
	d->fresh = false;
	if (is_deaf(d, 1)) {
		ccid_fail(d, ICC_MUTE);
		return;
	}
	usb_note(d, "block %02x %zu bytes", len > 1 ? data[1] : 0, len);
	switch (t1_take(&d->t1, data, len, &out)) {
	case T1_SEND:
		t1_emit(d, &out);
		return;
	case T1_COMMAND:
		ccid_send(d, d->t1.apdu, d->t1.apdu_len);
		return;
	case T1_WAIT:
		d->waiting = true;
		return;
	case T1_SILENT:
		ccid_fail(d, ICC_MUTE);
	}
}

static void
t1_level_answer(struct device *d, const uint8_t *data, size_t len)
{
	struct block out;

	t1_answer(&d->t1, data, len, &out);
	t1_emit(d, &out);
}

/* The card asks the host itself, and works on until it is granted. */
static void
t1_level_more_time(struct device *d)
{
	struct block out;

	d->waiting = false;
	t1_more_time(&d->t1, &out);
	t1_emit(d, &out);
}

const struct level level_t1 = { t1_command, t1_level_answer, t1_level_more_time };
