/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/tamga/enrolling.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "tools/tamga/text.h"

enum {
	ADVICE_S = 30,		/* when the authority gives none */
	ADVICE_MAX_S = 86400,
	WAIT_MAX_S = 31536000,
};

/* How each step is called: in JSON, and when it is done. */
static const struct {
	const char *name, *done;
} steps[] = {
	[TMG_STEP_BEGUN] = { "begun", N_("checked") },
	[TMG_STEP_KEY] = { "key", N_("key on the token") },
	[TMG_STEP_REQUEST] = { "request", N_("request signed") },
	[TMG_STEP_SUBMITTED] = { "submitted", N_("request handed in") },
	[TMG_STEP_ISSUED] = { "issued", N_("certificate issued and checked") },
	[TMG_STEP_INSTALLED] = { "installed", N_("certificate on the token, read back") },
	[TMG_STEP_DONE] = { "done", N_("test signature verified") },
	[TMG_STEP_CANCELLED] = { "cancelled", N_("given up") },
};

const char *
enrolling_step(tmg_step step)
{
	return (size_t)step < TMG_COUNT(steps) ? steps[step].name : "?";
}

/* ---- names of policies ------------------------------------------------- */

static const char *const pin_policies[] = { "default", "never", "once", "always" };
static const char *const touch_policies[] = { "default", "never", "always", "cached" };

static tmg_rc
name_index(struct cli *cli, const char *option, const char *const *names,
    size_t count, size_t *index)
{
	const char *text = cli_text(cli, option);

	*index = 0;
	if (text == NULL)
		return TMG_OK;
	for (size_t i = 0; i < count; i++) {
		if (strcasecmp(text, names[i]) == 0) {
			*index = i;
			return TMG_OK;
		}
	}
	return cli_raise(cli, TMG_E_USAGE, _("--%s %s: say %s, %s, %s or %s"),
	    option, text, names[0], names[1], names[2], names[3]);
}

tmg_rc
enrolling_pin_policy(struct cli *cli, const char *option, tmg_pin_policy *pin)
{
	size_t i;
	const tmg_rc rc = name_index(cli, option, pin_policies,
	    TMG_COUNT(pin_policies), &i);

	*pin = (tmg_pin_policy)i;
	return rc;
}

tmg_rc
enrolling_touch_policy(struct cli *cli, const char *option,
    tmg_touch_policy *touch)
{
	size_t i;
	const tmg_rc rc = name_index(cli, option, touch_policies,
	    TMG_COUNT(touch_policies), &i);

	*touch = (tmg_touch_policy)i;
	return rc;
}

tmg_rc
enrolling_number(struct cli *cli, const char *option, const char *text,
    long least, long most, long *n)
{
	char *end;

	*n = strtol(text, &end, 10);
	if (end != text && *end == '\0' && *n >= least && *n <= most)
		return TMG_OK;
	return cli_raise(cli, TMG_E_USAGE, _("--%s %s: say a number from %ld to %ld"),
	    option, text, least, most);
}

/* ---- what is shown ----------------------------------------------------- */

json_t *
enrolling_json(const tmg_provision_record *r)
{
	char begun[40], changed[40], end[40];
	json_t *j = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}",
	    "id", r->id, "state", enrolling_step(r->step), "token", r->token,
	    "slot", r->slot, "authority", r->authority, "subject", r->subject,
	    "begun", text_time(r->begun, begun, sizeof(begun)),
	    "changed", text_time(r->changed, changed, sizeof(changed)));

	if (r->serial[0] != '\0') {
		json_object_set_new(j, "serial", json_string(r->serial));
		json_object_set_new(j, "not_after",
		    json_string(text_time(r->not_after, end, sizeof(end))));
	}
	if (r->step == TMG_STEP_SUBMITTED && r->retry_after_s >= 0)
		json_object_set_new(j, "retry_after", json_integer(r->retry_after_s));
	if (r->unanswered)
		json_object_set_new(j, "unanswered", json_true());
	if (r->waits[0] != '\0')
		json_object_set_new(j, "waits_in", json_string(r->waits));
	if (r->last_error[0] != '\0')
		json_object_set_new(j, "last_error", json_string(r->last_error));
	if (r->note[0] != '\0')
		json_object_set_new(j, "note", json_string(r->note));
	return j;
}

