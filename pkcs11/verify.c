/* SPDX-License-Identifier: BSD-2-Clause */
/* Verifying signatures, in software: the card is not asked. */
#include <openssl/evp.h>

#include "pkcs11/begin.h"
#include "pkcs11/rv.h"
#include "pkcs11/signature.h"
#include "src/base/ctx.h"
#include "src/pki/check.h"

/* ---- checking ------------------------------------------------------------ */

/* r and s of ECDSA may both be shorter than the field, by as much; 6.3.1. */
static bool
is_a_length(const tmg_p11_operation *op, size_t len)
{
	const size_t full = tmg_p11_signature_size(op);

	return op->spec.scheme == TMG_SIGN_ECDSA
	    ? len > 0 && len <= full && len % 2 == 0 : len == full;
}

static CK_RV
check(p11_hold *hold, const tmg_p11_operation *op, tmg_view input, tmg_view sig)
{
	uint8_t wide[TMG_SIG_MAX], der[TMG_SIG_MAX];
	tmg_p11_subject s;
	tmg_rc rc;
	CK_RV rv;

	if ((rv = tmg_p11_use_subject(hold, op, &s)) ||
	    (rv = tmg_p11_signature_encode(op, &sig, der)))
		return rv;
	rc = tmg_signature_check(tmg_ctx_libctx(hold->seat->ctx), s.spki,
	    &op->spec, tmg_p11_signature_widen(op, input, wide), sig);
	return rc == TMG_MISMATCH ? CKR_SIGNATURE_INVALID : tmg_p11_rv(rc);
}

static CK_RV
verify(p11_hold *hold, tmg_p11_operation *op, tmg_view sig)
{
	uint8_t store[EVP_MAX_MD_SIZE];
	tmg_out digest = TMG_OUT(store);
	tmg_view input;
	CK_RV rv;

	if (!is_a_length(op, sig.len))
		return CKR_SIGNATURE_LEN_RANGE;
	if ((rv = tmg_p11_operation_input(op, &digest, &input)))
		return rv;
	return tmg_p11_signature_fits(op, input) ? check(hold, op, input, sig)
	    : CKR_DATA_LEN_RANGE;
}

/* ---- entry points -------------------------------------------------------- */

CK_RV
C_VerifyInit(CK_SESSION_HANDLE handle, CK_MECHANISM *mechanism,
    CK_OBJECT_HANDLE key)
{
	return tmg_p11_begin(handle, P11_VERIFY, mechanism, key);
}

CK_RV
C_Verify(CK_SESSION_HANDLE handle, CK_BYTE *data, CK_ULONG len, CK_BYTE *sig,
    CK_ULONG sig_len)
{
	tmg_auto(p11_hold) hold = { .seat = NULL };
	tmg_p11_operation *op;
	CK_RV rv;

	if ((rv = tmg_p11_resume(&hold, handle, P11_VERIFY, sig != NULL &&
	    (data != NULL || len == 0), &op)))
		return rv;
	if (op->fed)
		return CKR_OPERATION_ACTIVE;
	rv = tmg_p11_operation_feed(op, (tmg_view){ data, len });
	if (rv == CKR_OK)
		rv = verify(&hold, op, (tmg_view){ sig, sig_len });
	tmg_p11_operation_end(op);
	return rv;
}

CK_RV
C_VerifyUpdate(CK_SESSION_HANDLE handle, CK_BYTE *part, CK_ULONG len)
{
	return tmg_p11_update(handle, P11_VERIFY, part, len);
}

CK_RV
C_VerifyFinal(CK_SESSION_HANDLE handle, CK_BYTE *sig, CK_ULONG sig_len)
{
	tmg_auto(p11_hold) hold = { .seat = NULL };
	tmg_p11_operation *op;
	CK_RV rv;

	if ((rv = tmg_p11_resume(&hold, handle, P11_VERIFY, sig != NULL, &op)))
		return rv;
	rv = verify(&hold, op, (tmg_view){ sig, sig_len });
	tmg_p11_operation_end(op);
	return rv;
}
