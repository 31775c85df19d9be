/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The PKCS#11 module over tokens made of structures: which code each function
 * answers in which state, what is asked of a card and what never is.
 */
#include "tests/unit/test.h"

#include <openssl/evp.h>
#include <openssl/ecdsa.h>
#include <openssl/x509.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>

#include "pkcs11/cryptoki.h"
#include "pkcs11/source.h"
#include "tests/unit/fake-token.h"

static struct fake fake;
static tmg_ctx *fake_ctx;

static tmg_rc
open_fake(tmg_ctx *ctx, tmg_hub **hub)
{
	(void)ctx;
	*hub = fake_hub(&fake);
	return TMG_OK;
}

const tmg_p11_source tmg_p11_sources[] = { { "fake", open_fake } };
const size_t tmg_p11_sources_count = 1;

#define CARD (&fake.cards[0])
#define PIN ((CK_UTF8CHAR *)(uintptr_t)"123456")
#define RO CKF_SERIAL_SESSION
#define RW (CKF_SERIAL_SESSION | CKF_RW_SESSION)

/* Two readers, the second empty; keys in 9a, 9c and 9e, two of one name. */
static int
world(void **state)
{
	(void)state;
	fake_init(&fake, fake_ctx, 2);
	fake_key(&CARD->slots[0], "Asel", TMG_PIN_ONCE);
	fake_key(&CARD->slots[1], "Asel", TMG_PIN_ALWAYS);
	fake_key(&CARD->slots[3], "Card", TMG_PIN_NEVER);
	CARD->real = true;
	fake.cards[1].presence = TMG_ABSENT;
	return 0;
}

static int
initialised(void **state)
{
	world(state);
	return C_Initialize(NULL) == CKR_OK ? 0 : -1;
}

static int
finalised(void **state)
{
	(void)state;
	return C_Finalize(NULL) == CKR_OK ? 0 : -1;
}

static CK_SESSION_HANDLE
open_session(CK_FLAGS flags)
{
	CK_SESSION_HANDLE h = 0;

	assert_int_equal(C_OpenSession(0, flags, NULL, NULL, &h), CKR_OK);
	return h;
}

static CK_OBJECT_HANDLE
find_one(CK_SESSION_HANDLE h, CK_OBJECT_CLASS class, CK_BYTE id)
{
	CK_ATTRIBUTE t[] = {
		{ CKA_CLASS, &class, sizeof(class) }, { CKA_ID, &id, 1 },
	};
	CK_OBJECT_HANDLE found[4] = { 0 };
	CK_ULONG n = 9;

	assert_int_equal(C_FindObjectsInit(h, t, 2), CKR_OK);
	assert_int_equal(C_FindObjects(h, found, 4, &n), CKR_OK);
	assert_int_equal(C_FindObjectsFinal(h), CKR_OK);
	assert_true(n <= 1);
	return n == 1 ? found[0] : CK_INVALID_HANDLE;
}

static CK_ULONG
count_found(CK_SESSION_HANDLE h, CK_ATTRIBUTE *t, CK_ULONG n)
{
	CK_OBJECT_HANDLE found[32];
	CK_ULONG count = 0;

	assert_int_equal(C_FindObjectsInit(h, t, n), CKR_OK);
	assert_int_equal(C_FindObjects(h, found, 32, &count), CKR_OK);
	assert_int_equal(C_FindObjectsFinal(h), CKR_OK);
	return count;
}

/* ---- every function ------------------------------------------------------ */

/* All arguments of Cryptoki are as wide as a register, so one shape calls them
 * all; those a function does not have are ignored by the calling convention. */
typedef CK_RV any_function(CK_ULONG, CK_ULONG, CK_ULONG, CK_ULONG, CK_ULONG,
    CK_ULONG, CK_ULONG, CK_ULONG, CK_ULONG, CK_ULONG);

union function {
	void (*is)(void);
	any_function *call;
};

#define NUMBERED(name) { "C_" #name, { (void (*)(void))C_##name } },

static const struct { const char *name; union function f; } functions[] = {
	P11_BEFORE_INFO(NUMBERED)
	P11_SINCE_2_40(NUMBERED)
	P11_SINCE_3_0(NUMBERED)
	P11_SINCE_3_2(NUMBERED)
};
_Static_assert(TMG_COUNT(functions) == 101, "all but C_GetInfo");

/* With NULL and 0 everywhere: in a process that has not initialised, in one
 * that has (so slot 0 and no session), and with a session. */
