/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Slots of the PKCS#11 module: cards that are slow, strange, busy, swapped or
 * several tokens at once, and what is told of them without waiting.
 */
#include "tests/unit/test.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "pkcs11/module.h"
#include "tests/unit/p11-world.h"

enum {
	BUDGET_MS = 60,
	SLOW_MS = 50,		/* two verbs are beyond the budget */
};

static int
start(void **state)
{
	if (initialised(state) != 0)
		return -1;
	tmg_p11.conf.probe_ms = BUDGET_MS;
	return 0;
}

static void
pause_ms(long ms)
{
	const struct timespec ts = { 0, ms * 1000000 };

	nanosleep(&ts, NULL);
}

static unsigned
calls(void)
{
	unsigned n = 0;

	for (size_t i = 0; i < FAKE_VERBS; i++)
		n += CARD->calls[i];
	return n;
}

static bool
is_label(const CK_TOKEN_INFO *info, const char *label)
{
	return memcmp(info->label, label, strlen(label)) == 0;
}

/* ---- slow cards ---------------------------------------------------------- */

/* Looked at for as long as the budget lasts, then left alone until somebody
 * has the time. */
static void
test_slow(void **state)
{
	const int64_t begun = tmg_now_ms();
	CK_TOKEN_INFO info;
	unsigned before;

	(void)state;
	CARD->slow_ms = SLOW_MS;
	assert_int_equal(C_GetTokenInfo(0, &info), CKR_TOKEN_NOT_RECOGNIZED);
	assert_true(tmg_now_ms() - begun < 50 * BUDGET_MS);
	before = calls();
	assert_true(before > 0 && before < 3);
	for (int i = 0; i < 5; i++)
		assert_int_equal(C_GetTokenInfo(0, &info),
		    CKR_TOKEN_NOT_RECOGNIZED);
	assert_int_equal(calls(), before);

	(void)open_session(RW);		/* takes its time, and learns the rest */
	before = calls();
	assert_int_equal(C_GetTokenInfo(0, &info), CKR_OK);
	assert_true(is_label(&info, "token-1 "));
	assert_int_equal(info.ulSessionCount, 1);
	assert_int_equal(calls(), before);
}

/* The budget is the next card's again. */
static void
test_slow_swapped(void **state)
{
	CK_TOKEN_INFO info;

	(void)state;
	CARD->slow_ms = SLOW_MS;
	assert_int_equal(C_GetTokenInfo(0, &info), CKR_TOKEN_NOT_RECOGNIZED);
	CARD->slow_ms = 0;
	assert_int_equal(C_GetTokenInfo(0, &info), CKR_TOKEN_NOT_RECOGNIZED);
	CARD->events += 2;
	assert_int_equal(C_GetTokenInfo(0, &info), CKR_OK);
}

/* One that is slow and strange: said to be so once that is known. */
static void
test_slow_strange(void **state)
{
	CK_SESSION_HANDLE h;
	CK_TOKEN_INFO info;
	unsigned before;

	(void)state;
	CARD->slow_ms = 2 * BUDGET_MS;
	CARD->strange = true;
	assert_int_equal(C_GetTokenInfo(0, &info), CKR_TOKEN_NOT_RECOGNIZED);
	assert_int_equal(C_OpenSession(0, RO, NULL, NULL, &h),
	    CKR_TOKEN_NOT_RECOGNIZED);
	before = calls();
	assert_int_equal(C_OpenSession(0, RO, NULL, NULL, &h),
	    CKR_TOKEN_NOT_RECOGNIZED);
	assert_int_equal(C_GetTokenInfo(0, &info), CKR_TOKEN_NOT_RECOGNIZED);
	assert_int_equal(calls(), before);
}

/* A strange or slow card beside a good one does not touch it. */
static void
test_beside(void **state)
{
	CK_TOKEN_INFO info;
	CK_ULONG n = 0;

	(void)state;
	fake.cards[1].presence = TMG_PRESENT;
	fake.cards[1].slow_ms = 3 * BUDGET_MS;
	fake.cards[1].strange = true;
	assert_int_equal(C_GetSlotList(CK_TRUE, NULL, &n), CKR_OK);
	assert_int_equal(n, 2);
	assert_int_equal(C_GetTokenInfo(1, &info), CKR_TOKEN_NOT_RECOGNIZED);
	assert_int_equal(C_GetTokenInfo(0, &info), CKR_OK);
	assert_int_equal(fake.cards[1].calls[FAKE_PROBE], 1);
}

