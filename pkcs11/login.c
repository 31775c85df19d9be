/* SPDX-License-Identifier: BSD-2-Clause */
/* Logging in and out, and changing PINs. */
#include "pkcs11/module.h"
#include "pkcs11/rv.h"
#include "src/token/token.h"

/* ---- what a PIN can be --------------------------------------------------- */

static tmg_pin_kind
kind_of(tmg_p11_login who)
{
	return who == P11_SO ? TMG_PIN_ADMIN : TMG_PIN_USER;
}

/* A length that no PIN of this token has is never sent: no try is lost. */
static CK_RV
check_length(const tmg_token *token, tmg_pin_kind kind, CK_ULONG len)
{
	const tmg_pin_rule *rule = &token->info.pins[kind];

	if (len == 0 || len > TMG_PIN_MAX)
		return CKR_PIN_LEN_RANGE;
	if (rule->max == 0 || kind == TMG_PIN_ADMIN)
		return CKR_OK;
	return len < rule->min || len > rule->max ? CKR_PIN_LEN_RANGE : CKR_OK;
}

/* No reader with a keypad of its own is used yet: a PIN must be given. */
static CK_RV
check_pin(const tmg_token *token, tmg_pin_kind kind, const CK_UTF8CHAR *pin,
    CK_ULONG len)
{
	return pin == NULL ? CKR_ARGUMENTS_BAD : check_length(token, kind, len);
}

/* ---- C_Login ------------------------------------------------------------- */

static bool
has_read_only(const tmg_p11_slot *slot)
{
	for (const tmg_p11_session *s = slot->sessions; s != NULL; s = s->next)
		if (!s->orphan && !tmg_p11_session_writes(s))
			return true;
	return false;
}

static CK_RV
may_login(const tmg_p11_slot *slot, tmg_p11_login who)
{
	if (slot->login == who)
		return CKR_USER_ALREADY_LOGGED_IN;
	if (slot->login != P11_NOBODY)
		return CKR_USER_ANOTHER_ALREADY_LOGGED_IN;
	return who == P11_SO && has_read_only(slot)
	    ? CKR_SESSION_READ_ONLY_EXISTS : CKR_OK;
}

static CK_RV
login(tmg_p11_slot *slot, tmg_p11_login who, tmg_view pin)
{
	CK_RV rv;

	if ((rv = may_login(slot, who)) ||
	    (rv = check_length(slot->token, kind_of(who), pin.len)) ||
	    (rv = tmg_p11_slot_rv(slot, tmg_token_verify(slot->token,
		kind_of(who), pin, NULL))))
		return rv;
	slot->login = who;
	if (who == P11_USER && tmg_p11_conf_keeps_pin(&tmg_p11.conf))
		tmg_p11_kept_set(&slot->kept, pin);
	return CKR_OK;
}

/* For a key that wants its PIN before every use: kept until the operation
 * sends it, directly before the key's command. */
static CK_RV
login_for_use(tmg_p11_slot *slot, tmg_p11_session *session, tmg_view pin)
{
	tmg_p11_operation *op = session->ops[P11_SIGN].wants_pin
	    ? &session->ops[P11_SIGN] : &session->ops[P11_DECRYPT];
	CK_RV rv;

	if (!op->wants_pin)
		return CKR_OPERATION_NOT_INITIALIZED;
	if (slot->login != P11_USER)
		return CKR_USER_NOT_LOGGED_IN;
	if ((rv = check_length(slot->token, TMG_PIN_USER, pin.len)))
		return rv;
	return tmg_p11_rv(tmg_secret_set(&op->pin, pin));
}

CK_RV
C_Login(CK_SESSION_HANDLE handle, CK_USER_TYPE user, CK_UTF8CHAR *pin,
    CK_ULONG pin_len)
{
	tmg_auto(p11_hold) hold = { .seat = NULL };
	CK_RV rv;

	if ((rv = p11_hold_session(&hold, handle)))
		return rv;
	if (user != CKU_USER && user != CKU_SO && user != CKU_CONTEXT_SPECIFIC)
		return CKR_USER_TYPE_INVALID;
	if (pin == NULL)
		return CKR_ARGUMENTS_BAD;
	if (user == CKU_CONTEXT_SPECIFIC)
		return login_for_use(hold.slot, hold.session,
		    (tmg_view){ pin, pin_len });
	return login(hold.slot, user == CKU_SO ? P11_SO : P11_USER,
	    (tmg_view){ pin, pin_len });
}

/* A card that cannot be logged out of keeps the PIN; the module does not. */
CK_RV
C_Logout(CK_SESSION_HANDLE handle)
{
	tmg_auto(p11_hold) hold = { .seat = NULL };
	tmg_rc rc;
	CK_RV rv;

	if ((rv = p11_hold_session(&hold, handle)))
		return rv;
	if (hold.slot->login == P11_NOBODY)
		return CKR_USER_NOT_LOGGED_IN;
	tmg_p11_slot_forget_login(hold.slot);
	for (tmg_p11_session *s = hold.slot->sessions; s != NULL; s = s->next)
		tmg_p11_session_stop(s);
	tmg_p11_objects_drop_private(&hold.slot->objects);
	rc = tmg_token_logout(hold.slot->token);
	return rc == TMG_UNSUPPORTED ? CKR_OK : tmg_p11_slot_rv(hold.slot, rc);
}

/* ---- changing ------------------------------------------------------------ */

static void
user_pin_changed(tmg_p11_slot *slot, tmg_view fresh)
{
	slot->face.factory = false;
	if (tmg_p11_kept_view(&slot->kept).len > 0)
		tmg_p11_kept_set(&slot->kept, fresh);
}

/* Before a login and by the user it is the user's PIN, by the SO the SO's
 * (5.5.8). */
CK_RV
C_SetPIN(CK_SESSION_HANDLE handle, CK_UTF8CHAR *old, CK_ULONG old_len,
    CK_UTF8CHAR *fresh, CK_ULONG fresh_len)
{
	tmg_auto(p11_hold) hold = { .seat = NULL };
	tmg_pin_kind kind;
	tmg_rc rc;
	CK_RV rv;

	if ((rv = p11_hold_session(&hold, handle)))
		return rv;
	kind = kind_of(hold.slot->login);
	if (old == NULL || fresh == NULL)
		return CKR_ARGUMENTS_BAD;
	if (!tmg_p11_session_writes(hold.session))
		return CKR_SESSION_READ_ONLY;
	if ((rv = check_pin(hold.slot->token, kind, old, old_len)) ||
	    (rv = check_pin(hold.slot->token, kind, fresh, fresh_len)))
		return rv;
	rc = tmg_token_pin_change(hold.slot->token, kind,
	    (tmg_view){ old, old_len }, (tmg_view){ fresh, fresh_len }, NULL);
	if (rc == TMG_OK && kind == TMG_PIN_USER)
		user_pin_changed(hold.slot, (tmg_view){ fresh, fresh_len });
	return rc == TMG_DENIED ? CKR_PIN_INVALID : tmg_p11_slot_rv(hold.slot, rc);
}
