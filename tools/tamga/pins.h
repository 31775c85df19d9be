/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where PINs come from: files, descriptors, pinentry, the terminal.  Never
 * the command line, never the environment.
 */
#ifndef TAMGA_CLI_PINS_H
#define TAMGA_CLI_PINS_H

#include "src/base/passrule.h"
#include "src/base/secret.h"
#include "tamga/ctx.h"

#define PIN_KINDS 3

/* The token a PIN was given for, as far as it is known; "" unknown. */
struct pins_whose {
	char serial[64], label[64], reader[128];
};

/* One PIN for the length of a command. */
struct pins_kept {
	tmg_secret secret;
	bool have;
	int tries;		/* left when it was given, -1 unknown */
	struct pins_whose whose;
};

/* A file's first line is the PIN of the token that wanted it first. */
struct pins_read {
	bool done, refused;
	struct pins_whose whose;
};

struct pins {
	const char *file[PIN_KINDS];	/* NULL: none; by tmg_pin_kind */
	const char *new_file[PIN_KINDS];
	int fd[PIN_KINDS];		/* -1: none */
	int new_fd[PIN_KINDS];
	bool use_pinentry;
	const char *pinentry;
	bool nobody;			/* ask no person */
	bool last_try;			/* the last try may be used */
	bool quiet;
	bool password;			/* the user's PIN is a password: key files */
	const char *titles[PIN_KINDS];	/* what the token calls them; NULL: as most do */
	tmg_passrule rule;		/* what a new one must be */
	char *rule_text, *rule_warning;	/* how a person is told; NULL nothing */

	struct pins_kept kept[PIN_KINDS];
	struct pins_read read[PIN_KINDS];	/* of file */
	tmg_pin_kind last;		/* the kind asked for last */
	unsigned told;			/* times we wanted to know more */
	tmg_fault fault;		/* why the last ask gave nothing */
};

void
pins_begin(struct pins *pins);
void
pins_release(struct pins *pins);

/* Keeps what a new password must be; texts are copied, others as well. */
TMG_MUST_USE tmg_rc
pins_rule(struct pins *pins, const tmg_passrule *rule, const char *text,
    const char *warning);

/* A tmg_pin_fn; arg is the struct pins. */
tmg_rc
pins_ask(void *arg, const tmg_pin_ask *ask, tmg_out *pin);

/* Is the PIN of that kind, or the new one, in a file or a descriptor? */
bool
pins_given(const struct pins *pins, tmg_pin_kind kind, bool fresh);

/* Keeps a value that the command itself gave the token. */
void
pins_offer(struct pins *pins, tmg_pin_kind kind, tmg_view pin);

/* What was asked for last was refused: never offer it again, nor read it again. */
void
pins_forget(struct pins *pins);

#endif
