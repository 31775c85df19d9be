/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Slots, tokens, sessions and logins of the PKCS#11 module: what is asked of a
 * card and what never is.
 */
#include "tests/unit/p11-world.h"

#include <pthread.h>
#include <time.h>

#include "pkcs11/watch.h"
#include "src/base/clock.h"

/* ---- slots --------------------------------------------------------------- */

static void
test_slots(void **state)
{
	CK_SLOT_ID ids[3] = { 77, 77, 77 };
	CK_SLOT_INFO slot;
	CK_ULONG n = 0;

	(void)state;
	assert_int_equal(C_GetSlotInfo(0, &slot), CKR_OK);	/* unlisted yet */
	assert_true(slot.flags & CKF_TOKEN_PRESENT);
	assert_memory_equal(slot.slotDescription, "Reader 1   ", 11);
	assert_int_equal(C_GetSlotList(CK_FALSE, NULL, &n), CKR_OK);
	assert_int_equal(n, 2);
	n = 1;
	assert_int_equal(C_GetSlotList(CK_FALSE, ids, &n), CKR_BUFFER_TOO_SMALL);
	assert_int_equal(n, 2);
	assert_int_equal(ids[0], 77);
	n = 3;
	assert_int_equal(C_GetSlotList(CK_TRUE, ids, &n), CKR_OK);
	assert_int_equal(n, 1);
	assert_int_equal(ids[0], 0);
	assert_int_equal(ids[1], 77);
	assert_int_equal(C_GetSlotInfo(2, &slot), CKR_SLOT_ID_INVALID);
	assert_int_equal(C_GetSlotInfo(1, &slot), CKR_OK);
	assert_false(slot.flags & CKF_TOKEN_PRESENT);
	assert_int_equal(CARD->calls[FAKE_PROBE], 0);	/* no card was opened */
	assert_string_equal(CARD->order, "");
}

static void
test_token_info(void **state)
{
	CK_TOKEN_INFO info;

	(void)state;
	assert_int_equal(C_GetTokenInfo(9, &info), CKR_SLOT_ID_INVALID);
	assert_int_equal(C_GetTokenInfo(1, &info), CKR_TOKEN_NOT_PRESENT);
	for (int i = 0; i < 3; i++)
		assert_int_equal(C_GetTokenInfo(0, &info), CKR_OK);
	assert_int_equal(CARD->calls[FAKE_PROBE], 1);
	assert_int_equal(CARD->calls[FAKE_IDENTIFY], 1);
	assert_int_equal(CARD->calls[FAKE_TRIES], 1);
	assert_memory_equal(info.label, "token-1                         ", 32);
	assert_memory_equal(info.serialNumber, "1001            ", 16);
	assert_int_equal(info.ulMinPinLen, 4);
	assert_true(info.flags & CKF_LOGIN_REQUIRED);
	assert_false(info.flags & CKF_WRITE_PROTECTED);
}

/* An unknown card is asked once, until it was taken out. */
static void
test_strange_card(void **state)
{
	CK_SESSION_HANDLE h;
	CK_TOKEN_INFO info;

	(void)state;
	CARD->strange = true;
	for (int i = 0; i < 3; i++) {
		assert_int_equal(C_GetTokenInfo(0, &info), CKR_TOKEN_NOT_RECOGNIZED);
		assert_int_equal(C_OpenSession(0, RO, NULL, NULL, &h),
		    CKR_TOKEN_NOT_RECOGNIZED);
	}
	assert_int_equal(CARD->calls[FAKE_PROBE], 1);
	CARD->strange = false;
	CARD->events += 2;
	assert_int_equal(C_GetTokenInfo(0, &info), CKR_OK);
}

