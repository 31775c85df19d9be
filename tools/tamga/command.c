/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/tamga/commands.h"

#include <string.h>

#include "tools/tamga/text.h"

const struct opt common_options[] = {
	{ "help", 'h', OPT_FLAG, NULL, N_("say how the command is used") },
	{ "json", 0, OPT_FLAG, NULL, N_("answer with a JSON document") },
	{ "quiet", 'q', OPT_FLAG, NULL, N_("only errors, no progress") },
	{ "token", 't', OPT_TEXT, "TOKEN",
	    N_("the token: a pkcs11: URI, label, serial number or reader; or file:FOLDER, or module:LIBRARY") },
	{ "reader", 'r', OPT_TEXT, "READER", N_("the token in that reader") },
	{ "public", 0, OPT_TEXT, "FILE", N_("the key's public half, PEM, for a card "
	    "that cannot tell it") },
	{ "pin-file", 0, OPT_TEXT, "FILE", N_("the PIN is its first line") },
	{ "pin-fd", 0, OPT_TEXT, "N", N_("the PIN is the next line of descriptor N") },
	{ "puk-file", 0, OPT_TEXT, "FILE", N_("the PUK is its first line") },
	{ "puk-fd", 0, OPT_TEXT, "N", N_("the PUK is the next line of descriptor N") },
	{ "admin-key-file", 0, OPT_TEXT, "FILE",
	    N_("the management key, hexadecimal, or the admin PIN is its first line") },
	{ "admin-key-fd", 0, OPT_TEXT, "N",
	    N_("the management key or admin PIN is the next line of descriptor N") },
	{ "pinentry", 0, OPT_MAYBE, "PROGRAM", N_("ask for PINs in a dialog") },
	{ "last-try", 0, OPT_FLAG, NULL,
	    N_("use the PIN even when only one try is left") },
	{ "vcard", 0, OPT_LIST, "PATH", N_("the virtual card on that socket") },
	{ "usb", 0, OPT_FLAG, NULL, N_("use USB readers without the PC/SC daemon") },
	{ "no-pcsc", 0, OPT_FLAG, NULL, N_("do not ask the PC/SC daemon") },
	{ "trace", 0, OPT_TEXT, "FILE",
	    N_("write what is said to card and authority, without secrets") },
	{ "config", 0, OPT_TEXT, "FILE", N_("read this instead of the user's file") },
	OPT_END
};

/* The last row ends the list and is not counted. */
static const struct command *const table[] = {
	COMMANDS
};

enum {
	COUNT = TMG_COUNT(table) - 1,
};

const struct command *const *
commands(size_t *count)
{
	*count = COUNT;
	return table;
}

/* How many of argv's words spell name; 0: they do not. */
static size_t
words_of(const char *name, char **argv, size_t argc)
{
	size_t n = 0;

	for (;;) {
		const size_t len = strcspn(name, " ");

		if (n >= argc || strlen(argv[n]) != len ||
		    strncmp(argv[n], name, len) != 0)
			return 0;
		n++;
		if (name[len] == '\0')
			return n;
		name += len + 1;
	}
}

const struct command *
command_find(char **argv, size_t argc, size_t *used)
{
	for (size_t i = 0; i < COUNT; i++) {
		*used = words_of(table[i]->name, argv, argc);
		if (*used > 0)
			return table[i];
	}
	return NULL;
}

bool
command_list(const char *word, char *text, size_t cap)
{
	const size_t len = strlen(word);
	size_t n = 0;

	for (size_t i = 0; i < COUNT; i++) {
		const char *name = table[i]->name;

		if (strncmp(name, word, len) == 0 && name[len] == ' ' && n < cap)
			n += (size_t)snprintf(text + n, cap - n, "%s%s",
			    n > 0 ? ", " : "", name);
	}
	return n > 0;
}

static void
help_row(FILE *to, size_t wide, const char *name, const char *what)
{
	const size_t width = text_width(name);

	fprintf(to, "  %s%*s", name, (int)(width < wide ? wide - width : 1), "");
	text_put(to, what);
	fputc('\n', to);
}

static void
help_option(FILE *to, const struct opt *o)
{
	char name[64], letter[8] = "";

	if (o->letter != 0)
		snprintf(letter, sizeof(letter), "-%c, ", o->letter);
	snprintf(name, sizeof(name), o->arg == NULL ? "%s--%s"
	    : o->kind == OPT_MAYBE ? "%s--%s[=%s]" : "%s--%s %s", letter,
	    o->name, o->arg);
	help_row(to, 26, name, _(o->what));
}

void
help_program(FILE *to)
{
	fprintf(to, "%s\n\n", _("usage: tamga COMMAND [OPTION]... [OPERAND]..."));
	for (size_t i = 0; i < COUNT; i++) {
		char name[128];

		snprintf(name, sizeof(name), "%s %s", table[i]->name,
		    table[i]->operands);
		help_row(to, 34, name, _(table[i]->what));
	}
	fprintf(to, "\n%s\n", _("tamga COMMAND --help tells its options; "
	    "tamga(1) tells everything."));
}

void
help_command(FILE *to, const struct command *c)
{
	fprintf(to, "%s tamga %s [%s]... %s\n\n%s\n", _("usage:"), c->name,
	    _("OPTION"), c->operands, _(c->what));
	if (c->options != NULL) {
		fprintf(to, "\n%s\n", _("Its options:"));
		for (const struct opt *o = c->options; o->name != NULL; o++)
			help_option(to, o);
	}
	fprintf(to, "\n%s\n", _("Options of every command:"));
	for (const struct opt *o = common_options; o->name != NULL; o++)
		help_option(to, o);
}
