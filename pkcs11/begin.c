/* SPDX-License-Identifier: BSD-2-Clause */
#include "pkcs11/begin.h"

#include <openssl/evp.h>
#include <stdlib.h>

#include "pkcs11/signature.h"
#include "src/base/ctx.h"
#include "src/pki/scope.h"
#include "src/pki/x509.h"

const tmg_p11_kind tmg_p11_kinds[P11_TASKS] = {
	[P11_SIGN] = { CKF_SIGN, CKO_PRIVATE_KEY, CKA_SIGN },
	[P11_VERIFY] = { CKF_VERIFY, CKO_PUBLIC_KEY, CKA_VERIFY },
	[P11_ENCRYPT] = { CKF_ENCRYPT, CKO_PUBLIC_KEY, CKA_ENCRYPT },
	[P11_DECRYPT] = { CKF_DECRYPT, CKO_PRIVATE_KEY, CKA_DECRYPT },
};

/* ---- the key ------------------------------------------------------------- */

static CK_RV
check_key(tmg_p11_subject *s, const tmg_p11_kind *kind,
    const tmg_p11_mechanism *row)
{
	tmg_view value;

	if (s->object.class != kind->class ||
	    !tmg_p11_mechanism_takes(row, s->facts.alg))
		return CKR_KEY_TYPE_INCONSISTENT;
	return tmg_p11_attribute_get(s, kind->use, &value) == CKR_OK &&
	    value.len == sizeof(CK_BBOOL) && value.ptr[0] == CK_TRUE
	    ? CKR_OK : CKR_KEY_FUNCTION_NOT_PERMITTED;
}

/* One that nobody may see now is as unknown as one that is not there. */
static CK_RV
key_rv(p11_hold *hold, tmg_rc rc)
{
	return rc == TMG_NOT_FOUND ? CKR_KEY_HANDLE_INVALID
	    : tmg_p11_slot_rv(hold->slot, rc);
}

static CK_RV
load_key(p11_hold *hold, CK_OBJECT_HANDLE key, tmg_p11_subject *s)
{
	const tmg_p11_object *o = tmg_p11_objects_get(&hold->slot->objects, key);

	return o != NULL ? key_rv(hold, tmg_p11_subject_load(hold->slot, o, s))
	    : CKR_KEY_HANDLE_INVALID;
}

CK_RV
tmg_p11_key_load(p11_hold *hold, CK_OBJECT_HANDLE key, const tmg_p11_kind *kind,
    const tmg_p11_mechanism *row, tmg_p11_subject *s)
{
	tmg_rc rc;
	CK_RV rv;

	if ((rv = load_key(hold, key, s)))
		return rv;
	if (s->object.class == CKO_PRIVATE_KEY && (rc = tmg_p11_subject_ask(s)))
		return rc == TMG_LOGIN ? CKR_USER_NOT_LOGGED_IN : key_rv(hold, rc);
	return check_key(s, kind, row);
}

/* ---- the mechanism ------------------------------------------------------- */

static CK_RV
own_label(tmg_p11_operation *op)
{
	tmg_view *label = &op->decrypt.label;

	if (label->len == 0)
		return CKR_OK;
	op->label = malloc(label->len);
	if (op->label == NULL)
		return CKR_HOST_MEMORY;
	memcpy(op->label, label->ptr, label->len);
	label->ptr = op->label;
	return CKR_OK;
}

static CK_RV
read_mechanism(tmg_p11_operation *op, const tmg_p11_kind *kind,
    const CK_MECHANISM *given)
{
	CK_RV rv;

	op->mechanism = tmg_p11_mechanism_get(given->mechanism);
	if (op->mechanism == NULL || !(op->mechanism->flags & kind->flag))
		return CKR_MECHANISM_INVALID;
	if (!(kind->flag & (CKF_ENCRYPT | CKF_DECRYPT)))
		return tmg_p11_mechanism_sign(op->mechanism, given, &op->spec);
	rv = tmg_p11_mechanism_decrypt(op->mechanism, given, &op->decrypt);
	return rv == CKR_OK ? own_label(op) : rv;
}

/* A card that pads by itself does less with its keys than others. */
static CK_RV
check_able(const p11_hold *hold, const tmg_p11_operation *op,
    const tmg_p11_kind *kind)
{
	return kind->class != CKO_PRIVATE_KEY || tmg_p11_mechanism_able(
	    op->mechanism, tmg_token_glance(hold->slot->token))
	    ? CKR_OK : CKR_MECHANISM_INVALID;
}

static CK_RV
start_digest(p11_hold *hold, tmg_p11_operation *op)
{
	tmg_held(EVP_MD) md = NULL;

	if (op->mechanism->hash == TMG_HASH_NONE)
		return CKR_OK;
	md = EVP_MD_fetch(tmg_ctx_libctx(hold->seat->ctx),
	    tmg_hash_name(op->mechanism->hash), NULL);
	op->md = EVP_MD_CTX_new();
	if (md == NULL || op->md == NULL ||
	    EVP_DigestInit_ex2(op->md, md, NULL) != 1)
		return CKR_FUNCTION_FAILED;
	return CKR_OK;
}

