/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/tamga/renewing.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tools/tamga/enrolling.h"

enum {
	USUAL_DAYS = 30,
	DAYS_MAX = 36500,
	DAY_S = 86400,
};

tmg_rc
renewal_read(struct cli *cli, bool usual, struct renewal *r)
{
	const char *within = cli_text(cli, "within");
	tmg_rc rc;

	r->within = usual ? USUAL_DAYS : -1;
	r->usual = within == NULL;
	if (within != NULL &&
	    (rc = enrolling_number(cli, "within", within, 0, DAYS_MAX, &r->within)))
		return rc;
	if ((rc = ca_read(cli, &r->ca)))
		return rc;
	r->spec.authority = r->ca.spec;
	r->spec.swap = !cli_flag(cli, "no-swap");
	return TMG_OK;
}

void
renewal_release(struct renewal *r)
{
	ca_release(&r->ca);
	request_release(&r->request);
}

/* ---- what is due --------------------------------------------------------- */

bool
renewing_is_time(const struct cli *cli, const struct renewal *r, time_t begin,
    time_t end)
{
	const time_t life = end - begin, now = time(NULL);
	time_t span = (time_t)r->within * DAY_S;

	if (r->within < 0)
		return true;
	if (r->usual && cli->conf.renew_at > 0)
		return now >= begin + life / 100 * cli->conf.renew_at;
	if (r->usual && life / 3 < span)
		span = life / 3;
	return end <= now + span;
}

/* A moment of the authority's span: the same for a certificate each time it is
 * looked for, and spread over those of many (RFC 9773 4.2). */
static time_t
moment_of(const tmg_renewal *when, const tmg_cert_facts *facts)
{
	char digits[9] = "";

	memcpy(digits, facts->sha256, 8);
	return when->start + (time_t)(strtoul(digits, NULL, 16) %
	    (unsigned long)(when->end - when->start + 1));
}

/* Before the certificate ends, and so long before that who looks once a day sees it. */
static bool
is_in_time(time_t moment, const tmg_cert_facts *facts)
{
	const time_t tenth = (facts->not_after - facts->not_before) / 10;

	return moment <= facts->not_after - (tenth < DAY_S ? tenth : DAY_S);
}

/* The authority may wish for another time than the usual; where it cannot be
 * asked, or would let the certificate end, the usual one holds. */
static bool
is_wished(struct cli *cli, const struct renewal *r, tmg_view cert,
    const tmg_cert_facts *facts, bool *due)
{
	tmg_renewal when;
	tmg_fault f = { 0 };

	if (!r->usual || r->within < 0 || tmg_provision_renew_when(cli->ctx, cert,
	    &r->ca.spec, &when, &f) != TMG_OK)
		return false;
	if (!is_in_time(moment_of(&when, facts), facts))
		return false;
	*due = time(NULL) >= moment_of(&when, facts);
	if (*due && when.why[0] != '\0')
		cli_note(cli, _("%s: the authority wishes it renewed; see %s"),
		    facts->subject, when.why);
	return true;
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
	if (rc == TMG_OK && !is_wished(cli, r, cert, &facts, due))
		*due = renewing_is_time(cli, r, facts.not_before, facts.not_after);
	return TMG_OK;
}

static bool
facts_of(tmg_key *key, tmg_cert_facts *facts)
{
	tmg_view cert;

	return tmg_key_cert(key, &cert) == TMG_OK &&
	    tmg_cert_facts_get(cert, facts) == TMG_OK;
}

bool
renewing_is_aside(tmg_key *key)
{
	tmg_token *token = tmg_key_token(key);
	tmg_cert_facts facts, other;
	size_t count;

	if (!tmg_key_slot(key)->retired || !facts_of(key, &facts) ||
	    tmg_token_keys(token, &count) != TMG_OK)
		return false;
	for (size_t i = 0; i < count; i++) {
		tmg_key *heir = tmg_token_key(token, i);

		if (!tmg_key_slot(heir)->retired && facts_of(heir, &other) &&
		    other.not_after > facts.not_after &&
		    strcmp(other.subject, facts.subject) == 0)
			return true;
	}
	return false;
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

		if (renewing_is_aside(key) ||
		    (tmg_key_slot(key)->uses & TMG_USE_ATTEST) != 0)
			continue;
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
