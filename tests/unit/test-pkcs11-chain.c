/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Certificates of the PKCS#11 module that are for no key of the token: those of
 * authorities, which programs write behind the one they were given.
 */
#include "tests/unit/p11-world.h"

enum { RETIRED = 4 };		/* the fake card's only retired slot, 82 */

static CK_OBJECT_CLASS cert_class = CKO_CERTIFICATE;
static CK_CERTIFICATE_TYPE x509 = CKC_X_509;

/* As keytool does it: no ID and no label; both where they are not NULL. */
static CK_RV
write_cert(CK_SESSION_HANDLE h, const struct fake_slot *from, CK_BBOOL token,
    const char *name, CK_OBJECT_HANDLE *made)
{
	CK_ATTRIBUTE t[] = {
		{ CKA_CLASS, &cert_class, sizeof(cert_class) },
		{ CKA_CERTIFICATE_TYPE, &x509, sizeof(x509) },
		{ CKA_TOKEN, &token, 1 },
		{ CKA_VALUE, (void *)(uintptr_t)from->cert, from->cert_len },
		{ CKA_ID, (void *)(uintptr_t)name, name != NULL ? strlen(name) : 0 },
		{ CKA_LABEL, (void *)(uintptr_t)name,
		    name != NULL ? strlen(name) : 0 },
	};

	return C_CreateObject(h, t, name != NULL ? 6 : 4, made);
}

static CK_ULONG
category_of(CK_SESSION_HANDLE h, CK_OBJECT_HANDLE o)
{
	CK_ULONG category = 0;
	CK_ATTRIBUTE a = { CKA_CERTIFICATE_CATEGORY, &category, sizeof(category) };

	assert_int_equal(C_GetAttributeValue(h, o, &a, 1), CKR_OK);
	return category;
}

/* Only that its certificate is there: no key lies beside it. */
static void
expect_alone(CK_SESSION_HANDLE h, CK_OBJECT_HANDLE cert)
{
	assert_int_equal(find_one(h, CKO_CERTIFICATE, 0x82), cert);
	assert_int_equal(find_one(h, CKO_PUBLIC_KEY, 0x82), CK_INVALID_HANDLE);
	assert_int_equal(find_one(h, CKO_PRIVATE_KEY, 0x82), CK_INVALID_HANDLE);
}

/* On cards that tell of their keys, and on one that does not. */
static void
test_authority(void **state)
{
	struct fake_slot root = { .key = false };

	fake_authority(&root, "Root");
	for (int tells = 0; tells < 2; tells++) {
		CK_SESSION_HANDLE h;
		CK_OBJECT_HANDLE made, again;
		char text[64];

		world(state);
		CARD->tells = tells;
		CARD->can |= tells ? TMG_CAN_METADATA : 0;
		h = user_session(RW);
		assert_int_equal(write_cert(h, &root, yes, NULL, &made), CKR_OK);
		assert_int_equal(CARD->slots[RETIRED].cert_len, root.cert_len);
		assert_int_equal(category_of(h, made), 2);	/* authority */
		assert_int_equal(category_of(h, find_one(h, CKO_CERTIFICATE, 0x9a)), 1);
		expect_alone(h, made);
		read_text(h, made, CKA_LABEL, text);
		assert_string_equal(text, "Root");
		/* the same one is there already */
		assert_int_equal(write_cert(h, &root, yes, NULL, &again), CKR_OK);
		assert_int_equal(again, made);
		assert_int_equal(CARD->calls[FAKE_CERT_WRITE], 1);
		/* everybody sees it, and nobody a key */
		assert_int_equal(C_Logout(h), CKR_OK);
		expect_alone(h, made);
		assert_int_equal(count_found(h, NULL, 0), 3 + 6 + 1 + 1);
		assert_int_equal(C_Login(h, CKU_USER, PIN, 6), CKR_OK);
		assert_int_equal(C_DestroyObject(h, made), CKR_OK);
		assert_int_equal(CARD->slots[RETIRED].cert_len, 0);
		assert_int_equal(find_one(h, CKO_CERTIFICATE, 0x82), CK_INVALID_HANDLE);
		assert_int_equal(C_Finalize(NULL), CKR_OK);
		assert_int_equal(C_Initialize(NULL), CKR_OK);
	}
}

