/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Objects that live in memory: secrets that the card agreed on, public keys,
 * certificates and data of a session; who sees them and when they go.
 */
#include "tests/unit/p11-world.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/obj_mac.h>
#include <openssl/core_names.h>
#include <openssl/params.h>
#include <openssl/x509.h>

#include "src/pki/spki.h"

static CK_OBJECT_CLASS public_class = CKO_PUBLIC_KEY, cert_class = CKO_CERTIFICATE,
    data_class = CKO_DATA, private_class = CKO_PRIVATE_KEY;
static CK_KEY_TYPE ec = CKK_EC, rsa = CKK_RSA;
static CK_CERTIFICATE_TYPE x509 = CKC_X_509;

/* The world, with another key in 9d. */
static int
world_of(void **state, tmg_alg alg)
{
	world(state);
	fake_key_of(&CARD->slots[2], alg, "Other", TMG_PIN_ONCE);
	return C_Initialize(NULL) == CKR_OK ? 0 : -1;
}

static int
with_p384(void **state)
{
	return world_of(state, TMG_ALG_P384);
}

static int
with_x25519(void **state)
{
	return world_of(state, TMG_ALG_X25519);
}

static int
with_rsa(void **state)
{
	return world_of(state, TMG_ALG_RSA2048);
}

/* ---- agreeing ------------------------------------------------------------ */

/* The other side: a key of the same kind as the card's in that slot. */
struct peer {
	EVP_PKEY *key;
	CK_BYTE point[200];	/* in an OCTET STRING when it is asked for */
	size_t len;
	CK_BYTE secret[100];
	size_t secret_len;
};

static void
make_peer(struct peer *p, const struct fake_slot *slot, bool wrapped)
{
	const unsigned char *at = slot->spki;
	EVP_PKEY *card = d2i_PUBKEY(NULL, &at, (long)slot->spki_len);
	const tmg_alg_row *row = tmg_alg_get(slot->facts.alg);
	unsigned char *point;
	EVP_PKEY_CTX *ctx;

	p->key = row->family == TMG_FAMILY_EC ? EVP_EC_gen(row->group)
	    : EVP_PKEY_Q_keygen(NULL, NULL, row->group);
	p->len = EVP_PKEY_get1_encoded_public_key(p->key, &point);
	assert_true(p->len > 0 && p->len < 128);
	if (wrapped) {
		p->point[0] = 0x04;
		p->point[1] = (CK_BYTE)p->len;
	}
	memcpy(p->point + 2 * wrapped, point, p->len);
	p->len += 2 * wrapped;
	OPENSSL_free(point);
	ctx = EVP_PKEY_CTX_new(p->key, NULL);
	p->secret_len = sizeof(p->secret);
	assert_int_equal(EVP_PKEY_derive_init(ctx), 1);
	assert_int_equal(EVP_PKEY_derive_set_peer(ctx, card), 1);
	assert_int_equal(EVP_PKEY_derive(ctx, p->secret, &p->secret_len), 1);
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(card);
	EVP_PKEY_free(p->key);
}

static CK_RV
derive(CK_SESSION_HANDLE h, CK_BYTE id, struct peer *p, CK_ULONG kdf,
    CK_ATTRIBUTE *t, CK_ULONG n, CK_OBJECT_HANDLE *made)
{
	CK_ECDH1_DERIVE_PARAMS params = { kdf, 0, NULL, p->len, p->point };
	CK_MECHANISM m = { CKM_ECDH1_DERIVE, &params, sizeof(params) };

	if (kdf != CKD_NULL) {
		params.pSharedData = DATA;
		params.ulSharedDataLen = DATA_LEN;
	}
	return C_DeriveKey(h, &m, find_one(h, CKO_PRIVATE_KEY, id), t, n, made);
}

static CK_ULONG
value_of(CK_SESSION_HANDLE h, CK_OBJECT_HANDLE o, CK_BYTE *value, CK_ULONG room)
{
	CK_ATTRIBUTE a = { CKA_VALUE, value, room };

	assert_int_equal(C_GetAttributeValue(h, o, &a, 1), CKR_OK);
	return a.ulValueLen;
}

