/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the module does not do.  Every one makes the checks that all functions
 * make before it says so: initialised, session, card.
 */
#include "pkcs11/module.h"

/* The parameters are what the function is called with, not what it reads. */
#pragma GCC diagnostic ignored "-Wunused-parameter"

static CK_RV
refuse(CK_SESSION_HANDLE session, CK_RV answer)
{
	tmg_auto(p11_hold) hold = { .seat = NULL };
	const CK_RV rv = p11_hold_session(&hold, session);

	return rv != CKR_OK ? rv : answer;
}

#define REFUSED(name, params) \
	CK_RV name params { return refuse(session, CKR_FUNCTION_NOT_SUPPORTED); }

#define SESSION CK_SESSION_HANDLE session
#define MECHANISM CK_MECHANISM *mechanism
#define IN(name) CK_BYTE *name, CK_ULONG name##_len
#define OUT(name) CK_BYTE *name, CK_ULONG *name##_len
#define TEMPLATE(name) CK_ATTRIBUTE *name, CK_ULONG name##_count
#define KEY CK_OBJECT_HANDLE key
#define MADE CK_OBJECT_HANDLE *made

/* ---- tokens and PINs ----------------------------------------------------- */

REFUSED(C_GetOperationState, (SESSION, OUT(state)))
REFUSED(C_SetOperationState, (SESSION, IN(state), CK_OBJECT_HANDLE cipher, KEY))
REFUSED(C_GetSessionValidationFlags, (SESSION, CK_ULONG type, CK_FLAGS *flags))

/* ---- objects ------------------------------------------------------------- */

REFUSED(C_GenerateKey, (SESSION, MECHANISM, TEMPLATE(key), MADE))
REFUSED(C_WrapKey, (SESSION, MECHANISM, CK_OBJECT_HANDLE with, KEY, OUT(wrapped)))
REFUSED(C_UnwrapKey, (SESSION, MECHANISM, KEY, IN(wrapped), TEMPLATE(plain), MADE))
REFUSED(C_EncapsulateKey, (SESSION, MECHANISM, KEY, TEMPLATE(secret),
    OUT(cipher), MADE))
REFUSED(C_DecapsulateKey, (SESSION, MECHANISM, KEY, TEMPLATE(secret),
    IN(cipher), MADE))

/* ---- hashing ------------------------------------------------------------- */

REFUSED(C_DigestInit, (SESSION, MECHANISM))
REFUSED(C_Digest, (SESSION, IN(data), OUT(digest)))
REFUSED(C_DigestUpdate, (SESSION, IN(part)))
REFUSED(C_DigestKey, (SESSION, KEY))
REFUSED(C_DigestFinal, (SESSION, OUT(digest)))

/* ---- with recovery, 3.2's verifying, two at once ------------------------- */

REFUSED(C_SignRecoverInit, (SESSION, MECHANISM, KEY))
REFUSED(C_SignRecover, (SESSION, IN(data), OUT(sig)))
REFUSED(C_VerifyRecoverInit, (SESSION, MECHANISM, KEY))
REFUSED(C_VerifyRecover, (SESSION, IN(sig), OUT(data)))
REFUSED(C_VerifySignatureInit, (SESSION, MECHANISM, KEY, IN(sig)))
REFUSED(C_VerifySignature, (SESSION, IN(data)))
REFUSED(C_VerifySignatureUpdate, (SESSION, IN(part)))
REFUSED(C_VerifySignatureFinal, (SESSION))
REFUSED(C_DigestEncryptUpdate, (SESSION, IN(part), OUT(cipher)))
REFUSED(C_DecryptDigestUpdate, (SESSION, IN(cipher), OUT(part)))
REFUSED(C_SignEncryptUpdate, (SESSION, IN(part), OUT(cipher)))
REFUSED(C_DecryptVerifyUpdate, (SESSION, IN(cipher), OUT(part)))

/* ---- messages ------------------------------------------------------------ */

#define PARAM void *param, CK_ULONG param_len

REFUSED(C_MessageEncryptInit, (SESSION, MECHANISM, KEY))
REFUSED(C_EncryptMessage, (SESSION, PARAM, IN(aad), IN(plain), OUT(cipher)))
REFUSED(C_EncryptMessageBegin, (SESSION, PARAM, IN(aad)))
REFUSED(C_EncryptMessageNext, (SESSION, PARAM, IN(plain), OUT(cipher),
    CK_FLAGS flags))
REFUSED(C_MessageEncryptFinal, (SESSION))
REFUSED(C_MessageDecryptInit, (SESSION, MECHANISM, KEY))
REFUSED(C_DecryptMessage, (SESSION, PARAM, IN(aad), IN(cipher), OUT(plain)))
REFUSED(C_DecryptMessageBegin, (SESSION, PARAM, IN(aad)))
REFUSED(C_DecryptMessageNext, (SESSION, PARAM, IN(cipher), OUT(plain),
    CK_FLAGS flags))
REFUSED(C_MessageDecryptFinal, (SESSION))
REFUSED(C_MessageSignInit, (SESSION, MECHANISM, KEY))
REFUSED(C_SignMessage, (SESSION, PARAM, IN(data), OUT(sig)))
REFUSED(C_SignMessageBegin, (SESSION, PARAM))
REFUSED(C_SignMessageNext, (SESSION, PARAM, IN(data), OUT(sig)))
REFUSED(C_MessageSignFinal, (SESSION))
REFUSED(C_MessageVerifyInit, (SESSION, MECHANISM, KEY))
REFUSED(C_VerifyMessage, (SESSION, PARAM, IN(data), IN(sig)))
REFUSED(C_VerifyMessageBegin, (SESSION, PARAM))
REFUSED(C_VerifyMessageNext, (SESSION, PARAM, IN(data), IN(sig)))
REFUSED(C_MessageVerifyFinal, (SESSION))

/* ---- asynchronous, parallel ---------------------------------------------- */

REFUSED(C_AsyncComplete, (SESSION, CK_UTF8CHAR *function, void *result))
REFUSED(C_AsyncGetID, (SESSION, CK_UTF8CHAR *function, CK_ULONG *id))
REFUSED(C_AsyncJoin, (SESSION, CK_UTF8CHAR *function, CK_ULONG id, IN(data)))

/* Left from 1.0: no function ever ran in parallel (5.20). */
CK_RV
C_GetFunctionStatus(CK_SESSION_HANDLE session)
{
	return refuse(session, CKR_FUNCTION_NOT_PARALLEL);
}

CK_RV
C_CancelFunction(CK_SESSION_HANDLE session)
{
	return refuse(session, CKR_FUNCTION_NOT_PARALLEL);
}
