/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is meant by who changes a token: where more than one could be, none is taken.
 */
#include "tools/tamga/candidates.h"

tmg_rc
cli_token_meant(struct cli *cli, const char *name, tmg_token **token)
{
	tmg_tokens *tokens;
	tmg_rc rc;

	if ((rc = cli_tokens_of(cli, name, &tokens)))
		return rc;
	/* a card that does not answer is told about by who wants it */
	if (name == NULL && !cli_token_is_said(cli) && (rc = cli_complete(cli, tokens)))
		return rc;
	return cli_token(cli, name, token);
}

static bool
has_slot(tmg_token *token, const char *slot)
{
	tmg_key *key;

	return tmg_token_slot(token, slot, &key) == TMG_OK;
}

/* How many tokens have a slot of that name, and the last of these. */
static size_t
count_with(tmg_tokens *tokens, const char *slot, tmg_token **token)
{
	const size_t all = tmg_tokens_count(tokens);
	size_t n = 0;

	for (size_t i = 0; i < all; i++) {
		tmg_token *t = tmg_tokens_get(tokens, i);

		if (!has_slot(t, slot))
			continue;
		*token = t;
		n++;
	}
	return n;
}

static tmg_rc
refuse_slot(struct cli *cli, tmg_tokens *tokens, const char *slot)
{
	char why[160];
	tmg_token *t;
	tmg_rc rc;

	for (size_t i = 0; (t = tmg_tokens_get(tokens, i)) != NULL; i++)
		if (has_slot(t, slot) && (rc = candidates_add(cli, t)))
			return rc;
	snprintf(why, sizeof(why), _("more than one token has a slot %s"), slot);
	return candidates_refuse(cli, why);
}

/* Names of PIV's and OpenPGP's slots are their own; where they are the ids of keys,
 * another application may have the same. */
static bool
is_own_name(tmg_token *token)
{
	return !tmg_token_glance(token)->named_by_id;
}

tmg_rc
cli_token_with(struct cli *cli, const char *slot, tmg_token **token)
{
	tmg_tokens *tokens;
	size_t n;
	tmg_rc rc;

	if (slot == NULL || cli_token_is_said(cli))
		return cli_token_meant(cli, NULL, token);
	if ((rc = cli_tokens(cli, &tokens)))
		return rc;
	n = count_with(tokens, slot, token);
	if (n == 0 || (n == 1 && !is_own_name(*token))) {
		if ((rc = cli_complete(cli, tokens)))
			return rc;
		n = count_with(tokens, slot, token);
	}
	if (n > 1)
		return refuse_slot(cli, tokens, slot);
	if (n == 0)
		return cli_token_meant(cli, NULL, token);
	cli->stage = STAGE_TOKEN;
	cli->token = *token;
	return TMG_OK;
}

tmg_rc
cli_key_meant(struct cli *cli, const char *name, tmg_key **key)
{
	tmg_rc rc = cli_key(cli, name, key);
	size_t before;

	if (rc != TMG_OK || cli_token_is_said(cli) || is_own_name(tmg_key_token(*key)))
		return rc;
	before = tmg_tokens_count(cli->tokens);
	if ((rc = cli_complete(cli, cli->tokens)))
		return rc;
	return tmg_tokens_count(cli->tokens) == before ? TMG_OK :
	    cli_key(cli, name, key);
}
