/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What C_GetMechanismList says is true: every mechanism that is listed is used
 * for everything that its flags say, and judged by libcrypto.
 */
#include "tests/unit/p11-world.h"

#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#define LIST_MAX 64
#define FLAGS (CKF_SIGN | CKF_VERIFY | CKF_ENCRYPT | CKF_DECRYPT | CKF_DERIVE | \
    CKF_GENERATE_KEY_PAIR)

enum { SLOT_EC, SLOT_RSA, SLOT_ED, SLOT_X };	/* 9a, 9d, 9c, 82 */
static const CK_BYTE ids[] = { 0x9a, 0x9d, 0x9c, 0x82 };
static const size_t slots[] = { 0, 2, 1, 4 };

/* What a mechanism is: with which key, over which hash and padding. */
static const struct judged {
	CK_MECHANISM_TYPE type;
	int slot;
	const char *md;		/* made by the mechanism, or of the parameters */
	int padding;
	bool hashes;
} judged[] = {
	{ CKM_RSA_PKCS, SLOT_RSA, NULL, RSA_PKCS1_PADDING, false },
	{ CKM_SHA1_RSA_PKCS, SLOT_RSA, "SHA1", RSA_PKCS1_PADDING, true },
	{ CKM_SHA224_RSA_PKCS, SLOT_RSA, "SHA224", RSA_PKCS1_PADDING, true },
	{ CKM_SHA256_RSA_PKCS, SLOT_RSA, "SHA256", RSA_PKCS1_PADDING, true },
	{ CKM_SHA384_RSA_PKCS, SLOT_RSA, "SHA384", RSA_PKCS1_PADDING, true },
	{ CKM_SHA512_RSA_PKCS, SLOT_RSA, "SHA512", RSA_PKCS1_PADDING, true },
	{ CKM_RSA_PKCS_PSS, SLOT_RSA, "SHA256", RSA_PKCS1_PSS_PADDING, false },
	{ CKM_SHA1_RSA_PKCS_PSS, SLOT_RSA, "SHA1", RSA_PKCS1_PSS_PADDING, true },
	{ CKM_SHA224_RSA_PKCS_PSS, SLOT_RSA, "SHA224", RSA_PKCS1_PSS_PADDING, true },
	{ CKM_SHA256_RSA_PKCS_PSS, SLOT_RSA, "SHA256", RSA_PKCS1_PSS_PADDING, true },
	{ CKM_SHA384_RSA_PKCS_PSS, SLOT_RSA, "SHA384", RSA_PKCS1_PSS_PADDING, true },
	{ CKM_SHA512_RSA_PKCS_PSS, SLOT_RSA, "SHA512", RSA_PKCS1_PSS_PADDING, true },
	{ CKM_RSA_X_509, SLOT_RSA, NULL, RSA_NO_PADDING, false },
	{ CKM_RSA_PKCS_OAEP, SLOT_RSA, "SHA256", RSA_PKCS1_OAEP_PADDING, false },
	{ CKM_ECDSA, SLOT_EC, NULL, 0, false },
	{ CKM_ECDSA_SHA1, SLOT_EC, "SHA1", 0, true },
	{ CKM_ECDSA_SHA224, SLOT_EC, "SHA224", 0, true },
	{ CKM_ECDSA_SHA256, SLOT_EC, "SHA256", 0, true },
	{ CKM_ECDSA_SHA384, SLOT_EC, "SHA384", 0, true },
	{ CKM_ECDSA_SHA512, SLOT_EC, "SHA512", 0, true },
	{ CKM_EDDSA, SLOT_ED, NULL, 0, false },
	{ CKM_ECDH1_DERIVE, SLOT_X, NULL, 0, false },
	{ CKM_ECDH1_COFACTOR_DERIVE, SLOT_EC, NULL, 0, false },
	{ CKM_RSA_PKCS_KEY_PAIR_GEN, SLOT_RSA, NULL, 0, false },
	{ CKM_EC_KEY_PAIR_GEN, SLOT_EC, NULL, 0, false },
	{ CKM_EC_EDWARDS_KEY_PAIR_GEN, SLOT_ED, NULL, 0, false },
	{ CKM_EC_MONTGOMERY_KEY_PAIR_GEN, SLOT_X, NULL, 0, false },
};