/* A stranger's goes there as well, where the card can say that there is no key;
 * else it would be taken for one's. */
static void
test_stranger(void **state)
{
	struct fake_slot other = { .key = false };
	const CK_SESSION_HANDLE h = user_session(RW);
	CK_OBJECT_HANDLE made;

	(void)state;
	fake_key(&other, "Bolat", TMG_PIN_ONCE);
	assert_int_equal(write_cert(h, &other, yes, NULL, &made),
	    CKR_TEMPLATE_INCONSISTENT);
	assert_int_equal(CARD->calls[FAKE_CERT_WRITE], 0);
	assert_int_equal(C_Finalize(NULL), CKR_OK);
	CARD->can |= TMG_CAN_METADATA;
	assert_int_equal(C_Initialize(NULL), CKR_OK);
	assert_int_equal(write_cert(user_session(RW), &other, yes, NULL, &made),
	    CKR_OK);
	expect_alone(open_session(RO), made);
}

/* One's own goes beside its key, whatever else is there. */
static void
test_own(void **state)
{
	struct fake_slot own = CARD->slots[1];
	CK_OBJECT_HANDLE made;
	CK_SESSION_HANDLE h;

	(void)state;
	CARD->can |= TMG_CAN_METADATA;
	CARD->slots[1].cert_len = 0;
	h = user_session(RW);
	assert_int_equal(write_cert(h, &own, yes, NULL, &made), CKR_OK);
	assert_int_equal(CARD->slots[RETIRED].cert_len, 0);
	assert_int_equal(find_one(h, CKO_CERTIFICATE, 0x9c), made);
}

/* No place but one, and that is taken: by a key, by a certificate. */
static void
test_full(void **state)
{
	struct fake_slot root = { .key = false }, second = { .key = false };
	struct fake_slot *place = &CARD->slots[RETIRED];
	CK_OBJECT_HANDLE made, key[2];
	CK_BYTE curve[] = { 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7 };
	CK_MECHANISM m = { CKM_EC_KEY_PAIR_GEN, NULL, 0 };
	CK_ATTRIBUTE pub[] = { { CKA_EC_PARAMS, curve, sizeof(curve) },
	    { CKA_TOKEN, &yes, 1 } };
	CK_ATTRIBUTE priv[] = { { CKA_TOKEN, &yes, 1 } };
	CK_SESSION_HANDLE h;

	(void)state;
	fake_authority(&root, "Root");
	fake_authority(&second, "Second");
	CARD->can |= TMG_CAN_METADATA;
	fake_key(place, "Old", TMG_PIN_ONCE);
	place->cert_len = 0;		/* a key that no certificate tells of */
	h = user_session(RW);
	assert_int_equal(write_cert(h, &root, yes, NULL, &made), CKR_DEVICE_MEMORY);
	assert_int_equal(CARD->calls[FAKE_CERT_WRITE], 0);
	assert_int_equal(C_Finalize(NULL), CKR_OK);
	place->key = false;
	assert_int_equal(C_Initialize(NULL), CKR_OK);
	h = user_session(RW);
	assert_int_equal(write_cert(h, &root, yes, NULL, &made), CKR_OK);
	assert_int_equal(write_cert(h, &second, yes, NULL, &made),
	    CKR_DEVICE_MEMORY);
	/* nor is a key born there: the first fills 9d, then there is none */
	assert_int_equal(C_GenerateKeyPair(h, &m, pub, 2, priv, 1, &key[0], &key[1]),
	    CKR_OK);
	assert_int_equal(C_GenerateKeyPair(h, &m, pub, 2, priv, 1, &key[0], &key[1]),
	    CKR_DEVICE_MEMORY);
	assert_int_equal(place->cert_len, root.cert_len);
	assert_false(place->key);
}