struct watch {
	struct cli *cli;
	json_t *steps;		/* NULL: for people */
};

static void
show_step(void *arg, tmg_step step, double seconds)
{
	struct watch *w = arg;

	if (w->steps == NULL) {
		cli_note(w->cli, "  %-38s %7.3f s", _(steps[step].done), seconds);
		return;
	}
	json_array_append_new(w->steps, json_pack("{s:s, s:f}", "step",
	    enrolling_step(step), "seconds", seconds));
}

static void
show_already(struct cli *cli, const tmg_provision_record *r)
{
	char day[40];

	cli_note(cli, _("Already enrolled: certificate %s, valid until %s; nothing was "
	    "changed."), r->serial, text_day(r->not_after, day, sizeof(day)));
}

static void
show_beginning(struct cli *cli, const tmg_provision_record *r)
{
	cli_note(cli, _("Enrollment %s"), r->id);
	if (r->unanswered)
		cli_note(cli, _("  the authority may have this request: it was handed in "
		    "and no answer came; the same one is handed in again"));
}

static void
show_result(struct cli *cli, const tmg_provision_record *r)
{
	char day[40];

	cli_say(cli, "%s", r->subject);
	cli_say(cli, _("  slot %s, serial number %s, valid until %s, enrollment %s"),
	    r->slot, r->serial, text_day(r->not_after, day, sizeof(day)), r->id);
}

/* ---- waiting ----------------------------------------------------------- */

static long
advice(const tmg_provision_record *r)
{
	const long s = r->retry_after_s >= 0 ? r->retry_after_s : ADVICE_S;

	return s < 1 ? 1 : s > ADVICE_MAX_S ? ADVICE_MAX_S : s;
}

static void
nap(long seconds)
{
	struct timespec left = { .tv_sec = seconds };

	while (nanosleep(&left, &left) != 0)
		continue;
}

/* How long the person is willing to wait. */
struct patience {
	long left;			/* seconds */
	long told;			/* the wait that was told last */
};

static tmg_rc
have_patience(struct cli *cli, struct patience *p)
{
	const char *text = cli_text(cli, "wait");

	*p = (struct patience){ 0, 0 };
	if (!cli_flag(cli, "wait"))
		return TMG_OK;
	p->left = WAIT_MAX_S;
	if (text == NULL)
		return TMG_OK;
	return enrolling_number(cli, "wait", text, 1, WAIT_MAX_S, &p->left);
}

/* Whoever asks every second says so once. */
static void
tell_wait(struct cli *cli, struct patience *p, long s)
{
	if (s == p->told)
		return;
	p->told = s;
	cli_note(cli, dngettext("tamga",
	    "  waiting for the authority's decision: asking again every %ld second",
	    "  waiting for the authority's decision: asking again every %ld seconds",
	    (unsigned long)s), s);
}

/* Sleeps until the authority may be asked; false when patience ends before. */
static bool
wait_for_it(struct cli *cli, const tmg_provision_record *r, struct patience *p)
{
	long s = advice(r);

	if (p->left <= 0)
		return false;
	if (s > p->left)
		s = p->left;
	tell_wait(cli, p, s);
	nap(s);
	p->left -= s;
	return true;
}

static tmg_rc
run_patiently(struct cli *cli, tmg_provision *p, struct watch *w)
{
	const tmg_provision_record *r = tmg_provision_about(p);
	struct patience patience;
	tmg_rc rc;

	if ((rc = have_patience(cli, &patience)))
		return rc;
	if (r->step == TMG_STEP_SUBMITTED && !cli_flag(cli, "now"))
		(void)wait_for_it(cli, r, &patience);
	while ((rc = tmg_provision_run(p, show_step, w)) == TMG_PENDING &&
	    wait_for_it(cli, tmg_provision_about(p), &patience))
		continue;
	return rc;
}

