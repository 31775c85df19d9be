/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A certificate renewed by the key it is for: that key authenticates us to
 * the authority the certificate came from.
 */
#include <stdlib.h>
#include <time.h>

#include "tools/tamga/ca.h"
#include "tools/tamga/commands.h"
#include "tools/tamga/options.h"
#include "tools/tamga/enrolling.h"
#include "tools/tamga/text.h"

enum {
	WITHIN_DAYS = 30,	/* --all without --within */
	DAYS_MAX = 36500,
	DAY_S = 86400,
};

static const struct opt options[] = {
	{ "all", 'a', OPT_FLAG, NULL, N_("every certificate on the token that ends soon") },
	{ "within", 0, OPT_TEXT, "DAYS", N_("only what ends within so many days; with --all 30") },
	{ "same-key", 0, OPT_FLAG, NULL, N_("a new certificate for the key that is there") },
	OPTION_SLOT(N_("where the new key goes; else a free slot like the old")),
	OPTION_TYPE(N_("of the new key; else as the old")),
	OPTION_REPLACE(N_("overwrite what that slot holds")),
	OPTION_DRY_RUN,
	WAIT_OPTIONS,
	CA_OPTIONS,
	OPT_END
};

struct renewal {
	struct ca ca;
	tmg_provision_spec spec;
	long within;		/* days; -1 whenever */
	bool usual;		/* nobody said how many */
};

static void
renewal_release(struct renewal *r)
{
	ca_release(&r->ca);
}

static tmg_rc
read_renewal(struct cli *cli, struct renewal *r)
{
	const char *within = cli_text(cli, "within");
	const char *type = cli_text(cli, "type");
	tmg_rc rc;

	r->within = cli_flag(cli, "all") ? WITHIN_DAYS : -1;
	r->usual = within == NULL;
	if (within != NULL &&
	    (rc = enrolling_number(cli, "within", within, 0, DAYS_MAX, &r->within)))
		return rc;
	if (type != NULL && tmg_alg_parse(type, &r->spec.alg) != TMG_OK)
		return cli_raise(cli, TMG_E_USAGE,
		    _("--type %s: there is no such kind of key"), type);
	if ((rc = ca_read(cli, &r->ca)))
		return rc;
	r->spec.authority = r->ca.spec;
	r->spec.slot = cli_text(cli, "slot");
	r->spec.replace = cli_flag(cli, "replace");
	r->spec.keep_key = cli_flag(cli, "same-key");
	if (r->spec.keep_key && r->spec.slot != NULL)
		return cli_raise(cli, TMG_E_USAGE,
		    _("--same-key or --slot: the same key stays where it is"));
	return TMG_OK;
}

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

/* Whether the key has a certificate that ends within the days asked for. */
static tmg_rc
is_due(struct cli *cli, tmg_key *key, const struct renewal *r, bool *due)
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

static tmg_rc
renew(struct cli *cli, struct renewal *r, const char *key, json_t *list)
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

/* ---- all of them --------------------------------------------------------- */

/* The URIs of what is due, as a JSON array: looked for before anything is
 * renewed, for a new certificate may be due as well. */
static tmg_rc
find_due(struct cli *cli, const struct renewal *r, tmg_token *token,
    json_t *uris)
{
	size_t count;
	bool due;
	tmg_rc rc;

	if ((rc = tmg_token_keys(token, &count)))
		return cli_fail(cli, rc, tmg_token_fault(token));
	for (size_t i = 0; i < count; i++) {
		tmg_key *key = tmg_token_key(token, i);

		if ((rc = is_due(cli, key, r, &due)))
			return rc;
		if (due && json_array_append_new(uris,
		    json_string(tmg_key_uri(key))) != 0)
			return cli_raise(cli, TMG_E_NOMEM, _("out of memory"));
	}
	return TMG_OK;
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

/* The last failure is what the command says in the end. */
static tmg_rc
renew_each(struct cli *cli, struct renewal *r, const json_t *uris, json_t *done)
{
	tmg_rc rc, worst = TMG_OK;

	for (size_t i = 0; i < json_array_size(uris); i++) {
		const char *uri = json_string_value(json_array_get(uris, i));
		const size_t before = json_array_size(done);

		if ((rc = renew(cli, r, uri, done)) == TMG_OK)
			continue;
		note_failed(cli, rc, uri, done, before);
		worst = rc;
	}
	return worst;
}

static tmg_rc
renew_all(struct cli *cli, struct renewal *r)
{
	__attribute__((__cleanup__(json_decrefp))) json_t *uris = json_array();
	__attribute__((__cleanup__(json_decrefp))) json_t *done = json_array();
	tmg_token *token;
	tmg_rc rc;

	if (uris == NULL || done == NULL)
		return cli_raise(cli, TMG_E_NOMEM, _("out of memory"));
	if ((rc = cli_token(cli, NULL, &token)) ||
	    (rc = find_due(cli, r, token, uris)))
		return rc;
	rc = renew_each(cli, r, uris, done);
	if (!cli->json) {
		if (json_array_size(uris) == 0)
			cli_say(cli, _("No certificate of token %s needs to be renewed."),
			    tmg_token_info(token)->label);
		return rc;
	}
	cli->answered = true;
	if (cli_json(cli, json_pack("{s:O}", "renewals", done)) != TMG_OK)
		return rc != TMG_OK ? rc : TMG_E_IO;
	return rc;
}

/* ---- one ------------------------------------------------------------------ */

static tmg_rc
renew_one(struct cli *cli, struct renewal *r)
{
	tmg_key *key;
	bool due;
	tmg_rc rc;

	if ((rc = cli_key(cli, cli_operand(cli, 0), &key)) ||
	    (rc = is_due(cli, key, r, &due)))
		return rc;
	if (due || r->within < 0)
		return renew(cli, r, tmg_key_uri(key), NULL);
	if (cli->json)
		return cli_json(cli, json_pack("{s:b}", "due", 0));
	cli_say(cli, dngettext("tamga",
	    "%s does not end within %ld day; nothing to do.",
	    "%s does not end within %ld days; nothing to do.",
	    (unsigned long)r->within), cli_operand(cli, 0), r->within);
	return TMG_OK;
}

static tmg_rc
run_renew(struct cli *cli)
{
	__attribute__((__cleanup__(renewal_release))) struct renewal r = { .within = -1 };
	const bool all = cli_flag(cli, "all");
	tmg_rc rc;

	if (all == (cli_operand(cli, 0) != NULL))
		return cli_raise(cli, TMG_E_USAGE, _("which one? say a KEY or --all"));
	if ((rc = read_renewal(cli, &r)))
		return rc;
	return all ? renew_all(cli, &r) : renew_one(cli, &r);
}

const struct command cmd_renew = {
	.name = "renew",
	.operands = "KEY | --all",
	.least = 0,
	.most = 1,
	.what = N_("renew a certificate, authenticated by its key"),
	.options = options,
	.run = run_renew,
};