/* ---- beginning ----------------------------------------------------------- */

static CK_RV
begin(p11_hold *hold, tmg_p11_operation *op, const tmg_p11_kind *kind,
    const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
	tmg_p11_subject s;
	CK_RV rv;

	if ((rv = read_mechanism(op, kind, mechanism)) ||
	    (rv = check_able(hold, op, kind)) ||
	    (rv = tmg_p11_key_load(hold, key, kind, op->mechanism, &s)) ||
	    (rv = start_digest(hold, op)))
		return rv;
	op->object = key;
	op->alg = s.facts.alg;
	if (!tmg_p11_signature_possible(op))
		return CKR_MECHANISM_PARAM_INVALID;
	op->wants_pin = kind->class == CKO_PRIVATE_KEY &&
	    s.facts.pin == TMG_PIN_ALWAYS;
	op->active = true;
	return CKR_OK;
}

static CK_RV
cancel(tmg_p11_operation *op)
{
	if (!op->active)
		return CKR_ARGUMENTS_BAD;
	tmg_p11_operation_end(op);
	return CKR_OK;
}

CK_RV
tmg_p11_begin(CK_SESSION_HANDLE handle, tmg_p11_task task,
    const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
	tmg_auto(p11_hold) hold = { .seat = NULL };
	tmg_p11_operation *op;
	CK_RV rv;

	if ((rv = p11_hold_session(&hold, handle)))
		return rv;
	op = &hold.session->ops[task];
	if (mechanism == NULL)
		return cancel(op);
	if (op->active)
		return CKR_OPERATION_ACTIVE;
	rv = begin(&hold, op, &tmg_p11_kinds[task], mechanism, key);
	if (rv != CKR_OK)
		tmg_p11_operation_end(op);
	return rv;
}

/* ---- going on ------------------------------------------------------------ */

CK_RV
tmg_p11_resume(p11_hold *hold, CK_SESSION_HANDLE handle, tmg_p11_task task,
    bool good, tmg_p11_operation **op)
{
	CK_RV rv;

	if ((rv = p11_hold_session(hold, handle)))
		return rv;
	*op = &hold->session->ops[task];
	if (!good) {
		tmg_p11_operation_end(*op);
		return CKR_ARGUMENTS_BAD;
	}
	return (*op)->active ? CKR_OK : CKR_OPERATION_NOT_INITIALIZED;
}

CK_RV
tmg_p11_update(CK_SESSION_HANDLE handle, tmg_p11_task task, const CK_BYTE *part,
    CK_ULONG len)
{
	tmg_auto(p11_hold) hold = { .seat = NULL };
	tmg_p11_operation *op;
	CK_RV rv;

	if ((rv = tmg_p11_resume(&hold, handle, task, part != NULL || len == 0,
	    &op)))
		return rv;
	rv = tmg_p11_operation_feed(op, (tmg_view){ part, len });
	op->fed = true;
	if (rv != CKR_OK)
		tmg_p11_operation_end(op);
	return rv;
}

/* ---- using a private key ------------------------------------------------- */

CK_RV
tmg_p11_use_begin(p11_hold *hold, tmg_p11_operation *op, tmg_signer **signer)
{
	const tmg_p11_object *o = tmg_p11_objects_get(&hold->slot->objects,
	    op->object);
	tmg_rc rc;

	if (o == NULL)
		return CKR_KEY_HANDLE_INVALID;
	if (op->wants_pin && !op->proven)
		return CKR_USER_NOT_LOGGED_IN;
	if ((rc = tmg_key_signer(o->key, signer)))
		return tmg_p11_slot_rv(hold->slot, rc);
	if (op->wants_pin)
		hold->seat->lent = &op->pin;
	return CKR_OK;
}

/* A proof that the card forgot, and that may not be repeated, says nothing of
 * the login. */
CK_RV
tmg_p11_use_end(p11_hold *hold, tmg_p11_operation *op, tmg_rc rc)
{
	hold->seat->lent = NULL;
	tmg_p11_kept_wipe(&op->pin);
	op->proven = false;
	if (op->wants_pin && rc == TMG_CANCELLED)
		return CKR_USER_NOT_LOGGED_IN;
	return tmg_p11_slot_rv(hold->slot, rc);
}

/* ---- using a public key -------------------------------------------------- */

CK_RV
tmg_p11_use_subject(p11_hold *hold, const tmg_p11_operation *op,
    tmg_p11_subject *s)
{
	return load_key(hold, op->object, s);
}

CK_RV
tmg_p11_use_public(p11_hold *hold, const tmg_p11_operation *op, EVP_PKEY **key)
{
	tmg_p11_subject s;
	CK_RV rv;

	if ((rv = load_key(hold, op->object, &s)))
		return rv;
	return tmg_p11_slot_rv(hold->slot,
	    tmg_public_key(tmg_ctx_libctx(hold->seat->ctx), s.spki, key));
}
