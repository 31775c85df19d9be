/* SPDX-License-Identifier: BSD-2-Clause */
/* tamga-ra approve APPLICATION: an officer says yes; the certificate is made. */
#include "src/base/scope.h"
#include "tools/ra/cmd.h"

int
ra_cmd_approve(tmg_ctx *ctx, int argc, char **argv)
{
	ra_common common = { .json = false };
	const ra_option options[] = { RA_COMMON_OPTIONS(&common) };
	tmg_auto(ra_place) place = { .desk = { NULL, NULL, { .rc = TMG_OK } } };
	tmg_auto(ra_app) app = { .id = "" };
	tmg_auto(ra_cert) cert = { .der = NULL };
	char name[RA_OWNER_MAX];
	ra_value args;
	tmg_rc rc;

	if (!ra_args_read(argc, argv, options, TMG_COUNT(options), 1, 1, &args))
		return RA_EXIT_USAGE;
	if (!ra_place_open(ctx, &common, &place))
		return RA_EXIT_FAILED;

	ra_officer_name(name, sizeof(name));
	const ra_actor officer = { RA_BY_OFFICER, name };

	if ((rc = ra_desk_decide(&place.desk, args.text[0], RA_EV_APPROVE,
	    &officer, "", &app)) ||
	    (rc = ra_desk_progress(&place.desk, &app, &cert)))
		return ra_fail(&place.desk.fault, rc);
	ra_print_app(&app, &cert, common.json, true);
	return RA_EXIT_DONE;
}
