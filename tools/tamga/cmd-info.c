/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/base/policy.h"
#include "tamga/data.h"
#include "tools/tamga/commands.h"
#include "tools/tamga/holder.h"
#include "tools/tamga/show.h"
#include "tools/tamga/table.h"
#include "tools/tamga/text.h"

#define KINDS 3u

/* How the PINs of a token stand. */
struct pin_state {
	int tries;		/* -1 unknown */
	bool unset;		/* there is none now */
	bool factory;
};

static const struct {
	const char *name;	/* in JSON */
	const char *title;
	const char *warning;
} kinds[KINDS] = {
	[TMG_PIN_USER] = { "pin", N_("PIN"),
	    N_("the PIN is still the factory's; change it: tamga pin change") },
	[TMG_PIN_PUK] = { "puk", N_("PUK"),
	    N_("the PUK is still the factory's; change it: "
	    "tamga pin change --puk") },
	[TMG_PIN_ADMIN] = { "management_key", N_("management key"),
	    N_("the management key is still the factory's: whoever holds the "
	    "token can replace its keys; set the token up: tamga setup") },
};

static tmg_rc
look_at_pins(struct cli *cli, tmg_token *token, struct pin_state *pins)
{
	tmg_rc rc;

	for (size_t kind = 0; kind < KINDS; kind++) {
		pins[kind] = (struct pin_state){ .tries = -1 };
		rc = tmg_token_tries(token, (tmg_pin_kind)kind, &pins[kind].tries);
		pins[kind].unset = rc == TMG_NOT_FOUND;
		if (rc != TMG_OK && rc != TMG_UNSUPPORTED && rc != TMG_NOT_FOUND)
			return cli_fail(cli, rc, tmg_token_fault(token));
		rc = tmg_token_factory(token, (tmg_pin_kind)kind);
		if (rc != TMG_OK && rc != TMG_UNSUPPORTED && rc != TMG_NOT_FOUND)
			return cli_fail(cli, rc, tmg_token_fault(token));
		pins[kind].factory = rc == TMG_OK;
	}
	return TMG_OK;
}

static tmg_data *
name_of(tmg_token *token)
{
	size_t count;
	tmg_data *data;

	if (tmg_token_data(token, &count) != TMG_OK)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		data = tmg_token_data_get(token, i);
		if (tmg_data_place(data)->holder)
			return data;
	}
	return NULL;
}

/* One command, where the token tells it to everybody; "" where it does not. */
static tmg_rc
look_at_holder(struct cli *cli, tmg_token *token, char text[static HOLDER_MAX])
{
	tmg_data *data = name_of(token);
	tmg_view value;
	tmg_rc rc;

	text[0] = '\0';
	if (data == NULL)
		return TMG_OK;
	rc = tmg_data_read(data, &value);
	if (rc == TMG_E_NOMEM || rc == TMG_E_IO || rc == TMG_REMOVED)
		return cli_fail(cli, rc, tmg_token_fault(token));
	if (rc == TMG_OK)
		holder_words(value, text);
	return TMG_OK;
}

/* ---- for programs -------------------------------------------------------- */

static json_t *
algs_json(const tmg_backend_info *info)
{
	json_t *list = json_array();

	for (unsigned alg = TMG_ALG_NONE + 1; alg < TMG_ALG_COUNT; alg++)
		if ((info->algs >> alg & 1u) != 0)
			json_array_append_new(list,
			    json_string(tmg_alg_get((tmg_alg)alg)->name));
	return list;
}

static json_t *
pin_json(const struct pin_state *pin)
{
	return json_pack("{s:o, s:b}", "tries_left",
	    pin->tries >= 0 ? json_integer(pin->tries) : json_null(),
	    "factory", pin->factory);
}

static tmg_rc
info_json(struct cli *cli, tmg_token *token, const struct pin_state *pins,
    const char *holder)
{
	json_t *doc = show_token_json(token), *slots = json_array();
	struct seen seen;
	size_t n;
	tmg_rc rc;

	for (size_t kind = 0; kind < KINDS; kind++)
		json_object_set_new(doc, kinds[kind].name, pin_json(&pins[kind]));
	json_object_set_new(doc, "key_types", algs_json(tmg_token_info(token)));
	if (holder[0] != '\0')
		json_object_set_new(doc, "holder", json_string(holder));
	json_object_set_new(doc, "slots", slots);

	if ((rc = show_certs(cli, token, &n)))
		n = 0;
	for (size_t i = 0; rc == TMG_OK && i < n; i++) {
		rc = show_look(cli, tmg_token_key(token, i), &seen);
		if (rc == TMG_OK)
			json_array_append_new(slots, show_key_json(&seen));
	}
	if (rc == TMG_OK)
		return cli_json(cli, doc);
	json_decref(doc);
	return rc;
}

/* ---- for people ---------------------------------------------------------- */

static const char *
cert_words(const struct seen *s)
{
	if (s->bad_cert)
		return _("damaged");
	if (!s->has_cert)
		return "-";
	return s->cert.common_name[0] != '\0' ? s->cert.common_name
	    : s->cert.subject;
}

