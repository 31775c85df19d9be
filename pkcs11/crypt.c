/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Encrypting and decrypting with RSA keys: the first in software, with the
 * public half; the second by the card.
 */
#include <openssl/err.h>
#include <openssl/rsa.h>
#include <stdlib.h>

#include "pkcs11/begin.h"
#include "pkcs11/signature.h"
#include "src/base/ctx.h"
#include "src/pki/scope.h"

/* One of the two ways. */
struct way {
	tmg_p11_task task;
	/* the longest answer, so that asking for the size needs no card */
	size_t (*size)(const tmg_p11_operation *op);
	/* what was fed has a length that can be */
	CK_RV (*check)(const tmg_p11_operation *op);
	CK_RV (*run)(p11_hold *hold, tmg_p11_operation *op, tmg_out *answer);
};

/* The longest message that the padding leaves room for. */
static size_t
plain_size(const tmg_p11_operation *op)
{
	static const size_t overhead[] = {
		[TMG_DECRYPT_PKCS1] = 11,	/* RFC 8017 7.2.1 */
		[TMG_DECRYPT_OAEP] = 2,		/* and two hashes; 7.1.1 */
		[TMG_DECRYPT_RAW] = 0,
	};
	const size_t k = tmg_alg_bytes(op->alg);
	const size_t less = overhead[op->decrypt.padding] +
	    2 * tmg_hash_bytes(op->decrypt.hash);

	return k > less ? k - less : 0;
}

static size_t
cipher_size(const tmg_p11_operation *op)
{
	return tmg_alg_bytes(op->alg);
}

/* ---- decrypting ---------------------------------------------------------- */

static CK_RV
check_cipher(const tmg_p11_operation *op)
{
	return op->len == cipher_size(op) ? CKR_OK : CKR_ENCRYPTED_DATA_LEN_RANGE;
}

/* What was wrong with the padding is nobody's business: one code for all. */
static CK_RV
run_decrypt(p11_hold *hold, tmg_p11_operation *op, tmg_out *plain)
{
	tmg_signer *signer;
	tmg_rc rc;
	CK_RV rv;

	if ((rv = tmg_p11_use_begin(hold, op, &signer)))
		return rv;
	rc = tmg_signer_decrypt(signer, &op->decrypt,
	    (tmg_view){ op->data, op->len }, plain);
	rv = tmg_p11_use_end(hold, op, rc);
	return rc == TMG_E_MALFORMED || rc == TMG_E_USAGE || rc == TMG_E_CRYPTO
	    ? CKR_ENCRYPTED_DATA_INVALID : rv;
}

static const struct way decrypting = {
	P11_DECRYPT, plain_size, check_cipher, run_decrypt,
};

/* ---- encrypting ---------------------------------------------------------- */

static CK_RV
check_plain(const tmg_p11_operation *op)
{
	return op->len <= plain_size(op) ? CKR_OK : CKR_DATA_LEN_RANGE;
}

/* The label becomes libcrypto's. */
static bool
set_oaep(EVP_PKEY_CTX *ctx, const tmg_decrypt_spec *spec)
{
	const size_t len = spec->label.len;
	uint8_t *label = NULL;

	if (EVP_PKEY_CTX_set_rsa_oaep_md_name(ctx, tmg_hash_name(spec->hash),
		NULL) != 1 ||
	    EVP_PKEY_CTX_set_rsa_mgf1_md_name(ctx, tmg_hash_name(spec->mgf),
		NULL) != 1)
		return false;
	if (len == 0)
		return true;
	label = OPENSSL_memdup(spec->label.ptr, len);
	if (label != NULL &&
	    EVP_PKEY_CTX_set0_rsa_oaep_label(ctx, label, (int)len) == 1)
		return true;
	OPENSSL_free(label);
	return false;
}

