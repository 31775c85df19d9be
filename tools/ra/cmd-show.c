/* SPDX-License-Identifier: BSD-2-Clause */
/* tamga-ra show APPLICATION */
#include <stdio.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/cmd.h"

int
ra_cmd_show(tmg_ctx *ctx, int argc, char **argv)
{
	ra_common common = { .json = false };
	const ra_option options[] = { RA_COMMON_OPTIONS(&common) };
	tmg_auto(ra_place) place = { .desk = { .office = NULL } };
	tmg_auto(ra_app) app = { .id = "" };
	tmg_auto(ra_cert) cert = { .der = NULL };
	ra_value args;
	tmg_rc rc;
	int status;

	if (!ra_args_read(argc, argv, options, TMG_COUNT(options), 1, 1, &args))
		return RA_EXIT_USAGE;
	if ((status = ra_place_enter(ctx, &common, &place)))
		return status;

	ra_store *s = place.desk.store;

	rc = ra_app_get(s, args.text[0], &app);
	if (rc == TMG_NOT_FOUND)
		return ra_fail(&s->fault, tmg_raise(&s->fault, rc, 0,
		    _("there is no application %s; tamga-ra list shows them"),
		    args.text[0]));
	if (rc == TMG_OK)
		rc = ra_cert_of_app(s, app.id, &cert);
	if (rc != TMG_OK && rc != TMG_NOT_FOUND)
		return ra_fail(&s->fault, rc);
	ra_print_app(&app, &cert, common.json, true);
	return RA_EXIT_DONE;
}