/* ---- busy cards ---------------------------------------------------------- */

static atomic_bool working;

/* Keeps the card for a while, as making a key does. */
static void *
work(void *arg)
{
	CK_SESSION_HANDLE h = *(CK_SESSION_HANDLE *)arg;

	atomic_store(&working, true);
	(void)C_FindObjectsInit(h, NULL, 0);
	atomic_store(&working, false);
	return NULL;
}

static void
test_busy(void **state)
{
	CK_SESSION_HANDLE h = open_session(RW);
	CK_SLOT_INFO slot;
	CK_TOKEN_INFO info;
	unsigned told = 0;
	pthread_t t;

	(void)state;
	assert_int_equal(C_GetTokenInfo(0, &info), CKR_OK);
	CARD->slow_ms = 100;
	assert_int_equal(pthread_create(&t, NULL, work, &h), 0);
	while (!atomic_load(&working))
		pause_ms(1);
	pause_ms(20);
	while (atomic_load(&working)) {
		assert_int_equal(C_GetTokenInfo(0, &info), CKR_OK);
		assert_int_equal(C_GetSlotInfo(0, &slot), CKR_OK);
		told++;
		pause_ms(5);
	}
	pthread_join(t, NULL);
	assert_true(told > 3);		/* who waits for the card is told once */
	assert_int_equal(info.ulSessionCount, 1);
}

/* Not looked at yet and already busy: the budget is all that is waited. */
static void
test_busy_unknown(void **state)
{
	CK_SESSION_HANDLE h = open_session(RW);
	CK_TOKEN_INFO info;
	pthread_t t;

	(void)state;
	CARD->slow_ms = 100;
	assert_int_equal(pthread_create(&t, NULL, work, &h), 0);
	while (!atomic_load(&working))
		pause_ms(1);
	pause_ms(20);
	assert_int_equal(C_GetTokenInfo(0, &info), CKR_TOKEN_NOT_RECOGNIZED);
	assert_true(atomic_load(&working));
	pthread_join(t, NULL);
	CARD->slow_ms = 0;
	assert_int_equal(C_GetTokenInfo(0, &info), CKR_OK);
}

/* ---- flags --------------------------------------------------------------- */

/* What the card says at the first look, and only then. */
static void
test_flags(void **state)
{
	static const struct { int tries; bool fresh; CK_FLAGS flags; } t[] = {
		{ 3, false, 0 },
		{ 3, true, CKF_USER_PIN_TO_BE_CHANGED },
		{ 2, false, CKF_USER_PIN_COUNT_LOW },
		{ 1, false, CKF_USER_PIN_COUNT_LOW | CKF_USER_PIN_FINAL_TRY },
		{ 0, false, CKF_USER_PIN_COUNT_LOW | CKF_USER_PIN_LOCKED },
	};
	const CK_FLAGS all = CKF_USER_PIN_COUNT_LOW | CKF_USER_PIN_FINAL_TRY |
	    CKF_USER_PIN_LOCKED | CKF_USER_PIN_TO_BE_CHANGED;
	CK_TOKEN_INFO info;

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(t); i++) {
		CARD->events += 2;
		CARD->tries = t[i].tries;
		CARD->fresh_pin = t[i].fresh;
		assert_int_equal(C_GetTokenInfo(0, &info), CKR_OK);
		assert_int_equal(info.flags & all, t[i].flags);
		assert_int_equal(CARD->calls[FAKE_TRIES], i + 1);
	}
	assert_int_equal(CARD->calls[FAKE_VERIFY], 0);
}

/* A login that succeeds, a PIN that is changed: the flags follow. */
static void
test_flags_follow(void **state)
{
	CK_UTF8CHAR fresh[] = "654321";
	const CK_SESSION_HANDLE h = open_session(RW);
	CK_TOKEN_INFO info;

	(void)state;
	CARD->fresh_pin = true;
	assert_int_equal(C_Login(h, CKU_USER, fresh, 6), CKR_PIN_INCORRECT);
	assert_int_equal(C_GetTokenInfo(0, &info), CKR_OK);
	assert_true(info.flags & CKF_USER_PIN_COUNT_LOW);
	assert_true(info.flags & CKF_USER_PIN_TO_BE_CHANGED);
	assert_int_equal(C_Login(h, CKU_USER, PIN, 6), CKR_OK);
	assert_int_equal(C_GetTokenInfo(0, &info), CKR_OK);
	assert_false(info.flags & CKF_USER_PIN_COUNT_LOW);
	assert_int_equal(C_SetPIN(h, PIN, 6, fresh, 6), CKR_OK);
	assert_int_equal(C_GetTokenInfo(0, &info), CKR_OK);
	assert_false(info.flags & CKF_USER_PIN_TO_BE_CHANGED);
}