static int
full_card(void **state)
{
	world(state);
	fake_key_of(&CARD->slots[1], TMG_ALG_ED25519, "Ed", TMG_PIN_ONCE);
	fake_key_of(&CARD->slots[2], TMG_ALG_RSA2048, "Rsa", TMG_PIN_ONCE);
	fake_key_of(&CARD->slots[4], TMG_ALG_X25519, "X", TMG_PIN_ONCE);
	return C_Initialize(NULL) == CKR_OK ? 0 : -1;
}

/* ---- what goes in -------------------------------------------------------- */

/* A mechanism with its parameters, and what it is used on. */
struct use {
	const struct judged *j;
	CK_MECHANISM m;
	CK_RSA_PKCS_PSS_PARAMS pss;
	CK_RSA_PKCS_OAEP_PARAMS oaep;
	CK_ECDH1_DERIVE_PARAMS ecdh;
	CK_BYTE in[256];
	CK_ULONG in_len;
};

static const struct { const char *md; CK_MECHANISM_TYPE type; CK_ULONG mgf, len; } hashes[] = {
	{ "SHA1", CKM_SHA_1, CKG_MGF1_SHA1, 20 },
	{ "SHA224", CKM_SHA224, CKG_MGF1_SHA224, 28 },
	{ "SHA256", CKM_SHA256, CKG_MGF1_SHA256, 32 },
	{ "SHA384", CKM_SHA384, CKG_MGF1_SHA384, 48 },
	{ "SHA512", CKM_SHA512, CKG_MGF1_SHA512, 64 },
};

static size_t
hash_of(const char *md)
{
	size_t i = 0;

	while (strcmp(hashes[i].md, md) != 0)
		i++;
	return i;
}

static void
prepare(struct use *u, const struct judged *j)
{
	memset(u, 0, sizeof(*u));
	u->j = j;
	u->m.mechanism = j->type;
	memset(u->in, 0x5a, sizeof(u->in));
	u->in[0] = 0;			/* less than any modulus */
	u->in_len = j->padding == RSA_NO_PADDING ? 256 : 32;
	if (j->padding == RSA_PKCS1_PSS_PADDING) {
		const size_t h = hash_of(j->md);

		u->pss = (CK_RSA_PKCS_PSS_PARAMS){ hashes[h].type, hashes[h].mgf,
		    hashes[h].len };
		u->m.pParameter = &u->pss;
		u->m.ulParameterLen = sizeof(u->pss);
	}
	if (j->padding == RSA_PKCS1_OAEP_PADDING) {
		u->oaep = (CK_RSA_PKCS_OAEP_PARAMS){ CKM_SHA256, CKG_MGF1_SHA256,
		    CKZ_DATA_SPECIFIED, NULL, 0 };
		u->m.pParameter = &u->oaep;
		u->m.ulParameterLen = sizeof(u->oaep);
	}
}

static EVP_PKEY *
public_key(int slot)
{
	const struct fake_slot *s = &CARD->slots[slots[slot]];
	const unsigned char *at = s->spki;

	return d2i_PUBKEY(NULL, &at, (long)s->spki_len);
}

/* ---- judging ------------------------------------------------------------- */

/* r and s as libcrypto wants them. */
static size_t
as_der(const CK_BYTE *sig, CK_ULONG len, CK_BYTE *der)
{
	const int n = (int)(len / 2);
	ECDSA_SIG *rs = ECDSA_SIG_new();
	unsigned char *at = der;
	int size;

	ECDSA_SIG_set0(rs, BN_bin2bn(sig, n, NULL), BN_bin2bn(sig + n, n, NULL));
	size = i2d_ECDSA_SIG(rs, &at);
	ECDSA_SIG_free(rs);
	return (size_t)size;
}

static bool
set_padding(EVP_PKEY_CTX *ctx, const struct judged *j)
{
	if (j->padding != 0 && EVP_PKEY_CTX_set_rsa_padding(ctx, j->padding) != 1)
		return false;
	return j->padding != RSA_PKCS1_PSS_PADDING ||
	    EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, RSA_PSS_SALTLEN_DIGEST) == 1;
}

