/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/vcard/pkey.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "src/base/scope.h"
#include "src/codec/tlv.h"
#include "tools/vcard/sw.h"

#define RSA_MAX_BYTES 512	/* RSA 4096 */
#define FIELD_MAX 66		/* P-521 */

enum {
	TAG_MODULUS = 0x81,
	TAG_EXPONENT = 0x82,
	TAG_POINT = 0x86,
};

#define SCOPED(type, name) \
	static void name(type **p) { type##_free(*p); }
SCOPED(EVP_PKEY_CTX, free_ctx)
SCOPED(EVP_PKEY, free_pkey)
SCOPED(EVP_MD_CTX, free_md)
SCOPED(ECDSA_SIG, free_sig)
SCOPED(PKCS8_PRIV_KEY_INFO, free_info)
#define scoped(f) __attribute__((__cleanup__(f)))

/* libcrypto's name of the kind of key */
static const char *
type_of(tmg_alg alg)
{
	static const char *const types[] = {
		[TMG_FAMILY_NONE] = "", [TMG_FAMILY_RSA] = "RSA", [TMG_FAMILY_EC] = "EC",
		[TMG_FAMILY_ED] = "ED25519", [TMG_FAMILY_X] = "X25519",
	};

	return types[tmg_alg_get(alg)->family];
}

static bool
set_size(tmg_alg alg, EVP_PKEY_CTX *ctx)
{
	const tmg_alg_row *row = tmg_alg_get(alg);

	switch (row->family) {
	case TMG_FAMILY_RSA:
		return EVP_PKEY_CTX_set_rsa_keygen_bits(ctx, (int)row->bits) == 1;
	case TMG_FAMILY_EC:
		return EVP_PKEY_CTX_set_group_name(ctx, row->group) == 1;
	default:
		return true;
	}
}

tmg_rc
vc_pkey_generate(tmg_alg alg, OSSL_LIB_CTX *lib, EVP_PKEY **pkey)
{
	scoped(free_ctx) EVP_PKEY_CTX *ctx =
	    EVP_PKEY_CTX_new_from_name(lib, type_of(alg), NULL);

	*pkey = NULL;
	if (ctx == NULL || EVP_PKEY_keygen_init(ctx) != 1 || !set_size(alg, ctx) ||
	    EVP_PKEY_generate(ctx, pkey) != 1)
		return TMG_E_CRYPTO;
	return TMG_OK;
}

/* ---- public halves --------------------------------------------------------- */
static tmg_rc
put_number(const EVP_PKEY *pkey, const char *name, uint32_t tag, tmg_out *out)
{
	uint8_t bytes[RSA_MAX_BYTES];
	BIGNUM *n = NULL;
	int len;

	if (EVP_PKEY_get_bn_param(pkey, name, &n) != 1)
		return TMG_E_CRYPTO;
	len = BN_num_bytes(n) <= RSA_MAX_BYTES ? BN_bn2bin(n, bytes) : -1;
	BN_free(n);
	if (len < 0)
		return TMG_E_SPACE;
	tmg_tlv_put(out, tag, (tmg_view){ bytes, (size_t)len });
	return tmg_out_done(out);
}

tmg_rc
vc_pkey_public(tmg_alg alg, const EVP_PKEY *pkey, tmg_out *out)
{
	uint8_t point[2 * FIELD_MAX + 1];
	size_t len;
	tmg_rc rc;

	if (tmg_alg_get(alg)->family == TMG_FAMILY_RSA) {
		if ((rc = put_number(pkey, OSSL_PKEY_PARAM_RSA_N, TAG_MODULUS, out)))
			return rc;
		return put_number(pkey, OSSL_PKEY_PARAM_RSA_E, TAG_EXPONENT, out);
	}
	if (EVP_PKEY_get_octet_string_param(pkey, OSSL_PKEY_PARAM_PUB_KEY, point,
	    sizeof(point), &len) != 1)
		return TMG_E_CRYPTO;
	tmg_tlv_put(out, TAG_POINT, (tmg_view){ point, len });
	return tmg_out_done(out);
}

/* ---- as the state file holds them ------------------------------------------- */
tmg_rc
vc_pkey_encode(EVP_PKEY *pkey, uint8_t **der, size_t *len)
{
	scoped(free_info) PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(pkey);
	const int n = info != NULL ? i2d_PKCS8_PRIV_KEY_INFO(info, der) : -1;

	if (n <= 0)
		return TMG_E_CRYPTO;
	*len = (size_t)n;
	return TMG_OK;
}

/* By the curve: others are as long. */
static bool
is_on(const EVP_PKEY *pkey, const char *group)
{
	const int nist = EC_curve_nist2nid(group);
	char name[32];
	size_t len;

	return EVP_PKEY_get_group_name(pkey, name, sizeof(name), &len) == 1 &&
	    OBJ_sn2nid(name) == (nist != NID_undef ? nist : OBJ_sn2nid(group));
}

static bool
is_a(const EVP_PKEY *pkey, tmg_alg alg)
{
	const tmg_alg_row *row = tmg_alg_get(alg);

	if (EVP_PKEY_is_a(pkey, type_of(alg)) != 1)
		return false;
	if (row->family == TMG_FAMILY_RSA)
		return EVP_PKEY_get_bits(pkey) == (int)row->bits;
	return row->family != TMG_FAMILY_EC || is_on(pkey, row->group);
}

tmg_rc
vc_pkey_decode(tmg_alg alg, OSSL_LIB_CTX *lib, tmg_view der, EVP_PKEY **pkey)
{
	const unsigned char *at = der.ptr;
	scoped(free_info) PKCS8_PRIV_KEY_INFO *info =
	    d2i_PKCS8_PRIV_KEY_INFO(NULL, &at, (long)der.len);

	*pkey = info != NULL ? EVP_PKCS82PKEY_ex(info, lib, NULL) : NULL;
	if (*pkey != NULL && is_a(*pkey, alg))
		return TMG_OK;
	EVP_PKEY_free(*pkey);
	*pkey = NULL;
	return TMG_E_MALFORMED;
}

/* ---- private operations ----------------------------------------------------- */
/* What the card makes of a block with that padding. */
static tmg_rc
rsa_decrypt(OSSL_LIB_CTX *lib, EVP_PKEY *pkey, int padding, tmg_view in, tmg_out *out)
{
	scoped(free_ctx) EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(lib, pkey, NULL);
	uint8_t bytes[RSA_MAX_BYTES];
	size_t len = sizeof(bytes);

	if (in.len != (size_t)EVP_PKEY_get_size(pkey))
		return TMG_E_MALFORMED;
	if (ctx == NULL || EVP_PKEY_decrypt_init(ctx) != 1 ||
	    EVP_PKEY_CTX_set_rsa_padding(ctx, padding) != 1)
		return TMG_E_CRYPTO;
	if (EVP_PKEY_decrypt(ctx, bytes, &len, in.ptr, in.len) != 1)
		return TMG_E_MALFORMED;
	tmg_put(out, (tmg_view){ bytes, len });
	OPENSSL_cleanse(bytes, sizeof(bytes));
	return tmg_out_done(out);
}

/* The caller has padded; the card only exponentiates. */
static tmg_rc
raw_rsa(OSSL_LIB_CTX *lib, EVP_PKEY *pkey, tmg_view in, tmg_out *out)
{
	return rsa_decrypt(lib, pkey, RSA_NO_PADDING, in, out);
}

tmg_rc
vc_pkey_rsa_decrypt(OSSL_LIB_CTX *lib, EVP_PKEY *pkey, tmg_view in, tmg_out *out)
{
	return rsa_decrypt(lib, pkey, RSA_PKCS1_PADDING, in, out);
}

tmg_rc
vc_pkey_rsa_oaep(OSSL_LIB_CTX *lib, EVP_PKEY *pkey, tmg_view in, tmg_out *out)
{
	return rsa_decrypt(lib, pkey, RSA_PKCS1_OAEP_PADDING, in, out);
}

tmg_rc
vc_pkey_rsa_sign(OSSL_LIB_CTX *lib, EVP_PKEY *pkey, tmg_view info, tmg_out *out)
{
	scoped(free_ctx) EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(lib, pkey, NULL);
	uint8_t bytes[RSA_MAX_BYTES];
	size_t len = sizeof(bytes);

	if (info.len == 0 || info.len > (size_t)EVP_PKEY_get_size(pkey) - RSA_PKCS1_PADDING_SIZE)
		return TMG_E_MALFORMED;
	if (ctx == NULL || EVP_PKEY_sign_init(ctx) != 1 ||
	    EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) != 1 ||
	    EVP_PKEY_sign(ctx, bytes, &len, info.ptr, info.len) != 1)
		return TMG_E_CRYPTO;
	tmg_put(out, (tmg_view){ bytes, len });
	return tmg_out_done(out);
}

