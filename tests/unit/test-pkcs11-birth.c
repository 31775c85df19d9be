/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Keys made by the PKCS#11 module as real programs ask for them: where they
 * go, what they are called, and what becomes of a session's.
 */
#include "tests/unit/p11-world.h"

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdlib.h>

static CK_OBJECT_CLASS private_class = CKO_PRIVATE_KEY, public_class = CKO_PUBLIC_KEY,
    cert_class = CKO_CERTIFICATE;
static CK_CERTIFICATE_TYPE x509 = CKC_X_509;
static CK_KEY_TYPE ec = CKK_EC;
static CK_ULONG bits = 2048;
static CK_BYTE f4[] = { 0, 1, 0, 1 };
static CK_BYTE p256[] = { 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7 };
static CK_BYTE p384[] = { 6, 5, 0x2b, 0x81, 4, 0, 0x22 };
static CK_BYTE p521[] = { 6, 5, 0x2b, 0x81, 4, 0, 0x23 };
static CK_BYTE ed25519[] = "\x13\x0c" "edwards25519";
static CK_BYTE implicit[] = { 0x05, 0x00 }, ed448[] = "\x13\x0a" "edwards448";
static CK_BYTE x25519[] = { 6, 3, 0x2b, 0x65, 0x6e };

/* Of the world's keys only the one in 9a is left. */
static int
roomy(void **state)
{
	world(state);
	for (size_t i = 1; i < FAKE_SLOTS; i++)
		CARD->slots[i] = (struct fake_slot){ .key = false };
	return C_Initialize(NULL) == CKR_OK ? 0 : -1;
}

struct pair {
	CK_OBJECT_HANDLE public, private;
};

static CK_RV
make(CK_SESSION_HANDLE h, CK_MECHANISM_TYPE type, CK_ATTRIBUTE *pub, CK_ULONG n,
    CK_ATTRIBUTE *priv, CK_ULONG m, struct pair *made)
{
	CK_MECHANISM mechanism = { type, NULL, 0 };

	return C_GenerateKeyPair(h, &mechanism, pub, n, priv, m, &made->public,
	    &made->private);
}

/* A P-256 key of the token with that ID and label; len 0: none. */
static CK_RV
make_ec(CK_SESSION_HANDLE h, const char *id, const char *label, struct pair *made)
{
	CK_ATTRIBUTE pub[] = { { CKA_EC_PARAMS, p256, sizeof(p256) },
	    { CKA_TOKEN, &yes, 1 } };
	CK_ATTRIBUTE priv[] = { { CKA_TOKEN, &yes, 1 },
	    { CKA_ID, (void *)(uintptr_t)id, strlen(id) },
	    { CKA_LABEL, (void *)(uintptr_t)label, strlen(label) } };

	return make(h, CKM_EC_KEY_PAIR_GEN, pub, 2, priv, 3, made);
}

static CK_RV
make_in_session(CK_SESSION_HANDLE h, struct pair *made)
{
	CK_ATTRIBUTE pub[] = { { CKA_EC_PARAMS, p256, sizeof(p256) } };

	return make(h, CKM_EC_KEY_PAIR_GEN, pub, 1, NULL, 0, made);
}

static size_t
bytes_of(CK_SESSION_HANDLE h, CK_OBJECT_HANDLE o, CK_ATTRIBUTE_TYPE type,
    CK_BYTE *value, size_t cap)
{
	CK_ATTRIBUTE a = { type, value, cap };

	assert_int_equal(C_GetAttributeValue(h, o, &a, 1), CKR_OK);
	return a.ulValueLen;
}

static bool
is_true(CK_SESSION_HANDLE h, CK_OBJECT_HANDLE o, CK_ATTRIBUTE_TYPE type)
{
	CK_BBOOL b = 7;

	assert_int_equal(bytes_of(h, o, type, &b, 1), 1);
	return b == CK_TRUE;
}

static bool
has_id(CK_SESSION_HANDLE h, CK_OBJECT_HANDLE o, const char *id)
{
	CK_BYTE value[200];
	const size_t n = bytes_of(h, o, CKA_ID, value, sizeof(value));

	return n == strlen(id) && memcmp(value, id, n) == 0;
}

/* Both halves belong together and to the card's slot. */
static void
signs(CK_SESSION_HANDLE h, const struct pair *p, size_t slot)
{
	CK_BYTE sig[64];
	CK_ULONG len = sizeof(sig);

	assert_int_equal(C_SignInit(h, &ecdsa_sha256, p->private), CKR_OK);
	assert_int_equal(C_Sign(h, DATA, DATA_LEN, sig, &len), CKR_OK);
	assert_true(verifies(&CARD->slots[slot], sig, TEXT));
	assert_int_equal(C_VerifyInit(h, &ecdsa_sha256, p->public), CKR_OK);
	assert_int_equal(C_Verify(h, DATA, DATA_LEN, sig, len), CKR_OK);
}

/* ---- templates of real programs ------------------------------------------ */

