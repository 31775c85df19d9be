/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PW1 and PW3 verified: 7.2.2.  PW1 is one password with two logins: 81 for
 * signatures, 82 for decryption and authentication.
 */
#include "drivers/openpgp/openpgp.h"

#include "src/base/scope.h"

enum {
	P1_LOGOUT = 0xff,	/* VERIFY: forget instead of check, from 3.0 */
	LEAST_MAX = 32,		/* bytes; PINs of every card may be as long */
};

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
	rc = tmg_opgp_pin_verdict(p, kind, sw, tries, N_("checking the PIN"));
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

tmg_rc
tmg_opgp_learn_rules(tmg_opgp *p)
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
	rc = needs_rules(p, kind, pin) ? tmg_opgp_learn_rules(p) : tmg_opgp_kdf_learn(p);
	if (rc || (rc = tmg_opgp_check_typed(p, kind, pin)))
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
