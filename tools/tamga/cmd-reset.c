/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "tools/tamga/ask.h"
#include "tools/tamga/commands.h"
#include "tools/tamga/options.h"
#include "tools/tamga/terminal.h"

static const struct opt options[] = {
	{ "destroy", 0, OPT_TEXT, "LABEL",
	    N_("the token's label or serial number, in proof that it is meant") },
	OPTIONS_NEW_PIN,
	OPT_END
};

/* The label must be said: a habit of typing yes is no proof. */
static tmg_rc
check_meant(struct cli *cli, const tmg_backend_info *info)
{
	const char *said = cli_text(cli, "destroy");
	char prompt[256];

	if (said != NULL && (strcmp(said, info->label) == 0 ||
	    (said[0] != '\0' && strcmp(said, info->serial) == 0)))
		return TMG_OK;
	if (said != NULL)
		return cli_raise(cli, TMG_MISMATCH, _("--destroy %s: that is not "
		    "this token, which is %s; nothing was changed"), said,
		    info->label);
	snprintf(prompt, sizeof(prompt), _("Every key and certificate on the token "
	    "will be lost for ever. Type its label, %s, to go on: "), info->label);
	if (terminal_confirm(prompt, info->label))
		return TMG_OK;
	return cli_raise(cli, TMG_CANCELLED, _("nothing was changed; to reset "
	    "without a question say --destroy %s"), info->label);
}

static tmg_rc
run_reset(struct cli *cli)
{
	tmg_token *token;
	tmg_rc rc;

	if ((rc = cli_token_meant(cli, cli_operand(cli, 0), &token)) ||
	    (rc = check_meant(cli, tmg_token_info(token))))
		return rc;
	cli_pins_named(cli, token);
	rc = tmg_token_reset(token);
	if (rc != TMG_OK)
		return cli_fail(cli, rc, tmg_token_fault(token));
	if (cli->json)
		return cli_json(cli, json_pack("{s:s, s:b}", "token",
		    tmg_token_uri(token), "done", 1));
	cli_say(cli, _("Token %s is as it left the factory. Set it up: "
	    "tamga setup"), tmg_token_info(token)->label);
	return TMG_OK;
}

const struct command cmd_reset = {
	.name = "reset",
	.operands = "[TOKEN]",
	.most = 1,
	.what = N_("back to the factory's state; destroys every key"),
	.options = options,
	.run = run_reset,
};
