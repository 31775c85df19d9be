/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PW1, PW3 and the reset code: VERIFY (7.2.2), CHANGE REFERENCE DATA (7.2.3),
 * RESET RETRY COUNTER (7.2.4).  PW1 is one password with two logins: 81 for
 * signatures, 82 for decryption and authentication.
 */
#include "drivers/openpgp/openpgp.h"

#include "src/base/scope.h"

enum {
	P1_LOGOUT = 0xff,	/* VERIFY: forget instead of check, from 3.0 */
	P1_BY_CODE = 0x00,	/* RESET RETRY COUNTER: reset code and new PW1 */
	P1_BY_ADMIN = 0x02,	/* new PW1 alone, PW3 verified */
	LEAST_MAX = 32,		/* bytes; PINs of every card may be as long */
};

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

/* ---- tries and verdicts -------------------------------------------------- */

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

static tmg_rc
read_tries(tmg_opgp *p, tmg_pin_kind kind, int *tries)
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
	rc = read_tries(p, kind, tries);
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
static tmg_rc
pin_verdict(tmg_opgp *p, tmg_pin_kind kind, uint16_t sw, int *tries,
    const char *doing)
{
	*tries = -1;
	if ((sw & TMG_SW_TRIES_MASK) == TMG_SW_TRIES)
		*tries = sw & 0x0f;
	else if (sw == TMG_SW_BLOCKED)
		*tries = 0;
	else if (sw != TMG_SW_LOGIN)
		return opgp_judge(p, pin_sw, sw, doing);
	else if (read_tries(p, kind, tries))
		*tries = -1;
	return wrong(p, kind, sw, *tries);
}

/* What cannot be right is not sent: an empty VERIFY is a question to the card,
 * never a login, and no try is spent on a PIN that is too long. */
static tmg_rc
check_typed(tmg_opgp *p, tmg_pin_kind kind, tmg_view pin)
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

/* ---- login --------------------------------------------------------------- */

static bool *
login_of(tmg_opgp *p, uint8_t pw)
{
	return pw == PW_SIGN ? &p->sign : pw == PW_OTHER ? &p->other : &p->admin;
}

static tmg_rc
send_verify(tmg_opgp *p, tmg_pin_kind kind, uint8_t pw, tmg_view pin, int *tries)
{
	tmg_auto_secret sent = { .len = 0 };
	uint16_t sw;
	tmg_rc rc;

	if ((rc = tmg_opgp_kdf_apply(p, kind, pin, &sent)))
		return rc;
	rc = tmg_opgp_send(p, &(tmg_capdu){
		.ins = INS_VERIFY,
		.p2 = pw,
		.data = tmg_secret_view(&sent),
	}, NULL, &sw);
	*login_of(p, pw) = false;
	if (rc)
		return opgp_pass(p, rc);
	rc = pin_verdict(p, kind, sw, tries, N_("checking the PIN"));
	*login_of(p, pw) = rc == TMG_OK;
	if (pw == PW_SIGN)
		p->signed_blindly = false;	/* this login has signed nothing */
	p->base.ch->unlocked |= rc == TMG_OK;
	return rc;
}

/* Which login the key wants that is used next. */
static uint8_t
due_pw(const tmg_opgp *p)
{
	return p->base.due == 0 ? 0
	    : p->base.due == tmg_opgp_slot_at(0)->row.ref ? PW_SIGN : PW_OTHER;
}

/* Before anybody knows for which key, both; but not one that would be good for
 * a single signature, before which the PIN is given anyway. */
static tmg_rc
verify_user(tmg_opgp *p, tmg_view pin, int *tries)
{
	const uint8_t pw = due_pw(p);
	tmg_rc rc;

	rc = send_verify(p, TMG_PIN_USER, pw != 0 ? pw : PW_OTHER, pin, tries);
	if (rc != TMG_OK || pw != 0 || tmg_opgp_once(p, tmg_opgp_slot_at(0)))
		return rc;
	return send_verify(p, TMG_PIN_USER, PW_SIGN, pin, tries);
}

static tmg_rc
learn_rules(tmg_opgp *p)
{
	tmg_rc rc;

	if ((!p->kdf_known || !tmg_selected_is(&p->app.selected, p->base.ch)) &&
	    (rc = tmg_opgp_learn(p)))
		return rc;
	return tmg_opgp_kdf_learn(p);
}

/* Must 6E be read before this PIN?  Any card takes one that is short enough.  For
 * the user, what a login is good for only matters while nobody says for which key
 * it is.  Who makes a key wants 6E anyway, and may be spared F9 by it. */
