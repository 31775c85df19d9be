/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/tamga/advice.h"

#include "tools/tamga/text.h"

/* option NULL: a command of its own, which always can be run. */
static const struct row {
	tmg_remedy remedy;
	const char *option;
	const char *words;
} rows[] = {
	{ TMG_TRY_SLOT, "slot", N_("--slot SLOT chooses another slot") },
	{ TMG_TRY_REPLACE, "replace", N_("--replace overwrites what is there") },
	{ TMG_TRY_DESTROY, "destroy", N_("--destroy lets it be destroyed before the "
	    "authority has decided") },
	{ TMG_TRY_KEEP_KEY, "keep-key", N_("--keep-key uses the key that is there") },
	{ TMG_TRY_KEEP_KEY, "same-key", N_("--same-key renews for the key that is there") },
	{ TMG_TRY_SUBJECT, "subject", N_("--subject CN=...,C=... says whom it is for") },
	{ TMG_TRY_ACCEPT, "accept-subject", N_("--accept-subject agrees to the "
	    "authority's name, when resuming") },
	{ TMG_TRY_AUTHORITY, "ca", N_("--ca URI names the authority, "
	    "--ca-file FILE or --ca-fingerprint HEX whom to believe") },
	{ TMG_TRY_CREDENTIAL, "user", N_("--user NAME and --password-file FILE, or "
	    "--token-file FILE, say who you are") },
	{ TMG_TRY_CREDENTIAL, "code-file", N_("--code-file FILE gives the access "
	    "code of an application") },
	{ TMG_TRY_CHALLENGE, "challenge-file", N_("--challenge-file FILE gives the "
	    "challenge password") },
	{ TMG_TRY_TYPE, "type", N_("--type TYPE chooses another type of key") },
	{ TMG_TRY_RESUME, NULL, N_("tamga enroll --resume ID goes on with it") },
	{ TMG_TRY_CANCEL, NULL, N_("tamga enroll --cancel ID gives it up") },
	{ TMG_TRY_ENROLLMENTS, NULL, N_("tamga enroll --list shows all enrollments") },
	{ TMG_TRY_TOKEN, "token", N_("--token TOKEN names one") },
	{ TMG_TRY_NAMES, NULL, N_("tamga list shows the names there are") },
	{ TMG_TRY_LOOK, NULL, N_("tamga info shows what the token has") },
	{ TMG_TRY_READERS, NULL, N_("tamga readers shows the readers there are") },
	{ TMG_TRY_DOCTOR, NULL, N_("tamga doctor tells what is missing") },
	{ TMG_TRY_PIN_SOURCE, "pin-file", N_("--pin-file FILE gives the PIN") },
	{ TMG_TRY_ADMIN_KEY, "admin-key-file", N_("--admin-key-file FILE gives the "
	    "management key") },
	{ TMG_TRY_UNBLOCK, NULL, N_("tamga pin unblock sets a new PIN") },
	{ TMG_TRY_RESET, NULL, N_("tamga reset makes the card new and loses every key") },
	{ TMG_TRY_GENERATE, NULL, N_("tamga key generate SLOT makes a key") },
	{ TMG_TRY_PUBLIC, "public", N_("--public FILE tells the key's public half") },
	{ TMG_TRY_DELETE_CERT, NULL, N_("tamga cert delete SLOT deletes it") },
	{ TMG_TRY_AGAIN, NULL, N_("the same again asks once more") },
};

/* Words that are not of this result would lead astray. */
static bool
helps(const struct cli *cli, tmg_rc rc, const struct row *row)
{
	return cli->fault.rc == rc && (cli->fault.remedies & row->remedy) != 0 &&
	    (row->option == NULL || args_knows(&cli->args, row->option));
}

/* The row's words, or in their place those for each token that could be meant. */
static const char *
words_of(const struct cli *cli, const struct row *row, size_t index)
{
	if (row->remedy == TMG_TRY_TOKEN && json_array_size(cli->candidates) > 0)
		return json_string_value(json_array_get(cli->candidates, index));
	return index == 0 ? _(row->words) : NULL;
}

static void
say(const char *words)
{
	fputs("  ", stderr);
	text_put(stderr, words);
	fputc('\n', stderr);
}

void
advice_say(const struct cli *cli, tmg_rc rc)
{
	const char *words;

	for (size_t i = 0; i < TMG_COUNT(rows); i++)
		for (size_t j = 0; helps(cli, rc, &rows[i]) &&
		    (words = words_of(cli, &rows[i], j)) != NULL; j++)
			say(words);
}

void
advice_json(const struct cli *cli, tmg_rc rc, json_t *error)
{
	json_t *list = json_array();
	const char *words;

	for (size_t i = 0; i < TMG_COUNT(rows); i++)
		for (size_t j = 0; helps(cli, rc, &rows[i]) &&
		    (words = words_of(cli, &rows[i], j)) != NULL; j++)
			json_array_append_new(list, json_string(words));
	if (json_array_size(list) > 0)
		json_object_set(error, "try", list);
	json_decref(list);
}
