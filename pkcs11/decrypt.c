/* SPDX-License-Identifier: BSD-2-Clause */
/* Decrypting with the RSA keys of a token. */
#include <stdlib.h>

#include "pkcs11/begin.h"

static const tmg_p11_kind kind = {
	CKF_DECRYPT, CKO_PRIVATE_KEY, TMG_USE_DECRYPT,
};

CK_RV
C_DecryptInit(CK_SESSION_HANDLE handle, CK_MECHANISM *mechanism,
    CK_OBJECT_HANDLE key)
{
	tmg_auto(p11_hold) hold = { .seat = NULL };
	CK_RV rv;

	if ((rv = p11_hold_session(&hold, handle)))
		return rv;
	return tmg_p11_begin(&hold, &hold.session->decrypt, &kind, mechanism, key);
}

/* What was wrong with the padding is nobody's business: one code for all. */
static CK_RV
rv_of_decrypt(p11_hold *hold, tmg_p11_operation *op, tmg_rc rc)
{
	const CK_RV rv = tmg_p11_use_end(hold, op, rc);

	return rc == TMG_E_MALFORMED || rc == TMG_E_USAGE || rc == TMG_E_CRYPTO
	    ? CKR_ENCRYPTED_DATA_INVALID : rv;
}

/* The card is asked once; what it answered waits in op->data until somebody
 * brings a buffer that is large enough. */
static CK_RV
decrypt(p11_hold *hold, tmg_p11_operation *op)
{
	uint8_t *store = malloc(TMG_SIG_MAX);
	tmg_out plain = { store, TMG_SIG_MAX, 0, false };
	tmg_signer *signer;
	CK_RV rv;

	if (store == NULL)
		return CKR_HOST_MEMORY;
	rv = tmg_p11_use_begin(hold, op, &signer);
	if (rv == CKR_OK)
		rv = rv_of_decrypt(hold, op, tmg_signer_decrypt(signer,
		    &op->decrypt, (tmg_view){ op->data, op->len }, &plain));
	free(op->data);
	op->data = store;
	op->len = plain.len;
	op->done = rv == CKR_OK;
	return rv;
}

/* The longest message, so that asking for the size needs no card. */
static CK_ULONG
size_of(const tmg_p11_operation *op)
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

static CK_RV
finish(p11_hold *hold, tmg_p11_operation *op, CK_BYTE *plain, CK_ULONG *len)
{
	CK_RV rv = CKR_OK;

	if (plain == NULL) {
		*len = op->done ? op->len : size_of(op);
		return CKR_OK;
	}
	if (!op->done && op->len != tmg_alg_bytes(op->alg))
		rv = CKR_ENCRYPTED_DATA_LEN_RANGE;
	if (rv == CKR_OK && !op->done)
		rv = decrypt(hold, op);
	if (rv == CKR_OK && *len < op->len) {
		*len = op->len;
		return CKR_BUFFER_TOO_SMALL;
	}
	if (rv == CKR_OK) {
		*len = op->len;
		if (op->len > 0)
			memcpy(plain, op->data, op->len);
	}
	tmg_p11_operation_end(op);
	return rv;
}

/* Gives the operation, or ends it when the arguments are wrong. */
static CK_RV
hold_decrypt(p11_hold *hold, CK_SESSION_HANDLE handle, bool good,
    tmg_p11_operation **op)
{
	CK_RV rv;

	if ((rv = p11_hold_session(hold, handle)))
		return rv;
	*op = &hold->session->decrypt;
	if (!good) {
		tmg_p11_operation_end(*op);
		return CKR_ARGUMENTS_BAD;
	}
	return (*op)->active ? CKR_OK : CKR_OPERATION_NOT_INITIALIZED;
}

CK_RV
C_Decrypt(CK_SESSION_HANDLE handle, CK_BYTE *cipher, CK_ULONG cipher_len,
    CK_BYTE *plain, CK_ULONG *plain_len)
{
	tmg_auto(p11_hold) hold = { .seat = NULL };
	tmg_p11_operation *op;
	CK_RV rv;

	if ((rv = hold_decrypt(&hold, handle, plain_len != NULL &&
	    (cipher != NULL || cipher_len == 0), &op)))
		return rv;
	if (op->fed)
		return CKR_OPERATION_ACTIVE;
	if (plain != NULL && !op->done &&
	    (rv = tmg_p11_operation_feed(op, (tmg_view){ cipher, cipher_len }))) {
		tmg_p11_operation_end(op);
		return rv;
	}
	return finish(&hold, op, plain, plain_len);
}

/* RSA gives nothing before it has everything. */
CK_RV
C_DecryptUpdate(CK_SESSION_HANDLE handle, CK_BYTE *part, CK_ULONG len,
    CK_BYTE *plain, CK_ULONG *plain_len)
{
	tmg_auto(p11_hold) hold = { .seat = NULL };
	tmg_p11_operation *op;
	CK_RV rv;

	if ((rv = hold_decrypt(&hold, handle, plain_len != NULL &&
	    (part != NULL || len == 0), &op)))
		return rv;
	*plain_len = 0;
	if (plain == NULL)
		return CKR_OK;
	rv = tmg_p11_operation_feed(op, (tmg_view){ part, len });
	op->fed = true;
	if (rv != CKR_OK)
		tmg_p11_operation_end(op);
	return rv;
}

CK_RV
C_DecryptFinal(CK_SESSION_HANDLE handle, CK_BYTE *plain, CK_ULONG *plain_len)
{
	tmg_auto(p11_hold) hold = { .seat = NULL };
	tmg_p11_operation *op;
	CK_RV rv;

	if ((rv = hold_decrypt(&hold, handle, plain_len != NULL, &op)))
		return rv;
	return finish(&hold, op, plain, plain_len);
}
