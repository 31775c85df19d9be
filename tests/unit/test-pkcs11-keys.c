/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Operations with keys of the PKCS#11 module, also on cards that are pulled or
 * reset meanwhile, and by several threads.
 */
#include "tests/unit/p11-world.h"

#include "pkcs11/module.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- signing ------------------------------------------------------------- */

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

/* ---- logins that others end ---------------------------------------------- */

/* One signature of the text, begun before the card is reset by somebody else. */
static CK_RV
sign_over_reset(CK_SESSION_HANDLE h, CK_BYTE id)
{
	CK_BYTE sig[64];
	CK_ULONG len = sizeof(sig);
	CK_RV rv;

	assert_int_equal(C_SignInit(h, &ecdsa_sha256,
	    find_one(h, CKO_PRIVATE_KEY, id)), CKR_OK);
	if (id == 0x9c)
		assert_int_equal(C_Login(h, CKU_CONTEXT_SPECIFIC, PIN, 6), CKR_OK);
	CARD->begin_next = TMG_RESET;
	CARD->order[0] = '\0';
	rv = C_Sign(h, DATA, DATA_LEN, sig, &len);
	if (rv == CKR_OK)
		assert_true(verifies(&CARD->slots[id == 0x9c], sig, TEXT));
	return rv;
}

/* The PIN is sent again, in the turn of the signature. */
static void
test_reset(void **state)
{
	const CK_SESSION_HANDLE h = user_session(RO);

	(void)state;
	for (unsigned i = 1; i <= 3; i++) {
		assert_int_equal(sign_over_reset(h, 0x9a), CKR_OK);
		assert_int_equal(CARD->calls[FAKE_VERIFY], 1 + i);
		assert_non_null(strstr(CARD->order, "[VS]"));
	}
	assert_int_equal(state_of(h), CKS_RO_USER_FUNCTIONS);
	/* A key that wants its own PIN gets that one, and no other. */
	assert_int_equal(sign_over_reset(h, 0x9c), CKR_OK);
	assert_int_equal(CARD->calls[FAKE_VERIFY], 6);
	assert_int_equal(C_Logout(h), CKR_OK);
	assert_int_equal(find_one(h, CKO_PRIVATE_KEY, 0x9a), CK_INVALID_HANDLE);
}

/* Whoever does not want it kept is logged out, told so, and goes on with the
 * same session after the next login. */
static void
test_reset_not_kept(void **state)
{
	const CK_SESSION_HANDLE h = open_session(RO);

	(void)state;
	strcpy(tmg_p11.conf.pin_cache, "none");
	assert_int_equal(C_Login(h, CKU_USER, PIN, 6), CKR_OK);
	assert_int_equal(sign_over_reset(h, 0x9a), CKR_USER_NOT_LOGGED_IN);
	assert_int_equal(CARD->calls[FAKE_VERIFY], 1);
	assert_int_equal(state_of(h), CKS_RO_PUBLIC_SESSION);
	assert_int_equal(C_Login(h, CKU_USER, PIN, 6), CKR_OK);
	CARD->begin_next = TMG_OK;
	assert_int_equal(C_SignInit(h, &ecdsa_sha256,
	    find_one(h, CKO_PRIVATE_KEY, 0x9a)), CKR_OK);
}

/* Changed by another program: sent once, never again. */
static void
test_kept_is_wrong(void **state)
{
	const CK_SESSION_HANDLE h = user_session(RO);

	(void)state;
	strcpy(CARD->pin, "000000");
	assert_int_equal(sign_over_reset(h, 0x9a), CKR_USER_NOT_LOGGED_IN);
	assert_int_equal(CARD->calls[FAKE_VERIFY], 2);
	assert_int_equal(CARD->tries, 2);
	assert_int_equal(state_of(h), CKS_RO_PUBLIC_SESSION);
	strcpy(CARD->pin, "123456");
	assert_int_equal(C_Login(h, CKU_USER, PIN, 6), CKR_OK);
	assert_int_equal(sign_over_reset(h, 0x9a), CKR_OK);
}

/* The last try is a person's, not ours. */
static void
test_kept_spares_the_last(void **state)
{
	const CK_SESSION_HANDLE h = user_session(RO);

	(void)state;
	CARD->tries = 1;
	assert_int_equal(sign_over_reset(h, 0x9a), CKR_USER_NOT_LOGGED_IN);
	assert_int_equal(CARD->calls[FAKE_VERIFY], 1);
	assert_int_equal(CARD->tries, 1);
	assert_int_equal(state_of(h), CKS_RO_PUBLIC_SESSION);
}

