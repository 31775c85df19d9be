/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Keys that want the PIN before every use: CKU_CONTEXT_SPECIFIC tells at once
 * whether it was right, and the key's command is the next that the card hears.
 */
#include "tests/unit/p11-world.h"

#include "pkcs11/module.h"

#define WRONG ((CK_UTF8CHAR *)(uintptr_t)"000000")

/* A session with a signature begun by the key that wants its own PIN. */
static CK_SESSION_HANDLE
session_before_use(void)
{
	const CK_SESSION_HANDLE h = user_session(RO);

	assert_int_equal(C_SignInit(h, &ecdsa_sha256,
	    find_one(h, CKO_PRIVATE_KEY, 0x9c)), CKR_OK);
	CARD->calls[FAKE_VERIFY] = 0;
	memset(CARD->order, 0, sizeof(CARD->order));
	return h;
}

static CK_RV
sign_text(CK_SESSION_HANDLE h)
{
	CK_BYTE sig[64];
	CK_ULONG len = sizeof(sig);
	const CK_RV rv = C_Sign(h, DATA, DATA_LEN, sig, &len);

	if (rv == CKR_OK)
		assert_true(verifies(&CARD->slots[1], sig, TEXT));
	return rv;
}

/* The PIN that the operation keeps, wherever it is in its session. */
static size_t
kept_by(CK_SESSION_HANDLE h)
{
	const tmg_p11_session *s = tmg_p11_session_find(tmg_p11.slots[0], h);

	return tmg_p11_kept_view(&s->ops[P11_SIGN].pin).len;
}

/* The PIN goes to the card at the login for one use; the signature is the next
 * thing that the card hears. */
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
		memset(CARD->order, 0, sizeof(CARD->order));
		assert_int_equal(C_Login(h, CKU_CONTEXT_SPECIFIC, PIN, 6), CKR_OK);
		assert_int_equal(C_Sign(h, DATA, DATA_LEN, NULL, &len), CKR_OK);
		assert_int_equal(C_Sign(h, DATA, DATA_LEN, sig, &len), CKR_OK);
		assert_string_equal(CARD->order, "[V][S]");
		assert_true(verifies(&CARD->slots[1], sig, TEXT));
	}
}

/* A wrong one is refused where it was given, and tried once; the right one may
 * follow, and the login of the session stays. */
static void
test_always_wrong(void **state)
{
	const CK_SESSION_HANDLE h = session_before_use();
	CK_BYTE sig[64];
	CK_ULONG len = sizeof(sig);

	(void)state;
	assert_int_equal(C_Login(h, CKU_CONTEXT_SPECIFIC, WRONG, 6),
	    CKR_PIN_INCORRECT);
	assert_int_equal(CARD->calls[FAKE_VERIFY], 1);
	assert_int_equal(kept_by(h), 0);
	assert_int_equal(C_Login(h, CKU_CONTEXT_SPECIFIC, PIN, 6), CKR_OK);
	assert_int_equal(kept_by(h), 6);
	assert_int_equal(sign_text(h), CKR_OK);
	assert_string_equal(CARD->order, "[V][V][S]");
	assert_int_equal(state_of(h), CKS_RO_USER_FUNCTIONS);

	/* after a refusal there is nothing to sign with, and nothing is sent */
	assert_int_equal(C_SignInit(h, &ecdsa_sha256,
	    find_one(h, CKO_PRIVATE_KEY, 0x9c)), CKR_OK);
	assert_int_equal(C_Login(h, CKU_CONTEXT_SPECIFIC, WRONG, 6),
	    CKR_PIN_INCORRECT);
	memset(CARD->order, 0, sizeof(CARD->order));
	assert_int_equal(sign_text(h), CKR_USER_NOT_LOGGED_IN);
	assert_string_equal(CARD->order, "");
	/* the other keys have the login's PIN, which is another one */
	assert_int_equal(C_SignInit(h, &ecdsa_sha256,
	    find_one(h, CKO_PRIVATE_KEY, 0x9a)), CKR_OK);
	assert_int_equal(C_Sign(h, DATA, DATA_LEN, sig, &len), CKR_OK);
}

