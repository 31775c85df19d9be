/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/unit/p11-calls.h"

#include <stdint.h>
#include <string.h>

#include "src/base/scope.h"

#define CALL(name, letters) { "C_" #name, letters, { (void (*)(void))C_##name } },

const p11_named p11_calls[] = {
	CALL(GetFunctionList, "q")
	CALL(GetSlotList, "xon")
	CALL(GetSlotInfo, "iq")
	CALL(GetTokenInfo, "iq")
	CALL(GetMechanismList, "ion")
	CALL(GetMechanismInfo, "ixq")
	CALL(InitToken, "iPLq")
	CALL(InitPIN, "sPL")
	CALL(SetPIN, "sPLPL")
	CALL(OpenSession, "ix00H")
	CALL(CloseSession, "s")
	CALL(CloseAllSessions, "i")
	CALL(GetSessionInfo, "sq")
	CALL(GetOperationState, "son")
	CALL(SetOperationState, "sPLhh")
	CALL(Login, "sxPL")
	CALL(Logout, "s")
	CALL(CreateObject, "sTcH")
	CALL(CopyObject, "shTcH")
	CALL(DestroyObject, "sh")
	CALL(GetObjectSize, "shH")
	CALL(GetAttributeValue, "shTc")
	CALL(SetAttributeValue, "shTc")
	CALL(FindObjectsInit, "sTc")
	CALL(FindObjects, "sokH")
	CALL(FindObjectsFinal, "s")
	CALL(EncryptInit, "smh")
	CALL(Encrypt, "sPLon")
	CALL(EncryptUpdate, "sPLon")
	CALL(EncryptFinal, "son")
	CALL(DecryptInit, "smh")
	CALL(Decrypt, "sPLon")
	CALL(DecryptUpdate, "sPLon")
	CALL(DecryptFinal, "son")
	CALL(DigestInit, "sm")
	CALL(Digest, "sPLon")
	CALL(DigestUpdate, "sPL")
	CALL(DigestKey, "sh")
	CALL(DigestFinal, "son")
	CALL(SignInit, "smh")
	CALL(Sign, "sPLon")
	CALL(SignUpdate, "sPL")
	CALL(SignFinal, "son")
	CALL(SignRecoverInit, "smh")
	CALL(SignRecover, "sPLon")
	CALL(VerifyInit, "smh")
	CALL(Verify, "sPLPL")
	CALL(VerifyUpdate, "sPL")
	CALL(VerifyFinal, "sPL")
	CALL(VerifyRecoverInit, "smh")
	CALL(VerifyRecover, "sPLon")
	CALL(DigestEncryptUpdate, "sPLon")
	CALL(DecryptDigestUpdate, "sPLon")
	CALL(SignEncryptUpdate, "sPLon")
	CALL(DecryptVerifyUpdate, "sPLon")
	CALL(GenerateKey, "smTcH")
	CALL(GenerateKeyPair, "smTcTcHH")
	CALL(WrapKey, "smhhon")
	CALL(UnwrapKey, "smhPLTcH")
	CALL(DeriveKey, "smhTcH")
	CALL(SeedRandom, "sPL")
	CALL(GenerateRandom, "sPL")
	CALL(GetFunctionStatus, "s")
	CALL(CancelFunction, "s")
	CALL(WaitForSlotEvent, "dH0")
	CALL(GetInterfaceList, "on")
	CALL(GetInterface, "00H0")
	CALL(LoginUser, "sxPLPL")
	CALL(SessionCancel, "sx")
	CALL(MessageEncryptInit, "smh")
	CALL(EncryptMessage, "sPLPLPLon")
	CALL(EncryptMessageBegin, "sPLPL")
	CALL(EncryptMessageNext, "sPLPLonx")
	CALL(MessageEncryptFinal, "s")
	CALL(MessageDecryptInit, "smh")
	CALL(DecryptMessage, "sPLPLPLon")
	CALL(DecryptMessageBegin, "sPLPL")
	CALL(DecryptMessageNext, "sPLPLonx")
	CALL(MessageDecryptFinal, "s")
	CALL(MessageSignInit, "smh")
	CALL(SignMessage, "sPLPLon")
	CALL(SignMessageBegin, "sPL")
	CALL(SignMessageNext, "sPLPLon")
	CALL(MessageSignFinal, "s")
	CALL(MessageVerifyInit, "smh")
	CALL(VerifyMessage, "sPLPLPL")
	CALL(VerifyMessageBegin, "sPL")
	CALL(VerifyMessageNext, "sPLPLPL")
	CALL(MessageVerifyFinal, "s")
	CALL(EncapsulateKey, "smhTconH")
	CALL(DecapsulateKey, "smhTcPLH")
	CALL(VerifySignatureInit, "smhPL")
	CALL(VerifySignature, "sPL")
	CALL(VerifySignatureUpdate, "sPL")
	CALL(VerifySignatureFinal, "s")
	CALL(GetSessionValidationFlags, "sxH")
	CALL(AsyncComplete, "sqq")
	CALL(AsyncGetID, "sqH")
	CALL(AsyncJoin, "sqxPL")
};
_Static_assert(TMG_COUNT(p11_calls) == 102 - 3, "of 102");
const size_t p11_calls_count = TMG_COUNT(p11_calls);

/* ---- arguments ----------------------------------------------------------- */

/* How many of each kind were handed out so far. */
struct given {
	size_t in, number, templ;
};

static CK_ULONG
address(const void *p)
{
	return (CK_ULONG)(uintptr_t)p;
}

static CK_ULONG
one(p11_args *a, char letter, struct given *g)
{
	switch (letter) {
	case 'P':
		return address(a->in[g->in++]);
	case 'q':
	case 'o':
		return address(a->out);
	case 'L':
		return 16;
	case 'c':
		return 1;
	case 'k':
		return 4;
	case 'n':
		return address(&a->room);
	case 'H':
		return address(&a->number[g->number++]);
	case 'T':
		return address(a->templ[g->templ++]);
	case 'm':
		return address(&a->mechanism);
	case 'd':
		return CKF_DONT_BLOCK;
	case 'x':
		return CKF_SERIAL_SESSION;
	default:
		return 0;
	}
}

void
p11_args_make(p11_args *a, const char *letters, CK_SESSION_HANDLE session,
    CK_OBJECT_HANDLE object)
{
	struct given g = { 0, 0, 0 };

	memset(a, 0, sizeof(*a));
	memset(a->out, P11_UNTOUCHED, sizeof(a->out));
	a->room = sizeof(a->out) / 32;
	a->class = CKO_CERTIFICATE;
	a->mechanism.mechanism = CKM_ECDSA;
	for (size_t i = 0; i < TMG_COUNT(a->templ); i++)
		a->templ[i][0] = (CK_ATTRIBUTE){ CKA_CLASS, &a->class,
		    sizeof(a->class) };
	for (size_t i = 0; letters[i] != '\0'; i++)
		a->at[i] = letters[i] == 's' ? session : letters[i] == 'h'
		    ? object : one(a, letters[i], &g);
}

CK_RV
p11_call(const p11_named *f, const p11_args *a)
{
	return f->f.call(a->at[0], a->at[1], a->at[2], a->at[3], a->at[4],
	    a->at[5], a->at[6], a->at[7], a->at[8], a->at[9]);
}
