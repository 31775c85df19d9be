/* SPDX-License-Identifier: BSD-2-Clause */
/* When a key that is there wants the PIN and a touch. */
#include "tools/tamga/commands.h"
#include "tools/tamga/enrolling.h"
#include "tools/tamga/open.h"
#include "tools/tamga/options.h"
#include "tools/tamga/show.h"

static const struct opt options[] = {
	OPTIONS_POLICY,
	OPT_END
};

static tmg_rc
run_policy(struct cli *cli)
{
	tmg_touch_policy touch;
	tmg_pin_policy pin;
	tmg_key *key;
	tmg_rc rc;

	if ((rc = enrolling_pin_policy(cli, "pin-policy", &pin)) ||
	    (rc = enrolling_touch_policy(cli, "touch-policy", &touch)))
		return rc;
	if (pin == TMG_PIN_UNKNOWN && touch == TMG_TOUCH_UNKNOWN)
		return cli_raise(cli, TMG_E_USAGE,
		    _("say --pin-policy, --touch-policy or both"));
	if ((rc = cli_key_meant(cli, cli_operand(cli, 0), &key)))
		return rc;
	rc = tmg_key_policy_set(key, pin, touch);
	if (rc != TMG_OK)
		return cli_fail(cli, rc, tmg_token_fault(cli->token));
	return show_key_changed(cli, key, _("The policies of the key are set."));
}

const struct command cmd_key_policy = {
	.name = "key policy",
	.operands = "KEY",
	.least = 1,
	.most = 1,
	.what = N_("choose when a key wants the PIN and a touch"),
	.options = options,
	.run = run_policy,
};
