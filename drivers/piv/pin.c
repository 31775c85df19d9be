/* SPDX-License-Identifier: BSD-2-Clause */
/* PIN and PUK: SP 800-73-4 part 2, 3.2.1 (VERIFY), "CHANGE REFERENCE DATA" and
 * "RESET RETRY COUNTER". */
#include "drivers/piv/pin.h"

#include "src/base/scope.h"

enum {
	P1_LOGOUT = 0xff,	/* VERIFY: forget instead of check */
	TAG_PIN_POLICY = 0x5f2f,
	POLICY_PIV_PIN = 0x40,	/* first byte: SP 800-73-4 part 1, 3.3.2 */
	POLICY_GLOBAL_PIN = 0x20,
	PRIMARY_GLOBAL_PIN = 0x20,	/* second byte */
};

static const tmg_status pin_sw[] = {
	{ TMG_SW_DATA, TMG_DENIED,
	    N_("the card does not take this value; PIV wants 6 to 8 digits as "
	    "a PIN and 8 characters as a PUK") },
	{ TMG_SW_CONDITIONS, TMG_DENIED,
	    N_("the card's rules do not allow the new value") },
	{ TMG_SW_LENGTH, TMG_DENIED, N_("the card does not take this value") },
	{ TMG_SW_LOGIN, TMG_DENIED, N_("the card refuses") },
	{ TMG_SW_NO_REFERENCE, TMG_UNSUPPORTED, N_("the card has no such PIN") },
	{ TMG_SW_NOT_SUPPORTED, TMG_UNSUPPORTED, N_("the card cannot do that") },
	{ TMG_SW_P1P2, TMG_UNSUPPORTED, N_("the card cannot do that") },
	{ TMG_SW_WRONG_P1P2, TMG_UNSUPPORTED, N_("the card cannot do that") },
	{ TMG_SW_INS, TMG_UNSUPPORTED, N_("the card cannot do that") },
};

/* For people; indexed by tmg_pin_kind. */
static const struct {
	const char *wrong, *locked;
} words[] = {
	[TMG_PIN_USER] = {
		N_("%s: the PIN is wrong; tries left: %d"),
		N_("%s: the PIN is blocked; unblock it with the PUK"),
	},
	[TMG_PIN_PUK] = {
		N_("%s: the PUK is wrong; tries left: %d"),
		N_("%s: the PUK is blocked; only the card's issuer, or a reset "
		    "that destroys every key, can help"),
	},
};

tmg_rc
tmg_piv_pin_verdict(tmg_piv *p, tmg_pin_kind kind, uint16_t sw, int *tries,
    const char *doing)
{
	*tries = -1;
	if (sw == TMG_SW_OK)
		return TMG_OK;
	if ((sw & 0xfff0) == TMG_SW_TRIES)
		*tries = sw & 0x0f;
	if (sw == TMG_SW_BLOCKED)
		*tries = 0;
	if (*tries == 0)
		return piv_raise(p, TMG_PIN_LOCKED, sw, _(words[kind].locked),
		    p->who);
	if (*tries > 0)
		return piv_raise(p, TMG_PIN_WRONG, sw, _(words[kind].wrong),
		    p->who, *tries);
	return piv_judge(p, pin_sw, sw, doing);
}

/* What cannot be right is not sent: an empty VERIFY is a question to the
 * card, never a login, and no try is spent on a PIN that is too long. */
static tmg_rc
pad(tmg_piv *p, tmg_view pin, tmg_out *o)
{
	tmg_auto_secret padded = { .len = 0 };

	if (pin.len == 0 || pin.len > PIV_PIN_WIDTH ||
	    tmg_secret_pad(&padded, pin, PIV_PIN_WIDTH, PIV_PIN_FILL))
		return piv_raise(p, TMG_PIN_WRONG, 0,
		    _("%s: a PIN or PUK of a PIV card has at most 8 characters "
		    "and is never empty; nothing was tried"), p->who);
	tmg_put(o, tmg_secret_view(&padded));
	return tmg_out_done(o);
}

static bool
all_digits(tmg_view pin)
{
	for (size_t i = 0; i < pin.len; i++)
		if (pin.ptr[i] < '0' || pin.ptr[i] > '9')
			return false;
	return true;
}

