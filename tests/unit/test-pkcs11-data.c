/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Data objects of the token through the PKCS#11 module: the fake card has notes
 * that everybody reads, a diary behind the PIN, and what it writes by itself.
 */
#include "tests/unit/p11-world.h"

static CK_OBJECT_CLASS data_class = CKO_DATA;
static CK_ATTRIBUTE of_data = { CKA_CLASS, &data_class, sizeof(data_class) };
static CK_BYTE oid_notes[] = { 0x06, 0x09, 0x2b, 6, 1, 4, 1, 0x86, 0x8d, 0x1f, 1 };

static CK_ATTRIBUTE
text(CK_ATTRIBUTE_TYPE type, const char *value)
{
	return (CK_ATTRIBUTE){ type, (void *)(uintptr_t)value, strlen(value) };
}

static CK_OBJECT_HANDLE
find_named(CK_SESSION_HANDLE h, const char *label)
{
	CK_ATTRIBUTE t[] = { of_data, text(CKA_LABEL, label) };
	CK_OBJECT_HANDLE found = CK_INVALID_HANDLE;
	CK_ULONG n = 0;

	assert_int_equal(C_FindObjectsInit(h, t, 2), CKR_OK);
	assert_int_equal(C_FindObjects(h, &found, 1, &n), CKR_OK);
	assert_int_equal(C_FindObjectsFinal(h), CKR_OK);
	return n == 1 ? found : CK_INVALID_HANDLE;
}

/* One more attribute; its type CKA_CLASS: none. */
static CK_RV
create(CK_SESSION_HANDLE h, const char *label, const char *value,
    CK_ATTRIBUTE more, CK_OBJECT_HANDLE *made)
{
	CK_ATTRIBUTE t[] = { of_data, { CKA_TOKEN, &yes, 1 },
	    text(CKA_LABEL, label), text(CKA_VALUE, value), more };

	return C_CreateObject(h, t, more.type == CKA_CLASS ? 4 : 5, made);
}

/* ---- finding ------------------------------------------------------------- */

/* Who lists everything asks no place; who looks for data asks each once, and
 * none whose PIN nobody has given; who names one asks that. */
static void
test_frugal(void **state)
{
	CK_ATTRIBUTE other = text(CKA_LABEL, "None of them");
	CK_SESSION_HANDLE h = open_session(RO);
	CK_ULONG all;

	(void)state;
	fake_write(&CARD->data[FAKE_NOTES], "noted");
	fake_write(&CARD->data[FAKE_DIARY], "dear diary");
	all = count_found(h, NULL, 0);
	assert_int_equal(count_found(h, &other, 1), 0);
	assert_int_equal(CARD->calls[FAKE_DATA_READ], 0);
	assert_int_not_equal(find_named(h, "Notes"), CK_INVALID_HANDLE);
	assert_int_equal(count_found(h, NULL, 0), all + 1);
	assert_int_equal(CARD->calls[FAKE_DATA_READ], 1);
	assert_int_equal(count_found(h, &of_data, 1), 1);
	assert_int_equal(CARD->calls[FAKE_DATA_READ], 2);
	assert_int_equal(count_found(h, NULL, 0), all + 1);
	assert_int_equal(C_Login(h, CKU_USER, PIN, 6), CKR_OK);
	assert_int_equal(count_found(h, &of_data, 1), 2);
	for (int i = 0; i < 188; i++)
		assert_int_equal(count_found(h, &of_data, 1), 2);
	assert_int_equal(CARD->calls[FAKE_DATA_READ], 3);
}

static void
says(CK_SESSION_HANDLE h, CK_OBJECT_HANDLE o, CK_ATTRIBUTE_TYPE type,
    const void *value, size_t len)
{
	CK_BYTE got[128];
	CK_ATTRIBUTE a = { type, got, sizeof(got) };

	assert_int_equal(C_GetAttributeValue(h, o, &a, 1), CKR_OK);
	assert_int_equal(a.ulValueLen, len);
	assert_memory_equal(got, value, len);
}