/* ---- several tokens on a card -------------------------------------------- */

static void
test_two_tokens(void **state)
{
	CK_SLOT_ID ids[4];
	CK_TOKEN_INFO info;
	CK_SLOT_INFO slot;
	CK_ULONG n = 0;

	(void)state;
	CARD->apps = 2;
	assert_int_equal(C_GetSlotList(CK_TRUE, NULL, &n), CKR_OK);
	assert_int_equal(n, 1);		/* nobody has looked at the card */
	assert_int_equal(C_GetTokenInfo(0, &info), CKR_OK);
	assert_int_equal(C_GetSlotInfo(2, &slot), CKR_SLOT_ID_INVALID);
	assert_int_equal(C_GetSlotList(CK_TRUE, NULL, &n), CKR_OK);
	assert_int_equal(n, 2);
	assert_int_equal(C_GetSlotList(CK_TRUE, ids, &n), CKR_OK);
	assert_int_equal(ids[1], 2);
	assert_int_equal(C_GetTokenInfo(2, &info), CKR_OK);
	assert_int_equal(CARD->calls[FAKE_PROBE], 1);

	/* another card, of one token: its reader keeps the slot, empty */
	CARD->apps = 1;
	CARD->events += 2;
	assert_int_equal(C_GetSlotInfo(2, &slot), CKR_OK);
	assert_false(slot.flags & CKF_TOKEN_PRESENT);
	assert_int_equal(C_GetTokenInfo(2, &info), CKR_TOKEN_NOT_PRESENT);
	assert_int_equal(C_GetTokenInfo(0, &info), CKR_OK);
	assert_int_equal(C_GetTokenInfo(2, &info), CKR_TOKEN_NOT_PRESENT);
	assert_int_equal(C_GetSlotList(CK_TRUE, NULL, &n), CKR_OK);
	assert_int_equal(n, 1);
}

/* ---- events -------------------------------------------------------------- */

struct waited {
	CK_RV rv;
	CK_SLOT_ID id;
};

static void *
wait_for_event(void *arg)
{
	struct waited *w = arg;

	w->id = 99;
	w->rv = C_WaitForSlotEvent(0, &w->id, NULL);
	return NULL;
}

/* One thread waits, once and not ten times a second; others go on. */
static void
test_wait(void **state)
{
	CK_SLOT_INFO slot;
	struct waited w;
	pthread_t t;

	(void)state;
	assert_int_equal(C_GetSlotInfo(0, &slot), CKR_OK);
	assert_int_equal(pthread_create(&t, NULL, wait_for_event, &w), 0);
	while (fake.waits == 0)
		pause_ms(1);
	for (int i = 0; i < 100; i++) {
		assert_int_equal(C_GetSlotInfo(0, &slot), CKR_OK);
		pause_ms(2);
	}
	assert_int_equal(fake.waits, 1);
	fake.cards[1].presence = TMG_PRESENT;
	fake.cards[1].events++;
	pthread_join(t, NULL);
	assert_int_equal(w.rv, CKR_OK);
	assert_int_equal(w.id, 1);
	assert_true(fake.waits <= 2);
}

/* A token that is its own reader: told of, opened, and listed when asked. */
static void
test_wait_for_reader(void **state)
{
	CK_SLOT_ID ids[4];
	CK_TOKEN_INFO info;
	struct waited w;
	CK_ULONG n = 0;
	pthread_t t;

	(void)state;
	fake.count = 3;
	fake.cards[2] = fake.cards[0];
	strcpy(fake.cards[2].reader, "Reader 3");
	fake.count = 2;
	assert_int_equal(C_GetSlotList(CK_FALSE, NULL, &n), CKR_OK);
	assert_int_equal(n, 2);
	assert_int_equal(pthread_create(&t, NULL, wait_for_event, &w), 0);
	pause_ms(20);
	fake.count = 3;
	pthread_join(t, NULL);
	assert_int_equal(w.rv, CKR_OK);
	assert_int_equal(w.id, 2);
	assert_int_equal(C_GetTokenInfo(2, &info), CKR_OK);
	n = 4;
	assert_int_equal(C_GetSlotList(CK_FALSE, ids, &n), CKR_OK);
	assert_int_equal(n, 2);
	assert_int_equal(C_GetSlotList(CK_FALSE, NULL, &n), CKR_OK);
	assert_int_equal(n, 3);
	assert_int_equal(C_WaitForSlotEvent(CKF_DONT_BLOCK, ids, NULL), CKR_NO_EVENT);
}

