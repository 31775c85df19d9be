/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The protected authentication path of the PKCS#11 module: the PIN is typed on
 * the reader's keypad, and never comes here.
 */
#include "tests/unit/p11-world.h"

static int
with_keypad(void **state)
{
	world(state);
	trusts_keypads = true;
	CARD->keypad = TMG_PAD_VERIFY | TMG_PAD_CHANGE;
	CARD->typed = "123456";
	return C_Initialize(NULL) == CKR_OK ? 0 : -1;
}

static int
without_keypad(void **state)
{
	trusts_keypads = false;
	return finalised(state);
}

static CK_FLAGS
flags_of_token(void)
{
	CK_TOKEN_INFO info;

	assert_int_equal(C_GetTokenInfo(0, &info), CKR_OK);
	return info.flags;
}

static CK_RV
type(CK_SESSION_HANDLE h, CK_USER_TYPE who)
{
	return C_Login(h, who, NULL, 0);
}

static CK_RV
sign(CK_SESSION_HANDLE h, CK_BYTE id, bool each_time)
{
	CK_BYTE sig[64];
	CK_ULONG len = sizeof(sig);
	CK_RV rv;

	rv = C_SignInit(h, &ecdsa_sha256, find_one(h, CKO_PRIVATE_KEY, id));
	if (rv != CKR_OK)
		return rv;
	if (each_time && (rv = type(h, CKU_CONTEXT_SPECIFIC)) != CKR_OK) {
		(void)C_SessionCancel(h, CKF_SIGN);
		return rv;
	}
	return C_Sign(h, DATA, DATA_LEN, sig, &len);
}

static void
test_login(void **state)
{
	const CK_SESSION_HANDLE h = open_session(RW);

	(void)state;
	assert_true(flags_of_token() & CKF_PROTECTED_AUTHENTICATION_PATH);
	assert_int_equal(type(h, CKU_USER), CKR_OK);
	assert_int_equal(state_of(h), CKS_RW_USER_FUNCTIONS);
	assert_int_equal(type(h, CKU_USER), CKR_USER_ALREADY_LOGGED_IN);
	assert_int_equal(CARD->typings, 1);
	assert_int_equal(CARD->calls[FAKE_VERIFY], 1);
	assert_int_equal(sign(h, 0x9a, false), CKR_OK);
	assert_int_equal(sign(h, 0x9a, false), CKR_OK);
	assert_int_equal(CARD->typings, 1);
}

/* The program that asks the person itself is served as before. */
static void
test_given(void **state)
{
	const CK_SESSION_HANDLE h = open_session(RW);

	(void)state;
	assert_int_equal(C_Login(h, CKU_USER, PIN, 6), CKR_OK);
	assert_int_equal(C_Logout(h), CKR_OK);
	assert_int_equal(C_Login(h, CKU_USER, PIN, 0), CKR_PIN_LEN_RANGE);
	assert_int_equal(C_Login(h, CKU_USER, NULL, 6), CKR_ARGUMENTS_BAD);
	assert_int_equal(C_Login(h, CKU_USER, PIN, 5), CKR_PIN_INCORRECT);
	assert_int_equal(CARD->typings, 0);
}

/* The SO's is a key: nobody types that. */
static void
test_so(void **state)
{
	const CK_SESSION_HANDLE h = open_session(RW);

	(void)state;
	assert_int_equal(type(h, CKU_SO), CKR_ARGUMENTS_BAD);
	assert_int_equal(C_InitPIN(h, NULL, 0), CKR_ARGUMENTS_BAD);
	assert_int_equal(CARD->typings, 0);
	assert_int_equal(CARD->calls[FAKE_VERIFY], 0);
}

static void
test_wrong(void **state)
{
	const CK_SESSION_HANDLE h = open_session(RW);

	(void)state;
	CARD->typed = "999999";
	assert_int_equal(type(h, CKU_USER), CKR_PIN_INCORRECT);
	assert_int_equal(CARD->tries, 2);
	assert_int_equal(CARD->calls[FAKE_VERIFY], 1);
	CARD->typed = NULL;
	assert_int_equal(type(h, CKU_USER), CKR_FUNCTION_CANCELED);
	assert_int_equal(CARD->tries, 2);
	assert_int_equal(state_of(h), CKS_RW_PUBLIC_SESSION);
	CARD->typed = "999999";
	assert_int_equal(type(h, CKU_USER), CKR_PIN_INCORRECT);
	assert_true(flags_of_token() & CKF_USER_PIN_FINAL_TRY);
	assert_int_equal(type(h, CKU_USER), CKR_PIN_LOCKED);
	assert_int_equal(CARD->typings, 4);
}

