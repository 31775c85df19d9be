/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PINs as the AODF tells of them: VERIFY, CHANGE REFERENCE DATA, RESET RETRY
 * COUNTER (ISO/IEC 7816-4:2005 7.5.6 to 7.5.10).  Which one is meant is which.c's.
 */
#include "drivers/pkcs15/pkcs15.h"

enum {
	P1_LOGOUT = 0xff,	/* VERIFY: forget; ISO/IEC 7816-4:2013 11.5.6 */
	TYPING_SECONDS = 30,	/* until the first key on a keypad */
};

static const tmg_status pin_sw[] = {
	{ TMG_SW_DATA, TMG_DENIED, N_("the card does not take this value") },
	{ TMG_SW_LENGTH, TMG_DENIED, N_("the card does not take this value") },
	{ TMG_SW_CONDITIONS, TMG_DENIED, N_("the card's rules do not allow it") },
	{ TMG_SW_INVALIDATED, TMG_PIN_LOCKED, N_("the PIN was invalidated") },
	{ TMG_SW_NO_REFERENCE, TMG_UNSUPPORTED, N_("the card has no such PIN") },
	{ TMG_SW_NO_FILE, TMG_UNSUPPORTED, N_("the card has no such PIN") },
	{ TMG_SW_P1P2, TMG_UNSUPPORTED, N_("the card cannot do that") },
	{ TMG_SW_WRONG_P1P2, TMG_UNSUPPORTED, N_("the card cannot do that") },
	{ TMG_SW_NOT_SUPPORTED, TMG_UNSUPPORTED, N_("the card cannot do that") },
	{ TMG_SW_INS, TMG_UNSUPPORTED, N_("the card cannot do that") },
	{ TMG_SW_CLA, TMG_UNSUPPORTED, N_("the card cannot do that") },
};

/* By tmg_pin_kind. */
static const struct {
	const char *wrong, *refused, *locked;
} words[TMG_PIN_KINDS] = {
	[TMG_PIN_USER] = { N_("%s: the PIN is wrong; tries left: %d"),
		N_("%s: the PIN is wrong"),
		N_("%s: the PIN is blocked; unblock it with the PUK") },
	[TMG_PIN_PUK] = { N_("%s: the PUK is wrong; tries left: %d"),
		N_("%s: the PUK is wrong"),
		N_("%s: the PUK is blocked") },
	[TMG_PIN_ADMIN] = {
		N_("%s: the security officer's PIN is wrong; tries left: %d"),
		N_("%s: the security officer's PIN is wrong"),
		N_("%s: the security officer's PIN is blocked") },
};

/* ---- verdicts ------------------------------------------------------------------ */

static tmg_rc
wrong(tmg_p15 *p, tmg_pin_kind kind, uint16_t sw, int tries)
{
	if (tries == 0)
		return p15_raise(p, TMG_PIN_LOCKED, sw, _(words[kind].locked),
		    p->who);
	if (tries > 0)
		return p15_raise(p, TMG_PIN_WRONG, sw, _(words[kind].wrong), p->who,
		    tries);
	return p15_raise(p, TMG_PIN_WRONG, sw, _(words[kind].refused), p->who);
}

/* The one place where a status word of a PIN command becomes a verdict. */
static tmg_rc
verdict(tmg_p15 *p, tmg_pin_kind kind, uint16_t sw, int *tries,
    const char *doing)
{
	*tries = -1;
	if ((sw & TMG_SW_TRIES_MASK) == TMG_SW_TRIES)
		*tries = sw & 0x0f;
	else if (sw == TMG_SW_BLOCKED)
		*tries = 0;
	else if (sw != TMG_SW_LOGIN && sw != 0x6300)
		return p15_judge(p, pin_sw, sw, doing);
	return wrong(p, kind, sw, *tries);
}

