/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Encrypting in software and decrypting by the card, each held to libcrypto.
 */
#include "tests/unit/p11-world.h"

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#define K 256u			/* bytes of the modulus */

/* The world, with an RSA key in 9d. */
static int
rsa_world(void **state)
{
	world(state);
	fake_key_of(&CARD->slots[2], TMG_ALG_RSA2048, "Rsa", TMG_PIN_ONCE);
	return C_Initialize(NULL) == CKR_OK ? 0 : -1;
}

static const struct {
	CK_MECHANISM_TYPE digest;
	CK_ULONG mgf;
	const char *name;
	size_t bytes;
} hashes[] = {
	{ CKM_SHA_1, CKG_MGF1_SHA1, "SHA1", 20 },
	{ CKM_SHA224, CKG_MGF1_SHA224, "SHA224", 28 },
	{ CKM_SHA256, CKG_MGF1_SHA256, "SHA256", 32 },
	{ CKM_SHA384, CKG_MGF1_SHA384, "SHA384", 48 },
	{ CKM_SHA512, CKG_MGF1_SHA512, "SHA512", 64 },
};

static CK_BYTE label[] = "a label";

static CK_RSA_PKCS_OAEP_PARAMS
oaep_of(size_t hash, size_t mgf, bool labelled)
{
	return (CK_RSA_PKCS_OAEP_PARAMS){ hashes[hash].digest, hashes[mgf].mgf,
	    CKZ_DATA_SPECIFIED, labelled ? label : NULL,
	    labelled ? sizeof(label) - 1 : 0 };
}

/* By libcrypto alone, with the card's private key. */
static size_t
opened(const CK_BYTE *cipher, size_t len, int padding,
    const CK_RSA_PKCS_OAEP_PARAMS *oaep, size_t hash, size_t mgf, CK_BYTE *plain)
{
	const unsigned char *at = CARD->slots[2].priv;
	EVP_PKEY *key = d2i_AutoPrivateKey(NULL, &at, (long)CARD->slots[2].priv_len);
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
	size_t n = K;

	assert_int_equal(EVP_PKEY_decrypt_init(ctx), 1);
	assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(ctx, padding), 1);
	if (oaep != NULL) {
		EVP_PKEY_CTX_set_rsa_oaep_md_name(ctx, hashes[hash].name, NULL);
		EVP_PKEY_CTX_set_rsa_mgf1_md_name(ctx, hashes[mgf].name, NULL);
	}
	if (oaep != NULL && oaep->ulSourceDataLen > 0)
		EVP_PKEY_CTX_set0_rsa_oaep_label(ctx, OPENSSL_strdup("a label"),
		    sizeof(label) - 1);
	assert_int_equal(EVP_PKEY_decrypt(ctx, plain, &n, cipher, len), 1);
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(key);
	return n;
}

static CK_ULONG
encrypt(CK_SESSION_HANDLE h, CK_MECHANISM *m, CK_OBJECT_HANDLE key, CK_BYTE *in,
    CK_ULONG len, CK_BYTE out[K])
{
	CK_ULONG n = K;

	assert_int_equal(C_EncryptInit(h, m, key), CKR_OK);
	assert_int_equal(C_Encrypt(h, in, len, out, &n), CKR_OK);
	assert_int_equal(n, K);
	return n;
}

/* What was encrypted is opened by libcrypto and by the card. */
static void
round_trip(CK_SESSION_HANDLE h, CK_MECHANISM *m, int padding, size_t hash,
    size_t mgf)
{
	const CK_OBJECT_HANDLE public = find_one(h, CKO_PUBLIC_KEY, 0x9d),
	    private = find_one(h, CKO_PRIVATE_KEY, 0x9d);
	CK_BYTE cipher[K], plain[K];
	CK_ULONG len = K;

	encrypt(h, m, public, DATA, DATA_LEN, cipher);
	assert_int_equal(opened(cipher, K, padding, m->pParameter, hash, mgf, plain),
	    DATA_LEN);
	assert_memory_equal(plain, TEXT, DATA_LEN);
	memset(plain, 0, sizeof(plain));
	assert_int_equal(C_DecryptInit(h, m, private), CKR_OK);
	assert_int_equal(C_Decrypt(h, cipher, K, plain, &len), CKR_OK);
	assert_int_equal(len, DATA_LEN);
	assert_memory_equal(plain, TEXT, DATA_LEN);
}

static void
test_pkcs1(void **state)
{
	CK_MECHANISM m = { CKM_RSA_PKCS, NULL, 0 };

	(void)state;
	round_trip(user_session(RO), &m, RSA_PKCS1_PADDING, 0, 0);
}