static void
test_certutil_rsa(void **state)
{
	CK_ATTRIBUTE pub[] = { { CKA_MODULUS_BITS, &bits, sizeof(bits) },
	    { CKA_PUBLIC_EXPONENT, f4 + 1, 3 }, { CKA_TOKEN, &yes, 1 },
	    { CKA_DERIVE, &no, 1 }, { CKA_WRAP, &yes, 1 }, { CKA_VERIFY, &yes, 1 },
	    { CKA_VERIFY_RECOVER, &no, 1 }, { CKA_ENCRYPT, &yes, 1 } };
	CK_ATTRIBUTE priv[] = { { CKA_TOKEN, &yes, 1 }, { CKA_PRIVATE, &yes, 1 },
	    { CKA_SENSITIVE, &yes, 1 }, { CKA_DERIVE, &no, 1 },
	    { CKA_UNWRAP, &yes, 1 }, { CKA_SIGN, &yes, 1 }, { CKA_DECRYPT, &yes, 1 } };
	CK_BYTE id[] = "12345678901234567890";
	CK_ATTRIBUTE set = { CKA_ID, id, 20 };
	const CK_SESSION_HANDLE h = user_session(RW);
	CK_MECHANISM m = { CKM_RSA_PKCS, NULL, 0 };
	CK_SESSION_HANDLE ro;
	CK_BYTE cipher[256], plain[256];
	CK_ULONG n = 256;
	struct pair p;

	(void)state;
	assert_int_equal(make(h, CKM_RSA_PKCS_KEY_PAIR_GEN, pub, 8, priv, 7, &p),
	    CKR_OK);
	assert_false(is_true(h, p.private, CKA_UNWRAP));	/* what it can */
	assert_true(is_true(h, p.private, CKA_LOCAL));
	assert_int_equal(C_SetAttributeValue(h, p.private, &set, 1), CKR_OK);
	assert_int_equal(C_SetAttributeValue(h, p.public, &set, 1), CKR_OK);
	ro = open_session(RO);
	assert_int_equal(C_CloseSession(h), CKR_OK);
	assert_int_equal(count_found(ro, &set, 1), 2);
	assert_int_equal(C_EncryptInit(ro, &m, p.public), CKR_OK);
	assert_int_equal(C_Encrypt(ro, DATA, DATA_LEN, cipher, &n), CKR_OK);
	assert_int_equal(C_DecryptInit(ro, &m, p.private), CKR_OK);
	n = sizeof(plain);
	assert_int_equal(C_Decrypt(ro, cipher, 256, plain, &n), CKR_OK);
	assert_int_equal(n, DATA_LEN);
}

static void
test_certutil_ec(void **state)
{
	CK_ATTRIBUTE pub[] = { { CKA_EC_PARAMS, p256, sizeof(p256) },
	    { CKA_TOKEN, &yes, 1 }, { CKA_DERIVE, &yes, 1 }, { CKA_WRAP, &no, 1 },
	    { CKA_VERIFY, &yes, 1 }, { CKA_VERIFY_RECOVER, &no, 1 },
	    { CKA_ENCRYPT, &no, 1 } };
	CK_ATTRIBUTE priv[] = { { CKA_TOKEN, &yes, 1 }, { CKA_PRIVATE, &yes, 1 },
	    { CKA_SENSITIVE, &yes, 1 }, { CKA_DERIVE, &yes, 1 },
	    { CKA_UNWRAP, &no, 1 }, { CKA_SIGN, &yes, 1 }, { CKA_DECRYPT, &no, 1 } };
	const CK_SESSION_HANDLE h = user_session(RW);
	struct pair p;

	(void)state;
	assert_int_equal(make(h, CKM_EC_KEY_PAIR_GEN, pub, 7, priv, 7, &p), CKR_OK);
	signs(h, &p, 2);
	assert_true(is_true(h, p.private, CKA_DERIVE));
	assert_false(is_true(h, p.public, CKA_DERIVE));
}

static void
test_webcrypto(void **state)
{
	CK_BYTE id[] = "0123456789abcdefghij", second[] = "0123456789abcdef";
	CK_UTF8CHAR label[] = "WebCrypto";
	CK_ATTRIBUTE pub[] = { { CKA_TOKEN, &yes, 1 }, { CKA_LABEL, label, 9 },
	    { CKA_ID, id, 20 }, { CKA_CLASS, &public_class, sizeof(public_class) },
	    { CKA_PRIVATE, &no, 1 }, { CKA_DERIVE, &no, 1 }, { CKA_VERIFY, &yes, 1 },
	    { CKA_ENCRYPT, &no, 1 }, { CKA_WRAP, &no, 1 },
	    { CKA_KEY_TYPE, &ec, sizeof(ec) }, { CKA_EC_PARAMS, p384, sizeof(p384) } };
	CK_ATTRIBUTE priv[] = { { CKA_TOKEN, &yes, 1 }, { CKA_LABEL, label, 9 },
	    { CKA_ID, id, 20 }, { CKA_CLASS, &private_class, sizeof(private_class) },
	    { CKA_SENSITIVE, &yes, 1 }, { CKA_PRIVATE, &yes, 1 },
	    { CKA_EXTRACTABLE, &no, 1 }, { CKA_DERIVE, &no, 1 },
	    { CKA_SIGN, &yes, 1 }, { CKA_DECRYPT, &no, 1 }, { CKA_UNWRAP, &no, 1 },
	    { CKA_KEY_TYPE, &ec, sizeof(ec) } };
	CK_ATTRIBUTE set = { CKA_ID, second, 16 };
	const CK_SESSION_HANDLE h = user_session(RW);
	struct pair p;
	char text[64];

	(void)state;
	assert_int_equal(make(h, CKM_EC_KEY_PAIR_GEN, pub, 11, priv, 12, &p), CKR_OK);
	assert_true(has_id(h, p.private, (char *)id));
	assert_true(has_id(h, p.public, (char *)id));
	read_text(h, p.private, CKA_LABEL, text);
	assert_string_equal(text, "WebCrypto");
	assert_int_equal(C_SetAttributeValue(h, p.private, &set, 1), CKR_OK);
	assert_int_equal(C_SetAttributeValue(h, p.public, &set, 1), CKR_OK);
	assert_true(has_id(h, p.public, (char *)second));
	assert_int_equal(count_found(h, &set, 1), 2);
	set = (CK_ATTRIBUTE){ CKA_ID, id, 20 };
	assert_int_equal(count_found(h, &set, 1), 0);
}

