/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The user's PIN: VERIFY, CHANGE REFERENCE DATA, and RESET RETRY COUNTER, which
 * the administrator's key allows (admin.c).  Sent as typed, never padded.
 */
#include "drivers/gids/gids.h"

#include "src/base/scope.h"

enum {
	P1_BY_ADMIN = 0x02,	/* RESET RETRY COUNTER: the new PIN alone */
	SW1_TRIES = 0x63,	/* cards say 63Cx or 630x */
	ADMIN_TEXT = 24,	/* bytes of an administrator's key ... */
	ADMIN_HEX = 48,		/* ... and in hexadecimal */
};

static const tmg_gids_place pin_status = { GIDS_APPLICATION, 0x7f71 };

static const tmg_status pin_sw[] = {
	{ TMG_SW_DATA, TMG_DENIED, N_("the card does not take this value") },
	{ TMG_SW_LENGTH, TMG_DENIED, N_("the card does not take this value") },
	{ TMG_SW_CONDITIONS, TMG_DENIED,
	    N_("the card's rules do not allow the new value") },
	{ TMG_SW_NO_REFERENCE, TMG_UNSUPPORTED, N_("the card has no PIN yet") },
	{ TMG_SW_P1P2, TMG_UNSUPPORTED, N_("the card cannot do that") },
	{ TMG_SW_WRONG_P1P2, TMG_UNSUPPORTED, N_("the card cannot do that") },
	{ TMG_SW_INS, TMG_UNSUPPORTED, N_("the card cannot do that") },
};

void
tmg_gids_pin_rules(tmg_gids *g)
{
	tmg_pin_rule *pins = g->base.info.pins;

	pins[TMG_PIN_USER] = (tmg_pin_rule){ .kind = TMG_PIN_USER, .min = 4,
	    .max = 16,
	    .locked = N_("the administrator's key sets a new one: tamga pin unblock") };
	/* what stands where other cards have the PUK */
	pins[TMG_PIN_PUK] = (tmg_pin_rule){ .kind = TMG_PIN_PUK,
	    .title = N_("administrator's key") };
	pins[TMG_PIN_ADMIN] = (tmg_pin_rule){ .kind = TMG_PIN_ADMIN,
	    .min = ADMIN_TEXT, .max = ADMIN_HEX, .title = N_("administrator's key"),
	    .locked = N_("nothing but setting the card up anew helps") };
}

/* ---- tries and verdicts -------------------------------------------------- */

static tmg_rc
no_such(tmg_gids *g, tmg_pin_kind kind)
{
	return kind == TMG_PIN_PUK ? gids_raise(g, TMG_UNSUPPORTED, 0,
	    _("%s: tamga knows no PUK of such cards; the administrator's key "
	    "unblocks the PIN"), g->who)
	    : gids_raise(g, TMG_UNSUPPORTED, 0,
	    _("%s: tamga neither counts the tries of the administrator's key nor "
	    "changes it"), g->who);
}

tmg_rc
tmg_gids_tries(tmg_backend *b, tmg_pin_kind kind, int *tries)
{
	tmg_gids *g = tmg_gids_of(b);
	uint8_t bytes[64];
	tmg_out store = TMG_OUT(bytes);
	tmg_view content;
	tmg_rc rc;

	*tries = -1;
	if (kind != TMG_PIN_USER)
		return no_such(g, kind);
	if ((rc = tmg_gids_get(g, &pin_status, &store, &content)))
		return rc == TMG_NOT_FOUND ? gids_raise(g, TMG_UNSUPPORTED,
		    b->fault.sw, _("%s: the card does not tell how many tries are "
		    "left"), g->who) : rc;
	if (tmg_gids_tries_parse(content, tries))
		return gids_raise(g, TMG_E_MALFORMED, TMG_SW_OK,
		    _("%s: the tries left (data object 7F71) cannot be read"),
		    g->who);
	return TMG_OK;
}

static tmg_rc
wrong(tmg_gids *g, uint16_t sw, int tries)
{
	if (tries == 0)
		return gids_raise(g, TMG_PIN_LOCKED, sw,
		    _("%s: the PIN is blocked; unblock it with the administrator's "
		    "key"), g->who);
	if (tries > 0)
		return gids_raise(g, TMG_PIN_WRONG, sw,
		    _("%s: the PIN is wrong; tries left: %d"), g->who, tries);
	return gids_raise(g, TMG_PIN_WRONG, sw, _("%s: the PIN is wrong"), g->who);
}

