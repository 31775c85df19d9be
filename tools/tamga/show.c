/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/tamga/show.h"

#include "src/base/policy.h"
#include "src/codec/hex.h"
#include "tools/tamga/text.h"

static const char *const origin_words[] = {
	[TMG_ORIGIN_UNKNOWN] = N_("unknown"),
	[TMG_ORIGIN_GENERATED] = N_("generated"),
	[TMG_ORIGIN_IMPORTED] = N_("imported"),
};

const char *
show_origin(tmg_origin origin)
{
	return origin_words[origin];
}

tmg_rc
show_certs(struct cli *cli, tmg_token *token, size_t *keys)
{
	tmg_rc rc;

	if ((rc = tmg_token_keys(token, keys)))
		return cli_fail(cli, rc, tmg_token_fault(token));
	(void)!tmg_token_certs(token);
	return TMG_OK;
}

/* A certificate that is damaged is shown as such and the rest still counts;
 * no memory and a silent reader are nobody's damage. */
static tmg_rc
look_at_cert(struct cli *cli, tmg_key *key, struct seen *seen)
{
	tmg_view der;
	tmg_rc rc = tmg_key_cert(key, &der);

	if (rc == TMG_E_NOMEM || rc == TMG_E_IO)
		return cli_fail(cli, rc, tmg_token_fault(tmg_key_token(key)));
	seen->bad_cert = tmg_is_fault(rc);
	if (seen->bad_cert)
		snprintf(seen->why, sizeof(seen->why), "%s",
		    tmg_token_fault(tmg_key_token(key))->text);
	if (rc != TMG_OK)
		return TMG_OK;
	seen->has_cert = true;
	rc = tmg_cert_facts_get(der, &seen->cert);
	seen->bad_cert = rc != TMG_OK;
	return rc == TMG_E_NOMEM ? cli_fail(cli, rc, &cli->fault) : TMG_OK;
}

/* A key that was put in the place of the certificate's. */
static bool
is_others(const struct seen *seen)
{
	return seen->has_key && seen->has_cert && !seen->bad_cert &&
	    seen->cert.alg != TMG_ALG_NONE && seen->cert.alg != seen->facts.alg;
}

/* TMG_UNSUPPORTED: nothing tells, or a kind of key we have no name for. */
static tmg_rc
looked(struct cli *cli, struct seen *seen, tmg_rc rc)
{
	seen->has_key = rc == TMG_OK;
	seen->no_key = rc == TMG_NOT_FOUND;
	seen->other_cert = is_others(seen);
	if (rc == TMG_OK || rc == TMG_NOT_FOUND || rc == TMG_UNSUPPORTED ||
	    seen->bad_cert)
		return TMG_OK;
	return cli_fail(cli, rc, tmg_token_fault(tmg_key_token(seen->key)));
}

tmg_rc
show_look(struct cli *cli, tmg_key *key, struct seen *seen)
{
	tmg_rc rc;

	*seen = (struct seen){ .key = key };
	if ((rc = look_at_cert(cli, key, seen)))
		return rc;
	return looked(cli, seen, tmg_key_facts_get(key, &seen->facts));
}

tmg_rc
show_glance(struct cli *cli, tmg_key *key, struct seen *seen)
{
	tmg_rc rc;

	*seen = (struct seen){ .key = key };
	if ((rc = look_at_cert(cli, key, seen)))
		return rc;
	return looked(cli, seen, tmg_key_alg(key, &seen->facts.alg));
}

const char *
show_uri(tmg_key *key, const char *type, char store[static TMG_URI_MAX])
{
	static const char end[] = ";type=private";
	const char *uri = tmg_key_uri(key);
	const size_t len = strlen(uri) - (sizeof(end) - 1);

	snprintf(store, TMG_URI_MAX, "%.*s;type=%s", (int)len, uri, type);
	return store;
}

json_t *
show_token_json(tmg_token *token)
{
	const tmg_backend_info *info = tmg_token_info(token);

	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}",
	    "label", info->label, "manufacturer", info->manufacturer,
	    "model", info->model, "firmware", info->firmware,
	    "serial", info->serial,
	    "driver", tmg_token_driver(token), "reader", tmg_token_reader(token),
	    "uri", tmg_token_uri(token));
}

json_t *
show_cert_json(const tmg_cert_facts *c)
{
	char from[32], until[32];

	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:b, s:b}",
	    "subject", c->subject, "issuer", c->issuer,
	    "common_name", c->common_name, "serial", c->serial,
	    "not_before", text_time(c->not_before, from, sizeof(from)),
	    "not_after", text_time(c->not_after, until, sizeof(until)),
	    "sha256", c->sha256, "self_issued", c->self_issued, "ca", c->ca);
}

json_t *
show_key_json(const struct seen *s)
{
	const tmg_slot *slot = tmg_key_slot(s->key);
	json_t *key = json_pack("{s:s, s:s, s:b, s:s}", "slot", slot->name,
	    "title", slot->title, "key", s->has_key,
	    "uri", tmg_key_uri(s->key));
	char uri[TMG_URI_MAX];
	json_t *cert;

	if (s->has_key) {
		json_object_set_new(key, "type",
		    json_string(tmg_alg_get(s->facts.alg)->name));
		json_object_set_new(key, "pin_policy",
		    json_string(tmg_pin_policy_name(s->facts.pin)));
		json_object_set_new(key, "touch_policy",
		    json_string(tmg_touch_policy_name(s->facts.touch)));
		json_object_set_new(key, "origin",
		    json_string(show_origin(s->facts.origin)));
	}
	cert = s->has_cert && !s->bad_cert ? show_cert_json(&s->cert) : json_null();
	if (s->has_cert && !s->bad_cert)
		json_object_set_new(cert, "uri",
		    json_string(show_uri(s->key, "cert", uri)));
	if (s->other_cert)
		json_object_set_new(cert, "other_key", json_true());
	json_object_set_new(key, "certificate", cert);
	if (s->bad_cert)
		json_object_set_new(key, "damaged", json_true());
	return key;
}

tmg_rc
show_changed(struct cli *cli, tmg_key *key, const char *words)
{
	struct seen seen;
	tmg_rc rc;

	if (!cli->json) {
		cli_say(cli, "%s", words);
		return TMG_OK;
	}
	if ((rc = show_look(cli, key, &seen)))
		return rc;
	return cli_json(cli, show_key_json(&seen));
}

/* A URI names the serial number, which a card is not asked for to say this. */
tmg_rc
show_key_changed(struct cli *cli, tmg_key *key, const char *words)
{
	const tmg_token *token = tmg_key_token(key);
	const tmg_rc rc = show_changed(cli, key, words);

	if (rc || cli->json)
		return rc;
	if (tmg_token_glance(token)->serial[0] != '\0')
		cli_say(cli, "%s", tmg_key_uri(key));
	else
		cli_say(cli, _("slot %s of %s in %s"), tmg_key_slot(key)->name,
		    tmg_token_glance(token)->model, tmg_token_reader(token));
	return TMG_OK;
}

json_t *
show_skipped_json(tmg_tokens *tokens)
{
	const tmg_skipped *rows;
	const size_t n = tmg_tokens_skipped(tokens, &rows);
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++) {
		char atr[2 * TMG_ATR_MAX + 1];

		tmg_hex_text(atr, sizeof(atr), (tmg_view){ rows[i].atr,
		    rows[i].atr_len });
		json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s}",
		    "reader", rows[i].reader, "verdict", tmg_rc_name(rows[i].rc),
		    "why", rows[i].why, "atr", atr));
	}
	return list;
}