static void
test_curves(void **state)
{
	static const struct {
		CK_MECHANISM_TYPE type;
		CK_BYTE *params;
		CK_ULONG len;
		CK_RV rv;
		CK_KEY_TYPE made;
	} t[] = {
		{ CKM_EC_KEY_PAIR_GEN, p384, sizeof(p384), CKR_OK, CKK_EC },
		{ CKM_EC_EDWARDS_KEY_PAIR_GEN, ed25519, sizeof(ed25519) - 1, CKR_OK,
		    CKK_EC_EDWARDS },
		{ CKM_EC_MONTGOMERY_KEY_PAIR_GEN, x25519, sizeof(x25519), CKR_OK,
		    CKK_EC_MONTGOMERY },
		{ CKM_EC_KEY_PAIR_GEN, ed25519, sizeof(ed25519) - 1,
		    CKR_CURVE_NOT_SUPPORTED, 0 },
		{ CKM_EC_KEY_PAIR_GEN, p521, sizeof(p521), CKR_CURVE_NOT_SUPPORTED, 0 },
		{ CKM_EC_KEY_PAIR_GEN, p256, 3, CKR_DOMAIN_PARAMS_INVALID, 0 },
		{ CKM_EC_KEY_PAIR_GEN, implicit, sizeof(implicit),
		    CKR_DOMAIN_PARAMS_INVALID, 0 },
		{ CKM_EC_EDWARDS_KEY_PAIR_GEN, ed448, sizeof(ed448) - 1,
		    CKR_CURVE_NOT_SUPPORTED, 0 },
		{ CKM_EC_KEY_PAIR_GEN, p256, 0, CKR_TEMPLATE_INCOMPLETE, 0 },
		{ CKM_ECDSA, p256, sizeof(p256), CKR_MECHANISM_INVALID, 0 },
	};
	const CK_SESSION_HANDLE h = user_session(RW);

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(t); i++) {
		CK_ATTRIBUTE pub = { CKA_EC_PARAMS, t[i].params, t[i].len };
		CK_ATTRIBUTE priv = { CKA_LABEL, (void *)(uintptr_t)"9d", 2 };
		CK_KEY_TYPE made = 99;
		struct pair p;

		CARD->slots[2].key = false;
		CARD->events += 2 * (i > 0);
		if (i > 0)
			(void)C_CloseAllSessions(0);
		{
			const CK_SESSION_HANDLE s = i > 0 ? user_session(RW) : h;

			assert_int_equal(make(s, t[i].type, &pub, 1, &priv, 1, &p),
			    t[i].rv);
			if (t[i].rv != CKR_OK)
				continue;
			assert_int_equal(bytes_of(s, p.private, CKA_KEY_TYPE,
			    (CK_BYTE *)&made, sizeof(made)), sizeof(made));
			assert_int_equal(made, t[i].made);
		}
	}
}

/* A lie about the secret is refused, and so is what is not there. */
static void
test_refused(void **state)
{
	CK_ULONG odd = 1536, rsa = CKK_RSA;
	CK_BYTE three[] = { 3 };
	CK_ATTRIBUTE pub[] = { { CKA_EC_PARAMS, p256, sizeof(p256) } };
	CK_ATTRIBUTE rsa_pub[] = { { CKA_MODULUS_BITS, &bits, sizeof(bits) },
	    { CKA_PUBLIC_EXPONENT, f4, 4 } };
	static const struct { CK_ATTRIBUTE_TYPE type; bool value; CK_RV rv; } t[] = {
		{ CKA_EXTRACTABLE, true, CKR_TEMPLATE_INCONSISTENT },
		{ CKA_SENSITIVE, false, CKR_TEMPLATE_INCONSISTENT },
		{ CKA_MODULUS, true, CKR_ATTRIBUTE_TYPE_INVALID },
	};
	const CK_SESSION_HANDLE h = user_session(RW);
	CK_ATTRIBUTE type = { CKA_KEY_TYPE, &rsa, sizeof(rsa) };
	struct pair p;

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(t); i++) {
		CK_ATTRIBUTE priv = { t[i].type, t[i].value ? &yes : &no, 1 };

		assert_int_equal(make(h, CKM_EC_KEY_PAIR_GEN, pub, 1, &priv, 1, &p),
		    t[i].rv);
	}
	assert_int_equal(make(h, CKM_EC_KEY_PAIR_GEN, pub, 1, &type, 1, &p),
	    CKR_TEMPLATE_INCONSISTENT);
	rsa_pub[0].pValue = &odd;
	assert_int_equal(make(h, CKM_RSA_PKCS_KEY_PAIR_GEN, rsa_pub, 2, NULL, 0, &p),
	    CKR_KEY_SIZE_RANGE);
	rsa_pub[0].pValue = &bits;
	rsa_pub[1] = (CK_ATTRIBUTE){ CKA_PUBLIC_EXPONENT, three, 1 };
	assert_int_equal(make(h, CKM_RSA_PKCS_KEY_PAIR_GEN, rsa_pub, 2, NULL, 0, &p),
	    CKR_ATTRIBUTE_VALUE_INVALID);
	assert_int_equal(make(h, CKM_RSA_PKCS_KEY_PAIR_GEN, &rsa_pub[1], 0, NULL, 0,
	    &p), CKR_TEMPLATE_INCOMPLETE);
	assert_int_equal(make_ec(open_session(RO), "", "", &p),
	    CKR_SESSION_READ_ONLY);
	assert_int_equal(C_Logout(h), CKR_OK);
	assert_int_equal(make_ec(h, "", "", &p), CKR_USER_NOT_LOGGED_IN);
	assert_int_equal(CARD->calls[FAKE_GENERATE], 0);
}

/* ---- the slot ------------------------------------------------------------ */