/* Hashes are at most as long as the field (SP 800-73-4 part 2, A.4.2). */
static tmg_rc
ecdsa(OSSL_LIB_CTX *lib, EVP_PKEY *pkey, size_t field, tmg_view in, tmg_out *out)
{
	scoped(free_ctx) EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(lib, pkey, NULL);
	uint8_t bytes[160];
	size_t len = sizeof(bytes);

	if (in.len == 0 || in.len > field)
		return TMG_E_MALFORMED;
	if (ctx == NULL || EVP_PKEY_sign_init(ctx) != 1 ||
	    EVP_PKEY_sign(ctx, bytes, &len, in.ptr, in.len) != 1)
		return TMG_E_CRYPTO;
	tmg_put(out, (tmg_view){ bytes, len });
	return tmg_out_done(out);
}

tmg_rc
vc_pkey_ecdsa_flat(tmg_alg alg, OSSL_LIB_CTX *lib, EVP_PKEY *pkey, tmg_view in, tmg_out *out)
{
	const size_t field = tmg_alg_bytes(alg);
	uint8_t der[160], half[2 * FIELD_MAX];
	const unsigned char *at = der;
	tmg_out made = TMG_OUT(der);
	tmg_rc rc;

	if ((rc = ecdsa(lib, pkey, field, in, &made)))
		return rc;

	scoped(free_sig) ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &at, (long)made.len);

	if (sig == NULL ||
	    BN_bn2binpad(ECDSA_SIG_get0_r(sig), half, (int)field) < 0 ||
	    BN_bn2binpad(ECDSA_SIG_get0_s(sig), half + field, (int)field) < 0)
		return TMG_E_CRYPTO;
	tmg_put(out, (tmg_view){ half, 2 * field });
	return tmg_out_done(out);
}

