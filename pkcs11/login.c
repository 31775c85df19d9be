/* SPDX-License-Identifier: BSD-2-Clause */
/* Logging in and out. */
#include "pkcs11/attribute.h"
#include "pkcs11/module.h"
#include "pkcs11/pin.h"
#include "src/token/token.h"

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
logged_in(tmg_p11_slot *slot, tmg_p11_login who)
{
	slot->login = who;
	tmg_p11_slot_doubt(slot);
	return CKR_OK;
}

/* The administrator's PUK is kept too: C_InitPIN must show it to the card. */
static CK_RV
login(tmg_p11_slot *slot, tmg_p11_login who, tmg_view pin)
{
	const tmg_pin_kind kind = tmg_p11_pin_kind(slot->token, who, pin.len);
	CK_RV rv;

	if ((rv = may_login(slot, who)) ||
	    (rv = tmg_p11_pin_length(slot->token, kind, pin.len)) ||
	    (rv = tmg_p11_pin_try(slot, kind, pin)))
		return rv;
	if (kind == TMG_PIN_PUK || (kind == TMG_PIN_USER &&
	    tmg_p11_conf_keeps_pin(&tmg_p11.conf)))
		tmg_p11_kept_set(&slot->kept, pin);
	return logged_in(slot, who);
}

/* On the reader's keypad: nothing can be kept, so a login that another program
 * ends has ended. */
static CK_RV
login_typed(tmg_p11_slot *slot)
{
	CK_RV rv;

	if ((rv = may_login(slot, P11_USER)) ||
	    (rv = tmg_p11_typed_rv(slot, tmg_token_verify_typed(slot->token,
		TMG_PIN_USER, NULL), CKR_PIN_LEN_RANGE)))
		return rv;
	return logged_in(slot, P11_USER);
}

/* The operation that waits for a PIN of its own; one that has none yet before
 * one that has.  NULL: none does. */
static tmg_p11_operation *
wanting(tmg_p11_session *session)
{
	tmg_p11_operation *found = NULL;

	for (size_t i = 0; i < P11_TASKS; i++) {
		tmg_p11_operation *op = &session->ops[i];

		if (op->wants_pin && (found == NULL || found->proven))
			found = op;
	}
	return found;
}

/* The PIN that was refused is never sent again, whoever else has given it. */
static CK_RV
refused_for_use(tmg_p11_slot *slot, tmg_view pin, CK_RV rv)
{
	if (rv == CKR_PIN_LOCKED || (rv == CKR_PIN_INCORRECT && pin.len > 0 &&
	    tmg_view_equal(pin, tmg_p11_kept_view(&slot->kept))))
		tmg_p11_slot_forget_login(slot);
	return rv;
}

static CK_RV
prove(tmg_p11_slot *slot, const tmg_p11_operation *op, tmg_view pin)
{
	const tmg_p11_object *o = tmg_p11_objects_get(&slot->objects, op->object);

	if (o == NULL)
		return CKR_KEY_HANDLE_INVALID;
	return pin.ptr != NULL
	    ? tmg_p11_slot_rv(slot, tmg_key_prove(o->key, pin))
	    : tmg_p11_typed_rv(slot, tmg_key_prove_typed(o->key), CKR_PIN_LEN_RANGE);
}

/*
 * For a key that wants its PIN before every use.  It goes to the card now, and
 * the operation's command is the next thing the card hears.  It is kept until
 * then for the case that another program comes between.  Without one it is
 * typed on the reader's keypad.
 */
static CK_RV
login_for_use(tmg_p11_slot *slot, tmg_p11_session *session, tmg_view pin)
{
	tmg_p11_operation *op = wanting(session);
	CK_RV rv;

	if (op == NULL)
		return CKR_OPERATION_NOT_INITIALIZED;
	if (slot->login != P11_USER)
		return CKR_USER_NOT_LOGGED_IN;
	if (pin.ptr != NULL &&
	    (rv = tmg_p11_pin_length(slot->token, TMG_PIN_USER, pin.len)))
		return rv;
	tmg_p11_kept_wipe(&op->pin);
	op->proven = false;
	rv = prove(slot, op, pin);
	if (rv != CKR_OK)
		return refused_for_use(slot, pin, rv);
	op->proven = true;
	if (pin.len > 0 && tmg_p11_conf_keeps_pin(&tmg_p11.conf))
		tmg_p11_kept_set(&op->pin, pin);
	return CKR_OK;
}

/* A card has one user and one SO, and neither has a name: who gives one means
 * somebody else, and no try is spent on that. */
static CK_RV
login_by_name(CK_SESSION_HANDLE handle, CK_USER_TYPE user, CK_UTF8CHAR *pin,
    CK_ULONG pin_len, CK_ULONG name_len)
{
	tmg_auto(p11_hold) hold = { .seat = NULL };
	bool typed;
	CK_RV rv;

	if ((rv = p11_hold_session(&hold, handle)))
		return rv;
	if (name_len > 0)
		return CKR_ARGUMENTS_BAD;
	if (user != CKU_USER && user != CKU_SO && user != CKU_CONTEXT_SPECIFIC)
		return CKR_USER_TYPE_INVALID;
	typed = user != CKU_SO &&
	    tmg_p11_pin_typed(hold.slot, TMG_PAD_VERIFY, pin, pin_len);
	if (pin == NULL && !typed)
		return CKR_ARGUMENTS_BAD;
	if (user == CKU_CONTEXT_SPECIFIC)
		return login_for_use(hold.slot, hold.session,
		    (tmg_view){ pin, pin_len });
	if (typed)
		return login_typed(hold.slot);
	return login(hold.slot, user == CKU_SO ? P11_SO : P11_USER,
	    (tmg_view){ pin, pin_len });
}

CK_RV
C_Login(CK_SESSION_HANDLE handle, CK_USER_TYPE user, CK_UTF8CHAR *pin,
    CK_ULONG pin_len)
{
	return login_by_name(handle, user, pin, pin_len, 0);
}

/* PKCS #11 Profiles 3.2, 5.4: an authentication token has it. */
CK_RV
C_LoginUser(CK_SESSION_HANDLE handle, CK_USER_TYPE user, CK_UTF8CHAR *pin,
    CK_ULONG pin_len, CK_UTF8CHAR *name, CK_ULONG name_len)
{
	(void)name;
	return login_by_name(handle, user, pin, pin_len, name_len);
}

static bool
may_be_private(const tmg_p11_object *o)
{
	return (o->class == CKO_PRIVATE_KEY && !o->pending) ||
	    (o->data != NULL && tmg_data_place(o->data)->guarded);
}

/* Handles of what only the user sees are no more, also after the next login
 * (5.6.9).  A key that is a session's still keeps its own: its session must
 * give it back to the card. */
static void
drop_private(tmg_p11_slot *slot)
{
	tmg_p11_subject subject;

	tmg_p11_objects_drop_private(&slot->objects);
	for (size_t i = slot->objects.count; i-- > 0;) {
		const tmg_p11_object o = slot->objects.rows[i];

		if (may_be_private(&o) &&
		    tmg_p11_subject_load(slot, &o, &subject) == TMG_NOT_FOUND)
			tmg_p11_objects_drop(&slot->objects, o.handle);
	}
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
	drop_private(hold.slot);
	rc = tmg_token_logout(hold.slot->token);
	return rc == TMG_UNSUPPORTED ? CKR_OK : tmg_p11_slot_rv(hold.slot, rc);
}
