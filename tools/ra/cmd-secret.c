/* SPDX-License-Identifier: BSD-2-Clause */
/* tamga-ra secret add REFERENCE [--owner NAME] [--profile NAME] [--days N]
 *     [--uses N] | secret add REFERENCE --application NUMBER [--days N] | secret list | secret close REFERENCE */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/cmd.h"
#include "tools/ra/desk/secret.h"
#include "tools/ra/verb.h"

#define DAY 86400

struct task {
	ra_desk *desk;
	const char *reference, *owner, *profile, *application;
	long days, uses;
	bool json;
};

static int
refuse(ra_desk *d, const char *text)
{
	d->fault = (tmg_fault){ .rc = TMG_E_USAGE };
	snprintf(d->fault.text, sizeof(d->fault.text), "%s", text);
	return ra_fail(&d->fault, TMG_E_USAGE);
}

/* Of one application its profile is known, and nobody else's. */
static tmg_rc
take_application(ra_desk *d, const char *number, ra_secret_row *row)
{
	tmg_auto(ra_app) app = { .id = "" };
	const tmg_rc rc = ra_app_get(d->store, number, &app);

	if (rc == TMG_NOT_FOUND)
		return tmg_raise(&d->fault, rc, 0, _("there is no application %s"), number);
	if (rc)
		return ra_desk_says(d, rc);
	memcpy(row->owner, app.id, sizeof(app.id));
	memcpy(row->profile, app.profile, sizeof(row->profile));
	return TMG_OK;
}

static int
secret_add(const void *task)
{
	const struct task *t = task;
	char self[RA_OWNER_MAX], text[RA_SECRET_TEXT];
	ra_secret_row row = { .most = (int)t->uses,
		.until = ra_desk_now(t->desk) + t->days * DAY };
	tmg_rc rc;

	if (t->profile[0] != '\0' &&
	    ra_profiles_find(t->desk->profiles, t->profile) == NULL)
		return refuse(t->desk, _("there is no such profile"));
	if (strlen(t->reference) >= sizeof(row.reference) ||
	    strlen(t->owner) >= sizeof(row.owner))
		return refuse(t->desk, _("a name is too long"));
	snprintf(row.reference, sizeof(row.reference), "%s", t->reference);
	snprintf(row.owner, sizeof(row.owner), "%s", t->owner);
	snprintf(row.profile, sizeof(row.profile), "%s", t->profile);
	ra_officer_name(self, sizeof(self));
	if (t->application[0] != '\0' &&
	    (rc = take_application(t->desk, t->application, &row)))
		return ra_fail(&t->desk->fault, rc);
	if ((rc = ra_secret_make(t->desk, &row,
	    &(ra_actor){ RA_BY_OFFICER, self }, text)))
		return ra_fail(&t->desk->fault, rc);
	if (t->json)
		ra_print_json(json_pack("{s:s, s:s}", "reference", row.reference,
		    "secret", text));
	else
		printf("%s\n", text);
	explicit_bzero(text, sizeof(text));
	return RA_EXIT_DONE;
}

static tmg_rc
print_secret(void *arg, const ra_secret_row *row)
{
	char until[RA_TIME_TEXT] = "";

	(void)arg;
	ra_time_text(row->until, until);
	printf("%-24s  %-24s  %-16s  %d/%d  %s\n", row->reference, row->owner,
	    row->profile, row->used, row->most,
	    row->until == 0 ? _("closed") : until);
	return TMG_OK;
}

static tmg_rc
collect_secret(void *arg, const ra_secret_row *row)
{
	return json_array_append_new(arg, json_pack("{s:s, s:s, s:s, s:i, s:i, s:I}",
	    "reference", row->reference, "owner", row->owner, "profile",
	    row->profile, "used", row->used, "most", row->most, "until",
	    (json_int_t)row->until)) == 0 ? TMG_OK : TMG_E_NOMEM;
}

static int
secret_list(const void *task)
{
	const struct task *t = task;
	json_t *all = t->json ? json_array() : NULL;
	const tmg_rc rc = ra_secret_each(t->desk->store,
	    t->json ? collect_secret : print_secret, all);

	return ra_print_all(t->desk->store, all, rc);
}

static int
secret_close(const void *task)
{
	const struct task *t = task;
	char self[RA_OWNER_MAX];
	tmg_rc rc;

	ra_officer_name(self, sizeof(self));
	rc = ra_secret_void(t->desk, t->reference,
	    &(ra_actor){ RA_BY_OFFICER, self });
	return rc ? ra_fail(&t->desk->fault, rc) : RA_EXIT_DONE;
}

static const ra_verb verbs[] = {
	{ "add", 1, secret_add },
	{ "list", 0, secret_list },
	{ "close", 1, secret_close },
};

/* 0 for what is none. */
static long
read_count(const ra_value *value, const char *usual)
{
	const char *text = ra_value_or(value, usual);
	char *end;
	const long number = strtol(text, &end, 10);

	return end != text && *end == '\0' && number > 0 && number <= 36500 ?
	    number : 0;
}

int
ra_cmd_secret(tmg_ctx *ctx, int argc, char **argv)
{
	ra_common common = { .json = false };
	ra_value owner = { .count = 0 }, profile = { .count = 0 },
	    days = { .count = 0 }, uses = { .count = 0 },
	    application = { .count = 0 }, args;
	const ra_option options[] = { RA_COMMON_OPTIONS(&common),
		{ "owner", NULL, &owner, 1 }, { "profile", NULL, &profile, 1 },
		{ "days", NULL, &days, 1 }, { "uses", NULL, &uses, 1 },
		{ "application", NULL, &application, 1 } };
	tmg_auto(ra_place) place = { .office = { .ctx = NULL } };
	struct task task = { .json = false };
	const ra_verb *verb;
	int status;

	if (!ra_args_read(argc, argv, options, TMG_COUNT(options), 1, 2, &args))
		return RA_EXIT_USAGE;
	task.days = read_count(&days, "7");
	task.uses = read_count(&uses, "1");
	verb = ra_verb_find(verbs, TMG_COUNT(verbs), &args);
	if (verb == NULL || task.days == 0 || task.uses == 0 || (application.count > 0 &&
	    owner.count + profile.count + uses.count > 0)) {
		fprintf(stderr, "%s\n",
		    _("usage: tamga-ra secret add REFERENCE [--owner NAME] [--profile NAME] [--days N] [--uses N] | add REFERENCE --application NUMBER [--days N] | list | close REFERENCE"));
		return RA_EXIT_USAGE;
	}
	if ((status = ra_place_enter(ctx, &common, &place)))
		return status;
	task.desk = &place.desk;
	task.json = common.json;
	task.reference = verb->names > 0 ? args.text[1] : "";
	task.owner = ra_value_or(&owner, task.reference);
	task.profile = ra_value_or(&profile, "");
	task.application = ra_value_or(&application, "");
	return verb->run(&task);
}
