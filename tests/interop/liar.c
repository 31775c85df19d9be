/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A PKCS #11 module that is another one, $TAMGA_LIAR_OVER, but for a function:
 * $TAMGA_LIAR is FUNCTION:HOW, or more of them with commas between, and each call
 * of it hangs, crashes, ends the process, fails, or lies in one of the ways below.
 */
#include <p11-kit/pkcs11.h>

#include <dlfcn.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/base/scope.h"

static CK_FUNCTION_LIST mine, *over;

/* ---- any function: what it was given is not looked at ------------------------------ */

static CK_RV
hangs(void)
{
	fputs("liar: hangs\n", stderr);
	while (pause() != 0)
		;
	return CKR_OK;
}

static CK_RV
crashes(void)
{
	abort();
}

static CK_RV
ends(void)
{
	_exit(3);
}

static CK_RV
fails(void)
{
	return CKR_DEVICE_ERROR;
}

static CK_RV
nothing(void)
{
	return CKR_OK;
}

/* A program on stdout would take it for an answer. */
static CK_RV
babbles(void)
{
	puts("liar: no answer at all");
	fflush(stdout);
	return CKR_GENERAL_ERROR;
}

static const struct {
	const char *how;
	CK_RV (*does)(void);
} anyhow[] = {
	{ "hang", hangs }, { "crash", crashes }, { "end", ends }, { "fail", fails },
	{ "nothing", nothing }, { "babble", babbles },
};

/* ---- one function, one lie ---------------------------------------------------------- */

static CK_RV
slots_many(CK_BBOOL present, CK_SLOT_ID *slots, CK_ULONG *n)
{
	const CK_RV rv = over->C_GetSlotList(present, slots, n);

	*n = 100000;
	return rv;
}

/* The list grew since it was counted: the last ones are of nobody. */
static CK_RV
slots_grow(CK_BBOOL present, CK_SLOT_ID *slots, CK_ULONG *n)
{
	const CK_ULONG room = *n;
	const CK_RV rv = over->C_GetSlotList(present, slots, n);

	for (; rv == CKR_OK && slots != NULL && *n < room; (*n)++)
		slots[*n] = 0xffff + *n;
	return rv;
}

static CK_RV
token_unended(CK_SLOT_ID slot, CK_TOKEN_INFO *info)
{
	const CK_RV rv = over->C_GetTokenInfo(slot, info);

	memset(info->label, 0xff, sizeof(info->label));
	memset(info->model, 0x1b, sizeof(info->model));
	memset(info->manufacturerID, 'm', sizeof(info->manufacturerID));
	memset(info->serialNumber, 's', sizeof(info->serialNumber));
	return rv;
}

static CK_RV
token_flagged(CK_SLOT_ID slot, CK_TOKEN_INFO *info, CK_FLAGS flags)
{
	const CK_RV rv = over->C_GetTokenInfo(slot, info);

	info->flags |= flags;
	return rv;
}

static CK_RV
token_final(CK_SLOT_ID slot, CK_TOKEN_INFO *info)
{
	return token_flagged(slot, info, CKF_USER_PIN_COUNT_LOW | CKF_USER_PIN_FINAL_TRY |
	    CKF_SO_PIN_FINAL_TRY);
}

static CK_RV
token_locked(CK_SLOT_ID slot, CK_TOKEN_INFO *info)
{
	return token_flagged(slot, info, CKF_USER_PIN_LOCKED | CKF_SO_PIN_LOCKED);
}

/* The PIN is right, but not for a use. */
static CK_RV
login_context(CK_SESSION_HANDLE session, CK_USER_TYPE user, CK_BYTE *pin, CK_ULONG len)
{
	return user == CKU_CONTEXT_SPECIFIC ? CKR_PIN_INCORRECT
	    : over->C_Login(session, user, pin, len);
}

static CK_RV
mechanisms_many(CK_SLOT_ID slot, CK_MECHANISM_TYPE *list, CK_ULONG *n)
{
	const CK_RV rv = over->C_GetMechanismList(slot, list, n);

	*n = 100000;
	return rv;
}

static CK_RV
find_many(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE *found, CK_ULONG room, CK_ULONG *n)
{
	const CK_RV rv = over->C_FindObjects(session, found, room, n);

	*n = room + 1000;
	return rv;
}

static CK_RV
find_endless(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE *found, CK_ULONG room, CK_ULONG *n)
{
	static CK_OBJECT_HANDLE last;
	const CK_RV rv = over->C_FindObjects(session, found, room, n);

	if (*n > 0)
		last = found[0];
	for (*n = 0; last != 0 && *n < room; (*n)++)
		found[*n] = last;
	return rv;
}

/* Handles of what has gone meanwhile. */
static CK_RV
find_vanished(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE *found, CK_ULONG room, CK_ULONG *n)
{
	const CK_RV rv = over->C_FindObjects(session, found, room, n);

	for (CK_ULONG i = 0; i < *n; i++)
		found[i] += 100000;
	return rv;
}

static CK_RV
value_long(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE *a, CK_ULONG n)
{
	const CK_RV rv = over->C_GetAttributeValue(session, object, a, n);

	for (CK_ULONG i = 0; i < n; i++)
		a[i].ulValueLen = 100000;
	return rv;
}

static CK_RV
value_short(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE *a, CK_ULONG n)
{
	const CK_RV rv = over->C_GetAttributeValue(session, object, a, n);

	for (CK_ULONG i = 0; i < n; i++)
		if (a[i].type == CKA_KEY_TYPE || a[i].type == CKA_EC_POINT)
			a[i].ulValueLen = 3;
	return rv;
}

