/* SPDX-License-Identifier: BSD-2-Clause */
/* Verifying signatures, in software: the card is not asked. */
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "pkcs11/begin.h"
#include "pkcs11/signature.h"
#include "src/base/ctx.h"
#include "src/pki/scope.h"

/* ---- checking ------------------------------------------------------------ */

/* What is checked with what. */
struct check {
	OSSL_LIB_CTX *libctx;
	EVP_PKEY *key;
	const tmg_p11_operation *op;
	tmg_view input, sig;
};

static CK_RV
verdict(int answer)
{
	return answer == 1 ? CKR_OK : CKR_SIGNATURE_INVALID;
}

static bool
set_padding(EVP_PKEY_CTX *ctx, const struct check *c)
{
	const tmg_sign_spec *spec = &c->op->spec;
	tmg_held(EVP_MD) md = NULL;
	tmg_held(EVP_MD) mgf = NULL;

	if (EVP_PKEY_CTX_set_rsa_padding(ctx, spec->scheme == TMG_SIGN_PSS
	    ? RSA_PKCS1_PSS_PADDING : RSA_PKCS1_PADDING) != 1)
		return false;
	if (spec->hash == TMG_HASH_NONE)
		return true;
	md = EVP_MD_fetch(c->libctx, tmg_hash_name(spec->hash), NULL);
	if (md == NULL || EVP_PKEY_CTX_set_signature_md(ctx, md) != 1)
		return false;
	if (spec->scheme != TMG_SIGN_PSS)
		return true;
	mgf = EVP_MD_fetch(c->libctx, tmg_hash_name(spec->mgf), NULL);
	return mgf != NULL && EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, mgf) == 1 &&
	    EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, (int)spec->salt_len) == 1;
}

static CK_RV
check_rsa(EVP_PKEY_CTX *ctx, const struct check *c)
{
	if (EVP_PKEY_verify_init(ctx) != 1 || !set_padding(ctx, c))
		return CKR_FUNCTION_FAILED;
	return verdict(EVP_PKEY_verify(ctx, c->sig.ptr, c->sig.len,
	    c->input.ptr, c->input.len));
}

static CK_RV
check_raw(EVP_PKEY_CTX *ctx, const struct check *c)
{
	uint8_t store[TMG_SIG_MAX], wide[TMG_SIG_MAX];
	size_t len = sizeof(store);

	if (EVP_PKEY_verify_recover_init(ctx) != 1 ||
	    EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_NO_PADDING) != 1)
		return CKR_FUNCTION_FAILED;
	if (EVP_PKEY_verify_recover(ctx, store, &len, c->sig.ptr, c->sig.len) != 1)
		return CKR_SIGNATURE_INVALID;
	return verdict(tmg_view_equal((tmg_view){ store, len },
	    tmg_p11_signature_widen(c->op, c->input, wide)));
}

static void
free_ecdsa(ECDSA_SIG **sig)
{
	ECDSA_SIG_free(*sig);
}

static CK_RV
check_ecdsa(EVP_PKEY_CTX *ctx, const struct check *c)
{
	const int n = (int)(c->sig.len / 2);
	__attribute__((__cleanup__(free_ecdsa))) ECDSA_SIG *rs = ECDSA_SIG_new();
	BIGNUM *r = BN_bin2bn(c->sig.ptr, n, NULL);
	BIGNUM *s = BN_bin2bn(c->sig.ptr + n, n, NULL);
	uint8_t der[TMG_SIG_MAX], *at = der;
	int len;

	if (rs == NULL || r == NULL || s == NULL ||
	    ECDSA_SIG_set0(rs, r, s) != 1) {
		BN_free(r);
		BN_free(s);
		return CKR_HOST_MEMORY;
	}
	len = i2d_ECDSA_SIG(rs, &at);
	if (len <= 0 || EVP_PKEY_verify_init(ctx) != 1)
		return CKR_FUNCTION_FAILED;
	return verdict(EVP_PKEY_verify(ctx, der, (size_t)len, c->input.ptr,
	    c->input.len));
}