static bool
needs_rules(const tmg_opgp *p, tmg_pin_kind kind, tmg_view pin)
{
	return pin.len > LEAST_MAX || (due_pw(p) == 0) == (kind == TMG_PIN_USER);
}

tmg_rc
tmg_opgp_verify(tmg_backend *b, tmg_pin_kind kind, tmg_view pin, int *tries)
{
	tmg_opgp *p = tmg_opgp_of(b);
	int ignored;
	tmg_rc rc;

	if (tries == NULL)
		tries = &ignored;
	*tries = -1;
	if (kind == TMG_PIN_PUK)
		return opgp_raise(p, TMG_UNSUPPORTED, 0,
		    _("%s: a reset code is only good for unblocking the PIN"),
		    p->who);
	rc = needs_rules(p, kind, pin) ? learn_rules(p) : tmg_opgp_kdf_learn(p);
	if (rc || (rc = check_typed(p, kind, pin)))
		return opgp_pass(p, rc);
	return kind == TMG_PIN_USER ? verify_user(p, pin, tries)
	    : send_verify(p, kind, PW_ADMIN, pin, tries);
}

tmg_rc
tmg_opgp_logged_in(tmg_backend *b, tmg_pin_kind kind)
{
	tmg_opgp *p = tmg_opgp_of(b);
	const uint8_t pw = due_pw(p);
	bool in = false;

	if (kind == TMG_PIN_ADMIN)
		in = p->admin;
	else if (kind == TMG_PIN_USER)
		in = pw != 0 ? *login_of(p, pw) : p->other || p->sign;
	/* A reset or another driver's SELECT ended it, noticed or not. */
	return in && tmg_selected_is(&p->app.selected, b->ch) ? TMG_OK : TMG_LOGIN;
}

/* Older cards know no other way than a new selection; so do those that refuse. */
static tmg_rc
logout_by_select(tmg_opgp *p)
{
	const tmg_rc rc = tmg_application_select(&p->app);

	return rc == TMG_NOT_FOUND ? TMG_OK : opgp_pass(p, rc);
}

static bool
knows_logout(const tmg_opgp *p)
{
	return p->about_known && p->about.version[0] >= 3;
}

tmg_rc
tmg_opgp_logout(tmg_backend *b)
{
	static const uint8_t all[] = { PW_SIGN, PW_OTHER, PW_ADMIN };
	tmg_opgp *p = tmg_opgp_of(b);
	uint16_t sw = TMG_SW_OK;
	tmg_rc rc;

	if (!tmg_selected_is(&p->app.selected, b->ch)) {
		tmg_opgp_forget(&p->base);
		return TMG_OK;
	}
	for (size_t i = 0; i < sizeof(all) && sw == TMG_SW_OK; i++) {
		if (!*login_of(p, all[i]))
			continue;
		if (!knows_logout(p))
			return logout_by_select(p);
		*login_of(p, all[i]) = false;
		if ((rc = tmg_opgp_send(p, &(tmg_capdu){
			.ins = INS_VERIFY, .p1 = P1_LOGOUT, .p2 = all[i],
		    }, NULL, &sw)))
			return rc == TMG_LOGIN ? TMG_OK : opgp_pass(p, rc);
	}
	return sw == TMG_SW_OK ? TMG_OK : logout_by_select(p);
}

/* ---- new values ---------------------------------------------------------- */

/* Two PINs one behind the other, as they are sent. */
typedef struct pin_pair {
	uint8_t bytes[2 * TMG_PIN_MAX];
	tmg_out out;
} pin_pair;

static void
pin_pair_release(pin_pair *pair)
{
	explicit_bzero(pair, sizeof(*pair));
}

static tmg_rc
put_pin(tmg_opgp *p, tmg_pin_kind kind, tmg_view pin, pin_pair *pair)
{
	tmg_auto_secret sent = { .len = 0 };
	tmg_rc rc;

	if ((rc = tmg_opgp_kdf_apply(p, kind, pin, &sent)))
		return rc;
	tmg_put(&pair->out, tmg_secret_view(&sent));
	return tmg_out_done(&pair->out);
}

static tmg_rc
send_pair(tmg_opgp *p, tmg_capdu *c, const pin_pair *pair, uint16_t *sw)
{
	c->data = tmg_out_view(&pair->out);
	p->about_known = false;		/* C4 is another afterwards */
	return tmg_opgp_send(p, c, NULL, sw);
}

