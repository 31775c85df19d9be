/* SPDX-License-Identifier: BSD-2-Clause */
/* Signing with the keys of a token. */
#include <openssl/evp.h>

#include "pkcs11/begin.h"
#include "pkcs11/signature.h"

/* ---- signing ------------------------------------------------------------- */

static CK_RV
make_signature(p11_hold *hold, uint8_t *to)
{
	tmg_p11_operation *op = &hold->session->ops[P11_SIGN];
	uint8_t store[TMG_SIG_MAX], digest_store[EVP_MAX_MD_SIZE];
	uint8_t wide[TMG_SIG_MAX];
	tmg_out sig = TMG_OUT(store), digest = TMG_OUT(digest_store);
	tmg_signer *signer;
	tmg_view input;
	tmg_rc rc;
	CK_RV rv;

	if ((rv = tmg_p11_operation_input(op, &digest, &input)))
		return rv;
	if (!tmg_p11_signature_fits(op, input))
		return CKR_DATA_LEN_RANGE;
	if ((rv = tmg_p11_use_begin(hold, op, &signer)))
		return rv;
	rc = tmg_signer_sign(signer, &op->spec,
	    tmg_p11_signature_widen(op, input, wide), &sig);
	if ((rv = tmg_p11_use_end(hold, op, rc)))
		return rc == TMG_E_USAGE ? CKR_DATA_INVALID : rv;
	return tmg_p11_signature_decode(op, tmg_out_view(&sig), to);
}

/* ---- beginning ----------------------------------------------------------- */

CK_RV
C_SignInit(CK_SESSION_HANDLE handle, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
	return tmg_p11_begin(handle, P11_SIGN, mechanism, key);
}

/* ---- ending -------------------------------------------------------------- */

/* A question for the size, or a buffer too small for it: the operation lives
 * on, and the card hears nothing. */
static bool
is_question(const tmg_p11_operation *op, const CK_BYTE *sig, CK_ULONG *len,
    CK_RV *rv)
{
	const CK_ULONG size = tmg_p11_signature_size(op), room = *len;

	if (sig != NULL && room >= size)
		return false;
	*len = size;
	*rv = sig == NULL ? CKR_OK : CKR_BUFFER_TOO_SMALL;
	return true;
}

static CK_RV
finish(p11_hold *hold, tmg_p11_operation *op, CK_BYTE *sig, CK_ULONG *len)
{
	const CK_ULONG size = tmg_p11_signature_size(op);
	const CK_RV rv = make_signature(hold, sig);

	if (rv == CKR_OK)
		*len = size;
	tmg_p11_operation_end(op);
	return rv;
}

CK_RV
C_Sign(CK_SESSION_HANDLE handle, CK_BYTE *data, CK_ULONG len, CK_BYTE *sig,
    CK_ULONG *sig_len)
{
	tmg_auto(p11_hold) hold = { .seat = NULL };
	tmg_p11_operation *op;
	CK_RV rv;

	if ((rv = tmg_p11_resume(&hold, handle, P11_SIGN, sig_len != NULL &&
	    (data != NULL || len == 0), &op)))
		return rv;
	if (op->fed)			/* a single part after others; 5.13.2 */
		return CKR_OPERATION_ACTIVE;
	if (is_question(op, sig, sig_len, &rv))
		return rv;
	if ((rv = tmg_p11_operation_feed(op, (tmg_view){ data, len }))) {
		tmg_p11_operation_end(op);
		return rv;
	}
	return finish(&hold, op, sig, sig_len);
}

CK_RV
C_SignUpdate(CK_SESSION_HANDLE handle, CK_BYTE *part, CK_ULONG len)
{
	return tmg_p11_update(handle, P11_SIGN, part, len);
}

CK_RV
C_SignFinal(CK_SESSION_HANDLE handle, CK_BYTE *sig, CK_ULONG *sig_len)
{
	tmg_auto(p11_hold) hold = { .seat = NULL };
	tmg_p11_operation *op;
	CK_RV rv;

	if ((rv = tmg_p11_resume(&hold, handle, P11_SIGN, sig_len != NULL, &op)))
		return rv;
	if (is_question(op, sig, sig_len, &rv))
		return rv;
	return finish(&hold, op, sig, sig_len);
}
