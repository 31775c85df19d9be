/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/tamga/open.h"

#include <openssl/crypto.h>
#include <stdlib.h>

#include "tools/tamga/candidates.h"
#include "tools/tamga/crypto.h"

#define HUBS_OTHER 2		/* than virtual cards: PC/SC, USB */
#define PUBLIC_MAX 65536u	/* bytes of a PEM file with one public key */

static tmg_rc
open_vcard(struct cli *cli, struct hubs *hubs, const char *path)
{
	tmg_fault f = { 0 };
	tmg_rc rc;

	if (hubs->count == HUBS_MAX - HUBS_OTHER)
		return cli_raise(cli, TMG_E_USAGE, _("more than %d virtual cards "
		    "at once"), HUBS_MAX - HUBS_OTHER);
	rc = tmg_hub_vcard(cli->ctx, path, &f, &hubs->hub[hubs->count]);
	if (rc != TMG_OK)
		return cli_fail(cli, rc, &f);
	hubs->count++;
	return TMG_OK;
}

/* Named on the command line, else by the environment, else by the file. */
static tmg_rc
open_vcards(struct cli *cli, struct hubs *hubs)
{
	const char *set = getenv("TAMGA_VCARD_SOCKET");
	tmg_auto_free const char **named = NULL;
	tmg_rc rc;

	if ((rc = args_list(&cli->args, "vcard", &named)))
		return rc;
	for (size_t i = 0; named != NULL && named[i] != NULL; i++)
		if ((rc = open_vcard(cli, hubs, named[i])))
			return rc;
	if (named != NULL)
		return TMG_OK;
	if (set != NULL && set[0] != '\0')
		return open_vcard(cli, hubs, set);
	if (cli->conf.vcard[0] != '\0')
		return open_vcard(cli, hubs, cli->conf.vcard);
	return TMG_OK;
}

static bool
is_usb(const char *name)
{
	return name != NULL && strncmp(name, "usb:", 4) == 0;
}

/* By the option, or by a name that only such a reader has: then alone. */
static bool
usb_is_asked_for(const struct cli *cli)
{
	return cli_flag(cli, "usb") || is_usb(cli_text(cli, "reader")) ||
	    is_usb(cli_text(cli, "token"));
}

static tmg_rc
open_usb(struct cli *cli, struct hubs *hubs)
{
	tmg_fault f = { 0 };
	tmg_rc rc;

	rc = tmg_hub_usb(cli->ctx, &f, &hubs->usb);
	if (rc != TMG_OK)
		return cli_fail(cli, rc, &f);
	hubs->hub[hubs->count++] = hubs->usb;
	return TMG_OK;
}

/* Where nobody answers who would have the devices.  Without a device it is the
 * daemon that is missed. */
static void
fall_back_to_usb(struct cli *cli, struct hubs *hubs)
{
	tmg_usb_facts facts;

	if (tmg_hub_usb(cli->ctx, NULL, &hubs->usb) != TMG_OK)
		return;
	if (tmg_hub_usb_facts(hubs->usb, 0, &facts) != TMG_OK)
		tmg_hub_free(&hubs->usb);
	else
		hubs->hub[hubs->count++] = hubs->usb;
}

static void
open_pcsc(struct cli *cli, struct hubs *hubs)
{
	hubs->pcsc = tmg_hub_pcsc(cli->ctx, &hubs->pcsc_fault,
	    &hubs->hub[hubs->count]);
	if (hubs->pcsc == TMG_OK)
		hubs->count++;
	else if (strcmp(cli->conf.usb, "auto") == 0 &&
	    (hubs->pcsc == TMG_NOT_FOUND || hubs->pcsc == TMG_UNSUPPORTED))
		fall_back_to_usb(cli, hubs);
}

tmg_rc
hubs_open(struct cli *cli, struct hubs *hubs)
{
	const bool asked = usb_is_asked_for(cli);
	tmg_rc rc;

	*hubs = (struct hubs){
		.pcsc_wanted = cli->conf.pcsc && !cli_flag(cli, "no-pcsc") &&
		    !asked,
	};
	cli->stage = STAGE_FIND;
	if ((rc = open_vcards(cli, hubs)))
		return rc;
	if (hubs->pcsc_wanted)
		open_pcsc(cli, hubs);
	return asked || strcmp(cli->conf.usb, "always") == 0
	    ? open_usb(cli, hubs) : TMG_OK;
}

void
hubs_release(struct hubs *hubs)
{
	for (size_t i = 0; i < hubs->count; i++)
		tmg_hub_free(&hubs->hub[i]);
	hubs->count = 0;
	hubs->usb = NULL;
}