/* The one place where a status word of a PIN command becomes a verdict. */
static tmg_rc
pin_verdict(tmg_gids *g, uint16_t sw, int *tries, const char *doing)
{
	*tries = -1;
	if (TMG_SW1(sw) == SW1_TRIES)
		*tries = sw & 0x0f;
	else if (sw == TMG_SW_BLOCKED)
		*tries = 0;
	else if (sw != TMG_SW_LOGIN)
		return gids_judge(g, pin_sw, sw, doing);
	return wrong(g, sw, *tries);
}

/* What cannot be right is not sent: an empty VERIFY is a question, and no try is
 * spent on a PIN that is too long. */
static tmg_rc
check_typed(tmg_gids *g, tmg_view pin)
{
	const size_t max = g->base.info.pins[TMG_PIN_USER].max;

	if (pin.len > 0 && pin.len <= max)
		return TMG_OK;
	return gids_raise(g, TMG_PIN_WRONG, 0,
	    _("%s: this PIN has at most %zu bytes and is never empty; nothing was "
	    "tried"), g->who, max);
}

static tmg_rc
check_fresh(tmg_gids *g, tmg_view fresh)
{
	const tmg_pin_rule *rule = &g->base.info.pins[TMG_PIN_USER];

	if (fresh.len >= rule->min && fresh.len <= rule->max)
		return TMG_OK;
	return gids_raise(g, TMG_DENIED, 0,
	    _("%s: the new value must have %zu to %zu characters"), g->who,
	    rule->min, rule->max);
}

/* ---- login --------------------------------------------------------------- */

static tmg_rc
verify_user(tmg_gids *g, tmg_view pin, int *tries)
{
	uint16_t sw;
	tmg_rc rc;

	if ((rc = check_typed(g, pin)))
		return rc;
	rc = tmg_gids_send(g, &(tmg_capdu){ .ins = INS_VERIFY, .p2 = GIDS_PIN,
	    .data = pin }, NULL, &sw);
	g->user = false;
	if (rc)
		return gids_pass(g, rc);
	rc = pin_verdict(g, sw, tries, N_("checking the PIN"));
	g->user = rc == TMG_OK;
	g->base.ch->unlocked |= g->user;
	return rc;
}

tmg_rc
tmg_gids_verify(tmg_backend *b, tmg_pin_kind kind, tmg_view pin, int *tries)
{
	tmg_gids *g = tmg_gids_of(b);
	int ignored;

	if (tries == NULL)
		tries = &ignored;
	*tries = -1;
	if (kind == TMG_PIN_PUK)
		return no_such(g, kind);
	return kind == TMG_PIN_USER ? verify_user(g, pin, tries)
	    : tmg_gids_admin_login(g, pin);
}

/* A reset or another driver's SELECT ended it, noticed or not. */
static bool
is_in(const tmg_gids *g, bool login)
{
	return login && tmg_selected_is(&g->app.selected, g->base.ch);
}

/* Keys and certificates are the user's own: what the driver interface wants the
 * administrator for, his PIN opens.  The administrator's key is good for unblocking
 * that PIN, and for nothing else. */
tmg_rc
tmg_gids_logged_in(tmg_backend *b, tmg_pin_kind kind)
{
	const tmg_gids *g = tmg_gids_of(b);

	return kind != TMG_PIN_PUK && is_in(g, g->user) ? TMG_OK : TMG_LOGIN;
}

tmg_rc
tmg_gids_want_user(tmg_gids *g)
{
	if (tmg_gids_logged_in(&g->base, TMG_PIN_USER) == TMG_OK)
		return TMG_OK;
	return gids_raise(g, TMG_LOGIN, 0, _("%s: the PIN is wanted first"), g->who);
}

tmg_rc
tmg_gids_admin_auto(tmg_backend *b)
{
	return tmg_gids_want_user(tmg_gids_of(b));
}

/* VERIFY 82 ends every login (GIDS 2.0, 11.6); a card that refuses it is selected
 * anew. */
