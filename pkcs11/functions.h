/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every function of Cryptoki in the order of the tables, each once.
 *
 * C_GetInfo is left out of the list: it is the one row that differs from
 * table to table, because it tells the table's version.
 */
#ifndef TMG_PKCS11_FUNCTIONS_H
#define TMG_PKCS11_FUNCTIONS_H

#define P11_BEFORE_INFO(X) \
	X(Initialize) X(Finalize)

/* PKCS #11 2.40, clause 3.6: CK_FUNCTION_LIST. */
#define P11_SINCE_2_40(X) \
	X(GetFunctionList) X(GetSlotList) X(GetSlotInfo) X(GetTokenInfo) \
	X(GetMechanismList) X(GetMechanismInfo) X(InitToken) X(InitPIN) \
	X(SetPIN) X(OpenSession) X(CloseSession) X(CloseAllSessions) \
	X(GetSessionInfo) X(GetOperationState) X(SetOperationState) \
	X(Login) X(Logout) X(CreateObject) X(CopyObject) X(DestroyObject) \
	X(GetObjectSize) X(GetAttributeValue) X(SetAttributeValue) \
	X(FindObjectsInit) X(FindObjects) X(FindObjectsFinal) \
	X(EncryptInit) X(Encrypt) X(EncryptUpdate) X(EncryptFinal) \
	X(DecryptInit) X(Decrypt) X(DecryptUpdate) X(DecryptFinal) \
	X(DigestInit) X(Digest) X(DigestUpdate) X(DigestKey) X(DigestFinal) \
	X(SignInit) X(Sign) X(SignUpdate) X(SignFinal) X(SignRecoverInit) \
	X(SignRecover) X(VerifyInit) X(Verify) X(VerifyUpdate) \
	X(VerifyFinal) X(VerifyRecoverInit) X(VerifyRecover) \
	X(DigestEncryptUpdate) X(DecryptDigestUpdate) X(SignEncryptUpdate) \
	X(DecryptVerifyUpdate) X(GenerateKey) X(GenerateKeyPair) \
	X(WrapKey) X(UnwrapKey) X(DeriveKey) X(SeedRandom) \
	X(GenerateRandom) X(GetFunctionStatus) X(CancelFunction) \
	X(WaitForSlotEvent)

/* What CK_FUNCTION_LIST_3_0 adds. */
#define P11_SINCE_3_0(X) \
	X(GetInterfaceList) X(GetInterface) X(LoginUser) X(SessionCancel) \
	X(MessageEncryptInit) X(EncryptMessage) X(EncryptMessageBegin) \
	X(EncryptMessageNext) X(MessageEncryptFinal) X(MessageDecryptInit) \
	X(DecryptMessage) X(DecryptMessageBegin) X(DecryptMessageNext) \
	X(MessageDecryptFinal) X(MessageSignInit) X(SignMessage) \
	X(SignMessageBegin) X(SignMessageNext) X(MessageSignFinal) \
	X(MessageVerifyInit) X(VerifyMessage) X(VerifyMessageBegin) \
	X(VerifyMessageNext) X(MessageVerifyFinal)

/* What CK_FUNCTION_LIST_3_2 adds. */
#define P11_SINCE_3_2(X) \
	X(EncapsulateKey) X(DecapsulateKey) X(VerifySignatureInit) \
	X(VerifySignature) X(VerifySignatureUpdate) X(VerifySignatureFinal) \
	X(GetSessionValidationFlags) X(AsyncComplete) X(AsyncGetID) \
	X(AsyncJoin)

#endif
