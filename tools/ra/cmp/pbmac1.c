/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/cmp/pbmac1.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include "src/base/ctx.h"
#include "src/base/scope.h"
#include "src/base/secret.h"
#include "src/codec/tlv.h"
#include "src/pki/scope.h"

enum {
	INTEGER = 0x02,
	OCTET_STRING = 0x04,
	OID = 0x06,
	SEQUENCE = 0x30,
	SALT_MIN = 8,		/* octets, RFC 8018 4.1 */
	KEY_MIN = 16,		/* octets; what is shorter protects nothing */
	KEY_MAX = 64,
	ROUNDS_MIN = 1000,	/* RFC 8018 4.2 */
	ROUNDS_MAX = 100000,	/* as of PasswordBasedMac: strangers choose it */
};

/* 1.2.840.113549.1.5.14 and .12; 1.2.840.113549.2.n */
static const uint8_t pbmac1[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 5, 14 };
static const uint8_t pbkdf2[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 5, 12 };

static const struct {
	uint8_t oid[8];
	const char *digest;
	unsigned size;
} hashes[] = {
	{ { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, 9 }, "SHA256", 32 },
	{ { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, 10 }, "SHA384", 48 },
	{ { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, 11 }, "SHA512", 64 },
};

typedef struct parameters {
	tmg_view salt;
	unsigned rounds, key;		/* key: octets, 0 not said */
	const char *prf, *mac;		/* digests */
	unsigned size;			/* of mac */
} parameters;

static tmg_rc
read_number(tmg_view *in, unsigned *number)
{
	tmg_view octets;

	if (tmg_tlv_expect(in, INTEGER, &octets) || octets.len == 0 || octets.len > 4 ||
	    (octets.ptr[0] & 0x80) != 0)
		return TMG_UNSUPPORTED;
	for (*number = 0; octets.len > 0; octets.len--)
		*number = *number << 8 | *octets.ptr++;
	return TMG_OK;
}

/* An AlgorithmIdentifier of HMAC. */
static tmg_rc
read_hash(tmg_view *in, const char **digest, unsigned *size)
{
	tmg_view algorithm, oid;

	if (tmg_tlv_expect(in, SEQUENCE, &algorithm) ||
	    tmg_tlv_expect(&algorithm, OID, &oid))
		return TMG_UNSUPPORTED;
	for (size_t i = 0; i < TMG_COUNT(hashes); i++)
		if (tmg_view_equal(oid, TMG_VIEW(hashes[i].oid))) {
			*digest = hashes[i].digest;
			*size = hashes[i].size;
			return TMG_OK;
		}
	return TMG_UNSUPPORTED;
}

/* PBKDF2-params, RFC 8018 A.2; its usual hash is SHA-1, which is not taken. */
static tmg_rc
read_derivation(tmg_view in, parameters *p)
{
	tmg_view oid, params;
	unsigned size;

	if (tmg_tlv_expect(&in, OID, &oid) || !tmg_view_equal(oid, TMG_VIEW(pbkdf2)) ||
	    tmg_tlv_expect(&in, SEQUENCE, &params) ||
	    tmg_tlv_expect(&params, OCTET_STRING, &p->salt) ||
	    read_number(&params, &p->rounds) ||
	    (params.len > 0 && params.ptr[0] == INTEGER && read_number(&params, &p->key)))
		return TMG_UNSUPPORTED;
	return read_hash(&params, &p->prf, &size);
}

static tmg_rc
read_parameters(tmg_view algorithm, parameters *p)
{
	tmg_view parts, oid, params, derivation;

	*p = (parameters){ .key = 0 };
	if (tmg_tlv_expect(&algorithm, SEQUENCE, &parts) ||
	    tmg_tlv_expect(&parts, OID, &oid) ||
	    !tmg_view_equal(oid, TMG_VIEW(pbmac1)) ||
	    tmg_tlv_expect(&parts, SEQUENCE, &params) ||
	    tmg_tlv_expect(&params, SEQUENCE, &derivation) ||
	    read_derivation(derivation, p) || read_hash(&params, &p->mac, &p->size))
		return TMG_UNSUPPORTED;
	if (p->key == 0)
		p->key = p->size;
	return p->salt.len < SALT_MIN || p->rounds < ROUNDS_MIN ||
	    p->rounds > ROUNDS_MAX || p->key < KEY_MIN || p->key > KEY_MAX ?
	    TMG_UNSUPPORTED : TMG_OK;
}

bool
ra_cmp_pbmac1_is(tmg_view algorithm)
{
	tmg_view parts, oid;

	return tmg_tlv_expect(&algorithm, SEQUENCE, &parts) == TMG_OK &&
	    tmg_tlv_expect(&parts, OID, &oid) == TMG_OK &&
	    tmg_view_equal(oid, TMG_VIEW(pbmac1));
}

static bool
derive(OSSL_LIB_CTX *libctx, const parameters *p, tmg_view secret, tmg_secret *key)
{
	tmg_held(EVP_KDF) kdf = EVP_KDF_fetch(libctx, "PBKDF2", NULL);
	tmg_held(EVP_KDF_CTX) c = kdf != NULL ? EVP_KDF_CTX_new(kdf) : NULL;
	unsigned rounds = p->rounds;
	const OSSL_PARAM params[] = {
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_PASSWORD,
		    (void *)(uintptr_t)secret.ptr, secret.len),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT,
		    (void *)(uintptr_t)p->salt.ptr, p->salt.len),
		OSSL_PARAM_construct_uint(OSSL_KDF_PARAM_ITER, &rounds),
		OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST,
		    (char *)(uintptr_t)p->prf, 0),
		OSSL_PARAM_construct_end(),
	};

	key->len = p->key;
	return c != NULL && EVP_KDF_derive(c, key->bytes, key->len, params) == 1;
}

tmg_rc
ra_cmp_pbmac1_put(tmg_ctx *ctx, tmg_view algorithm, tmg_view secret,
    tmg_view protected, tmg_out *bits)
{
	OSSL_LIB_CTX *libctx = tmg_ctx_libctx(ctx);
	uint8_t mac[EVP_MAX_MD_SIZE];
	tmg_auto_secret key = { .len = 0 };
	parameters p;
	size_t len = 0;
	bool made;

	if (read_parameters(algorithm, &p))
		return TMG_UNSUPPORTED;
	made = derive(libctx, &p, secret, &key) &&
	    EVP_Q_mac(libctx, "HMAC", NULL, p.mac, NULL, key.bytes, key.len,
	    protected.ptr, protected.len, mac, sizeof(mac), &len) != NULL;
	if (made)
		tmg_put(bits, (tmg_view){ mac, len });
	ERR_clear_error();
	return made && !bits->full ? TMG_OK : TMG_UNSUPPORTED;
}

tmg_rc
ra_cmp_pbmac1_again(tmg_ctx *ctx, tmg_view asked, tmg_out *der)
{
	const size_t begin = der->len;
	parameters p;

	if (read_parameters(asked, &p))
		return TMG_UNSUPPORTED;
	tmg_put(der, asked);
	if (der->full)
		return TMG_E_SPACE;
	return RAND_bytes_ex(tmg_ctx_libctx(ctx), der->ptr + begin +
	    (p.salt.ptr - asked.ptr), p.salt.len, 0) == 1 ? TMG_OK : TMG_E_CRYPTO;
}
