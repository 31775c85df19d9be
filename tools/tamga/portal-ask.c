/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/tamga/portal-parts.h"

#include <stdlib.h>
#include <string.h>

#include "tools/tamga/terminal.h"

#define ANSWERS_MAX 65536

tmg_rc
portal_read_answers(struct cli *cli, struct portal *p)
{
	const char *path = cli_text(cli, "answers");
	tmg_auto_free uint8_t *text = NULL;
	size_t len;
	tmg_rc rc;

	if (path == NULL)
		return (p->answers = json_object()) != NULL ? TMG_OK :
		    cli_raise(cli, TMG_E_NOMEM, _("out of memory"));
	if ((rc = cli_read(cli, path, ANSWERS_MAX, &text, &len)))
		return rc;
	p->answers = json_loadb((const char *)text, len, JSON_REJECT_DUPLICATES,
	    NULL);
	return json_is_object(p->answers) ? TMG_OK : cli_raise(cli, TMG_E_USAGE,
	    _("%s is no JSON object such as {\"domain\": \"www.example.kz\"}"), path);
}

/* The profile's questions by the names that a file answers them with. */
static json_t *
names_of(const struct portal *p)
{
	json_t *list = json_object_get(p->profile, "fields"), *field;
	const char *identity = portal_text(json_object_get(p->profile, "identity"),
	    "field");
	json_t *names = json_array();
	size_t i;

	if (identity[0] != '\0')
		json_array_append_new(names, json_string(identity));
	json_array_foreach(list, i, field)
		if (!json_is_true(json_object_get(field, "locked")))
			json_array_append(names, json_object_get(field, "name"));
	if (json_array_size(json_object_get(p->profile, "carriers")) > 0) {
		json_array_append_new(names, json_string("carrier"));
		json_array_append_new(names, json_string("carrier.extra"));
	}
	return names;
}

static bool
is_among(json_t *names, const char *name)
{
	json_t *one;
	size_t i;

	json_array_foreach(names, i, one)
		if (strcmp(json_string_value(one), name) == 0)
			return true;
	return false;
}

/* "IIN, email, region" */
static void
join(json_t *names, char *text, size_t cap)
{
	json_t *one;
	size_t i, len = 0;

	text[0] = '\0';
	json_array_foreach(names, i, one)
		if (len < cap)
			len += (size_t)snprintf(text + len, cap - len, "%s%s",
			    i > 0 ? ", " : "", json_string_value(one));
}

/* An answer that nobody asks for is a question that nobody answers. */
tmg_rc
portal_check_answers(struct cli *cli, const struct portal *p)
{
	portal_auto_json names = names_of(p);
	char known[192];
	const char *name;
	json_t *value;

	join(names, known, sizeof(known));
	json_object_foreach(p->answers, name, value) {
		if (!is_among(names, name))
			return cli_raise(cli, TMG_E_USAGE, _("--answers: the profile does "
			    "not ask for \"%.40s\"; it asks for %s"), name, known);
		if (!json_is_string(value))
			return cli_raise(cli, TMG_E_USAGE, _("--answers: what is said of "
			    "\"%.40s\" must stand in quotes"), name);
	}
	return TMG_OK;
}

static tmg_rc
ask(struct cli *cli, const char *name, const char *label, const char *hint,
    bool required, char *line, size_t cap)
{
	char prompt[256];

	if (!terminal_is())
		return cli_raise(cli, TMG_E_USAGE, _("%s is wanted and there is nobody to "
		    "ask; say it in --answers as \"%s\""), label, name);
	if (hint[0] != '\0')
		cli_note(cli, "  %s", hint);
	snprintf(prompt, sizeof(prompt), required ? "%s: " : _("%s (may be left empty): "),
	    label);
	return terminal_line(prompt, line, cap) == TMG_OK ? TMG_OK :
	    cli_raise(cli, TMG_CANCELLED, _("nothing was entered; the application waits"));
}

/* The answer to one question: the file's, else a person's. */
tmg_rc
portal_answer(struct cli *cli, const struct portal *p, const json_t *field,
    const char *name, json_t *form)
{
	const bool required = json_is_true(json_object_get(field, "required"));
	const char *known = json_string_value(json_object_get(p->answers, name));
	struct portal_choices choices;
	char line[4097] = "";
	tmg_rc rc;

	portal_choices_read(p, field, form, &choices);
	if (known != NULL) {
		json_object_set_new(form, name,
		    json_string(portal_choices_pick(&choices, known)));
		return TMG_OK;
	}
	if (!required && !terminal_is())
		return TMG_OK;
	if (portal_text(field, "warning")[0] != '\0')
		cli_note(cli, "  %s", portal_text(field, "warning"));
	portal_choices_show(cli, &choices);
	if ((rc = ask(cli, name, portal_text(field, "label"), portal_text(field, "hint"),
	    required, line, sizeof(line))))
		return rc;
	json_object_set_new(form, name,
	    json_string(portal_choices_pick(&choices, line)));
	return TMG_OK;
}

tmg_rc
portal_fill(struct cli *cli, const struct portal *p, const char *step, json_t **form)
{
	json_t *list = json_object_get(p->profile, "fields"), *field;
	size_t i;
	tmg_rc rc;

	*form = json_object();
	json_array_foreach(list, i, field) {
		if (strcmp(portal_text(field, "step"), step) != 0 ||
		    json_is_true(json_object_get(field, "locked")))
			continue;
		if ((rc = portal_answer(cli, p, field, portal_text(field, "name"), *form)))
			return rc;
	}
	return TMG_OK;
}

/* A note is one line: what has several is as many notes. */
static void
note_lines(struct cli *cli, const char *text)
{
	while (*text != '\0') {
		const size_t len = strcspn(text, "\n");

		cli_note(cli, "%.*s", (int)len, text);
		text += text[len] == '\n' ? len + 1 : len;
	}
}

/* Explicit: the hash said, or the word typed under the text. */
tmg_rc
portal_agree(struct cli *cli, const char *hash, const char *text, const char *box)
{
	char prompt[256];

	const char *said = cli_text(cli, "agree");

	if (said != NULL && strcmp(said, hash) == 0)
		return TMG_OK;
	note_lines(cli, text);
	snprintf(prompt, sizeof(prompt), _("%s? Type yes: "),
	    box[0] != '\0' ? box : _("Do you agree"));
	if (terminal_is() && terminal_confirm(prompt, _("yes")))
		return TMG_OK;
	return box[0] == '\0' ? cli_raise(cli, TMG_CANCELLED,
	    _("nobody agreed to this; when you do, say --agree %s"), hash) :
	    cli_raise(cli, TMG_CANCELLED, _("nobody agreed to this (\"%s\"); when you "
	    "do, say --agree %s"), box, hash);
}

tmg_rc
portal_agree_terms(struct cli *cli, const struct portal *p, const char **hash)
{
	const json_t *consent = json_object_get(p->profile, "consent");

	*hash = portal_text(consent, "hash");
	return (*hash)[0] == '\0' ? TMG_OK :
	    portal_agree(cli, *hash, portal_text(consent, "text"),
	    portal_text(consent, "box"));
}
