/* SPDX-License-Identifier: BSD-2-Clause */
/* Changing PINs, giving the user a new one, and the way back to the factory. */
#include "pkcs11/pin.h"

#include "pkcs11/module.h"
#include "pkcs11/text.h"
#include "src/token/token.h"

/* ---- which, and what it may be ------------------------------------------- */

static bool
is_within(const tmg_token *token, tmg_pin_kind kind, CK_ULONG len)
{
	const tmg_pin_rule *rule = &token->info.pins[kind];

	return rule->max > 0 && len >= rule->min && len <= rule->max;
}

tmg_pin_kind
tmg_p11_pin_kind(const tmg_token *token, tmg_p11_login who, CK_ULONG len)
{
	if (who != P11_SO)
		return TMG_PIN_USER;
	return is_within(token, TMG_PIN_PUK, len) &&
	    !is_within(token, TMG_PIN_ADMIN, len) ? TMG_PIN_PUK : TMG_PIN_ADMIN;
}

CK_RV
tmg_p11_pin_length(const tmg_token *token, tmg_pin_kind kind, CK_ULONG len)
{
	if (len == 0 || len > TMG_PIN_MAX)
		return CKR_PIN_LEN_RANGE;
	if (kind == TMG_PIN_ADMIN || token->info.pins[kind].max == 0)
		return CKR_OK;
	return is_within(token, kind, len) ? CKR_OK : CKR_PIN_LEN_RANGE;
}

CK_RV
tmg_p11_pin_try(tmg_p11_slot *slot, tmg_pin_kind kind, tmg_view pin)
{
	return tmg_p11_slot_rv(slot, kind == TMG_PIN_PUK
	    ? tmg_token_pin_change(slot->token, kind, pin, pin, NULL)
	    : tmg_token_verify(slot->token, kind, pin, NULL));
}

/* A new PIN that the card does not take. */
static CK_RV
new_pin_rv(tmg_p11_slot *slot, tmg_rc rc)
{
	return rc == TMG_DENIED ? CKR_PIN_INVALID : tmg_p11_slot_rv(slot, rc);
}

/* ---- typed on the reader's keypad ---------------------------------------- */

bool
tmg_p11_pin_typed(const tmg_p11_slot *slot, unsigned needs,
    const CK_UTF8CHAR *pin, CK_ULONG len)
{
	return pin == NULL && len == 0 && slot->token != NULL &&
	    (tmg_token_keypad(slot->token, TMG_PIN_USER) & needs) != 0;
}

/* PKCS #11 3.1, 5.1: a protected path that was cancelled, and nothing about
 * the login of before. */
CK_RV
tmg_p11_typed_rv(tmg_p11_slot *slot, tmg_rc rc, CK_RV denied)
{
	switch (rc) {
	case TMG_CANCELLED:
		return CKR_FUNCTION_CANCELED;
	case TMG_DENIED:
		return denied;
	case TMG_UNSUPPORTED:
		return CKR_FUNCTION_FAILED;
	default:
		return tmg_p11_slot_rv(slot, rc);
	}
}

/* ---- C_SetPIN ------------------------------------------------------------ */

/* What is kept is the new one from now on; one that was typed is not known. */
static void
changed(tmg_p11_slot *slot, tmg_pin_kind kind, tmg_view fresh)
{
	if (kind == TMG_PIN_USER)
		slot->face.factory = false;
	if (fresh.len == 0)
		tmg_p11_kept_wipe(&slot->kept);
	else if (kind != TMG_PIN_ADMIN && tmg_p11_kept_view(&slot->kept).len > 0)
		tmg_p11_kept_set(&slot->kept, fresh);
}

static CK_RV
change_typed(tmg_p11_slot *slot)
{
	const tmg_rc rc = tmg_token_pin_change_typed(slot->token, TMG_PIN_USER,
	    NULL);

	if (rc == TMG_OK)
		changed(slot, TMG_PIN_USER, (tmg_view){ NULL, 0 });
	return tmg_p11_typed_rv(slot, rc, CKR_PIN_INVALID);
}

static CK_RV
change_given(tmg_p11_slot *slot, tmg_view old, tmg_view fresh)
{
	const tmg_pin_kind kind = tmg_p11_pin_kind(slot->token, slot->login,
	    old.len);
	tmg_rc rc;
	CK_RV rv;

	if ((rv = tmg_p11_pin_length(slot->token, kind, old.len)) ||
	    (rv = tmg_p11_pin_length(slot->token, kind, fresh.len)))
		return rv;
	rc = tmg_token_pin_change(slot->token, kind, old, fresh, NULL);
	if (rc == TMG_OK)
		changed(slot, kind, fresh);
	return new_pin_rv(slot, rc);
}

/* Before a login and by the user it is the user's PIN, by the SO the SO's
 * (5.5.8). */