/* The mechanism hashes, or it is EdDSA. */
static bool
holds_message(EVP_PKEY *key, const struct use *u, const CK_BYTE *sig, size_t len)
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	EVP_PKEY_CTX *ctx = NULL;
	const bool ok = EVP_DigestVerifyInit_ex(md, &ctx, u->j->md, NULL, NULL, key,
	    NULL) == 1 && (u->j->slot == SLOT_ED || set_padding(ctx, u->j)) &&
	    EVP_DigestVerify(md, sig, len, u->in, u->in_len) == 1;

	EVP_MD_CTX_free(md);
	return ok;
}

/* What came in is what was signed. */
static bool
holds_digest(EVP_PKEY *key, const struct use *u, const CK_BYTE *sig, size_t len)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
	CK_BYTE back[512];
	size_t n = sizeof(back);
	bool ok;

	if (u->j->padding == RSA_NO_PADDING) {
		ok = EVP_PKEY_verify_recover_init(ctx) == 1 &&
		    set_padding(ctx, u->j) &&
		    EVP_PKEY_verify_recover(ctx, back, &n, sig, len) == 1 &&
		    n == u->in_len && memcmp(back, u->in, n) == 0;
	} else {
		ok = EVP_PKEY_verify_init(ctx) == 1 && set_padding(ctx, u->j) &&
		    (u->j->md == NULL || EVP_PKEY_CTX_set_signature_md(ctx,
			EVP_get_digestbyname(u->j->md)) == 1) &&
		    EVP_PKEY_verify(ctx, sig, len, u->in, u->in_len) == 1;
	}
	EVP_PKEY_CTX_free(ctx);
	return ok;
}

static bool
holds(const struct use *u, const CK_BYTE *sig, CK_ULONG len)
{
	EVP_PKEY *key = public_key(u->j->slot);
	CK_BYTE der[160];
	bool ok;

	if (u->j->slot == SLOT_EC) {
		len = as_der(sig, len, der);
		sig = der;
	}
	ok = u->j->hashes || u->j->slot == SLOT_ED
	    ? holds_message(key, u, sig, len) : holds_digest(key, u, sig, len);
	EVP_PKEY_free(key);
	return ok;
}

/* ---- one flag each ------------------------------------------------------- */

static void
use_sign(CK_SESSION_HANDLE h, struct use *u)
{
	CK_BYTE sig[512];
	CK_ULONG len = sizeof(sig);

	assert_int_equal(C_SignInit(h, &u->m,
	    find_one(h, CKO_PRIVATE_KEY, ids[u->j->slot])), CKR_OK);
	assert_int_equal(C_Sign(h, u->in, u->in_len, sig, &len), CKR_OK);
	assert_true(holds(u, sig, len));
}

static void
use_verify(CK_SESSION_HANDLE h, struct use *u)
{
	const CK_OBJECT_HANDLE key = find_one(h, CKO_PUBLIC_KEY, ids[u->j->slot]);
	CK_BYTE sig[512];
	CK_ULONG len = sizeof(sig);

	assert_int_equal(C_SignInit(h, &u->m,
	    find_one(h, CKO_PRIVATE_KEY, ids[u->j->slot])), CKR_OK);
	assert_int_equal(C_Sign(h, u->in, u->in_len, sig, &len), CKR_OK);
	assert_int_equal(C_VerifyInit(h, &u->m, key), CKR_OK);
	assert_int_equal(C_Verify(h, u->in, u->in_len, sig, len), CKR_OK);
	u->in[1] ^= 1;
	assert_int_equal(C_VerifyInit(h, &u->m, key), CKR_OK);
	assert_int_equal(C_Verify(h, u->in, u->in_len, sig, len),
	    CKR_SIGNATURE_INVALID);
	u->in[1] ^= 1;
}

/* Encrypted here and opened by the card; test-pkcs11-crypt has libcrypto open
 * what is encrypted. */
