/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tamga-ra upstream [--now]: whether the authority that issues is who ra.conf
 * says and takes what we hand in, and what it is asked for.
 */
#include <stdio.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/cmd.h"
#include "tools/ra/store/errand.h"

static tmg_rc
print_one(void *arg, const ra_errand *e)
{
	const bool refused = e->due == RA_ERRAND_NEVER;
	char begun[RA_TIME_TEXT], due[RA_TIME_TEXT];

	(void)arg;
	ra_time_text(e->begun, begun);
	ra_time_text(refused ? 0 : e->due, due);
	printf("%s  %-7s  %s  %s  %s\n", e->app, e->kind, begun,
	    refused ? _("refused") : due, e->said);
	return TMG_OK;
}

static tmg_rc
collect_one(void *arg, const ra_errand *e)
{
	const bool refused = e->due == RA_ERRAND_NEVER;
	char begun[RA_TIME_TEXT], due[RA_TIME_TEXT];
	json_t *o;

	ra_time_text(e->begun, begun);
	ra_time_text(refused ? 0 : e->due, due);
	o = json_pack("{s:s, s:s, s:s, s:b, s:b, s:i, s:s*}", "application", e->app,
	    "kind", e->kind, "begun", begun, "taken", e->asked != 0, "refused",
	    refused, "tries", e->tries, "said", e->said);
	if (!refused)
		json_object_set_new(o, "due", json_string(due));
	return json_array_append_new(arg, o) == 0 ? TMG_OK : TMG_E_NOMEM;
}

static tmg_rc
show(ra_desk *desk, tmg_rc hello, bool json)
{
	json_t *all;
	tmg_rc rc;

	if (!json) {
		printf("%s: %s\n", desk->config->upstream.url, hello == TMG_OK ?
		    _("it is who it should be, and takes what we hand in") :
		    desk->fault.text);
		return ra_errand_each(desk->store, print_one, NULL);
	}
	all = json_array();
	rc = ra_errand_each(desk->store, collect_one, all);
	ra_print_json(json_pack("{s:s, s:b, s:s*, s:o}", "url",
	    desk->config->upstream.url, "good", hello == TMG_OK, "said",
	    desk->fault.text, "errands", all));
	return rc;
}

int
ra_cmd_upstream(tmg_ctx *ctx, int argc, char **argv)
{
	ra_common common = { .json = false };
	ra_value none;
	bool now = false;
	const ra_option options[] = { RA_COMMON_OPTIONS(&common),
		{ "now", &now, NULL, 0 } };
	tmg_auto(ra_place) place = { .desk = { .office = NULL } };
	ra_desk *d = &place.desk;
	tmg_rc hello, rc = TMG_OK;
	int64_t count;
	int status;

	if (!ra_args_read(argc, argv, options, TMG_COUNT(options), 0, 0, &none))
		return RA_EXIT_USAGE;
	if ((status = ra_place_enter(ctx, &common, &place)))
		return status;
	if (!place.office.ca->ops->elsewhere)
		return ra_fail(&d->fault, tmg_raise(&d->fault, TMG_UNSUPPORTED, 0,
		    _("ra.conf names no upstream.url: certificates are signed here")));
	if (now)
		rc = ra_errand_hurry(d->store, ra_desk_now(d), &count);
	hello = place.office.ca->ops->hello(place.office.ca, &d->fault);
	if (rc || (rc = show(d, hello, common.json)))
		return ra_fail(&d->store->fault, rc);
	return hello == TMG_OK ? RA_EXIT_DONE : RA_EXIT_FAILED;
}
