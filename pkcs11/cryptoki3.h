/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What PKCS #11 3.0 to 3.2 add to 2.40, as far as the module speaks of it:
 * numbers, structures, prototypes and the two longer tables.  Debian's
 * libp11-kit 0.24 stops at 2.40; a later one has these names itself, and then
 * its own are used and must agree, which interface.c asserts.
 */
#ifndef TMG_PKCS11_CRYPTOKI3_H
#define TMG_PKCS11_CRYPTOKI3_H

#include "pkcs11/functions.h"

#ifndef CKF_INTERFACE_FORK_SAFE		/* the header is older than 3.0 */
#define CKF_INTERFACE_FORK_SAFE		1UL

typedef struct CK_INTERFACE {
	CK_UTF8CHAR *pInterfaceName;
	void *pFunctionList;
	CK_FLAGS flags;
} CK_INTERFACE;
#endif

#ifndef CKO_PROFILE
#define CKO_PROFILE			0x9UL
#endif
#ifndef CKA_UNIQUE_ID
#define CKA_UNIQUE_ID			0x4UL
#endif
#ifndef CKA_PROFILE_ID
#define CKA_PROFILE_ID			0x601UL
#endif
#ifndef CKP_BASELINE_PROVIDER
#define CKP_BASELINE_PROVIDER		0x1UL
#define CKP_AUTHENTICATION_TOKEN	0x3UL
#define CKP_PUBLIC_CERTIFICATES_TOKEN	0x4UL
#endif
#ifndef CKF_EC_CURVENAME
#define CKF_EC_CURVENAME		0x4000000UL
#endif
#ifndef CKK_EC_MONTGOMERY
#define CKK_EC_MONTGOMERY		0x41UL
#endif
#ifndef CKM_EC_MONTGOMERY_KEY_PAIR_GEN
#define CKM_EC_MONTGOMERY_KEY_PAIR_GEN	0x1056UL
#endif

/* CK_EDDSA_PARAMS; of an own name, so that no header's can clash. */
typedef struct tmg_p11_eddsa_params {
	CK_BBOOL phFlag;
	CK_ULONG ulContextDataLen;
	CK_BYTE *pContextData;
} tmg_p11_eddsa_params;

/* Flags of C_SessionCancel name the kinds of operation as CK_MECHANISM_INFO
 * does; the search is the one kind that has no mechanism. */
#ifndef CKF_FIND_OBJECTS
#define CKF_FIND_OBJECTS		0x40UL
#endif

/* C_GetAttributeValue of the table of 3.2; it differs in one attribute. */
CK_RV tmg_p11_get_attributes_3_2(CK_SESSION_HANDLE session,
    CK_OBJECT_HANDLE object, CK_ATTRIBUTE *templ, CK_ULONG count);

/* ---- 3.0 ----------------------------------------------------------------- */

CK_RV C_GetInterfaceList(CK_INTERFACE *interfaces, CK_ULONG *count);
CK_RV C_GetInterface(CK_UTF8CHAR *name, CK_VERSION *version,
    CK_INTERFACE **found, CK_FLAGS flags);
CK_RV C_LoginUser(CK_SESSION_HANDLE session, CK_USER_TYPE user,
    CK_UTF8CHAR *pin, CK_ULONG pin_len, CK_UTF8CHAR *name, CK_ULONG name_len);
CK_RV C_SessionCancel(CK_SESSION_HANDLE session, CK_FLAGS flags);

/* The message functions come in four families of the same five shapes. */
#define P11_MESSAGE_INIT(name) \
	CK_RV name(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, \
	    CK_OBJECT_HANDLE key)
#define P11_MESSAGE_FINAL(name) \
	CK_RV name(CK_SESSION_HANDLE session)
#define P11_MESSAGE_BEGIN(name) \
	CK_RV name(CK_SESSION_HANDLE session, void *param, CK_ULONG param_len)
#define P11_MESSAGE_BEGIN_AAD(name) \
	CK_RV name(CK_SESSION_HANDLE session, void *param, CK_ULONG param_len, \
	    CK_BYTE *aad, CK_ULONG aad_len)
#define P11_MESSAGE_CRYPT(name) \
	CK_RV name(CK_SESSION_HANDLE session, void *param, CK_ULONG param_len, \
	    CK_BYTE *aad, CK_ULONG aad_len, CK_BYTE *in, CK_ULONG in_len, \
	    CK_BYTE *out, CK_ULONG *out_len)
#define P11_MESSAGE_CRYPT_NEXT(name) \
	CK_RV name(CK_SESSION_HANDLE session, void *param, CK_ULONG param_len, \
	    CK_BYTE *in, CK_ULONG in_len, CK_BYTE *out, CK_ULONG *out_len, \
	    CK_FLAGS flags)