/* Both sides have the same secret, with the point in either form. */
static void
agrees(CK_BYTE id, size_t slot)
{
	const CK_SESSION_HANDLE h = user_session(RO);

	for (int wrapped = 0; wrapped < 2; wrapped++) {
		CK_OBJECT_HANDLE made = 0;
		CK_BYTE value[100];
		struct peer p;

		make_peer(&p, &CARD->slots[slot], wrapped);
		assert_int_equal(derive(h, id, &p, CKD_NULL, NULL, 0, &made), CKR_OK);
		assert_int_equal(value_of(h, made, value, sizeof(value)), p.secret_len);
		assert_memory_equal(value, p.secret, p.secret_len);
	}
	assert_int_equal(CARD->calls[FAKE_DERIVE], 2);
}

static void
test_derive(void **state)
{
	(void)state;
	agrees(0x9a, 0);
}

static void
test_derive_p384(void **state)
{
	(void)state;
	agrees(0x9d, 2);
}

static void
test_derive_x25519(void **state)
{
	(void)state;
	agrees(0x9d, 2);
}

static void
x963(const struct peer *p, const char *md, CK_BYTE *out, size_t len)
{
	EVP_KDF *kdf = EVP_KDF_fetch(NULL, "X963KDF", NULL);
	EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(kdf);
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string("digest", (char *)(uintptr_t)md, 0),
		OSSL_PARAM_construct_octet_string("key", (void *)(uintptr_t)p->secret,
		    p->secret_len),
		OSSL_PARAM_construct_octet_string("info", DATA, DATA_LEN),
		OSSL_PARAM_construct_end(),
	};

	assert_int_equal(EVP_KDF_derive(ctx, out, len, params), 1);
	EVP_KDF_CTX_free(ctx);
	EVP_KDF_free(kdf);
}

static void
test_derive_kdf(void **state)
{
	static const struct { CK_ULONG kdf; const char *md; CK_ULONG len, made; } t[] = {
		{ CKD_SHA1_KDF, "SHA1", 0, 20 }, { CKD_SHA224_KDF, "SHA224", 16, 16 },
		{ CKD_SHA256_KDF, "SHA256", 0, 32 }, { CKD_SHA256_KDF, "SHA256", 99, 99 },
		{ CKD_SHA384_KDF, "SHA384", 48, 48 }, { CKD_SHA512_KDF, "SHA512", 0, 64 },
	};
	const CK_SESSION_HANDLE h = user_session(RO);
	struct peer p;

	(void)state;
	make_peer(&p, &CARD->slots[0], false);
	for (size_t i = 0; i < TMG_COUNT(t); i++) {
		CK_ULONG len = t[i].len;
		CK_ATTRIBUTE a = { CKA_VALUE_LEN, &len, sizeof(len) };
		CK_BYTE value[128], want[128];
		CK_OBJECT_HANDLE made = 0;

		assert_int_equal(derive(h, 0x9a, &p, t[i].kdf, &a, len > 0, &made),
		    CKR_OK);
		assert_int_equal(value_of(h, made, value, sizeof(value)), t[i].made);
		x963(&p, t[i].md, want, t[i].made);
		assert_memory_equal(value, want, t[i].made);
	}
}

