/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One run of tamga: what was asked, what is open, what went wrong.
 */
#ifndef TAMGA_CLI_CLI_H
#define TAMGA_CLI_CLI_H

#include <jansson.h>
#include <stdio.h>

#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tamga/tamga.h"
#include "tools/tamga/args.h"
#include "tools/tamga/conf.h"
#include "tools/tamga/exit.h"
#include "tools/tamga/pins.h"
#include "tools/tamga/progress.h"

struct cli;

/*
 * A command is a row of one const table (command.c); a file of its own says
 * what it does.  run returns what became of it; on anything but TMG_OK the
 * words stand in cli->fault (cli_fail, cli_raise) and main prints them.
 */
struct command {
	const char *name;	/* "list", "pin change" */
	const char *operands;	/* "[TOKEN]", for the help; "" none */
	size_t least, most;	/* operands */
	const char *what;	/* N_("one line") */
	const struct opt *options;	/* its own, ended by OPT_END; NULL none */
	bool lenient;		/* runs although the configuration is wrong */
	tmg_rc (*run)(struct cli *cli);
};

struct cli {
	const struct command *command;
	struct args args;
	struct conf conf;
	struct pins pins;
	struct progress progress;
	bool json, quiet, colour;
	bool answered;		/* the one JSON document is out, error included */

	tmg_ctx *ctx;
	tmg_tokens *tokens;	/* NULL until cli_tokens() */
	tmg_token *token;	/* the one being worked with, NULL none */
	json_t *candidates;	/* how each is named that could be meant; NULL none */
	char *folder;		/* "file:FOLDER": no reader is looked at; NULL none */
	FILE *trace;

	tmg_fault fault;
	enum stage stage;
	tmg_fault conf_fault;	/* for lenient commands */
	int tries;		/* left, for the error; -1 unknown */
	bool reported;		/* the command said itself what is wrong */
	bool unsaid;		/* no memory for a line of the answer */
};

/* ---- options and operands ------------------------------------------------ */

static inline const char *
cli_text(const struct cli *cli, const char *name)
{
	return args_text(&cli->args, name);
}

static inline bool
cli_flag(const struct cli *cli, const char *name)
{
	return args_flag(&cli->args, name);
}

static inline const char *
cli_operand(const struct cli *cli, size_t index)
{
	return args_operand(&cli->args, index);
}

/* ---- how commands fail --------------------------------------------------- */

/* Takes the words of another handle over and returns rc. */
tmg_rc
cli_fail(struct cli *cli, tmg_rc rc, const tmg_fault *from);

/* Says it in our own words: "what happened: cause; next step". */
tmg_rc
cli_raise(struct cli *cli, tmg_rc rc, const char *fmt, ...)
    __attribute__((__format__(__printf__, 3, 4)));

/* ---- tokens and keys (open.c) -------------------------------------------- */

/*
 * Opens the readers that options and configuration name: --vcard or
 * TAMGA_VCARD_SOCKET, then the PC/SC daemon unless --no-pcsc was said.  No card is
 * touched yet.
 */
TMG_MUST_USE tmg_rc
cli_tokens(struct cli *cli, tmg_tokens **tokens);
/* The same; where name is a folder's or a module's, its keys and no reader. */
TMG_MUST_USE tmg_rc
cli_tokens_of(struct cli *cli, const char *name, tmg_tokens **tokens);
/* Every application of every card.  A card that could not be asked is among the
 * skipped; that the memory ends is a failure, lest half of the tokens pass for all. */
TMG_MUST_USE tmg_rc
cli_complete(struct cli *cli, tmg_tokens *tokens);

/* The token named by name, --token, --reader or the configuration; NULL: the
 * only one there is. */
TMG_MUST_USE tmg_rc
cli_token(struct cli *cli, const char *name, tmg_token **token);
/* The same for what cannot be taken back, a PIN's try too: where nobody named one,
 * a card with several applications is refused, not taken for its first. */
TMG_MUST_USE tmg_rc
cli_token_meant(struct cli *cli, const char *name, tmg_token **token);
/* The same for a new key: where nobody named one, the only token that has a slot of
 * that name is meant; slot NULL: nobody chose one. */
TMG_MUST_USE tmg_rc
cli_token_with(struct cli *cli, const char *slot, tmg_token **token);
/* Did an option or the configuration name a token or a reader? */
bool
cli_token_is_said(struct cli *cli);

/* The folder that --token or the configuration names in the place of a card, or
 * that cli_use_folder() named; NULL none. */
const char *
cli_folder(const struct cli *cli);
/* Keys in a folder are meant if name is one's; else nothing happens. */
TMG_MUST_USE tmg_rc
cli_use_folder(struct cli *cli, const char *name);

/* The key of that name on the token that --token or --reader names, or on
 * any; an empty slot has a key too. */
TMG_MUST_USE tmg_rc
cli_key(struct cli *cli, const char *name, tmg_key **key);
/* The same for what changes the token: a name that keys of another application of
 * the card may have as well is looked for in all of them. */
TMG_MUST_USE tmg_rc
cli_key_meant(struct cli *cli, const char *name, tmg_key **key);

/* ---- output (out.c) ------------------------------------------------------ */

/* Called once, before the first document. */
void
cli_json_begin(void);
/* Prints the document and forgets it; one that is NULL or lacks a member for
 * want of memory is not printed. */
TMG_MUST_USE tmg_rc
cli_json(struct cli *cli, json_t *document);

/* A line for people on standard output; nothing with --json or --quiet. */
void
cli_say(struct cli *cli, const char *fmt, ...)
    __attribute__((__format__(__printf__, 2, 3)));
/* A line for people on standard error; nothing with --quiet. */
void
cli_note(const struct cli *cli, const char *fmt, ...)
    __attribute__((__format__(__printf__, 2, 3)));

/* The whole of a file; path NULL or "-": standard input.  *data is yours to
 * free() and zero-terminated. */
TMG_MUST_USE tmg_rc
cli_read(struct cli *cli, const char *path, size_t max, uint8_t **data,
    size_t *len);

/* Writes a file whole or not at all; path NULL or "-": standard output. */
TMG_MUST_USE tmg_rc
cli_write(struct cli *cli, const char *path, tmg_view data);

/* DER as PEM with that label ("CERTIFICATE") the same way. */
TMG_MUST_USE tmg_rc
cli_write_pem(struct cli *cli, const char *path, const char *label,
    tmg_view der);

/* Certificates as PEM, one behind the other. */
TMG_MUST_USE tmg_rc
cli_write_certs(struct cli *cli, const char *path, const tmg_certs *certs);

json_t *
cli_pem_json(struct cli *cli, const char *label, tmg_view der);

/* A certificate as --output, --der and --json have it (cmd-cert.c). */
TMG_MUST_USE tmg_rc
cli_write_cert(struct cli *cli, tmg_view der);
/* {"error": ...} for a document that tells more than the error; yours. */
json_t *
cli_error_json(const struct cli *cli, tmg_rc rc);

/* The error for people or as {"error": ...}; the exit code that goes with it. */
int
cli_report(struct cli *cli, tmg_rc rc);

/* ---- the table (command.c) ----------------------------------------------- */

extern const struct opt common_options[];

const struct command *const *
commands(size_t *count);

/* The command that the words of argv begin with; *used of them are its name.
 * NULL: there is none. */
const struct command *
command_find(char **argv, size_t argc, size_t *used);

/* "pin change, pin unblock" for "pin"; false: no command begins so. */
bool
command_list(const char *word, char *text, size_t cap);

void
help_program(FILE *to);
void
help_command(FILE *to, const struct command *command);

#endif
