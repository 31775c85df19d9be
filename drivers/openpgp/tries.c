/* SPDX-License-Identifier: BSD-2-Clause */
/* What PW1, PW3 and the reset code may be, how many tries they have left, and what a
 * card's answer to one of them means. */
#include "drivers/openpgp/openpgp.h"

#include "src/base/scope.h"

static const tmg_status pin_sw[] = {
	{ TMG_SW_DATA, TMG_DENIED, N_("the card does not take this value") },
	{ TMG_SW_LENGTH, TMG_DENIED, N_("the card does not take this value") },
	{ TMG_SW_CONDITIONS, TMG_DENIED,
	    N_("the card's rules do not allow the new value") },
	{ TMG_SW_NO_REFERENCE, TMG_UNSUPPORTED, N_("the card has no such PIN") },
	{ TMG_SW_P1P2, TMG_UNSUPPORTED, N_("the card cannot do that") },
	{ TMG_SW_WRONG_P1P2, TMG_UNSUPPORTED, N_("the card cannot do that") },
	{ TMG_SW_INS, TMG_UNSUPPORTED, N_("the card cannot do that") },
};

/* By tmg_pin_kind: where C4 says how long it may be and how many tries are
 * left (4.4.1), the least length (4.3), and words. */
static const struct {
	size_t max_at, tries_at, min;
	const char *factory;
	const char *title, *wrong, *refused, *locked, *helps;
} kinds[] = {
	[TMG_PIN_USER] = { 1, 4, 6, "123456", NULL,
		N_("%s: the PIN is wrong; tries left: %d"),
		N_("%s: the PIN is wrong"),
		N_("%s: the PIN is blocked; unblock it with the reset code or the "
		    "admin PIN"),
		N_("the reset code or the admin PIN sets a new one: tamga pin unblock") },
	[TMG_PIN_PUK] = { 2, 5, 8, NULL, N_("reset code"),
		N_("%s: the reset code is wrong; tries left: %d"),
		N_("%s: the reset code is wrong"),
		N_("%s: the reset code is blocked or was never set; the admin PIN "
		    "gives the PIN a new value"),
		N_("the admin PIN does in its place: tamga pin unblock") },
	[TMG_PIN_ADMIN] = { 3, 6, 8, "12345678", N_("admin PIN"),
		N_("%s: the admin PIN is wrong; tries left: %d"),
		N_("%s: the admin PIN is wrong"),
		N_("%s: the admin PIN is blocked; only a reset, which destroys "
		    "every key, can help"),
		N_("only a reset, which destroys every key, can help: tamga reset") },
};

void
tmg_opgp_pin_rules(tmg_opgp *p)
{
	for (size_t kind = 0; kind < TMG_PIN_KINDS; kind++) {
		size_t max = TMG_PIN_MAX;

		/* Bit 8 tells of PIN block format 2. */
		if (p->about_known && p->about.pw_told &&
		    (p->about.pw[kinds[kind].max_at] & 0x7f) < max)
			max = p->about.pw[kinds[kind].max_at] & 0x7f;
		p->base.info.pins[kind] = (tmg_pin_rule){
			.kind = (tmg_pin_kind)kind,
			.min = kinds[kind].min,
			.max = max < kinds[kind].min ? kinds[kind].min : max,
			.factory = kinds[kind].factory,
			.title = kinds[kind].title,
			.locked = kinds[kind].helps,
		};
	}
}

/* The tries of all three stand in it: who wants one after the other asks once.  Who
 * wants the same again wants to know what became of it. */
static bool
is_told(const tmg_opgp *p, tmg_pin_kind kind)
{
	return p->status_len > 0 && p->base.ch->apdus == p->status_at &&
	    (p->status_told & 1u << kind) == 0 &&
	    tmg_selected_certain(&p->app.selected, p->base.ch);
}

