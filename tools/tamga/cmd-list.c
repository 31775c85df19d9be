/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/tamga/commands.h"
#include "tools/tamga/show.h"
#include "tools/tamga/text.h"

static const struct opt options[] = {
	{ "uris", 0, OPT_FLAG, NULL, N_("show the pkcs11: URI of everything") },
	OPT_END
};

/* How closely a slot is looked at: only the JSON tells what costs a question. */
typedef tmg_rc look_fn(struct cli *cli, tmg_key *key, struct seen *seen);
/* Called for every slot that holds something. */
typedef tmg_rc seen_fn(struct cli *cli, const struct seen *seen, void *arg);

static tmg_rc
each_key(struct cli *cli, tmg_token *token, look_fn *look, seen_fn *fn, void *arg)
{
	size_t n;
	tmg_rc rc;

	if ((rc = show_certs(cli, token, &n)))
		return rc;
	for (size_t i = 0; i < n; i++) {
		struct seen seen;

		if ((rc = look(cli, tmg_token_key(token, i), &seen)))
			return rc;
		if (!seen.has_key && !seen.has_cert && !seen.bad_cert)
			continue;
		if ((rc = fn(cli, &seen, arg)))
			return rc;
	}
	return TMG_OK;
}

static void
say_uri(struct cli *cli, const char *uri)
{
	cli_say(cli, "        %s", uri);
}

static void
say_cert(struct cli *cli, const struct seen *s)
{
	char day[16], uri[TMG_URI_MAX];

	if (s->bad_cert)
		cli_say(cli, "        %s", s->why[0] != '\0' ? s->why
		    : _("the certificate is damaged"));
	if (!s->has_cert || s->bad_cert)
		return;
	cli_say(cli, "        %s, %s %s%s", s->cert.subject, _("valid until"),
	    text_day(s->cert.not_after, day, sizeof(day)),
	    s->other_cert ? _(", of another key") : "");
	if (cli_flag(cli, "uris"))
		say_uri(cli, show_uri(s->key, "cert", uri));
}

static const char *
kind_of(const struct seen *s)
{
	if (s->has_key)
		return tmg_alg_get(s->facts.alg)->name;
	return s->no_key ? _("no key") : _("a key that cannot be told");
}

static tmg_rc
say_key(struct cli *cli, const struct seen *s, void *arg)
{
	const tmg_slot *slot = tmg_key_slot(s->key);

	(void)arg;
	cli_say(cli, "  %-4s  %s, %s", slot->name, kind_of(s), _(slot->title));
	if (cli_flag(cli, "uris") && !s->no_key)
		say_uri(cli, tmg_key_uri(s->key));
	say_cert(cli, s);
	return TMG_OK;
}

/* Its reader names a token as well as its serial number does, which costs two
 * commands: it is shown where somebody knows it already. */
static void
say_token(struct cli *cli, tmg_token *token)
{
	const tmg_backend_info *info = tmg_token_glance(token);

	if (info->serial[0] != '\0')
		cli_say(cli, _("%s (%s) in %s"), info->label, info->model,
		    tmg_token_reader(token));
	else
		cli_say(cli, _("%s in %s"), info->model, tmg_token_reader(token));
}

static tmg_rc
list_text(struct cli *cli, tmg_token *token, json_t *unused)
{
	tmg_rc rc;

	(void)unused;
	if (cli_flag(cli, "uris"))
		(void)tmg_token_info(token);
	say_token(cli, token);
	if (cli_flag(cli, "uris"))
		say_uri(cli, tmg_token_uri(token));
	if ((rc = each_key(cli, token, show_glance, say_key, NULL)))
		return rc;
	if (tmg_token_glance(token)->blank != NULL)
		cli_say(cli, "  %s", _(tmg_token_glance(token)->blank));
	return TMG_OK;
}

static tmg_rc
add_key(struct cli *cli, const struct seen *s, void *arg)
{
	(void)cli;
	json_array_append_new(arg, show_key_json(s));
	return TMG_OK;
}

static tmg_rc
list_json(struct cli *cli, tmg_token *token, json_t *tokens)
{
	json_t *one = show_token_json(token), *keys = json_array();
	tmg_rc rc;

	json_object_set_new(one, "keys", keys);
	if ((rc = each_key(cli, token, show_look, add_key, keys))) {
		json_decref(one);
		return rc;
	}
	if (tmg_token_glance(token)->blank != NULL)
		json_object_set_new(one, "blank",
		    json_string(_(tmg_token_glance(token)->blank)));
	json_array_append_new(tokens, one);
	return TMG_OK;
}

