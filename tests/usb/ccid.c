/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/usb/ccid.h"

#include <string.h>

#include "tests/usb/fault.h"

enum {
	ICC_ACTIVE = 0, ICC_INACTIVE = 1, ICC_ABSENT = 2,
	EXTEND_MS = 400,	/* so long a host is left without a word */
	EXTENDING_MS = 20,
};

static uint32_t
u32(const uint8_t *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

uint8_t
ccid_slot_state(const struct device *d)
{
	return !d->present ? ICC_ABSENT : d->active ? ICC_ACTIVE : ICC_INACTIVE;
}

/* ---- answers ------------------------------------------------------------------------ */

static size_t
make_frame(const struct device *d, uint8_t *frame, uint8_t type, uint8_t status, uint8_t error,
    uint8_t third, const uint8_t *data, size_t len)
{
	const uint8_t head[HEADER] = { type, (uint8_t)len, (uint8_t)(len >> 8),
	    (uint8_t)(len >> 16), 0, 0, d->seq, (uint8_t)(status | ccid_slot_state(d)), error, third };

	memcpy(frame, head, HEADER);
	if (len > 0)
		memcpy(frame + HEADER, data, len);
	return HEADER + len;
}

static void
reply(struct device *d, uint8_t type, uint8_t status, uint8_t error, uint8_t third,
    const uint8_t *data, size_t len)
{
	uint8_t frame[MESSAGE_MAX];
	const size_t n = make_frame(d, frame, type, status, error, third, data, len);

	usb_note(d, "< %02x seq %u status %02x error %02x chain %02x %zu bytes", type, d->seq,
	    frame[7], error, third, len);
	if (status != MORE_TIME)
		d->working = false;
	if (status == MORE_TIME || !fault_frame(d, frame, n))
		queue_put(&d->bulk, frame, n);
}

/* Which message answers which. */
static uint8_t
answer_of(uint8_t type)
{
	switch (type) {
	case POWER_ON: case XFR_BLOCK: case SECURE:
		return DATA_BLOCK;
	case GET_PARAMETERS: case RESET_PARAMETERS: case SET_PARAMETERS:
		return PARAMETERS;
	case ESCAPE:
		return ESCAPED;
	case SET_RATE:
		return RATE;
	default:
		return STATUS;
	}
}

void
ccid_data(struct device *d, uint8_t chain, const uint8_t *data, size_t len)
{
	reply(d, DATA_BLOCK, 0, 0, chain, data, len);
}

void
ccid_fail(struct device *d, enum ccid_error error)
{
	reply(d, answer_of(d->in[0]), FAILED, (uint8_t)error, 0, NULL, 0);
}

/* bError is how many block waiting times more. */
void
ccid_more_time(struct device *d)
{
	reply(d, answer_of(d->in[0]), MORE_TIME, 1, 0, NULL, 0);
}

static void
reply_status(struct device *d)
{
	reply(d, STATUS, 0, 0, 0, NULL, 0);
}

/* ---- the card ------------------------------------------------------------------------- */

void
ccid_send(struct device *d, const uint8_t *apdu, size_t len)
{
	d->fresh = false;
	if (len < 4) {
		ccid_fail(d, BAD_LENGTH);
		return;
	}
	usb_note(d, "apdu %02x%02x%02x%02x %zu bytes", apdu[0], apdu[1], apdu[2], apdu[3], len);
	d->card->kind->send(d->card, apdu, len);
	d->waiting = true;
	d->since = usb_now();
}

static void
stop_waiting(struct device *d)
{
	if (d->waiting)
		d->card->kind->forget(d->card);
	d->waiting = d->keypad.waiting = false;
	d->extending = 0;
}

void
ccid_power_off(struct device *d)
{
	stop_waiting(d);
	if (d->active)
		d->card->kind->power_off(d->card);
	d->active = d->fresh = d->working = false;
	d->apdu_len = d->answer_len = d->answer_sent = 0;
	d->level = &level_apdu;
}

void
ccid_card_moved(struct device *d)
{
	const bool working = d->working;

	ccid_power_off(d);
	if (working)
		ccid_fail(d, ICC_MUTE);
}

/* The protocol that XfrBlock speaks; only what the parameters say matters. */
static void
choose_level(struct device *d)
{
	if (!(d->row->features & FEATURE_TPDU))
		d->level = &level_apdu;
	else
		d->level = d->protocol == 1 ? &level_t1 : &level_t0;
}

/* 6.2.3: what the CCID itself sets up.  T=0 is what an interface begins with. */
static void
default_parameters(struct device *d)
{
	const uint32_t automatic = FEATURE_AUTO_ATR | FEATURE_AUTO_NEGOTIATE | FEATURE_AUTO_PPS;
	const bool set = (d->row->features & automatic) || !(d->row->features & FEATURE_TPDU);
	const size_t ifsd = (d->row->features & FEATURE_AUTO_IFSD) ? d->row->ifsd : 0;

	memset(d->parameters, 0, sizeof(d->parameters));
	d->protocol = (uint8_t)(set ? d->atr.first : 0);
	d->parameters[0] = set ? d->atr.ta1 : 0x11;
	d->parameters[1] = (uint8_t)(d->protocol == 1 ? 0x10 | d->atr.crc : 0);
	d->parameters[3] = d->protocol == 1 ? 0x4d : 10;
	d->parameters[5] = (uint8_t)d->atr.ifsc;
	d->t1.no_ifsd = (d->row->traits & TRAIT_NO_IFSD) != 0;
	t1_reset(&d->t1, d->atr.ifsc, ifsd, d->atr.crc);
	choose_level(d);
}

/*
 * bPowerSelect 0 is for those who choose by themselves: 6.1.1.  Tokens that are
 * their own card do not look at it, and scdaemon says nothing else.
 */
static bool
is_power(const struct device *d, uint8_t select)
{
	if (select == 0)
		return !(d->row->features & FEATURE_TPDU) ||
		    (d->row->features & FEATURE_AUTO_VOLTAGE);
	return select <= 3 && (d->row->voltage & 1 << (select - 1));
}

static bool
card_starts(struct device *d, uint8_t select)
{
	const bool enough = select == 0 || (d->card_voltages & 1 << (select - 1));
	const bool warm = d->active;

	return enough && d->present && d->card->kind->power_on(d->card, warm) == 0;
}

bool
ccid_power_on(struct device *d, uint8_t select)
{
	stop_waiting(d);
	if (!card_starts(d, select)) {
		d->active = false;
		return false;
	}
	d->active = d->fresh = true;
	d->voltage = select;
	d->apdu_len = d->answer_len = d->answer_sent = 0;
	d->atr = atr_parse(d->card->atr, d->card->atr_len);
	default_parameters(d);
	return true;
}

/* ---- commands ---------------------------------------------------------------------------- */

static void
power_on(struct device *d, const uint8_t *data, size_t len)
{
	const uint8_t select = d->in[7];

	(void)data;
	if (len != 0)
		ccid_fail(d, BAD_LENGTH);
	else if (!is_power(d, select))
		ccid_fail(d, BAD_POWER);
	else if (!ccid_power_on(d, select))
		ccid_fail(d, ICC_MUTE);
	else if (d->lie_len > 0)
		ccid_data(d, 0, d->lie, d->lie_len);
	else
		ccid_data(d, 0, d->card->atr, d->card->atr_len);
}

static void
power_off(struct device *d, const uint8_t *data, size_t len)
{
	(void)data;
	(void)len;
	ccid_power_off(d);
	reply_status(d);
}

static void
slot_status(struct device *d, const uint8_t *data, size_t len)
{
	(void)data;
	(void)len;
	reply_status(d);
}

static void
reply_parameters(struct device *d)
{
	reply(d, PARAMETERS, 0, 0, d->protocol, d->parameters, d->protocol == 1 ? 7 : 5);
}

static void
get_parameters(struct device *d, const uint8_t *data, size_t len)
{
	(void)data;
	(void)len;
	reply_parameters(d);
}

static void
reset_parameters(struct device *d, const uint8_t *data, size_t len)
{
	(void)data;
	(void)len;
	default_parameters(d);
	reply_parameters(d);
}

/* 6.1.7.  What the card did not offer, and a structure of another protocol, fail. */
static void
set_parameters(struct device *d, const uint8_t *data, size_t len)
{
	const uint8_t protocol = d->in[7];

	if (!d->active)
		ccid_fail(d, ICC_MUTE);
	else if (protocol > 1 || !(d->row->protocols & 1u << protocol) ||
	    !(d->atr.protocols & 1u << protocol))
		ccid_fail(d, BAD_PROTOCOL);
	else if (len != (protocol == 1 ? 7 : 5))
		ccid_fail(d, BAD_LENGTH);
	else if (protocol == 1 && (data[1] & 0xfe) != 0x10)
		ccid_fail(d, BAD_FORM);
	else {
		d->protocol = protocol;
		memcpy(d->parameters, data, len);
		choose_level(d);
		reply_parameters(d);
	}
}

static void
xfr_block(struct device *d, const uint8_t *data, size_t len)
{
	const unsigned parameter = d->in[8] | (unsigned)d->in[9] << 8;

	if (!d->active)
		ccid_fail(d, ICC_MUTE);
	else
		d->level->command(d, parameter, data, len);
}

static void
secure(struct device *d, const uint8_t *data, size_t len)
{
	if (d->keypad.pins == 0)
		ccid_fail(d, UNSUPPORTED);
	else if (!d->active)
		ccid_fail(d, ICC_MUTE);
	else
		pad_secure(d, data, len);
}

static void
unsupported(struct device *d, const uint8_t *data, size_t len)
{
	(void)data;
	(void)len;
	ccid_fail(d, UNSUPPORTED);
}

static void
escape(struct device *d, const uint8_t *data, size_t len)
{
	if (d->row->traits & TRAIT_ESCAPES)
		reply(d, ESCAPED, 0, 0, 0, NULL, 0);
	else
		unsupported(d, data, len);
}

static const struct {
	uint8_t type;
	const char *name;
	void (*act)(struct device *d, const uint8_t *data, size_t len);
} commands[] = {
	{ POWER_ON, "power-on", power_on },
	{ POWER_OFF, "power-off", power_off },
	{ SLOT_STATUS, "slot-status", slot_status },
	{ XFR_BLOCK, "xfr-block", xfr_block },
	{ GET_PARAMETERS, "get-parameters", get_parameters },
	{ RESET_PARAMETERS, "reset-parameters", reset_parameters },
	{ SET_PARAMETERS, "set-parameters", set_parameters },
	{ SECURE, "secure", secure },
	{ ESCAPE, "escape", escape },
	{ ICC_CLOCK, "icc-clock", unsupported },
	{ T0_APDU, "t0-apdu", unsupported },
	{ MECHANICAL, "mechanical", unsupported },
	{ SET_RATE, "set-rate", unsupported },
};

/* ---- abort: 5.3.1, 6.1.13 ------------------------------------------------------------------ */

/* Both halves came: what was in work is over. */
static void
abort_done(struct device *d)
{
	if (d->abort_control < 0 || d->abort_control != d->abort_bulk)
		return;
	stop_waiting(d);
	queue_clear(&d->bulk);
	d->apdu_len = d->answer_len = d->answer_sent = 0;
	d->seq = (uint8_t)d->abort_bulk;
	d->abort_control = d->abort_bulk = -1;
	d->aborts++;
	reply_status(d);
}

void
ccid_abort_control(struct device *d, uint8_t slot, uint8_t seq)
{
	usb_note(d, "> abort request slot %u seq %u", slot, seq);
	if (slot != 0)
		return;
	d->abort_control = seq;
	abort_done(d);
}

/* ---- messages --------------------------------------------------------------------------------- */

static void
act(struct device *d, size_t len)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (commands[i].type == d->in[0]) {
			usb_note(d, "> %s seq %u %02x%02x%02x %zu bytes", commands[i].name,
			    d->in[6], d->in[7], d->in[8], d->in[9], len);
			commands[i].act(d, d->in + HEADER, len);
			return;
		}
	}
	usb_note(d, "> %02x seq %u", d->in[0], d->in[6]);
	ccid_fail(d, UNSUPPORTED);
}

