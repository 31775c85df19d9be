/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How enrollments stand, as their journals tell it.
 */
#include <stdlib.h>
#include <string.h>

#include "tools/tamga/commands.h"
#include "tools/tamga/enrolling.h"
#include "tools/tamga/portal.h"
#include "tools/tamga/status.h"
#include "tools/tamga/table.h"
#include "tools/tamga/text.h"

/* What is written down here: of enrollments, and of applications. */
typedef struct known {
	tmg_provision_record *rows;
	size_t count;
	json_t *applications;
} known;

static void
known_release(struct known *k)
{
	free(k->rows);
	json_decref(k->applications);
}

static tmg_rc
known_read(struct cli *cli, struct known *k)
{
	tmg_fault f = { 0 };
	const tmg_rc rc = tmg_provision_list(cli->ctx, &k->rows, &k->count, &f);

	return rc == TMG_OK ? portal_records(cli, &k->applications) :
	    cli_fail(cli, rc, &f);
}

/* Its enrollment tells more. */
static bool
has_enrollment(const struct known *k, const char *number)
{
	for (size_t i = 0; i < k->count; i++)
		if (portal_is_about(&k->rows[i], number))
			return true;
	return false;
}

static const char *
text_of(const json_t *o, const char *name)
{
	const char *text = json_string_value(json_object_get(o, name));

	return text != NULL ? text : "";
}

static void
put_applications(const struct known *k, struct table *t)
{
	json_t *o;
	size_t i;

	json_array_foreach(k->applications, i, o) {
		char since[40];

		if (has_enrollment(k, text_of(o, "application")))
			continue;
		table_put(t, "%s", text_of(o, "application"));
		table_put(t, "%s", text_of(o, "state"));
		table_put(t, "%s", text_day((time_t)json_integer_value(
		    json_object_get(o, "begun")), since, sizeof(since)));
		table_put(t, "%s", "");
		table_put(t, "%s", text_of(o, "title"));
		table_put(t, "%s", "");
	}
}

static tmg_rc
show_rows(struct cli *cli, const struct known *k)
{
	const tmg_provision_record *rows = k->rows;
	static const char *const heads[] = {
		N_("ID"), N_("STATE"), N_("SINCE"), N_("SLOT"), N_("SUBJECT"),
		N_("VALID UNTIL"),
	};
	struct table t;
	tmg_rc rc;

	table_begin(&t, TMG_COUNT(heads), heads);
	for (size_t i = 0; i < k->count; i++) {
		char since[40], end[40];

		table_put(&t, "%s", rows[i].id);
		table_put(&t, "%s", enrolling_step(rows[i].step));
		table_put(&t, "%s", text_day(rows[i].begun, since, sizeof(since)));
		table_put(&t, "%s", rows[i].slot);
		table_put(&t, "%s", rows[i].subject);
		table_put(&t, "%s", text_day(rows[i].not_after, end, sizeof(end)));
	}
	put_applications(k, &t);
	table_fit(&t, stdout);
	rc = table_print(&t, stdout, cli->colour);
	table_release(&t);
	return rc;
}

static tmg_rc
show_one(struct cli *cli, const tmg_provision_record *r)
{
	char begun[40], changed[40], end[40];

	cli_say(cli, _("enrollment   %s"), r->id);
	cli_say(cli, _("state        %s, since %s"), enrolling_step(r->step),
	    text_time(r->changed, changed, sizeof(changed)));
	cli_say(cli, _("begun        %s"), text_time(r->begun, begun, sizeof(begun)));
	cli_say(cli, _("subject      %s"), r->subject);
	cli_say(cli, _("authority    %s"), r->authority);
	cli_say(cli, _("token, slot  %s, %s"), r->token, r->slot);
	if (r->serial[0] != '\0')
		cli_say(cli, _("certificate  %s, valid until %s"), r->serial,
		    text_day(r->not_after, end, sizeof(end)));
	if (r->step == TMG_STEP_SUBMITTED && r->retry_after_s >= 0)
		cli_say(cli, _("ask again    %s"), text_time(r->changed +
		    r->retry_after_s, end, sizeof(end)));
	if (r->last_error[0] != '\0')
		cli_say(cli, _("last error   %s"), r->last_error);
	if (r->note[0] != '\0')
		cli_say(cli, _("note         %s"), r->note);
	return TMG_OK;
}

static tmg_rc
show_json(struct cli *cli, const struct known *k)
{
	json_t *list = json_array();

	for (size_t i = 0; i < k->count; i++)
		json_array_append_new(list, enrolling_json(&k->rows[i]));
	return cli_json(cli, json_pack("{s:o, s:O}", "enrollments", list,
	    "applications", k->applications));
}

static tmg_rc
show(struct cli *cli, const struct known *k, const char *id)
{
	if (id == NULL)
		return cli->json ? show_json(cli, k) : show_rows(cli, k);
	for (size_t i = 0; i < k->count; i++)
		if (strcmp(k->rows[i].id, id) == 0)
			return cli->json ? cli_json(cli, json_pack("{s:o}",
			    "enrollment", enrolling_json(&k->rows[i]))) :
			    show_one(cli, &k->rows[i]);
	return cli_raise(cli, TMG_NOT_FOUND,
	    _("there is no enrollment %s; see tamga enroll --list"), id);
}

tmg_rc
status_show(struct cli *cli, const char *id)
{
	tmg_auto(known) k = { .rows = NULL };
	const tmg_rc rc = known_read(cli, &k);

	return rc == TMG_OK ? show(cli, &k, id) : rc;
}

/* What the portal says of an application, and what is written down here of the
 * enrollments that are about it. */
static tmg_rc
show_application(struct cli *cli, const char *number)
{
	tmg_auto_free tmg_provision_record *rows = NULL;
	json_t *ours = json_array();
	tmg_fault f = { 0 };
	size_t count;
	tmg_rc rc;

	if ((rc = tmg_provision_list(cli->ctx, &rows, &count, &f))) {
		json_decref(ours);
		return cli_fail(cli, rc, &f);
	}
	for (size_t i = 0; i < count; i++) {
		if (!portal_is_about(&rows[i], number))
			continue;
		json_array_append_new(ours, enrolling_json(&rows[i]));
		if (!cli->json)
			(void)show_one(cli, &rows[i]);
	}
	return portal_status(cli, number, ours);
}

static tmg_rc
run_status(struct cli *cli)
{
	const char *name = cli_operand(cli, 0);

	return name != NULL && portal_is_number(name) ?
	    show_application(cli, name) : status_show(cli, name);
}

static const struct opt options[] = {
	CA_OPTIONS,
	{ "code-file", 0, OPT_TEXT, "FILE",
	    N_("of an application: its access code is the first line") },
	OPT_END
};

const struct command cmd_status = {
	.name = "status",
	.operands = "[ID | NUMBER]",
	.least = 0,
	.most = 1,
	.what = N_("how enrollments stand, or an application at its portal"),
	.options = options,
	.run = run_status,
};
