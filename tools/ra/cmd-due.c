/* SPDX-License-Identifier: BSD-2-Clause */
/* tamga-ra due: what deadlines and reminders say is to be done now. */
#include <stdio.h>

#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/cmd.h"
#include "tools/ra/desk/due.h"
#include "tools/ra/desk/staff.h"
#include "tools/ra/desk/tell.h"

int
ra_cmd_due(tmg_ctx *ctx, int argc, char **argv)
{
	ra_common common = { .json = false };
	ra_value none;
	const ra_option options[] = { RA_COMMON_OPTIONS(&common) };
	tmg_auto(ra_place) place = { .desk = { .office = NULL } };
	unsigned done = 0, told = 0, staff = 0;
	tmg_rc rc;
	int status;

	if (!ra_args_read(argc, argv, options, TMG_COUNT(options), 0, 0, &none))
		return RA_EXIT_USAGE;
	if ((status = ra_place_enter(ctx, &common, &place)))
		return status;
	if ((rc = ra_desk_due(&place.desk, &done)) ||
	    (rc = ra_tell_ending(&place.desk, &told)) ||
	    (rc = ra_staff_watch(&place.desk, &staff)))
		return ra_fail(&place.desk.fault, rc);
	if (common.json)
		ra_print_json(json_pack("{s:i, s:i, s:i}", "due", (int)done,
		    "reminded", (int)told, "staff", (int)staff));
	else
		printf(_("%u applications ended, %u holders reminded, staff told of %u things\n"),
		    done, told, staff);
	return RA_EXIT_DONE;
}
