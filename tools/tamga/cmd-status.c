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

static tmg_rc
show_rows(struct cli *cli, const tmg_provision_record *rows, size_t count)
{
	static const char *const heads[] = {
		N_("ID"), N_("STATE"), N_("SINCE"), N_("SLOT"), N_("SUBJECT"),
		N_("VALID UNTIL"),
	};
	struct table t;
	tmg_rc rc;

	table_begin(&t, TMG_COUNT(heads), heads);
	for (size_t i = 0; i < count; i++) {
		char since[40], end[40];

		table_put(&t, "%s", rows[i].id);
		table_put(&t, "%s", enrolling_step(rows[i].step));
		table_put(&t, "%s", text_day(rows[i].begun, since, sizeof(since)));
		table_put(&t, "%s", rows[i].slot);
		table_put(&t, "%s", rows[i].subject);
		table_put(&t, "%s", text_day(rows[i].not_after, end, sizeof(end)));
	}
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
show_json(struct cli *cli, const tmg_provision_record *rows, size_t count)
{
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(list, enrolling_json(&rows[i]));
	return cli_json(cli, json_pack("{s:o}", "enrollments", list));
}

static tmg_rc
show(struct cli *cli, const tmg_provision_record *rows, size_t count,
    const char *id)
{
	if (id == NULL)
		return cli->json ? show_json(cli, rows, count) :
		    show_rows(cli, rows, count);
	for (size_t i = 0; i < count; i++)
		if (strcmp(rows[i].id, id) == 0)
			return cli->json ? cli_json(cli, json_pack("{s:o}",
			    "enrollment", enrolling_json(&rows[i]))) :
			    show_one(cli, &rows[i]);
	return cli_raise(cli, TMG_NOT_FOUND,
	    _("there is no enrollment %s; see tamga enroll --list"), id);
}

tmg_rc
status_show(struct cli *cli, const char *id)
{
	tmg_auto_free tmg_provision_record *rows = NULL;
	tmg_fault f = { 0 };
	size_t count;
	tmg_rc rc;

	if ((rc = tmg_provision_list(cli->ctx, &rows, &count, &f)))
		return cli_fail(cli, rc, &f);
	return show(cli, rows, count, id);
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