static void
test_attributes(void **state)
{
	static CK_BYTE bare[] = { 0x2b, 6, 1, 4, 1, 0x86, 0x8d, 0x1f, 1 };
	CK_ATTRIBUTE by_oid[] = { { CKA_OBJECT_ID, oid_notes, sizeof(oid_notes) },
	    { CKA_OBJECT_ID, bare, sizeof(bare) },
	    text(CKA_APPLICATION, "Fake"), text(CKA_VALUE, "noted") };
	CK_ATTRIBUTE foreign = { CKA_ID, bare, 1 };
	CK_SESSION_HANDLE h = open_session(RO);
	CK_OBJECT_HANDLE o, fixed;
	CK_ULONG size;

	(void)state;
	fake_write(&CARD->data[FAKE_NOTES], "noted");
	fake_write(&CARD->data[FAKE_FIXED], "by the token");
	for (size_t i = 0; i < TMG_COUNT(by_oid); i++)
		assert_int_equal(count_found(h, &by_oid[i], 1), i == 2 ? 2 : 1);
	o = find_named(h, "Notes");
	says(h, o, CKA_VALUE, "noted", 5);
	says(h, o, CKA_APPLICATION, "Fake", 4);
	says(h, o, CKA_OBJECT_ID, oid_notes, sizeof(oid_notes));
	says(h, o, CKA_UNIQUE_ID, "data-1", 6);
	says(h, o, CKA_PRIVATE, &no, 1);
	says(h, o, CKA_TOKEN, &yes, 1);
	says(h, o, CKA_MODIFIABLE, &yes, 1);
	says(h, o, CKA_DESTROYABLE, &yes, 1);
	fixed = find_named(h, "Fixed");
	says(h, fixed, CKA_OBJECT_ID, "", 0);
	says(h, fixed, CKA_MODIFIABLE, &no, 1);
	says(h, fixed, CKA_DESTROYABLE, &no, 1);
	assert_int_equal(C_GetAttributeValue(h, o, &foreign, 1),
	    CKR_ATTRIBUTE_TYPE_INVALID);
	assert_int_equal(C_GetObjectSize(h, o, &size), CKR_OK);
	assert_int_equal(size, 5);
}

/* Behind the PIN: not seen, not read, and no handle outlives the login. */
static void
test_guarded(void **state)
{
	CK_SESSION_HANDLE h = open_session(RO);
	CK_ATTRIBUTE a = { CKA_VALUE, NULL, 0 };
	CK_OBJECT_HANDLE o, notes;

	(void)state;
	fake_write(&CARD->data[FAKE_NOTES], "noted");
	fake_write(&CARD->data[FAKE_DIARY], "dear diary");
	assert_int_equal(find_named(h, "Diary"), CK_INVALID_HANDLE);
	assert_int_equal(CARD->calls[FAKE_DATA_READ], 0);
	notes = find_named(h, "Notes");
	assert_int_equal(C_Login(h, CKU_USER, PIN, 6), CKR_OK);
	o = find_named(h, "Diary");
	says(h, o, CKA_VALUE, "dear diary", 10);
	says(h, o, CKA_PRIVATE, &yes, 1);
	assert_int_equal(C_Logout(h), CKR_OK);
	assert_int_equal(C_GetAttributeValue(h, o, &a, 1),
	    CKR_OBJECT_HANDLE_INVALID);
	assert_int_equal(C_Login(h, CKU_USER, PIN, 6), CKR_OK);
	assert_int_equal(C_GetAttributeValue(h, o, &a, 1),
	    CKR_OBJECT_HANDLE_INVALID);
	/* it was wiped and is read again; what all may see stays */
	assert_int_not_equal(find_named(h, "Diary"), CK_INVALID_HANDLE);
	assert_int_equal(CARD->calls[FAKE_DATA_READ], 3);
	says(h, notes, CKA_VALUE, "noted", 5);
}

/* ---- writing ------------------------------------------------------------- */

