/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Slots of the PKCS#11 module: cards that are slow, strange, busy, swapped or
 * several tokens at once, and what is told of them without waiting.
 */
#include "tests/unit/test.h"

#include <dirent.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "pkcs11/module.h"
#include "tests/unit/p11-world.h"

enum {
	BUDGET_MS = 500,
	SLOW_MS = 400,		/* two verbs are beyond the budget */
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

static unsigned
threads_of_this_process(void)
{
	DIR *dir = opendir("/proc/self/task");
	const struct dirent *e;
	unsigned n = 0;

	assert_non_null(dir);
	while ((e = readdir(dir)) != NULL)
		n += e->d_name[0] != '.';
	closedir(dir);
	return n;
}

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

/* One who waits, on both hubs, which are waited for since then. */
static pthread_t
wait_on_both(struct waited *w)
{
	pthread_t t;

	fake.waits = further.waits = 0;
	assert_int_equal(pthread_create(&t, NULL, wait_for_event, w), 0);
	while (fake.waits == 0 || further.waits == 0)
		pause_ms(1);
	return t;
}

static void
put_in(struct fake_card *card)
{
	card->presence = TMG_PRESENT;
	card->events++;
}

/* Several hubs are waited for once each, not by turns, and whichever it is tells. */
static void
test_wait_on_several(void **state)
{
	struct fake_card *const cards[] = { &fake.cards[1], &further.cards[0] };
	static const CK_SLOT_ID ids[] = { 1, 2 };
	struct waited w;
	pthread_t t;
	CK_ULONG n;

	(void)state;
	has_further = true;
	assert_int_equal(C_GetSlotList(CK_FALSE, NULL, &n), CKR_OK);
	assert_int_equal(n, 3);
	for (size_t i = 0; i < TMG_COUNT(cards); i++) {
		t = wait_on_both(&w);
		pause_ms(500);
		assert_int_equal(fake.waits, 1);
		assert_int_equal(further.waits, 1);
		put_in(cards[i]);
		pthread_join(t, NULL);
		assert_int_equal(w.rv, CKR_OK);
		assert_int_equal(w.id, ids[i]);
	}
	t = wait_on_both(&w);
	assert_int_equal(C_Finalize(NULL), CKR_OK);
	pthread_join(t, NULL);
	assert_int_equal(w.rv, CKR_CRYPTOKI_NOT_INITIALIZED);
	assert_int_equal(C_Initialize(NULL), CKR_OK);
}

/* 5.4.1: a program that forbids threads has its hubs waited for by turns. */
static void
test_wait_without_threads(void **state)
{
	CK_C_INITIALIZE_ARGS args = { .flags = CKF_OS_LOCKING_OK |
	    CKF_LIBRARY_CANT_CREATE_OS_THREADS };
	const unsigned before = threads_of_this_process();
	struct waited w;
	pthread_t t;
	CK_ULONG n;

	(void)state;
	has_further = true;
	assert_int_equal(C_Finalize(NULL), CKR_OK);
	assert_int_equal(C_Initialize(&args), CKR_OK);
	assert_int_equal(C_GetSlotList(CK_FALSE, NULL, &n), CKR_OK);
	t = wait_on_both(&w);
	assert_true(threads_of_this_process() <= before + 1);	/* our own */
	put_in(&further.cards[0]);
	pthread_join(t, NULL);
	assert_int_equal(w.rv, CKR_OK);
	assert_int_equal(w.id, 2);
}

/* A child that was forked while somebody waited begins anew; nothing is left there. */
static void
test_fork_while_waiting(void **state)
{
	const unsigned before = threads_of_this_process();
	struct waited w;
	int status = -1;
	CK_ULONG n;
	pthread_t t;
	pid_t child;

	(void)state;
	has_further = true;
	assert_int_equal(C_GetSlotList(CK_FALSE, NULL, &n), CKR_OK);
	t = wait_on_both(&w);
	child = fork();
	if (child == 0)
		_exit(C_GetSlotList(CK_FALSE, NULL, &n) !=
		    CKR_CRYPTOKI_NOT_INITIALIZED ||
		    C_Initialize(NULL) != CKR_OK ||
		    C_GetSlotList(CK_FALSE, NULL, &n) != CKR_OK || n != 3 ||
		    threads_of_this_process() > before ||
		    C_Finalize(NULL) != CKR_OK);
	assert_true(child > 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	put_in(&further.cards[0]);
	pthread_join(t, NULL);
	assert_int_equal(w.rv, CKR_OK);
	/* one that was joined is still seen for a moment */
	while (threads_of_this_process() > before)
		pause_ms(1);
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
	assert_true(tmg_now_ms() - begun < 60000);
	for (size_t i = 0; i < TMG_COUNT(t); i++) {
		pthread_join(t[i], NULL);
		assert_int_equal(w[i].rv, CKR_CRYPTOKI_NOT_INITIALIZED);
	}
	assert_int_equal(C_Initialize(NULL), CKR_OK);
}

/* ---- running them -------------------------------------------------------- */

#define IN_TIME(name) cmocka_unit_test_setup_teardown(name, start, finalised)

/* ---- certificates that others write -------------------------------------- */

/* Is what is read of 9a the certificate that the card has? */
static bool
sees_the_present(CK_SESSION_HANDLE h)
{
	CK_BYTE value[FAKE_CERT_MAX];
	CK_ATTRIBUTE a = { CKA_VALUE, value, sizeof(value) };

	assert_int_equal(C_GetAttributeValue(h,
	    find_one(h, CKO_CERTIFICATE, 0x9a), &a, 1), CKR_OK);
	return a.ulValueLen == CARD->slots[0].cert_len &&
	    memcmp(value, CARD->slots[0].cert, a.ulValueLen) == 0;
}

static CK_SESSION_HANDLE
by_listing_slots(CK_SESSION_HANDLE h)
{
	CK_ULONG n;

	assert_int_equal(C_GetSlotList(CK_TRUE, NULL, &n), CKR_OK);
	return h;
}

static CK_SESSION_HANDLE
by_a_first_session(CK_SESSION_HANDLE h)
{
	assert_int_equal(C_CloseSession(h), CKR_OK);
	return open_session(RO);
}

static CK_SESSION_HANDLE
by_login(CK_SESSION_HANDLE h)
{
	assert_int_equal(C_Login(h, CKU_USER, PIN, 6), CKR_OK);
	return h;
}

/* Whoever starts over sees what another program has written: at once when that
 * one reset the card, else when what was read is half a minute old. */
static void
test_written_by_others(void **state)
{
	static CK_SESSION_HANDLE (*const ways[])(CK_SESSION_HANDLE) = {
		by_listing_slots, by_a_first_session, by_login,
	};

	(void)state;
	for (size_t i = 0; i < 2 * TMG_COUNT(ways); i++) {
		CK_SESSION_HANDLE h = open_session(RO);
		unsigned reads;

		count_found(h, NULL, 0);
		assert_true(sees_the_present(h));
		fake_certify(&CARD->slots[0], i % 2 ? "odd" : "even");
		if (i < TMG_COUNT(ways))
			CARD->begin_next = TMG_RESET;
		h = ways[i % TMG_COUNT(ways)](h);
		if (i >= TMG_COUNT(ways)) {
			reads = CARD->calls[FAKE_CERT_READ];
			assert_false(sees_the_present(h));
			assert_int_equal(CARD->calls[FAKE_CERT_READ], reads);
			tmg_p11.slots[0]->read_ms -= P11_BELIEVE_MS;
			(void)by_listing_slots(h);
		}
		assert_true(sees_the_present(h));
		reads = CARD->calls[FAKE_CERT_READ];
		for (int k = 0; k < 188; k++)
			assert_true(sees_the_present(h));
		assert_int_equal(CARD->calls[FAKE_CERT_READ], reads);
		assert_int_equal(C_CloseAllSessions(0), CKR_OK);
	}
}

/* A look that cannot be had, because somebody holds the card, hides nothing. */
static void
test_held_by_others(void **state)
{
	CK_SESSION_HANDLE h = open_session(RO);

	(void)state;
	assert_true(sees_the_present(h));
	CARD->held = true;
	assert_true(sees_the_present(by_listing_slots(h)));
	CARD->held = false;
}

/* A key that is known from its making alone, on a card that cannot tell of keys
 * itself, is not forgotten with the certificates. */
static void
test_doubt_keeps_keys(void **state)
{
	static CK_BYTE p256[] = { 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7 };
	CK_MECHANISM m = { CKM_EC_KEY_PAIR_GEN, NULL, 0 };
	CK_ATTRIBUTE pub = { CKA_EC_PARAMS, p256, sizeof(p256) };
	CK_ATTRIBUTE priv[] = { { CKA_TOKEN, &yes, 1 },
	    { CKA_ID, (void *)(uintptr_t)"\x9d", 1 } };
	const CK_SESSION_HANDLE h = user_session(RW);
	CK_OBJECT_HANDLE made[2];

	(void)state;
	CARD->tells = false;
	CARD->admin_factory = true;
	assert_int_equal(C_GenerateKeyPair(h, &m, &pub, 1, priv, 2, &made[0],
	    &made[1]), CKR_OK);
	tmg_p11.slots[0]->read_ms -= P11_BELIEVE_MS;
	(void)by_listing_slots(h);
	assert_int_not_equal(find_one(h, CKO_PUBLIC_KEY, 0x9d), CK_INVALID_HANDLE);
	assert_int_equal(find_one(h, CKO_PRIVATE_KEY, 0x9d), made[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_TIME(test_slow), IN_TIME(test_slow_swapped),
		IN_TIME(test_slow_strange), IN_TIME(test_beside),
		IN_TIME(test_busy), IN_TIME(test_busy_unknown),
		IN_TIME(test_flags), IN_TIME(test_flags_follow),
		IN_TIME(test_two_tokens),
		IN_TIME(test_wait), IN_TIME(test_wait_on_several),
		IN_TIME(test_wait_without_threads),
		IN_TIME(test_fork_while_waiting), IN_TIME(test_wait_for_reader),
		IN_TIME(test_readers_return), IN_TIME(test_session_alone),
		IN_TIME(test_wait_ends), INSIDE(test_written_by_others),
		INSIDE(test_held_by_others), INSIDE(test_doubt_keeps_keys),
	};

	return cmocka_run_group_tests(tests, make_world, end_world);
}