/* Typed for every use; who gives up stays logged in and may try again. */
static void
test_each_time(void **state)
{
	const CK_SESSION_HANDLE h = open_session(RW);

	(void)state;
	assert_int_equal(type(h, CKU_CONTEXT_SPECIFIC),
	    CKR_OPERATION_NOT_INITIALIZED);
	assert_int_equal(type(h, CKU_USER), CKR_OK);
	CARD->typed = NULL;
	assert_int_equal(sign(h, 0x9c, true), CKR_FUNCTION_CANCELED);
	assert_int_equal(state_of(h), CKS_RW_USER_FUNCTIONS);
	assert_int_equal(sign(h, 0x9a, false), CKR_OK);
	CARD->typed = "123456";
	assert_int_equal(sign(h, 0x9c, true), CKR_OK);
	assert_int_equal(CARD->typings, 3);
	assert_string_equal(CARD->order + strlen(CARD->order) - 6, "[V][S]");
	CARD->typed = "999999";
	assert_int_equal(sign(h, 0x9c, true), CKR_PIN_INCORRECT);
	assert_int_equal(CARD->tries, 2);
	CARD->typed = "123456";
	assert_int_equal(sign(h, 0x9c, false), CKR_USER_NOT_LOGGED_IN);
	assert_int_equal(CARD->typings, 4);
}

/* Nothing is kept of what was typed: a login that another program ended has
 * ended, and nobody is asked behind the program's back. */
static void
test_reset(void **state)
{
	const CK_SESSION_HANDLE h = open_session(RW);

	(void)state;
	assert_int_equal(type(h, CKU_USER), CKR_OK);
	assert_int_equal(sign(h, 0x9a, false), CKR_OK);
	CARD->begin_next = TMG_RESET;
	assert_int_equal(sign(h, 0x9a, false), CKR_USER_NOT_LOGGED_IN);
	assert_int_equal(state_of(h), CKS_RW_PUBLIC_SESSION);
	assert_int_equal(CARD->typings, 1);
	assert_int_equal(type(h, CKU_USER), CKR_OK);
	assert_int_equal(sign(h, 0x9a, false), CKR_OK);
	assert_int_equal(CARD->typings, 2);
}

static void
test_set_pin(void **state)
{
	const CK_SESSION_HANDLE ro = open_session(RO);
	const CK_SESSION_HANDLE h = open_session(RW);

	(void)state;
	CARD->typed_new = "654321";
	assert_int_equal(C_SetPIN(ro, NULL, 0, NULL, 0), CKR_SESSION_READ_ONLY);
	assert_int_equal(C_SetPIN(h, NULL, 0, PIN, 6), CKR_ARGUMENTS_BAD);
	assert_int_equal(C_SetPIN(h, PIN, 6, NULL, 0), CKR_ARGUMENTS_BAD);
	assert_int_equal(CARD->typings, 0);
	assert_int_equal(C_Login(h, CKU_USER, PIN, 6), CKR_OK);
	assert_int_equal(C_SetPIN(h, NULL, 0, NULL, 0), CKR_OK);
	assert_string_equal(CARD->pin, "654321");
	assert_int_equal(C_SetPIN(h, NULL, 0, NULL, 0), CKR_PIN_INCORRECT);
	assert_int_equal(CARD->tries, 2);
	CARD->typed = NULL;
	assert_int_equal(C_SetPIN(h, NULL, 0, NULL, 0), CKR_FUNCTION_CANCELED);
	assert_int_equal(CARD->typings, 3);
	/* what C_Login was given is not sent again: it is no PIN any more */
	CARD->begin_next = TMG_RESET;
	assert_int_equal(sign(h, 0x9a, false), CKR_USER_NOT_LOGGED_IN);
	assert_int_equal(CARD->tries, 2);
}

/* A keypad on which a PIN cannot be changed; one that nobody vouches for. */
static void
test_less(void **state)
{
	CK_SESSION_HANDLE h;

	assert_int_equal(C_Finalize(NULL), CKR_OK);
	CARD->keypad = TMG_PAD_VERIFY;
	assert_int_equal(C_Initialize(NULL), CKR_OK);
	h = open_session(RW);
	assert_true(flags_of_token() & CKF_PROTECTED_AUTHENTICATION_PATH);
	assert_int_equal(C_SetPIN(h, NULL, 0, NULL, 0), CKR_ARGUMENTS_BAD);
	assert_int_equal(C_Finalize(NULL), CKR_OK);

	trusts_keypads = false;
	assert_int_equal(C_Initialize(NULL), CKR_OK);
	h = open_session(RW);
	assert_false(flags_of_token() & CKF_PROTECTED_AUTHENTICATION_PATH);
	assert_int_equal(type(h, CKU_USER), CKR_ARGUMENTS_BAD);
	assert_int_equal(CARD->typings, 0);
	(void)state;
}

int
main(void)
{
#define TYPED(f) cmocka_unit_test_setup_teardown(f, with_keypad, without_keypad)
	const struct CMUnitTest tests[] = {
		TYPED(test_login), TYPED(test_given), TYPED(test_so),
		TYPED(test_wrong), TYPED(test_each_time), TYPED(test_reset),
		TYPED(test_set_pin), TYPED(test_less),
	};

	return cmocka_run_group_tests(tests, make_world, end_world);
}
