/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A request for somebody else to carry to an authority.
 */
#include <stdlib.h>

#include "tools/tamga/commands.h"
#include "tools/tamga/options.h"
#include "tools/tamga/request.h"

static const struct opt options[] = {
	REQUEST_OPTIONS,
	OPTION_OUTPUT(N_("where to; else standard output")),
	OPTION_DER(N_("DER instead of PEM")),
	OPT_END
};

/* The attestation of the key, when it is wanted. */
static tmg_rc
attest(struct cli *cli, tmg_key *key, const struct request *r, tmg_out *der)
{
	tmg_rc rc;

	if (!r->attest)
		return TMG_OK;
	rc = tmg_key_attest(key, der);
	return rc == TMG_OK ? rc : cli_fail(cli, rc, tmg_token_fault(cli->token));
}

static tmg_rc
make(struct cli *cli, tmg_key *key, const struct request *r, tmg_out *csr)
{
	tmg_auto_free uint8_t *store = malloc(TMG_CERT_MAX);
	tmg_out leaf = { store, TMG_CERT_MAX, 0, false };
	tmg_csr_spec spec = r->spec;
	tmg_signer *signer;
	tmg_fault f = { 0 };
	tmg_view chain;
	tmg_rc rc;

	if (store == NULL)
		return cli_raise(cli, TMG_E_NOMEM, _("out of memory"));
	rc = tmg_key_signer(key, &signer);
	if (rc == TMG_NOT_FOUND)
		return cli_raise(cli, rc, _("slot %s has no key, or nothing tells of "
		    "its public half; make one with: tamga key generate %s"),
		    tmg_key_slot(key)->name, tmg_key_slot(key)->name);
	if (rc != TMG_OK)
		return cli_fail(cli, rc, tmg_token_fault(cli->token));
	if ((rc = attest(cli, key, r, &leaf)))
		return rc;
	chain = tmg_out_view(&leaf);
	spec.attestation = &chain;
	spec.attestation_count = r->attest ? 1 : 0;
	rc = tmg_csr_make(cli->ctx, &spec, signer, csr, &f);
	return rc == TMG_OK ? rc : cli_fail(cli, rc, &f);
}

static tmg_rc
show(struct cli *cli, const char *path, tmg_view der)
{
	tmg_rc rc;

	if (path != NULL || !cli->json) {
		rc = cli_flag(cli, "der") ? cli_write(cli, path, der)
		    : cli_write_pem(cli, path, "CERTIFICATE REQUEST", der);
		if (rc != TMG_OK || !cli->json)
			return rc;
	}
	return cli_json(cli, json_pack("{s:o}", "csr",
	    cli_pem_json(cli, "CERTIFICATE REQUEST", der)));
}

static tmg_rc
csr(struct cli *cli, const struct request *r)
{
	tmg_auto_free uint8_t *store = malloc(TMG_CSR_MAX);
	tmg_out der = { store, TMG_CSR_MAX, 0, false };
	const char *path = cli_text(cli, "output");
	tmg_key *key;
	tmg_rc rc;

	if (store == NULL)
		return cli_raise(cli, TMG_E_NOMEM, _("out of memory"));
	if (r->spec.subject == NULL)
		return cli_raise(cli, TMG_E_USAGE,
		    _("whom is it for? say --subject CN=...,C=..."));
	if ((rc = cli_key(cli, cli_operand(cli, 0), &key)) ||
	    (rc = make(cli, key, r, &der)))
		return rc;
	return show(cli, path, tmg_out_view(&der));
}

static tmg_rc
run_csr(struct cli *cli)
{
	__attribute__((__cleanup__(request_release))) struct request r = { 0 };
	tmg_rc rc;

	if ((rc = request_read(cli, &r)))
		return rc;
	return csr(cli, &r);
}

const struct command cmd_csr = {
	.name = "csr",
	.operands = "KEY",
	.least = 1,
	.most = 1,
	.what = N_("make a certificate request (PKCS#10) with a key"),
	.options = options,
	.run = run_csr,
};
