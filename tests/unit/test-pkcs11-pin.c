/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The SO of the PKCS#11 module: two secrets that their lengths tell apart, new
 * PINs, and the way back to the factory with what guards it.
 */
#include "tests/unit/p11-world.h"

#define SO(text) ((CK_UTF8CHAR *)(uintptr_t)(text)), sizeof(text) - 1
#define LABEL "token-1                         "

static int
with_puk(void **state)
{
	world(state);
	strcpy(CARD->puk, "87654321");
	CARD->puk_tries = 3;
	CARD->can |= TMG_CAN_RESET;
	return C_Initialize(NULL) == CKR_OK ? 0 : -1;
}

static CK_RV
init_token(const char *pin, const char *label)
{
	return C_InitToken(0, (CK_UTF8CHAR *)(uintptr_t)pin, strlen(pin),
	    (CK_UTF8CHAR *)(uintptr_t)label);
}

/* Nobody on a card has a name: one that is given costs no try. */
static void
test_login_user(void **state)
{
	const CK_SESSION_HANDLE h = open_session(RW);
	const int tries = CARD->tries;

	(void)state;
	assert_int_equal(C_LoginUser(h, CKU_USER, SO("123456"), SO("asel")),
	    CKR_ARGUMENTS_BAD);
	assert_int_equal(C_LoginUser(h, CKU_USER, NULL, 0, NULL, 0),
	    CKR_ARGUMENTS_BAD);
	assert_int_equal(C_LoginUser(h, 9, SO("123456"), NULL, 0),
	    CKR_USER_TYPE_INVALID);
	assert_int_equal(CARD->tries, tries);
	assert_int_equal(C_LoginUser(h, CKU_USER, SO("123457"), NULL, 0),
	    CKR_PIN_INCORRECT);
	assert_int_equal(C_LoginUser(h, CKU_USER, SO("123456"), NULL, 0), CKR_OK);
	assert_int_equal(state_of(h), CKS_RW_USER_FUNCTIONS);
	assert_int_equal(C_LoginUser(h, CKU_USER, SO("123456"), NULL, 0),
	    CKR_USER_ALREADY_LOGGED_IN);
	assert_int_equal(C_Logout(h), CKR_OK);
	assert_int_equal(C_LoginUser(h, CKU_SO, SO("87654321"), NULL, 0), CKR_OK);
	assert_int_equal(state_of(h), CKS_RW_SO_FUNCTIONS);
}

/* The PUK logs in and gives a blocked user a new PIN. */
static void
test_puk(void **state)
{
	const CK_SESSION_HANDLE h = open_session(RW);
	CK_TOKEN_INFO info;

	(void)state;
	CARD->tries = 0;
	assert_int_equal(C_InitPIN(h, SO("111111")), CKR_USER_NOT_LOGGED_IN);
	assert_int_equal(C_Login(h, CKU_SO, SO("87654320")), CKR_PIN_INCORRECT);
	assert_int_equal(CARD->puk_tries, 2);
	assert_int_equal(C_GetTokenInfo(0, &info), CKR_OK);
	assert_true(info.flags & CKF_SO_PIN_COUNT_LOW);
	assert_int_equal(C_Login(h, CKU_SO, SO("87654321")), CKR_OK);
	assert_int_equal(state_of(h), CKS_RW_SO_FUNCTIONS);
	assert_string_equal(CARD->puk, "87654321");	/* it stayed what it was */
	assert_int_equal(C_InitPIN(h, SO("1")), CKR_PIN_LEN_RANGE);
	assert_int_equal(CARD->calls[FAKE_UNBLOCK], 0);
	CARD->next[FAKE_UNBLOCK] = TMG_DENIED;
	assert_int_equal(C_InitPIN(h, SO("111111")), CKR_PIN_INVALID);
	assert_int_equal(C_InitPIN(h, SO("111111")), CKR_OK);
	assert_string_equal(CARD->pin, "111111");
	/* and is changed as the SO's own */
	assert_int_equal(C_SetPIN(h, SO("87654321"), SO("1234567")),
	    CKR_PIN_LEN_RANGE);
	assert_int_equal(C_SetPIN(h, SO("87654321"), SO("abcdefgh")), CKR_OK);
	assert_string_equal(CARD->puk, "abcdefgh");
	assert_int_equal(C_InitPIN(h, SO("222222")), CKR_OK);
	assert_int_equal(C_Logout(h), CKR_OK);
	assert_int_equal(C_InitPIN(h, SO("333333")), CKR_USER_NOT_LOGGED_IN);
	assert_int_equal(C_Login(h, CKU_USER, SO("222222")), CKR_OK);
	assert_int_equal(C_InitPIN(h, SO("333333")), CKR_USER_NOT_LOGGED_IN);
}

static void
test_puk_locked(void **state)
{
	const CK_SESSION_HANDLE h = open_session(RW);
	CK_TOKEN_INFO info;

	(void)state;
	for (int i = 0; i < 3; i++)
		assert_int_equal(C_Login(h, CKU_SO, SO("00000000")),
		    i < 2 ? CKR_PIN_INCORRECT : CKR_PIN_LOCKED);
	assert_int_equal(C_GetTokenInfo(0, &info), CKR_OK);
	assert_true(info.flags & CKF_SO_PIN_LOCKED);
	assert_int_equal(state_of(h), CKS_RW_PUBLIC_SESSION);
}