/* The first that is free and wants the PIN once: 9d, then 82, then no more. */
static void
test_first_free(void **state)
{
	const CK_SESSION_HANDLE h = user_session(RW);
	CK_ATTRIBUTE keys[] = { { CKA_CLASS, &private_class, sizeof(private_class) } };
	struct pair p;

	(void)state;
	assert_int_equal(make_ec(h, "", "", &p), CKR_OK);
	assert_true(has_id(h, p.private, "\x9d"));
	signs(h, &p, 2);
	assert_int_equal(make_ec(h, "", "", &p), CKR_OK);
	assert_true(has_id(h, p.private, "\x82"));
	assert_int_equal(count_found(h, keys, 1), 3);	/* the retired one too */
	assert_int_equal(make_ec(h, "", "", &p), CKR_DEVICE_MEMORY);
	assert_int_equal(CARD->calls[FAKE_GENERATE], 2);
	assert_int_equal(C_Finalize(NULL), CKR_OK);
	assert_int_equal(C_Initialize(NULL), CKR_OK);
	assert_int_equal(count_found(user_session(RO), keys, 1), 3);
}

static void
test_named_slot(void **state)
{
	CK_ATTRIBUTE pub[] = { { CKA_EC_PARAMS, p256, sizeof(p256) } };
	CK_ATTRIBUTE always[] = { { CKA_ALWAYS_AUTHENTICATE, &yes, 1 } },
	    open[] = { { CKA_PRIVATE, &no, 1 } },
	    wrong[] = { { CKA_PRIVATE, &yes, 1 }, { CKA_ID, (void *)(uintptr_t)"\x9e", 1 } };
	const CK_SESSION_HANDLE h = user_session(RW);
	struct pair p;

	(void)state;
	assert_int_equal(make_ec(h, "", "9A", &p), CKR_ATTRIBUTE_VALUE_INVALID);
	assert_int_equal(make_ec(h, "\x9a", "", &p), CKR_ATTRIBUTE_VALUE_INVALID);
	assert_int_equal(make_ec(h, "\x9d", "a name", &p), CKR_OK);
	assert_true(has_id(h, p.public, "\x9d"));
	assert_int_equal(make_ec(h, "\x9d", "", &p), CKR_ATTRIBUTE_VALUE_INVALID);
	assert_int_equal(make(h, CKM_EC_KEY_PAIR_GEN, pub, 1, wrong, 2, &p),
	    CKR_TEMPLATE_INCONSISTENT);
	assert_int_equal(make(h, CKM_EC_KEY_PAIR_GEN, pub, 1, always, 1, &p), CKR_OK);
	assert_true(is_true(h, p.private, CKA_ALWAYS_AUTHENTICATE));
	assert_true(CARD->slots[1].key);
	assert_int_equal(make(h, CKM_EC_KEY_PAIR_GEN, pub, 1, open, 1, &p), CKR_OK);
	assert_true(CARD->slots[3].key);
	/* a certificate that was left behind is not written over either */
	assert_int_equal(CARD->calls[FAKE_GENERATE], 3);
}

static void
test_orphaned_certificate(void **state)
{
	const CK_SESSION_HANDLE h = user_session(RW);
	struct pair p;

	(void)state;
	fake_key(&CARD->slots[2], "Left", TMG_PIN_ONCE);
	CARD->slots[2].key = false;
	assert_int_equal(make_ec(h, "\x9d", "", &p), CKR_ATTRIBUTE_VALUE_INVALID);
	assert_int_equal(make_ec(h, "", "", &p), CKR_OK);
	assert_true(has_id(h, p.private, "\x82"));
}

/* The administrator's key is neither the factory's nor behind the PIN. */
static void
test_without_admin(void **state)
{
	const CK_SESSION_HANDLE h = user_session(RW);
	struct pair p;

	(void)state;
	CARD->admin_factory = false;
	assert_int_equal(make_ec(h, "", "", &p), CKR_USER_NOT_LOGGED_IN);
	assert_int_equal(state_of(h), CKS_RW_USER_FUNCTIONS);
	assert_int_equal(C_Logout(h), CKR_OK);
	assert_int_equal(C_Login(h, CKU_SO, (CK_UTF8CHAR *)(uintptr_t)"admin", 5),
	    CKR_OK);
	assert_int_equal(make_ec(h, "mine", "", &p), CKR_OK);
	assert_true(has_id(h, p.public, "mine"));
	assert_int_equal(C_Logout(h), CKR_OK);
	CARD->admin_kept = true;	/* from now on the PIN is enough */
	assert_int_equal(C_Login(h, CKU_USER, PIN, 6), CKR_OK);
	assert_int_equal(make_ec(h, "other", "", &p), CKR_OK);
}

/* ---- a session's key ----------------------------------------------------- */

static CK_ULONG
tokens_keys(CK_SESSION_HANDLE h)
{
	CK_ATTRIBUTE t[] = { { CKA_TOKEN, &yes, 1 },
	    { CKA_CLASS, &private_class, sizeof(private_class) } };

	return count_found(h, t, 2);
}

/* keytool: made for the session, used, copied with an ID, certified. */
static void
test_keytool(void **state)
{
	CK_BYTE id[] = "mykey";
	CK_ATTRIBUTE copy[] = { { CKA_TOKEN, &yes, 1 }, { CKA_ID, id, 5 },
	    { CKA_SENSITIVE, &yes, 1 } };
	CK_ATTRIBUTE cert[] = { { CKA_TOKEN, &yes, 1 },
	    { CKA_CLASS, &cert_class, sizeof(cert_class) },
	    { CKA_CERTIFICATE_TYPE, &x509, sizeof(x509) },
	    { CKA_VALUE, NULL, 0 }, { CKA_LABEL, id, 5 }, { CKA_ID, id, 5 },
	    { CKA_SERIAL_NUMBER, (void *)(uintptr_t)"\x07", 1 } };
	const CK_SESSION_HANDLE h = user_session(RW), keeps = open_session(RO);
	CK_OBJECT_HANDLE token = 0, made = 0;
	struct fake_slot other;
	struct pair p;
	char text[64];

	(void)state;
	assert_int_equal(make_in_session(h, &p), CKR_OK);
	assert_false(is_true(h, p.private, CKA_TOKEN));
	assert_true(is_true(h, p.private, CKA_COPYABLE));
	assert_int_equal(tokens_keys(h), 1);
	signs(h, &p, 2);
	assert_int_equal(C_CopyObject(h, p.private, &copy[1], 1, &token),
	    CKR_TEMPLATE_INCONSISTENT);
	assert_int_equal(C_CopyObject(h, p.private, copy, 3, &token), CKR_OK);
	assert_int_not_equal(token, p.private);
	assert_int_equal(tokens_keys(h), 2);
	assert_true(is_true(h, token, CKA_TOKEN));
	assert_true(has_id(h, token, "mykey"));
	/* an authority certifies it */
	other = CARD->slots[2];
	fake_certify(&other, "Certified");
	cert[3] = (CK_ATTRIBUTE){ CKA_VALUE, other.cert, other.cert_len };
	assert_int_equal(C_CreateObject(h, cert, 7, &made), CKR_OK);
	assert_int_equal(CARD->slots[2].cert_len, other.cert_len);
	read_text(h, made, CKA_LABEL, text);
	assert_string_equal(text, "mykey");
	assert_int_equal(C_DestroyObject(h, p.private), CKR_OK);
	assert_int_equal(C_CloseSession(h), CKR_OK);
	assert_true(CARD->slots[2].key);
	assert_int_equal(tokens_keys(keeps), 2);
	assert_int_equal(count_found(keeps, &cert[5], 1), 3);	/* all of one ID */
}