static tmg_rc
no_readers(struct cli *cli, const struct hubs *hubs)
{
	if (hubs->pcsc_wanted)
		return cli_fail(cli, hubs->pcsc, &hubs->pcsc_fault);
	return cli_raise(cli, TMG_NOT_FOUND, _("no readers to look at: --no-pcsc "
	    "was said and no --vcard; name one of them"));
}

const char *
cli_folder(const struct cli *cli)
{
	const char *said = cli_text(cli, "token");

	if (cli->folder != NULL)
		return cli->folder;
	if (said == NULL && cli->conf.token[0] != '\0')
		said = cli->conf.token;
	return tmg_tokens_is_path(said) ? said : NULL;
}

tmg_rc
cli_use_folder(struct cli *cli, const char *name)
{
	if (cli->tokens != NULL || !tmg_tokens_is_path(name))
		return TMG_OK;
	free(cli->folder);
	cli->folder = strdup(name);
	return cli->folder != NULL ? TMG_OK :
	    cli_raise(cli, TMG_E_NOMEM, _("out of memory"));
}

/* Keys in a folder, or a module's, need no reader and no daemon.  Which of a
 * module's tokens is meant is asked when one is wanted. */
static tmg_rc
open_folder(struct cli *cli, const char *name)
{
	tmg_token *token;
	tmg_rc rc;

	cli->stage = STAGE_FIND;
	if ((rc = tmg_tokens_new(cli->ctx, &cli->tokens)))
		return cli_raise(cli, rc, _("out of memory"));
	rc = tmg_tokens_add_path(cli->tokens, name, &token);
	cli->pins.password = rc == TMG_OK &&
	    strcmp(tmg_token_driver(token), "file") == 0;
	return rc == TMG_OK || rc == TMG_AMBIGUOUS ? TMG_OK
	    : cli_fail(cli, rc, tmg_tokens_fault(cli->tokens));
}

tmg_rc
cli_tokens(struct cli *cli, tmg_tokens **tokens)
{
	struct hubs hubs = { 0 };
	tmg_rc rc;

	if (cli->tokens == NULL && cli_folder(cli) != NULL &&
	    (rc = open_folder(cli, cli_folder(cli))))
		return rc;
	if (cli->tokens != NULL) {
		*tokens = cli->tokens;
		return TMG_OK;
	}
	rc = hubs_open(cli, &hubs);
	if (rc == TMG_OK && hubs.count == 0)
		rc = no_readers(cli, &hubs);
	if (rc == TMG_OK)
		rc = tmg_tokens_new(cli->ctx, &cli->tokens);
	if (rc != TMG_OK) {
		hubs_release(&hubs);
		return rc;
	}
	/* The set takes a hub over in every case. */
	for (size_t i = 0; i < hubs.count; i++) {
		const tmg_rc added = tmg_tokens_add_hub(cli->tokens, hubs.hub[i]);

		if (rc == TMG_OK && added != TMG_OK)
			rc = cli_fail(cli, added, tmg_tokens_fault(cli->tokens));
	}
	*tokens = cli->tokens;
	return rc;
}

tmg_rc
cli_tokens_of(struct cli *cli, const char *name, tmg_tokens **tokens)
{
	const tmg_rc rc = cli_use_folder(cli, name);

	return rc ? rc : cli_tokens(cli, tokens);
}

tmg_rc
cli_complete(struct cli *cli, tmg_tokens *tokens)
{
	const tmg_rc rc = tmg_tokens_complete(tokens);

	return rc == TMG_E_NOMEM ? cli_fail(cli, rc, tmg_tokens_fault(tokens)) : TMG_OK;
}

static const char *
name_said(struct cli *cli, const char *name)
{
	const char *const said[] = {
		name, cli->folder, cli_text(cli, "token"), cli_text(cli, "reader"),
	};

	for (size_t i = 0; i < TMG_COUNT(said); i++)
		if (said[i] != NULL)
			return said[i];
	return cli->conf.token[0] != '\0' ? cli->conf.token : NULL;
}

tmg_rc
cli_token(struct cli *cli, const char *name, tmg_token **token)
{
	tmg_tokens *tokens;
	tmg_rc rc;

	if ((rc = cli_tokens_of(cli, name, &tokens)))
		return rc;
	cli->stage = STAGE_FIND;
	rc = tmg_tokens_find(tokens, name_said(cli, name), token);
	if (rc == TMG_AMBIGUOUS && name_said(cli, name) == NULL &&
	    candidates_add_all(cli) != TMG_OK)
		return cli->fault.rc;
	if (rc != TMG_OK)
		return cli_fail(cli, rc, tmg_tokens_fault(tokens));
	cli->stage = STAGE_TOKEN;
	cli->token = *token;
	return TMG_OK;
}