static void
test_oaep(void **state)
{
	const CK_SESSION_HANDLE h = user_session(RO);

	(void)state;
	for (size_t hash = 0; hash < TMG_COUNT(hashes); hash++)
		for (size_t mgf = 0; mgf < TMG_COUNT(hashes); mgf++) {
			CK_RSA_PKCS_OAEP_PARAMS p = oaep_of(hash, mgf, mgf % 2 == 0);
			CK_MECHANISM m = { CKM_RSA_PKCS_OAEP, &p, sizeof(p) };

			round_trip(h, &m, RSA_PKCS1_OAEP_PADDING, hash, mgf);
		}
}

/* Shorter numbers get zeros in front; one beyond the modulus is none. */
static void
test_raw(void **state)
{
	const CK_SESSION_HANDLE h = open_session(RO);
	const CK_OBJECT_HANDLE key = find_one(h, CKO_PUBLIC_KEY, 0x9d);
	CK_MECHANISM m = { CKM_RSA_X_509, NULL, 0 };
	CK_BYTE in[K], cipher[K], plain[K];
	CK_ULONG n = K;

	(void)state;
	memset(in, 0xff, sizeof(in));
	encrypt(h, &m, key, DATA, DATA_LEN, cipher);
	assert_int_equal(opened(cipher, K, RSA_NO_PADDING, NULL, 0, 0, plain), K);
	assert_memory_equal(plain + K - DATA_LEN, TEXT, DATA_LEN);
	assert_int_equal(plain[0], 0);
	assert_int_equal(C_EncryptInit(h, &m, key), CKR_OK);
	assert_int_equal(C_Encrypt(h, in, K, cipher, &n), CKR_DATA_INVALID);
	assert_int_equal(C_EncryptInit(h, &m, key), CKR_OK);	/* it has ended */
}

/* In parts, with a question for the size; no login, and the card is not asked. */
static void
test_parts(void **state)
{
	const CK_SESSION_HANDLE h = open_session(RO);
	const CK_OBJECT_HANDLE key = find_one(h, CKO_PUBLIC_KEY, 0x9d);
	CK_MECHANISM m = { CKM_RSA_PKCS, NULL, 0 };
	CK_BYTE cipher[K], plain[K];
	CK_ULONG n = 9;

	(void)state;
	CARD->order[0] = '\0';
	assert_int_equal(C_EncryptInit(h, &m, key), CKR_OK);
	assert_int_equal(C_EncryptInit(h, &m, key), CKR_OPERATION_ACTIVE);
	assert_int_equal(C_EncryptUpdate(h, DATA, 4, cipher, &n), CKR_OK);
	assert_int_equal(n, 0);
	assert_int_equal(C_Encrypt(h, DATA, 4, cipher, &n), CKR_OPERATION_ACTIVE);
	n = K;
	assert_int_equal(C_EncryptUpdate(h, DATA + 4, DATA_LEN - 4, cipher, &n),
	    CKR_OK);
	assert_int_equal(C_EncryptFinal(h, NULL, &n), CKR_OK);
	assert_int_equal(n, K);
	n = K - 1;
	assert_int_equal(C_EncryptFinal(h, cipher, &n), CKR_BUFFER_TOO_SMALL);
	assert_int_equal(n, K);
	assert_int_equal(C_EncryptUpdate(h, DATA, 4, cipher, &n),
	    CKR_OPERATION_ACTIVE);
	assert_int_equal(C_EncryptFinal(h, cipher, &n), CKR_OK);
	assert_int_equal(opened(cipher, K, RSA_PKCS1_PADDING, NULL, 0, 0, plain),
	    DATA_LEN);
	assert_memory_equal(plain, TEXT, DATA_LEN);
	assert_int_equal(C_EncryptFinal(h, cipher, &n), CKR_OPERATION_NOT_INITIALIZED);
	assert_string_equal(CARD->order, "");
}

static void
test_refused(void **state)
{
	const CK_SESSION_HANDLE h = user_session(RO);
	const CK_OBJECT_HANDLE rsa = find_one(h, CKO_PUBLIC_KEY, 0x9d);
	CK_RSA_PKCS_OAEP_PARAMS p = oaep_of(2, 2, false);
	CK_MECHANISM pkcs1 = { CKM_RSA_PKCS, NULL, 0 },
	    oaep = { CKM_RSA_PKCS_OAEP, &p, sizeof(p) };
	CK_BYTE in[K] = { 0 }, out[K];
	CK_ULONG n = K;

	(void)state;
	assert_int_equal(C_EncryptInit(h, &ecdsa, rsa), CKR_MECHANISM_INVALID);
	assert_int_equal(C_EncryptInit(h, &pkcs1,
	    find_one(h, CKO_PUBLIC_KEY, 0x9a)), CKR_KEY_TYPE_INCONSISTENT);
	assert_int_equal(C_EncryptInit(h, &pkcs1,
	    find_one(h, CKO_PRIVATE_KEY, 0x9d)), CKR_KEY_TYPE_INCONSISTENT);
	assert_int_equal(C_EncryptInit(h, &pkcs1, 4711), CKR_KEY_HANDLE_INVALID);
	assert_int_equal(C_EncryptInit(h, &pkcs1, rsa), CKR_OK);
	assert_int_equal(C_Encrypt(h, in, K - 10, out, &n), CKR_DATA_LEN_RANGE);
	assert_int_equal(C_EncryptInit(h, &oaep, rsa), CKR_OK);
	assert_int_equal(C_Encrypt(h, in, K - 65, out, &n), CKR_DATA_LEN_RANGE);
	assert_int_equal(C_EncryptInit(h, &oaep, rsa), CKR_OK);
	assert_int_equal(C_Encrypt(h, in, K - 66, out, &n), CKR_OK);
	assert_int_equal(C_EncryptInit(h, &oaep, rsa), CKR_OK);
	assert_int_equal(C_SessionCancel(h, CKF_DECRYPT), CKR_OK);
	assert_int_equal(C_EncryptInit(h, &oaep, rsa), CKR_OPERATION_ACTIVE);
	assert_int_equal(C_SessionCancel(h, CKF_ENCRYPT), CKR_OK);
	assert_int_equal(C_EncryptInit(h, &oaep, rsa), CKR_OK);
}

