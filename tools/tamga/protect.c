/* SPDX-License-Identifier: BSD-2-Clause */
/* Keys in a folder, and the password that whoever has them made gave for them. */
#include "tools/tamga/ask.h"

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/secret.h"

tmg_rc
cli_protect(struct cli *cli, tmg_token *token)
{
	tmg_auto_secret pin = { .len = 0 };
	const struct pins *pins = &cli->pins;
	tmg_fault f = { 0 };
	int tries;
	tmg_rc rc;

	if (!pins->password || (pins->file[TMG_PIN_USER] == NULL &&
	    pins->fd[TMG_PIN_USER] < 0))
		return TMG_OK;
	if ((rc = cli_ask(cli, token, TMG_PIN_USER, &pin)))
		return rc;
	if (tmg_passrule_check(&pins->rule, tmg_secret_view(&pin), &f))
		return cli_raise(cli, TMG_E_USAGE, "%s; %s", f.text,
		    pins->rule_text != NULL ? pins->rule_text : "");
	rc = tmg_token_verify(token, TMG_PIN_USER, tmg_secret_view(&pin), &tries);
	return rc == TMG_OK ? rc : cli_fail(cli, rc, tmg_token_fault(token));
}
