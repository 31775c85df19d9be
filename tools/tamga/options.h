/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rows that several commands have in their tables of options: one name, one
 * letter and one meaning everywhere.  What is said of them is the command's
 * where it differs.
 */
#ifndef TAMGA_CLI_OPTIONS_H
#define TAMGA_CLI_OPTIONS_H

#include "src/base/i18n.h"
#include "tools/tamga/args.h"

#define OPTION_OUTPUT(what) { "output", 'o', OPT_TEXT, "FILE", what }
#define OPTION_DER(what) { "der", 0, OPT_FLAG, NULL, what }
#define OPTION_HASH(what) { "hash", 0, OPT_TEXT, "HASH", what }
#define OPTION_CMS(what) { "cms", 0, OPT_FLAG, NULL, what }
#define OPTION_TYPE(what) { "type", 0, OPT_TEXT, "TYPE", what }
#define OPTION_SLOT(what) { "slot", 0, OPT_TEXT, "SLOT", what }
#define OPTION_REPLACE(what) { "replace", 0, OPT_FLAG, NULL, what }

#define OPTION_REPLACE_SLOT OPTION_REPLACE(N_("overwrite what the slot holds"))
#define OPTION_DESTROY \
	{ "destroy", 0, OPT_FLAG, NULL, \
	    N_("the same, also where it must be destroyed before the authority decides") }
#define OPTION_YES { "yes", 'y', OPT_FLAG, NULL, N_("do not ask") }
#define OPTION_DRY_RUN \
	{ "dry-run", 'n', OPT_FLAG, NULL, \
	    N_("check everything, change nothing") }

/* Of a new key. */
#define OPTIONS_POLICY \
	{ "pin-policy", 0, OPT_TEXT, "WHEN", N_("never, once or always") }, \
	{ "touch-policy", 0, OPT_TEXT, "WHEN", N_("never, always or cached") }

/* Which secret is meant. */
#define OPTIONS_SECRET \
	{ "puk", 0, OPT_FLAG, NULL, N_("the PUK instead of the PIN") }, \
	{ "admin-key", 0, OPT_FLAG, NULL, \
	    N_("the management key instead of the PIN") }

/* Where a new one comes from. */
#define OPTIONS_NEW_PIN \
	{ "new-pin-file", 0, OPT_TEXT, "FILE", \
	    N_("the new PIN is its first line") }, \
	{ "new-pin-fd", 0, OPT_TEXT, "N", \
	    N_("the new PIN is the next line of descriptor N") }
#define OPTIONS_NEW_PUK \
	{ "new-puk-file", 0, OPT_TEXT, "FILE", \
	    N_("the new PUK is its first line") }, \
	{ "new-puk-fd", 0, OPT_TEXT, "N", \
	    N_("the new PUK is the next line of descriptor N") }
#define OPTION_NEW_ADMIN \
	{ "new-admin-key-file", 0, OPT_TEXT, "FILE", \
	    N_("the new management key, hexadecimal, or admin PIN is its first line") }

#endif
