/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/tamga/portal-parts.h"

#include <string.h>

#include "tools/tamga/keep.h"

#define STEPS_MAX 12		/* no way has more calls to make */
#define CODE_BYTES 20

typedef tmg_rc act_fn(struct cli *cli, tmg_authority *a, struct portal *p,
    json_t **said);

/* What the field is called that has that name. */
static const char *
label_of(const struct portal *p, const char *name)
{
	json_t *list = json_object_get(p->profile, "fields"), *field;
	size_t i;

	json_array_foreach(list, i, field)
		if (strcmp(portal_text(field, "name"), name) == 0)
			return portal_text(field, "label");
	return name;
}

/* What the register knows is seen before anything else is said. */
static tmg_rc
show_known(struct cli *cli, tmg_authority *a, struct portal *p)
{
	json_t *fills = json_object_get(json_object_get(p->profile, "identity"),
	    "fills"), *name;
	portal_auto_json said = NULL;
	size_t i;
	tmg_rc rc;

	if (cli->quiet || json_array_size(fills) == 0)
		return TMG_OK;
	if ((rc = portal_at(cli, a, p, &(struct portal_question){ TMG_VERB_GET,
	    "/answers", NULL, &portal_shape_answers }, &said)))
		return rc;
	json_array_foreach(fills, i, name) {
		const char *value = portal_text(json_object_get(said, "answers"),
		    json_string_value(name));

		if (value[0] != '\0')
			cli_note(cli, "  %s: %s", label_of(p, json_string_value(name)), value);
	}
	return TMG_OK;
}

static tmg_rc
act_identify(struct cli *cli, tmg_authority *a, struct portal *p, json_t **said)
{
	const json_t *id = json_object_get(p->profile, "identity");
	json_t *field = json_pack("{s:s, s:b, s:s}", "label", portal_text(id, "label"),
	    "required", 1, "hint", portal_text(id, "box")), *form = json_object();
	tmg_rc rc = portal_answer(cli, p, field, portal_text(id, "field"), form);

	if (rc == TMG_OK)
		rc = portal_at(cli, a, p, &(struct portal_question){ TMG_VERB_POST,
		    "/identify", json_pack("{s:s}", "number", portal_text(form,
		    portal_text(id, "field"))), &portal_shape_application }, said);
	json_decref(field);
	json_decref(form);
	return rc == TMG_OK ? show_known(cli, a, p) : rc;
}

static tmg_rc
act_answers(struct cli *cli, tmg_authority *a, struct portal *p, json_t **said)
{
	json_t *form = NULL;
	tmg_rc rc = portal_fill(cli, p, "filled", &form);

	if (rc != TMG_OK) {
		json_decref(form);
		return rc;
	}
	if (p->order && (rc = portal_order_carrier(cli, p, form))) {
		json_decref(form);
		return rc;
	}
	if (p->carrier != NULL && p->carrier[0] != '\0')
		json_object_set_new(form, "carrier", json_string(p->carrier));
	return portal_at(cli, a, p, &(struct portal_question){ TMG_VERB_PUT,
	    "/answers", json_pack("{s:o}", "answers", form),
	    &portal_shape_application }, said);
}

/* Terms where they come later in the way, or the data as it was checked. */
static tmg_rc
act_agree(struct cli *cli, tmg_authority *a, struct portal *p, json_t **said)
{
	portal_auto_json contents = NULL;
	auto_wiped text = NULL;
	const char *hash;
	tmg_rc rc;

	if ((rc = portal_at(cli, a, p, &portal_ask_contents, &contents)))
		return rc;
	text = json_dumps(contents, JSON_INDENT(2));
	hash = portal_text(contents, "hash");
	if ((rc = portal_agree(cli, hash, text != NULL ? text : "", "")))
		return rc;
	return portal_at(cli, a, p, &(struct portal_question){ TMG_VERB_POST,
	    "/agree", json_pack("{s:s}", "contents", hash),
	    &portal_shape_application }, said);
}

/* What the applicant's part is between the first step and the request. */
static const struct {
	const char *action;
	act_fn *act;
} acts[] = {
	{ "identify", act_identify },
	{ "answers", act_answers },
	{ "agree", act_agree },
};

static bool
is_open(const json_t *said, const char *action)
{
	json_t *list = json_object_get(said, "actions"), *value;
	size_t i;

	json_array_foreach(list, i, value)
		if (json_is_string(value) &&
		    strcmp(json_string_value(value), action) == 0)
			return true;
	return false;
}