#define P11_MESSAGE_SIGN(name) \
	CK_RV name(CK_SESSION_HANDLE session, void *param, CK_ULONG param_len, \
	    CK_BYTE *in, CK_ULONG in_len, CK_BYTE *sig, CK_ULONG *sig_len)
#define P11_MESSAGE_VERIFY(name) \
	CK_RV name(CK_SESSION_HANDLE session, void *param, CK_ULONG param_len, \
	    CK_BYTE *in, CK_ULONG in_len, CK_BYTE *sig, CK_ULONG sig_len)

P11_MESSAGE_INIT(C_MessageEncryptInit);
P11_MESSAGE_CRYPT(C_EncryptMessage);
P11_MESSAGE_BEGIN_AAD(C_EncryptMessageBegin);
P11_MESSAGE_CRYPT_NEXT(C_EncryptMessageNext);
P11_MESSAGE_FINAL(C_MessageEncryptFinal);
P11_MESSAGE_INIT(C_MessageDecryptInit);
P11_MESSAGE_CRYPT(C_DecryptMessage);
P11_MESSAGE_BEGIN_AAD(C_DecryptMessageBegin);
P11_MESSAGE_CRYPT_NEXT(C_DecryptMessageNext);
P11_MESSAGE_FINAL(C_MessageDecryptFinal);
P11_MESSAGE_INIT(C_MessageSignInit);
P11_MESSAGE_SIGN(C_SignMessage);
P11_MESSAGE_BEGIN(C_SignMessageBegin);
P11_MESSAGE_SIGN(C_SignMessageNext);
P11_MESSAGE_FINAL(C_MessageSignFinal);
P11_MESSAGE_INIT(C_MessageVerifyInit);
P11_MESSAGE_VERIFY(C_VerifyMessage);
P11_MESSAGE_BEGIN(C_VerifyMessageBegin);
P11_MESSAGE_VERIFY(C_VerifyMessageNext);
P11_MESSAGE_FINAL(C_MessageVerifyFinal);

/* ---- 3.2 ----------------------------------------------------------------- */

CK_RV C_EncapsulateKey(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism,
    CK_OBJECT_HANDLE key, CK_ATTRIBUTE *attributes, CK_ULONG count,
    CK_BYTE *cipher, CK_ULONG *cipher_len, CK_OBJECT_HANDLE *made);
CK_RV C_DecapsulateKey(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism,
    CK_OBJECT_HANDLE key, CK_ATTRIBUTE *attributes, CK_ULONG count,
    CK_BYTE *cipher, CK_ULONG cipher_len, CK_OBJECT_HANDLE *made);
CK_RV C_VerifySignatureInit(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism,
    CK_OBJECT_HANDLE key, CK_BYTE *sig, CK_ULONG sig_len);
CK_RV C_VerifySignature(CK_SESSION_HANDLE session, CK_BYTE *data, CK_ULONG len);
CK_RV C_VerifySignatureUpdate(CK_SESSION_HANDLE session, CK_BYTE *part,
    CK_ULONG len);
CK_RV C_VerifySignatureFinal(CK_SESSION_HANDLE session);
CK_RV C_GetSessionValidationFlags(CK_SESSION_HANDLE session, CK_ULONG type,
    CK_FLAGS *flags);
CK_RV C_AsyncComplete(CK_SESSION_HANDLE session, CK_UTF8CHAR *function,
    void *result);
CK_RV C_AsyncGetID(CK_SESSION_HANDLE session, CK_UTF8CHAR *function,
    CK_ULONG *id);
CK_RV C_AsyncJoin(CK_SESSION_HANDLE session, CK_UTF8CHAR *function,
    CK_ULONG id, CK_BYTE *data, CK_ULONG len);

/* ---- the tables ---------------------------------------------------------- */

#define P11_MEMBER(name) __typeof__(C_##name) *C_##name;

typedef struct tmg_p11_table_2_40 {
	CK_VERSION version;
	P11_BEFORE_INFO(P11_MEMBER)
	P11_MEMBER(GetInfo)
	P11_SINCE_2_40(P11_MEMBER)
} tmg_p11_table_2_40;

typedef struct tmg_p11_table_3_0 {
	CK_VERSION version;
	P11_BEFORE_INFO(P11_MEMBER)
	P11_MEMBER(GetInfo)
	P11_SINCE_2_40(P11_MEMBER)
	P11_SINCE_3_0(P11_MEMBER)
} tmg_p11_table_3_0;

typedef struct tmg_p11_table_3_2 {
	CK_VERSION version;
	P11_BEFORE_INFO(P11_MEMBER)
	P11_MEMBER(GetInfo)
	P11_SINCE_2_40(P11_MEMBER)
	P11_SINCE_3_0(P11_MEMBER)
	P11_SINCE_3_2(P11_MEMBER)
} tmg_p11_table_3_2;

#endif
