/* SPDX-License-Identifier: BSD-2-Clause */
#include "pkcs11/signature.h"

#include <string.h>

#include "pkcs11/rv.h"
#include "src/pki/ecdsa.h"

enum {
	EDDSA_SIZE = 64,	/* RFC 8032 5.1.6 */
	PKCS1_OVERHEAD = 11,	/* RFC 8017 9.2 */
	PSS_OVERHEAD = 2,	/* RFC 8017 9.1.1 */
};

/* Cryptoki's ECDSA signature is r and s, each as long as the field; 6.3.1. */
size_t
tmg_p11_signature_size(const tmg_p11_operation *op)
{
	switch (tmg_alg_get(op->alg)->family) {
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

/* A PSS salt that the key has no room for; RFC 8017 9.1.1, step 3. */
bool
tmg_p11_signature_possible(const tmg_p11_operation *op)
{
	const size_t k = tmg_alg_bytes(op->alg),
	    taken = tmg_hash_bytes(op->spec.hash) + PSS_OVERHEAD;

	return op->spec.scheme != TMG_SIGN_PSS ||
	    (taken <= k && op->spec.salt_len <= k - taken);
}

/* A length that the mechanism cannot take is told before the card is asked. */
bool
tmg_p11_signature_fits(const tmg_p11_operation *op, tmg_view input)
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

/* ---- other forms --------------------------------------------------------- */

tmg_view
tmg_p11_widen(tmg_view input, size_t k, uint8_t *store)
{
	if (input.len >= k)
		return input;
	memset(store, 0, k - input.len);
	if (input.len > 0)
		memcpy(store + k - input.len, input.ptr, input.len);
	return (tmg_view){ store, k };
}

tmg_view
tmg_p11_signature_widen(const tmg_p11_operation *op, tmg_view input, uint8_t *store)
{
	return op->spec.scheme == TMG_SIGN_RAW
	    ? tmg_p11_widen(input, tmg_alg_bytes(op->alg), store) : input;
}

/* r and s may both be shorter than the field, by as much. */
CK_RV
tmg_p11_signature_encode(const tmg_p11_operation *op, tmg_view *sig,
    uint8_t *store)
{
	tmg_out value = { store, TMG_ECDSA_MAX, 0, false };
	tmg_rc rc;

	if (op->spec.scheme != TMG_SIGN_ECDSA)
		return CKR_OK;
	rc = tmg_ecdsa_join(*sig, &value);
	*sig = tmg_out_view(&value);
	return tmg_p11_rv(rc);
}

CK_RV
tmg_p11_signature_decode(const tmg_p11_operation *op, tmg_view sig, uint8_t *to)
{
	const size_t n = tmg_p11_signature_size(op);
	tmg_out rs = { to, n, 0, false };

	if (op->spec.scheme == TMG_SIGN_ECDSA)
		return tmg_p11_rv(tmg_ecdsa_split(sig, tmg_alg_bytes(op->alg), &rs));
	if (sig.len != n)
		return CKR_DEVICE_ERROR;
	memcpy(to, sig.ptr, n);
	return CKR_OK;
}
