/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The account that this computer has at an ACME server (RFC 8555 7.3).
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "tools/tamga/ask.h"
#include "tools/tamga/ca.h"
#include "tools/tamga/commands.h"
#include "tools/tamga/enrolling.h"
#include "tools/tamga/options.h"

static const struct opt options[] = {
	CA_OPTIONS,
	OPT_END
};

static const struct opt end_options[] = {
	CA_OPTIONS,
	OPTION_YES,
	OPT_END
};

struct question {
	tmg_verb verb;
	const char *path;
	json_t *body;		/* NULL none */
};

static void
free_text(char **text)
{
	free(*text);
}

/* The account's key may be on a token; one in software needs none. */
static void
lend_tokens(struct cli *cli, struct ca *ca)
{
	const tmg_fault before = cli->fault;
	tmg_tokens *tokens;

	if (cli_tokens(cli, &tokens) == TMG_OK)
		tmg_provision_keyring(tokens, &ca->spec);
	else
		cli->fault = before;
	cli->stage = STAGE_AUTHORITY;
}

static tmg_rc
call(struct cli *cli, const struct ca *ca, const struct question *q, json_t **said)
{
	__attribute__((__cleanup__(free_text))) char *body =
	    q->body != NULL ? json_dumps(q->body, JSON_COMPACT) : NULL;
	tmg_auto(tmg_answer) answer = { .text = NULL };
	tmg_auto_ptr(tmg_authority) a = NULL;
	tmg_fault f = { 0 };
	tmg_rc rc;

	if ((rc = tmg_authority_open(cli->ctx, &ca->spec, &f, &a)))
		return enrolling_refused(cli, rc, &f);
	rc = tmg_authority_call(a, &(tmg_call){ .verb = q->verb, .path = q->path,
	    .body = tmg_view_str(body != NULL ? body : "") }, &answer);
	if (rc != TMG_OK)
		return enrolling_refused(cli, rc, tmg_authority_fault(a));
	*said = json_loads(answer.text, 0, NULL);
	return *said != NULL ? TMG_OK : cli_raise(cli, TMG_E_NOMEM, _("out of memory"));
}

static tmg_rc
ask(struct cli *cli, const struct question *q, json_t **said)
{
	__attribute__((__cleanup__(ca_release))) struct ca ca = { .password = NULL };
	const char *uri;
	tmg_rc rc;

	if ((rc = ca_read(cli, &ca)) || (rc = ca_trust(cli, &ca)))
		return rc;
	uri = ca.spec.uri;
	if (strncasecmp(uri, "acme+", 5) != 0)
		return cli_raise(cli, TMG_E_USAGE, _("%s: accounts are what ACME servers "
		    "have; say --ca acme+https://..."), uri);
	lend_tokens(cli, &ca);
	return call(cli, &ca, q, said);
}

static const char *
text_of(const json_t *said, const char *name)
{
	const char *text = json_string_value(json_object_get(said, name));

	return text != NULL && text[0] != '\0' ? text : NULL;
}

static tmg_rc
answer(struct cli *cli, const struct question *q)
{
	json_t *said = NULL;
	tmg_rc rc = ask(cli, q, &said);

	json_decref(q->body);
	if (rc != TMG_OK)
		return rc;
	if (cli->json)
		return cli_json(cli, said);
	cli_say(cli, "%s", text_of(said, "account"));
	cli_say(cli, _("  status   %s"), text_of(said, "status"));
	cli_say(cli, _("  contact  %s"), text_of(said, "contact") != NULL ?
	    text_of(said, "contact") : _("none"));
	cli_say(cli, _("  key      %s"), text_of(said, "key") != NULL ?
	    text_of(said, "key") : _("in software, on this computer"));
	json_decref(said);
	return TMG_OK;
}

static tmg_rc
run_show(struct cli *cli)
{
	return answer(cli, &(struct question){ TMG_VERB_GET, "account", NULL });
}

static tmg_rc
run_contact(struct cli *cli)
{
	const char *contact = cli_operand(cli, 0);

	return answer(cli, &(struct question){ TMG_VERB_PUT, "account", contact != NULL
	    ? json_pack("{s:[s]}", "contact", contact)
	    : json_pack("{s:[]}", "contact") });
}

static tmg_rc
run_change_key(struct cli *cli)
{
	return answer(cli, &(struct question){ TMG_VERB_POST, "account/key",
	    json_pack("{s:s?}", "key", cli_operand(cli, 0)) });
}

static tmg_rc
run_deactivate(struct cli *cli)
{
	json_t *said = NULL;
	tmg_rc rc;

	if ((rc = cli_sure(cli, _("The account will be over for good: its certificates "
	    "stay, but nothing is issued or revoked by it any more."))) ||
	    (rc = ask(cli, &(struct question){ TMG_VERB_POST, "account/deactivate", NULL },
	    &said)))
		return rc;
	json_decref(said);
	if (cli->json)
		return cli_json(cli, json_pack("{s:b}", "deactivated", 1));
	cli_say(cli, _("The account is over; the next enrollment makes another one."));
	return TMG_OK;
}

const struct command cmd_account_show = {
	.name = "account show",
	.operands = "",
	.least = 0,
	.most = 0,
	.what = N_("show this computer's account at an ACME server"),
	.options = options,
	.run = run_show,
};

const struct command cmd_account_contact = {
	.name = "account contact",
	.operands = "[mailto:ADDRESS]",
	.least = 0,
	.most = 1,
	.what = N_("change whom the server may write to; nobody without an address"),
	.options = options,
	.run = run_contact,
};

const struct command cmd_account_change_key = {
	.name = "account change-key",
	.operands = "[KEY]",
	.least = 0,
	.most = 1,
	.what = N_("give the account another key: KEY on a token, or a new one in software"),
	.options = options,
	.run = run_change_key,
};

const struct command cmd_account_deactivate = {
	.name = "account deactivate",
	.operands = "",
	.least = 0,
	.most = 0,
	.what = N_("end the account for good"),
	.options = end_options,
	.run = run_deactivate,
};
