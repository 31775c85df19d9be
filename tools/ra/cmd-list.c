/* SPDX-License-Identifier: BSD-2-Clause */
/* tamga-ra list [--state STATE]: applications, newest first. */
#include <stdio.h>

#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/cmd.h"

static tmg_rc
print_one(void *arg, const ra_app *app)
{
	(void)arg;
	ra_print_app(app, NULL, false, false);
	return TMG_OK;
}

static tmg_rc
collect_one(void *arg, const ra_app *app)
{
	return json_array_append_new(arg, ra_app_json(app, NULL)) == 0 ?
	    TMG_OK : TMG_E_NOMEM;
}

int
ra_cmd_list(tmg_ctx *ctx, int argc, char **argv)
{
	ra_common common = { .json = false };
	ra_value state_name = { .count = 0 }, none;
	const ra_option options[] = { RA_COMMON_OPTIONS(&common),
		{ "state", NULL, &state_name, 1 } };
	tmg_auto(ra_place) place = { .desk = { .office = NULL } };
	ra_state state = RA_NONE;
	json_t *all;
	tmg_rc rc;
	int status;

	if (!ra_args_read(argc, argv, options, TMG_COUNT(options), 0, 0, &none))
		return RA_EXIT_USAGE;
	if (state_name.count > 0 &&
	    (ra_state_parse(state_name.text[0], &state) || state == RA_NONE)) {
		fprintf(stderr, "tamga-ra: %s: %s\n", state_name.text[0],
		    _("no such state; submitted, approved, rejected, issuing, issued, revoked"));
		return RA_EXIT_USAGE;
	}
	if ((status = ra_place_enter(ctx, &common, &place)))
		return status;

	ra_store *s = place.desk.store;

	all = common.json ? json_array() : NULL;
	rc = ra_app_each(s, state, common.json ? collect_one : print_one, all);
	return ra_print_all(s, all, rc);
}
