/* SPDX-License-Identifier: BSD-2-Clause */
#include "pkcs11/signature.h"

#include <openssl/ecdsa.h>
#include <string.h>

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

static void
free_ecdsa(ECDSA_SIG **sig)
{
	ECDSA_SIG_free(*sig);
}

#define held_ecdsa __attribute__((__cleanup__(free_ecdsa))) ECDSA_SIG *

/* r and s may both be shorter than the field, by as much. */
CK_RV
tmg_p11_signature_encode(const tmg_p11_operation *op, tmg_view *sig,
    uint8_t *store)
{
	const int n = (int)(sig->len / 2);
	held_ecdsa rs = NULL;
	BIGNUM *r, *s;
	int len;

	if (op->spec.scheme != TMG_SIGN_ECDSA)
		return CKR_OK;
	rs = ECDSA_SIG_new();
	r = BN_bin2bn(sig->ptr, n, NULL);
	s = BN_bin2bn(sig->ptr + n, n, NULL);
	if (rs == NULL || r == NULL || s == NULL ||
	    ECDSA_SIG_set0(rs, r, s) != 1) {
		BN_free(r);
		BN_free(s);
		return CKR_HOST_MEMORY;
	}
	len = i2d_ECDSA_SIG(rs, &(uint8_t *){ store });
	*sig = (tmg_view){ store, len > 0 ? (size_t)len : 0 };
	return len > 0 ? CKR_OK : CKR_FUNCTION_FAILED;
}

CK_RV
tmg_p11_signature_decode(const tmg_p11_operation *op, tmg_view sig, uint8_t *to)
{
	const int n = (int)tmg_alg_bytes(op->alg);
	const unsigned char *at = sig.ptr;
	held_ecdsa rs = NULL;

	if (op->spec.scheme != TMG_SIGN_ECDSA) {
		if (sig.len != tmg_p11_signature_size(op))
			return CKR_DEVICE_ERROR;
		memcpy(to, sig.ptr, sig.len);
		return CKR_OK;
	}
	rs = d2i_ECDSA_SIG(NULL, &at, (long)sig.len);
	return rs != NULL && BN_bn2binpad(ECDSA_SIG_get0_r(rs), to, n) == n &&
	    BN_bn2binpad(ECDSA_SIG_get0_s(rs), to + n, n) == n
	    ? CKR_OK : CKR_DEVICE_ERROR;
}