/* VERIFY without data asks and costs no try: 7.5.6. */
tmg_rc
tmg_p15_tries(tmg_backend *b, tmg_pin_kind kind, int *tries)
{
	tmg_p15 *p = tmg_p15_of(b);
	const tmg_p15_pin *pin;
	uint16_t sw;
	tmg_rc rc;

	*tries = -1;
	if ((rc = tmg_p15_ready(p, false)) || (rc = tmg_p15_pin_choose(p, kind, &pin)) ||
	    (rc = tmg_p15_enter(p, &pin->path)) ||
	    (rc = tmg_p15_send(p, &(tmg_capdu){ .ins = INS_VERIFY,
		.p2 = pin->reference }, NULL, &sw)))
		return p15_pass(p, rc);
	if ((sw & TMG_SW_TRIES_MASK) == TMG_SW_TRIES)
		*tries = sw & 0x0f;
	else if (sw == TMG_SW_BLOCKED)
		*tries = 0;
	return *tries >= 0 ? TMG_OK : p15_raise(p, TMG_UNSUPPORTED, sw,
	    _("%s: the card does not tell how many tries are left"), p->who);
}

/* ---- login ----------------------------------------------------------------------- */

static tmg_rc
encode(tmg_p15 *p, const tmg_p15_pin *pin, tmg_view typed,
    tmg_secret *sent)
{
	if (tmg_p15_pin_encode(pin, typed, sent) == TMG_OK)
		return TMG_OK;
	return p15_raise(p, TMG_PIN_WRONG, 0,
	    pin->type == P15_PIN_ASCII || pin->type == P15_PIN_UTF8
	    ? _("%s: this PIN has at most %zu bytes and is never empty; nothing was "
	    "tried") : _("%s: this PIN has at most %zu digits and nothing else; "
	    "nothing was tried"), p->who, pin->max);
}

static void
logged_in(tmg_p15 *p, const tmg_p15_pin *pin)
{
	p->in |= tmg_p15_pin_bit(p, pin);
	p->base.ch->unlocked = true;
	tmg_p15_unhide(p);
}

/* What is typed is complete before anything is sent. */
static tmg_rc
begin(tmg_p15 *p, tmg_pin_kind kind, int **tries, int *ignored,
    const tmg_p15_pin **pin)
{
	tmg_rc rc;

	if (*tries == NULL)
		*tries = ignored;
	**tries = -1;
	if ((rc = tmg_p15_ready(p, true)))
		return rc;
	return tmg_p15_pin_choose(p, kind, pin);
}

tmg_rc
tmg_p15_verify(tmg_backend *b, tmg_pin_kind kind, tmg_view typed, int *tries)
{
	tmg_p15 *p = tmg_p15_of(b);
	tmg_auto_secret sent = { .len = 0 };
	const tmg_p15_pin *pin;
	int ignored;
	uint16_t sw;
	tmg_rc rc;

	if ((rc = begin(p, kind, &tries, &ignored, &pin)) ||
	    (rc = encode(p, pin, typed, &sent)) ||
	    (rc = tmg_p15_enter(p, &pin->path)))
		return p15_pass(p, rc);
	p->in &= ~tmg_p15_pin_bit(p, pin);
	if ((rc = tmg_p15_send(p, &(tmg_capdu){
		.ins = INS_VERIFY,
		.p2 = pin->reference,
		.data = tmg_secret_view(&sent),
	    }, NULL, &sw)))
		return p15_pass(p, rc);
	rc = verdict(p, kind, sw, tries, N_("checking the PIN"));
	if (rc == TMG_OK)
		logged_in(p, pin);
	return rc;
}

/* Cards that do not know how lose the login with a new selection, or with the
 * reset at the end. */
