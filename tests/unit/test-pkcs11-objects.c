/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Objects of the PKCS#11 module: found, read, written and taken away.
 */
#include "tests/unit/p11-world.h"

/* ---- objects ------------------------------------------------------------- */

static void
test_find(void **state)
{
	CK_OBJECT_CLASS certs = CKO_CERTIFICATE, keys = CKO_PRIVATE_KEY,
	    vendor = 0xce534353, profiles = CKO_PROFILE;
	CK_ATTRIBUTE cert[] = { { CKA_CLASS, &certs, sizeof(certs) } };
	CK_ATTRIBUTE priv[] = { { CKA_CLASS, &keys, sizeof(keys) } };
	CK_ATTRIBUTE other[] = { { CKA_CLASS, &vendor, sizeof(vendor) } };
	CK_ATTRIBUTE prof[] = { { CKA_TOKEN, &yes, 1 },
	    { CKA_CLASS, &profiles, sizeof(profiles) } };
	CK_ATTRIBUTE label[] = { { CKA_LABEL, (void *)(uintptr_t)"Baseline Provider", 17 } };
	CK_ATTRIBUTE session[] = { { CKA_TOKEN, &no, 1 } };
	CK_ATTRIBUTE odd[] = { { 0xce534351, &no, 1 } };
	CK_ATTRIBUTE torn[] = { { CKA_CLASS, &certs, 1 } };
	const CK_SESSION_HANDLE h = open_session(RO);
	CK_OBJECT_HANDLE key;
	CK_ULONG size;

	(void)state;
	assert_int_equal(count_found(h, other, 1), 0);
	assert_int_equal(count_found(h, prof, 2), 3);
	assert_int_equal(count_found(h, session, 1), 0);
	assert_int_equal(CARD->calls[FAKE_FACTS] + CARD->calls[FAKE_CERT_READ], 0);
	assert_int_equal(count_found(h, cert, 1), 3);
	assert_int_equal(count_found(h, torn, 1), 0);
	assert_int_equal(count_found(h, odd, 1), 0);
	assert_int_equal(count_found(h, priv, 1), 1);	/* 9e wants no PIN */
	assert_int_equal(C_Login(h, CKU_USER, PIN, 6), CKR_OK);
	assert_int_equal(count_found(h, priv, 1), 3);
	assert_int_equal(count_found(h, NULL, 0), 3 + 9);
	assert_int_equal(count_found(h, label, 1), 1);
	key = find_one(h, CKO_PRIVATE_KEY, 0x9a);
	assert_int_equal(C_Logout(h), CKR_OK);
	assert_int_equal(count_found(h, priv, 1), 1);
	assert_int_equal(C_Login(h, CKU_USER, PIN, 6), CKR_OK);
	/* its handle went with the login; 5.6.9 */
	assert_int_equal(C_GetObjectSize(h, key, &size), CKR_OBJECT_HANDLE_INVALID);
	assert_int_not_equal(find_one(h, CKO_PRIVATE_KEY, 0x9a), key);
}

/* A second search, and a hundredth, costs nothing; one for an ID one key. */
static void
test_frugal(void **state)
{
	const CK_SESSION_HANDLE h = open_session(RO);
	unsigned before;

	(void)state;
	assert_int_equal(CARD->calls[FAKE_SLOTS_ASKED], 0);
	assert_int_not_equal(find_one(h, CKO_PUBLIC_KEY, 0x9a), CK_INVALID_HANDLE);
	assert_int_equal(CARD->calls[FAKE_FACTS], 1);
	assert_int_equal(CARD->calls[FAKE_SURVEY], 0);
	assert_int_equal(CARD->calls[FAKE_CERT_READ], 0);
	count_found(h, NULL, 0);
	before = CARD->turns + CARD->calls[FAKE_FACTS] +
	    CARD->calls[FAKE_CERT_READ] + CARD->calls[FAKE_SURVEY];
	for (int i = 0; i < 188; i++)
		count_found(h, NULL, 0);
	assert_int_equal(CARD->turns + CARD->calls[FAKE_FACTS] +
	    CARD->calls[FAKE_CERT_READ] + CARD->calls[FAKE_SURVEY], before);
}

/* Who lists what everybody may see asks no key what it is: the certificates
 * tell.  Who is logged in, or looks for private keys, has the card's own word. */
