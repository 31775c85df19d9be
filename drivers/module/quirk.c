/* SPDX-License-Identifier: BSD-2-Clause */
/* What is known of libraries: rows, no code. */
#include "drivers/module/module.h"

#include <string.h>

static const struct {
	const char *manufacturer;	/* CK_INFO, how it begins */
	const char *library;
	unsigned quirks;
} rows[] = {
	/* 2.6.1: any other is CKR_ARGUMENTS_BAD, whatever its list says. */
	{ "SoftHSM", "", TMG_QUIRK_OAEP_PLAIN },
	/* 0.23: pkcs15init answers NON_UNIQUE_ID. */
	{ "OpenSC Project", "", TMG_QUIRK_ONE_ID },
	/* 1.9: C_CreateObject takes public keys, certificates and data only. */
	{ "tpm2-software.github.io", "",
	    TMG_QUIRK_NO_IMPORT | TMG_QUIRK_LOCK_ENDS },
};

static bool
begins(const unsigned char *text, size_t width, const char *with)
{
	const size_t n = strlen(with);

	return n <= width && memcmp(text, with, n) == 0;
}

unsigned
tmg_module_quirks(const CK_INFO *info)
{
	for (size_t i = 0; i < TMG_COUNT(rows); i++)
		if (begins(info->manufacturerID, sizeof(info->manufacturerID),
		    rows[i].manufacturer) &&
		    begins(info->libraryDescription,
		    sizeof(info->libraryDescription), rows[i].library))
			return rows[i].quirks;
	return 0;
}