/* Closed, destroyed or ended without a copy: the slot is free again. */
static void
test_given_back(void **state)
{
	CK_SESSION_HANDLE h = user_session(RW);
	const CK_SESSION_HANDLE keeps = open_session(RO);
	struct pair p;

	(void)state;
	assert_int_equal(make_in_session(h, &p), CKR_OK);
	assert_true(CARD->slots[2].key);
	assert_int_equal(C_CloseSession(h), CKR_OK);
	assert_false(CARD->slots[2].key);
	assert_int_equal(tokens_keys(keeps), 1);
	h = open_session(RW);
	assert_int_equal(make_in_session(h, &p), CKR_OK);
	assert_int_equal(C_DestroyObject(h, p.private), CKR_OK);
	assert_false(CARD->slots[2].key);
	/* its public half lives on, in memory */
	assert_true(is_true(h, p.public, CKA_VERIFY));
	assert_int_equal(make_in_session(h, &p), CKR_OK);
	assert_int_equal(C_Finalize(NULL), CKR_OK);
	assert_false(CARD->slots[2].key);
	assert_int_equal(C_Initialize(NULL), CKR_OK);
}

/* On a card that deletes no keys it stays where it is, and is seen. */
static void
test_kept(void **state)
{
	CK_SESSION_HANDLE h, keeps;
	struct pair p;

	(void)state;
	CARD->can = TMG_CAN_GENERATE;
	h = user_session(RW);
	keeps = open_session(RO);
	assert_int_equal(make_in_session(h, &p), CKR_OK);
	assert_int_equal(tokens_keys(keeps), 1);
	assert_int_equal(C_CloseSession(h), CKR_OK);
	assert_true(CARD->slots[2].key);
	assert_int_equal(tokens_keys(keeps), 2);
}

/* The public half may be copied instead: a token keeps both or none. */
static void
test_copy_public(void **state)
{
	CK_BYTE id[] = "pub";
	CK_ATTRIBUTE copy[] = { { CKA_TOKEN, &yes, 1 }, { CKA_ID, id, 3 } };
	const CK_SESSION_HANDLE h = user_session(RW), keeps = open_session(RO);
	CK_OBJECT_HANDLE token = 0;
	struct pair p;

	(void)state;
	assert_int_equal(make_in_session(h, &p), CKR_OK);
	assert_int_equal(C_CopyObject(h, p.public, copy, 2, &token), CKR_OK);
	assert_true(is_true(h, token, CKA_TOKEN));
	assert_int_equal(C_CloseSession(h), CKR_OK);
	assert_true(CARD->slots[2].key);
	assert_int_equal(count_found(keeps, &copy[1], 1), 2);
}

static void
test_copy_refused(void **state)
{
	CK_ATTRIBUTE session = { CKA_TOKEN, &no, 1 }, token = { CKA_TOKEN, &yes, 1 };
	const CK_SESSION_HANDLE h = user_session(RW);
	CK_OBJECT_HANDLE made = 0;
	struct pair p;

	(void)state;
	/* what pkcs11-provider does with the keys of a token */
	assert_int_equal(C_CopyObject(h, find_one(h, CKO_PRIVATE_KEY, 0x9a),
	    &session, 1, &made), CKR_ACTION_PROHIBITED);
	assert_int_equal(make_in_session(h, &p), CKR_OK);
	assert_int_equal(C_CopyObject(open_session(RO), p.private, &token, 1, &made),
	    CKR_SESSION_READ_ONLY);
	assert_int_equal(C_CopyObject(h, 4711, &token, 1, &made),
	    CKR_OBJECT_HANDLE_INVALID);
	assert_int_equal(C_CopyObject(h, p.public, &session, 1, &made), CKR_OK);
	assert_int_not_equal(made, p.public);
	assert_false(is_true(h, made, CKA_TOKEN));
}

/* ---- from outside -------------------------------------------------------- */

static size_t
number_of(const EVP_PKEY *key, const char *name, CK_BYTE *bytes)
{
	BIGNUM *n = NULL;
	size_t len;

	assert_int_equal(EVP_PKEY_get_bn_param(key, name, &n), 1);
	len = (size_t)BN_bn2bin(n, bytes);
	BN_free(n);
	return len;
}