/* What the template asks for: a length, a type, that nobody reads it. */
static void
test_derive_template(void **state)
{
	CK_OBJECT_CLASS secret = CKO_SECRET_KEY;
	CK_KEY_TYPE aes = CKK_AES, got = 0, des = CKK_DES;
	CK_ULONG len = 16, wrong = 15, long_one = 33;
	CK_UTF8CHAR name[] = "agreed";
	CK_ATTRIBUTE t[] = { { CKA_CLASS, &secret, sizeof(secret) },
	    { CKA_KEY_TYPE, &aes, sizeof(aes) }, { CKA_VALUE_LEN, &len, sizeof(len) },
	    { CKA_LABEL, name, 6 }, { CKA_ENCRYPT, &yes, 1 } };
	CK_ATTRIBUTE hidden[] = { { CKA_SENSITIVE, &yes, 1 } },
	    kept[] = { { CKA_EXTRACTABLE, &no, 1 } },
	    token = { CKA_TOKEN, &yes, 1 }, odd = { CKA_MODULUS, name, 6 },
	    bad_type = { CKA_KEY_TYPE, &des, sizeof(des) },
	    too_long = { CKA_VALUE_LEN, &long_one, sizeof(len) },
	    a = { CKA_KEY_TYPE, &got, sizeof(got) };
	const CK_SESSION_HANDLE h = user_session(RO);
	CK_OBJECT_HANDLE made = 0;
	CK_BYTE value[64];
	CK_BBOOL encrypts = CK_TRUE;
	struct peer p;

	(void)state;
	make_peer(&p, &CARD->slots[0], false);
	assert_int_equal(derive(h, 0x9a, &p, CKD_NULL, t, 5, &made), CKR_OK);
	assert_int_equal(value_of(h, made, value, sizeof(value)), 16);
	assert_memory_equal(value, p.secret + p.secret_len - 16, 16);
	assert_int_equal(C_GetAttributeValue(h, made, &a, 1), CKR_OK);
	assert_int_equal(got, CKK_AES);
	a = (CK_ATTRIBUTE){ CKA_ENCRYPT, &encrypts, 1 };
	assert_int_equal(C_GetAttributeValue(h, made, &a, 1), CKR_OK);
	assert_false(encrypts);		/* true to what it can */
	assert_int_equal(count_found(h, &t[3], 1), 1);

	t[2].pValue = &wrong;
	assert_int_equal(derive(h, 0x9a, &p, CKD_NULL, t, 5, &made),
	    CKR_KEY_SIZE_RANGE);
	assert_int_equal(derive(h, 0x9a, &p, CKD_NULL, &too_long, 1, &made),
	    CKR_KEY_SIZE_RANGE);
	assert_int_equal(derive(h, 0x9a, &p, CKD_NULL, &token, 1, &made),
	    CKR_TEMPLATE_INCONSISTENT);
	assert_int_equal(derive(h, 0x9a, &p, CKD_NULL, &bad_type, 1, &made),
	    CKR_TEMPLATE_INCONSISTENT);
	assert_int_equal(derive(h, 0x9a, &p, CKD_NULL, &odd, 1, &made),
	    CKR_ATTRIBUTE_TYPE_INVALID);
	assert_int_equal(CARD->calls[FAKE_DERIVE], 1);
	a = (CK_ATTRIBUTE){ CKA_VALUE, value, sizeof(value) };
	assert_int_equal(derive(h, 0x9a, &p, CKD_NULL, hidden, 1, &made), CKR_OK);
	assert_int_equal(C_GetAttributeValue(h, made, &a, 1), CKR_ATTRIBUTE_SENSITIVE);
	assert_int_equal(derive(h, 0x9a, &p, CKD_NULL, kept, 1, &made), CKR_OK);
	assert_int_equal(C_GetAttributeValue(h, made, &a, 1), CKR_ATTRIBUTE_SENSITIVE);
	a.ulValueLen = sizeof(value);
	assert_int_equal(count_found(h, &a, 1), 0);	/* nor found by it */
}

/* A point that is none never reaches the card. */
static void
test_derive_refused(void **state)
{
	CK_ECDH1_DERIVE_PARAMS params = { CKD_NULL, 0, NULL, 0, NULL };
	CK_MECHANISM m = { CKM_ECDH1_DERIVE, &params, sizeof(params) };
	const CK_SESSION_HANDLE h = user_session(RO);
	const CK_OBJECT_HANDLE key = find_one(h, CKO_PRIVATE_KEY, 0x9a);
	CK_OBJECT_HANDLE made = 0;
	struct peer p;

	(void)state;
	make_peer(&p, &CARD->slots[0], false);
	params.pPublicData = p.point;
	params.ulPublicDataLen = p.len - 1;
	assert_int_equal(C_DeriveKey(h, &m, key, NULL, 0, &made),
	    CKR_MECHANISM_PARAM_INVALID);
	params.ulPublicDataLen = p.len;
	p.point[p.len - 1] ^= 1;	/* off the curve */
	assert_int_equal(C_DeriveKey(h, &m, key, NULL, 0, &made),
	    CKR_MECHANISM_PARAM_INVALID);
	p.point[p.len - 1] ^= 1;
	params.kdf = 77;
	assert_int_equal(C_DeriveKey(h, &m, key, NULL, 0, &made),
	    CKR_MECHANISM_PARAM_INVALID);
	params.kdf = CKD_NULL;
	params.pSharedData = DATA;
	params.ulSharedDataLen = 3;
	assert_int_equal(C_DeriveKey(h, &m, key, NULL, 0, &made),
	    CKR_MECHANISM_PARAM_INVALID);
	params.ulSharedDataLen = 0;
	m.ulParameterLen--;
	assert_int_equal(C_DeriveKey(h, &m, key, NULL, 0, &made),
	    CKR_MECHANISM_PARAM_INVALID);
	m.ulParameterLen++;
	m.mechanism = CKM_ECDSA;
	assert_int_equal(C_DeriveKey(h, &m, key, NULL, 0, &made),
	    CKR_MECHANISM_INVALID);
	m.mechanism = CKM_ECDH1_COFACTOR_DERIVE;
	assert_int_equal(C_DeriveKey(h, &m, find_one(h, CKO_PUBLIC_KEY, 0x9a),
	    NULL, 0, &made), CKR_KEY_TYPE_INCONSISTENT);
	/* a PIN before every use has no place here */
	assert_int_equal(C_DeriveKey(h, &m, find_one(h, CKO_PRIVATE_KEY, 0x9c),
	    NULL, 0, &made), CKR_KEY_FUNCTION_NOT_PERMITTED);
	assert_int_equal(CARD->calls[FAKE_DERIVE], 0);
	assert_int_equal(C_DeriveKey(h, &m, key, NULL, 0, &made), CKR_OK);
	CARD->next[FAKE_DERIVE] = TMG_UNSUPPORTED;
	assert_int_equal(C_DeriveKey(h, &m, key, NULL, 0, &made),
	    CKR_FUNCTION_FAILED);
	CARD->next[FAKE_DERIVE] = TMG_REMOVED;
	assert_int_equal(C_DeriveKey(h, &m, key, NULL, 0, &made),
	    CKR_DEVICE_REMOVED);
}

