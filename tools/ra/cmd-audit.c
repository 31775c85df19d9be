/* SPDX-License-Identifier: BSD-2-Clause */
/* tamga-ra audit verify [--head HASH] | audit list | audit export */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/cmd.h"
#include "tools/ra/life/audit.h"
#include "tools/ra/store/row-json.h"
#include "tools/ra/verb.h"

struct task {
	ra_store *store;
	const char *head;
	bool json;
};

static int
audit_verify(const void *task)
{
	const struct task *t = task;
	tmg_fault fault = { .rc = TMG_OK };
	ra_audit_report report;
	const tmg_rc rc = ra_audit_verify(t->store, t->head, &report, &fault);

	if (t->json)
		ra_print_json(json_pack("{s:b, s:I, s:s, s:s}", "valid", rc == TMG_OK,
		    "entries", (json_int_t)report.entries, "head", report.head,
		    "problem", rc ? fault.text : ""));
	if (rc)
		return ra_fail(&fault, rc);
	if (!t->json)
		printf(_("%" PRId64 " entries, unbroken; head %s\n"),
		    report.entries, report.head);
	return RA_EXIT_DONE;
}

static tmg_rc
print_entry(void *arg, const ra_audit *e)
{
	char at[RA_TIME_TEXT];

	(void)arg;
	ra_time_text(e->at, at);
	printf("%" PRId64 "  %s  %s  %s  %s  %s\n", e->seq, at, e->actor, e->event,
	    e->app, e->detail);
	return TMG_OK;
}

static tmg_rc
collect_entry(void *arg, const ra_audit *e)
{
	char at[RA_TIME_TEXT];
	json_t *o;

	ra_time_text(e->at, at);
	o = json_pack("{s:I, s:s, s:s, s:s, s:s, s:s, s:s}", "seq",
	    (json_int_t)e->seq, "at", at, "actor", e->actor, "event", e->event,
	    "application", e->app, "detail", e->detail, "hash", e->hash);
	return json_array_append_new(arg, o) == 0 ? TMG_OK : TMG_E_NOMEM;
}

static int
audit_list(const void *task)
{
	const struct task *t = task;
	json_t *all = t->json ? json_array() : NULL;
	const tmg_rc rc = ra_audit_each(t->store,
	    t->json ? collect_entry : print_entry, all);

	return ra_print_all(t->store, all, rc);
}

/* One line of JSON. */
static tmg_rc
export_entry(void *arg, const ra_audit *e)
{
	json_t *o = ra_audit_json(e);
	const bool put = o != NULL && json_dumpf(o, stdout, JSON_COMPACT) == 0 &&
	    putchar('\n') != EOF;

	(void)arg;
	json_decref(o);
	return put ? TMG_OK : TMG_E_IO;
}

static int
audit_export(const void *task)
{
	const struct task *t = task;
	tmg_rc rc = ra_audit_each(t->store, export_entry, NULL);

	if (rc == TMG_OK && fflush(stdout) != 0)
		rc = tmg_raise(&t->store->fault, TMG_E_IO, 0, "%s", strerror(errno));
	return rc ? ra_fail(&t->store->fault, rc) : RA_EXIT_DONE;
}

static const ra_verb verbs[] = {
	{ "verify", 0, audit_verify },
	{ "list", 0, audit_list },
	{ "export", 0, audit_export },
};

int
ra_cmd_audit(tmg_ctx *ctx, int argc, char **argv)
{
	ra_common common = { .json = false };
	ra_value head = { .count = 0 }, args;
	const ra_option options[] = { RA_COMMON_OPTIONS(&common),
		{ "head", NULL, &head, 1 } };
	tmg_auto(ra_place) place = { .desk = { .office = NULL } };
	const ra_verb *verb;
	int status;

	if (!ra_args_read(argc, argv, options, TMG_COUNT(options), 1, 1, &args))
		return RA_EXIT_USAGE;
	if ((verb = ra_verb_find(verbs, TMG_COUNT(verbs), &args)) == NULL) {
		fprintf(stderr, "tamga-ra: audit: %s\n",
		    _("say verify, list or export"));
		return RA_EXIT_USAGE;
	}
	if ((status = ra_place_enter(ctx, &common, &place)))
		return status;
	return verb->run(&(struct task){ place.desk.store,
	    ra_value_or(&head, ""), common.json });
}