static void
test_import_rsa(void **state)
{
	static const struct { CK_ATTRIBUTE_TYPE type; const char *name; } parts[] = {
		{ CKA_MODULUS, "n" }, { CKA_PUBLIC_EXPONENT, "e" },
		{ CKA_PRIVATE_EXPONENT, "d" }, { CKA_PRIME_1, "rsa-factor1" },
		{ CKA_PRIME_2, "rsa-factor2" }, { CKA_EXPONENT_1, "rsa-exponent1" },
		{ CKA_EXPONENT_2, "rsa-exponent2" },
		{ CKA_COEFFICIENT, "rsa-coefficient1" },
	};
	CK_KEY_TYPE rsa = CKK_RSA;
	CK_BYTE numbers[8][256], sig[256];
	CK_ATTRIBUTE t[12] = { { CKA_CLASS, &private_class, sizeof(private_class) },
	    { CKA_KEY_TYPE, &rsa, sizeof(rsa) }, { CKA_TOKEN, &yes, 1 } };
	CK_MECHANISM m = { CKM_SHA256_RSA_PKCS, NULL, 0 };
	EVP_PKEY *key = EVP_RSA_gen(2048);
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	CK_OBJECT_HANDLE made = 0;
	CK_SESSION_HANDLE h;
	CK_ULONG len = sizeof(sig);

	(void)state;
	for (size_t i = 0; i < 8; i++)
		t[3 + i] = (CK_ATTRIBUTE){ parts[i].type, numbers[i],
		    number_of(key, parts[i].name, numbers[i]) };
	h = user_session(RW);
	assert_int_equal(C_CreateObject(h, t, 11, &made), CKR_FUNCTION_NOT_SUPPORTED);
	assert_int_equal(C_CloseSession(h), CKR_OK);
	CARD->can |= TMG_CAN_IMPORT;
	CARD->events += 2;
	h = user_session(RW);
	t[2].pValue = &no;
	assert_int_equal(C_CreateObject(h, t, 11, &made), CKR_TEMPLATE_INCONSISTENT);
	t[2].pValue = &yes;
	assert_int_equal(C_CreateObject(h, t, 10, &made), CKR_TEMPLATE_INCOMPLETE);
	t[11] = (CK_ATTRIBUTE){ CKA_EXTRACTABLE, &yes, 1 };
	assert_int_equal(C_CreateObject(h, t, 12, &made), CKR_TEMPLATE_INCONSISTENT);
	assert_int_equal(CARD->calls[FAKE_IMPORT], 0);
	assert_int_equal(C_CreateObject(h, t, 11, &made), CKR_OK);
	assert_true(has_id(h, made, "\x9d"));
	assert_false(is_true(h, made, CKA_LOCAL));
	assert_int_equal(C_SignInit(h, &m, made), CKR_OK);
	assert_int_equal(C_Sign(h, DATA, DATA_LEN, sig, &len), CKR_OK);
	assert_int_equal(EVP_DigestVerifyInit(md, NULL, EVP_sha256(), NULL, key), 1);
	assert_int_equal(EVP_DigestVerify(md, sig, len, DATA, DATA_LEN), 1);
	EVP_MD_CTX_free(md);
	EVP_PKEY_free(key);
}

static void
test_import_ec(void **state)
{
	CK_BYTE value[32];
	CK_ATTRIBUTE t[] = { { CKA_CLASS, &private_class, sizeof(private_class) },
	    { CKA_KEY_TYPE, &ec, sizeof(ec) }, { CKA_TOKEN, &yes, 1 },
	    { CKA_EC_PARAMS, p256, sizeof(p256) }, { CKA_VALUE, value, 0 },
	    { CKA_ID, (void *)(uintptr_t)"own", 3 } };
	EVP_PKEY *key = EVP_EC_gen("P-256");
	CK_OBJECT_HANDLE made = 0;
	struct pair p = { 0, 0 };
	unsigned char spki[200], *at = spki;
	CK_SESSION_HANDLE h;

	(void)state;
	CARD->can |= TMG_CAN_IMPORT;
	h = user_session(RW);
	assert_int_equal(C_CreateObject(h, t, 6, &made), CKR_TEMPLATE_INCOMPLETE);
	t[4].ulValueLen = number_of(key, "priv", value);
	t[3].ulValueLen = 3;
	assert_int_equal(C_CreateObject(h, t, 6, &made), CKR_DOMAIN_PARAMS_INVALID);
	t[3].ulValueLen = sizeof(p256);
	assert_int_equal(C_CreateObject(h, t, 6, &made), CKR_OK);
	assert_true(has_id(h, made, "own"));
	assert_int_equal(CARD->slots[2].spki_len, i2d_PUBKEY(key, &at));
	assert_memory_equal(CARD->slots[2].spki, spki, CARD->slots[2].spki_len);
	{
		CK_ATTRIBUTE find[] = { t[5],
		    { CKA_CLASS, &public_class, sizeof(public_class) } };
		CK_ULONG n = 0;

		assert_int_equal(C_FindObjectsInit(h, find, 2), CKR_OK);
		assert_int_equal(C_FindObjects(h, &p.public, 1, &n), CKR_OK);
		assert_int_equal(C_FindObjectsFinal(h), CKR_OK);
		assert_int_equal(n, 1);
	}
	p.private = made;
	signs(h, &p, 2);
	/* the same ID is not given twice */
	assert_int_equal(C_CreateObject(h, t, 6, &made), CKR_ATTRIBUTE_VALUE_INVALID);
	EVP_PKEY_free(key);
}

/* ---- destroying ---------------------------------------------------------- */

static void
test_destroy(void **state)
{
	const CK_SESSION_HANDLE h = user_session(RW);
	const CK_OBJECT_HANDLE key = find_one(h, CKO_PRIVATE_KEY, 0x9a);

	(void)state;
	assert_true(is_true(h, key, CKA_DESTROYABLE));
	assert_int_equal(C_DestroyObject(h, find_one(h, CKO_PUBLIC_KEY, 0x9a)),
	    CKR_ACTION_PROHIBITED);
	assert_int_equal(C_DestroyObject(open_session(RO), key),
	    CKR_SESSION_READ_ONLY);
	assert_int_equal(C_DestroyObject(h, key), CKR_OK);
	assert_false(CARD->slots[0].key);
	assert_int_equal(find_one(h, CKO_PRIVATE_KEY, 0x9a), CK_INVALID_HANDLE);
	assert_int_not_equal(find_one(h, CKO_CERTIFICATE, 0x9a), CK_INVALID_HANDLE);
}