static tmg_rc
check_fresh(tmg_piv *p, tmg_pin_kind kind, tmg_view fresh)
{
	const tmg_pin_rule *rule = &p->base.info.pins[kind];

	if (fresh.len < rule->min || fresh.len > rule->max)
		return piv_raise(p, TMG_DENIED, 0,
		    _("%s: the new value must have %zu to %zu characters"),
		    p->who, rule->min, rule->max);
	if (rule->digits && !all_digits(fresh))
		return piv_raise(p, TMG_DENIED, 0,
		    _("%s: the new PIN must consist of digits"), p->who);
	return TMG_OK;
}

/* Which PIN people know: SP 800-73-4 part 1, 3.3.2.  Bit 7 of the first byte
 * of the policy is always set; that the global PIN is good too, and that it is
 * the one to ask for, stands in bit 6 and in the second byte. */
static uint8_t
primary_pin(tmg_view discovery)
{
	tmg_view policy;

	if (tmg_tlv_find(discovery, TAG_PIN_POLICY, &policy) ||
	    policy.len != 2 || (policy.ptr[0] & POLICY_GLOBAL_PIN) == 0)
		return REF_PIN;
	return policy.ptr[1] == PRIMARY_GLOBAL_PIN ||
	    (policy.ptr[0] & POLICY_PIV_PIN) == 0 ? REF_GLOBAL_PIN : REF_PIN;
}

bool
tmg_piv_is_lost(tmg_rc rc)
{
	return rc == TMG_REMOVED || rc == TMG_RESET ||
	    (tmg_is_fault(rc) && rc != TMG_E_MALFORMED && rc != TMG_E_CARD);
}

tmg_rc
tmg_piv_pin_choose(tmg_piv *p)
{
	uint8_t bytes[128];
	tmg_out store = TMG_OUT(bytes);
	tmg_view content;
	tmg_rc rc;

	if (p->pin_chosen || p->ext == PIV_EXT_HINTED || p->ext == PIV_EXT_PRESENT)
		return TMG_OK;
	rc = tmg_piv_get(p, OBJ_DISCOVERY, TMG_LE_SHORT, &store, &content);
	if (tmg_piv_is_lost(rc))
		return piv_pass(p, rc);
	p->pin_chosen = true;
	if (rc == TMG_OK)
		p->pin_ref = primary_pin(content);
	return TMG_OK;
}

tmg_rc
tmg_piv_pin_send(tmg_piv *p, uint8_t p1, tmg_view data, uint16_t *sw)
{
	tmg_rc rc;

	if ((rc = tmg_piv_pin_choose(p)))
		return rc;
	if ((rc = tmg_piv_send(p, &(tmg_capdu){
		.ins = INS_VERIFY,
		.p1 = p1,
		.p2 = p->pin_ref,
		.data = data,
	    }, NULL, sw)))
		return piv_pass(p, rc);
	return TMG_OK;
}

/* ---- login --------------------------------------------------------------- */

tmg_rc
tmg_piv_pin_verified(tmg_piv *p, uint16_t sw, int *tries)
{
	const tmg_rc rc = tmg_piv_pin_verdict(p, TMG_PIN_USER, sw, tries,
	    N_("checking the PIN"));

	p->user = rc == TMG_OK;
	p->base.ch->unlocked |= p->user;
	return rc;
}

static tmg_rc
verify_pin(tmg_piv *p, tmg_view pin, int *tries)
{
	tmg_auto_secret data = { .len = 0 };
	tmg_out out = tmg_secret_out(&data);
	uint16_t sw;
	tmg_rc rc;

	if ((rc = pad(p, pin, &out)))
		return rc;
	rc = tmg_piv_pin_send(p, 0, tmg_out_view(&out), &sw);
	p->user = false;
	return rc ? piv_pass(p, rc) : tmg_piv_pin_verified(p, sw, tries);
}

tmg_rc
tmg_piv_verify(tmg_backend *b, tmg_pin_kind kind, tmg_view pin, int *tries)
{
	tmg_piv *p = tmg_piv_of(b);
	int ignored;

	if (tries == NULL)
		tries = &ignored;
	*tries = -1;
	if (kind == TMG_PIN_USER)
		return verify_pin(p, pin, tries);
	if (kind == TMG_PIN_ADMIN)
		return tmg_piv_admin_verify(p, pin);
	return piv_raise(p, TMG_UNSUPPORTED, 0,
	    _("%s: a PUK is only good for unblocking the PIN"), p->who);
}

