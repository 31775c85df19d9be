/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/tamga/ask.h"
#include "tools/tamga/commands.h"
#include "tools/tamga/options.h"

static const struct opt change_options[] = {
	OPTIONS_SECRET,
	OPTIONS_NEW_PIN,
	OPTIONS_NEW_PUK,
	OPTION_NEW_ADMIN,
	OPT_END
};

static const struct opt unblock_options[] = {
	OPTIONS_NEW_PIN,
	OPT_END
};

static const struct opt verify_options[] = {
	OPTIONS_SECRET,
	OPT_END
};

static tmg_pin_kind
kind_chosen(const struct cli *cli)
{
	if (cli_flag(cli, "puk"))
		return TMG_PIN_PUK;
	return cli_flag(cli, "admin-key") ? TMG_PIN_ADMIN : TMG_PIN_USER;
}

static tmg_rc
json_done(struct cli *cli, tmg_token *token)
{
	return cli_json(cli, json_pack("{s:s, s:b}", "token", tmg_token_uri(token),
	    "done", 1));
}

/* A refusal tells what is left and makes us forget what was refused. */
static tmg_rc
refused(struct cli *cli, tmg_token *token, tmg_rc rc, int tries)
{
	cli->tries = tries;
	pins_forget(&cli->pins);
	return cli_fail(cli, rc, tmg_token_fault(token));
}

/* Nobody gave it: it is typed on the reader's keypad. */
static bool
is_typed(tmg_token *token, tmg_pin_kind kind, unsigned needs,
    const tmg_secret *pin)
{
	return pin->len == 0 && (tmg_token_keypad(token, kind) & needs) != 0;
}

static tmg_rc
run_change(struct cli *cli)
{
	tmg_auto_secret old = { .len = 0 }, fresh = { .len = 0 };
	const tmg_pin_kind kind = kind_chosen(cli);
	const unsigned needs = pins_given(&cli->pins, kind, true) ? 0
	    : TMG_PAD_CHANGE;
	tmg_token *token;
	int tries = -1;
	bool typed;
	tmg_rc rc;

	if ((rc = cli_token_meant(cli, cli_operand(cli, 0), &token)) ||
	    (rc = cli_ask_typed(cli, token, kind, needs, &old)))
		return rc;
	typed = is_typed(token, kind, needs, &old);
	if (!typed && (rc = cli_ask_fresh(cli, token, kind, &fresh)))
		return rc;
	rc = typed ? tmg_token_pin_change_typed(token, kind, &tries)
	    : tmg_token_pin_change(token, kind, tmg_secret_view(&old),
		tmg_secret_view(&fresh), &tries);
	if (rc != TMG_OK)
		return refused(cli, token, rc, tries);
	if (cli->json)
		return json_done(cli, token);
	cli_say(cli, _("The %s of token %s is changed."), cli_pin_name(token, kind),
	    tmg_token_info(token)->label);
	return TMG_OK;
}

static tmg_rc
run_unblock(struct cli *cli)
{
	tmg_auto_secret puk = { .len = 0 }, fresh = { .len = 0 };
	tmg_token *token;
	int tries = -1;
	tmg_rc rc;

	if ((rc = cli_token_meant(cli, cli_operand(cli, 0), &token)) ||
	    (rc = cli_ask(cli, token, TMG_PIN_PUK, &puk)) ||
	    (rc = cli_ask_fresh(cli, token, TMG_PIN_USER, &fresh)))
		return rc;
	rc = tmg_token_pin_unblock(token, tmg_secret_view(&puk),
	    tmg_secret_view(&fresh), &tries);
	if (rc != TMG_OK)
		return refused(cli, token, rc, tries);
	if (cli->json)
		return json_done(cli, token);
	cli_say(cli, _("The PIN of token %s is unblocked."), tmg_token_info(token)->label);
	return TMG_OK;
}

static tmg_rc
run_verify(struct cli *cli)
{
	tmg_auto_secret pin = { .len = 0 };
	const tmg_pin_kind kind = kind_chosen(cli);
	tmg_token *token;
	int tries = -1;
	tmg_rc rc;

	if ((rc = cli_token_meant(cli, cli_operand(cli, 0), &token)) ||
	    (rc = cli_ask_typed(cli, token, kind, TMG_PAD_VERIFY, &pin)))
		return rc;
	rc = is_typed(token, kind, TMG_PAD_VERIFY, &pin)
	    ? tmg_token_verify_typed(token, kind, &tries)
	    : tmg_token_verify(token, kind, tmg_secret_view(&pin), &tries);
	if (rc != TMG_OK)
		return refused(cli, token, rc, tries);
	if (cli->json)
		return json_done(cli, token);
	cli_say(cli, _("Token %s takes it."), tmg_token_info(token)->label);
	return TMG_OK;
}

const struct command cmd_pin_change = {
	.name = "pin change",
	.operands = "[TOKEN]",
	.most = 1,
	.what = N_("change the PIN, the PUK or the management key"),
	.options = change_options,
	.run = run_change,
};

const struct command cmd_pin_unblock = {
	.name = "pin unblock",
	.operands = "[TOKEN]",
	.most = 1,
	.what = N_("give a new PIN with the PUK"),
	.options = unblock_options,
	.run = run_unblock,
};

const struct command cmd_pin_verify = {
	.name = "pin verify",
	.operands = "[TOKEN]",
	.most = 1,
	.what = N_("see whether the token takes the PIN"),
	.options = verify_options,
	.run = run_verify,
};