tmg_rc
tmg_opgp_change(tmg_backend *b, tmg_pin_kind kind, tmg_view old, tmg_view fresh,
    int *tries)
{
	tmg_opgp *p = tmg_opgp_of(b);
	const uint8_t pw = kind == TMG_PIN_USER ? PW_SIGN : PW_ADMIN;
	tmg_auto(pin_pair) pair = { .out = { 0 } };
	int ignored;
	uint16_t sw;
	tmg_rc rc;

	if (tries == NULL)
		tries = &ignored;
	*tries = -1;
	pair.out = TMG_OUT(pair.bytes);
	if (kind == TMG_PIN_PUK)
		return opgp_raise(p, TMG_UNSUPPORTED, 0,
		    _("%s: the reset code is not changed with the old one; write "
		    "the data object \"Resetting Code\", which the admin PIN "
		    "allows"), p->who);
	if ((rc = learn_rules(p)) || (rc = check_typed(p, kind, old)) ||
	    (rc = tmg_opgp_check_fresh(p, kind, fresh)) ||
	    (rc = put_pin(p, kind, old, &pair)) ||
	    (rc = put_pin(p, kind, fresh, &pair)) ||
	    (rc = send_pair(p, &(tmg_capdu){ .ins = INS_CHANGE_REFERENCE_DATA,
		.p2 = pw }, &pair, &sw)))
		return opgp_pass(p, rc);
	if (sw != TMG_SW_OK && kind == TMG_PIN_USER)
		p->sign = p->other = false;
	else if (sw != TMG_SW_OK)
		p->admin = false;
	return pin_verdict(p, kind, sw, tries, N_("changing the PIN"));
}

static tmg_rc
unblock_by_code(tmg_opgp *p, tmg_view code, tmg_view fresh, int *tries)
{
	tmg_auto(pin_pair) pair = { .out = { 0 } };
	uint16_t sw;
	tmg_rc rc;

	pair.out = TMG_OUT(pair.bytes);
	if ((rc = check_typed(p, TMG_PIN_PUK, code)) ||
	    (rc = put_pin(p, TMG_PIN_PUK, code, &pair)) ||
	    (rc = put_pin(p, TMG_PIN_USER, fresh, &pair)) ||
	    (rc = send_pair(p, &(tmg_capdu){ .ins = INS_RESET_RETRY_COUNTER,
		.p1 = P1_BY_CODE, .p2 = PW_SIGN }, &pair, &sw)))
		return opgp_pass(p, rc);
	p->sign = p->other = false;
	return pin_verdict(p, TMG_PIN_PUK, sw, tries, N_("unblocking the PIN"));
}

static tmg_rc
unblock_by_admin(tmg_opgp *p, tmg_view fresh, int *tries)
{
	tmg_auto(pin_pair) pair = { .out = { 0 } };
	uint16_t sw;
	tmg_rc rc;

	pair.out = TMG_OUT(pair.bytes);
	if ((rc = tmg_opgp_want_admin(p)) ||
	    (rc = put_pin(p, TMG_PIN_USER, fresh, &pair)) ||
	    (rc = send_pair(p, &(tmg_capdu){ .ins = INS_RESET_RETRY_COUNTER,
		.p1 = P1_BY_ADMIN, .p2 = PW_SIGN }, &pair, &sw)))
		return opgp_pass(p, rc);
	p->sign = p->other = false;
	return pin_verdict(p, TMG_PIN_ADMIN, sw, tries, N_("unblocking the PIN"));
}

/* A card without a reset code takes the admin PIN in its place. */
tmg_rc
tmg_opgp_unblock(tmg_backend *b, tmg_view puk, tmg_view fresh, int *tries)
{
	tmg_opgp *p = tmg_opgp_of(b);
	int ignored, codes = -1;
	tmg_rc rc;

	if (tries == NULL)
		tries = &ignored;
	*tries = -1;
	if ((rc = learn_rules(p)) || (rc = tmg_opgp_check_fresh(p, TMG_PIN_USER, fresh)))
		return opgp_pass(p, rc);
	if (puk.len == 0)
		return unblock_by_admin(p, fresh, tries);
	if ((rc = read_tries(p, TMG_PIN_PUK, &codes)))
		return opgp_pass(p, rc);
	if (codes > 0)
		return unblock_by_code(p, puk, fresh, tries);
	if ((rc = tmg_opgp_verify(b, TMG_PIN_ADMIN, puk, tries)))
		return rc;
	return unblock_by_admin(p, fresh, tries);
}
