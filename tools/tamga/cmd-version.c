/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/tamga/commands.h"

static tmg_rc
run_version(struct cli *cli)
{
	if (cli->json)
		return cli_json(cli, json_pack("{s:s, s:s}", "version",
		    tmg_version(), "build", tmg_build_info()));
	cli_say(cli, "tamga %s", tmg_version());
	return TMG_OK;
}

const struct command cmd_version = {
	.name = "version",
	.operands = "",
	.what = N_("tell the version"),
	.run = run_version,
};