static void
test_events(void **state)
{
	CK_SLOT_ID id = 9;

	(void)state;
	assert_int_equal(C_WaitForSlotEvent(CKF_DONT_BLOCK, &id, NULL), CKR_NO_EVENT);
	fake.cards[1].presence = TMG_PRESENT;
	fake.cards[1].events++;
	assert_int_equal(C_WaitForSlotEvent(CKF_DONT_BLOCK, &id, NULL), CKR_OK);
	assert_int_equal(id, 1);
	assert_int_equal(C_WaitForSlotEvent(CKF_DONT_BLOCK, &id, NULL), CKR_NO_EVENT);
	CARD->events += 2;				/* swapped */
	assert_int_equal(C_WaitForSlotEvent(0, &id, NULL), CKR_OK);
	assert_int_equal(id, 0);
}

static void *
wait_for_event(void *arg)
{
	CK_SLOT_ID id;

	*(CK_RV *)arg = C_WaitForSlotEvent(0, &id, NULL);
	return NULL;
}

static void
test_finalize_ends_waiting(void **state)
{
	const struct timespec moment = { 0, 50000000 };
	CK_RV rv = CKR_OK;
	pthread_t t;

	(void)state;
	assert_int_equal(C_Initialize(NULL), CKR_OK);
	assert_int_equal(pthread_create(&t, NULL, wait_for_event, &rv), 0);
	nanosleep(&moment, NULL);
	assert_int_equal(C_Finalize(NULL), CKR_OK);
	pthread_join(t, NULL);
	assert_int_equal(rv, CKR_CRYPTOKI_NOT_INITIALIZED);
}

/* ---- sessions and login -------------------------------------------------- */

static void
test_login(void **state)
{
	CK_SESSION_HANDLE ro, rw;

	(void)state;
	assert_int_equal(C_OpenSession(0, 0, NULL, NULL, &ro),
	    CKR_SESSION_PARALLEL_NOT_SUPPORTED);
	ro = open_session(RO);
	rw = open_session(RW);
	assert_int_equal(state_of(ro), CKS_RO_PUBLIC_SESSION);
	assert_int_equal(C_Login(ro, CKU_SO, PIN, 6), CKR_SESSION_READ_ONLY_EXISTS);
	assert_int_equal(C_Login(ro, 77, PIN, 6), CKR_USER_TYPE_INVALID);
	assert_int_equal(C_Login(ro, CKU_CONTEXT_SPECIFIC, PIN, 6),
	    CKR_OPERATION_NOT_INITIALIZED);
	assert_int_equal(C_Login(ro, CKU_USER, PIN, 3), CKR_PIN_LEN_RANGE);
	assert_int_equal(C_Login(ro, CKU_USER, PIN, 0), CKR_PIN_LEN_RANGE);
	assert_int_equal(CARD->calls[FAKE_VERIFY], 0);	/* no try was lost */
	assert_int_equal(C_Login(ro, CKU_USER, PIN, 5), CKR_PIN_INCORRECT);
	assert_int_equal(CARD->tries, 2);
	assert_int_equal(C_Login(ro, CKU_USER, PIN, 6), CKR_OK);
	assert_int_equal(C_Login(rw, CKU_USER, PIN, 6), CKR_USER_ALREADY_LOGGED_IN);
	assert_int_equal(C_Login(rw, CKU_SO, PIN, 6),
	    CKR_USER_ANOTHER_ALREADY_LOGGED_IN);
	assert_int_equal(state_of(ro), CKS_RO_USER_FUNCTIONS);
	assert_int_equal(state_of(rw), CKS_RW_USER_FUNCTIONS);
	assert_int_equal(C_Logout(rw), CKR_OK);
	assert_int_equal(C_Logout(ro), CKR_USER_NOT_LOGGED_IN);
	assert_int_equal(state_of(ro), CKS_RO_PUBLIC_SESSION);
}

