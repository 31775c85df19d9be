/* SPDX-License-Identifier: BSD-2-Clause */
/* Signing with the keys of a token. */
#include <openssl/ecdsa.h>
#include <openssl/evp.h>

#include "pkcs11/attribute.h"
#include "pkcs11/module.h"
#include "src/base/ctx.h"
#include "src/pki/scope.h"

enum {
	EDDSA_SIZE = 64,	/* RFC 8032 5.1.6 */
	PKCS1_OVERHEAD = 11,	/* RFC 8017 9.2 */
};

/* ---- what a signature is ------------------------------------------------- */

/* Cryptoki's ECDSA signature is r and s, each as long as the field; 6.3.1. */
static size_t
signature_size(const tmg_p11_operation *op)
{
	switch (op->mechanism->family) {
	case TMG_FAMILY_RSA:
		return tmg_alg_bytes(op->alg);
	case TMG_FAMILY_EC:
		return 2 * tmg_alg_bytes(op->alg);
	case TMG_FAMILY_ED:
		return EDDSA_SIZE;
	case TMG_FAMILY_X:
	case TMG_FAMILY_NONE:
		break;
	}
	return 0;
}

static void
free_ecdsa(ECDSA_SIG **sig)
{
	ECDSA_SIG_free(*sig);
}

/* From the Ecdsa-Sig-Value that the token floor gives. */
static CK_RV
plain_ecdsa(const tmg_p11_operation *op, tmg_view der, uint8_t *to)
{
	const int n = (int)tmg_alg_bytes(op->alg);
	const unsigned char *at = der.ptr;
	__attribute__((__cleanup__(free_ecdsa))) ECDSA_SIG *sig =
	    d2i_ECDSA_SIG(NULL, &at, (long)der.len);

	if (sig == NULL || BN_bn2binpad(ECDSA_SIG_get0_r(sig), to, n) != n ||
	    BN_bn2binpad(ECDSA_SIG_get0_s(sig), to + n, n) != n)
		return CKR_DEVICE_ERROR;
	return CKR_OK;
}

/* A length that the mechanism cannot take is told before the card is asked. */
static bool
fits(const tmg_p11_operation *op, tmg_view input)
{
	const size_t k = tmg_alg_bytes(op->alg);

	if (op->md != NULL)
		return true;
	switch (op->spec.scheme) {
	case TMG_SIGN_PKCS1:
		return input.len + PKCS1_OVERHEAD <= k;
	case TMG_SIGN_PSS:
		return input.len == tmg_hash_bytes(op->spec.hash);
	case TMG_SIGN_RAW:
		return input.len <= k;
	case TMG_SIGN_ECDSA:
		return input.len > 0;
	case TMG_SIGN_EDDSA:
		break;
	}
	return true;
}

/* CKM_RSA_X_509 takes shorter input and pads it with zeros in front. */
static tmg_view
widen(const tmg_p11_operation *op, tmg_view input, uint8_t *store)
{
	const size_t k = tmg_alg_bytes(op->alg);

	if (op->spec.scheme != TMG_SIGN_RAW || input.len == k)
		return input;
	memset(store, 0, k - input.len);
	if (input.len > 0)
		memcpy(store + k - input.len, input.ptr, input.len);
	return (tmg_view){ store, k };
}

/* ---- signing ------------------------------------------------------------- */

static CK_RV
find_signer(p11_hold *hold, tmg_signer **signer)
{
	const tmg_p11_object *o = tmg_p11_objects_get(&hold->slot->objects,
	    hold->session->sign.object);

	if (o == NULL)
		return CKR_KEY_HANDLE_INVALID;
	return tmg_p11_slot_rv(hold->slot, tmg_key_signer(o->key, signer));
}

/* The PIN of CKU_CONTEXT_SPECIFIC is the seat's for this one use. */
static tmg_rc
use_key(p11_hold *hold, tmg_signer *signer, tmg_view input, tmg_out *sig)
{
	tmg_secret *pin = &hold->seat->pin;
	tmg_p11_operation *op = &hold->session->sign;
	tmg_rc rc;

	*pin = op->pin;
	rc = tmg_signer_sign(signer, &op->spec, input, sig);
	tmg_secret_wipe(pin);
	return rc;
}

