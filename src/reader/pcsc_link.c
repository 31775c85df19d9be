/* SPDX-License-Identifier: BSD-2-Clause */
#include <reader.h>
#include <stdlib.h>
#include <time.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/reader/part10.h"
#include "src/reader/pcsc.h"

enum {
	PROTOCOLS = SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1,
	RESETS_MAX = 8,		/* others reset faster than turns are taken */
	SILENCE_MS = 1000,	/* until a card that says nothing is a fault */
	PAUSE_MS = 50,

	SHORT_MAX = 261,	/* bytes of the longest short command */
	FRAME_MAX = 9,		/* bytes of an extended one that are not data */
	TLV_MAX = 256,
};

struct pcsc_link {
	tmg_link link;
	SCARDCONTEXT context;
	SCARDHANDLE card;
	bool gone;		/* card or daemon; for good */
	bool was_reset;		/* seen, not told yet */
	tmg_part10_features features;
	tmg_part10_properties properties;
	char reader[TMG_READER_NAME];
};

static struct pcsc_link *
of(tmg_link *link)
{
	return (struct pcsc_link *)link;
}

static tmg_rc
result(struct pcsc_link *l, LONG code)
{
	const tmg_rc rc = tmg_pcsc_raise(&l->link.fault, code, TMG_PCSC_LINK,
	    l->reader);

	if (rc == TMG_REMOVED)
		l->gone = true;
	return rc;
}

static tmg_rc
is_there(struct pcsc_link *l)
{
	return l->gone ? result(l, SCARD_W_REMOVED_CARD) : TMG_OK;
}

/* ---- what reader and card are -------------------------------------------- */

static LONG
look_at_card(struct pcsc_link *l)
{
	DWORD state, protocol, name_len = 0, atr_len = sizeof(l->link.atr);
	const LONG code = SCardStatus(l->card, NULL, &name_len, &state,
	    &protocol, l->link.atr, &atr_len);

	if (code != SCARD_S_SUCCESS)
		return code;
	/* Powered anew and not spoken to since: see is_reset(). */
	if ((protocol & PROTOCOLS) == 0)
		return SCARD_W_RESET_CARD;
	l->link.atr_len = atr_len;
	l->link.protocol = protocol == SCARD_PROTOCOL_T0 ? 0 : 1;
	return SCARD_S_SUCCESS;
}

/* Asks the reader something that needs no words; less than TLV_MAX bytes. */
static tmg_view
ask_reader(SCARDHANDLE card, uint32_t code, uint8_t store[static TLV_MAX])
{
	DWORD len = 0;

	if (code == 0 || SCardControl(card, code, NULL, 0, store, TLV_MAX,
	    &len) != SCARD_S_SUCCESS || len > TLV_MAX)
		len = 0;
	return (tmg_view){ store, len };
}

/* What the reader has beside a place for cards.  One that tells of itself what
 * cannot be read is not trusted with a PIN. */
static void
look_at_reader(struct pcsc_link *l)
{
	uint8_t store[TLV_MAX];
	tmg_part10_features *f = &l->features;

	if (tmg_part10_features_parse(ask_reader(l->card,
		CM_IOCTL_GET_FEATURE_REQUEST, store), f) == TMG_OK &&
	    tmg_part10_properties_parse(ask_reader(l->card, f->properties, store),
		&l->properties) == TMG_OK)
		l->link.keypad = (f->verify != 0 ? TMG_PAD_VERIFY : 0) |
		    (f->modify != 0 ? TMG_PAD_CHANGE : 0);
}

static bool
ask_max_input(SCARDHANDLE card, uint32_t *bytes)
{
	uint8_t value[sizeof(*bytes)];
	DWORD len = sizeof(value);

	if (SCardGetAttrib(card, SCARD_ATTR_MAXINPUT, value, &len) !=
	    SCARD_S_SUCCESS || len != sizeof(value))
		return false;
	memcpy(bytes, value, sizeof(*bytes));	/* in host order */
	return true;
}

/*
 * The longest command the reader carries.  Part 10 counts data and says 0 for
 * short APDUs only; SCARD_ATTR_MAXINPUT counts the command.  A driver that
 * says neither is no CCID driver and is believed to carry what the daemon
 * carries: whether extended length is used is then the card's word alone.
 */
static size_t
longest_of(const struct pcsc_link *l)
{
	uint32_t n = l->properties.apdu_data;

	if (l->properties.has_apdu_data)
		n = n > TMG_APDU_MAX - FRAME_MAX ? TMG_APDU_MAX : n + FRAME_MAX;
	else if (!ask_max_input(l->card, &n) || n > TMG_APDU_MAX)
		n = TMG_APDU_MAX;
	return n > SHORT_MAX ? n : SHORT_MAX;
}

/* ---- turns --------------------------------------------------------------- */

