/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "tools/tamga/ask.h"
#include "tools/tamga/commands.h"
#include "tools/tamga/crypto.h"
#include "tools/tamga/options.h"
#include "tools/tamga/show.h"
#include "tools/tamga/text.h"

/* The certificate of the key that the first operand names. */
static tmg_rc
find_cert(struct cli *cli, tmg_key **key, tmg_view *der)
{
	tmg_rc rc;

	if ((rc = cli_key(cli, cli_operand(cli, 0), key)))
		return rc;
	rc = tmg_key_cert(*key, der);
	return rc == TMG_OK ? rc : cli_fail(cli, rc, tmg_token_fault(cli->token));
}

static tmg_rc
read_facts(struct cli *cli, tmg_view der, tmg_cert_facts *facts)
{
	const tmg_rc rc = tmg_cert_facts_get(der, facts);

	if (rc == TMG_E_MALFORMED)
		return cli_raise(cli, rc, _("the certificate is damaged"));
	return rc;
}

static tmg_rc
run_show(struct cli *cli)
{
	char from[32], until[32], uri[TMG_URI_MAX];
	tmg_cert_facts c;
	tmg_view der;
	tmg_key *key;
	json_t *doc;
	tmg_rc rc;

	if ((rc = find_cert(cli, &key, &der)) ||
	    (rc = read_facts(cli, der, &c)))
		return rc;
	if (cli->json) {
		doc = show_cert_json(&c);
		json_object_set_new(doc, "uri",
		    json_string(show_uri(key, "cert", uri)));
		return cli_json(cli, doc);
	}
	cli_say(cli, "%-12s %s", _("subject"), c.subject);
	cli_say(cli, "%-12s %s", _("issuer"), c.issuer);
	cli_say(cli, "%-12s %s", _("serial"), c.serial);
	cli_say(cli, "%-12s %s", _("valid from"),
	    text_time(c.not_before, from, sizeof(from)));
	cli_say(cli, "%-12s %s", _("valid until"),
	    text_time(c.not_after, until, sizeof(until)));
	cli_say(cli, "%-12s %s", _("SHA-256"), c.sha256);
	cli_say(cli, "%-12s %s", "URI", show_uri(key, "cert", uri));
	return TMG_OK;
}

const struct command cmd_cert_show = {
	.name = "cert show",
	.operands = "KEY",
	.least = 1,
	.most = 1,
	.what = N_("what the certificate beside a key says"),
	.run = run_show,
};

/* ---- export -------------------------------------------------------------- */

static const struct opt export_options[] = {
	OPTION_OUTPUT(N_("write it there")),
	OPTION_DER(N_("DER instead of PEM")),
	OPT_END
};

tmg_rc
cli_write_cert(struct cli *cli, tmg_view der)
{
	const char *path = cli_text(cli, "output");
	tmg_cert_facts facts;
	json_t *doc;
	tmg_rc rc;

	if (!cli->json || path != NULL) {
		rc = cli_flag(cli, "der") ? cli_write(cli, path, der)
		    : cli_write_pem(cli, path, "CERTIFICATE", der);
		if (rc != TMG_OK || !cli->json)
			return rc;
	}
	if ((rc = read_facts(cli, der, &facts)))
		return rc;
	doc = show_cert_json(&facts);
	json_object_set_new(doc, "pem", cli_pem_json(cli, "CERTIFICATE", der));
	return cli_json(cli, doc);
}

static tmg_rc
run_export(struct cli *cli)
{
	tmg_view der;
	tmg_key *key;
	tmg_rc rc;

	if ((rc = find_cert(cli, &key, &der)))
		return rc;
	return cli_write_cert(cli, der);
}

const struct command cmd_cert_export = {
	.name = "cert export",
	.operands = "KEY",
	.least = 1,
	.most = 1,
	.what = N_("write the certificate beside a key"),
	.options = export_options,
	.run = run_export,
};

/* ---- install, delete ----------------------------------------------------- */

static const struct opt install_options[] = {
	OPTION_REPLACE(N_("overwrite another certificate")),
	OPT_END
};

static tmg_rc
run_install(struct cli *cli)
{
	tmg_auto_ptr(tmg_certs) certs = NULL;
	tmg_key *key;
	tmg_rc rc;

	if ((rc = tmg_certs_new(&certs)))
		return cli_raise(cli, rc, _("out of memory"));
	if ((rc = crypto_certs(cli, cli_operand(cli, 1), certs)) ||
	    (rc = cli_key_meant(cli, cli_operand(cli, 0), &key)))
		return rc;
	if (tmg_certs_count(certs) != 1)
		return cli_raise(cli, TMG_E_USAGE, _("the file holds %zu "
		    "certificates; give the one of the key alone"),
		    tmg_certs_count(certs));
	rc = tmg_key_cert_install(key, tmg_certs_get(certs, 0),
	    cli_flag(cli, "replace"));
	if (rc != TMG_OK)
		return cli_fail(cli, rc, tmg_token_fault(cli->token));
	return show_changed(cli, key,
	    _("The certificate is written and was read back."));
}

const struct command cmd_cert_install = {
	.name = "cert install",
	.operands = "KEY [FILE]",
	.least = 1,
	.most = 2,
	.what = N_("put a certificate beside its key"),
	.options = install_options,
	.run = run_install,
};

static const struct opt delete_options[] = {
	OPTION_YES,
	OPT_END
};

static tmg_rc
run_delete(struct cli *cli)
{
	char what[160];
	tmg_view der;
	tmg_key *key;
	tmg_rc rc;

	if ((rc = cli_key_meant(cli, cli_operand(cli, 0), &key)))
		return rc;
	/* One that cannot be read can still be deleted. */
	rc = tmg_key_cert(key, &der);
	if (rc != TMG_OK && !tmg_is_fault(rc))
		return cli_fail(cli, rc, tmg_token_fault(cli->token));
	snprintf(what, sizeof(what), _("The certificate in slot %s of token %s "
	    "will be deleted."), tmg_key_slot(key)->name,
	    tmg_token_info(cli->token)->label);
	if ((rc = cli_sure(cli, what)))
		return rc;
	rc = tmg_key_cert_delete(key);
	if (rc != TMG_OK)
		return cli_fail(cli, rc, tmg_token_fault(cli->token));
	return show_changed(cli, key, _("The certificate is deleted."));
}

const struct command cmd_cert_delete = {
	.name = "cert delete",
	.operands = "KEY",
	.least = 1,
	.most = 1,
	.what = N_("delete the certificate beside a key"),
	.options = delete_options,
	.run = run_delete,
};
