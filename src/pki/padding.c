/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libcrypto's padding checks are written to run in constant time and are
 * better than what we would write, but exist only as deprecated functions:
 * this one file asks for them.
 */
#undef OPENSSL_NO_DEPRECATED
#define OPENSSL_SUPPRESS_DEPRECATED

#include "src/pki/padding.h"

#include <limits.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>

#include "src/base/scope.h"
#include "src/pki/scope.h"

enum {
	K_MAX = TMG_SIG_MAX,	/* bytes of the longest modulus */
	PKCS1_OVERHEAD = 11,	/* 00 BT, eight bytes of PS, 00: RFC 8017 7.2.1 */
	PSS_TRAILER = 0xbc,	/* RFC 8017 9.1.1, step 12 */
	PSS_ZEROS = 8,		/* RFC 8017 9.1.1, step 5 */
	DIGEST_MAX = 64,
};

/* DigestInfo up to the digest: RFC 8017 9.2, note 1. */
static const uint8_t info_sha1[] = {
	0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a,
	0x05, 0x00, 0x04, 0x14,
};
static const uint8_t info_sha224[] = {
	0x30, 0x2d, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65,
	0x03, 0x04, 0x02, 0x04, 0x05, 0x00, 0x04, 0x1c,
};
static const uint8_t info_sha256[] = {
	0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65,
	0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20,
};
static const uint8_t info_sha384[] = {
	0x30, 0x41, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65,
	0x03, 0x04, 0x02, 0x02, 0x05, 0x00, 0x04, 0x30,
};
static const uint8_t info_sha512[] = {
	0x30, 0x51, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65,
	0x03, 0x04, 0x02, 0x03, 0x05, 0x00, 0x04, 0x40,
};

static const struct {
	const uint8_t *ptr;
	size_t len;
} infos[TMG_HASH_COUNT] = {
	[TMG_HASH_SHA1] = { info_sha1, sizeof(info_sha1) },
	[TMG_HASH_SHA224] = { info_sha224, sizeof(info_sha224) },
	[TMG_HASH_SHA256] = { info_sha256, sizeof(info_sha256) },
	[TMG_HASH_SHA384] = { info_sha384, sizeof(info_sha384) },
	[TMG_HASH_SHA512] = { info_sha512, sizeof(info_sha512) },
};

/* A block as long as a modulus; wiped on every path out of its scope. */
typedef struct block {
	uint8_t bytes[K_MAX];
} block;

static void
block_release(block *b)
{
	explicit_bzero(b, sizeof(*b));
}

tmg_rc
tmg_digest_info(tmg_hash hash, tmg_view digest, tmg_out *t)
{
	if (hash == TMG_HASH_NONE || tmg_hash_bytes(hash) == 0 ||
	    digest.len != tmg_hash_bytes(hash))
		return TMG_E_USAGE;

	tmg_put(t, (tmg_view){ infos[hash].ptr, infos[hash].len });
	tmg_put(t, digest);
	return tmg_out_done(t);
}

tmg_rc
tmg_pad_pkcs1(tmg_hash hash, tmg_view input, size_t k, tmg_out *em)
{
	uint8_t info[sizeof(info_sha512) + DIGEST_MAX];
	tmg_out made = TMG_OUT(info);
	tmg_rc rc;

	if (hash != TMG_HASH_NONE) {
		if ((rc = tmg_digest_info(hash, input, &made)))
			return rc;
		input = tmg_out_view(&made);
	}
	if (k > K_MAX || k < PKCS1_OVERHEAD || input.len > k - PKCS1_OVERHEAD)
		return TMG_E_USAGE;

	tmg_put_u8(em, 0x00);
	tmg_put_u8(em, 0x01);
	for (size_t n = k - 3 - input.len; n > 0; n--)
		tmg_put_u8(em, 0xff);
	tmg_put_u8(em, 0x00);
	tmg_put(em, input);
	return tmg_out_done(em);
}

/* H = Hash(eight zeros, digest, salt): RFC 8017 9.1.1, steps 5 and 6. */
static tmg_rc
pss_h(const EVP_MD *md, tmg_view digest, tmg_view salt, uint8_t *h)
{
	static const uint8_t zeros[PSS_ZEROS];
	tmg_held(EVP_MD_CTX) c = EVP_MD_CTX_new();

	if (c == NULL)
		return TMG_E_NOMEM;
	if (EVP_DigestInit_ex(c, md, NULL) != 1 ||
	    EVP_DigestUpdate(c, zeros, sizeof(zeros)) != 1 ||
	    EVP_DigestUpdate(c, digest.ptr, digest.len) != 1 ||
	    EVP_DigestUpdate(c, salt.ptr, salt.len) != 1 ||
	    EVP_DigestFinal_ex(c, h, NULL) != 1)
		return TMG_E_CRYPTO;
	return TMG_OK;
}

/* maskedDB: RFC 8017 9.1.1, steps 7 to 11.  db holds zeros. */
static tmg_rc
pss_db(const EVP_MD *mgf, tmg_view salt, tmg_view h, size_t top, uint8_t *db,
    size_t len)
{
	block mask;

	db[len - salt.len - 1] = 0x01;
	if (salt.len > 0)
		memcpy(db + len - salt.len, salt.ptr, salt.len);
	if (PKCS1_MGF1(mask.bytes, (long)len, h.ptr, (long)h.len, mgf) != 0)
		return TMG_E_CRYPTO;
	for (size_t i = 0; i < len; i++)
		db[i] = (uint8_t)(db[i] ^ mask.bytes[i]);
	db[0] = (uint8_t)(db[0] & (0xffu >> top));
	return TMG_OK;
}