static void
test_pin_flags(void **state)
{
	static const CK_FLAGS after[] = {
		CKF_USER_PIN_COUNT_LOW,
		CKF_USER_PIN_COUNT_LOW | CKF_USER_PIN_FINAL_TRY,
		CKF_USER_PIN_COUNT_LOW | CKF_USER_PIN_LOCKED,
	};
	const CK_FLAGS all = CKF_USER_PIN_COUNT_LOW | CKF_USER_PIN_FINAL_TRY |
	    CKF_USER_PIN_LOCKED;
	const CK_SESSION_HANDLE h = open_session(RO);
	CK_TOKEN_INFO info;

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(after); i++) {
		assert_int_equal(C_Login(h, CKU_USER, PIN, 5),
		    i < 2 ? CKR_PIN_INCORRECT : CKR_PIN_LOCKED);
		assert_int_equal(C_GetTokenInfo(0, &info), CKR_OK);
		assert_int_equal(info.flags & all, after[i]);
	}
	assert_int_equal(CARD->calls[FAKE_VERIFY], 3);	/* none tried twice */
}

static void
test_close_all(void **state)
{
	const CK_SESSION_HANDLE h[] = { open_session(RO), open_session(RO),
	    open_session(RW) };
	CK_SESSION_INFO info;

	(void)state;
	assert_int_equal(C_Login(h[0], CKU_USER, PIN, 6), CKR_OK);
	assert_int_equal(C_CloseAllSessions(7), CKR_SLOT_ID_INVALID);
	assert_int_equal(state_of(h[1]), CKS_RO_USER_FUNCTIONS);
	assert_int_equal(C_CloseAllSessions(0), CKR_OK);
	for (size_t i = 0; i < TMG_COUNT(h); i++)
		assert_int_equal(C_GetSessionInfo(h[i], &info),
		    CKR_SESSION_HANDLE_INVALID);
	assert_int_equal(C_CloseAllSessions(0), CKR_OK);
	assert_int_equal(state_of(open_session(RO)), CKS_RO_PUBLIC_SESSION);
}

static void
test_set_pin(void **state)
{
	CK_UTF8CHAR fresh[] = "654321";
	const CK_SESSION_HANDLE ro = open_session(RO), rw = open_session(RW);

	(void)state;
	assert_int_equal(C_SetPIN(ro, PIN, 6, fresh, 6), CKR_SESSION_READ_ONLY);
	assert_int_equal(C_SetPIN(rw, PIN, 6, fresh, 2), CKR_PIN_LEN_RANGE);
	assert_int_equal(C_SetPIN(rw, fresh, 6, fresh, 6), CKR_PIN_INCORRECT);
	assert_int_equal(C_SetPIN(rw, PIN, 6, fresh, 6), CKR_OK);
	assert_string_equal(CARD->pin, "654321");
}

/* A card that was taken out takes sessions and login along. */
static void
test_removal(void **state)
{
	const CK_SESSION_HANDLE h = open_session(RO);
	CK_SESSION_INFO info;
	CK_SLOT_INFO slot;
	CK_OBJECT_HANDLE key;

	(void)state;
	assert_int_equal(C_Login(h, CKU_USER, PIN, 6), CKR_OK);
	key = find_one(h, CKO_PRIVATE_KEY, 0x9a);
	assert_int_not_equal(key, CK_INVALID_HANDLE);
	CARD->presence = TMG_ABSENT;
	CARD->events++;
	assert_int_equal(C_GetSlotInfo(0, &slot), CKR_OK);
	assert_false(slot.flags & CKF_TOKEN_PRESENT);
	assert_int_equal(C_GetSessionInfo(h, &info), CKR_DEVICE_REMOVED);
	CARD->presence = TMG_PRESENT;
	CARD->events++;
	assert_int_equal(state_of(open_session(RO)), CKS_RO_PUBLIC_SESSION);
	assert_int_equal(C_GetSessionInfo(h, &info), CKR_DEVICE_REMOVED);
	assert_int_equal(C_CloseSession(h), CKR_OK);
	assert_int_equal(C_CloseSession(h), CKR_SESSION_HANDLE_INVALID);
}

/* ---- calls that ask no card ---------------------------------------------- */