static void
test_frugal_keys(void **state)
{
	CK_OBJECT_CLASS keys = CKO_PRIVATE_KEY;
	CK_ATTRIBUTE priv = { CKA_CLASS, &keys, sizeof(keys) };
	const CK_SESSION_HANDLE h = open_session(RO);
	CK_BBOOL always = CK_FALSE;
	CK_ATTRIBUTE a = { CKA_ALWAYS_AUTHENTICATE, &always, 1 };

	(void)state;
	CARD->slots[0].facts.pin = TMG_PIN_ALWAYS;	/* not the rule of 9a */
	CARD->slots[1].facts.pin = TMG_PIN_NEVER;	/* not the rule of 9c */
	count_found(h, NULL, 0);
	assert_int_equal(CARD->calls[FAKE_FACTS], 1);	/* of the empty slot */
	assert_int_equal(count_found(h, NULL, 0), 3 + 6 + 1);
	assert_int_equal(CARD->calls[FAKE_FACTS], 1);
	assert_int_equal(count_found(h, &priv, 1), 2);	/* 9e, and 9c after all */
	assert_int_equal(CARD->calls[FAKE_FACTS], 1 + 2);
	assert_int_equal(count_found(h, NULL, 0), 3 + 6 + 2);
	assert_int_equal(C_Login(h, CKU_USER, PIN, 6), CKR_OK);
	assert_int_equal(count_found(h, NULL, 0), 3 + 9);
	assert_int_equal(CARD->calls[FAKE_FACTS], 1 + 3);
	assert_int_equal(C_GetAttributeValue(h, find_one(h, CKO_PRIVATE_KEY, 0x9a),
	    &a, 1), CKR_OK);
	assert_int_equal(always, CK_TRUE);
}

/* 9e has a key that wants its PIN, against the slot's rule: it is seen, and not
 * used, before a login. */
static void
test_veiled_policy(void **state)
{
	const CK_SESSION_HANDLE h = open_session(RO);
	CK_OBJECT_HANDLE key;

	(void)state;
	CARD->slots[3].facts.pin = TMG_PIN_ONCE;
	count_found(h, NULL, 0);
	key = find_one(h, CKO_PRIVATE_KEY, 0x9e);
	assert_int_not_equal(key, CK_INVALID_HANDLE);
	assert_int_equal(C_SignInit(h, &ecdsa, key), CKR_USER_NOT_LOGGED_IN);
	assert_int_equal(C_Login(h, CKU_USER, PIN, 6), CKR_OK);
	key = find_one(h, CKO_PRIVATE_KEY, 0x9e);
	assert_int_equal(C_SignInit(h, &ecdsa, key), CKR_OK);
	assert_int_equal(CARD->calls[FAKE_SIGN], 0);
}

/* A certificate whose key is gone: nobody who could use the key sees one. */
static void
test_orphan(void **state)
{
	const CK_SESSION_HANDLE h = open_session(RO);

	(void)state;
	CARD->slots[0].key = false;
	CARD->slots[3].key = false;
	count_found(h, NULL, 0);
	assert_int_equal(C_SignInit(h, &ecdsa, find_one(h, CKO_PRIVATE_KEY, 0x9e)),
	    CKR_KEY_HANDLE_INVALID);
	assert_int_equal(C_Login(h, CKU_USER, PIN, 6), CKR_OK);
	assert_int_equal(find_one(h, CKO_PRIVATE_KEY, 0x9a), CK_INVALID_HANDLE);
	assert_int_equal(find_one(h, CKO_PUBLIC_KEY, 0x9a), CK_INVALID_HANDLE);
	assert_int_not_equal(find_one(h, CKO_CERTIFICATE, 0x9a), CK_INVALID_HANDLE);
}

static void
test_find_states(void **state)
{
	const CK_SESSION_HANDLE h = open_session(RO);
	CK_ATTRIBUTE bad = { CKA_ID, NULL, 4 };
	CK_OBJECT_HANDLE o;
	CK_ULONG n = 7;

	(void)state;
	assert_int_equal(C_FindObjects(h, &o, 1, &n), CKR_OPERATION_NOT_INITIALIZED);
	assert_int_equal(n, 0);
	n = 7;
	assert_int_equal(C_FindObjects(h + 64, &o, 1, &n), CKR_SESSION_HANDLE_INVALID);
	assert_int_equal(n, 0);
	assert_int_equal(C_FindObjectsInit(h, NULL, 1), CKR_ARGUMENTS_BAD);
	assert_int_equal(C_FindObjectsInit(h, &bad, 1), CKR_ARGUMENTS_BAD);
	assert_int_equal(C_FindObjectsInit(h, NULL, 0), CKR_OK);
	assert_int_equal(C_FindObjectsInit(h, NULL, 0), CKR_OPERATION_ACTIVE);
	assert_int_equal(C_SessionCancel(h, CKF_FIND_OBJECTS), CKR_OK);
	assert_int_equal(C_FindObjectsFinal(h), CKR_OPERATION_NOT_INITIALIZED);
}