static void
message(struct device *d, size_t len)
{
	d->counts[d->in[0]]++;
	if (d->in[0] == ABORT) {
		usb_note(d, "> abort seq %u", d->in[6]);
		d->abort_bulk = d->in[6];
		abort_done(d);
		return;
	}
	if (d->working) {
		usb_note(d, "> %02x seq %u while seq %u is in work", d->in[0], d->in[6], d->seq);
		d->seq = d->in[6];
		ccid_fail(d, SLOT_BUSY);
		d->working = true;
		return;
	}
	d->seq = d->in[6];
	if (d->in[5] != 0) {
		ccid_fail(d, BAD_SLOT);
	} else if (d->abort_control >= 0) {
		ccid_fail(d, ABORTED);
	} else {
		d->working = true;
		act(d, len);
	}
}

/* A message may come in several transfers; a short packet ends each. */
void
ccid_out(struct device *d, const uint8_t *data, size_t len)
{
	uint32_t told;

	if (len > sizeof(d->in) - d->in_len)
		len = sizeof(d->in) - d->in_len;
	if (len > 0)
		memcpy(d->in + d->in_len, data, len);
	d->in_len += len;
	if (d->in_len < HEADER)
		return;
	told = u32(d->in + 1);
	if (told <= d->row->message - HEADER && d->in_len < HEADER + told)
		return;
	if (d->in_len != HEADER + told || d->in_len > d->row->message) {
		usb_note(d, "> %02x seq %u of %zu bytes says %u", d->in[0], d->in[6], d->in_len, told);
		d->seq = d->in[6];
		ccid_fail(d, BAD_LENGTH);
	} else {
		message(d, told);
	}
	d->in_len = 0;
}

/* ---- time --------------------------------------------------------------------------------------- */

static void
ask_card(struct device *d)
{
	const long n = d->card->kind->receive(d->card, d->answer, sizeof(d->answer));

	if (n > 0) {
		d->waiting = false;
		d->answer_len = (size_t)n;
		d->answer_sent = 0;
		d->level->answer(d, d->answer, d->answer_len);
	} else if (n == CARD_MUTE) {
		d->waiting = false;
		ccid_fail(d, ICC_MUTE);
	} else if (n == CARD_MORE_TIME || usb_now() - d->since >= EXTEND_MS) {
		d->since = usb_now();
		d->level->more_time(d);
	}
}

void
ccid_tick(struct device *d)
{
	if (d->waiting)
		ask_card(d);
	if (d->keypad.waiting)
		pad_tick(d);
	if (d->extending && usb_now() - d->since >= EXTENDING_MS) {
		d->since = usb_now();
		ccid_more_time(d);
	}
}