static CK_RV
by_searching(CK_SESSION_HANDLE h, CK_OBJECT_HANDLE key)
{
	(void)key;
	return C_FindObjectsInit(h, NULL, 0);
}

static CK_RV
by_reading(CK_SESSION_HANDLE h, CK_OBJECT_HANDLE key)
{
	CK_ATTRIBUTE label = { CKA_LABEL, NULL, 0 };

	return C_GetAttributeValue(h, key, &label, 1);
}

static CK_RV
by_beginning(CK_SESSION_HANDLE h, CK_OBJECT_HANDLE key)
{
	return C_SignInit(h, &ecdsa_sha256, key);
}

static CK_RV
by_random(CK_SESSION_HANDLE h, CK_OBJECT_HANDLE key)
{
	CK_BYTE bytes[4];

	(void)key;
	return C_GenerateRandom(h, bytes, sizeof(bytes));
}

static CK_RV
by_ending(CK_SESSION_HANDLE h, CK_OBJECT_HANDLE key)
{
	(void)key;
	return C_SessionCancel(h, CKF_SIGN);
}

static CK_RV
by_logging_out(CK_SESSION_HANDLE h, CK_OBJECT_HANDLE key)
{
	(void)key;
	return C_Logout(h);
}

static void
time_passes(void)
{
	const struct timespec moment = { 0, (P11_LOOK_MS + 5) * 1000000L };

	nanosleep(&moment, NULL);
}

/* They are answered from memory, and all the same notice soon that the card is
 * gone, or gone and another one there, whatever it is the equal of. */
static void
test_removal_from_memory(void **state)
{
	static CK_RV (*const calls[])(CK_SESSION_HANDLE, CK_OBJECT_HANDLE) = {
		by_searching, by_reading, by_beginning, by_random, by_ending,
		by_logging_out,
	};

	(void)state;
	for (size_t i = 0; i < 2 * TMG_COUNT(calls); i++) {
		const bool swapped = i >= TMG_COUNT(calls);
		const CK_SESSION_HANDLE h = user_session(RO);
		const CK_OBJECT_HANDLE key = find_one(h, CKO_PRIVATE_KEY, 0x9a);
		unsigned verbs;

		CARD->presence = swapped ? TMG_PRESENT : TMG_ABSENT;
		CARD->events += swapped ? 2 : 1;
		time_passes();
		verbs = fake.done;
		assert_int_equal(calls[i % TMG_COUNT(calls)](h, key),
		    CKR_DEVICE_REMOVED);
		assert_int_equal(fake.done, verbs);
		CARD->events += !swapped;
		CARD->presence = TMG_PRESENT;
		assert_int_equal(state_of(open_session(RO)), CKS_RO_PUBLIC_SESSION);
		assert_int_equal(C_CloseAllSessions(0), CKR_OK);
	}
}

/* And the daemon is not asked for each of them. */
static void
test_looks_are_few(void **state)
{
	const CK_SESSION_HANDLE h = open_session(RO);
	const int64_t begun = tmg_now_ms();
	unsigned before;

	(void)state;
	before = fake.lists;
	for (int i = 0; i < 188; i++)
		assert_int_equal(count_found(h, NULL, 0), 3 + 7);
	assert_true(fake.lists - before <=
	    1 + (tmg_now_ms() - begun) / P11_LOOK_MS);
	assert_true(fake.lists - before < 188);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		INSIDE(test_slots),
		INSIDE(test_token_info),
		INSIDE(test_strange_card),
		INSIDE(test_events),
		cmocka_unit_test_setup(test_finalize_ends_waiting, world),
		INSIDE(test_login),
		INSIDE(test_pin_flags),
		INSIDE(test_close_all),
		INSIDE(test_set_pin),
		INSIDE(test_removal),
		INSIDE(test_removal_from_memory),
		INSIDE(test_looks_are_few),
	};

	return cmocka_run_group_tests(tests, make_world, end_world);
}