static void
use_crypt(CK_SESSION_HANDLE h, struct use *u)
{
	CK_BYTE cipher[256], plain[256];
	CK_ULONG len = sizeof(cipher), n = sizeof(plain);

	assert_int_equal(C_EncryptInit(h, &u->m,
	    find_one(h, CKO_PUBLIC_KEY, ids[u->j->slot])), CKR_OK);
	assert_int_equal(C_Encrypt(h, u->in, u->in_len, cipher, &len), CKR_OK);
	assert_memory_not_equal(cipher, u->in, 32);
	assert_int_equal(C_DecryptInit(h, &u->m,
	    find_one(h, CKO_PRIVATE_KEY, ids[u->j->slot])), CKR_OK);
	assert_int_equal(C_Decrypt(h, cipher, len, plain, &n), CKR_OK);
	assert_int_equal(n, u->in_len);
	assert_memory_equal(plain, u->in, n);
}

static void
use_derive(CK_SESSION_HANDLE h, struct use *u)
{
	EVP_PKEY *card = public_key(u->j->slot), *peer = EVP_PKEY_get_id(card) ==
	    EVP_PKEY_X25519 ? EVP_PKEY_Q_keygen(NULL, NULL, "X25519")
	    : EVP_EC_gen("P-256");
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(peer, NULL);
	CK_BYTE want[64], got[64];
	CK_ATTRIBUTE a = { CKA_VALUE, got, sizeof(got) };
	size_t len = sizeof(want);
	unsigned char *point;
	CK_OBJECT_HANDLE made = 0;

	u->ecdh = (CK_ECDH1_DERIVE_PARAMS){ .kdf = CKD_NULL };
	u->ecdh.ulPublicDataLen = EVP_PKEY_get1_encoded_public_key(peer, &point);
	u->ecdh.pPublicData = point;
	u->m.pParameter = &u->ecdh;
	u->m.ulParameterLen = sizeof(u->ecdh);
	assert_int_equal(EVP_PKEY_derive_init(ctx), 1);
	assert_int_equal(EVP_PKEY_derive_set_peer(ctx, card), 1);
	assert_int_equal(EVP_PKEY_derive(ctx, want, &len), 1);
	assert_int_equal(C_DeriveKey(h, &u->m,
	    find_one(h, CKO_PRIVATE_KEY, ids[u->j->slot]), NULL, 0, &made), CKR_OK);
	assert_int_equal(C_GetAttributeValue(h, made, &a, 1), CKR_OK);
	assert_int_equal(a.ulValueLen, len);
	assert_memory_equal(got, want, len);
	OPENSSL_free(point);
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(peer);
	EVP_PKEY_free(card);
}

/* Into the slot of the key that there is: a new one of the same kind. */
static void
use_generate(CK_SESSION_HANDLE h, struct use *u)
{
	static CK_ULONG bits = 2048;
	static CK_BYTE params[][14] = {
		[SLOT_EC] = { 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7 },
		[SLOT_ED] = { 6, 3, 0x2b, 0x65, 0x70 },
		[SLOT_X] = { 6, 3, 0x2b, 0x65, 0x6e },
	};
	const bool rsa = u->j->slot == SLOT_RSA;
	CK_ATTRIBUTE pub = rsa ? (CK_ATTRIBUTE){ CKA_MODULUS_BITS, &bits, sizeof(bits) }
	    : (CK_ATTRIBUTE){ CKA_EC_PARAMS, params[u->j->slot],
		params[u->j->slot][1] + 2u };
	CK_ATTRIBUTE priv[] = { { CKA_TOKEN, &yes, 1 },
	    { CKA_ID, (void *)(uintptr_t)&ids[u->j->slot], 1 } };
	struct fake_slot *slot = &CARD->slots[slots[u->j->slot]];
	const tmg_alg before = slot->facts.alg;
	CK_OBJECT_HANDLE keys[2];

	assert_int_equal(C_DestroyObject(h,
	    find_one(h, CKO_PRIVATE_KEY, ids[u->j->slot])), CKR_OK);
	assert_int_equal(C_DestroyObject(h,
	    find_one(h, CKO_CERTIFICATE, ids[u->j->slot])), CKR_OK);
	slot->facts.alg = TMG_ALG_NONE;
	assert_int_equal(C_GenerateKeyPair(h, &u->m, &pub, 1, priv, 2, &keys[0],
	    &keys[1]), CKR_OK);
	assert_int_equal(slot->facts.alg, before);
	assert_true(slot->key);
	fake_certify(slot, "Again");
}

