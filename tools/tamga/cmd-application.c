/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an applicant does with an application besides getting its certificate.
 */
#include "tools/tamga/ask.h"
#include "tools/tamga/ca.h"
#include "tools/tamga/commands.h"
#include "tools/tamga/options.h"
#include "tools/tamga/portal.h"

#define OPTION_CODE { "code-file", 0, OPT_TEXT, "FILE", \
	N_("the access code is the first line; else the one kept from before") }

static const struct opt options[] = {
	CA_OPTIONS,
	OPTION_CODE,
	OPT_END
};

static const struct opt print_options[] = {
	OPTION_OUTPUT(N_("save it there: .pdf, .html or .txt; else text is shown")),
	{ "form", 0, OPT_TEXT, "FORM", N_("pdf, html or txt, whatever the file is called") },
	{ "document", 0, OPT_TEXT, "NAME",
	    N_("a document that goes with it, filled in, such as contract") },
	CA_OPTIONS,
	OPTION_CODE,
	OPT_END
};

static const struct opt cancel_options[] = {
	CA_OPTIONS,
	OPTION_CODE,
	OPTION_YES,
	OPT_END
};

static tmg_rc
run_print(struct cli *cli)
{
	return portal_print(cli, cli_operand(cli, 0));
}

static tmg_rc
run_cancel(struct cli *cli)
{
	const tmg_rc rc = cli_sure(cli, _("The application will be over for good; another "
	    "one would have to be begun."));

	return rc != TMG_OK ? rc : portal_act(cli, cli_operand(cli, 0), "/cancel");
}

static tmg_rc
run_suspend(struct cli *cli)
{
	return portal_act(cli, cli_operand(cli, 0), "/suspend");
}

static tmg_rc
run_resume(struct cli *cli)
{
	return portal_act(cli, cli_operand(cli, 0), "/resume");
}

static tmg_rc
run_sent(struct cli *cli)
{
	return portal_act(cli, cli_operand(cli, 0), "/send-docs");
}

const struct command cmd_application_print = {
	.name = "application print",
	.operands = "NUMBER",
	.least = 1,
	.most = 1,
	.what = N_("save an application at its portal, to be kept and printed"),
	.options = print_options,
	.run = run_print,
};

const struct command cmd_application_sent = {
	.name = "application sent",
	.operands = "NUMBER",
	.least = 1,
	.most = 1,
	.what = N_("tell the portal that the documents are on their way"),
	.options = options,
	.run = run_sent,
};

const struct command cmd_application_cancel = {
	.name = "application cancel",
	.operands = "NUMBER",
	.least = 1,
	.most = 1,
	.what = N_("withdraw an application"),
	.options = cancel_options,
	.run = run_cancel,
};

const struct command cmd_application_suspend = {
	.name = "application suspend",
	.operands = "NUMBER",
	.least = 1,
	.most = 1,
	.what = N_("have the certificate of an application suspended"),
	.options = options,
	.run = run_suspend,
};

const struct command cmd_application_resume = {
	.name = "application resume",
	.operands = "NUMBER",
	.least = 1,
	.most = 1,
	.what = N_("have it in force again"),
	.options = options,
	.run = run_resume,
};
