/* SPDX-License-Identifier: BSD-2-Clause */
/* tamga-ra reject APPLICATION --reason TEXT: the applicant reads the reason. */
#include <stdio.h>
#include <string.h>

#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/cmd.h"

int
ra_cmd_reject(tmg_ctx *ctx, int argc, char **argv)
{
	ra_common common = { .json = false };
	ra_value reason = { .count = 0 }, args;
	const ra_option options[] = { RA_COMMON_OPTIONS(&common),
		{ "reason", NULL, &reason, 1 } };
	tmg_auto(ra_place) place = { .desk = { .office = NULL } };
	tmg_auto(ra_app) app = { .id = "" };
	char name[RA_OWNER_MAX];
	tmg_rc rc;
	int status;

	if (!ra_args_read(argc, argv, options, TMG_COUNT(options), 1, 1, &args))
		return RA_EXIT_USAGE;
	if (ra_value_or(&reason, "")[0] == '\0' ||
	    strlen(reason.text[0]) >= RA_REASON_MAX) {
		fprintf(stderr, "tamga-ra: %s\n",
		    _("say why, in 1 to 255 bytes: --reason TEXT; the applicant reads it"));
		return RA_EXIT_USAGE;
	}
	if ((status = ra_place_enter(ctx, &common, &place)))
		return status;

	ra_officer_name(name, sizeof(name));
	const ra_actor officer = { RA_BY_OFFICER, name };

	if ((rc = ra_desk_decide(&place.desk, args.text[0], RA_EV_REJECT,
	    &officer, reason.text[0], &app)))
		return ra_fail(&place.desk.fault, rc);
	ra_print_app(&app, NULL, common.json, true);
	return RA_EXIT_DONE;
}