static const struct {
	CK_FLAGS flag;
	void (*use)(CK_SESSION_HANDLE h, struct use *u);
} uses[] = {
	{ CKF_SIGN, use_sign }, { CKF_VERIFY, use_verify },
	{ CKF_ENCRYPT, use_crypt }, { CKF_DECRYPT, use_crypt },
	{ CKF_DERIVE, use_derive }, { CKF_GENERATE_KEY_PAIR, use_generate },
};

/* ---- all ----------------------------------------------------------------- */

static void
use_one(CK_SESSION_HANDLE h, CK_MECHANISM_TYPE type)
{
	CK_MECHANISM_INFO info = { 0 };
	CK_FLAGS used = 0;

	assert_int_equal(C_GetMechanismInfo(0, type, &info), CKR_OK);
	assert_true(info.ulMinKeySize > 0 && info.ulMinKeySize <= info.ulMaxKeySize);
	for (size_t i = 0; i < TMG_COUNT(judged); i++)
		for (size_t f = 0; judged[i].type == type && f < TMG_COUNT(uses); f++) {
			struct use u;

			if (!(info.flags & uses[f].flag))
				continue;
			prepare(&u, &judged[i]);
			uses[f].use(h, &u);
			used |= uses[f].flag;
		}
	if (used != (info.flags & FLAGS) || used == 0)
		fail_msg("mechanism %#lx: of %#lx only %#lx was used", type,
		    info.flags & FLAGS, used);
}

static void
test_every_mechanism(void **state)
{
	const CK_SESSION_HANDLE h = user_session(RW);
	CK_MECHANISM_TYPE list[LIST_MAX];
	CK_ULONG n = LIST_MAX;

	(void)state;
	assert_int_equal(C_GetMechanismList(0, list, &n), CKR_OK);
	assert_int_equal(n, TMG_COUNT(judged));	/* all of them, on such a card */
	for (CK_ULONG i = 0; i < n; i++)
		use_one(h, list[i]);
}

/* The longest salt is what the modulus leaves; RFC 8017 9.1.1. */
static void
test_salt(void **state)
{
	const CK_SESSION_HANDLE h = user_session(RW);
	CK_RSA_PKCS_PSS_PARAMS pss = { CKM_SHA256, CKG_MGF1_SHA256, 256 - 32 - 2 };
	CK_MECHANISM m = { CKM_SHA256_RSA_PKCS_PSS, &pss, sizeof(pss) };
	const CK_OBJECT_HANDLE key = find_one(h, CKO_PRIVATE_KEY, 0x9d);

	(void)state;
	assert_int_equal(C_SignInit(h, &m, key), CKR_OK);
	assert_int_equal(C_SignInit(h, NULL, key), CKR_OK);
	pss.sLen++;
	assert_int_equal(C_SignInit(h, &m, key), CKR_MECHANISM_PARAM_INVALID);
	pss.sLen = (CK_ULONG)-1;
	assert_int_equal(C_SignInit(h, &m, key), CKR_MECHANISM_PARAM_INVALID);
}

/* A card with P-256 alone that makes no keys lists nothing else. */
static void
test_small_card(void **state)
{
	CK_MECHANISM_TYPE list[LIST_MAX];
	CK_MECHANISM_INFO info;
	CK_ULONG n = LIST_MAX;

	(void)state;
	CARD->can = 0;
	CARD->algs = 1u << TMG_ALG_P256;
	assert_int_equal(C_GetMechanismList(0, list, &n), CKR_OK);
	assert_int_equal(n, 8);
	for (CK_ULONG i = 0; i < n; i++) {
		assert_int_equal(C_GetMechanismInfo(0, list[i], &info), CKR_OK);
		assert_int_equal(info.ulMinKeySize, 256);
		assert_int_equal(info.ulMaxKeySize, 256);
	}
	assert_int_equal(C_GetMechanismInfo(0, CKM_EC_KEY_PAIR_GEN, &info),
	    CKR_MECHANISM_INVALID);
	assert_int_equal(C_GetMechanismInfo(0, CKM_RSA_PKCS, &info),
	    CKR_MECHANISM_INVALID);
}

#define OF(name, setup) cmocka_unit_test_setup_teardown(name, setup, finalised)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		OF(test_every_mechanism, full_card), OF(test_salt, full_card),
		INSIDE(test_small_card),
	};

	return cmocka_run_group_tests(tests, make_world, end_world);
}