static void
test_labels(void **state)
{
	static const struct { CK_BYTE id; const char *label; } t[] = {
		{ 0x9c, "Asel (9c)" }, { 0x9a, "Asel" }, { 0x9e, "Card" },
	};
	const CK_SESSION_HANDLE h = open_session(RO);
	char text[64];

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(t); i++) {
		read_text(h, find_one(h, CKO_CERTIFICATE, t[i].id), CKA_LABEL, text);
		assert_string_equal(text, t[i].label);
		read_text(h, find_one(h, CKO_PUBLIC_KEY, t[i].id), CKA_LABEL, text);
		assert_string_equal(text, t[i].label);
	}
}

/* Good entries are filled and bad ones marked, whatever the order. */
static void
test_attributes(void **state)
{
	const CK_SESSION_HANDLE h = open_session(RO);
	CK_BYTE id[4], tiny[1], params[16], point[80];
	CK_BBOOL b = 9;
	CK_ATTRIBUTE t[] = {
		{ CKA_VALUE, NULL, 0 }, { CKA_ID, id, sizeof(id) },
		{ CKA_MODULUS, id, sizeof(id) }, { CKA_KEY_TYPE, tiny, 1 },
		{ CKA_EC_PARAMS, params, sizeof(params) },
		{ CKA_EC_POINT, point, sizeof(point) },
		{ CKA_ALWAYS_AUTHENTICATE, &b, 1 }, { CKA_LABEL, NULL, 0 },
	};
	CK_OBJECT_HANDLE o;
	CK_ULONG size;

	(void)state;
	assert_int_equal(C_Login(h, CKU_USER, PIN, 6), CKR_OK);
	o = find_one(h, CKO_PRIVATE_KEY, 0x9c);
	assert_int_equal(C_GetAttributeValue(h, o, t, TMG_COUNT(t)),
	    CKR_ATTRIBUTE_SENSITIVE);
	assert_int_equal(t[0].ulValueLen, CK_UNAVAILABLE_INFORMATION);
	assert_int_equal(t[1].ulValueLen, 1);
	assert_int_equal(id[0], 0x9c);
	assert_int_equal(t[2].ulValueLen, CK_UNAVAILABLE_INFORMATION);
	assert_int_equal(t[3].ulValueLen, CK_UNAVAILABLE_INFORMATION);
	assert_int_equal(t[4].ulValueLen, 10);
	assert_memory_equal(params, "\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07", 10);
	assert_int_equal(t[5].ulValueLen, 67);
	assert_memory_equal(point, "\x04\x41\x04", 3);
	assert_int_equal(b, CK_TRUE);
	assert_int_equal(t[7].ulValueLen, 9);
	t[3].ulValueLen = sizeof(tiny);
	assert_int_equal(C_GetAttributeValue(h, o, &t[3], 1), CKR_BUFFER_TOO_SMALL);
	assert_int_equal(C_GetAttributeValue(h, o, &t[2], 1),
	    CKR_ATTRIBUTE_TYPE_INVALID);
	assert_int_equal(C_GetAttributeValue(h, o + 1000, t, 1),
	    CKR_OBJECT_HANDLE_INVALID);
	assert_int_equal(C_GetAttributeValue(h, o, NULL, 1), CKR_ARGUMENTS_BAD);
	assert_int_equal(C_GetObjectSize(h, find_one(h, CKO_CERTIFICATE, 0x9c),
	    &size), CKR_OK);
	assert_int_equal(size, CARD->slots[1].cert_len);
	assert_int_equal(C_Logout(h), CKR_OK);
	assert_int_equal(C_GetAttributeValue(h, o, &t[1], 1),
	    CKR_OBJECT_HANDLE_INVALID);
}

