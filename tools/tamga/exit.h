/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a result is to a shell.
 */
#ifndef TAMGA_CLI_EXIT_H
#define TAMGA_CLI_EXIT_H

#include "tamga/err.h"

/* Whom a command was speaking to when it ended. */
enum stage {
	STAGE_SELF,		/* its own work: files, texts */
	STAGE_FIND,		/* looking for a token */
	STAGE_TOKEN,		/* working with one */
	STAGE_AUTHORITY,
};

/* Exit codes, a promise to scripts: tamga(1), EXIT STATUS. */
enum {
	EXIT_DONE = 0,
	EXIT_FAILED = 1,
	EXIT_WRONG_USE = 2,
	EXIT_NO_TOKEN = 3,
	EXIT_PIN_WRONG = 4,
	EXIT_PIN_LOCKED = 5,
	EXIT_PENDING = 6,
	EXIT_REFUSED = 7,
};

int
exit_code(enum stage stage, tmg_rc rc);

#endif