static const struct {
	const char *name;
	CK_RV before, without, with;
} answers[] = {
	{ "C_Initialize", CKR_OK, CKR_CRYPTOKI_ALREADY_INITIALIZED, 0 },
	{ "C_Finalize", CKR_CRYPTOKI_NOT_INITIALIZED, CKR_OK, 0 },
	{ "C_GetFunctionList", CKR_ARGUMENTS_BAD, CKR_ARGUMENTS_BAD, 0 },
	{ "C_GetInterface", CKR_ARGUMENTS_BAD, CKR_ARGUMENTS_BAD, 0 },
	{ "C_GetInterfaceList", CKR_ARGUMENTS_BAD, CKR_ARGUMENTS_BAD, 0 },
#define SLOT(name, rv) { name, CKR_CRYPTOKI_NOT_INITIALIZED, rv, 0 }
	SLOT("C_GetSlotList", CKR_ARGUMENTS_BAD),
	SLOT("C_GetSlotInfo", CKR_ARGUMENTS_BAD),
	SLOT("C_GetTokenInfo", CKR_ARGUMENTS_BAD),
	SLOT("C_GetMechanismList", CKR_ARGUMENTS_BAD),
	SLOT("C_GetMechanismInfo", CKR_ARGUMENTS_BAD),
	SLOT("C_InitToken", CKR_FUNCTION_NOT_SUPPORTED),
	SLOT("C_OpenSession", CKR_ARGUMENTS_BAD),
	SLOT("C_CloseAllSessions", CKR_OK),
	SLOT("C_WaitForSlotEvent", CKR_ARGUMENTS_BAD),
#define SESSION(name, rv) { name, CKR_CRYPTOKI_NOT_INITIALIZED, \
	CKR_SESSION_HANDLE_INVALID, rv }
	SESSION("C_CloseSession", CKR_OK),
	SESSION("C_GetSessionInfo", CKR_ARGUMENTS_BAD),
	SESSION("C_SessionCancel", CKR_OK),
	SESSION("C_Login", CKR_ARGUMENTS_BAD),
	SESSION("C_Logout", CKR_USER_NOT_LOGGED_IN),
	SESSION("C_SetPIN", CKR_ARGUMENTS_BAD),
	SESSION("C_CreateObject", CKR_ARGUMENTS_BAD),
	SESSION("C_DestroyObject", CKR_OBJECT_HANDLE_INVALID),
	SESSION("C_FindObjectsInit", CKR_OK),
	SESSION("C_FindObjects", CKR_ARGUMENTS_BAD),
	SESSION("C_FindObjectsFinal", CKR_OPERATION_NOT_INITIALIZED),
	SESSION("C_GetAttributeValue", CKR_OBJECT_HANDLE_INVALID),
	SESSION("C_GetObjectSize", CKR_ARGUMENTS_BAD),
	SESSION("C_SignInit", CKR_ARGUMENTS_BAD),
	SESSION("C_Sign", CKR_ARGUMENTS_BAD),
	SESSION("C_SignUpdate", CKR_OPERATION_NOT_INITIALIZED),
	SESSION("C_SignFinal", CKR_ARGUMENTS_BAD),
	SESSION("C_VerifyInit", CKR_ARGUMENTS_BAD),
	SESSION("C_Verify", CKR_ARGUMENTS_BAD),
	SESSION("C_VerifyUpdate", CKR_OPERATION_NOT_INITIALIZED),
	SESSION("C_VerifyFinal", CKR_ARGUMENTS_BAD),
	SESSION("C_DecryptInit", CKR_ARGUMENTS_BAD),
	SESSION("C_Decrypt", CKR_ARGUMENTS_BAD),
	SESSION("C_DecryptUpdate", CKR_ARGUMENTS_BAD),
	SESSION("C_DecryptFinal", CKR_ARGUMENTS_BAD),
	SESSION("C_GenerateRandom", CKR_OK),
	SESSION("C_SeedRandom", CKR_RANDOM_SEED_NOT_SUPPORTED),
	SESSION("C_GetFunctionStatus", CKR_FUNCTION_NOT_PARALLEL),
	SESSION("C_CancelFunction", CKR_FUNCTION_NOT_PARALLEL),
	/* whatever is not named */
	SESSION("", CKR_FUNCTION_NOT_SUPPORTED),
};

static size_t
answer_of(const char *name)
{
	for (size_t i = 0; i < TMG_COUNT(answers) - 1; i++)
		if (strcmp(answers[i].name, name) == 0)
			return i;
	return TMG_COUNT(answers) - 1;
}

static CK_RV
call(size_t i, CK_ULONG first)
{
	return functions[i].f.call(first, 0, 0, 0, 0, 0, 0, 0, 0, 0);
}

static void
expect(size_t i, CK_RV got, CK_RV wanted)
{
	if (got != wanted)
		fail_msg("%s: %#lx, not %#lx", functions[i].name, got, wanted);
}

static void
test_before(void **state)
{
	(void)state;
	assert_int_equal(C_Finalize(NULL), CKR_CRYPTOKI_NOT_INITIALIZED);
	for (size_t i = 0; i < TMG_COUNT(functions); i++) {
		expect(i, call(i, 0), answers[answer_of(functions[i].name)].before);
		(void)C_Finalize(NULL);		/* of C_Initialize */
	}
}

static void
test_null(void **state)
{
	(void)state;
	for (size_t i = 0; i < TMG_COUNT(functions); i++) {
		(void)C_Initialize(NULL);
		expect(i, call(i, 0), answers[answer_of(functions[i].name)].without);
	}
	(void)C_Initialize(NULL);
}

static void
test_null_in_session(void **state)
{
	(void)state;
	for (size_t i = 0; i < TMG_COUNT(functions); i++) {
		const size_t a = answer_of(functions[i].name);

		if (answers[a].without != CKR_SESSION_HANDLE_INVALID)
			continue;
		expect(i, call(i, open_session(RW)), answers[a].with);
	}
}