static CK_RV
check_eddsa(EVP_PKEY_CTX *ctx, const struct check *c)
{
	tmg_held(EVP_MD_CTX) md = EVP_MD_CTX_new();

	(void)ctx;
	if (md == NULL || EVP_DigestVerifyInit_ex(md, NULL, NULL, c->libctx, NULL,
	    c->key, NULL) != 1)
		return CKR_FUNCTION_FAILED;
	return verdict(EVP_DigestVerify(md, c->sig.ptr, c->sig.len, c->input.ptr,
	    c->input.len));
}

static CK_RV (*const checks[])(EVP_PKEY_CTX *ctx, const struct check *c) = {
	[TMG_SIGN_PKCS1] = check_rsa,
	[TMG_SIGN_PSS] = check_rsa,
	[TMG_SIGN_RAW] = check_raw,
	[TMG_SIGN_ECDSA] = check_ecdsa,
	[TMG_SIGN_EDDSA] = check_eddsa,
};

/* r and s of ECDSA may both be shorter than the field, by as much; 6.3.1. */
static bool
is_a_length(const tmg_p11_operation *op, size_t len)
{
	const size_t full = tmg_p11_signature_size(op);

	return op->spec.scheme == TMG_SIGN_ECDSA
	    ? len > 0 && len <= full && len % 2 == 0 : len == full;
}

static CK_RV
verify(p11_hold *hold, tmg_p11_operation *op, tmg_view sig)
{
	struct check c = { .libctx = tmg_ctx_libctx(hold->seat->ctx), .op = op,
	    .sig = sig };
	uint8_t store[EVP_MAX_MD_SIZE];
	tmg_out digest = TMG_OUT(store);
	tmg_held(EVP_PKEY) key = NULL;
	tmg_held(EVP_PKEY_CTX) ctx = NULL;
	CK_RV rv;

	if (!is_a_length(op, sig.len))
		return CKR_SIGNATURE_LEN_RANGE;
	if ((rv = tmg_p11_operation_input(op, &digest, &c.input)))
		return rv;
	if (!tmg_p11_signature_fits(op, c.input))
		return CKR_DATA_LEN_RANGE;
	if ((rv = tmg_p11_use_public(hold, op, &key)))
		return rv;
	c.key = key;
	ctx = EVP_PKEY_CTX_new_from_pkey(c.libctx, key, NULL);
	return ctx != NULL ? checks[op->spec.scheme](ctx, &c) : CKR_HOST_MEMORY;
}

/* ---- entry points -------------------------------------------------------- */

CK_RV
C_VerifyInit(CK_SESSION_HANDLE handle, CK_MECHANISM *mechanism,
    CK_OBJECT_HANDLE key)
{
	return tmg_p11_begin(handle, P11_VERIFY, mechanism, key);
}

CK_RV
C_Verify(CK_SESSION_HANDLE handle, CK_BYTE *data, CK_ULONG len, CK_BYTE *sig,
    CK_ULONG sig_len)
{
	tmg_auto(p11_hold) hold = { .seat = NULL };
	tmg_p11_operation *op;
	CK_RV rv;

	if ((rv = tmg_p11_resume(&hold, handle, P11_VERIFY, sig != NULL &&
	    (data != NULL || len == 0), &op)))
		return rv;
	if (op->fed)
		return CKR_OPERATION_ACTIVE;
	rv = tmg_p11_operation_feed(op, (tmg_view){ data, len });
	if (rv == CKR_OK)
		rv = verify(&hold, op, (tmg_view){ sig, sig_len });
	tmg_p11_operation_end(op);
	return rv;
}

CK_RV
C_VerifyUpdate(CK_SESSION_HANDLE handle, CK_BYTE *part, CK_ULONG len)
{
	return tmg_p11_update(handle, P11_VERIFY, part, len);
}

CK_RV
C_VerifyFinal(CK_SESSION_HANDLE handle, CK_BYTE *sig, CK_ULONG sig_len)
{
	tmg_auto(p11_hold) hold = { .seat = NULL };
	tmg_p11_operation *op;
	CK_RV rv;

	if ((rv = tmg_p11_resume(&hold, handle, P11_VERIFY, sig != NULL, &op)))
		return rv;
	rv = verify(&hold, op, (tmg_view){ sig, sig_len });
	tmg_p11_operation_end(op);
	return rv;
}