CK_RV
C_SetPIN(CK_SESSION_HANDLE handle, CK_UTF8CHAR *old, CK_ULONG old_len,
    CK_UTF8CHAR *fresh, CK_ULONG fresh_len)
{
	tmg_auto(p11_hold) hold = { .seat = NULL };
	bool typed;
	CK_RV rv;

	if ((rv = p11_hold_session(&hold, handle)))
		return rv;
	typed = hold.slot->login != P11_SO && fresh == NULL && fresh_len == 0 &&
	    tmg_p11_pin_typed(hold.slot, TMG_PAD_CHANGE, old, old_len);
	if (!typed && (old == NULL || fresh == NULL))
		return CKR_ARGUMENTS_BAD;
	if (!tmg_p11_session_writes(hold.session))
		return CKR_SESSION_READ_ONLY;
	return typed ? change_typed(hold.slot) : change_given(hold.slot,
	    (tmg_view){ old, old_len }, (tmg_view){ fresh, fresh_len });
}

/* ---- C_InitPIN ----------------------------------------------------------- */

/* By the PUK that the SO logged in with, or by his word where the card takes it; a
 * management key is no help. */
static tmg_rc
give_pin(tmg_p11_slot *slot, tmg_view fresh)
{
	const tmg_view puk = tmg_p11_kept_view(&slot->kept);

	return puk.len > 0
	    ? tmg_token_pin_unblock(slot->token, puk, fresh, NULL)
	    : tmg_token_pin_give(slot->token, fresh);
}

static bool
may_give_pin(const tmg_p11_slot *slot)
{
	return tmg_p11_kept_view(&slot->kept).len > 0 ||
	    (slot->token->info.can & TMG_CAN_GIVE_PIN) != 0;
}

CK_RV
C_InitPIN(CK_SESSION_HANDLE handle, CK_UTF8CHAR *pin, CK_ULONG len)
{
	tmg_auto(p11_hold) hold = { .seat = NULL };
	tmg_p11_slot *slot;
	tmg_rc rc;
	CK_RV rv;

	if ((rv = p11_hold_session(&hold, handle)))
		return rv;
	slot = hold.slot;
	if (pin == NULL)
		return CKR_ARGUMENTS_BAD;
	if (slot->login != P11_SO)
		return CKR_USER_NOT_LOGGED_IN;
	if (!may_give_pin(slot))
		return CKR_FUNCTION_NOT_SUPPORTED;
	if ((rv = tmg_p11_pin_length(slot->token, TMG_PIN_USER, len)))
		return rv;
	rc = give_pin(slot, (tmg_view){ pin, len });
	if (rc == TMG_OK)
		slot->face.factory = false;
	return new_pin_rv(slot, rc);
}

/* ---- C_InitToken --------------------------------------------------------- */

static bool
has_sessions(const tmg_p11_slot *slot)
{
	for (const tmg_p11_session *s = slot->sessions; s != NULL; s = s->next)
		if (!s->orphan)
			return true;
	return false;
}

/* A card cannot be given a label; whoever says the one it has means this card
 * and no other. */
static bool
is_label(const tmg_token *token, const CK_UTF8CHAR *label)
{
	CK_TOKEN_INFO info;

	tmg_p11_pad(info.label, sizeof(info.label), token->info.label);
	return memcmp(info.label, label, sizeof(info.label)) == 0;
}

/* The factory's value becomes the SO's again: 5.5.7 has the SO PIN stay. */
static CK_RV
restore(tmg_p11_slot *slot, tmg_pin_kind kind, tmg_view pin)
{
	const tmg_view factory =
	    tmg_view_str(slot->token->info.pins[kind].factory);

	if (factory.len == 0 || tmg_view_equal(factory, pin))
		return CKR_OK;
	return tmg_p11_slot_rv(slot, tmg_token_pin_change(slot->token, kind,
	    factory, pin, NULL));
}

static CK_RV
reset(tmg_p11_slot *slot, tmg_pin_kind kind, tmg_view pin)
{
	CK_RV rv;

	if ((rv = tmg_p11_pin_length(slot->token, kind, pin.len)) ||
	    (rv = tmg_p11_pin_try(slot, kind, pin)))
		return rv;
	tmg_p11_objects_clear(&slot->objects);
	slot->learned = false;
	if ((rv = tmg_p11_slot_rv(slot, tmg_token_reset(slot->token))))
		return rv;
	return restore(slot, kind, pin);
}

/* Destroys every key, when the SO asks for it by name and nobody is using the
 * token. */
CK_RV
C_InitToken(CK_SLOT_ID id, CK_UTF8CHAR *pin, CK_ULONG len, CK_UTF8CHAR *label)
{
	tmg_auto(p11_hold) hold = { .seat = NULL };
	CK_RV rv;

	if ((rv = p11_hold_slot(&hold, id)))
		return rv;
	if (pin == NULL || label == NULL)
		return CKR_ARGUMENTS_BAD;
	if (has_sessions(hold.slot))
		return CKR_SESSION_EXISTS;
	if ((rv = tmg_p11_slot_open(hold.slot)))
		return rv;
	if (!(tmg_token_info(hold.slot->token)->can & TMG_CAN_RESET))
		return CKR_FUNCTION_NOT_SUPPORTED;
	if (!is_label(hold.slot->token, label))
		return CKR_ARGUMENTS_BAD;
	return reset(hold.slot, tmg_p11_pin_kind(hold.slot->token, P11_SO, len),
	    (tmg_view){ pin, len });
}