/* A refused PIN of one use says nothing of the login. */
static CK_RV
rv_of_use(p11_hold *hold, tmg_rc rc)
{
	if (rc == TMG_E_USAGE)
		return CKR_DATA_INVALID;
	if (hold->session->sign.wants_pin && rc == TMG_CANCELLED)
		return CKR_USER_NOT_LOGGED_IN;
	return tmg_p11_slot_rv(hold->slot, rc);
}

static CK_RV
make_signature(p11_hold *hold, uint8_t *to)
{
	tmg_p11_operation *op = &hold->session->sign;
	uint8_t store[TMG_SIG_MAX], digest_store[EVP_MAX_MD_SIZE];
	uint8_t wide[TMG_SIG_MAX];
	tmg_out sig = TMG_OUT(store), digest = TMG_OUT(digest_store);
	tmg_signer *signer;
	tmg_view input;
	tmg_rc rc;
	CK_RV rv;

	if ((rv = tmg_p11_operation_input(op, &digest, &input)))
		return rv;
	if (!fits(op, input))
		return CKR_DATA_LEN_RANGE;
	if (op->wants_pin && op->pin.len == 0)
		return CKR_USER_NOT_LOGGED_IN;
	if ((rv = find_signer(hold, &signer)))
		return rv;
	if ((rc = use_key(hold, signer, widen(op, input, wide), &sig)))
		return rv_of_use(hold, rc);
	if (op->mechanism->family == TMG_FAMILY_EC)
		return plain_ecdsa(op, tmg_out_view(&sig), to);
	if (sig.len != signature_size(op))
		return CKR_DEVICE_ERROR;
	memcpy(to, sig.ptr, sig.len);
	return CKR_OK;
}

/* ---- beginning ----------------------------------------------------------- */

static CK_RV
check_key(const tmg_p11_subject *s, const tmg_p11_mechanism *row)
{
	if (s->object.class != CKO_PRIVATE_KEY)
		return CKR_KEY_TYPE_INCONSISTENT;
	if (tmg_alg_get(s->facts.alg)->family != row->family)
		return CKR_KEY_TYPE_INCONSISTENT;
	return (tmg_key_slot(s->object.key)->uses & TMG_USE_SIGN) != 0
	    ? CKR_OK : CKR_KEY_FUNCTION_NOT_PERMITTED;
}