static void
test_always_locked(void **state)
{
	const CK_SESSION_HANDLE h = session_before_use();

	(void)state;
	CARD->tries = 1;
	assert_int_equal(C_Login(h, CKU_CONTEXT_SPECIFIC, WRONG, 6), CKR_PIN_LOCKED);
	assert_int_equal(state_of(h), CKS_RO_PUBLIC_SESSION);
	assert_int_equal(C_Login(h, CKU_CONTEXT_SPECIFIC, PIN, 6),
	    CKR_USER_NOT_LOGGED_IN);
	assert_int_equal(CARD->calls[FAKE_VERIFY], 1);
}

/* Changed by another program: what the card refused is not sent again on the
 * login's account either. */
static void
test_always_refuses_the_login(void **state)
{
	const CK_SESSION_HANDLE h = session_before_use();

	(void)state;
	strcpy(CARD->pin, "000000");
	assert_int_equal(C_Login(h, CKU_CONTEXT_SPECIFIC, PIN, 6),
	    CKR_PIN_INCORRECT);
	assert_int_equal(state_of(h), CKS_RO_PUBLIC_SESSION);
	assert_int_equal(find_one(h, CKO_PRIVATE_KEY, 0x9a), CK_INVALID_HANDLE);
	assert_int_equal(CARD->calls[FAKE_VERIFY], 1);
	assert_int_equal(CARD->tries, 2);
}

/* What comes between: our own use of another key, another program's reset, its
 * use of the card without one.  The PIN is sent once more, in the turn of the
 * signature, after the card was asked for the tries. */
static void
test_always_interrupted(void **state)
{
	const CK_SESSION_HANDLE other = user_session(RO);
	const CK_OBJECT_HANDLE plain = find_one(other, CKO_PRIVATE_KEY, 0x9a);
	CK_BYTE sig[64];
	CK_ULONG len = sizeof(sig);

	(void)state;
	for (int i = 0; i < 3; i++) {
		const CK_SESSION_HANDLE h = open_session(RO);

		assert_int_equal(C_SignInit(h, &ecdsa_sha256,
		    find_one(h, CKO_PRIVATE_KEY, 0x9c)), CKR_OK);
		assert_int_equal(C_Login(h, CKU_CONTEXT_SPECIFIC, PIN, 6), CKR_OK);
		if (i == 0) {
			assert_int_equal(C_SignInit(other, &ecdsa_sha256, plain),
			    CKR_OK);
			assert_int_equal(C_Sign(other, DATA, DATA_LEN, sig, &len),
			    CKR_OK);
		}
		CARD->begin_next = i == 1 ? TMG_RESET : TMG_OK;
		CARD->user = CARD->user && i != 2;
		CARD->calls[FAKE_VERIFY] = CARD->calls[FAKE_TRIES] = 0;
		memset(CARD->order, 0, sizeof(CARD->order));
		assert_int_equal(sign_text(h), CKR_OK);
		assert_non_null(strstr(CARD->order, "[VS]"));
		assert_int_equal(CARD->calls[FAKE_VERIFY], 1);
		assert_int_equal(CARD->calls[FAKE_TRIES], 1);
		assert_int_equal(kept_by(h), 0);
	}
}

/* It is sent again once, and not when that could lock the card. */
static void
test_always_interrupted_for_good(void **state)
{
	CK_SESSION_HANDLE h = session_before_use();

	(void)state;
	assert_int_equal(C_Login(h, CKU_CONTEXT_SPECIFIC, PIN, 6), CKR_OK);
	CARD->tries = 1;
	CARD->user = false;
	assert_int_equal(sign_text(h), CKR_USER_NOT_LOGGED_IN);
	assert_int_equal(CARD->calls[FAKE_VERIFY], 1);
	assert_int_equal(state_of(h), CKS_RO_USER_FUNCTIONS);

	CARD->tries = 3;
	assert_int_equal(C_SignInit(h, &ecdsa_sha256,
	    find_one(h, CKO_PRIVATE_KEY, 0x9c)), CKR_OK);
	assert_int_equal(C_Login(h, CKU_CONTEXT_SPECIFIC, PIN, 6), CKR_OK);
	strcpy(CARD->pin, "000000");
	CARD->user = false;
	CARD->calls[FAKE_VERIFY] = 0;
	assert_int_equal(sign_text(h), CKR_USER_NOT_LOGGED_IN);
	assert_int_equal(CARD->calls[FAKE_VERIFY], 1);
	assert_int_equal(CARD->tries, 2);
	assert_int_equal(state_of(h), CKS_RO_PUBLIC_SESSION);
}