/* ---- whose they are ------------------------------------------------------ */

static CK_OBJECT_HANDLE
make_data(CK_SESSION_HANDLE h, const char *label, CK_BBOOL *private)
{
	CK_ATTRIBUTE t[] = { { CKA_CLASS, &data_class, sizeof(data_class) },
	    { CKA_LABEL, (void *)(uintptr_t)label, strlen(label) },
	    { CKA_VALUE, DATA, DATA_LEN }, { CKA_PRIVATE, private, 1 } };
	CK_OBJECT_HANDLE made = 0;

	assert_int_equal(C_CreateObject(h, t, 4, &made), CKR_OK);
	return made;
}

/* Every session sees them, they go with their own; the card is not asked. */
static void
test_owner(void **state)
{
	const CK_SESSION_HANDLE mine = open_session(RO), other = open_session(RO);
	CK_ATTRIBUTE t[] = { { CKA_CLASS, &data_class, sizeof(data_class) },
	    { CKA_TOKEN, &no, 1 } }, any = { CKA_TOKEN, &yes, 1 };
	CK_OBJECT_HANDLE a, b;
	CK_BYTE value[64];
	CK_ULONG size = 0;
	char text[64];

	(void)state;
	CARD->order[0] = '\0';
	a = make_data(mine, "a", &no);
	b = make_data(other, "b", &no);
	assert_int_equal(count_found(other, t, 2), 2);
	assert_string_equal(CARD->order, "");
	assert_int_equal(value_of(other, a, value, sizeof(value)), DATA_LEN);
	assert_memory_equal(value, TEXT, DATA_LEN);
	read_text(other, a, CKA_UNIQUE_ID, text);
	assert_memory_equal(text, "session-", 8);
	assert_int_equal(C_GetObjectSize(mine, b, &size), CKR_OK);
	assert_true(size > DATA_LEN);
	assert_int_equal(count_found(mine, NULL, 0), 2 + 3 + 3 + 3 + 1);
	assert_int_equal(count_found(mine, &any, 1), 3 + 3 + 3 + 1);

	assert_int_equal(C_CloseSession(mine), CKR_OK);
	assert_int_equal(count_found(other, t, 2), 1);
	assert_int_equal(C_GetObjectSize(other, a, &size), CKR_OBJECT_HANDLE_INVALID);
	assert_int_equal(C_DestroyObject(other, b), CKR_OK);
	assert_int_equal(C_DestroyObject(other, b), CKR_OBJECT_HANDLE_INVALID);
	assert_int_equal(count_found(other, t, 2), 0);
}

