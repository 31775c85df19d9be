/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tamga-ra act EVENT APPLICATION [--reason TEXT]: the officer's steps that
 * have no command of their own.
 */
#include <stdio.h>
#include <string.h>

#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/cmd.h"
#include "tools/ra/desk/case.h"

#define NEW_CODE "new-code"

static const struct {
	ra_event event;
	bool reason;		/* the applicant is to be told one */
} acts[] = {
	{ RA_EV_RECEIVE_DOCS, false },
	{ RA_EV_CHECK_DOCS, false },
	{ RA_EV_MISS_DOCS, true },
	{ RA_EV_CHECK_DATA, false },
	{ RA_EV_RETURN_DATA, true },
	{ RA_EV_RETRY, false },
	{ RA_EV_HAND_OVER, false },
	{ RA_EV_CANCEL, false },
	{ RA_EV_SUSPEND, false },
	{ RA_EV_RESUME, false },
};

static int
usage(const char *words)
{
	fprintf(stderr, "tamga-ra: %s\n", words);
	return RA_EXIT_USAGE;
}

static bool
find_event(const char *name, ra_event *event, bool *reason)
{
	for (size_t i = 0; i < TMG_COUNT(acts); i++) {
		if (strcmp(ra_event_name(acts[i].event), name) != 0)
			continue;
		*event = acts[i].event;
		*reason = acts[i].reason;
		return true;
	}
	return false;
}

/* The code is the only thing on standard output. */
static int
give_code(tmg_ctx *ctx, const ra_common *common, const char *id,
    const ra_actor *officer)
{
	tmg_auto(ra_place) place = { .desk = { .office = NULL } };
	tmg_auto(ra_app) app = { .id = "" };
	char code[RA_CODE_MAX];
	tmg_rc rc;
	int status;

	if ((status = ra_place_enter(ctx, common, &place)))
		return status;
	if ((rc = ra_case_new_code(&place.desk, id, officer, &app, code)))
		return ra_fail(&place.desk.fault, rc);
	if (common->json)
		ra_print_json(json_pack("{s:s, s:s}", "application", app.id, "code",
		    code));
	else
		printf("%s\n", code);
	explicit_bzero(code, sizeof(code));
	return RA_EXIT_DONE;
}

static int
act(tmg_ctx *ctx, const ra_common *common, const char *id, ra_event event,
    const ra_actor *officer, const char *reason)
{
	tmg_auto(ra_place) place = { .desk = { .office = NULL } };
	tmg_auto(ra_app) app = { .id = "" };
	tmg_auto(ra_cert) cert = { .der = NULL };
	tmg_rc rc;
	int status;

	if ((status = ra_place_enter(ctx, common, &place)))
		return status;
	if ((rc = ra_desk_decide(&place.desk, id, event, officer, reason, &app)))
		return ra_fail(&place.desk.fault, rc);
	/* what is tried again is tried now */
	if (event == RA_EV_RETRY &&
	    (rc = ra_desk_progress(&place.desk, &app, &cert)) != TMG_OK &&
	    rc != TMG_PENDING)
		return ra_fail(&place.desk.fault, rc);
	ra_print_app(&app, NULL, common->json, true);
	return RA_EXIT_DONE;
}

int
ra_cmd_act(tmg_ctx *ctx, int argc, char **argv)
{
	ra_common common = { .json = false };
	ra_value reason = { .count = 0 }, args;
	const ra_option options[] = { RA_COMMON_OPTIONS(&common),
		{ "reason", NULL, &reason, 1 } };
	char name[RA_OWNER_MAX];
	bool wants_reason = false;
	ra_event event;

	if (!ra_args_read(argc, argv, options, TMG_COUNT(options), 2, 2, &args))
		return RA_EXIT_USAGE;
	ra_officer_name(name, sizeof(name));
	const ra_actor officer = { RA_BY_OFFICER, name };

	if (strcmp(args.text[0], NEW_CODE) == 0)
		return give_code(ctx, &common, args.text[1], &officer);
	if (!find_event(args.text[0], &event, &wants_reason))
		return usage(_("there is no such step; tamga-ra act --help names them"));
	const char *words = ra_value_or(&reason, "");

	if ((wants_reason && words[0] == '\0') || strlen(words) >= RA_REASON_MAX)
		return usage(_("say why, in 1 to 255 bytes: --reason TEXT; the applicant reads it"));
	return act(ctx, &common, args.text[1], event, &officer, words);
}