tmg_rc
tmg_piv_logged_in(tmg_backend *b, tmg_pin_kind kind)
{
	const tmg_piv *p = tmg_piv_of(b);
	const bool in = kind == TMG_PIN_USER ? p->user :
	    kind == TMG_PIN_ADMIN && p->admin;

	/* A reset or another driver's SELECT ended it, noticed or not. */
	return in && tmg_selected_is(&p->app.selected, b->ch) ? TMG_OK : TMG_LOGIN;
}

/* Only the PIN can be taken back by a command (part 2, 3.2.1); the management
 * key's login ends with the selection or a reset. */
tmg_rc
tmg_piv_logout(tmg_backend *b)
{
	tmg_piv *p = tmg_piv_of(b);
	const bool in = tmg_piv_logged_in(b, TMG_PIN_USER) == TMG_OK;
	uint16_t sw;
	tmg_rc rc;

	tmg_piv_forget(&p->base);
	if (!in)
		return TMG_OK;
	if ((rc = tmg_piv_pin_send(p, P1_LOGOUT, (tmg_view){ 0 }, &sw)))
		return rc == TMG_LOGIN ? TMG_OK : piv_pass(p, rc);
	return piv_judge(p, pin_sw, sw, N_("logging out"));
}

/* ---- change -------------------------------------------------------------- */

static tmg_rc
send_pair(tmg_piv *p, uint8_t ins, tmg_pin_kind kind, tmg_view first,
    tmg_view second, uint16_t *sw)
{
	tmg_auto_secret data = { .len = 0 };
	tmg_out out = tmg_secret_out(&data);
	tmg_rc rc;

	p->told.known = false;
	if ((rc = pad(p, first, &out)) || (rc = pad(p, second, &out)) ||
	    (kind == TMG_PIN_USER && (rc = tmg_piv_pin_choose(p))))
		return rc;
	return tmg_piv_send(p, &(tmg_capdu){
		.ins = ins,
		.p2 = kind == TMG_PIN_USER ? p->pin_ref : REF_PUK,
		.data = tmg_out_view(&out),
	}, NULL, sw);
}

tmg_rc
tmg_piv_pin_changed(tmg_piv *p, tmg_pin_kind kind, uint16_t sw, int *tries)
{
	if (kind == TMG_PIN_USER && sw != TMG_SW_OK)
		p->user = false;
	return tmg_piv_pin_verdict(p, kind, sw, tries, N_("changing the PIN"));
}

tmg_rc
tmg_piv_change(tmg_backend *b, tmg_pin_kind kind, tmg_view old, tmg_view fresh,
    int *tries)
{
	tmg_piv *p = tmg_piv_of(b);
	int ignored;
	uint16_t sw;
	tmg_rc rc;

	if (tries == NULL)
		tries = &ignored;
	*tries = -1;
	if (kind == TMG_PIN_ADMIN)
		return tmg_piv_admin_change(p, old, fresh);
	if ((rc = check_fresh(p, kind, fresh)))
		return rc;
	rc = send_pair(p, INS_CHANGE_REFERENCE_DATA, kind, old, fresh, &sw);
	if (rc)
		return piv_pass(p, rc);
	return tmg_piv_pin_changed(p, kind, sw, tries);
}

tmg_rc
tmg_piv_unblock(tmg_backend *b, tmg_view puk, tmg_view fresh, int *tries)
{
	tmg_piv *p = tmg_piv_of(b);
	int ignored;
	uint16_t sw;
	tmg_rc rc;

	if (tries == NULL)
		tries = &ignored;
	*tries = -1;
	if ((rc = check_fresh(p, TMG_PIN_USER, fresh)) || (rc = tmg_piv_pin_choose(p)))
		return rc;
	/* Part 2, RESET RETRY COUNTER: it knows no other PIN than PIV's own. */
	if (p->pin_ref != REF_PIN)
		return piv_raise(p, TMG_UNSUPPORTED, 0,
		    _("%s: this card's PIN belongs to the whole card; only its "
		    "issuer can unblock it"), p->who);
	if ((rc = send_pair(p, INS_RESET_RETRY_COUNTER, TMG_PIN_USER, puk, fresh,
	    &sw)))
		return piv_pass(p, rc);
	p->user = false;
	return tmg_piv_pin_verdict(p, TMG_PIN_PUK, sw, tries, N_("unblocking the PIN"));
}