bool
cli_token_is_said(struct cli *cli)
{
	return name_said(cli, NULL) != NULL;
}

/* The name of a slot on the token that was chosen, else any name at all. */
static tmg_rc
key_of_token(struct cli *cli, const char *name, tmg_key **key)
{
	tmg_token *token;
	tmg_rc rc;

	if ((rc = cli_token(cli, NULL, &token)))
		return rc;
	rc = tmg_token_slot(token, name, key);
	if (rc != TMG_NOT_FOUND)
		return rc == TMG_OK ? rc : cli_fail(cli, rc, tmg_token_fault(token));

	rc = tmg_tokens_find_key(cli->tokens, name, key);
	if (rc == TMG_OK && tmg_key_token(*key) == token)
		return TMG_OK;
	if (rc == TMG_OK)
		return cli_raise(cli, TMG_NOT_FOUND,
		    _("key %s is on another token than the one named"), name);
	return cli_fail(cli, rc, tmg_tokens_fault(cli->tokens));
}

/* A card that cannot tell its keys is told: the public half as key generate
 * wrote it. */
static tmg_rc
tell_public(struct cli *cli, tmg_key *key, const char *path)
{
	tmg_auto_free uint8_t *text = NULL;
	uint8_t *der;
	size_t len = 0, der_len;
	tmg_rc rc;

	if ((rc = cli_read(cli, path, PUBLIC_MAX, &text, &len)))
		return rc;
	if (crypto_der(text, len, &der, &der_len))
		return cli_raise(cli, TMG_E_MALFORMED,
		    _("%s holds no public key in PEM"), path);
	rc = tmg_key_set_public(key, (tmg_view){ der, der_len });
	OPENSSL_free(der);
	return rc == TMG_OK ? rc : cli_fail(cli, rc,
	    tmg_token_fault(tmg_key_token(key)));
}

static tmg_rc
find_key(struct cli *cli, const char *name, tmg_key **key)
{
	tmg_tokens *tokens;
	tmg_rc rc;

	if ((rc = cli_tokens_of(cli, name, &tokens)))
		return rc;
	if (cli_text(cli, "token") != NULL || cli_text(cli, "reader") != NULL ||
	    cli->conf.token[0] != '\0')
		return key_of_token(cli, name, key);

	cli->stage = STAGE_FIND;
	rc = tmg_tokens_find_key(tokens, name, key);
	if (rc != TMG_OK)
		return cli_fail(cli, rc, tmg_tokens_fault(tokens));
	cli->stage = STAGE_TOKEN;
	cli->token = tmg_key_token(*key);
	return TMG_OK;
}

/* The token that may hide what nobody finds: the one that was named, or is alone. */
static tmg_token *
hiding_one(struct cli *cli)
{
	tmg_token *token = cli->token;

	if (token == NULL && cli->tokens != NULL && tmg_tokens_count(cli->tokens) == 1)
		token = tmg_tokens_get(cli->tokens, 0);
	return token != NULL && tmg_token_hides(token) ? token : NULL;
}

/* Nothing seems to be there, or a part of it. */
static bool
lacks_something(tmg_key *key)
{
	tmg_key_facts facts;
	tmg_view der;

	return tmg_key_facts_get(key, &facts) == TMG_NOT_FOUND ||
	    tmg_key_cert(key, &der) == TMG_NOT_FOUND;
}

/* What only the PIN shows is looked for after it. */
static tmg_rc
find_shown(struct cli *cli, const char *name, tmg_key **key)
{
	tmg_rc rc = find_key(cli, name, key);
	tmg_token *token;

	if ((rc != TMG_OK && rc != TMG_NOT_FOUND) || (token = hiding_one(cli)) == NULL ||
	    (rc == TMG_OK && !lacks_something(*key)))
		return rc;
	cli->token = token;
	if ((rc = tmg_token_reveal(token)))
		return cli_fail(cli, rc, tmg_token_fault(token));
	return find_key(cli, name, key);
}

tmg_rc
cli_key(struct cli *cli, const char *name, tmg_key **key)
{
	const char *public = cli_text(cli, "public");
	tmg_rc rc;

	if ((rc = find_shown(cli, name, key)))
		return rc;
	return public == NULL ? TMG_OK : tell_public(cli, *key, public);
}