static bool
set_padding(EVP_PKEY_CTX *ctx, const tmg_decrypt_spec *spec)
{
	static const int paddings[] = {
		[TMG_DECRYPT_PKCS1] = RSA_PKCS1_PADDING,
		[TMG_DECRYPT_OAEP] = RSA_PKCS1_OAEP_PADDING,
		[TMG_DECRYPT_RAW] = RSA_NO_PADDING,
	};

	return EVP_PKEY_encrypt_init(ctx) == 1 &&
	    EVP_PKEY_CTX_set_rsa_padding(ctx, paddings[spec->padding]) == 1 &&
	    (spec->padding != TMG_DECRYPT_OAEP || set_oaep(ctx, spec));
}

static CK_RV
run_encrypt(p11_hold *hold, tmg_p11_operation *op, tmg_out *cipher)
{
	tmg_held(EVP_PKEY) key = NULL;
	tmg_held(EVP_PKEY_CTX) ctx = NULL;
	uint8_t wide[TMG_SIG_MAX];
	size_t len = cipher->cap;
	tmg_view plain;
	CK_RV rv;

	if ((rv = tmg_p11_use_public(hold, op, &key)))
		return rv;
	ctx = EVP_PKEY_CTX_new_from_pkey(tmg_ctx_libctx(hold->seat->ctx), key, NULL);
	if (ctx == NULL || !set_padding(ctx, &op->decrypt))
		return CKR_FUNCTION_FAILED;
	plain = (tmg_view){ op->data, op->len };
	if (op->decrypt.padding == TMG_DECRYPT_RAW)
		plain = tmg_p11_widen(plain, cipher_size(op), wide);
	ERR_set_mark();
	if (EVP_PKEY_encrypt(ctx, cipher->ptr, &len, plain.ptr, plain.len) != 1)
		rv = CKR_DATA_INVALID;	/* the number is beyond the modulus */
	ERR_pop_to_mark();
	explicit_bzero(wide, sizeof(wide));
	cipher->len = rv == CKR_OK ? len : 0;
	return rv;
}

static const struct way encrypting = {
	P11_ENCRYPT, cipher_size, check_plain, run_encrypt,
};

/* ---- both ---------------------------------------------------------------- */

/* Done once; the answer waits in op->data until somebody brings a buffer that
 * is large enough. */
static CK_RV
answer(const struct way *way, p11_hold *hold, tmg_p11_operation *op)
{
	uint8_t *store;
	tmg_out out;
	CK_RV rv;

	if ((rv = way->check(op)))
		return rv;
	store = malloc(TMG_SIG_MAX);
	if (store == NULL)
		return CKR_HOST_MEMORY;
	out = (tmg_out){ store, TMG_SIG_MAX, 0, false };
	rv = way->run(hold, op, &out);
	tmg_p11_operation_hold(op, store, out.len);
	op->done = rv == CKR_OK;
	return rv;
}

static CK_RV
finish(const struct way *way, p11_hold *hold, tmg_p11_operation *op,
    CK_BYTE *out, CK_ULONG *len)
{
	CK_RV rv = CKR_OK;

	if (out == NULL) {
		*len = op->done ? op->len : way->size(op);
		return CKR_OK;
	}
	if (!op->done)
		rv = answer(way, hold, op);
	if (rv == CKR_OK && *len < op->len) {
		*len = op->len;
		return CKR_BUFFER_TOO_SMALL;
	}
	if (rv == CKR_OK) {
		*len = op->len;
		if (op->len > 0)
			memcpy(out, op->data, op->len);
	}
	tmg_p11_operation_end(op);
	return rv;
}

/* The operation that bytes from in come for. */
static CK_RV
resume(const struct way *way, p11_hold *hold, CK_SESSION_HANDLE handle,
    const CK_BYTE *in, CK_ULONG in_len, const CK_ULONG *out_len,
    tmg_p11_operation **op)
{
	return tmg_p11_resume(hold, handle, way->task, out_len != NULL &&
	    (in != NULL || in_len == 0), op);
}