/* One that only the SO or nobody may see is as unknown as one that is not. */
static CK_RV
load_key(p11_hold *hold, CK_OBJECT_HANDLE key, tmg_p11_subject *s)
{
	const tmg_p11_object *o = tmg_p11_objects_get(&hold->slot->objects, key);
	tmg_rc rc;

	if (o == NULL)
		return CKR_KEY_HANDLE_INVALID;
	rc = tmg_p11_subject_load(hold->slot, o, s);
	return rc == TMG_NOT_FOUND ? CKR_KEY_HANDLE_INVALID
	    : tmg_p11_slot_rv(hold->slot, rc);
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

static CK_RV
begin(p11_hold *hold, const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
	tmg_p11_operation *op = &hold->session->sign;
	tmg_p11_subject s;
	CK_RV rv;

	op->mechanism = tmg_p11_mechanism_get(mechanism->mechanism);
	if (op->mechanism == NULL || !(op->mechanism->flags & CKF_SIGN))
		return CKR_MECHANISM_INVALID;
	if ((rv = tmg_p11_mechanism_spec(op->mechanism, mechanism, &op->spec)) ||
	    (rv = load_key(hold, key, &s)) ||
	    (rv = check_key(&s, op->mechanism)) ||
	    (rv = start_digest(hold, op)))
		return rv;
	op->object = key;
	op->alg = s.facts.alg;
	op->wants_pin = s.facts.pin == TMG_PIN_ALWAYS;
	op->active = true;
	return CKR_OK;
}

/* mechanism NULL ends what is active (3.0, 5.13.1). */
CK_RV
C_SignInit(CK_SESSION_HANDLE handle, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
	tmg_auto(p11_hold) hold = { .seat = NULL };
	CK_RV rv;

	if ((rv = p11_hold_session(&hold, handle)))
		return rv;
	if (mechanism == NULL) {
		if (!hold.session->sign.active)
			return CKR_ARGUMENTS_BAD;
		tmg_p11_operation_end(&hold.session->sign);
		return CKR_OK;
	}
	if (hold.session->sign.active)
		return CKR_OPERATION_ACTIVE;
	rv = begin(&hold, mechanism, key);
	if (rv != CKR_OK)
		tmg_p11_operation_end(&hold.session->sign);
	return rv;
}

/* ---- ending -------------------------------------------------------------- */

/* A question for the size, or a buffer too small for it: the operation lives
 * on, and the card hears nothing. */
static bool
is_question(const tmg_p11_operation *op, const CK_BYTE *sig, CK_ULONG *len,
    CK_RV *rv)
{
	const CK_ULONG size = signature_size(op), room = *len;

	if (sig != NULL && room >= size)
		return false;
	*len = size;
	*rv = sig == NULL ? CKR_OK : CKR_BUFFER_TOO_SMALL;
	return true;
}

static CK_RV
finish(p11_hold *hold, CK_BYTE *sig, CK_ULONG *len)
{
	tmg_p11_operation *op = &hold->session->sign;
	const CK_ULONG size = signature_size(op);
	const CK_RV rv = make_signature(hold, sig);

	if (rv == CKR_OK)
		*len = size;
	tmg_p11_operation_end(op);
	return rv;
}

CK_RV
C_Sign(CK_SESSION_HANDLE handle, CK_BYTE *data, CK_ULONG len, CK_BYTE *sig,
    CK_ULONG *sig_len)
{
	tmg_auto(p11_hold) hold = { .seat = NULL };
	tmg_p11_operation *op;
	CK_RV rv;

	if ((rv = p11_hold_session(&hold, handle)))
		return rv;
	op = &hold.session->sign;
	if (!op->active)
		return sig_len == NULL ? CKR_ARGUMENTS_BAD
		    : CKR_OPERATION_NOT_INITIALIZED;
	if (sig_len == NULL || (data == NULL && len > 0)) {
		tmg_p11_operation_end(op);
		return CKR_ARGUMENTS_BAD;
	}
	if (op->fed)			/* a single part after others; 5.13.2 */
		return CKR_OPERATION_ACTIVE;
	if (is_question(op, sig, sig_len, &rv))
		return rv;
	if ((rv = tmg_p11_operation_feed(op, (tmg_view){ data, len }))) {
		tmg_p11_operation_end(op);
		return rv;
	}
	return finish(&hold, sig, sig_len);
}

CK_RV
C_SignUpdate(CK_SESSION_HANDLE handle, CK_BYTE *part, CK_ULONG len)
{
	tmg_auto(p11_hold) hold = { .seat = NULL };
	tmg_p11_operation *op;
	CK_RV rv;

	if ((rv = p11_hold_session(&hold, handle)))
		return rv;
	op = &hold.session->sign;
	if (part == NULL && len > 0)
		rv = CKR_ARGUMENTS_BAD;
	if (!op->active)
		return rv == CKR_OK ? CKR_OPERATION_NOT_INITIALIZED : rv;
	if (rv == CKR_OK)
		rv = tmg_p11_operation_feed(op, (tmg_view){ part, len });
	op->fed = true;
	if (rv != CKR_OK)
		tmg_p11_operation_end(op);
	return rv;
}

CK_RV
C_SignFinal(CK_SESSION_HANDLE handle, CK_BYTE *sig, CK_ULONG *sig_len)
{
	tmg_auto(p11_hold) hold = { .seat = NULL };
	tmg_p11_operation *op;
	CK_RV rv;

	if ((rv = p11_hold_session(&hold, handle)))
		return rv;
	op = &hold.session->sign;
	if (sig_len == NULL) {
		tmg_p11_operation_end(op);
		return CKR_ARGUMENTS_BAD;
	}
	if (!op->active)
		return CKR_OPERATION_NOT_INITIALIZED;
	if (is_question(op, sig, sig_len, &rv))
		return rv;
	return finish(&hold, sig, sig_len);
}