/* Every reader goes and comes back, as when the daemon is started again: ids
 * stay, sessions and logins do not. */
static void
test_readers_return(void **state)
{
	const CK_SESSION_HANDLE h = open_session(RW);
	CK_SESSION_INFO session;
	CK_SLOT_ID id;
	CK_TOKEN_INFO info;
	CK_ULONG n = 0;

	(void)state;
	assert_int_equal(C_Login(h, CKU_USER, PIN, 6), CKR_OK);
	fake.count = 0;
	assert_int_equal(C_WaitForSlotEvent(CKF_DONT_BLOCK, &id, NULL), CKR_OK);
	assert_int_equal(id, 0);
	assert_int_equal(C_GetSlotList(CK_FALSE, NULL, &n), CKR_OK);
	assert_int_equal(n, 2);
	assert_int_equal(C_GetSlotList(CK_TRUE, NULL, &n), CKR_OK);
	assert_int_equal(n, 0);
	assert_int_equal(C_GetTokenInfo(0, &info), CKR_TOKEN_NOT_PRESENT);
	assert_int_equal(C_GetSessionInfo(h, &session), CKR_DEVICE_REMOVED);
	fake.count = 2;
	assert_int_equal(C_GetSlotList(CK_TRUE, NULL, &n), CKR_OK);
	assert_int_equal(n, 1);
	assert_int_equal(C_GetTokenInfo(0, &info), CKR_OK);
	assert_int_equal(C_GetSessionInfo(h, &session), CKR_DEVICE_REMOVED);
	assert_int_equal(state_of(open_session(RO)), CKS_RO_PUBLIC_SESSION);
}

/* Whoever asks for nothing but his session hears that its card went. */
static void
test_session_alone(void **state)
{
	const CK_SESSION_HANDLE h = open_session(RO);
	CK_SESSION_INFO info;

	(void)state;
	assert_int_equal(C_GetSessionInfo(h, &info), CKR_OK);
	fake.count = 0;
	assert_int_equal(C_GetSessionInfo(h, &info), CKR_DEVICE_REMOVED);
	fake.count = 2;
	assert_int_equal(C_GetSessionInfo(h, &info), CKR_DEVICE_REMOVED);
}

/* C_Finalize does not wait for those who wait. */
static void
test_wait_ends(void **state)
{
	pthread_t t[3];
	struct waited w[3];
	int64_t begun;

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(t); i++)
		assert_int_equal(pthread_create(&t[i], NULL, wait_for_event,
		    &w[i]), 0);
	pause_ms(30);
	begun = tmg_now_ms();
	assert_int_equal(C_Finalize(NULL), CKR_OK);
	assert_true(tmg_now_ms() - begun < 2000);
	for (size_t i = 0; i < TMG_COUNT(t); i++) {
		pthread_join(t[i], NULL);
		assert_int_equal(w[i].rv, CKR_CRYPTOKI_NOT_INITIALIZED);
	}
	assert_int_equal(C_Initialize(NULL), CKR_OK);
}

/* ---- running them -------------------------------------------------------- */

#define IN_TIME(name) cmocka_unit_test_setup_teardown(name, start, finalised)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_TIME(test_slow), IN_TIME(test_slow_swapped),
		IN_TIME(test_slow_strange), IN_TIME(test_beside),
		IN_TIME(test_busy), IN_TIME(test_busy_unknown),
		IN_TIME(test_flags), IN_TIME(test_flags_follow),
		IN_TIME(test_two_tokens),
		IN_TIME(test_wait), IN_TIME(test_wait_for_reader),
		IN_TIME(test_readers_return), IN_TIME(test_session_alone),
		IN_TIME(test_wait_ends),
	};

	return cmocka_run_group_tests(tests, make_world, end_world);
}
