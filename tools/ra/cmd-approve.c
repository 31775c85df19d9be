/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tamga-ra approve, pay, release APPLICATION: one more of the things that an
 * application waits for; with the last of them the certificate is made.
 */
#include <stdio.h>

#include "src/base/scope.h"
#include "tools/ra/cmd.h"

static int
allow(tmg_ctx *ctx, int argc, char **argv, ra_event event)
{
	ra_common common = { .json = false };
	const ra_option options[] = { RA_COMMON_OPTIONS(&common) };
	tmg_auto(ra_place) place = { .desk = { .office = NULL } };
	tmg_auto(ra_app) app = { .id = "" };
	tmg_auto(ra_cert) cert = { .der = NULL };
	char name[RA_OWNER_MAX];
	ra_value args;
	tmg_rc rc;
	int status;

	if (!ra_args_read(argc, argv, options, TMG_COUNT(options), 1, 1, &args))
		return RA_EXIT_USAGE;
	if ((status = ra_place_enter(ctx, &common, &place)))
		return status;

	ra_officer_name(name, sizeof(name));
	const ra_actor officer = { RA_BY_OFFICER, name };

	if ((rc = ra_desk_decide(&place.desk, args.text[0], event, &officer, "",
	    &app)))
		return ra_fail(&place.desk.fault, rc);
	rc = ra_desk_progress(&place.desk, &app, &cert);
	if (rc != TMG_OK && rc != TMG_PENDING)
		return ra_fail(&place.desk.fault, rc);
	ra_print_app(&app, &cert, common.json, true);
	if (rc == TMG_PENDING)
		fprintf(stderr, "tamga-ra: %s\n", place.desk.fault.text);
	return RA_EXIT_DONE;
}

int
ra_cmd_approve(tmg_ctx *ctx, int argc, char **argv)
{
	return allow(ctx, argc, argv, RA_EV_CONFIRM);
}

int
ra_cmd_pay(tmg_ctx *ctx, int argc, char **argv)
{
	return allow(ctx, argc, argv, RA_EV_PAY);
}

int
ra_cmd_release(tmg_ctx *ctx, int argc, char **argv)
{
	return allow(ctx, argc, argv, RA_EV_RELEASE);
}
