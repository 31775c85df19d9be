/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/vcard/piv_alg.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "src/base/scope.h"
#include "src/codec/tlv.h"

#define RSA_MAX_BYTES 512	/* RSA 4096 */

enum {
	TAG_MODULUS = 0x81,
	TAG_EXPONENT = 0x82,
	TAG_POINT = 0x86,
};

const vc_alg vc_alg_none = { 0, TMG_ALG_NONE, "", false, { 0xff, 0 } };

static const vc_alg rows[] = {
	{ 0x06, TMG_ALG_RSA1024, "RSA", false, { 4, 0 } },
	{ 0x07, TMG_ALG_RSA2048, "RSA", true, { 4, 0 } },
	{ 0x05, TMG_ALG_RSA3072, "RSA", false, { 5, 7 } },
	{ 0x16, TMG_ALG_RSA4096, "RSA", false, { 5, 7 } },
	{ 0x11, TMG_ALG_P256, "EC", true, { 4, 0 } },
	{ 0x14, TMG_ALG_P384, "EC", true, { 4, 0 } },
	{ 0xe0, TMG_ALG_ED25519, "ED25519", false, { 5, 7 } },
	{ 0xe1, TMG_ALG_X25519, "X25519", false, { 5, 7 } },
};

#define SCOPED(type, name) \
	static void name(type **p) { type##_free(*p); }
SCOPED(EVP_PKEY_CTX, free_ctx)
SCOPED(EVP_PKEY, free_pkey)
SCOPED(EVP_MD_CTX, free_md)
#define scoped(f) __attribute__((__cleanup__(f)))

const vc_alg *
vc_alg_of_id(uint8_t id)
{
	for (size_t i = 0; i < TMG_COUNT(rows); i++)
		if (rows[i].id == id)
			return &rows[i];
	return &vc_alg_none;
}

const vc_alg *
vc_alg_of(tmg_alg alg)
{
	for (size_t i = 0; i < TMG_COUNT(rows); i++)
		if (rows[i].alg == alg)
			return &rows[i];
	return &vc_alg_none;
}

static bool
set_size(const vc_alg *alg, EVP_PKEY_CTX *ctx)
{
	const tmg_alg_row *row = tmg_alg_get(alg->alg);

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
vc_alg_generate(const vc_alg *alg, OSSL_LIB_CTX *lib, EVP_PKEY **pkey)
{
	scoped(free_ctx) EVP_PKEY_CTX *ctx =
	    EVP_PKEY_CTX_new_from_name(lib, alg->type, NULL);

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
vc_alg_public(const vc_alg *alg, const EVP_PKEY *pkey, tmg_out *out)
{
	uint8_t point[256];
	size_t len;
	tmg_rc rc;

	if (tmg_alg_get(alg->alg)->family == TMG_FAMILY_RSA) {
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

/* ---- private operations ----------------------------------------------------- */
/* The caller has padded; the card only exponentiates. */
static tmg_rc
raw_rsa(OSSL_LIB_CTX *lib, EVP_PKEY *pkey, tmg_view in, tmg_out *out)
{
	scoped(free_ctx) EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(lib, pkey, NULL);
	uint8_t bytes[RSA_MAX_BYTES];
	size_t len = sizeof(bytes);

	if (in.len != (size_t)EVP_PKEY_get_size(pkey))
		return TMG_E_MALFORMED;
	if (ctx == NULL || EVP_PKEY_decrypt_init(ctx) != 1 ||
	    EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_NO_PADDING) != 1)
		return TMG_E_CRYPTO;
	if (EVP_PKEY_decrypt(ctx, bytes, &len, in.ptr, in.len) != 1)
		return TMG_E_MALFORMED;
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

tmg_rc
vc_alg_private(const vc_alg *alg, OSSL_LIB_CTX *lib, EVP_PKEY *pkey, tmg_view in,
    tmg_out *out)
{
	switch (tmg_alg_get(alg->alg)->family) {
	case TMG_FAMILY_RSA:
		return raw_rsa(lib, pkey, in, out);
	case TMG_FAMILY_EC:
		return ecdsa(lib, pkey, tmg_alg_bytes(alg->alg), in, out);
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
vc_alg_derive(const vc_alg *alg, OSSL_LIB_CTX *lib, EVP_PKEY *pkey, tmg_view in,
    tmg_out *out)
{
	const tmg_family family = tmg_alg_get(alg->alg)->family;
	uint8_t bytes[64];
	size_t len = sizeof(bytes);

	if (family != TMG_FAMILY_EC && family != TMG_FAMILY_X)
		return TMG_UNSUPPORTED;

	scoped(free_pkey) EVP_PKEY *peer = family == TMG_FAMILY_EC ?
	    peer_of(pkey, in) : peer_of_x(lib, alg->type, in);

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