/* It has come so far that the enrollment goes on by itself. */
static bool
is_ready(const struct portal *p, const json_t *said)
{
	return !p->order && (is_open(said, "request") ||
	    portal_text(said, "request_sha256")[0] != '\0');
}

static tmg_rc
must_wait(struct cli *cli, struct portal *p, const json_t *said)
{
	const json_t *deadline = json_object_get(said, "deadline");
	const char *until = portal_text(deadline, "at");
	const tmg_rc rc = portal_record_standing(cli, p->number, said);

	if (rc != TMG_OK)
		return rc;
	if (p->order)
		return portal_order_stands(cli, p, said);
	if (until[0] != '\0')
		cli_note(cli, _("  until %s: %s"), until, portal_text(deadline, "warning"));
	return cli_raise(cli, TMG_PENDING, _("application %s: %s%s%s"), p->number,
	    portal_text(said, "status"), portal_text(said, "reason")[0] != '\0' ? ": " : "",
	    portal_text(said, "reason"));
}

/* The new code is on the disk before the portal takes it. */
static tmg_rc
change_code(struct cli *cli, tmg_authority *a, struct portal *p, struct ca *ca)
{
	char code[2 * CODE_BYTES + 1], path[256];
	portal_auto_json said = NULL;
	tmg_rc rc;

	if ((rc = keep_random(cli, CODE_BYTES, code)) ||
	    (rc = keep_path(cli, p->number, ".code", path)) ||
	    (rc = keep_write(cli, path, code)) ||
	    (rc = portal_at(cli, a, p, &(struct portal_question){ TMG_VERB_POST,
	    "/code", json_pack("{s:s}", "code", code),
	    &portal_shape_application }, &said)))
		return rc;
	cli_note(cli, _("The access code was changed; the new one is in %s"), path);
	rc = keep_set(cli, ca, code);
	explicit_bzero(code, sizeof(code));
	return rc;
}

static tmg_rc
one_step(struct cli *cli, tmg_authority *a, struct portal *p, json_t **said)
{
	for (size_t i = 0; i < TMG_COUNT(acts); i++) {
		json_t *then = NULL;
		tmg_rc rc;

		if (!is_open(*said, acts[i].action) || (i == 1 &&
		    strcmp(portal_text(*said, "state"), "filled") == 0))
			continue;
		if ((rc = acts[i].act(cli, a, p, &then))) {
			json_decref(then);
			return rc;
		}
		json_decref(*said);
		*said = then;
		return TMG_OK;
	}
	return must_wait(cli, p, *said);
}

tmg_rc
portal_walk(struct cli *cli, tmg_authority *a, struct portal *p, json_t **said)
{
	tmg_rc rc = TMG_OK;

	for (int i = 0; i < STEPS_MAX && rc == TMG_OK && !p->over &&
	    !is_ready(p, *said) && !cli_flag(cli, "dry-run"); i++)
		rc = one_step(cli, a, p, said);
	return rc != TMG_OK || p->over || is_ready(p, *said) ? rc :
	    must_wait(cli, p, *said);
}

/* A changed code is another credential: whoever has it speaks anew. */
tmg_rc
portal_enter(struct cli *cli, struct ca *ca, struct portal *p, tmg_authority **a,
    json_t **said)
{
	tmg_rc rc;

	if ((rc = portal_open(cli, ca, p->place, a)) ||
	    (rc = portal_at(cli, *a, p, &portal_ask_application, said)) ||
	    (rc = portal_fetch_profile(cli, *a, portal_text(*said, "profile"), p)))
		return rc;
	p->order = portal_is_order(cli, *said);
	if (cli_flag(cli, "at-office") && strcmp(portal_text(*said, "key_at"), "office"))
		return cli_raise(cli, TMG_E_USAGE, _("the key of application %s is its "
		    "applicant's to make; leave --at-office out where that is you"),
		    p->number);
	if (!is_open(*said, "code") || cli_flag(cli, "dry-run"))
		return TMG_OK;
	if ((rc = change_code(cli, *a, p, ca)))
		return rc;
	tmg_authority_free(a);
	json_decref(*said);
	*said = NULL;
	if ((rc = portal_open(cli, ca, p->place, a)))
		return rc;
	return portal_at(cli, *a, p, &portal_ask_application, said);
}