static tmg_rc
eddsa(OSSL_LIB_CTX *lib, EVP_PKEY *pkey, tmg_view in, tmg_out *out)
{
	scoped(free_md) EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	uint8_t bytes[64];
	size_t len = sizeof(bytes);

	if (ctx == NULL ||
	    EVP_DigestSignInit_ex(ctx, NULL, NULL, lib, NULL, pkey, NULL) != 1 ||
	    EVP_DigestSign(ctx, bytes, &len, in.ptr, in.len) != 1)
		return TMG_E_CRYPTO;
	tmg_put(out, (tmg_view){ bytes, len });
	return tmg_out_done(out);
}

uint16_t
vc_pkey_sw(tmg_rc rc)
{
	return rc == TMG_OK ? SW_OK : rc == TMG_E_CRYPTO ? SW_INTERNAL : SW_DATA;
}

tmg_rc
vc_pkey_private(tmg_alg alg, OSSL_LIB_CTX *lib, EVP_PKEY *pkey, tmg_view in,
    tmg_out *out)
{
	switch (tmg_alg_get(alg)->family) {
	case TMG_FAMILY_RSA:
		return raw_rsa(lib, pkey, in, out);
	case TMG_FAMILY_EC:
		return ecdsa(lib, pkey, tmg_alg_bytes(alg), in, out);
	case TMG_FAMILY_ED:
		return eddsa(lib, pkey, in, out);
	default:
		return TMG_UNSUPPORTED;
	}
}

/* The other side's public key: same kind and group as ours. */
static EVP_PKEY *
peer_of(EVP_PKEY *pkey, tmg_view point)
{
	EVP_PKEY *peer = EVP_PKEY_new();

	if (peer == NULL || EVP_PKEY_copy_parameters(peer, pkey) != 1 ||
	    EVP_PKEY_set1_encoded_public_key(peer, point.ptr, point.len) != 1) {
		EVP_PKEY_free(peer);
		return NULL;
	}
	return peer;
}

static EVP_PKEY *
peer_of_x(OSSL_LIB_CTX *lib, const char *type, tmg_view point)
{
	return EVP_PKEY_new_raw_public_key_ex(lib, type, NULL, point.ptr, point.len);
}

tmg_rc
vc_pkey_derive(tmg_alg alg, OSSL_LIB_CTX *lib, EVP_PKEY *pkey, tmg_view in,
    tmg_out *out)
{
	const tmg_family family = tmg_alg_get(alg)->family;
	uint8_t bytes[FIELD_MAX];
	size_t len = sizeof(bytes);

	if (family != TMG_FAMILY_EC && family != TMG_FAMILY_X)
		return TMG_UNSUPPORTED;

	scoped(free_pkey) EVP_PKEY *peer = family == TMG_FAMILY_EC ?
	    peer_of(pkey, in) : peer_of_x(lib, type_of(alg), in);

	if (peer == NULL)
		return TMG_E_MALFORMED;

	scoped(free_ctx) EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(lib, pkey, NULL);

	if (ctx == NULL || EVP_PKEY_derive_init(ctx) != 1)
		return TMG_E_CRYPTO;
	if (EVP_PKEY_derive_set_peer(ctx, peer) != 1 ||
	    EVP_PKEY_derive(ctx, bytes, &len) != 1)
		return TMG_E_MALFORMED;
	tmg_put(out, (tmg_view){ bytes, len });
	return tmg_out_done(out);
}
