/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The PKCS#11 module as a module: its functions in every state of a process,
 * its tables, its beginning and end.
 */
#include "tests/unit/p11-world.h"

#include <pthread.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>

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
	SLOT("C_InitToken", CKR_ARGUMENTS_BAD),
	SLOT("C_OpenSession", CKR_ARGUMENTS_BAD),
	SLOT("C_CloseAllSessions", CKR_OK),
	SLOT("C_WaitForSlotEvent", CKR_ARGUMENTS_BAD),
#define SESSION(name, rv) { name, CKR_CRYPTOKI_NOT_INITIALIZED, \
	CKR_SESSION_HANDLE_INVALID, rv }
	SESSION("C_CloseSession", CKR_OK),
	SESSION("C_GetSessionInfo", CKR_ARGUMENTS_BAD),
	SESSION("C_SessionCancel", CKR_OK),
	SESSION("C_Login", CKR_ARGUMENTS_BAD),
	SESSION("C_LoginUser", CKR_ARGUMENTS_BAD),
	SESSION("C_Logout", CKR_USER_NOT_LOGGED_IN),
	SESSION("C_SetPIN", CKR_ARGUMENTS_BAD),
	SESSION("C_CreateObject", CKR_ARGUMENTS_BAD),
	SESSION("C_InitPIN", CKR_ARGUMENTS_BAD),
	SESSION("C_CopyObject", CKR_ARGUMENTS_BAD),
	SESSION("C_SetAttributeValue", CKR_ARGUMENTS_BAD),
	SESSION("C_GenerateKeyPair", CKR_ARGUMENTS_BAD),
	SESSION("C_DestroyObject", CKR_OBJECT_HANDLE_INVALID),
	SESSION("C_DeriveKey", CKR_ARGUMENTS_BAD),
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
	SESSION("C_EncryptInit", CKR_ARGUMENTS_BAD),
	SESSION("C_Encrypt", CKR_ARGUMENTS_BAD),
	SESSION("C_EncryptUpdate", CKR_ARGUMENTS_BAD),
	SESSION("C_EncryptFinal", CKR_ARGUMENTS_BAD),
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
	unsigned differ = 0;

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
	/* who names 3.2 has the points of two kinds of key as 3.2 tells them */
	assert_int_equal(C_GetInterface(NULL, &(CK_VERSION){ 3, 2 }, &longest, 0),
	    CKR_OK);
	table = longest->pFunctionList;
#define DIFFERS(name) differ += table->C_##name != C_##name;
	P11_BEFORE_INFO(DIFFERS)
	P11_SINCE_2_40(DIFFERS)
	P11_SINCE_3_0(DIFFERS)
	P11_SINCE_3_2(DIFFERS)
	assert_int_equal(differ, 1);
	assert_true(table->C_GetAttributeValue == tmg_p11_get_attributes_3_2);
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
	assert_int_equal(mutexes, 5);	/* the list's, the faces', the waits', two seats' */
	(void)open_session(RO);
	assert_int_equal(taken, 0);
	assert_int_equal(C_Finalize(NULL), CKR_OK);
	assert_int_equal(mutexes, 0);
}

/* ---- while another thread starts or ends the module ---------------------- */

static struct {
	pthread_t thread;
	CK_RV initialize, next;
} second;

static void *
start_second(void *unused)
{
	CK_ULONG n;

	second.initialize = C_Initialize(NULL);
	second.next = C_GetSlotList(CK_FALSE, NULL, &n);
	return unused;
}

/* Time for the second thread to be told something wrong, if it is. */
static void
let_second_in(void)
{
	assert_int_equal(pthread_create(&second.thread, NULL, start_second, NULL), 0);
	nanosleep(&(struct timespec){ .tv_nsec = 20000000 }, NULL);
}

static CK_RV
make_first_mutex(void **m)
{
	if (mutexes == 0)
		let_second_in();
	return make_mutex(m);
}

static CK_RV
drop_last_mutex(void *m)
{
	if (mutexes == 1)
		let_second_in();
	return drop_mutex(m);
}

/* Whoever is told that the module is up finds it up. */
static void
test_two_initialize(void **state)
{
	CK_C_INITIALIZE_ARGS args = { make_first_mutex, drop_last_mutex, take_mutex,
	    give_mutex, 0, NULL };

	(void)state;
	assert_int_equal(C_Initialize(&args), CKR_OK);
	pthread_join(second.thread, NULL);
	assert_int_equal(second.initialize, CKR_CRYPTOKI_ALREADY_INITIALIZED);
	assert_int_equal(second.next, CKR_OK);

	assert_int_equal(C_Finalize(NULL), CKR_OK);
	pthread_join(second.thread, NULL);
	assert_int_equal(second.initialize, CKR_OK);
	assert_int_equal(second.next, CKR_OK);
	assert_int_equal(C_Finalize(NULL), CKR_OK);
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_before, world),
		INSIDE(test_null),
		INSIDE(test_null_in_session),
		INSIDE(test_wrong),
		INSIDE(test_interfaces),
		INSIDE(test_interface_list),
		INSIDE(test_tables),
		cmocka_unit_test_setup(test_initialize, world),
		cmocka_unit_test_setup(test_two_initialize, world),
		INSIDE(test_fork),
		cmocka_unit_test_setup(test_before, world),
	};

	return cmocka_run_group_tests(tests, make_world, end_world);
}