/* Private ones want the user, and a logout ends them. */
static void
test_private(void **state)
{
	const CK_SESSION_HANDLE h = open_session(RO);
	CK_ATTRIBUTE t[] = { { CKA_CLASS, &data_class, sizeof(data_class) },
	    { CKA_PRIVATE, &yes, 1 }, { CKA_DESTROYABLE, &no, 1 } };
	CK_OBJECT_HANDLE made = 0, kept;
	CK_ULONG size;

	(void)state;
	assert_int_equal(C_CreateObject(h, t, 2, &made), CKR_USER_NOT_LOGGED_IN);
	assert_int_equal(C_Login(h, CKU_USER, PIN, 6), CKR_OK);
	assert_int_equal(C_CreateObject(h, t, 3, &made), CKR_OK);
	assert_int_equal(C_DestroyObject(h, made), CKR_ACTION_PROHIBITED);
	kept = make_data(h, "public", &no);
	assert_int_equal(count_found(h, t, 1), 2);
	assert_int_equal(C_Logout(h), CKR_OK);
	assert_int_equal(C_GetObjectSize(h, made, &size), CKR_OBJECT_HANDLE_INVALID);
	assert_int_equal(C_GetObjectSize(h, kept, &size), CKR_OK);
	assert_int_equal(C_Login(h, CKU_USER, PIN, 6), CKR_OK);
	assert_int_equal(count_found(h, t, 1), 1);
}

static void
test_removed(void **state)
{
	const CK_SESSION_HANDLE h = open_session(RO);
	CK_ATTRIBUTE t[] = { { CKA_CLASS, &data_class, sizeof(data_class) } };

	(void)state;
	(void)make_data(h, "a", &no);
	CARD->events += 2;
	assert_int_equal(count_found(open_session(RO), t, 1), 0);
}

/* ---- what they say ------------------------------------------------------- */

static void
test_create_refused(void **state)
{
	const CK_SESSION_HANDLE h = open_session(RO);
	CK_ATTRIBUTE t[] = { { CKA_CLASS, &data_class, sizeof(data_class) },
	    { CKA_LABEL, DATA, 4 }, { CKA_LABEL, DATA, 4 } };
	CK_ATTRIBUTE odd[] = { t[0], { CKA_MODULUS, DATA, 4 } };
	CK_ATTRIBUTE torn[] = { t[0], { CKA_PRIVATE, DATA, 2 } };
	CK_ATTRIBUTE narrow = { CKA_CLASS, &data_class, 4 };
	CK_ATTRIBUTE token[] = { t[0], { CKA_TOKEN, &yes, 1 } };
	CK_ATTRIBUTE private[] = { { CKA_CLASS, &private_class, sizeof(private_class) } };
	CK_OBJECT_HANDLE made = 0;

	(void)state;
	assert_int_equal(C_CreateObject(h, &t[1], 1, &made), CKR_TEMPLATE_INCOMPLETE);
	assert_int_equal(C_CreateObject(h, &narrow, 1, &made),
	    CKR_ATTRIBUTE_VALUE_INVALID);
	assert_int_equal(C_CreateObject(h, t, 3, &made), CKR_TEMPLATE_INCONSISTENT);
	assert_int_equal(C_CreateObject(h, odd, 2, &made), CKR_ATTRIBUTE_TYPE_INVALID);
	assert_int_equal(C_CreateObject(h, torn, 2, &made),
	    CKR_ATTRIBUTE_VALUE_INVALID);
	assert_int_equal(C_CreateObject(h, token, 2, &made), CKR_SESSION_READ_ONLY);
	assert_int_not_equal(C_CreateObject(h, private, 1, &made), CKR_OK);
	assert_int_equal(count_found(h, t, 1), 0);
}

static void
test_session_certificate(void **state)
{
	const CK_SESSION_HANDLE h = open_session(RO);
	CK_BYTE id[] = { 1, 2 }, subject[256];
	CK_ATTRIBUTE t[] = { { CKA_CLASS, &cert_class, sizeof(cert_class) },
	    { CKA_CERTIFICATE_TYPE, &x509, sizeof(x509) },
	    { CKA_VALUE, CARD->slots[0].cert, CARD->slots[0].cert_len },
	    { CKA_ID, id, 2 }, { CKA_LABEL, DATA, DATA_LEN } };
	CK_ATTRIBUTE s = { CKA_SUBJECT, subject, sizeof(subject) };
	CK_ATTRIBUTE wrong[] = { t[0], t[1], t[2], { CKA_SUBJECT, DATA, DATA_LEN } };
	CK_OBJECT_HANDLE made = 0;
	char text[64];

	(void)state;
	assert_int_equal(C_CreateObject(h, t, 2, &made), CKR_TEMPLATE_INCOMPLETE);
	assert_int_equal(C_CreateObject(h, wrong, 4, &made),
	    CKR_TEMPLATE_INCONSISTENT);
	assert_int_equal(C_CreateObject(h, t, 5, &made), CKR_OK);
	assert_int_equal(C_GetAttributeValue(h, made, &s, 1), CKR_OK);
	assert_int_equal(count_found(h, &s, 1), 2 * 2 + 1);	/* 9a and 9c */
	read_text(h, made, CKA_LABEL, text);
	assert_string_equal(text, TEXT);
	assert_int_equal(count_found(h, &t[3], 1), 1);
}