/* What the user changed through us is what is kept. */
static void
test_kept_follows(void **state)
{
	CK_UTF8CHAR fresh[] = "654321";
	const CK_SESSION_HANDLE h = user_session(RW);

	(void)state;
	assert_int_equal(C_SetPIN(h, PIN, 6, fresh, 6), CKR_OK);
	assert_int_equal(sign_over_reset(h, 0x9a), CKR_OK);
	assert_int_equal(CARD->tries, 3);
}

/* What the kernel says of the page at that address: VmFlags of proc(5). */
static bool
page_has(const void *page, const char *flag)
{
	FILE *maps = fopen("/proc/self/smaps", "r");
	char line[512], begins[32];
	bool ours = false, has = false;

	assert_non_null(maps);
	snprintf(begins, sizeof(begins), "%lx-", (unsigned long)(uintptr_t)page);
	while (fgets(line, sizeof(line), maps) != NULL) {
		if (strchr(line, '-') != NULL && strchr(line, ':') > strchr(line, '-'))
			ours = strncmp(line, begins, strlen(begins)) == 0;
		if (ours && strncmp(line, "VmFlags:", 8) == 0)
			has = strstr(line, flag) != NULL;
	}
	fclose(maps);
	return has;
}

/* Neither a core nor a child of fork() has the PIN. */
static void
test_kept_page(void **state)
{
	tmg_p11_kept kept = { .page = NULL };
	int status;
	pid_t pid;

	(void)state;
	tmg_p11_kept_set(&kept, tmg_view_str("123456"));
	assert_int_equal(tmg_p11_kept_view(&kept).len, 6);
	assert_true(page_has(kept.page, " dd"));
	assert_true(page_has(kept.page, " wf"));
	pid = fork();
	if (pid == 0)
		_exit(tmg_p11_kept_view(&kept).len == 0 &&
		    kept.page->bytes[0] == 0 ? 0 : 1);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(tmg_p11_kept_view(&kept).len, 6);
	tmg_p11_kept_wipe(&kept);
	assert_int_equal(tmg_p11_kept_view(&kept).len, 0);
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
sign_together(void)
{
	const CK_SESSION_HANDLE h = open_session(RO);
	pthread_t threads[THREADS];
	CK_OBJECT_HANDLE key;
	void *good;

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

static void
test_threads(void **state)
{
	(void)state;
	sign_together();
}

/* ---- an application's mutexes -------------------------------------------- */

static atomic_uint locked, given_back;
static CK_RV lock_answers;

static CK_RV
make_mutex(void **m)
{
	*m = malloc(sizeof(pthread_mutex_t));
	return pthread_mutex_init(*m, NULL) == 0 ? CKR_OK : CKR_GENERAL_ERROR;
}

static CK_RV
drop_mutex(void *m)
{
	pthread_mutex_destroy(m);
	free(m);
	return CKR_OK;
}

static CK_RV
take_mutex(void *m)
{
	if (lock_answers != CKR_OK)
		return lock_answers;
	pthread_mutex_lock(m);
	atomic_fetch_add(&locked, 1);
	return CKR_OK;
}

static CK_RV
give_mutex(void *m)
{
	atomic_fetch_add(&given_back, 1);
	pthread_mutex_unlock(m);
	return CKR_OK;
}

static int
with_mutexes(void **state)
{
	CK_C_INITIALIZE_ARGS args = { make_mutex, drop_mutex, take_mutex,
	    give_mutex, 0, NULL };

	world(state);
	lock_answers = CKR_OK;
	atomic_store(&locked, 0);
	atomic_store(&given_back, 0);
	return C_Initialize(&args) == CKR_OK ? 0 : -1;
}

static void
test_their_mutexes(void **state)
{
	(void)state;
	sign_together();
	assert_true(atomic_load(&locked) > THREADS * SIGNATURES);
	assert_int_equal(atomic_load(&locked), atomic_load(&given_back));
}

/* Those that fail lock nothing, and are given nothing back. */
static void
test_failing_mutexes(void **state)
{
	(void)state;
	lock_answers = CKR_GENERAL_ERROR;
	sign_together();
	assert_int_equal(atomic_load(&given_back), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		INSIDE(test_sign),
		INSIDE(test_sign_parts),
		INSIDE(test_sign_refused),
		INSIDE(test_verify),
		INSIDE(test_decrypt_refused),
		INSIDE(test_pulled),
		INSIDE(test_pulled_while_signing),
		INSIDE(test_reset), INSIDE(test_reset_not_kept),
		INSIDE(test_kept_is_wrong), INSIDE(test_kept_spares_the_last),
		INSIDE(test_kept_follows), cmocka_unit_test(test_kept_page),
		INSIDE(test_threads),
		cmocka_unit_test_setup_teardown(test_their_mutexes, with_mutexes,
		    finalised),
		cmocka_unit_test_setup_teardown(test_failing_mutexes, with_mutexes,
		    finalised),
	};

	return cmocka_run_group_tests(tests, make_world, end_world);
}