tmg_rc
tmg_p15_logout(tmg_backend *b)
{
	tmg_p15 *p = tmg_p15_of(b);
	const uint64_t in = p->in;
	uint16_t sw = TMG_SW_OK;
	tmg_rc rc;

	if (!tmg_selected_is(&p->selected, b->ch) || in == 0) {
		p->in = 0;
		return TMG_OK;
	}
	if ((rc = tmg_p15_ready(p, false)))
		return rc;
	p->in = 0;
	for (size_t i = 0; i < p->content.pin_count && sw == TMG_SW_OK; i++) {
		const tmg_p15_pin *pin = &p->content.pins[i];

		if ((in >> i & 1) != 0 && ((rc = tmg_p15_enter(p, &pin->path)) ||
		    (rc = tmg_p15_send(p, &(tmg_capdu){ .ins = INS_VERIFY,
			.p1 = P1_LOGOUT, .p2 = pin->reference }, NULL, &sw))))
			return p15_pass(p, rc);
	}
	if (sw == TMG_SW_OK)
		return TMG_OK;
	rc = tmg_p15_select(p);
	return rc == TMG_NOT_FOUND ? TMG_OK : rc;
}

/* ---- new values --------------------------------------------------------------------- */

/* Two PINs one behind the other. */
typedef struct pin_pair {
	uint8_t bytes[2 * TMG_PIN_MAX];
} pin_pair;

static void
pin_pair_release(pin_pair *pair)
{
	explicit_bzero(pair, sizeof(*pair));
}

static tmg_rc
check_fresh(tmg_p15 *p, const tmg_p15_pin *pin, tmg_view fresh)
{
	tmg_auto_secret sent = { .len = 0 };

	if (fresh.len >= pin->min &&
	    tmg_p15_pin_encode(pin, fresh, &sent) == TMG_OK)
		return TMG_OK;
	return p15_raise(p, TMG_DENIED, 0,
	    _("%s: the new value must have %zu to %zu characters"), p->who, pin->min,
	    pin->max);
}

/* first is how the old value, or the PUK, is written; second the new one. */
static tmg_rc
send_pair(tmg_p15 *p, const tmg_capdu *c, const tmg_p15_pin *first, tmg_view old,
    const tmg_p15_pin *second, tmg_view fresh, uint16_t *sw)
{
	tmg_auto_secret one = { .len = 0 }, two = { .len = 0 };
	tmg_auto(pin_pair) pair;
	tmg_out o = TMG_OUT(pair.bytes);
	tmg_capdu with = *c;
	tmg_rc rc;

	if ((rc = encode(p, first, old, &one)) ||
	    (rc = encode(p, second, fresh, &two)) ||
	    (rc = tmg_p15_enter(p, &second->path)))
		return rc;
	tmg_put(&o, tmg_secret_view(&one));
	tmg_put(&o, tmg_secret_view(&two));
	with.data = tmg_out_view(&o);
	with.p2 = second->reference;
	return tmg_p15_send(p, &with, NULL, sw);
}

static tmg_rc
check_changeable(tmg_p15 *p, const tmg_p15_pin *pin)
{
	return (pin->flags & P15_PIN_NO_CHANGE) == 0 ? TMG_OK : p15_raise(p,
	    TMG_UNSUPPORTED, 0, _("%s: the card does not let this PIN be changed"),
	    p->who);
}

tmg_rc
tmg_p15_change(tmg_backend *b, tmg_pin_kind kind, tmg_view old, tmg_view fresh,
    int *tries)
{
	tmg_p15 *p = tmg_p15_of(b);
	const tmg_p15_pin *pin;
	int ignored;
	uint16_t sw;
	tmg_rc rc;

	if ((rc = begin(p, kind, &tries, &ignored, &pin)) ||
	    (rc = check_changeable(p, pin)) || (rc = check_fresh(p, pin, fresh)) ||
	    (rc = send_pair(p, &(tmg_capdu){ .ins = INS_CHANGE_REFERENCE_DATA },
		pin, old, pin, fresh, &sw)))
		return p15_pass(p, rc);
	if (sw != TMG_SW_OK)
		p->in &= ~tmg_p15_pin_bit(p, pin);
	return verdict(p, kind, sw, tries, N_("changing the PIN"));
}