static CK_RV
sign_as_long_as(CK_SESSION_HANDLE session, CK_BYTE *in, CK_ULONG in_len, CK_BYTE *out,
    CK_ULONG *len, CK_ULONG said)
{
	const CK_RV rv = over->C_Sign(session, in, in_len, out, len);

	*len = said;
	return rv;
}

static CK_RV
sign_long(CK_SESSION_HANDLE session, CK_BYTE *in, CK_ULONG in_len, CK_BYTE *out, CK_ULONG *len)
{
	return sign_as_long_as(session, in, in_len, out, len, 100000);
}

static CK_RV
sign_short(CK_SESSION_HANDLE session, CK_BYTE *in, CK_ULONG in_len, CK_BYTE *out, CK_ULONG *len)
{
	return sign_as_long_as(session, in, in_len, out, len, 10);
}

static CK_RV
sign_blank(CK_SESSION_HANDLE session, CK_BYTE *in, CK_ULONG in_len, CK_BYTE *out, CK_ULONG *len)
{
	const CK_RV rv = over->C_Sign(session, in, in_len, out, len);

	if (rv == CKR_OK && out != NULL)
		memset(out, 0, *len);
	return rv;
}

static CK_RV
decrypt_long(CK_SESSION_HANDLE session, CK_BYTE *in, CK_ULONG in_len, CK_BYTE *out,
    CK_ULONG *len)
{
	const CK_RV rv = over->C_Decrypt(session, in, in_len, out, len);

	*len = 100000;
	return rv;
}

/* A function of whatever kind. */
typedef void any(void);

#define LIE(function, how, does) { #function, how, (any *)(does) }

static const struct {
	const char *function, *how;
	any *does;
} lies[] = {
	LIE(C_GetSlotList, "many", slots_many),
	LIE(C_GetSlotList, "grow", slots_grow),
	LIE(C_GetTokenInfo, "unended", token_unended),
	LIE(C_GetTokenInfo, "final", token_final),
	LIE(C_GetTokenInfo, "locked", token_locked),
	LIE(C_Login, "context", login_context),
	LIE(C_GetMechanismList, "many", mechanisms_many),
	LIE(C_FindObjects, "many", find_many),
	LIE(C_FindObjects, "endless", find_endless),
	LIE(C_FindObjects, "vanished", find_vanished),
	LIE(C_GetAttributeValue, "long", value_long),
	LIE(C_GetAttributeValue, "short", value_short),
	LIE(C_Sign, "long", sign_long),
	LIE(C_Sign, "short", sign_short),
	LIE(C_Sign, "blank", sign_blank),
	LIE(C_Decrypt, "long", decrypt_long),
};

/* ---- which one ------------------------------------------------------------------------ */

#define AT(function) { #function, offsetof(CK_FUNCTION_LIST, function) }

static const struct {
	const char *function;
	size_t at;
} functions[] = {
	AT(C_Initialize), AT(C_Finalize), AT(C_GetInfo), AT(C_GetSlotList),
	AT(C_GetSlotInfo), AT(C_GetTokenInfo), AT(C_GetMechanismList),
	AT(C_GetMechanismInfo), AT(C_InitToken), AT(C_InitPIN), AT(C_SetPIN),
	AT(C_OpenSession), AT(C_CloseSession), AT(C_CloseAllSessions), AT(C_Login),
	AT(C_Logout), AT(C_CreateObject), AT(C_DestroyObject), AT(C_GetAttributeValue),
	AT(C_SetAttributeValue), AT(C_FindObjectsInit), AT(C_FindObjects),
	AT(C_FindObjectsFinal), AT(C_DecryptInit), AT(C_Decrypt), AT(C_DecryptFinal),
	AT(C_SignInit), AT(C_Sign), AT(C_SignFinal), AT(C_GenerateKeyPair),
	AT(C_DeriveKey), AT(C_GenerateRandom),
};

static void
put(const char *function, any *does)
{
	for (size_t i = 0; i < TMG_COUNT(functions); i++)
		if (strcmp(functions[i].function, function) == 0)
			memcpy((char *)&mine + functions[i].at, &does, sizeof(does));
}

/* C_GetFunctionList is no row: it is where all begins. */
static void
go_wrong(const char *function, const char *how)
{
	for (size_t i = 0; i < TMG_COUNT(anyhow); i++) {
		if (strcmp(anyhow[i].how, how) != 0)
			continue;
		if (strcmp(function, "C_GetFunctionList") == 0)
			(void)anyhow[i].does();
		put(function, (any *)anyhow[i].does);
	}
	for (size_t i = 0; i < TMG_COUNT(lies); i++)
		if (strcmp(lies[i].function, function) == 0 && strcmp(lies[i].how, how) == 0)
			put(function, lies[i].does);
	if (strcmp(how, "absent") == 0)
		put(function, NULL);
}

__attribute__((__visibility__("default"))) CK_RV
C_GetFunctionList(CK_FUNCTION_LIST **list)
{
	const char *path = getenv("TAMGA_LIAR_OVER"), *said = getenv("TAMGA_LIAR");
	CK_RV (*get)(CK_FUNCTION_LIST **);
	char function[32], how[16];
	void *lib = path != NULL ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : NULL;
	void *symbol = lib != NULL ? dlsym(lib, "C_GetFunctionList") : NULL;

	if (symbol == NULL)
		return CKR_GENERAL_ERROR;
	memcpy(&get, &symbol, sizeof(get));
	if (get(&over) != CKR_OK)
		return CKR_GENERAL_ERROR;
	mine = *over;
	for (; said != NULL && sscanf(said, "%31[^:]:%15[^,]", function, how) == 2;
	    said = strchr(said, ',') != NULL ? strchr(said, ',') + 1 : NULL)
		go_wrong(function, how);
	*list = &mine;
	return CKR_OK;
}
