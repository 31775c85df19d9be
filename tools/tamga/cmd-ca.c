/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whose certificates an authority says it has, now and next.
 */
#include <string.h>

#include "tools/tamga/ca.h"
#include "tools/tamga/commands.h"
#include "tools/tamga/enrolling.h"
#include "tools/tamga/options.h"
#include "tools/tamga/show.h"
#include "tools/tamga/text.h"

static const struct opt options[] = {
	OPTION_OUTPUT(N_("write them there, PEM")),
	CA_OPTIONS,
	OPT_END
};

/* What is asked; adds to certs. */
typedef tmg_rc question(tmg_authority *a, tmg_certs *certs);

static tmg_rc
ask_now(tmg_authority *a, tmg_certs *certs)
{
	const tmg_certs *known;
	tmg_rc rc = tmg_authority_cacerts(a, &known);

	for (size_t i = 0; rc == TMG_OK && i < tmg_certs_count(known); i++)
		rc = tmg_certs_add(certs, tmg_certs_get(known, i));
	return rc;
}

static tmg_rc
ask(struct cli *cli, question *what, tmg_certs *certs)
{
	__attribute__((__cleanup__(ca_release))) struct ca ca = { .password = NULL };
	tmg_auto_ptr(tmg_authority) a = NULL;
	tmg_fault f = { 0 };
	tmg_rc rc;

	if ((rc = ca_read(cli, &ca)) || (rc = ca_trust(cli, &ca)))
		return rc;
	cli->stage = STAGE_AUTHORITY;
	if ((rc = tmg_authority_open(cli->ctx, &ca.spec, &f, &a)))
		return enrolling_refused(cli, rc, &f);
	rc = what(a, certs);
	return rc == TMG_OK ? rc : enrolling_refused(cli, rc, tmg_authority_fault(a));
}

static void
say_cert(struct cli *cli, const tmg_cert_facts *c)
{
	char from[32], until[32];

	cli_say(cli, "%s", c->subject);
	cli_say(cli, "  %-12s %s", _("issuer"), c->issuer);
	cli_say(cli, "  %-12s %s", _("valid from"),
	    text_time(c->not_before, from, sizeof(from)));
	cli_say(cli, "  %-12s %s", _("valid until"),
	    text_time(c->not_after, until, sizeof(until)));
	cli_say(cli, "  %-12s %s", _("SHA-256"), c->sha256);
}

static tmg_rc
say_all(struct cli *cli, const tmg_certs *certs)
{
	json_t *list = json_array();
	tmg_cert_facts facts;
	tmg_rc rc = TMG_OK;

	for (size_t i = 0; rc == TMG_OK && i < tmg_certs_count(certs); i++) {
		const tmg_view der = tmg_certs_get(certs, i);
		json_t *one;

		if ((rc = tmg_cert_facts_get(der, &facts)))
			break;
		if (!cli->json) {
			say_cert(cli, &facts);
			continue;
		}
		one = show_cert_json(&facts);
		json_object_set_new(one, "pem", cli_pem_json(cli, "CERTIFICATE", der));
		json_array_append_new(list, one);
	}
	if (rc == TMG_OK && cli->json)
		return cli_json(cli, json_pack("{s:o}", "certificates", list));
	json_decref(list);
	return rc == TMG_OK ? rc : cli_raise(cli, rc, _("a certificate is damaged"));
}

static tmg_rc
answer(struct cli *cli, question *what)
{
	tmg_auto_ptr(tmg_certs) certs = NULL;
	const char *path = cli_text(cli, "output");
	tmg_rc rc;

	if (tmg_certs_new(&certs))
		return cli_raise(cli, TMG_E_NOMEM, _("out of memory"));
	if ((rc = ask(cli, what, certs)))
		return rc;
	if (path != NULL && (rc = cli_write_certs(cli, path, certs)))
		return rc;
	return path != NULL && strcmp(path, "-") == 0 ? TMG_OK : say_all(cli, certs);
}

static tmg_rc
run_show(struct cli *cli)
{
	return answer(cli, ask_now);
}

static tmg_rc
run_next(struct cli *cli)
{
	return answer(cli, tmg_authority_next);
}

const struct command cmd_ca_show = {
	.name = "ca show",
	.operands = "",
	.least = 0,
	.most = 0,
	.what = N_("show an authority's certificates, checked"),
	.options = options,
	.run = run_show,
};

const struct command cmd_ca_next = {
	.name = "ca next",
	.operands = "",
	.least = 0,
	.most = 0,
	.what = N_("show those of the CA that will follow, vouched for by the one in force"),
	.options = options,
	.run = run_next,
};
