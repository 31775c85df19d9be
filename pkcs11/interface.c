/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The three ways in, and the three tables behind them.  Everything here is
 * const and works at any time, also before C_Initialize and during exit.
 */
#include <stddef.h>
#include <string.h>

#include "pkcs11/cryptoki.h"
#include "pkcs11/module.h"
#include "pkcs11/text.h"
#include "src/base/scope.h"
#include "tamga/err.h"

#define LIBRARY_MAJOR 0
#define LIBRARY_MINOR 1

enum {
	FUNCTIONS_2_40 = 68,	/* each a pointer, after the version */
	FUNCTIONS_3_0 = 92,
	FUNCTIONS_3_2 = 102,
};

#define TABLE_SIZE(n) (((n) + 1) * sizeof(void (*)(void)))

_Static_assert(sizeof(CK_ULONG) == sizeof(void *), "CK_ULONG is a long");
_Static_assert(sizeof(tmg_p11_table_2_40) == TABLE_SIZE(FUNCTIONS_2_40), "68");
_Static_assert(sizeof(tmg_p11_table_3_0) == TABLE_SIZE(FUNCTIONS_3_0), "92");
_Static_assert(sizeof(tmg_p11_table_3_2) == TABLE_SIZE(FUNCTIONS_3_2), "102");
_Static_assert(sizeof(CK_INTERFACE) == 3 * sizeof(void *), "CK_INTERFACE");

/* The 2.40 table is p11-kit's to the byte, and every longer one begins so. */
_Static_assert(sizeof(tmg_p11_table_2_40) == sizeof(CK_FUNCTION_LIST), "2.40");
#define SAME_PLACE(name) \
	_Static_assert(offsetof(tmg_p11_table_2_40, C_##name) == \
	    offsetof(CK_FUNCTION_LIST, C_##name) && \
	    offsetof(tmg_p11_table_3_2, C_##name) == \
	    offsetof(CK_FUNCTION_LIST, C_##name), #name);
P11_BEFORE_INFO(SAME_PLACE)
SAME_PLACE(GetInfo)
P11_SINCE_2_40(SAME_PLACE)

/* ---- C_GetInfo, once for each table -------------------------------------- */

static CK_RV
get_info(CK_INFO *info, CK_BYTE major, CK_BYTE minor)
{
	tmg_auto(p11_inside) inside = { false };
	CK_RV rv;

	if ((rv = p11_enter(&inside)))
		return rv;
	if (info == NULL)
		return CKR_ARGUMENTS_BAD;
	*info = (CK_INFO){
		.cryptokiVersion = { major, minor },
		.libraryVersion = { LIBRARY_MAJOR, LIBRARY_MINOR },
	};
	tmg_p11_pad(info->manufacturerID, sizeof(info->manufacturerID), "tamga");
	tmg_p11_pad(info->libraryDescription, sizeof(info->libraryDescription),
	    "tamga smart cards and tokens");
	return CKR_OK;
}

static CK_RV
get_info_2_40(CK_INFO *info)
{
	return get_info(info, 2, 40);
}

static CK_RV
get_info_3_0(CK_INFO *info)
{
	return get_info(info, 3, 0);
}

static CK_RV
get_info_3_2(CK_INFO *info)
{
	return get_info(info, 3, 2);
}

/* ---- the tables ---------------------------------------------------------- */

#define ROW(name) .C_##name = C_##name,

static const tmg_p11_table_2_40 table_2_40 = {
	.version = { 2, 40 },
	.C_GetInfo = get_info_2_40,
	P11_BEFORE_INFO(ROW)
	P11_SINCE_2_40(ROW)
};

static const tmg_p11_table_3_0 table_3_0 = {
	.version = { 3, 0 },
	.C_GetInfo = get_info_3_0,
	P11_BEFORE_INFO(ROW)
	P11_SINCE_2_40(ROW)
	P11_SINCE_3_0(ROW)
};

#define ROWS_3_2 \
	.version = { 3, 2 }, \
	.C_GetInfo = get_info_3_2, \
	P11_BEFORE_INFO(ROW) \
	P11_SINCE_2_40(ROW) \
	P11_SINCE_3_0(ROW) \
	P11_SINCE_3_2(ROW)

static const tmg_p11_table_3_2 table_default = { ROWS_3_2 };

/* The last word on a row is the one that counts. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Woverride-init"
static const tmg_p11_table_3_2 table_3_2 = {
	ROWS_3_2
	.C_GetAttributeValue = tmg_p11_get_attributes_3_2,
};
#pragma GCC diagnostic pop

/*
 * Cryptoki's types know no const: what is handed out is read-only all the
 * same, and a caller that writes to it is stopped by the machine.
 *
 * No CKF_INTERFACE_FORK_SAFE: it would promise a child its parent's sessions
 * and login, which no card can give.  The first is the default.
 */
#define INTERFACES TMG_COUNT(interfaces)
#define ALIAS(p) ((void *)(uintptr_t)(p))

static const CK_UTF8CHAR standard[] = "PKCS 11";
static const CK_INTERFACE interfaces[] = {
	{ ALIAS(standard), ALIAS(&table_3_2), 0 },
	{ ALIAS(standard), ALIAS(&table_3_0), 0 },
	{ ALIAS(standard), ALIAS(&table_2_40), 0 },
};

/*
 * For who names no version.  Programs from before 3.1 do (pkcs11-tool 0.23) and
 * read Edwards and Montgomery points inside an OCTET STRING alone; who names
 * 3.2 gets them as 3.2 has them.
 */
static const CK_INTERFACE by_default = {
	ALIAS(standard), ALIAS(&table_default), 0
};

TMG_API CK_RV
C_GetFunctionList(CK_FUNCTION_LIST **list)
{
	if (list == NULL)
		return CKR_ARGUMENTS_BAD;
	*list = ALIAS(&table_2_40);
	return CKR_OK;
}

TMG_API CK_RV
C_GetInterfaceList(CK_INTERFACE *rows, CK_ULONG *count)
{
	CK_ULONG room;

	if (count == NULL)
		return CKR_ARGUMENTS_BAD;
	room = *count;
	*count = INTERFACES;
	if (rows == NULL)
		return CKR_OK;
	if (room < INTERFACES)
		return CKR_BUFFER_TOO_SMALL;
	memcpy(rows, interfaces, sizeof(interfaces));
	return CKR_OK;
}

static bool
fits(const CK_INTERFACE *row, const CK_UTF8CHAR *name, const CK_VERSION *version)
{
	const CK_VERSION *mine = row->pFunctionList;

	if (name != NULL &&
	    strcmp((const char *)name, (const char *)row->pInterfaceName) != 0)
		return false;
	return version == NULL || (version->major == mine->major &&
	    version->minor == mine->minor);
}

TMG_API CK_RV
C_GetInterface(CK_UTF8CHAR *name, CK_VERSION *version, CK_INTERFACE **found,
    CK_FLAGS flags)
{
	if (found == NULL)
		return CKR_ARGUMENTS_BAD;
	if (version == NULL && flags == 0 && fits(&by_default, name, NULL)) {
		*found = ALIAS(&by_default);
		return CKR_OK;
	}
	for (size_t i = 0; i < INTERFACES; i++) {
		if (flags != 0 || !fits(&interfaces[i], name, version))
			continue;
		*found = ALIAS(&interfaces[i]);
		return CKR_OK;
	}
	return CKR_FUNCTION_FAILED;
}
