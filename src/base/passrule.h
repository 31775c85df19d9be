/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a password must be: length, characters, kinds of characters.
 */
#ifndef TMG_BASE_PASSRULE_H
#define TMG_BASE_PASSRULE_H

#include "tamga/view.h"

/* max 0: anything goes. */
typedef struct tmg_passrule {
	size_t min, max;	/* bytes; what is allowed is one byte each */
	unsigned classes;	/* of which one character at least must be there */
	const char *others;	/* what may stand there beside letters and digits */
} tmg_passrule;

/* The bit of "latin", "upper", "lower", "digit"; 0: no such class. */
unsigned
tmg_passrule_class(const char *word);

/*
 * Whether the password is what the rule asks for.  f never holds any of it.
 *
 * Verdicts  TMG_MISMATCH  f says what is missing or too much
 */
TMG_MUST_USE tmg_rc
tmg_passrule_check(const tmg_passrule *rule, tmg_view password, tmg_fault *f);

#endif