/* ---- the end ----------------------------------------------------------- */

/* Refusals, delays and the like are the authority's; what is lost may also be
 * the token. */
static enum stage
stage_of(struct cli *cli, tmg_rc rc, const char *token)
{
	tmg_token *found;

	if (rc == TMG_NOT_FOUND && cli->tokens != NULL && token != NULL &&
	    tmg_tokens_find(cli->tokens, token, &found) == TMG_NOT_FOUND)
		return STAGE_FIND;
	return rc == TMG_DENIED || rc == TMG_PENDING ? STAGE_AUTHORITY : STAGE_TOKEN;
}

tmg_rc
enrolling_refused(struct cli *cli, tmg_rc rc, const tmg_fault *f)
{
	cli->stage = stage_of(cli, rc, NULL);
	return cli_fail(cli, rc, f);
}

/* What became of it, for programs; NULL is out of memory. */
static json_t *
document(struct cli *cli, tmg_rc rc, const tmg_provision_record *r, json_t *done,
    bool was_done)
{
	json_t *doc = json_pack("{s:o, s:O, s:b}", "enrollment", enrolling_json(r),
	    "steps", done, "already", (int)was_done);

	if (doc != NULL && rc != TMG_OK) {
		json_t *error = cli_error_json(cli, rc);

		json_object_update(doc, error);
		json_decref(error);
	}
	return doc;
}

static tmg_rc
answer_json(struct cli *cli, tmg_rc rc, json_t *doc, json_t *list)
{
	if (list != NULL) {
		json_array_append_new(list, doc);
		return rc;
	}
	cli->answered = doc != NULL;
	if (cli_json(cli, doc))
		return rc != TMG_OK ? rc : TMG_E_IO;
	return rc;
}

/* What was allowed to be lost is not lost yet. */
static void
show_kept(struct cli *cli, const tmg_provision_record *r)
{
	if (r->waits[0] != '\0' && r->step < TMG_STEP_INSTALLED)
		cli_note(cli, _("Slot %s holds what it held, and that may be used; the new "
		    "key waits in slot %s."), r->slot, r->waits);
}

static void
answer_text(struct cli *cli, tmg_rc rc, const tmg_provision_record *r,
    bool was_done)
{
	if (rc == TMG_OK) {
		if (was_done)
			show_already(cli, r);
		show_result(cli, r);
		if (r->note[0] != '\0')
			cli_note(cli, _("Note: %s"), r->note);
	} else if (rc == TMG_PENDING) {
		show_kept(cli, r);
		cli_note(cli, _("Later: tamga enroll --resume %s"), r->id);
	} else {
		show_kept(cli, r);
		cli_note(cli, _("Enrollment %s stopped after \"%s\"; when the cause is "
		    "gone: tamga enroll --resume %s"), r->id,
		    _(steps[r->step].done), r->id);
	}
}

tmg_rc
enrolling_run(struct cli *cli, tmg_provision *p, json_t *list)
{
	struct watch w = { cli, cli->json ? json_array() : NULL };
	const bool was_done = tmg_provision_about(p)->step == TMG_STEP_DONE;
	const tmg_provision_record *r;
	tmg_rc rc;

	if (!was_done)
		show_beginning(cli, tmg_provision_about(p));
	rc = run_patiently(cli, p, &w);
	r = tmg_provision_about(p);
	cli->stage = stage_of(cli, rc, r->token);
	if (rc != TMG_OK && cli->fault.rc != rc)
		(void)cli_fail(cli, rc, tmg_provision_fault(p));
	if (cli->json)
		rc = answer_json(cli, rc, document(cli, rc, r, w.steps,
		    was_done), list);
	else
		answer_text(cli, rc, r, was_done);
	json_decref(w.steps);
	return rc;
}
