/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A certificate renewed by the key it is for: that key authenticates us to
 * the authority the certificate came from.
 */
#include "tools/tamga/candidates.h"
#include "tools/tamga/commands.h"
#include "tools/tamga/options.h"
#include "tools/tamga/enrolling.h"
#include "tools/tamga/renewing.h"
#include "tools/tamga/text.h"

static const struct opt options[] = {
	{ "all", 'a', OPT_FLAG, NULL, N_("every certificate that ends soon, on every token") },
	WITHIN_OPTION(N_("only what ends within so many days; with --all 30")),
	{ "same-key", 0, OPT_FLAG, NULL, N_("a new certificate for the key that is there") },
	NO_SWAP_OPTION,
	OPTION_SLOT(N_("where the new key goes; else a free slot like the old")),
	OPTION_TYPE(N_("of the new key; else as the old")),
	OPTION_REPLACE(N_("overwrite what that slot holds")),
	OPTION_DESTROY,
	OPTION_DRY_RUN,
	WAIT_OPTIONS,
	CHALLENGE_OPTION,
	CA_OPTIONS,
	OPT_END
};

static tmg_rc
read_renewal(struct cli *cli, struct renewal *r)
{
	const char *type = cli_text(cli, "type");
	tmg_rc rc;

	if (type != NULL && tmg_alg_parse(type, &r->spec.alg) != TMG_OK)
		return cli_raise(cli, TMG_E_USAGE,
		    _("--type %s: there is no such kind of key"), type);
	if ((rc = renewal_read(cli, cli_flag(cli, "all"), r)) ||
	    (rc = request_read_challenge(cli, &r->request)))
		return rc;
	r->spec.csr.challenge = r->request.spec.challenge;
	r->spec.slot = cli_text(cli, "slot");
	r->spec.replace = cli_flag(cli, "replace");
	r->spec.destroy = cli_flag(cli, "destroy");
	r->spec.keep_key = cli_flag(cli, "same-key");
	if (r->spec.keep_key && r->spec.slot != NULL)
		return cli_raise(cli, TMG_E_USAGE,
		    _("--same-key or --slot: the same key stays where it is"));
	return TMG_OK;
}

/* ---- all of them --------------------------------------------------------- */

struct due {
	json_t *uris;
	size_t tokens;		/* on so many */
	tmg_rc worst;		/* of the tokens that could not be read */
};

static tmg_rc
look_at(struct cli *cli, struct renewal *r, tmg_token *token, struct due *due)
{
	const size_t before = json_array_size(due->uris);
	tmg_rc rc;

	cli->stage = STAGE_TOKEN;
	cli->token = token;
	rc = renewing_find(cli, r, token, due->uris);
	if (json_array_size(due->uris) == before)
		return rc;
	due->tokens++;
	return rc == TMG_OK ? candidates_add(cli, token) : rc;
}

/* Every application of every card; one that cannot be read hides no other. */
static tmg_rc
look_everywhere(struct cli *cli, struct renewal *r, struct due *due)
{
	tmg_tokens *tokens;
	tmg_token *token;
	tmg_rc rc;

	if ((rc = cli_tokens(cli, &tokens)) || (rc = cli_complete(cli, tokens)))
		return rc;
	if (tmg_tokens_count(tokens) < 2)
		return (rc = cli_token(cli, NULL, &token)) ? rc :
		    look_at(cli, r, token, due);
	for (size_t i = 0; (token = tmg_tokens_get(tokens, i)) != NULL; i++) {
		rc = look_at(cli, r, token, due);
		if (rc == TMG_E_NOMEM)
			return rc;
		if (rc == TMG_OK)
			continue;
		cli_note(cli, "%s: %s", tmg_token_reader(token), cli->fault.text);
		due->worst = rc;
	}
	return TMG_OK;
}

static tmg_rc
look_for_due(struct cli *cli, struct renewal *r, struct due *due)
{
	tmg_token *token;
	tmg_rc rc;

	if (!cli_token_is_said(cli))
		return look_everywhere(cli, r, due);
	return (rc = cli_token(cli, NULL, &token)) ? rc : look_at(cli, r, token, due);
}

/* What is in a file is one token's: on another it would cost a try. */
static tmg_rc
check_pins(struct cli *cli, const struct due *due)
{
	if (due->tokens < 2 || cli_flag(cli, "dry-run") ||
	    (!pins_given(&cli->pins, TMG_PIN_USER, false) &&
	    !pins_given(&cli->pins, TMG_PIN_ADMIN, false)))
		return TMG_OK;
	return candidates_refuse(cli, _("certificates of several tokens are to be "
	    "renewed, and a PIN from a file is that of one of them"));
}

static void
say_none(struct cli *cli)
{
	if (tmg_tokens_count(cli->tokens) == 1 || cli_token_is_said(cli))
		cli_say(cli, _("No certificate of token %s needs to be renewed."),
		    tmg_token_info(cli->token)->label);
	else
		cli_say(cli, "%s", _("No certificate of these tokens needs to be renewed."));
}

static tmg_rc
renew_all(struct cli *cli, struct renewal *r)
{
	__attribute__((__cleanup__(json_decrefp))) json_t *uris = json_array();
	__attribute__((__cleanup__(json_decrefp))) json_t *done = json_array();
	struct due due = { .uris = uris };
	tmg_rc rc;

	if (uris == NULL || done == NULL)
		return cli_raise(cli, TMG_E_NOMEM, _("out of memory"));
	if ((rc = look_for_due(cli, r, &due)) || (rc = check_pins(cli, &due)))
		return rc;
	rc = renewing_each(cli, r, uris, done);
	if (rc == TMG_OK)
		rc = due.worst;
	if (!cli->json) {
		if (json_array_size(uris) == 0 && rc == TMG_OK)
			say_none(cli);
		return rc;
	}
	cli->answered = true;
	if (cli_json(cli, json_pack("{s:O}", "renewals", done)) != TMG_OK)
		return rc != TMG_OK ? rc : TMG_E_IO;
	return rc;
}

/* ---- one ------------------------------------------------------------------ */

static tmg_rc
renew_one(struct cli *cli, struct renewal *r)
{
	tmg_key *key;
	bool due;
	tmg_rc rc;

	if ((rc = cli_key_meant(cli, cli_operand(cli, 0), &key)) ||
	    (rc = renewing_is_due(cli, key, r, &due)))
		return rc;
	if (due || r->within < 0)
		return renewing_one(cli, r, tmg_key_uri(key), NULL);
	if (cli->json)
		return cli_json(cli, json_pack("{s:b}", "due", 0));
	cli_say(cli, dngettext("tamga",
	    "%s does not end within %ld day; nothing to do.",
	    "%s does not end within %ld days; nothing to do.",
	    (unsigned long)r->within), cli_operand(cli, 0), r->within);
	return TMG_OK;
}

static tmg_rc
run_renew(struct cli *cli)
{
	__attribute__((__cleanup__(renewal_release))) struct renewal r = { .within = -1 };
	const bool all = cli_flag(cli, "all");
	tmg_rc rc;

	if (all == (cli_operand(cli, 0) != NULL))
		return cli_raise(cli, TMG_E_USAGE, _("which one? say a KEY or --all"));
	if ((rc = read_renewal(cli, &r)))
		return rc;
	return all ? renew_all(cli, &r) : renew_one(cli, &r);
}

const struct command cmd_renew = {
	.name = "renew",
	.operands = "KEY | --all",
	.least = 0,
	.most = 1,
	.what = N_("renew a certificate, authenticated by its key"),
	.options = options,
	.run = run_renew,
};
