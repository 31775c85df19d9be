/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Asking a person through a pinentry program, over Assuan.
 */
#ifndef TAMGA_CLI_PINENTRY_H
#define TAMGA_CLI_PINENTRY_H

#include "tamga/view.h"

struct pinentry_ask {
	const char *program;		/* a path or a name in $PATH */
	const char *description;	/* what for; UTF-8 */
	const char *prompt;		/* "PIN:" */
	const char *error;		/* NULL: nothing was wrong before */
};

/*
 * Verdicts TMG_CANCELLED, TMG_UNSUPPORTED (built without it)
 * Faults   TMG_E_IO: the program cannot be run or failed; f says why
 */
TMG_MUST_USE tmg_rc
pinentry_secret(const struct pinentry_ask *ask, tmg_out *secret, tmg_fault *f);

#endif