/* ---- names --------------------------------------------------------------- */

static CK_RV
set(CK_SESSION_HANDLE h, CK_OBJECT_HANDLE o, CK_ATTRIBUTE_TYPE type,
    const char *value)
{
	CK_ATTRIBUTE a = { type, (void *)(uintptr_t)value, strlen(value) };

	return C_SetAttributeValue(h, o, &a, 1);
}

/* An ID is all three objects', a label each one's; both outlive the program
 * and cost the card nothing. */
static void
test_names(void **state)
{
	CK_ATTRIBUTE id = { CKA_ID, (void *)(uintptr_t)"an id", 5 };
	CK_SESSION_HANDLE h = user_session(RW);
	CK_OBJECT_HANDLE cert;
	unsigned turns;
	char text[64];

	(void)state;
	cert = find_one(h, CKO_CERTIFICATE, 0x9a);
	(void)find_one(h, CKO_PRIVATE_KEY, 0x9a);
	turns = CARD->turns + (unsigned)strlen(CARD->order);
	assert_int_equal(set(h, cert, CKA_ID, "an id"), CKR_OK);
	assert_int_equal(count_found(h, &id, 1), 3);
	assert_int_equal(set(h, find_one(h, CKO_PUBLIC_KEY, 0x9a), CKA_LABEL, "x"),
	    CKR_OBJECT_HANDLE_INVALID);	/* it has another ID now */
	assert_int_equal(CARD->turns + (unsigned)strlen(CARD->order), turns);
	assert_int_equal(set(h, cert, CKA_LABEL, "a label"), CKR_OK);
	assert_int_equal(C_Finalize(NULL), CKR_OK);

	assert_int_equal(C_Initialize(NULL), CKR_OK);
	h = user_session(RW);
	assert_int_equal(count_found(h, &id, 1), 3);
	assert_int_equal(find_one(h, CKO_CERTIFICATE, 0x9a), CK_INVALID_HANDLE);
	{
		CK_ATTRIBUTE t[] = { id, { CKA_CLASS, &cert_class, sizeof(cert_class) } };
		CK_OBJECT_HANDLE found = 0;
		CK_ULONG n = 0;

		assert_int_equal(C_FindObjectsInit(h, t, 2), CKR_OK);
		assert_int_equal(C_FindObjects(h, &found, 1, &n), CKR_OK);
		assert_int_equal(C_FindObjectsFinal(h), CKR_OK);
		read_text(h, found, CKA_LABEL, text);
		assert_string_equal(text, "a label");
		/* back to what it is without a name */
		assert_int_equal(set(h, found, CKA_ID, "\x9a"), CKR_OK);
	}
	assert_int_not_equal(find_one(h, CKO_CERTIFICATE, 0x9a), CK_INVALID_HANDLE);
	assert_int_equal(count_found(h, &id, 1), 0);
}

/* Each half keeps the label that its template gave it, an ID is the pair's;
 * what has no label of its own has its key's. */
static void
test_halves(void **state)
{
	CK_ATTRIBUTE pub[] = { { CKA_EC_PARAMS, p256, sizeof(p256) },
	    { CKA_TOKEN, &yes, 1 }, { CKA_LABEL, (CK_UTF8CHAR *)(uintptr_t)"pub", 3 },
	    { CKA_ID, (CK_BYTE *)(uintptr_t)"one", 3 } };
	CK_ATTRIBUTE priv[] = { { CKA_TOKEN, &yes, 1 },
	    { CKA_LABEL, (CK_UTF8CHAR *)(uintptr_t)"pri", 3 },
	    { CKA_ID, (CK_BYTE *)(uintptr_t)"two", 3 } };
	CK_SESSION_HANDLE h = user_session(RW);
	struct pair p;
	char text[64];

	(void)state;
	assert_int_equal(make(h, CKM_EC_KEY_PAIR_GEN, pub, 4, priv, 3, &p),
	    CKR_TEMPLATE_INCONSISTENT);
	assert_int_equal(make(h, CKM_EC_KEY_PAIR_GEN, pub, 4, priv, 2, &p), CKR_OK);
	assert_true(has_id(h, p.public, "one"));
	assert_true(has_id(h, p.private, "one"));
	read_text(h, p.public, CKA_LABEL, text);
	assert_string_equal(text, "pub");
	read_text(h, p.private, CKA_LABEL, text);
	assert_string_equal(text, "pri");
	assert_int_equal(set(h, p.private, CKA_LABEL, "pub"), CKR_OK);
	assert_int_equal(set(h, p.public, CKA_LABEL, "other"), CKR_OK);
	read_text(h, p.private, CKA_LABEL, text);
	assert_string_equal(text, "pub");

	/* the second half of a pair with one label says it again */
	p.public = find_one(h, CKO_PUBLIC_KEY, 0x9a);
	p.private = find_one(h, CKO_PRIVATE_KEY, 0x9a);
	assert_int_equal(set(h, p.public, CKA_LABEL, "both"), CKR_OK);
	read_text(h, p.private, CKA_LABEL, text);
	assert_string_equal(text, "both");
	assert_int_equal(set(h, p.private, CKA_LABEL, "both"), CKR_OK);
	assert_int_equal(set(h, p.public, CKA_LABEL, "not both"), CKR_OK);
	assert_int_equal(C_Finalize(NULL), CKR_OK);

	assert_int_equal(C_Initialize(NULL), CKR_OK);
	h = user_session(RW);
	read_text(h, find_one(h, CKO_PRIVATE_KEY, 0x9a), CKA_LABEL, text);
	assert_string_equal(text, "both");
	read_text(h, find_one(h, CKO_PUBLIC_KEY, 0x9a), CKA_LABEL, text);
	assert_string_equal(text, "not both");
}