/* A certificate is found by everything it says, and says it in DER. */
static void
test_certificate(void **state)
{
	static const CK_ATTRIBUTE_TYPE types[] = {
		CKA_SUBJECT, CKA_ISSUER, CKA_SERIAL_NUMBER, CKA_VALUE,
		CKA_LABEL, CKA_PUBLIC_KEY_INFO, CKA_UNIQUE_ID, CKA_END_DATE,
		CKA_CERTIFICATE_CATEGORY,
	};
	const CK_SESSION_HANDLE h = open_session(RO);
	const CK_OBJECT_HANDLE o = find_one(h, CKO_CERTIFICATE, 0x9a);

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(types); i++) {
		CK_BYTE value[1024];
		CK_ATTRIBUTE a = { types[i], value, sizeof(value) };
		CK_OBJECT_HANDLE found[8];
		CK_ULONG n = 0;

		assert_int_equal(C_GetAttributeValue(h, o, &a, 1), CKR_OK);
		assert_int_equal(C_FindObjectsInit(h, &a, 1), CKR_OK);
		assert_int_equal(C_FindObjects(h, found, 8, &n), CKR_OK);
		assert_int_equal(C_FindObjectsFinal(h), CKR_OK);
		assert_true(n >= 1);
		assert_int_equal(found[0], o);
		if (types[i] == CKA_VALUE)
			assert_memory_equal(value, CARD->slots[0].cert, a.ulValueLen);
		if (types[i] == CKA_SERIAL_NUMBER)
			assert_memory_equal(value, "\x02\x01\x07", 3);
	}
}

/* ---- writing ------------------------------------------------------------- */

static CK_OBJECT_CLASS cert_class = CKO_CERTIFICATE;
static CK_CERTIFICATE_TYPE x509 = CKC_X_509;

/* Writes der, with one attribute more; type CKA_VALUE: none more. */
static CK_RV
create(CK_SESSION_HANDLE h, const CK_BYTE *der, CK_ULONG len,
    CK_ATTRIBUTE_TYPE type, void *value, CK_ULONG value_len,
    CK_OBJECT_HANDLE *made)
{
	CK_ATTRIBUTE t[] = {
		{ CKA_CLASS, &cert_class, sizeof(cert_class) },
		{ CKA_CERTIFICATE_TYPE, &x509, sizeof(x509) },
		{ CKA_VALUE, (void *)(uintptr_t)der, len },
		{ CKA_TOKEN, &yes, 1 },
		{ type, value, value_len },
	};

	return C_CreateObject(h, t, type == CKA_VALUE ? 4 : 5, made);
}

