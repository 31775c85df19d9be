/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The words of a command line, read by tables of options.
 */
#ifndef TAMGA_CLI_ARGS_H
#define TAMGA_CLI_ARGS_H

#include "tamga/view.h"

enum opt_kind {
	OPT_FLAG,		/* --json */
	OPT_TEXT,		/* --token NAME; the last one counts */
	OPT_LIST,		/* --san VALUE, any number of times */
	OPT_MAYBE,		/* --pinentry[=PROGRAM] */
};

/* One option.  Tables of them end with a row without a name. */
struct opt {
	const char *name;	/* "pin-file" */
	char letter;		/* 'o' for -o; 0 none */
	enum opt_kind kind;
	const char *arg;	/* "FILE", for the help; NULL for a flag */
	const char *what;	/* N_("one phrase") */
};

#define OPT_END { NULL, 0, OPT_FLAG, NULL, NULL }

struct given {
	const struct opt *opt;
	const char *value;	/* NULL: none; borrowed from argv */
};

/* What was given; everything in it is borrowed from argv and the tables. */
struct args {
	const struct opt *tables[2];	/* for all commands; the command's own */
	struct given *given;
	size_t count;
	char **operands;
	size_t operand_count;
	char unknown[128];		/* words after TMG_E_USAGE */
};

/*
 * Reads argv[0..argc) as options and operands.  tables[] are set before;
 * tables[1] may be NULL.  stop: the first operand ends the options.
 * Faults TMG_E_USAGE: unknown says why.
 */
TMG_MUST_USE tmg_rc
args_read(struct args *args, int argc, char **argv, bool stop);

void
args_release(struct args *args);

/* The option's last value; NULL when not given.  A name that stands in no
 * table is a mistake of the program's. */
const char *
args_text(const struct args *args, const char *name);
/* Does a table have it?  For what some commands know and others not. */
bool
args_knows(const struct args *args, const char *name);
bool
args_flag(const struct args *args, const char *name);
/* Every value in its order, ended by NULL; NULL when not given at all.
 * *values is yours to free(); the strings are borrowed. */
TMG_MUST_USE tmg_rc
args_list(const struct args *args, const char *name, const char ***values);
/* NULL when there are fewer. */
const char *
args_operand(const struct args *args, size_t index);

#endif