static void
put_slot(struct table *t, const struct seen *s)
{
	const tmg_slot *slot = tmg_key_slot(s->key);
	char day[16] = "-";

	table_put(t, "%s", slot->name);
	table_put(t, "%s", _(slot->title));
	table_put(t, "%s", s->has_key ? tmg_alg_get(s->facts.alg)->name : "-");
	table_put(t, "%s", cert_words(s));
	table_put(t, "%s", s->has_cert
	    ? text_day(s->cert.not_after, day, sizeof(day)) : "-");
	table_put(t, "%s", s->has_key ? _(tmg_pin_policy_name(s->facts.pin)) : "-");
	table_put(t, "%s", s->has_key ? _(tmg_touch_policy_name(s->facts.touch)) : "-");
	table_put(t, "%s", s->has_key ? _(show_origin(s->facts.origin)) : "-");
}

static tmg_rc
put_slots(struct cli *cli, tmg_token *token, struct table *t)
{
	struct seen seen;
	size_t n;
	tmg_rc rc;

	if ((rc = show_certs(cli, token, &n)))
		return rc;
	for (size_t i = 0; i < n; i++) {
		if ((rc = show_look(cli, tmg_token_key(token, i), &seen)))
			return rc;
		if (seen.why[0] != '\0')
			cli_note(cli, "%s", seen.why);
		put_slot(t, &seen);
	}
	return TMG_OK;
}

static tmg_rc
draw_slots(struct cli *cli, tmg_token *token)
{
	static const char *const heads[] = {
		N_("SLOT"), N_("MEANT FOR"), N_("KEY"), N_("CERTIFICATE"),
		N_("UNTIL"), N_("PIN"), N_("TOUCH"), N_("ORIGIN"),
	};
	struct table t;
	tmg_rc rc;

	table_begin(&t, TMG_COUNT(heads), heads);
	table_fit(&t, stdout);
	rc = put_slots(cli, token, &t);
	if (rc == TMG_OK && table_print(&t, stdout, cli->colour))
		rc = cli_raise(cli, TMG_E_NOMEM, _("out of memory"));
	table_release(&t);
	return rc;
}

/* What the token calls it, or what most do. */
static const char *
title_of(const tmg_backend_info *info, size_t kind)
{
	return info->pins[kind].title != NULL ? _(info->pins[kind].title)
	    : _(kinds[kind].title);
}

static void
say_tries(struct cli *cli, const tmg_backend_info *info,
    const struct pin_state *pins)
{
	for (size_t kind = 0; kind < KINDS; kind++) {
		char words[64];

		if (pins[kind].unset)
			cli_say(cli, _("%s: none is set"), title_of(info, kind));
		if (pins[kind].tries < 0)
			continue;
		snprintf(words, sizeof(words), dngettext("tamga", "%d try left",
		    "%d tries left", (unsigned long)pins[kind].tries),
		    pins[kind].tries);
		cli_say(cli, "%s: %s", title_of(info, kind),
		    pins[kind].tries == 0 ? _("locked") : words);
	}
}

/* What --type may say here; nothing where the token makes no keys. */
static void
say_types(struct cli *cli, const tmg_backend_info *info)
{
	char text[256];
	size_t len = 0;

	for (unsigned alg = TMG_ALG_NONE + 1; alg < TMG_ALG_COUNT; alg++)
		if ((info->algs >> alg & 1u) != 0 && len < sizeof(text))
			len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s",
			    len > 0 ? ", " : "", tmg_alg_get((tmg_alg)alg)->name);
	if (len > 0)
		cli_say(cli, _("makes keys of these types: %s"), text);
}

static tmg_rc
info_text(struct cli *cli, tmg_token *token, const struct pin_state *pins,
    const char *holder)
{
	const tmg_backend_info *info = tmg_token_info(token);
	tmg_rc rc;

	cli_say(cli, "%s: %s%s%s%s%s", info->label, info->model,
	    info->firmware[0] != '\0' ? " " : "", info->firmware,
	    info->manufacturer[0] != '\0' ? ", " : "", info->manufacturer);
	cli_say(cli, _("serial %s, driver %s, reader %s"), info->serial[0] != '\0'
	    ? info->serial : "-", tmg_token_driver(token),
	    tmg_token_reader(token));
	cli_say(cli, "%s", tmg_token_uri(token));
	if (holder[0] != '\0')
		cli_say(cli, _("holder: %s"), holder);
	say_types(cli, info);
	say_tries(cli, info, pins);
	cli_say(cli, "%s", "");
	if (!cli->quiet && (rc = draw_slots(cli, token)))
		return rc;
	if (tmg_token_glance(token)->blank != NULL)
		cli_note(cli, "%s", _(tmg_token_glance(token)->blank));
	for (size_t kind = 0; kind < KINDS; kind++)
		if (pins[kind].factory)
			cli_note(cli, "%s", _(kinds[kind].warning));
	return TMG_OK;
}

static tmg_rc
run_info(struct cli *cli)
{
	struct pin_state pins[KINDS];
	char holder[HOLDER_MAX];
	tmg_token *token;
	tmg_rc rc;

	if ((rc = cli_token(cli, cli_operand(cli, 0), &token)) ||
	    (rc = look_at_pins(cli, token, pins)) ||
	    (rc = look_at_holder(cli, token, holder)))
		return rc;
	return cli->json ? info_json(cli, token, pins, holder)
	    : info_text(cli, token, pins, holder);
}

const struct command cmd_info = {
	.name = "info",
	.operands = "[TOKEN]",
	.most = 1,
	.what = N_("one token: slots, policies, tries left, warnings"),
	.run = run_info,
};