static void
test_names_refused(void **state)
{
	const CK_SESSION_HANDLE h = user_session(RW), ro = open_session(RO);
	CK_OBJECT_HANDLE a, b, certs[2];
	char long_one[200], text[64];

	(void)state;
	a = find_one(h, CKO_PRIVATE_KEY, 0x9a);
	b = find_one(h, CKO_PRIVATE_KEY, 0x9e);
	certs[0] = find_one(h, CKO_CERTIFICATE, 0x9a);
	certs[1] = find_one(h, CKO_CERTIFICATE, 0x9e);
	memset(long_one, 'x', sizeof(long_one));
	long_one[199] = '\0';
	assert_int_equal(set(ro, a, CKA_ID, "x"), CKR_SESSION_READ_ONLY);
	assert_int_equal(set(h, a, CKA_ID, ""), CKR_ATTRIBUTE_VALUE_INVALID);
	assert_int_equal(set(h, a, CKA_ID, long_one), CKR_ATTRIBUTE_VALUE_INVALID);
	assert_int_equal(set(h, a, CKA_ID, "\x9e"), CKR_ATTRIBUTE_VALUE_INVALID);
	assert_int_equal(set(h, a, CKA_SUBJECT, "x"), CKR_ATTRIBUTE_READ_ONLY);
	assert_int_equal(set(h, a, CKA_APPLICATION, "x"), CKR_ATTRIBUTE_TYPE_INVALID);
	assert_int_equal(set(h, a, CKA_ID, "one"), CKR_OK);
	assert_int_equal(set(h, b, CKA_ID, "one"), CKR_ATTRIBUTE_VALUE_INVALID);
	assert_int_equal(set(h, a, CKA_ID, "one"), CKR_OK);	/* as it is */
	read_text(h, certs[0], CKA_LABEL, text);
	assert_int_equal(set(h, certs[1], CKA_LABEL, text),
	    CKR_ATTRIBUTE_VALUE_INVALID);
	assert_int_equal(set(h, a, CKA_LABEL, "both"), CKR_OK);
	assert_int_equal(set(h, b, CKA_LABEL, "both"), CKR_OK);	/* keys may */
}

/* Nowhere to keep it: the value that is there may be said again, no other. */
static void
test_no_home(void **state)
{
	char *kept = strdup(getenv("XDG_STATE_HOME")), *home = getenv("HOME");
	const CK_SESSION_HANDLE h = user_session(RW);
	const CK_OBJECT_HANDLE key = find_one(h, CKO_PRIVATE_KEY, 0x9a);
	struct pair p;

	(void)state;
	home = home != NULL ? strdup(home) : NULL;
	unsetenv("HOME");
	setenv("XDG_STATE_HOME", "relative", 1);
	assert_int_equal(set(h, key, CKA_ID, "\x9a"), CKR_OK);
	assert_int_equal(set(h, key, CKA_ID, "other"), CKR_ATTRIBUTE_READ_ONLY);
	assert_int_equal(make_ec(h, "other", "", &p), CKR_ATTRIBUTE_READ_ONLY);
	assert_int_equal(CARD->calls[FAKE_GENERATE], 0);
	setenv("XDG_STATE_HOME", kept, 1);
	if (home != NULL)
		setenv("HOME", home, 1);
	free(home);
	free(kept);
	assert_int_equal(set(h, key, CKA_ID, "other"), CKR_OK);
}

/* What memory says may change, a secret only towards more secrecy. */
static void
test_set_in_memory(void **state)
{
	CK_OBJECT_CLASS data = CKO_DATA;
	CK_ATTRIBUTE t[] = { { CKA_CLASS, &data, sizeof(data) },
	    { CKA_MODIFIABLE, &yes, 1 } };
	const CK_SESSION_HANDLE h = open_session(RO);
	CK_OBJECT_HANDLE made = 0;
	CK_BYTE value[16];

	(void)state;
	assert_int_equal(C_CreateObject(h, t, 2, &made), CKR_OK);
	assert_int_equal(set(h, made, CKA_VALUE, "new"), CKR_OK);
	assert_int_equal(bytes_of(h, made, CKA_VALUE, value, 16), 3);
	assert_int_equal(set(h, made, CKA_LABEL, "name"), CKR_OK);
	assert_int_equal(set(h, made, CKA_TOKEN, "\x01"), CKR_ATTRIBUTE_READ_ONLY);
	assert_int_equal(set(h, made, CKA_MODULUS, "x"), CKR_ATTRIBUTE_TYPE_INVALID);
	t[1].pValue = &no;
	assert_int_equal(C_CreateObject(h, t, 2, &made), CKR_OK);
	assert_int_equal(set(h, made, CKA_LABEL, "name"), CKR_ACTION_PROHIBITED);
}

#define WITH_ROOM(name) cmocka_unit_test_setup_teardown(name, roomy, finalised)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_ROOM(test_certutil_rsa), WITH_ROOM(test_certutil_ec),
		WITH_ROOM(test_webcrypto), WITH_ROOM(test_curves),
		WITH_ROOM(test_refused),
		WITH_ROOM(test_first_free), WITH_ROOM(test_named_slot),
		WITH_ROOM(test_orphaned_certificate), WITH_ROOM(test_without_admin),
		WITH_ROOM(test_keytool), WITH_ROOM(test_given_back),
		WITH_ROOM(test_kept), WITH_ROOM(test_copy_public),
		WITH_ROOM(test_copy_refused), WITH_ROOM(test_destroy),
		WITH_ROOM(test_import_rsa), WITH_ROOM(test_import_ec),
		INSIDE(test_names), INSIDE(test_halves),
		INSIDE(test_names_refused), INSIDE(test_no_home),
		INSIDE(test_set_in_memory),
	};

	return cmocka_run_group_tests(tests, make_world, end_world);
}