/* The management key writes and can be changed; it unblocks nothing. */
static void
test_management_key(void **state)
{
	const CK_SESSION_HANDLE h = open_session(RW);

	(void)state;
	assert_int_equal(C_Login(h, CKU_SO, SO("wrong")), CKR_PIN_INCORRECT);
	assert_int_equal(CARD->puk_tries, 3);
	assert_int_equal(C_Login(h, CKU_SO, SO("admin")), CKR_OK);
	assert_int_equal(C_InitPIN(h, SO("111111")), CKR_FUNCTION_NOT_SUPPORTED);
	assert_int_equal(C_SetPIN(h, SO("admin"), SO("other")), CKR_OK);
	assert_string_equal(CARD->admin, "other");
	assert_string_equal(CARD->pin, "123456");
}

/* Not while somebody uses it, not another card's name, not without the SO. */
static void
test_init_token(void **state)
{
	CK_ATTRIBUTE any = { CKA_TOKEN, &yes, 1 };
	CK_SESSION_HANDLE h = open_session(RO);

	(void)state;
	strcpy(CARD->pin, "999999");
	assert_int_equal(init_token("87654321", LABEL), CKR_SESSION_EXISTS);
	assert_int_equal(C_CloseSession(h), CKR_OK);
	assert_int_equal(init_token("87654321", "token-2                         "),
	    CKR_ARGUMENTS_BAD);
	assert_int_equal(C_InitToken(1, SO("87654321"),
	    (CK_UTF8CHAR *)(uintptr_t)LABEL), CKR_TOKEN_NOT_PRESENT);
	assert_int_equal(C_InitToken(9, SO("87654321"),
	    (CK_UTF8CHAR *)(uintptr_t)LABEL), CKR_SLOT_ID_INVALID);
	assert_int_equal(init_token("00000000", LABEL), CKR_PIN_INCORRECT);
	assert_int_equal(init_token("wrong", LABEL), CKR_PIN_INCORRECT);
	assert_int_equal(CARD->calls[FAKE_RESET], 0);
	assert_true(CARD->slots[0].key);

	assert_int_equal(init_token("87654321", LABEL), CKR_OK);
	assert_int_equal(CARD->calls[FAKE_RESET], 1);
	assert_string_equal(CARD->puk, "87654321");	/* the SO's again */
	assert_string_equal(CARD->pin, "123456");
	h = open_session(RW);
	assert_int_equal(count_found(h, &any, 1), 3);	/* profiles */
	assert_int_equal(C_Login(h, CKU_SO, SO("87654321")), CKR_OK);
	assert_int_equal(C_InitPIN(h, SO("777777")), CKR_OK);
	assert_int_equal(C_CloseSession(h), CKR_OK);
	/* the other secret is as good, and is restored as well */
	strcpy(CARD->admin, "mine!");
	assert_int_equal(init_token("mine!", LABEL), CKR_OK);
	assert_string_equal(CARD->admin, "mine!");
}

static void
test_no_way_back(void **state)
{
	(void)state;
	CARD->can = 0;
	assert_int_equal(init_token("87654321", LABEL), CKR_FUNCTION_NOT_SUPPORTED);
	assert_int_equal(CARD->puk_tries, 3);
}

/* No keypad is promised, so nobody may leave the PIN to one: nothing is sent, no
 * try is lost, and an empty PIN is none either. */
static void
test_no_keypad(void **state)
{
	const CK_SESSION_HANDLE h = user_session(RW);
	CK_TOKEN_INFO info;

	(void)state;
	assert_int_equal(C_GetTokenInfo(0, &info), CKR_OK);
	assert_false(info.flags & CKF_PROTECTED_AUTHENTICATION_PATH);
	assert_int_equal(C_SignInit(h, &ecdsa_sha256,
	    find_one(h, CKO_PRIVATE_KEY, 0x9c)), CKR_OK);
	CARD->calls[FAKE_VERIFY] = 0;
	assert_int_equal(C_Login(h, CKU_CONTEXT_SPECIFIC, NULL, 0),
	    CKR_ARGUMENTS_BAD);
	assert_int_equal(C_Login(h, CKU_CONTEXT_SPECIFIC, PIN, 0),
	    CKR_PIN_LEN_RANGE);
	assert_int_equal(C_SetPIN(h, NULL, 0, NULL, 0), CKR_ARGUMENTS_BAD);
	assert_int_equal(C_SetPIN(h, PIN, 6, NULL, 0), CKR_ARGUMENTS_BAD);
	assert_int_equal(C_Logout(h), CKR_OK);
	assert_int_equal(C_Login(h, CKU_USER, NULL, 0), CKR_ARGUMENTS_BAD);
	assert_int_equal(C_Login(h, CKU_USER, PIN, 0), CKR_PIN_LEN_RANGE);
	assert_int_equal(C_Login(h, CKU_SO, NULL, 0), CKR_ARGUMENTS_BAD);
	assert_int_equal(C_Login(h, CKU_SO, SO("87654321")), CKR_OK);
	assert_int_equal(C_InitPIN(h, NULL, 0), CKR_ARGUMENTS_BAD);
	assert_int_equal(C_CloseSession(h), CKR_OK);
	assert_int_equal(C_InitToken(0, NULL, 0, (CK_UTF8CHAR *)(uintptr_t)LABEL),
	    CKR_ARGUMENTS_BAD);
	assert_int_equal(CARD->calls[FAKE_VERIFY], 0);
	assert_int_equal(CARD->tries, 3);
}

#define WITH_PUK(name) cmocka_unit_test_setup_teardown(name, with_puk, finalised)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_PUK(test_login_user),
		WITH_PUK(test_puk), WITH_PUK(test_puk_locked),
		WITH_PUK(test_management_key), WITH_PUK(test_init_token),
		WITH_PUK(test_no_way_back), WITH_PUK(test_no_keypad),
	};

	return cmocka_run_group_tests(tests, make_world, end_world);
}
