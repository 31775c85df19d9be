/* SPDX-License-Identifier: BSD-2-Clause */
/* tamga-ra reload [PID]...: what is wrong with settings or profiles is told
 * here, before a server reads them. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/cmd.h"
#include "tools/ra/desk/reload.h"
#include "tools/ra/http/tls.h"

/* Never a group of processes, and never all of them. */
static tmg_rc
read_pid(const char *text, pid_t *pid, tmg_fault *f)
{
	char *end;
	const long number = strtol(text, &end, 10);

	if (number <= 1 || *end != '\0' || number > INT_MAX)
		return tmg_raise(f, TMG_E_USAGE, 0, _("\"%s\" is no process"), text);
	*pid = (pid_t)number;
	return TMG_OK;
}

static tmg_rc
tell(const ra_value *pids, tmg_fault *f)
{
	pid_t pid = 0;
	tmg_rc rc;

	for (size_t i = 0; i < pids->count; i++) {
		if ((rc = read_pid(pids->text[i], &pid, f)))
			return rc;
		if (kill(pid, SIGHUP) != 0)
			return tmg_raise(f, TMG_E_IO, 0, _("process %s: %s"),
			    pids->text[i], strerror(errno));
	}
	return TMG_OK;
}

/* As a server would; this program knows only what ra.conf says now, so what
 * takes a restart is for the server to tell. */
static tmg_rc
look(ra_desk *desk, size_t *count)
{
	tmg_auto_ptr(ra_book) book = NULL;
	tmg_auto_ptr(ra_tls) tls = NULL;
	tmg_rc rc;

	if ((rc = ra_reload_read(desk, &book)) ||
	    (rc = ra_tls_load(ra_book_config(book), &tls, &desk->fault)))
		return rc;
	*count = ra_book_profiles(book)->count;
	return TMG_OK;
}

int
ra_cmd_reload(tmg_ctx *ctx, int argc, char **argv)
{
	ra_common common = { .json = false };
	ra_value pids;
	const ra_option options[] = { RA_COMMON_OPTIONS(&common) };
	tmg_auto(ra_place) place = { .desk = { .office = NULL } };
	size_t count = 0;
	int status;
	tmg_rc rc;

	if (!ra_args_read(argc, argv, options, TMG_COUNT(options), 0,
	    RA_VALUES_MAX, &pids))
		return RA_EXIT_USAGE;
	if ((status = ra_place_enter(ctx, &common, &place)))
		return status;
	if ((rc = look(&place.desk, &count)) ||
	    (rc = tell(&pids, &place.desk.fault)))
		return ra_fail(&place.desk.fault, rc);
	if (common.json)
		ra_print_json(json_pack("{s:I, s:I}", "profiles",
		    (json_int_t)count, "told", (json_int_t)pids.count));
	else
		printf(_("the settings and %zu profiles are good; told %zu servers\n"), count,
		    pids.count);
	return RA_EXIT_DONE;
}