/* Acknowledges a reset; a card without power gets some. */
static LONG
reconnect(struct pcsc_link *l, DWORD how)
{
	DWORD protocol;
	LONG code = SCardReconnect(l->card, SCARD_SHARE_SHARED, PROTOCOLS, how,
	    &protocol);

	return code == SCARD_S_SUCCESS ? look_at_card(l) : code;
}

/*
 * Whoever disconnects with a reset waits for the end of a turn, but the daemon
 * (pcsc-lite, SCardDisconnect) looks for one only once, tells of the reset, and
 * then does it.  Who takes a turn meanwhile has the card reset in it without
 * another word, and finds that it speaks no protocol yet.
 */
static bool
is_reset(LONG code)
{
	return code == SCARD_W_RESET_CARD || code == SCARD_W_UNPOWERED_CARD ||
	    code == SCARD_E_PROTO_MISMATCH;
}

static LONG
acknowledge(struct pcsc_link *l, LONG code)
{
	l->was_reset = true;
	return reconnect(l, code == SCARD_W_UNPOWERED_CARD
	    ? SCARD_RESET_CARD : SCARD_LEAVE_CARD);
}

/* Takes the turn, past any number of resets that others made. */
static LONG
take_turn(struct pcsc_link *l)
{
	LONG code;

	for (int tries = 0; tries < RESETS_MAX; tries++) {
		code = SCardBeginTransaction(l->card);
		if (!is_reset(code))
			return code;
		code = acknowledge(l, code);
		if (code != SCARD_S_SUCCESS && !is_reset(code))
			return code;
	}
	return SCARD_E_SHARING_VIOLATION;
}

/* The turn is taken, or not: what is to be told. */
static tmg_rc
turn_result(struct pcsc_link *l, LONG code)
{
	if (code != SCARD_S_SUCCESS)
		return result(l, code);
	if (!l->was_reset)
		return TMG_OK;
	l->was_reset = false;
	return result(l, SCARD_W_RESET_CARD);
}

static tmg_rc
begin(tmg_link *link)
{
	struct pcsc_link *l = of(link);
	tmg_rc rc;

	if ((rc = is_there(l)))
		return rc;
	return turn_result(l, take_turn(l));
}

/* A reset must be acknowledged first, or the daemon keeps the turn as ours. */
static void
end(tmg_link *link)
{
	struct pcsc_link *l = of(link);
	const LONG code = SCardEndTransaction(l->card, SCARD_LEAVE_CARD);

	if (is_reset(code) && acknowledge(l, code) == SCARD_S_SUCCESS)
		(void)SCardEndTransaction(l->card, SCARD_LEAVE_CARD);
}

/* The card was reset under a command.  The daemon counts turns of one handle,
 * so the old one is given back before it is taken again. */
static tmg_rc
recover(struct pcsc_link *l, LONG code)
{
	code = acknowledge(l, code);
	if (code == SCARD_S_SUCCESS)
		(void)SCardEndTransaction(l->card, SCARD_LEAVE_CARD);
	if (code == SCARD_S_SUCCESS || is_reset(code))
		code = take_turn(l);
	return turn_result(l, code);
}

/* No answer: pcscd looks for cards only every 400 ms, so whether it was taken
 * out shows a little later; or never, where another one was put in between two
 * looks.  So whoever does not answer is taken to be gone. */
static tmg_rc
ask_why(struct pcsc_link *l)
{
	const struct timespec pause = { .tv_nsec = PAUSE_MS * 1000000L };
	LONG code = look_at_card(l);

	for (int ms = 0; ms < SILENCE_MS && code == SCARD_S_SUCCESS;
	    ms += PAUSE_MS) {
		nanosleep(&pause, NULL);
		code = look_at_card(l);
	}
	if (is_reset(code))
		return recover(l, code);
	return result(l, code == SCARD_S_SUCCESS ? SCARD_E_NOT_TRANSACTED
	    : code);
}

/* Refused, by a status word that is no part of an answer (ISO/IEC 7816-4, 5.1.3);
 * SW1, or 0. */
static uint8_t
refusal(const uint8_t *response, DWORD len)
{
	return len == 2 && response[0] >= 0x64 && response[0] <= 0x6f &&
	    response[0] != 0x6c ? response[0] : 0;
}

/*
 * The reset may also come between the daemon's look and the command: a card
 * where nothing is selected refuses what it got, and that is no answer of the
 * application's.  What it does not even know it has not done.
 */
static LONG
look_behind_refusal(struct pcsc_link *l, uint8_t sw1)
{
	LONG code = SCARD_S_SUCCESS;

	if (sw1 != 0)
		code = look_at_card(l);
	l->link.unheard = sw1 == 0x6d || sw1 == 0x6e;
	return is_reset(code) ? code : SCARD_S_SUCCESS;
}