/* C4 alone, because it changes with every wrong PIN. */
static tmg_rc
read_status(tmg_opgp *p)
{
	uint8_t bytes[32];
	tmg_out store = TMG_OUT(bytes);
	tmg_view pw;
	tmg_rc rc;

	p->status_len = 0;
	if ((rc = tmg_opgp_get(p, DO_PW_STATUS, TMG_LE_SHORT, &store, &pw)))
		return rc;
	p->status_len = pw.len < sizeof(p->status) ? pw.len : sizeof(p->status);
	memcpy(p->status, pw.ptr, p->status_len);
	p->status_told = 0;
	p->status_at = p->base.ch->apdus;
	return TMG_OK;
}

tmg_rc
tmg_opgp_read_tries(tmg_opgp *p, tmg_pin_kind kind, int *tries)
{
	tmg_rc rc;

	if (!is_told(p, kind) && (rc = read_status(p)))
		return rc;
	p->status_told |= 1u << kind;
	if (p->status_len <= kinds[kind].tries_at)
		return opgp_raise(p, TMG_E_MALFORMED, TMG_SW_OK,
		    _("%s: the tries left (data object C4) cannot be read"),
		    p->who);
	*tries = p->status[kinds[kind].tries_at];
	return TMG_OK;
}

/* A reset code has no tries before it is set (4.3.4), and again when it is
 * blocked: the card does not say which. */
tmg_rc
tmg_opgp_tries(tmg_backend *b, tmg_pin_kind kind, int *tries)
{
	tmg_opgp *p = tmg_opgp_of(b);
	tmg_rc rc;

	*tries = -1;
	rc = tmg_opgp_read_tries(p, kind, tries);
	if (rc != TMG_OK || kind != TMG_PIN_PUK || *tries > 0)
		return rc;
	*tries = -1;
	return opgp_raise(p, TMG_NOT_FOUND, TMG_SW_OK,
	    _("%s: no reset code is set, or it is blocked; the admin PIN does in "
	    "its place"), p->who);
}

static tmg_rc
wrong(tmg_opgp *p, tmg_pin_kind kind, uint16_t sw, int tries)
{
	if (tries == 0)
		return opgp_raise(p, TMG_PIN_LOCKED, sw, _(kinds[kind].locked),
		    p->who);
	if (tries > 0)
		return opgp_raise(p, TMG_PIN_WRONG, sw, _(kinds[kind].wrong),
		    p->who, tries);
	return opgp_raise(p, TMG_PIN_WRONG, sw, _(kinds[kind].refused), p->who);
}

/* The one place where a status word of a PIN command becomes a verdict.  Most
 * cards say no more than 6982 to a wrong PIN: how many tries are left is asked
 * for. */
tmg_rc
tmg_opgp_pin_verdict(tmg_opgp *p, tmg_pin_kind kind, uint16_t sw, int *tries,
    const char *doing)
{
	*tries = -1;
	if ((sw & TMG_SW_TRIES_MASK) == TMG_SW_TRIES)
		*tries = sw & 0x0f;
	else if (sw == TMG_SW_BLOCKED)
		*tries = 0;
	else if (sw != TMG_SW_LOGIN)
		return opgp_judge(p, pin_sw, sw, doing);
	else if (tmg_opgp_read_tries(p, kind, tries))
		*tries = -1;
	return wrong(p, kind, sw, *tries);
}

/* What cannot be right is not sent: an empty VERIFY is a question to the card,
 * never a login, and no try is spent on a PIN that is too long. */
tmg_rc
tmg_opgp_check_typed(tmg_opgp *p, tmg_pin_kind kind, tmg_view pin)
{
	if (pin.len > 0 && pin.len <= p->base.info.pins[kind].max)
		return TMG_OK;
	return opgp_raise(p, TMG_PIN_WRONG, 0,
	    _("%s: this PIN has at most %zu bytes and is never empty; nothing was "
	    "tried"), p->who, p->base.info.pins[kind].max);
}

tmg_rc
tmg_opgp_check_fresh(tmg_opgp *p, tmg_pin_kind kind, tmg_view fresh)
{
	const tmg_pin_rule *rule = &p->base.info.pins[kind];

	if (fresh.len >= rule->min && fresh.len <= rule->max)
		return TMG_OK;
	return opgp_raise(p, TMG_DENIED, 0,
	    _("%s: the new value must have %zu to %zu characters"), p->who,
	    rule->min, rule->max);
}
