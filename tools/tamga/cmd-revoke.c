/* SPDX-License-Identifier: BSD-2-Clause */
#include <strings.h>

#include "tools/tamga/ca.h"
#include "tools/tamga/commands.h"
#include "tools/tamga/enrolling.h"
#include "tools/tamga/portal.h"

static const struct opt options[] = {
	{ "reason", 0, OPT_TEXT, "REASON",
	    N_("unspecified, keyCompromise, affiliationChanged, superseded, ...") },
	CA_OPTIONS,
	{ "code-file", 0, OPT_TEXT, "FILE",
	    N_("of an application: its access code is the first line") },
	OPT_END
};

/* RFC 5280 5.3.1: those that a subscriber may give. */
static const struct {
	const char *name;
	int code;
} reasons[] = {
	{ "unspecified", 0 },
	{ "keyCompromise", 1 },
	{ "affiliationChanged", 3 },
	{ "superseded", 4 },
	{ "cessationOfOperation", 5 },
	{ "certificateHold", 6 },
};

static tmg_rc
read_reason(struct cli *cli, int *code)
{
	const char *name = cli_text(cli, "reason");

	*code = 0;
	if (name == NULL)
		return TMG_OK;
	for (size_t i = 0; i < TMG_COUNT(reasons); i++) {
		if (strcasecmp(reasons[i].name, name) == 0) {
			*code = reasons[i].code;
			return TMG_OK;
		}
	}
	return cli_raise(cli, TMG_E_USAGE, _("--reason %s: say unspecified, "
	    "keyCompromise, affiliationChanged, superseded, cessationOfOperation "
	    "or certificateHold"), name);
}

static const char *
reason_name(int code)
{
	for (size_t i = 0; i < TMG_COUNT(reasons); i++)
		if (reasons[i].code == code)
			return reasons[i].name;
	return reasons[0].name;
}

/* Who has neither a code nor an account shows the certificate itself. */
static tmg_rc
show_cert(struct cli *cli, tmg_key *key, tmg_view cert, struct ca *ca)
{
	tmg_rc rc;

	if (ca->password != NULL || ca->bearer != NULL)
		return TMG_OK;
	if ((rc = tmg_key_signer(key, &ca->spec.signer)))
		return cli_fail(cli, rc, tmg_token_fault(tmg_key_token(key)));
	ca->spec.cert = cert;
	return TMG_OK;
}

static tmg_rc
revoke_cert(struct cli *cli, struct ca *ca, int reason)
{
	tmg_fault f = { 0 };
	tmg_view cert;
	tmg_key *key;
	tmg_rc rc;

	if ((rc = cli_key(cli, cli_operand(cli, 0), &key)))
		return rc;
	rc = tmg_key_cert(key, &cert);
	if (rc == TMG_NOT_FOUND)
		return cli_raise(cli, rc, _("%s has no certificate to revoke"),
		    cli_operand(cli, 0));
	if (rc != TMG_OK)
		return cli_fail(cli, rc, tmg_token_fault(cli->token));
	if ((rc = portal_recall_cert(cli, cert, ca)) ||
	    (rc = show_cert(cli, key, cert, ca)))
		return rc;
	tmg_provision_keyring(cli->tokens, &ca->spec);
	rc = tmg_provision_revoke(cli->ctx, cert, reason, &ca->spec, &f);
	if (rc != TMG_OK)
		return enrolling_refused(cli, rc, &f);
	if (cli->json)
		return cli_json(cli, json_pack("{s:s}", "revoked", tmg_key_uri(key)));
	cli_say(cli, _("The authority revoked the certificate in %s; it is still on "
	    "the token."), cli_operand(cli, 0));
	return TMG_OK;
}

static tmg_rc
run_revoke(struct cli *cli)
{
	__attribute__((__cleanup__(ca_release))) struct ca ca = { .password = NULL };
	int reason;
	tmg_rc rc;

	if ((rc = read_reason(cli, &reason)))
		return rc;
	if (portal_is_number(cli_operand(cli, 0)))
		return portal_revoke(cli, cli_operand(cli, 0), reason_name(reason));
	if ((rc = ca_read(cli, &ca)))
		return rc;
	return revoke_cert(cli, &ca, reason);
}

const struct command cmd_revoke = {
	.name = "revoke",
	.operands = "KEY | NUMBER",
	.least = 1,
	.most = 1,
	.what = N_("ask the authority to revoke a certificate"),
	.options = options,
	.run = run_revoke,
};