/* A public key from outside verifies and encrypts as one of the card does. */
static void
test_session_public(void **state)
{
	const CK_SESSION_HANDLE h = user_session(RO);
	CK_BYTE params[16], point[100], sig[64];
	CK_ATTRIBUTE parts[] = { { CKA_EC_PARAMS, params, sizeof(params) },
	    { CKA_EC_POINT, point, sizeof(point) } };
	CK_ULONG len = sizeof(sig), n;
	CK_OBJECT_HANDLE made = 0;
	CK_BBOOL b = CK_FALSE;

	(void)state;
	assert_int_equal(C_SignInit(h, &ecdsa_sha256,
	    find_one(h, CKO_PRIVATE_KEY, 0x9a)), CKR_OK);
	assert_int_equal(C_Sign(h, DATA, DATA_LEN, sig, &len), CKR_OK);
	assert_int_equal(C_GetAttributeValue(h, find_one(h, CKO_PUBLIC_KEY, 0x9a),
	    parts, 2), CKR_OK);
	n = parts[1].ulValueLen;
	for (CK_ULONG bare = 0; bare < 2; bare++) {
		CK_ATTRIBUTE t[] = {
			{ CKA_CLASS, &public_class, sizeof(public_class) },
			{ CKA_KEY_TYPE, &ec, sizeof(ec) }, parts[0],
			{ CKA_EC_POINT, point + 2 * bare, n - 2 * bare },
			{ CKA_DERIVE, &yes, 1 },
		};
		CK_ATTRIBUTE use = { CKA_DERIVE, &b, 1 };

		assert_int_equal(C_CreateObject(h, t, 5, &made), CKR_OK);
		assert_int_equal(C_VerifyInit(h, &ecdsa_sha256, made), CKR_OK);
		assert_int_equal(C_Verify(h, DATA, DATA_LEN, sig, 64), CKR_OK);
		assert_int_equal(C_GetAttributeValue(h, made, &use, 1), CKR_OK);
		assert_int_equal(b, CK_FALSE);
		assert_int_equal(count_found(h, &parts[1], 1), 2 + 1 + bare);
		t[1].pValue = &rsa;
		assert_int_not_equal(C_CreateObject(h, t, 5, &made), CKR_OK);
		t[1].pValue = &ec;
		point[n - 1] ^= 1;
		assert_int_equal(C_CreateObject(h, t, 5, &made),
		    CKR_ATTRIBUTE_VALUE_INVALID);
		point[n - 1] ^= 1;
	}
}

/* The x of K times the generator, as 32 bytes, and the point. */
static void
multiple_of_g(unsigned k, CK_BYTE x[32], CK_BYTE point[65])
{
	EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
	EC_POINT *p = EC_POINT_new(group);
	BIGNUM *n = BN_new();

	assert_int_equal(BN_set_word(n, k), 1);
	assert_int_equal(EC_POINT_mul(group, p, n, NULL, NULL, NULL), 1);
	assert_int_equal(EC_POINT_point2oct(group, p, POINT_CONVERSION_UNCOMPRESSED,
	    point, 65, NULL), 65);
	memcpy(x, point + 1, 32);
	BN_free(n);
	EC_POINT_free(p);
	EC_GROUP_free(group);
}

/* What the key D signs so with the nonce K: s K - r D, modulo the order. */
static void
signed_by(unsigned d, unsigned k, unsigned s, const CK_BYTE r[32], CK_BYTE z[32])
{
	EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
	BN_CTX *ctx = BN_CTX_new();
	BIGNUM *a = BN_bin2bn(r, 32, NULL), *b = BN_new();

	assert_int_equal(BN_mul_word(a, d), 1);
	assert_int_equal(BN_set_word(b, s), 1);
	assert_int_equal(BN_mul_word(b, k), 1);
	assert_int_equal(BN_mod_sub(a, b, a, EC_GROUP_get0_order(group), ctx), 1);
	assert_int_equal(BN_bn2binpad(a, z, 32), 32);
	BN_free(a);
	BN_free(b);
	BN_CTX_free(ctx);
	EC_GROUP_free(group);
}