/* The daemon's word on a command, and the card's. */
static tmg_rc
answered(struct pcsc_link *l, LONG code, DWORD got, tmg_out *response)
{
	/* pcsc-lite's SCardTransmit tells of a reset before it sends. */
	l->link.unheard = is_reset(code);
	if (code == SCARD_S_SUCCESS && got == 0)
		code = SCARD_E_NOT_TRANSACTED;
	if (code == SCARD_S_SUCCESS)
		code = look_behind_refusal(l, refusal(response->ptr +
		    response->len, got));
	if (is_reset(code))
		return recover(l, code);
	if (code == SCARD_E_NOT_TRANSACTED)
		return ask_why(l);
	if (code != SCARD_S_SUCCESS)
		return result(l, code);
	response->len += got;
	return TMG_OK;
}

static tmg_rc
transmit(tmg_link *link, tmg_view command, tmg_out *response)
{
	struct pcsc_link *l = of(link);
	const SCARD_IO_REQUEST *pci = link->protocol == 0
	    ? SCARD_PCI_T0 : SCARD_PCI_T1;
	DWORD got = (DWORD)(response->cap - response->len);
	LONG code;
	tmg_rc rc;

	if ((rc = is_there(l)))
		return rc;
	code = SCardTransmit(l->card, pci, command.ptr, (DWORD)command.len,
	    NULL, response->ptr + response->len, &got);
	return answered(l, code, got, response);
}

static tmg_rc
enter(tmg_link *link, const tmg_pad_form *form, tmg_view command,
    tmg_out *response)
{
	struct pcsc_link *l = of(link);
	const uint32_t feature = form->change ? l->features.modify
	    : l->features.verify;
	uint8_t bytes[TMG_PART10_MAX];
	tmg_out told = TMG_OUT(bytes);
	const size_t before = response->len;
	DWORD got = 0;
	LONG code;
	tmg_rc rc;

	if ((rc = is_there(l)))
		return rc;
	if (link->keypad == 0 || feature == 0)
		return tmg_part10_none(&link->fault, l->reader);
	rc = tmg_part10_put(&l->properties, form, command, &told);
	if (rc == TMG_UNSUPPORTED)
		return tmg_part10_none(&link->fault, l->reader);
	if (rc != TMG_OK)
		return tmg_raise(&link->fault, rc, 0, "the form of a PIN");
	code = SCardControl(l->card, feature, told.ptr, (DWORD)told.len,
	    response->ptr + before, (DWORD)(response->cap - before), &got);
	if (got > response->cap - before)
		got = 0;
	if ((rc = answered(l, code, got, response)))
		return tmg_part10_broken_off(&link->fault, rc);
	return tmg_part10_judge(&link->fault, l->reader,
	    (tmg_view){ response->ptr + before, response->len - before });
}

static tmg_rc
reset(tmg_link *link)
{
	struct pcsc_link *l = of(link);
	LONG code;
	tmg_rc rc;

	if ((rc = is_there(l)))
		return rc;
	code = reconnect(l, SCARD_RESET_CARD);
	return code == SCARD_S_SUCCESS ? TMG_OK : result(l, code);
}

static void
close_link(tmg_link *link, bool with_reset)
{
	struct pcsc_link *l = of(link);

	(void)SCardDisconnect(l->card,
	    with_reset ? SCARD_RESET_CARD : SCARD_LEAVE_CARD);
	(void)SCardReleaseContext(l->context);
	free(l);
}

static const tmg_link_ops ops = {
	.begin = begin,
	.end = end,
	.transmit = transmit,
	.enter = enter,
	.reset = reset,
	.close = close_link,
};

static tmg_rc
open_card(struct pcsc_link *l, tmg_fault *f)
{
	DWORD protocol;
	LONG code = SCardConnect(l->context, l->reader, SCARD_SHARE_SHARED,
	    PROTOCOLS, &l->card, &protocol);

	if (code != SCARD_S_SUCCESS)
		return tmg_pcsc_raise(f, code, TMG_PCSC_HUB, l->reader);
	code = look_at_card(l);
	for (int tries = 0; tries < RESETS_MAX && is_reset(code); tries++)
		code = acknowledge(l, code);
	if (code == SCARD_S_SUCCESS) {
		look_at_reader(l);
		l->link.longest = longest_of(l);
		return TMG_OK;
	}
	(void)SCardDisconnect(l->card, SCARD_LEAVE_CARD);
	return tmg_pcsc_raise(f, code, TMG_PCSC_HUB, l->reader);
}

tmg_rc
tmg_pcsc_link(const char *reader, tmg_fault *f, tmg_link **link)
{
	struct pcsc_link *l = calloc(1, sizeof(*l));
	tmg_rc rc;

	*link = NULL;
	if (l == NULL)
		return tmg_raise(f, TMG_E_NOMEM, 0, _("out of memory"));
	l->link.ops = &ops;
	memcpy(l->reader, reader, strnlen(reader, sizeof(l->reader) - 1));
	if ((rc = tmg_pcsc_establish(f, &l->context))) {
		free(l);
		return rc;
	}
	if ((rc = open_card(l, f))) {
		(void)SCardReleaseContext(l->context);
		free(l);
		return rc;
	}
	*link = &l->link;
	return TMG_OK;
}