/* Lengths and pointers that do not fit: a code, never a crash. */
static void
test_wrong(void **state)
{
	static const CK_ULONG values[] = { 1, 7, 0x7fffffff, (CK_ULONG)-1 };

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(functions); i++)
		for (size_t v = 0; v < TMG_COUNT(values); v++) {
			const CK_ULONG w = values[v];

			/* C_FindObjects clears the count before all else, so that
			 * no loop goes on for ever: it wants a real one. */
			if (answers[answer_of(functions[i].name)].without !=
			    CKR_SESSION_HANDLE_INVALID ||
			    strcmp(functions[i].name, "C_FindObjects") == 0)
				continue;
			/* a wrong session comes before anything is read */
			expect(i, functions[i].f.call(w * 64 + 63, w, w, w, w, w, w,
			    w, w, w), CKR_SESSION_HANDLE_INVALID);
		}
}

/* ---- interfaces ---------------------------------------------------------- */

static void
test_interfaces(void **state)
{
	static const struct { const char *name; int major, minor; CK_FLAGS flags; int found; } t[] = {
		{ NULL, -1, 0, 0, 32 }, { "PKCS 11", -1, 0, 0, 32 },
		{ "PKCS 11", 3, 2, 0, 32 }, { "PKCS 11", 3, 0, 0, 30 },
		{ "PKCS 11", 2, 40, 0, 240 }, { "PKCS 11", 2, 20, 0, 0 },
		{ "PKCS 11", 3, 1, 0, 0 },
		{ "PKCS 11", -1, 0, CKF_INTERFACE_FORK_SAFE, 0 },
		{ "Vendor NSS FIPS Interface", -1, 0, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(t); i++) {
		CK_VERSION want = { (CK_BYTE)t[i].major, (CK_BYTE)t[i].minor };
		const tmg_p11_table_2_40 *table;
		CK_INTERFACE *got = NULL;
		CK_INFO info;

		assert_int_equal(C_GetInterface((CK_UTF8CHAR *)(uintptr_t)t[i].name,
		    t[i].major < 0 ? NULL : &want, &got, t[i].flags),
		    t[i].found ? CKR_OK : CKR_FUNCTION_FAILED);
		if (t[i].found == 0)
			continue;
		table = got->pFunctionList;
		assert_int_equal(table->C_GetInfo(&info), CKR_OK);
		assert_int_equal(info.cryptokiVersion.major, table->version.major);
		assert_int_equal(info.cryptokiVersion.minor, table->version.minor);
		assert_int_equal(t[i].found, table->version.minor == 40 ? 240
		    : table->version.major * 10 + table->version.minor);
	}
}

static void
test_interface_list(void **state)
{
	CK_INTERFACE rows[4] = { { NULL, NULL, 9 } };
	CK_ULONG n = 0;

	(void)state;
	assert_int_equal(C_GetInterfaceList(NULL, &n), CKR_OK);
	assert_int_equal(n, 3);
	n = 2;
	assert_int_equal(C_GetInterfaceList(rows, &n), CKR_BUFFER_TOO_SMALL);
	assert_int_equal(n, 3);
	assert_int_equal(rows[0].flags, 9);
	n = 4;
	assert_int_equal(C_GetInterfaceList(rows, &n), CKR_OK);
	assert_int_equal(n, 3);
	assert_string_equal(rows[2].pInterfaceName, "PKCS 11");
}

/* No row of a table is empty, and each table's rows are the longer's. */
static void
test_tables(void **state)
{
	CK_FUNCTION_LIST *list;
	CK_INTERFACE *longest;
	const tmg_p11_table_3_2 *table;

	(void)state;
	assert_int_equal(C_GetFunctionList(&list), CKR_OK);
	assert_int_equal(C_GetInterface(NULL, NULL, &longest, 0), CKR_OK);
	table = longest->pFunctionList;
	assert_int_equal(list->version.major, 2);
	assert_int_equal(list->version.minor, 40);
#define IS_THERE(name) assert_true(table->C_##name == C_##name);
	P11_BEFORE_INFO(IS_THERE)
	P11_SINCE_2_40(IS_THERE)
	P11_SINCE_3_0(IS_THERE)
	P11_SINCE_3_2(IS_THERE)
#define IS_LISTED(name) assert_true(list->C_##name == C_##name);
	P11_BEFORE_INFO(IS_LISTED)
	P11_SINCE_2_40(IS_LISTED)
}

/* ---- C_Initialize -------------------------------------------------------- */

static unsigned mutexes, taken;

static CK_RV
make_mutex(void **m)
{
	mutexes++;
	*m = malloc(sizeof(pthread_mutex_t));
	pthread_mutex_init(*m, NULL);
	return CKR_OK;
}

static CK_RV
drop_mutex(void *m)
{
	mutexes--;
	pthread_mutex_destroy(m);
	free(m);
	return CKR_OK;
}

static CK_RV
take_mutex(void *m)
{
	taken++;
	return pthread_mutex_lock(m) == 0 ? CKR_OK : CKR_MUTEX_BAD;
}

static CK_RV
give_mutex(void *m)
{
	taken--;
	return pthread_mutex_unlock(m) == 0 ? CKR_OK : CKR_MUTEX_BAD;
}

static void
test_initialize(void **state)
{
	CK_C_INITIALIZE_ARGS args = { .flags = CKF_OS_LOCKING_OK |
	    CKF_LIBRARY_CANT_CREATE_OS_THREADS };
	CK_ULONG n;

	(void)state;
	assert_int_equal(C_Initialize(&args), CKR_OK);
	assert_int_equal(C_Initialize(&args), CKR_CRYPTOKI_ALREADY_INITIALIZED);
	assert_int_equal(C_Finalize(&n), CKR_ARGUMENTS_BAD);
	assert_int_equal(C_Finalize(NULL), CKR_OK);
	args.pReserved = &n;
	assert_int_equal(C_Initialize(&args), CKR_ARGUMENTS_BAD);
	args = (CK_C_INITIALIZE_ARGS){ .CreateMutex = make_mutex };
	assert_int_equal(C_Initialize(&args), CKR_ARGUMENTS_BAD);

	args = (CK_C_INITIALIZE_ARGS){ make_mutex, drop_mutex, take_mutex,
	    give_mutex, 0, NULL };
	assert_int_equal(C_Initialize(&args), CKR_OK);
	assert_int_equal(C_GetSlotList(CK_FALSE, NULL, &n), CKR_OK);
	assert_int_equal(mutexes, 3);	/* the list's and two seats' */
	(void)open_session(RO);
	assert_int_equal(taken, 0);
	assert_int_equal(C_Finalize(NULL), CKR_OK);
	assert_int_equal(mutexes, 0);
}

/* A child is uninitialised, may initialise, and leaves its parent's alone. */
static void
test_fork(void **state)
{
	const CK_SESSION_HANDLE h = open_session(RO);
	CK_SESSION_INFO info;
	int status;
	pid_t pid;

	(void)state;
	pid = fork();
	if (pid == 0) {
		CK_SESSION_HANDLE mine;

		_exit(C_GetSessionInfo(h, &info) == CKR_CRYPTOKI_NOT_INITIALIZED &&
		    C_Finalize(NULL) == CKR_CRYPTOKI_NOT_INITIALIZED &&
		    C_Initialize(NULL) == CKR_OK &&
		    C_GetSessionInfo(h, &info) == CKR_SESSION_HANDLE_INVALID &&
		    C_OpenSession(0, RO, NULL, NULL, &mine) == CKR_OK &&
		    C_Finalize(NULL) == CKR_OK ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(C_GetSessionInfo(h, &info), CKR_OK);
}

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

static CK_STATE
state_of(CK_SESSION_HANDLE h)
{
	CK_SESSION_INFO info = { .state = 99 };

	assert_int_equal(C_GetSessionInfo(h, &info), CKR_OK);
	return info.state;
}

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

/* ---- objects ------------------------------------------------------------- */

static void
test_find(void **state)
{
	CK_OBJECT_CLASS certs = CKO_CERTIFICATE, keys = CKO_PRIVATE_KEY,
	    vendor = 0xce534353, profiles = CKO_PROFILE;
	CK_BBOOL no = CK_FALSE, yes = CK_TRUE;
	CK_ATTRIBUTE cert[] = { { CKA_CLASS, &certs, sizeof(certs) } };
	CK_ATTRIBUTE priv[] = { { CKA_CLASS, &keys, sizeof(keys) } };
	CK_ATTRIBUTE other[] = { { CKA_CLASS, &vendor, sizeof(vendor) } };
	CK_ATTRIBUTE prof[] = { { CKA_TOKEN, &yes, 1 },
	    { CKA_CLASS, &profiles, sizeof(profiles) } };
	CK_ATTRIBUTE session[] = { { CKA_TOKEN, &no, 1 } };
	CK_ATTRIBUTE odd[] = { { 0xce534351, &no, 1 } };
	CK_ATTRIBUTE torn[] = { { CKA_CLASS, &certs, 1 } };
	const CK_SESSION_HANDLE h = open_session(RO);

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
	assert_int_equal(C_Logout(h), CKR_OK);
	assert_int_equal(count_found(h, priv, 1), 1);
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
read_text(CK_SESSION_HANDLE h, CK_OBJECT_HANDLE o, CK_ATTRIBUTE_TYPE type,
    char text[64])
{
	CK_ATTRIBUTE a = { type, text, 63 };

	assert_int_equal(C_GetAttributeValue(h, o, &a, 1), CKR_OK);
	text[a.ulValueLen] = '\0';
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

/* ---- signing ------------------------------------------------------------- */

static CK_MECHANISM ecdsa = { CKM_ECDSA, NULL, 0 };
static CK_MECHANISM ecdsa_sha256 = { CKM_ECDSA_SHA256, NULL, 0 };

/* By libcrypto alone, from the card's public key. */
static bool
verifies(const struct fake_slot *slot, const CK_BYTE *sig, const char *text)
{
	const unsigned char *at = slot->spki;
	EVP_PKEY *key = d2i_PUBKEY(NULL, &at, (long)slot->spki_len);
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	ECDSA_SIG *rs = ECDSA_SIG_new();
	unsigned char *der = NULL;
	int len;
	bool ok;

	ECDSA_SIG_set0(rs, BN_bin2bn(sig, 32, NULL), BN_bin2bn(sig + 32, 32, NULL));
	len = i2d_ECDSA_SIG(rs, &der);
	ok = EVP_DigestVerifyInit(md, NULL, EVP_sha256(), NULL, key) == 1 &&
	    EVP_DigestVerify(md, der, (size_t)len, (const unsigned char *)text,
		strlen(text)) == 1;
	OPENSSL_free(der);
	ECDSA_SIG_free(rs);
	EVP_MD_CTX_free(md);
	EVP_PKEY_free(key);
	return ok;
}

#define TEXT "what is signed"
#define DATA ((CK_BYTE *)(uintptr_t)TEXT)
#define DATA_LEN (sizeof(TEXT) - 1)

static void
test_sign(void **state)
{
	const CK_SESSION_HANDLE h = open_session(RO);
	CK_BYTE sig[80];
	CK_ULONG len = 0;
	CK_OBJECT_HANDLE key;

	(void)state;
	assert_int_equal(C_Login(h, CKU_USER, PIN, 6), CKR_OK);
	key = find_one(h, CKO_PRIVATE_KEY, 0x9a);
	assert_int_equal(C_SignInit(h, &ecdsa_sha256, key), CKR_OK);
	assert_int_equal(C_Sign(h, DATA, DATA_LEN, NULL, &len), CKR_OK);
	assert_int_equal(len, 64);
	len = 63;
	assert_int_equal(C_Sign(h, DATA, DATA_LEN, sig, &len), CKR_BUFFER_TOO_SMALL);
	assert_int_equal(len, 64);
	assert_int_equal(CARD->calls[FAKE_SIGN], 0);
	assert_int_equal(C_SignInit(h, &ecdsa, key), CKR_OPERATION_ACTIVE);
	len = sizeof(sig);
	assert_int_equal(C_Sign(h, DATA, DATA_LEN, sig, &len), CKR_OK);
	assert_int_equal(len, 64);
	assert_true(verifies(&CARD->slots[0], sig, TEXT));
	assert_int_equal(C_Sign(h, DATA, DATA_LEN, sig, &len),
	    CKR_OPERATION_NOT_INITIALIZED);
}

static void
test_sign_parts(void **state)
{
	const CK_SESSION_HANDLE h = open_session(RO);
	CK_OBJECT_HANDLE key;
	CK_BYTE sig[64];
	CK_ULONG len = 0;

	(void)state;
	assert_int_equal(C_Login(h, CKU_USER, PIN, 6), CKR_OK);
	key = find_one(h, CKO_PRIVATE_KEY, 0x9a);
	assert_int_equal(C_SignInit(h, &ecdsa_sha256, key), CKR_OK);
	assert_int_equal(C_SignUpdate(h, DATA, 4), CKR_OK);
	assert_int_equal(C_Sign(h, DATA, 4, sig, &len), CKR_OPERATION_ACTIVE);
	assert_int_equal(C_SignUpdate(h, DATA + 4, DATA_LEN - 4), CKR_OK);
	assert_int_equal(C_SignFinal(h, NULL, &len), CKR_OK);
	assert_int_equal(len, 64);
	assert_int_equal(C_SignFinal(h, sig, &len), CKR_OK);
	assert_true(verifies(&CARD->slots[0], sig, TEXT));
	assert_int_equal(C_SignFinal(h, sig, &len), CKR_OPERATION_NOT_INITIALIZED);
}

static void
test_sign_refused(void **state)
{
	CK_RSA_PKCS_PSS_PARAMS pss = { 0, 0, 0 };
	CK_MECHANISM bad = { 0xdead, NULL, 0 }, rsa = { CKM_RSA_PKCS, NULL, 0 },
	    params = { CKM_ECDSA, &pss, sizeof(pss) },
	    short_pss = { CKM_RSA_PKCS_PSS, &pss, 3 };
	const CK_SESSION_HANDLE h = open_session(RO);
	CK_OBJECT_HANDLE key, public;
	CK_BYTE sig[64];
	CK_ULONG len = sizeof(sig);

	(void)state;
	assert_int_equal(C_Login(h, CKU_USER, PIN, 6), CKR_OK);
	key = find_one(h, CKO_PRIVATE_KEY, 0x9a);
	public = find_one(h, CKO_PUBLIC_KEY, 0x9a);
	assert_int_equal(C_SignInit(h, &bad, key), CKR_MECHANISM_INVALID);
	assert_int_equal(C_SignInit(h, &params, key), CKR_MECHANISM_PARAM_INVALID);
	assert_int_equal(C_SignInit(h, &short_pss, key), CKR_MECHANISM_PARAM_INVALID);
	assert_int_equal(C_SignInit(h, &rsa, key), CKR_KEY_TYPE_INCONSISTENT);
	assert_int_equal(C_SignInit(h, &ecdsa, public), CKR_KEY_TYPE_INCONSISTENT);
	assert_int_equal(C_SignInit(h, &ecdsa, 4711), CKR_KEY_HANDLE_INVALID);
	assert_int_equal(C_SignInit(h, NULL, key), CKR_ARGUMENTS_BAD);
	/* an error ends the operation */
	assert_int_equal(C_SignInit(h, &ecdsa, key), CKR_OK);
	assert_int_equal(C_Sign(h, NULL, 5, sig, &len), CKR_ARGUMENTS_BAD);
	assert_int_equal(C_SignInit(h, &ecdsa, key), CKR_OK);
	assert_int_equal(C_Sign(h, NULL, 0, sig, &len), CKR_DATA_LEN_RANGE);
	assert_int_equal(C_SignInit(h, &ecdsa, key), CKR_OK);
	assert_int_equal(C_SignInit(h, NULL, 0), CKR_OK);	/* cancels */
	assert_int_equal(C_SignInit(h, &ecdsa, key), CKR_OK);
	assert_int_equal(C_SessionCancel(h, CKF_SIGN), CKR_OK);
	assert_int_equal(C_Sign(h, DATA, 5, sig, &len), CKR_OPERATION_NOT_INITIALIZED);
}

/* Verifying agrees with signing, needs no login and never asks the card. */
static void
test_verify(void **state)
{
	const CK_SESSION_HANDLE h = open_session(RO);
	CK_OBJECT_HANDLE key, public;
	CK_BYTE sig[64];
	CK_ULONG len = sizeof(sig);

	(void)state;
	assert_int_equal(C_Login(h, CKU_USER, PIN, 6), CKR_OK);
	key = find_one(h, CKO_PRIVATE_KEY, 0x9a);
	public = find_one(h, CKO_PUBLIC_KEY, 0x9a);
	assert_int_equal(C_SignInit(h, &ecdsa_sha256, key), CKR_OK);
	assert_int_equal(C_Sign(h, DATA, DATA_LEN, sig, &len), CKR_OK);
	assert_int_equal(C_Logout(h), CKR_OK);
	CARD->order[0] = '\0';

	assert_int_equal(C_VerifyInit(h, &ecdsa_sha256, key), CKR_KEY_HANDLE_INVALID);
	assert_int_equal(C_VerifyInit(h, &ecdsa_sha256, public), CKR_OK);
	assert_int_equal(C_VerifyInit(h, &ecdsa_sha256, public),
	    CKR_OPERATION_ACTIVE);
	assert_int_equal(C_Verify(h, DATA, DATA_LEN, sig, 64), CKR_OK);
	assert_int_equal(C_Verify(h, DATA, DATA_LEN, sig, 64),
	    CKR_OPERATION_NOT_INITIALIZED);
	assert_int_equal(C_VerifyInit(h, &ecdsa_sha256, public), CKR_OK);
	assert_int_equal(C_VerifyUpdate(h, DATA, 3), CKR_OK);
	assert_int_equal(C_VerifyUpdate(h, DATA + 3, DATA_LEN - 3), CKR_OK);
	assert_int_equal(C_VerifyFinal(h, sig, 64), CKR_OK);
	assert_int_equal(C_VerifyInit(h, &ecdsa_sha256, public), CKR_OK);
	assert_int_equal(C_Verify(h, DATA, DATA_LEN, sig, 63),
	    CKR_SIGNATURE_LEN_RANGE);
	assert_int_equal(C_VerifyInit(h, &ecdsa_sha256, public), CKR_OK);
	assert_int_equal(C_Verify(h, DATA, DATA_LEN - 1, sig, 64),
	    CKR_SIGNATURE_INVALID);
	sig[63] ^= 1;
	assert_int_equal(C_VerifyInit(h, &ecdsa_sha256, public), CKR_OK);
	assert_int_equal(C_Verify(h, DATA, DATA_LEN, sig, 64), CKR_SIGNATURE_INVALID);
	memset(sig, 0, sizeof(sig));
	assert_int_equal(C_VerifyInit(h, &ecdsa_sha256, public), CKR_OK);
	assert_int_equal(C_Verify(h, DATA, DATA_LEN, sig, 64), CKR_SIGNATURE_INVALID);
	assert_string_equal(CARD->order, "");
}

static void
test_decrypt_refused(void **state)
{
	CK_RSA_PKCS_OAEP_PARAMS oaep = { CKM_SHA256, CKG_MGF1_SHA256,
	    CKZ_DATA_SPECIFIED, NULL, 5 };
	CK_MECHANISM rsa = { CKM_RSA_PKCS, NULL, 0 },
	    no_label = { CKM_RSA_PKCS_OAEP, &oaep, sizeof(oaep) },
	    no_params = { CKM_RSA_PKCS_OAEP, NULL, 0 };
	const CK_SESSION_HANDLE h = open_session(RO);
	CK_OBJECT_HANDLE key;

	(void)state;
	assert_int_equal(C_Login(h, CKU_USER, PIN, 6), CKR_OK);
	key = find_one(h, CKO_PRIVATE_KEY, 0x9a);
	assert_int_equal(C_DecryptInit(h, &ecdsa, key), CKR_MECHANISM_INVALID);
	assert_int_equal(C_DecryptInit(h, &rsa, key), CKR_KEY_TYPE_INCONSISTENT);
	assert_int_equal(C_DecryptInit(h, &no_label, key),
	    CKR_MECHANISM_PARAM_INVALID);
	assert_int_equal(C_DecryptInit(h, &no_params, key),
	    CKR_MECHANISM_PARAM_INVALID);
	oaep.ulSourceDataLen = 0;
	assert_int_equal(C_DecryptInit(h, &no_label, key), CKR_KEY_TYPE_INCONSISTENT);
}

/* The PIN goes to the card in the turn of the signature, directly before. */
static void
test_always(void **state)
{
	const CK_SESSION_HANDLE h = open_session(RO);
	CK_OBJECT_HANDLE key;
	CK_BYTE sig[64];
	CK_ULONG len = sizeof(sig);

	(void)state;
	assert_int_equal(C_Login(h, CKU_USER, PIN, 6), CKR_OK);
	key = find_one(h, CKO_PRIVATE_KEY, 0x9c);
	assert_int_equal(C_SignInit(h, &ecdsa_sha256, key), CKR_OK);
	assert_int_equal(C_Sign(h, DATA, DATA_LEN, sig, &len), CKR_USER_NOT_LOGGED_IN);
	assert_int_equal(CARD->calls[FAKE_SIGN], 0);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(C_SignInit(h, &ecdsa_sha256, key), CKR_OK);
		assert_int_equal(C_Login(h, CKU_CONTEXT_SPECIFIC, PIN, 6), CKR_OK);
		CARD->order[0] = '\0';
		assert_int_equal(C_Sign(h, DATA, DATA_LEN, NULL, &len), CKR_OK);
		assert_int_equal(C_Sign(h, DATA, DATA_LEN, sig, &len), CKR_OK);
		assert_non_null(strstr(CARD->order, "[VS]"));
		assert_true(verifies(&CARD->slots[1], sig, TEXT));
	}
	/* a wrong one is tried once, and the login of the session stays */
	assert_int_equal(C_SignInit(h, &ecdsa_sha256, key), CKR_OK);
	assert_int_equal(C_Login(h, CKU_CONTEXT_SPECIFIC,
	    (CK_UTF8CHAR *)(uintptr_t)"000000", 6), CKR_OK);
	CARD->calls[FAKE_VERIFY] = 0;
	assert_int_equal(C_Sign(h, DATA, DATA_LEN, sig, &len), CKR_PIN_INCORRECT);
	assert_int_equal(CARD->calls[FAKE_VERIFY], 1);
}

/* ---- cards that are pulled or reset -------------------------------------- */

/* Pulled in the middle of a verb: the code says so, the sessions know it from
 * then on, and the card that is there afterwards is a new one. */
static void
test_pulled(void **state)
{
	static const enum fake_verb verbs[] = {
		FAKE_FACTS, FAKE_CERT_READ, FAKE_SURVEY, FAKE_SLOTS_ASKED,
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(verbs); i++) {
		CK_SESSION_HANDLE h;
		CK_SESSION_INFO info;

		CARD->events += 2;	/* another card: nothing is known of it */
		h = open_session(RO);
		CARD->next[verbs[i]] = TMG_REMOVED;
		assert_int_equal(C_FindObjectsInit(h, NULL, 0), CKR_DEVICE_REMOVED);
		assert_int_equal(C_GetSessionInfo(h, &info), CKR_DEVICE_REMOVED);
		assert_int_equal(count_found(open_session(RO), NULL, 0), 3 + 7);
		assert_int_equal(C_CloseAllSessions(0), CKR_OK);
	}
}

static void
test_pulled_while_signing(void **state)
{
	const CK_SESSION_HANDLE h = open_session(RO);
	CK_OBJECT_HANDLE key;
	CK_SESSION_INFO info;
	CK_BYTE sig[64];
	CK_ULONG len = sizeof(sig);

	(void)state;
	assert_int_equal(C_Login(h, CKU_USER, PIN, 6), CKR_OK);
	key = find_one(h, CKO_PRIVATE_KEY, 0x9a);
	assert_int_equal(C_SignInit(h, &ecdsa_sha256, key), CKR_OK);
	CARD->next[FAKE_SIGN] = TMG_REMOVED;
	assert_int_equal(C_Sign(h, DATA, DATA_LEN, sig, &len), CKR_DEVICE_REMOVED);
	assert_int_equal(C_GetSessionInfo(h, &info), CKR_DEVICE_REMOVED);
	assert_int_equal(C_Sign(h, DATA, DATA_LEN, sig, &len), CKR_DEVICE_REMOVED);
	assert_int_equal(state_of(open_session(RO)), CKS_RO_PUBLIC_SESSION);
	/* a handle of before is no other object now */
	assert_int_equal(C_SignInit(open_session(RO), &ecdsa_sha256, key),
	    CKR_KEY_HANDLE_INVALID);
}

/* Reset by somebody else: the login is gone and said to be, no PIN is sent,
 * and the same session goes on after the next login. */
static void
test_reset(void **state)
{
	const CK_SESSION_HANDLE h = open_session(RO);
	CK_OBJECT_HANDLE key;
	CK_BYTE sig[64];
	CK_ULONG len = sizeof(sig);

	(void)state;
	assert_int_equal(C_Login(h, CKU_USER, PIN, 6), CKR_OK);
	key = find_one(h, CKO_PRIVATE_KEY, 0x9a);
	assert_int_equal(C_SignInit(h, &ecdsa_sha256, key), CKR_OK);
	CARD->begin_next = TMG_RESET;
	assert_int_equal(C_Sign(h, DATA, DATA_LEN, sig, &len), CKR_USER_NOT_LOGGED_IN);
	assert_int_equal(CARD->calls[FAKE_VERIFY], 1);
	assert_int_equal(state_of(h), CKS_RO_PUBLIC_SESSION);
	assert_int_equal(C_Login(h, CKU_USER, PIN, 6), CKR_OK);
	assert_int_equal(C_SignInit(h, &ecdsa_sha256, key), CKR_OK);
	assert_int_equal(C_Sign(h, DATA, DATA_LEN, sig, &len), CKR_OK);
	assert_true(verifies(&CARD->slots[0], sig, TEXT));
}

/* ---- writing ------------------------------------------------------------- */

static CK_OBJECT_CLASS cert_class = CKO_CERTIFICATE;
static CK_CERTIFICATE_TYPE x509 = CKC_X_509;
static CK_BBOOL yes = CK_TRUE;

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
	CK_BYTE der[FAKE_CERT_MAX], id = 0x9a;
	const CK_ULONG len = slot->cert_len;
	CK_BBOOL no = CK_FALSE;
	CK_OBJECT_HANDLE made, old, key;

	(void)state;
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

/* ---- threads ------------------------------------------------------------- */

enum { THREADS = 4, SIGNATURES = 25 };

static void *
sign_many(void *arg)
{
	CK_OBJECT_HANDLE key = *(const CK_OBJECT_HANDLE *)arg;
	uintptr_t good = 0;

	for (int i = 0; i < SIGNATURES; i++) {
		CK_SESSION_HANDLE h;
		CK_BYTE sig[64];
		CK_ULONG len = sizeof(sig);

		if (C_OpenSession(0, RO, NULL, NULL, &h) == CKR_OK &&
		    C_SignInit(h, &ecdsa_sha256, key) == CKR_OK &&
		    C_Sign(h, DATA, DATA_LEN, sig, &len) == CKR_OK)
			good += verifies(&CARD->slots[0], sig, TEXT);
		(void)C_CloseSession(h);
	}
	return (void *)good;
}

static void
test_threads(void **state)
{
	const CK_SESSION_HANDLE h = open_session(RO);
	pthread_t threads[THREADS];
	CK_OBJECT_HANDLE key;
	void *good;

	(void)state;
	assert_int_equal(C_Login(h, CKU_USER, PIN, 6), CKR_OK);
	key = find_one(h, CKO_PRIVATE_KEY, 0x9a);
	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, sign_many, &key), 0);
	for (size_t i = 0; i < THREADS; i++) {
		pthread_join(threads[i], &good);
		assert_int_equal((uintptr_t)good, SIGNATURES);
	}
	assert_int_equal(CARD->calls[FAKE_VERIFY], 1);
}

static int
make_world(void **state)
{
	(void)state;
	return tmg_ctx_new(&fake_ctx) == TMG_OK ? 0 : -1;
}

static int
end_world(void **state)
{
	(void)state;
	tmg_ctx_free(&fake_ctx);
	return 0;
}

#define INSIDE(name) cmocka_unit_test_setup_teardown(name, initialised, finalised)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_before, world),
		cmocka_unit_test_setup(test_initialize, world),
		cmocka_unit_test_setup(test_finalize_ends_waiting, world),
		INSIDE(test_null), INSIDE(test_null_in_session), INSIDE(test_wrong),
		INSIDE(test_interfaces), INSIDE(test_interface_list),
		INSIDE(test_tables), INSIDE(test_fork),
		INSIDE(test_slots), INSIDE(test_token_info),
		INSIDE(test_strange_card), INSIDE(test_events),
		INSIDE(test_login), INSIDE(test_pin_flags), INSIDE(test_close_all),
		INSIDE(test_set_pin), INSIDE(test_removal),
		INSIDE(test_find), INSIDE(test_frugal), INSIDE(test_find_states),
		INSIDE(test_labels), INSIDE(test_attributes),
		INSIDE(test_certificate),
		INSIDE(test_sign), INSIDE(test_sign_parts),
		INSIDE(test_sign_refused), INSIDE(test_always),
		INSIDE(test_verify), INSIDE(test_decrypt_refused),
		INSIDE(test_pulled), INSIDE(test_pulled_while_signing),
		INSIDE(test_reset),
		INSIDE(test_write), INSIDE(test_write_without_admin),
		INSIDE(test_threads),
		cmocka_unit_test_setup(test_before, world),
	};

	return cmocka_run_group_tests(tests, make_world, end_world);
}
