/* SPDX-License-Identifier: BSD-2-Clause */
/* tamga-ra check: what an administrator should see to, before others notice. */
#include <stdio.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/cmd.h"
#include "tools/ra/desk/reload.h"
#include "tools/ra/desk/upkeep.h"
#include "tools/ra/http/tls.h"

struct report {
	json_t *array;		/* NULL: for people */
	time_t now;
	unsigned due;
};

static tmg_rc
report_json(struct report *r, const ra_upkeep *one, const char *ends, bool due)
{
	return json_array_append_new(r->array, json_pack("{s:s, s:s, s:s, s:b}", "what",
	    one->what, "about", one->about, "ends", ends, "due", (int)due)) == 0 ?
	    TMG_OK : TMG_E_NOMEM;
}

static tmg_rc
report_one(void *arg, const ra_upkeep *one)
{
	struct report *r = arg;
	const bool due = ra_upkeep_due(one, r->now);
	char ends[RA_TIME_TEXT] = "";

	if (one->ends != 0)
		ra_time_text(one->ends, ends);
	r->due += due;
	if (r->array != NULL)
		return report_json(r, one, ends, due);
	printf("%-4s %-20s  %s (%s)", due ? "!" : "", ends, _(one->label), one->about);
	printf("%s%s\n", due ? ": " : "", due ? _(one->mend) : "");
	return TMG_OK;
}

/* What a server would read. */
static tmg_rc
look(ra_desk *desk)
{
	tmg_auto_ptr(ra_book) book = NULL;
	tmg_auto_ptr(ra_tls) tls = NULL;
	const tmg_rc rc = ra_reload_read(desk, &book);

	return rc ? rc : ra_tls_load(ra_book_config(book), &tls, &desk->fault);
}

int
ra_cmd_check(tmg_ctx *ctx, int argc, char **argv)
{
	ra_common common = { .json = false };
	const ra_option options[] = { RA_COMMON_OPTIONS(&common) };
	tmg_auto(ra_place) place = { .desk = { .office = NULL } };
	struct report report = { .due = 0 };
	ra_value none;
	int status;
	tmg_rc rc;

	if (!ra_args_read(argc, argv, options, TMG_COUNT(options), 0, 0, &none))
		return RA_EXIT_USAGE;
	if ((status = ra_place_enter(ctx, &common, &place)))
		return status;
	report.now = ra_desk_now(&place.desk);
	report.array = common.json ? json_array() : NULL;
	if ((rc = look(&place.desk)) == TMG_OK)
		rc = ra_upkeep_each(&place.desk, report_one, &report);
	if (report.array != NULL)
		ra_print_json(report.array);
	fflush(stdout);
	if (rc)
		return ra_fail(&place.desk.fault, rc);
	return report.due > 0 ? RA_EXIT_FAILED : RA_EXIT_DONE;
}
