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

static tmg_rc
ask(struct cli *cli, const char *label, const char *hint, bool required,
    char *line, size_t cap)
{
	char prompt[256];

	if (!terminal_is())
		return cli_raise(cli, TMG_E_USAGE,
		    _("%s is wanted and there is nobody to ask; say it in --answers"),
		    label);
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
	if ((rc = ask(cli, portal_text(field, "label"), portal_text(field, "hint"),
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
portal_agree(struct cli *cli, const char *hash, const char *text)
{
	const char *said = cli_text(cli, "agree");

	if (said != NULL && strcmp(said, hash) == 0)
		return TMG_OK;
	note_lines(cli, text);
	if (terminal_is() &&
	    terminal_confirm(_("Do you agree? Type yes: "), _("yes")))
		return TMG_OK;
	return cli_raise(cli, TMG_CANCELLED,
	    _("nobody agreed to this; when you do, say --agree %s"), hash);
}

tmg_rc
portal_agree_terms(struct cli *cli, const struct portal *p, const char **hash)
{
	const json_t *consent = json_object_get(p->profile, "consent");

	*hash = portal_text(consent, "hash");
	return (*hash)[0] == '\0' ? TMG_OK :
	    portal_agree(cli, *hash, portal_text(consent, "text"));
}