/* A card without room says so, and nothing else is told. */
static void
test_no_room(void **state)
{
	struct fake_slot root = { .key = false };
	const CK_SESSION_HANDLE h = user_session(RW);
	CK_OBJECT_HANDLE made;

	(void)state;
	fake_authority(&root, "Root");
	CARD->next[FAKE_CERT_WRITE] = TMG_DENIED;
	assert_int_equal(write_cert(h, &root, yes, NULL, &made), CKR_DEVICE_MEMORY);
	assert_int_equal(find_one(h, CKO_CERTIFICATE, 0x82), CK_INVALID_HANDLE);
}

/* It has an ID and a label as any object, and keeps them. */
static void
test_names(void **state)
{
	struct fake_slot root = { .key = false };
	CK_BYTE id[] = "root";
	CK_ATTRIBUTE by_id = { CKA_ID, id, 4 };
	CK_ATTRIBUTE nine = { CKA_ID, (CK_BYTE[]){ 0x9a }, 1 };
	CK_ATTRIBUTE taken = { CKA_LABEL, (CK_BYTE[]){ 'A', 's', 'e', 'l' }, 4 };
	CK_SESSION_HANDLE h = user_session(RW);
	CK_OBJECT_HANDLE made, kept, found;

	(void)state;
	fake_authority(&root, "Root");
	/* made for the session first, as webcrypto does it */
	assert_int_equal(write_cert(h, &root, no, "root", &kept), CKR_OK);
	assert_int_equal(C_CopyObject(h, kept, &(CK_ATTRIBUTE){ CKA_TOKEN, &yes, 1 },
	    1, &made), CKR_OK);
	assert_int_equal(C_DestroyObject(h, kept), CKR_OK);
	assert_int_equal(count_found(h, &by_id, 1), 1);
	assert_int_equal(C_SetAttributeValue(h, made, &nine, 1),
	    CKR_ATTRIBUTE_VALUE_INVALID);
	assert_int_equal(C_SetAttributeValue(h, made, &taken, 1),
	    CKR_ATTRIBUTE_VALUE_INVALID);
	/* no key may have its ID */
	assert_int_equal(C_SetAttributeValue(h, find_one(h, CKO_PRIVATE_KEY, 0x9a),
	    &by_id, 1), CKR_ATTRIBUTE_VALUE_INVALID);
	assert_int_equal(C_Finalize(NULL), CKR_OK);
	assert_int_equal(C_Initialize(NULL), CKR_OK);
	h = user_session(RW);
	assert_int_equal(C_FindObjectsInit(h, &by_id, 1), CKR_OK);
	assert_int_equal(C_FindObjects(h, &found, 1, &(CK_ULONG){ 0 }), CKR_OK);
	assert_int_equal(C_FindObjectsFinal(h), CKR_OK);
	assert_int_equal(write_cert(h, &root, yes, "root", &made), CKR_OK);
	assert_int_equal(made, found);
	assert_int_equal(CARD->calls[FAKE_CERT_WRITE], 1);
}

/* The card is pulled at every question: nothing hangs and nothing is made up. */
static void
test_pulled(void **state)
{
	struct fake_slot root = { .key = false };
	bool whole = false;

	fake_authority(&root, "Root");
	for (unsigned at = 1; !whole; at++) {
		CK_OBJECT_HANDLE made = 77;
		CK_SESSION_HANDLE h;
		CK_RV rv;

		assert_int_equal(C_Finalize(NULL), CKR_OK);
		world(state);
		assert_int_equal(C_Initialize(NULL), CKR_OK);
		h = user_session(RW);
		fake.remove_at = fake.done + at;
		rv = write_cert(h, &root, yes, NULL, &made);
		whole = rv == CKR_OK && fake.done < fake.remove_at;
		assert_true(whole || rv == CKR_DEVICE_REMOVED);
		assert_true(at < 100);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		INSIDE(test_authority),
		INSIDE(test_stranger),
		INSIDE(test_own),
		INSIDE(test_full),
		INSIDE(test_no_room),
		INSIDE(test_names),
		INSIDE(test_pulled),
	};

	return cmocka_run_group_tests(tests, make_world, end_world);
}