/* Whoever wants no PIN kept is asked again instead. */
static void
test_always_not_kept(void **state)
{
	const CK_SESSION_HANDLE h = session_before_use();

	(void)state;
	strcpy(tmg_p11.conf.pin_cache, "none");
	assert_int_equal(C_Login(h, CKU_CONTEXT_SPECIFIC, PIN, 6), CKR_OK);
	assert_int_equal(kept_by(h), 0);
	assert_int_equal(sign_text(h), CKR_OK);
	assert_int_equal(C_SignInit(h, &ecdsa_sha256,
	    find_one(h, CKO_PRIVATE_KEY, 0x9c)), CKR_OK);
	assert_int_equal(C_Login(h, CKU_CONTEXT_SPECIFIC, PIN, 6), CKR_OK);
	CARD->user = false;
	assert_int_equal(sign_text(h), CKR_USER_NOT_LOGGED_IN);
	assert_int_equal(CARD->calls[FAKE_VERIFY], 2);
}

/* The PIN is gone with the operation, however that ends. */
static void
test_always_ends(void **state)
{
	const CK_SESSION_HANDLE h = session_before_use();
	const CK_OBJECT_HANDLE key = find_one(h, CKO_PRIVATE_KEY, 0x9c);

	(void)state;
	for (int i = 0; i < 5; i++) {
		if (i > 0)
			assert_int_equal(C_SignInit(h, &ecdsa_sha256, key), CKR_OK);
		assert_int_equal(C_Login(h, CKU_CONTEXT_SPECIFIC, PIN, 6), CKR_OK);
		assert_int_equal(kept_by(h), 6);
		CARD->next[FAKE_SIGN] = i == 1 ? TMG_E_IO : TMG_OK;
		if (i < 2)
			assert_int_equal(sign_text(h),
			    i == 1 ? CKR_DEVICE_ERROR : CKR_OK);
		else if (i == 2)
			assert_int_equal(C_SignInit(h, NULL, key), CKR_OK);
		else if (i == 3)
			assert_int_equal(C_SessionCancel(h, CKF_SIGN), CKR_OK);
		else
			assert_int_equal(C_Logout(h), CKR_OK);
		assert_int_equal(kept_by(h), 0);
	}
}

/* Signing and decrypting side by side: each has a PIN of its own. */
static void
test_always_twice(void **state)
{
	CK_MECHANISM pkcs1 = { CKM_RSA_PKCS, NULL, 0 };
	const CK_BYTE cipher[256] = { 0 };
	CK_BYTE out[256];
	CK_ULONG len = sizeof(out);
	CK_SESSION_HANDLE h;
	CK_OBJECT_HANDLE key;

	(void)state;
	fake_key_of(&CARD->slots[1], TMG_ALG_RSA2048, "Asel", TMG_PIN_ALWAYS);
	h = user_session(RO);
	key = find_one(h, CKO_PRIVATE_KEY, 0x9c);
	assert_int_equal(C_SignInit(h, &pkcs1, key), CKR_OK);
	assert_int_equal(C_DecryptInit(h, &pkcs1, key), CKR_OK);
	assert_int_equal(C_Login(h, CKU_CONTEXT_SPECIFIC, PIN, 6), CKR_OK);
	assert_int_equal(C_Login(h, CKU_CONTEXT_SPECIFIC, PIN, 6), CKR_OK);
	assert_int_equal(C_Sign(h, DATA, DATA_LEN, out, &len), CKR_OK);
	len = sizeof(out);
	assert_int_equal(C_Decrypt(h, (CK_BYTE *)(uintptr_t)cipher, sizeof(cipher),
	    out, &len), CKR_ENCRYPTED_DATA_INVALID);
	assert_non_null(strchr(CARD->order, 'D'));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		INSIDE(test_always),
		INSIDE(test_always_wrong),
		INSIDE(test_always_locked),
		INSIDE(test_always_refuses_the_login),
		INSIDE(test_always_interrupted),
		INSIDE(test_always_interrupted_for_good),
		INSIDE(test_always_not_kept),
		INSIDE(test_always_ends),
		INSIDE(test_always_twice),
	};

	return cmocka_run_group_tests(tests, make_world, end_world);
}