tmg_rc
tmg_gids_logout(tmg_backend *b)
{
	tmg_gids *g = tmg_gids_of(b);
	const bool in = (g->user || g->admin) &&
	    tmg_selected_is(&g->app.selected, b->ch);
	uint16_t sw = TMG_SW_OK;
	tmg_rc rc;

	g->user = g->admin = g->se.known = false;
	if (!in)
		return TMG_OK;
	if ((rc = tmg_gids_send(g, &(tmg_capdu){ .ins = INS_VERIFY,
	    .p2 = GIDS_NOBODY }, NULL, &sw)))
		return rc == TMG_LOGIN ? TMG_OK : gids_pass(g, rc);
	if (sw == TMG_SW_OK)
		return TMG_OK;
	rc = tmg_application_select(&g->app);
	return rc == TMG_NOT_FOUND ? TMG_OK : gids_pass(g, rc);
}

/* ---- new values ---------------------------------------------------------- */

static tmg_rc
send_change(tmg_gids *g, tmg_view old, tmg_view fresh, int *tries)
{
	tmg_auto_secret both = { .len = 0 };	/* one behind the other */
	tmg_out out = tmg_secret_out(&both);
	uint16_t sw;
	tmg_rc rc;

	tmg_put(&out, old);
	tmg_put(&out, fresh);
	if ((rc = tmg_secret_took(&both, &out)) ||
	    (rc = tmg_gids_send(g, &(tmg_capdu){ .ins = INS_CHANGE_REFERENCE_DATA,
	    .p2 = GIDS_PIN, .data = tmg_secret_view(&both) }, NULL, &sw)))
		return gids_pass(g, rc);
	return pin_verdict(g, sw, tries, N_("changing the PIN"));
}

/* The login is for cardcf, which the user alone may write; whether it outlives the
 * old PIN the specification does not say. */
tmg_rc
tmg_gids_change(tmg_backend *b, tmg_pin_kind kind, tmg_view old, tmg_view fresh,
    int *tries)
{
	tmg_gids *g = tmg_gids_of(b);
	const bool was = g->user;
	int ignored;
	tmg_rc rc;

	if (tries == NULL)
		tries = &ignored;
	*tries = -1;
	if (kind != TMG_PIN_USER)
		return no_such(g, kind);
	if ((rc = check_typed(g, old)) || (rc = check_fresh(g, fresh)) ||
	    (rc = verify_user(g, old, tries)) ||
	    (rc = tmg_gids_change_pin_begin(g)) ||
	    (rc = send_change(g, old, fresh, tries))) {
		g->user = false;
		return gids_pass(g, rc);
	}
	g->user = g->user && was;
	return TMG_OK;
}

tmg_rc
tmg_gids_unblock(tmg_backend *b, tmg_view puk, tmg_view fresh, int *tries)
{
	static const tmg_status refused[] = {
		{ TMG_SW_LOGIN, TMG_LOGIN,
		    N_("the administrator's key is wanted first") },
		{ TMG_SW_CONDITIONS, TMG_DENIED,
		    N_("the card's rules do not allow the new value") },
		{ TMG_SW_DATA, TMG_DENIED, N_("the card does not take this value") },
		{ TMG_SW_INS, TMG_UNSUPPORTED, N_("the card cannot do that") },
	};
	tmg_gids *g = tmg_gids_of(b);
	uint16_t sw;
	tmg_rc rc;

	if (tries != NULL)
		*tries = -1;
	if ((rc = check_fresh(g, fresh)) ||
	    (puk.len > 0 && (rc = tmg_gids_admin_login(g, puk))))
		return gids_pass(g, rc);
	if (!is_in(g, g->admin))
		return gids_raise(g, TMG_LOGIN, 0,
		    _("%s: this needs the administrator's key"), g->who);
	g->user = false;
	if ((rc = tmg_gids_change_pin_begin(g)))
		return rc;
	if ((rc = tmg_gids_send(g, &(tmg_capdu){ .ins = INS_RESET_RETRY_COUNTER,
	    .p1 = P1_BY_ADMIN, .p2 = GIDS_PIN, .data = fresh }, NULL, &sw)))
		return gids_pass(g, rc);
	return gids_judge(g, refused, sw, N_("unblocking the PIN"));
}