static void
test_create(void **state)
{
	const CK_ATTRIBUTE none = of_data;
	CK_ATTRIBUTE oid = { CKA_OBJECT_ID, oid_notes, sizeof(oid_notes) };
	CK_ATTRIBUTE mine = { CKA_PRIVATE, &yes, 1 };
	CK_SESSION_HANDLE ro = open_session(RO), rw = open_session(RW);
	CK_OBJECT_HANDLE made, again;
	char big[300];

	(void)state;
	memset(big, 'x', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	assert_int_equal(create(rw, "Notes", "v", none, &made),
	    CKR_USER_NOT_LOGGED_IN);
	assert_int_equal(C_Login(rw, CKU_USER, PIN, 6), CKR_OK);
	assert_int_equal(create(ro, "Notes", "v", none, &made),
	    CKR_SESSION_READ_ONLY);
	assert_int_equal(create(rw, "", "v", none, &made), CKR_TEMPLATE_INCOMPLETE);
	assert_int_equal(create(rw, "Notes", "", none, &made),
	    CKR_TEMPLATE_INCOMPLETE);
	assert_int_equal(create(rw, "Nowhere", "v", none, &made),
	    CKR_TEMPLATE_INCONSISTENT);
	assert_int_equal(create(rw, "Diary", "v", oid, &made),
	    CKR_TEMPLATE_INCONSISTENT);
	assert_int_equal(create(rw, "Notes", "v", text(CKA_APPLICATION, "Other"),
	    &made), CKR_TEMPLATE_INCONSISTENT);
	assert_int_equal(create(rw, "Notes", "v", mine, &made),
	    CKR_TEMPLATE_INCONSISTENT);
	assert_int_equal(create(rw, "Fixed", "v", none, &made),
	    CKR_TEMPLATE_INCONSISTENT);
	assert_int_equal(create(rw, "Notes", big, none, &made), CKR_DEVICE_MEMORY);
	assert_int_equal(CARD->data[FAKE_NOTES].len, 0);

	assert_int_equal(create(rw, "", "noted", oid, &made), CKR_OK);
	assert_memory_equal(CARD->data[FAKE_NOTES].value, "noted", 5);
	assert_int_equal(find_named(ro, "Notes"), made);
	assert_int_equal(create(rw, "Notes", "noted", none, &again), CKR_OK);
	assert_int_equal(again, made);
	assert_int_equal(create(rw, "Notes", "another", none, &again),
	    CKR_ATTRIBUTE_VALUE_INVALID);
	assert_int_equal(CARD->calls[FAKE_DATA_WRITE], 2);	/* one was too long */
	assert_int_equal(create(rw, "Diary", "dear", mine, &made), CKR_OK);
	assert_memory_equal(CARD->data[FAKE_DIARY].value, "dear", 4);
}

static void
test_change(void **state)
{
	CK_ATTRIBUTE value = text(CKA_VALUE, "anew"), same = text(CKA_LABEL, "Notes"),
	    name = text(CKA_LABEL, "Mine"), nothing = { CKA_VALUE, NULL, 0 };
	CK_SESSION_HANDLE ro = open_session(RO), rw = user_session(RW);
	CK_OBJECT_HANDLE o, fixed;

	(void)state;
	fake_write(&CARD->data[FAKE_NOTES], "noted");
	fake_write(&CARD->data[FAKE_FIXED], "by the token");
	o = find_named(rw, "Notes");
	fixed = find_named(rw, "Fixed");
	assert_int_equal(C_SetAttributeValue(ro, o, &value, 1),
	    CKR_SESSION_READ_ONLY);
	assert_int_equal(C_SetAttributeValue(rw, o, &name, 1),
	    CKR_ATTRIBUTE_READ_ONLY);
	assert_int_equal(C_SetAttributeValue(rw, o, &same, 1), CKR_OK);
	assert_int_equal(C_SetAttributeValue(rw, o, &nothing, 1),
	    CKR_ATTRIBUTE_VALUE_INVALID);
	assert_int_equal(C_SetAttributeValue(rw, fixed, &value, 1),
	    CKR_ACTION_PROHIBITED);
	assert_int_equal(CARD->calls[FAKE_DATA_WRITE], 0);
	assert_int_equal(C_SetAttributeValue(rw, o, &value, 1), CKR_OK);
	assert_memory_equal(CARD->data[FAKE_NOTES].value, "anew", 4);
	says(rw, o, CKA_VALUE, "anew", 4);
	assert_int_equal(C_SetAttributeValue(rw, o, &value, 1), CKR_OK);
	assert_int_equal(CARD->calls[FAKE_DATA_WRITE], 1);
}

static void
test_destroy(void **state)
{
	CK_SESSION_HANDLE ro = open_session(RO), rw = user_session(RW);
	CK_OBJECT_HANDLE o, fixed;

	(void)state;
	fake_write(&CARD->data[FAKE_NOTES], "noted");
	fake_write(&CARD->data[FAKE_FIXED], "by the token");
	o = find_named(rw, "Notes");
	fixed = find_named(rw, "Fixed");
	assert_int_equal(C_DestroyObject(ro, o), CKR_SESSION_READ_ONLY);
	assert_int_equal(C_DestroyObject(rw, fixed), CKR_ACTION_PROHIBITED);
	CARD->next[FAKE_DATA_DELETE] = TMG_OCCUPIED;
	assert_int_equal(C_DestroyObject(rw, o), CKR_ACTION_PROHIBITED);
	assert_int_equal(C_DestroyObject(rw, o), CKR_OK);
	assert_int_equal(CARD->data[FAKE_NOTES].len, 0);
	assert_int_equal(C_DestroyObject(rw, o), CKR_OBJECT_HANDLE_INVALID);
	assert_int_equal(find_named(rw, "Notes"), CK_INVALID_HANDLE);
}

/* Who looks after the card needs no user's PIN. */
static void
test_so(void **state)
{
	const CK_ATTRIBUTE none = of_data;
	CK_SESSION_HANDLE rw = open_session(RW);
	CK_OBJECT_HANDLE made;

	(void)state;
	CARD->admin_factory = false;
	assert_int_equal(C_Login(rw, CKU_USER, PIN, 6), CKR_OK);
	assert_int_equal(create(rw, "Notes", "v", none, &made),
	    CKR_USER_NOT_LOGGED_IN);
	assert_int_equal(C_Logout(rw), CKR_OK);
	assert_int_equal(C_Login(rw, CKU_SO, (CK_UTF8CHAR *)(uintptr_t)"admin", 5),
	    CKR_OK);
	assert_int_equal(create(rw, "Notes", "v", none, &made), CKR_OK);
	assert_int_equal(C_DestroyObject(rw, made), CKR_OK);
}

/* Made for the session first. */
static void
test_copy(void **state)
{
	CK_ATTRIBUTE t[] = { of_data, text(CKA_LABEL, "Notes"),
	    text(CKA_VALUE, "noted") };
	CK_ATTRIBUTE lost[] = { of_data, text(CKA_LABEL, "Lost"),
	    text(CKA_VALUE, "noted") };
	CK_ATTRIBUTE token = { CKA_TOKEN, &yes, 1 };
	CK_SESSION_HANDLE rw = user_session(RW);
	CK_OBJECT_HANDLE kept, made;

	(void)state;
	assert_int_equal(C_CreateObject(rw, t, 3, &kept), CKR_OK);
	assert_int_equal(C_CopyObject(rw, kept, &token, 1, &made), CKR_OK);
	assert_memory_equal(CARD->data[FAKE_NOTES].value, "noted", 5);
	assert_int_equal(C_DestroyObject(rw, kept), CKR_OK);
	assert_int_equal(find_named(rw, "Notes"), made);
	assert_int_equal(C_CreateObject(rw, lost, 3, &kept), CKR_OK);
	assert_int_equal(C_CopyObject(rw, kept, &token, 1, &made),
	    CKR_TEMPLATE_INCONSISTENT);
}

/* The card is pulled at every question. */
static void
test_pulled(void **state)
{
	const CK_ATTRIBUTE none = of_data;
	bool whole = false;

	(void)state;
	for (unsigned at = 1; !whole; at++) {
		CK_OBJECT_HANDLE made;
		CK_SESSION_HANDLE h;
		CK_RV rv;

		assert_int_equal(C_Finalize(NULL), CKR_OK);
		world(state);
		assert_int_equal(C_Initialize(NULL), CKR_OK);
		h = user_session(RW);
		fake.remove_at = fake.done + at;
		rv = create(h, "Notes", "noted", none, &made);
		if (rv == CKR_OK)
			rv = C_FindObjectsInit(h, &of_data, 1);
		whole = rv == CKR_OK && fake.done < fake.remove_at;
		assert_true(whole || rv == CKR_DEVICE_REMOVED);
		assert_true(at < 100);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		INSIDE(test_frugal),
		INSIDE(test_attributes),
		INSIDE(test_guarded),
		INSIDE(test_create),
		INSIDE(test_change),
		INSIDE(test_destroy),
		INSIDE(test_so),
		INSIDE(test_copy),
		INSIDE(test_pulled),
	};

	return cmocka_run_group_tests(tests, make_world, end_world);
}