static CK_RV
single(const struct way *way, CK_SESSION_HANDLE handle, const CK_BYTE *in,
    CK_ULONG in_len, CK_BYTE *out, CK_ULONG *out_len)
{
	tmg_auto(p11_hold) hold = { .seat = NULL };
	tmg_p11_operation *op;
	CK_RV rv;

	if ((rv = resume(way, &hold, handle, in, in_len, out_len, &op)))
		return rv;
	if (op->fed)
		return CKR_OPERATION_ACTIVE;
	if (out != NULL && !op->done &&
	    (rv = tmg_p11_operation_feed(op, (tmg_view){ in, in_len }))) {
		tmg_p11_operation_end(op);
		return rv;
	}
	return finish(way, &hold, op, out, out_len);
}

/* RSA gives nothing before it has everything. */
static CK_RV
update(const struct way *way, CK_SESSION_HANDLE handle, const CK_BYTE *part,
    CK_ULONG len, CK_BYTE *out, CK_ULONG *out_len)
{
	tmg_auto(p11_hold) hold = { .seat = NULL };
	tmg_p11_operation *op;
	CK_RV rv;

	if ((rv = resume(way, &hold, handle, part, len, out_len, &op)))
		return rv;
	if (op->done)			/* only the answer is still to be fetched */
		return CKR_OPERATION_ACTIVE;
	*out_len = 0;
	if (out == NULL)
		return CKR_OK;
	rv = tmg_p11_operation_feed(op, (tmg_view){ part, len });
	op->fed = true;
	if (rv != CKR_OK)
		tmg_p11_operation_end(op);
	return rv;
}

static CK_RV
final(const struct way *way, CK_SESSION_HANDLE handle, CK_BYTE *out,
    CK_ULONG *out_len)
{
	tmg_auto(p11_hold) hold = { .seat = NULL };
	tmg_p11_operation *op;
	CK_RV rv;

	if ((rv = resume(way, &hold, handle, NULL, 0, out_len, &op)))
		return rv;
	return finish(way, &hold, op, out, out_len);
}

/* ---- entry points -------------------------------------------------------- */

CK_RV
C_EncryptInit(CK_SESSION_HANDLE handle, CK_MECHANISM *mechanism,
    CK_OBJECT_HANDLE key)
{
	return tmg_p11_begin(handle, P11_ENCRYPT, mechanism, key);
}

CK_RV
C_Encrypt(CK_SESSION_HANDLE handle, CK_BYTE *plain, CK_ULONG plain_len,
    CK_BYTE *cipher, CK_ULONG *cipher_len)
{
	return single(&encrypting, handle, plain, plain_len, cipher, cipher_len);
}

CK_RV
C_EncryptUpdate(CK_SESSION_HANDLE handle, CK_BYTE *part, CK_ULONG len,
    CK_BYTE *cipher, CK_ULONG *cipher_len)
{
	return update(&encrypting, handle, part, len, cipher, cipher_len);
}

CK_RV
C_EncryptFinal(CK_SESSION_HANDLE handle, CK_BYTE *cipher, CK_ULONG *cipher_len)
{
	return final(&encrypting, handle, cipher, cipher_len);
}

CK_RV
C_DecryptInit(CK_SESSION_HANDLE handle, CK_MECHANISM *mechanism,
    CK_OBJECT_HANDLE key)
{
	return tmg_p11_begin(handle, P11_DECRYPT, mechanism, key);
}

CK_RV
C_Decrypt(CK_SESSION_HANDLE handle, CK_BYTE *cipher, CK_ULONG cipher_len,
    CK_BYTE *plain, CK_ULONG *plain_len)
{
	return single(&decrypting, handle, cipher, cipher_len, plain, plain_len);
}

CK_RV
C_DecryptUpdate(CK_SESSION_HANDLE handle, CK_BYTE *part, CK_ULONG len,
    CK_BYTE *plain, CK_ULONG *plain_len)
{
	return update(&decrypting, handle, part, len, plain, plain_len);
}

CK_RV
C_DecryptFinal(CK_SESSION_HANDLE handle, CK_BYTE *plain, CK_ULONG *plain_len)
{
	return final(&decrypting, handle, plain, plain_len);
}