/* Whoever has r and s as numbers may give both without their leading zeros
 * (6.3.1): a signature that has 31 bytes for each, which one in 65536 has. */
static void
test_short_signature(void **state)
{
	enum { D = 7, S = 5 };
	const CK_SESSION_HANDLE h = open_session(RO);
	CK_MECHANISM m = { CKM_ECDSA, NULL, 0 };
	CK_BYTE params[] = "\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07";
	CK_BYTE r[32] = { 1 }, point[65], z[32], sig[62] = { 0 };
	CK_ATTRIBUTE t[] = { { CKA_CLASS, &public_class, sizeof(public_class) },
	    { CKA_KEY_TYPE, &ec, sizeof(ec) }, { CKA_EC_PARAMS, params, 10 },
	    { CKA_EC_POINT, point, sizeof(point) } };
	CK_OBJECT_HANDLE key = 0;
	unsigned k = 1;

	(void)state;
	while (r[0] != 0)
		multiple_of_g(++k, r, point);
	signed_by(D, k, S, r, z);
	memcpy(sig, r + 1, 31);
	sig[61] = S;
	multiple_of_g(D, r, point);
	assert_int_equal(C_CreateObject(h, t, 4, &key), CKR_OK);
	for (CK_ULONG len = 64; len-- > 0;) {
		const CK_RV want = len == 62 ? CKR_OK : len == 0 || len % 2 != 0
		    ? CKR_SIGNATURE_LEN_RANGE : CKR_SIGNATURE_INVALID;

		if (len > sizeof(sig))
			continue;
		assert_int_equal(C_VerifyInit(h, &m, key), CKR_OK);
		assert_int_equal(C_Verify(h, z, 32, sig, len), want);
	}
}

static void
test_session_rsa(void **state)
{
	const CK_SESSION_HANDLE h = user_session(RO);
	const CK_OBJECT_HANDLE key = find_one(h, CKO_PUBLIC_KEY, 0x9d);
	CK_BYTE modulus[256], exponent[3], cipher[256], plain[256];
	CK_MECHANISM m = { CKM_RSA_PKCS, NULL, 0 };
	CK_ATTRIBUTE t[] = { { CKA_MODULUS, modulus, 256 },
	    { CKA_PUBLIC_EXPONENT, exponent, 3 },
	    { CKA_CLASS, &public_class, sizeof(public_class) },
	    { CKA_KEY_TYPE, &rsa, sizeof(rsa) }, { CKA_VERIFY, &no, 1 } };
	CK_OBJECT_HANDLE made = 0;
	CK_ULONG n = 256;

	(void)state;
	assert_int_equal(C_GetAttributeValue(h, key, t, 2), CKR_OK);
	assert_int_equal(C_CreateObject(h, t, 5, &made), CKR_OK);
	assert_int_equal(C_VerifyInit(h, &m, made), CKR_KEY_FUNCTION_NOT_PERMITTED);
	assert_int_equal(C_EncryptInit(h, &m, made), CKR_OK);
	assert_int_equal(C_Encrypt(h, DATA, DATA_LEN, cipher, &n), CKR_OK);
	assert_int_equal(C_DecryptInit(h, &m, find_one(h, CKO_PRIVATE_KEY, 0x9d)),
	    CKR_OK);
	n = sizeof(plain);
	assert_int_equal(C_Decrypt(h, cipher, 256, plain, &n), CKR_OK);
	assert_int_equal(n, DATA_LEN);
	assert_memory_equal(plain, TEXT, DATA_LEN);
}

#define OF(name, setup) cmocka_unit_test_setup_teardown(name, setup, finalised)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		INSIDE(test_derive), OF(test_derive_p384, with_p384),
		OF(test_derive_x25519, with_x25519),
		INSIDE(test_derive_kdf), INSIDE(test_derive_template),
		INSIDE(test_derive_refused),
		INSIDE(test_owner), INSIDE(test_private), INSIDE(test_removed),
		INSIDE(test_create_refused), INSIDE(test_session_certificate),
		INSIDE(test_session_public), INSIDE(test_short_signature),
		OF(test_session_rsa, with_rsa),
	};

	return cmocka_run_group_tests(tests, make_world, end_world);
}