static void
test_write(void **state)
{
	struct fake_slot *slot = &CARD->slots[0];
	const CK_SESSION_HANDLE ro = open_session(RO), rw = open_session(RW);
	CK_BYTE der[FAKE_CERT_MAX], serial[32], id = 0x9a;
	CK_ATTRIBUTE number = { CKA_SERIAL_NUMBER, serial, sizeof(serial) };
	CK_ATTRIBUTE bare = { CKA_SERIAL_NUMBER, serial + 2, 0 };
	unsigned long count;
	const CK_ULONG len = slot->cert_len;
	CK_OBJECT_HANDLE made, old, key;

	(void)state;
	CARD->can = 0;			/* deletes no keys */
	memcpy(der, slot->cert, len);
	slot->cert_len = 0;
	assert_int_equal(create(rw, der, len, CKA_VALUE, NULL, 0, &made),
	    CKR_USER_NOT_LOGGED_IN);
	assert_int_equal(C_Login(rw, CKU_USER, PIN, 6), CKR_OK);
	assert_int_equal(create(ro, der, len, CKA_VALUE, NULL, 0, &made),
	    CKR_SESSION_READ_ONLY);
	assert_int_equal(create(rw, der, 0, CKA_VALUE, NULL, 0, &made),
	    CKR_TEMPLATE_INCOMPLETE);
	assert_int_equal(create(rw, der, 40, CKA_VALUE, NULL, 0, &made),
	    CKR_ATTRIBUTE_VALUE_INVALID);
	assert_int_equal(create(rw, der, len, CKA_TRUSTED, &yes, 1, &made),
	    CKR_TEMPLATE_INCONSISTENT);
	assert_int_equal(create(rw, der, len, CKA_SUBJECT, der, 9, &made),
	    CKR_TEMPLATE_INCONSISTENT);
	assert_int_equal(create(rw, der, len, CKA_MODULUS, der, 9, &made),
	    CKR_ATTRIBUTE_TYPE_INVALID);
	assert_int_equal(create(rw, der, len, CKA_PRIVATE, &no, 2, &made),
	    CKR_ATTRIBUTE_VALUE_INVALID);
	assert_int_equal(CARD->calls[FAKE_CERT_WRITE], 0);

	assert_int_equal(create(rw, der, len, CKA_ID, &id, 1, &made), CKR_OK);
	assert_int_equal(slot->cert_len, len);
	assert_int_equal(find_one(rw, CKO_CERTIFICATE, 0x9a), made);
	/* there already: the same object; another in its place: refused */
	assert_int_equal(create(rw, der, len, CKA_VALUE, NULL, 0, &old), CKR_OK);
	assert_int_equal(old, made);
	/* its number with its header, as it should be, and as Java has it */
	assert_int_equal(C_GetAttributeValue(rw, made, &number, 1), CKR_OK);
	assert_int_equal(create(rw, der, len, CKA_SERIAL_NUMBER, serial,
	    number.ulValueLen, &old), CKR_OK);
	assert_int_equal(create(rw, der, len, CKA_SERIAL_NUMBER, serial + 2,
	    number.ulValueLen - 2, &old), CKR_OK);
	/* and found by either */
	bare.ulValueLen = number.ulValueLen - 2;
	count = count_found(rw, &number, 1);
	assert_int_not_equal(count, 0);
	assert_int_equal(count_found(rw, &bare, 1), count);
	bare.type = CKA_ISSUER;
	assert_int_equal(count_found(rw, &bare, 1), 0);
	bare.type = CKA_SERIAL_NUMBER;
	serial[2] ^= 1;
	assert_int_equal(count_found(rw, &bare, 1), 0);
	assert_int_equal(create(rw, der, len, CKA_SERIAL_NUMBER, serial + 2,
	    number.ulValueLen - 2, &old), CKR_TEMPLATE_INCONSISTENT);
	assert_int_equal(create(rw, CARD->slots[3].cert, CARD->slots[3].cert_len,
	    CKA_ID, &id, 1, &old), CKR_TEMPLATE_INCONSISTENT);
	assert_int_equal(CARD->calls[FAKE_CERT_WRITE], 1);

	key = find_one(rw, CKO_PRIVATE_KEY, 0x9a);
	assert_int_equal(C_DestroyObject(rw, key), CKR_ACTION_PROHIBITED);
	assert_int_equal(C_DestroyObject(ro, made), CKR_SESSION_READ_ONLY);
	assert_int_equal(C_DestroyObject(rw, made), CKR_OK);
	assert_int_equal(slot->cert_len, 0);
	assert_int_equal(C_DestroyObject(rw, made), CKR_OBJECT_HANDLE_INVALID);
	assert_int_equal(find_one(rw, CKO_CERTIFICATE, 0x9a), CK_INVALID_HANDLE);
	assert_int_equal(find_one(rw, CKO_PRIVATE_KEY, 0x9a), key);
}

/* Without the administrator's key nothing is written, and the user stays in. */
static void
test_write_without_admin(void **state)
{
	const CK_SESSION_HANDLE rw = open_session(RW);
	CK_SESSION_INFO info;

	(void)state;
	CARD->admin_factory = false;
	assert_int_equal(C_Login(rw, CKU_USER, PIN, 6), CKR_OK);
	assert_int_equal(C_DestroyObject(rw, find_one(rw, CKO_CERTIFICATE, 0x9a)),
	    CKR_USER_NOT_LOGGED_IN);
	assert_int_equal(C_GetSessionInfo(rw, &info), CKR_OK);
	assert_int_equal(info.state, CKS_RW_USER_FUNCTIONS);
	assert_int_equal(C_Logout(rw), CKR_OK);
	assert_int_equal(C_Login(rw, CKU_SO, (CK_UTF8CHAR *)(uintptr_t)"admin", 5),
	    CKR_OK);
	assert_int_equal(C_DestroyObject(rw, find_one(rw, CKO_CERTIFICATE, 0x9a)),
	    CKR_OK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		INSIDE(test_find),
		INSIDE(test_frugal),
		INSIDE(test_frugal_keys),
		INSIDE(test_veiled_policy),
		INSIDE(test_orphan),
		INSIDE(test_find_states),
		INSIDE(test_labels),
		INSIDE(test_attributes),
		INSIDE(test_certificate),
		INSIDE(test_write),
		INSIDE(test_write_without_admin),
	};

	return cmocka_run_group_tests(tests, make_world, end_world);
}