static tmg_rc
list_one(struct cli *cli, tmg_token *token, json_t *list)
{
	cli->stage = STAGE_TOKEN;
	return cli->json ? list_json(cli, token, list)
	    : list_text(cli, token, list);
}

static void
note_skipped(struct cli *cli, tmg_tokens *tokens)
{
	const tmg_skipped *rows;
	const size_t n = tmg_tokens_skipped(tokens, &rows);

	for (size_t i = 0; i < n; i++)
		cli_note(cli, "%s: %s", rows[i].reader, rows[i].why);
}

static bool
has_twin(tmg_tokens *tokens, const tmg_token *token)
{
	const char *label = tmg_token_glance(token)->label;
	const tmg_token *other;

	for (size_t i = 0; (other = tmg_tokens_get(tokens, i)) != NULL; i++)
		if (other != token &&
		    strcmp(tmg_token_glance(other)->label, label) == 0)
			return true;
	return false;
}

/* Before any is asked more: what is asked for one key may tell a number. */
static bool
are_alike(tmg_tokens *tokens)
{
	tmg_token *token;
	bool alike = false;

	for (size_t i = 0; (token = tmg_tokens_get(tokens, i)) != NULL; i++)
		alike = alike || has_twin(tokens, token);
	return alike;
}

/* Of several cards of a kind a person knows the numbers printed on them.  One card is
 * not asked for its number because of another: who wants it, asks. */
static void
note_twins(const struct cli *cli)
{
	if (!cli->json && !cli_flag(cli, "uris"))
		cli_note(cli, "%s", _("tokens of one kind are told apart by their readers "
		    "here; tamga list --uris tells their serial numbers"));
}

/* A token that could not be read to its end, beside others that could. */
static void
leave_out(struct cli *cli, tmg_token *token, tmg_rc rc, json_t *skipped)
{
	const char *why = cli->fault.text[0] != '\0' ? cli->fault.text
	    : tmg_rc_name(rc);

	if (!cli->json)
		cli_note(cli, "%s: %s", tmg_token_reader(token), why);
	json_array_append_new(skipped, json_pack("{s:s, s:s, s:s}", "reader",
	    tmg_token_reader(token), "verdict", tmg_rc_name(rc), "why", why));
}

/* One bad card hides no other; that nothing at all could be read is a failure. */
static tmg_rc
list_tokens(struct cli *cli, tmg_tokens *tokens, json_t *list, json_t *skipped)
{
	const size_t all = tmg_tokens_count(tokens);
	const bool alike = are_alike(tokens);
	size_t listed = 0;
	tmg_token *token;
	tmg_rc rc = TMG_OK;

	if (all == 0)
		return cli_token(cli, NULL, &token);
	for (size_t i = 0; (token = tmg_tokens_get(tokens, i)) != NULL; i++) {
		rc = list_one(cli, token, list);
		if (rc == TMG_E_NOMEM || (rc != TMG_OK && i + 1 == all &&
		    listed == 0))
			return rc;
		if (rc != TMG_OK)
			leave_out(cli, token, rc, skipped);
		listed += rc == TMG_OK;
	}
	if (alike)
		note_twins(cli);
	return TMG_OK;
}

static bool
is_chosen(const struct cli *cli)
{
	return cli_text(cli, "token") != NULL || cli_text(cli, "reader") != NULL;
}

static tmg_rc
list_chosen(struct cli *cli, json_t *list)
{
	tmg_token *token;
	tmg_rc rc;

	if ((rc = cli_token(cli, NULL, &token)))
		return rc;
	return list_one(cli, token, list);
}

static tmg_rc
run_list(struct cli *cli)
{
	json_t *list, *skipped;
	tmg_tokens *tokens;
	tmg_rc rc;

	if ((rc = cli_tokens(cli, &tokens)) ||
	    (!is_chosen(cli) && (rc = cli_complete(cli, tokens))))
		return rc;
	list = json_array();
	skipped = show_skipped_json(tokens);
	rc = is_chosen(cli) ? list_chosen(cli, list)
	    : list_tokens(cli, tokens, list, skipped);
	if (rc == TMG_OK && cli->json)
		return cli_json(cli, json_pack("{s:o, s:o}", "tokens", list,
		    "skipped", skipped));
	json_decref(list);
	json_decref(skipped);
	if (rc == TMG_OK)
		note_skipped(cli, tokens);
	return rc;
}

const struct command cmd_list = {
	.name = "list",
	.operands = "",
	.what = N_("tokens, keys and certificates, with --uris their pkcs11: URIs"),
	.options = options,
	.run = run_list,
};