tmg_rc
tmg_p15_unblock(tmg_backend *b, tmg_view puk, tmg_view fresh, int *tries)
{
	tmg_p15 *p = tmg_p15_of(b);
	const tmg_p15_pin *pin, *code;
	int ignored;
	uint16_t sw;
	tmg_rc rc;

	if ((rc = begin(p, TMG_PIN_USER, &tries, &ignored, &pin)) ||
	    (rc = tmg_p15_puk_choose(p, pin, &code)))
		return p15_pass(p, rc);
	if ((pin->flags & P15_PIN_NO_UNBLOCK) != 0)
		return p15_raise(p, TMG_UNSUPPORTED, 0,
		    _("%s: the card does not let this PIN be unblocked"), p->who);
	if ((rc = check_fresh(p, pin, fresh)) ||
	    (rc = send_pair(p, &(tmg_capdu){ .ins = INS_RESET_RETRY_COUNTER }, code,
		puk, pin, fresh, &sw)))
		return p15_pass(p, rc);
	p->in &= ~tmg_p15_pin_bit(p, pin);
	return verdict(p, TMG_PIN_PUK, sw, tries, N_("unblocking the PIN"));
}

/* ---- typed on the reader's keypad ------------------------------------------------------ */

static tmg_rc
send_typed(tmg_p15 *p, uint8_t ins, size_t blocks, const tmg_p15_pin *pin,
    uint16_t *sw)
{
	uint8_t data[2 * TMG_PAD_BLOCK_MAX];
	tmg_rc rc;

	if (!tmg_p15_pin_typed(pin))
		return p15_raise(p, TMG_UNSUPPORTED, 0,
		    _("%s: the card's PIN cannot be typed on a keypad"), p->who);
	if ((rc = tmg_p15_enter(p, &pin->path)))
		return rc;
	memset(data, pin->pad, sizeof(data));
	return tmg_p15_send_typed(p, &(tmg_capdu){
		.ins = ins,
		.p2 = pin->reference,
		.data = { data, blocks * pin->stored },
	    }, &(tmg_pad_form){
		.change = blocks > 1,
		.block = pin->stored,
		.new_at = blocks > 1 ? pin->stored : 0,
		.min = pin->min,
		.max = pin->max < pin->stored ? pin->max : pin->stored,
		.seconds = TYPING_SECONDS,
	    }, sw);
}

tmg_rc
tmg_p15_verify_typed(tmg_backend *b, tmg_pin_kind kind, int *tries)
{
	tmg_p15 *p = tmg_p15_of(b);
	const tmg_p15_pin *pin;
	int ignored;
	uint16_t sw;
	tmg_rc rc;

	if ((rc = begin(p, kind, &tries, &ignored, &pin)) ||
	    (rc = send_typed(p, INS_VERIFY, 1, pin, &sw)))
		return p15_pass(p, rc);
	p->in &= ~tmg_p15_pin_bit(p, pin);
	rc = verdict(p, kind, sw, tries, N_("checking the PIN"));
	if (rc == TMG_OK)
		logged_in(p, pin);
	return rc;
}

tmg_rc
tmg_p15_change_typed(tmg_backend *b, tmg_pin_kind kind, int *tries)
{
	tmg_p15 *p = tmg_p15_of(b);
	const tmg_p15_pin *pin;
	int ignored;
	uint16_t sw;
	tmg_rc rc;

	if ((rc = begin(p, kind, &tries, &ignored, &pin)) ||
	    (rc = check_changeable(p, pin)) ||
	    (rc = send_typed(p, INS_CHANGE_REFERENCE_DATA, 2, pin, &sw)))
		return p15_pass(p, rc);
	if (sw != TMG_SW_OK)
		p->in &= ~tmg_p15_pin_bit(p, pin);
	return verdict(p, kind, sw, tries, N_("changing the PIN"));
}