tmg_rc
tmg_pad_pss(OSSL_LIB_CTX *libctx, const tmg_sign_spec *spec, tmg_view digest,
    size_t bits, tmg_out *em)
{
	const size_t hlen = tmg_hash_bytes(spec->hash);
	const size_t em_len = (bits + 6) / 8;	/* of bits - 1: RFC 8017 8.1.1 */
	tmg_held(EVP_MD) md = NULL;
	tmg_held(EVP_MD) mgf = NULL;
	tmg_auto(block) salt = { { 0 } };
	block db = { { 0 } };
	uint8_t h[DIGEST_MAX];
	tmg_rc rc;

	if (hlen == 0 || tmg_hash_bytes(spec->mgf) == 0 || digest.len != hlen ||
	    em_len > K_MAX || spec->salt_len > em_len ||
	    em_len < hlen + spec->salt_len + 2)
		return TMG_E_USAGE;

	md = EVP_MD_fetch(libctx, tmg_hash_name(spec->hash), NULL);
	mgf = EVP_MD_fetch(libctx, tmg_hash_name(spec->mgf), NULL);
	if (md == NULL || mgf == NULL ||
	    RAND_bytes_ex(libctx, salt.bytes, spec->salt_len, 0) != 1)
		return TMG_E_CRYPTO;

	const tmg_view s = { salt.bytes, spec->salt_len };
	const size_t db_len = em_len - hlen - 1;

	if ((rc = pss_h(md, digest, s, h)) ||
	    (rc = pss_db(mgf, s, (tmg_view){ h, hlen }, 8 * em_len - (bits - 1),
	    db.bytes, db_len)))
		return rc;

	if (em_len < (bits + 7) / 8)
		tmg_put_u8(em, 0x00);
	tmg_put(em, (tmg_view){ db.bytes, db_len });
	tmg_put(em, (tmg_view){ h, hlen });
	tmg_put_u8(em, PSS_TRAILER);
	return tmg_out_done(em);
}

static tmg_rc
pad_raw(tmg_view input, size_t k, tmg_out *em)
{
	if (input.len != k)
		return TMG_E_USAGE;
	tmg_put(em, input);
	return tmg_out_done(em);
}

tmg_rc
tmg_pad_sign(OSSL_LIB_CTX *libctx, const tmg_sign_spec *spec, tmg_view input,
    size_t bits, tmg_out *em)
{
	const size_t k = (bits + 7) / 8;

	switch (spec->scheme) {
	case TMG_SIGN_PKCS1:
		return tmg_pad_pkcs1(spec->hash, input, k, em);
	case TMG_SIGN_PSS:
		return tmg_pad_pss(libctx, spec, input, bits, em);
	case TMG_SIGN_RAW:
		return pad_raw(input, k, em);
	case TMG_SIGN_ECDSA:
	case TMG_SIGN_EDDSA:
		break;
	}
	return TMG_E_USAGE;
}

/* What libcrypto's checks answer: a length, or -1 whatever was wrong. */
static tmg_rc
unpadded(const block *b, int len, tmg_out *plain)
{
	if (len < 0)
		return TMG_E_MALFORMED;
	tmg_put(plain, (tmg_view){ b->bytes, (size_t)len });
	return tmg_out_done(plain);
}

tmg_rc
tmg_unpad_pkcs1(tmg_view em, tmg_out *plain)
{
	tmg_auto(block) m = { { 0 } };
	int len;

	if (em.len > K_MAX || em.len < PKCS1_OVERHEAD)
		return TMG_E_MALFORMED;

	ERR_set_mark();
	len = RSA_padding_check_PKCS1_type_2(m.bytes, (int)em.len, em.ptr,
	    (int)em.len, (int)em.len);
	ERR_pop_to_mark();
	return unpadded(&m, len, plain);
}

tmg_rc
tmg_unpad_oaep(OSSL_LIB_CTX *libctx, const tmg_decrypt_spec *spec, tmg_view em,
    tmg_out *plain)
{
	tmg_held(EVP_MD) md = NULL;
	tmg_held(EVP_MD) mgf = NULL;
	tmg_auto(block) m = { { 0 } };
	int len;

	if (tmg_hash_bytes(spec->hash) == 0 || tmg_hash_bytes(spec->mgf) == 0 ||
	    spec->label.len > INT_MAX)
		return TMG_E_USAGE;
	if (em.len > K_MAX || em.len < 2 * tmg_hash_bytes(spec->hash) + 2)
		return TMG_E_MALFORMED;

	md = EVP_MD_fetch(libctx, tmg_hash_name(spec->hash), NULL);
	mgf = EVP_MD_fetch(libctx, tmg_hash_name(spec->mgf), NULL);
	if (md == NULL || mgf == NULL)
		return TMG_E_CRYPTO;

	ERR_set_mark();
	len = RSA_padding_check_PKCS1_OAEP_mgf1(m.bytes, (int)em.len, em.ptr,
	    (int)em.len, (int)em.len, spec->label.ptr, (int)spec->label.len,
	    md, mgf);
	ERR_pop_to_mark();
	return unpadded(&m, len, plain);
}

tmg_rc
tmg_unpad(OSSL_LIB_CTX *libctx, const tmg_decrypt_spec *spec, tmg_view em,
    tmg_out *plain)
{
	switch (spec->padding) {
	case TMG_DECRYPT_PKCS1:
		return tmg_unpad_pkcs1(em, plain);
	case TMG_DECRYPT_OAEP:
		return tmg_unpad_oaep(libctx, spec, em, plain);
	case TMG_DECRYPT_RAW:
		tmg_put(plain, em);
		return tmg_out_done(plain);
	}
	return TMG_E_USAGE;
}
