/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/tamga/renewing.h"

#include <stdlib.h>
#include <time.h>

#include "tools/tamga/enrolling.h"

enum { DAY_S = 86400 };

void
renewal_release(struct renewal *r)
{
	ca_release(&r->ca);
}

/* ---- what is due --------------------------------------------------------- */

/* One valid for less than three such spans is due in its last third, so that
 * what was renewed today is not renewed tomorrow. */
static bool
ends_within(const struct renewal *r, const tmg_cert_facts *facts)
{
	const time_t third = (facts->not_after - facts->not_before) / 3;
	time_t span = (time_t)r->within * DAY_S;

	if (r->within < 0)
		return true;
	if (r->usual && third < span)
		span = third;
	return facts->not_after <= time(NULL) + span;
}

tmg_rc
renewing_is_due(struct cli *cli, tmg_key *key, const struct renewal *r, bool *due)
{
	tmg_cert_facts facts;
	tmg_view cert;
	tmg_rc rc = tmg_key_cert(key, &cert);

	*due = false;
	if (rc == TMG_NOT_FOUND)
		return TMG_OK;
	if (rc != TMG_OK)
		return cli_fail(cli, rc, tmg_token_fault(tmg_key_token(key)));
	rc = tmg_cert_facts_get(cert, &facts);
	if (rc == TMG_E_NOMEM)
		return rc;
	if (rc == TMG_OK)
		*due = ends_within(r, &facts);
	return TMG_OK;
}

tmg_rc
renewing_find(struct cli *cli, const struct renewal *r, tmg_token *token,
    json_t *uris)
{
	size_t count;
	bool due;
	tmg_rc rc;

	if ((rc = tmg_token_keys(token, &count)))
		return cli_fail(cli, rc, tmg_token_fault(token));
	for (size_t i = 0; i < count; i++) {
		tmg_key *key = tmg_token_key(token, i);

		if ((rc = renewing_is_due(cli, key, r, &due)))
			return rc;
		if (due && json_array_append_new(uris,
		    json_string(tmg_key_uri(key))) != 0)
			return cli_raise(cli, TMG_E_NOMEM, _("out of memory"));
	}
	return TMG_OK;
}

/* ---- renewed -------------------------------------------------------------- */

static tmg_rc
show_rehearsal(struct cli *cli, const tmg_provision_record *about, json_t *list)
{
	json_t *doc;

	if (!cli->json) {
		cli_say(cli, _("%s would be renewed into slot %s; nothing was changed."),
		    about->subject, about->slot);
		return TMG_OK;
	}
	doc = json_pack("{s:o, s:b}", "enrollment", enrolling_json(about),
	    "dry_run", 1);
	if (list == NULL)
		return cli_json(cli, doc);
	json_array_append_new(list, doc);
	return TMG_OK;
}

static tmg_rc
rehearse(struct cli *cli, const tmg_provision_spec *spec, json_t *list)
{
	tmg_auto_free uint8_t *store = malloc(TMG_CSR_MAX);
	tmg_out csr = { store, TMG_CSR_MAX, 0, false };
	tmg_provision_record about;
	tmg_fault f = { 0 };
	tmg_rc rc;

	if (store == NULL)
		return cli_raise(cli, TMG_E_NOMEM, _("out of memory"));
	rc = tmg_provision_rehearse(cli->ctx, cli->tokens, spec, &about, &csr, &f);
	if (rc != TMG_OK)
		return enrolling_refused(cli, rc, &f);
	return show_rehearsal(cli, &about, list);
}

tmg_rc
renewing_one(struct cli *cli, struct renewal *r, const char *key, json_t *list)
{
	tmg_auto_ptr(tmg_provision) p = NULL;
	tmg_fault f = { 0 };
	tmg_rc rc;

	r->spec.renews = key;
	if (cli_flag(cli, "dry-run"))
		return rehearse(cli, &r->spec, list);
	rc = tmg_provision_begin(cli->ctx, cli->tokens, &r->spec, &f, &p);
	return rc == TMG_OK ? enrolling_run(cli, p, list)
	    : enrolling_refused(cli, rc, &f);
}

/* One that fails must not keep the others from being renewed. */
static void
note_failed(struct cli *cli, tmg_rc rc, const char *uri, json_t *done,
    size_t before)
{
	json_t *error;

	if (!cli->json) {
		cli_note(cli, "%s: %s", uri, cli->fault.text);
		return;
	}
	if (json_array_size(done) > before)	/* it tells of its failure itself */
		return;
	error = cli_error_json(cli, rc);
	json_object_set_new(error, "renews", json_string(uri));
	json_array_append_new(done, error);
}

tmg_rc
renewing_each(struct cli *cli, struct renewal *r, const json_t *uris, json_t *done)
{
	tmg_rc rc, worst = TMG_OK;

	for (size_t i = 0; i < json_array_size(uris); i++) {
		const char *uri = json_string_value(json_array_get(uris, i));
		const size_t before = json_array_size(done);

		if ((rc = renewing_one(cli, r, uri, done)) == TMG_OK)
			continue;
		note_failed(cli, rc, uri, done, before);
		worst = rc;
	}
	return worst;
}