/* Every kind of damage has the same code, and so has a card that stumbles. */
static void
test_damaged(void **state)
{
	const CK_SESSION_HANDLE h = user_session(RO);
	const CK_OBJECT_HANDLE public = find_one(h, CKO_PUBLIC_KEY, 0x9d),
	    private = find_one(h, CKO_PRIVATE_KEY, 0x9d);
	CK_RSA_PKCS_OAEP_PARAMS p = oaep_of(2, 2, false), q = oaep_of(2, 2, true);
	CK_MECHANISM oaep = { CKM_RSA_PKCS_OAEP, &p, sizeof(p) },
	    other = { CKM_RSA_PKCS_OAEP, &q, sizeof(q) },
	    pkcs1 = { CKM_RSA_PKCS, NULL, 0 },
	    whole = { CKM_RSA_X_509, NULL, 0 };
	/* a signature's block, never 00 02: what OAEP leaves is, by chance */
	CK_BYTE block[K] = { 0, 1 }, damaged[K], cipher[K], plain[K];
	CK_ULONG n = K;

	(void)state;
	encrypt(h, &oaep, public, DATA, DATA_LEN, cipher);
	assert_int_equal(C_DecryptInit(h, &other, private), CKR_OK);
	assert_int_equal(C_Decrypt(h, cipher, K, plain, &n),
	    CKR_ENCRYPTED_DATA_INVALID);
	encrypt(h, &whole, public, block, K, damaged);
	assert_int_equal(C_DecryptInit(h, &pkcs1, private), CKR_OK);
	assert_int_equal(C_Decrypt(h, damaged, K, plain, &n),
	    CKR_ENCRYPTED_DATA_INVALID);
	assert_int_equal(C_DecryptInit(h, &pkcs1, private), CKR_OK);
	assert_int_equal(C_Decrypt(h, cipher, K - 1, plain, &n),
	    CKR_ENCRYPTED_DATA_LEN_RANGE);
	CARD->begin_next = TMG_RESET;
	assert_int_equal(C_DecryptInit(h, &oaep, private), CKR_OK);
	n = K;
	assert_int_equal(C_Decrypt(h, cipher, K, plain, &n), CKR_OK);
	assert_int_equal(n, DATA_LEN);
	assert_int_equal(C_DecryptInit(h, &oaep, private), CKR_OK);
	CARD->next[FAKE_DECRYPT] = TMG_REMOVED;
	assert_int_equal(C_Decrypt(h, cipher, K, plain, &n), CKR_DEVICE_REMOVED);
}

/* What a hash is to this provider: a parameter, known and not listed. */
static void
test_hashes(void **state)
{
	CK_MECHANISM_TYPE list[64];
	CK_ULONG n = TMG_COUNT(list);
	CK_MECHANISM_INFO info;

	(void)state;
	assert_int_equal(C_GetMechanismList(0, list, &n), CKR_OK);
	for (size_t i = 0; i < TMG_COUNT(hashes); i++) {
		memset(&info, 0xff, sizeof(info));
		assert_int_equal(C_GetMechanismInfo(0, hashes[i].digest, &info), CKR_OK);
		assert_int_equal(info.flags, 0);
		for (CK_ULONG k = 0; k < n; k++)
			assert_int_not_equal(list[k], hashes[i].digest);
	}
	assert_int_equal(C_GetMechanismInfo(0, CKM_MD5, &info), CKR_MECHANISM_INVALID);
}

#define WITH_RSA(name) cmocka_unit_test_setup_teardown(name, rsa_world, finalised)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_RSA(test_pkcs1), WITH_RSA(test_oaep), WITH_RSA(test_raw),
		WITH_RSA(test_parts), WITH_RSA(test_refused), WITH_RSA(test_damaged),
		WITH_RSA(test_hashes),
	};

	return cmocka_run_group_tests(tests, make_world, end_world);
}
