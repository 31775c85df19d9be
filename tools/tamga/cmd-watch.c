/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a person would forget: enrollments that wait, certificates that end.
 * Run by a timer, it asks nobody who is not there, and is never silent about
 * what is stuck.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "src/codec/uri.h"
#include "tools/tamga/commands.h"
#include "tools/tamga/enrolling.h"
#include "tools/tamga/notice.h"
#include "tools/tamga/options.h"
#include "tools/tamga/portal.h"
#include "tools/tamga/renewing.h"
#include "tools/tamga/text.h"
#include "tools/tamga/told.h"

enum {
	WAIT_MAX_S = 7 * 86400,		/* that an authority's advice is believed */
};

static const struct opt options[] = {
	WITHIN_OPTION(N_("what ends within so many days is renewed, or reminded of; else 30")),
	NO_SWAP_OPTION,
	OPTION_DRY_RUN,
	WAIT_OPTIONS,
	CA_OPTIONS,
	OPT_END
};

/* A certificate on a token in reach, or one that an enrollment brought. */
struct held {
	char serial[TMG_SERIAL_MAX], subject[TMG_NAME_MAX];
	char place[TMG_URI_MAX + TMG_SLOT_NAME + 2];
	tmg_key *key;			/* NULL: the token is not here */
	time_t begin, end;
};

struct watch {
	struct cli *cli;
	time_t now;
	struct renewal renewal;
	struct told told;
	tmg_provision_record *rows;
	size_t row_count;
	struct held *held;
	size_t held_count;
	json_t *notices, *enrollments, *renewals;
	tmg_rc worst;
};

static void
watch_release(struct watch *w)
{
	renewal_release(&w->renewal);
	told_release(&w->told);
	free(w->rows);
	free(w->held);
	json_decref(w->notices);
	json_decref(w->enrollments);
	json_decref(w->renewals);
}

static tmg_rc
no_memory(struct watch *w)
{
	return cli_raise(w->cli, TMG_E_NOMEM, _("out of memory"));
}

/* Why something is stuck stands in the command's fault. */
static void
stuck(struct watch *w, tmg_rc rc, const char *subject, const char *next)
{
	w->worst = rc;
	notice(w->cli, w->notices, URGENCY_CRITICAL,
	    _("The certificate of %s is stuck: %s. When the cause is gone: %s"),
	    subject, w->cli->fault.text, next);
}

static void
good_news(struct watch *w, const char *subject, const char *slot, time_t end)
{
	char day[40];

	notice(w->cli, w->notices, URGENCY_LOW,
	    _("The certificate of %s is in slot %s, valid until %s."), subject, slot,
	    text_day(end, day, sizeof(day)));
}

/* ---- enrollments that wait ----------------------------------------------- */

static tmg_rc
go_on(struct watch *w, const char *id, struct ca *ca, tmg_provision **p)
{
	__attribute__((__cleanup__(portal_release))) struct portal portal = {
		.once = "",
	};
	tmg_tokens *tokens;
	tmg_fault f = { 0 };
	tmg_rc rc;

	if ((rc = ca_read(w->cli, ca)) ||
	    (rc = portal_recall(w->cli, id, ca, &portal)) ||
	    (rc = cli_tokens(w->cli, &tokens)))
		return rc;
	rc = tmg_provision_resume(w->cli->ctx, tokens, id, &ca->spec, &f, p);
	return rc == TMG_OK ? enrolling_run(w->cli, *p, w->enrollments)
	    : cli_fail(w->cli, rc, &f);
}

/* Whether the authority wanted to be left alone until now.  A moment that is yet to
 * come was written by a clock that was wrong, and nobody waits for it; nor for years,
 * which would be silence. */
static bool
may_be_asked(const struct watch *w, const tmg_provision_record *r)
{
	const time_t wait = r->retry_after_s < WAIT_MAX_S ? r->retry_after_s : WAIT_MAX_S;

	return r->step != TMG_STEP_SUBMITTED || wait <= 0 ||
	    cli_flag(w->cli, "now") || w->now < r->changed ||
	    w->now >= r->changed + wait;
}

static void
take_up(struct watch *w, const tmg_provision_record *r)
{
	__attribute__((__cleanup__(ca_release))) struct ca ca = { .anchors = NULL };
	tmg_auto_ptr(tmg_provision) p = NULL;
	char next[80];
	tmg_rc rc;

	if (cli_flag(w->cli, "dry-run") || !may_be_asked(w, r))
		return;
	rc = go_on(w, r->id, &ca, &p);
	if (rc == TMG_OK)
		good_news(w, r->subject, r->slot, tmg_provision_about(p)->not_after);
	if (rc == TMG_OK || rc == TMG_PENDING || rc == TMG_BUSY)
		return;
	snprintf(next, sizeof(next), "tamga enroll --resume %s", r->id);
	stuck(w, rc, r->subject, next);
}

static void
watch_enrollments(struct watch *w)
{
	for (size_t i = 0; i < w->row_count; i++)
		if (w->rows[i].step < TMG_STEP_DONE)
			take_up(w, &w->rows[i]);
}

/* ---- certificates --------------------------------------------------------- */

static tmg_rc
new_held(struct watch *w, struct held **held)
{
	struct held *more = realloc(w->held, (w->held_count + 1) * sizeof(*more));

	if (more == NULL)
		return no_memory(w);
	w->held = more;
	*held = &more[w->held_count++];
	**held = (struct held){ .end = 0 };
	return TMG_OK;
}

static tmg_rc
look_at_key(struct watch *w, tmg_token *token, tmg_key *key)
{
	tmg_cert_facts facts;
	struct held *h;
	tmg_view cert;
	tmg_rc rc = tmg_key_cert(key, &cert);

	if (rc == TMG_NOT_FOUND)
		return TMG_OK;
	if (rc != TMG_OK)
		return cli_fail(w->cli, rc, tmg_token_fault(token));
	if (tmg_cert_facts_get(cert, &facts) != TMG_OK)
		return TMG_OK;
	if ((rc = new_held(w, &h)))
		return rc;
	memcpy(h->serial, facts.serial, sizeof(h->serial));
	memcpy(h->subject, facts.subject, sizeof(h->subject));
	snprintf(h->place, sizeof(h->place), "%s, %s", tmg_token_info(token)->label,
	    tmg_key_slot(key)->name);
	h->key = key;
	h->begin = facts.not_before;
	h->end = facts.not_after;
	return TMG_OK;
}

static tmg_rc
look_at_token(struct watch *w, tmg_token *token)
{
	size_t count;
	tmg_rc rc;

	w->cli->stage = STAGE_TOKEN;
	if ((rc = tmg_token_keys(token, &count)))
		return cli_fail(w->cli, rc, tmg_token_fault(token));
	for (size_t i = 0; rc == TMG_OK && i < count; i++)
		rc = look_at_key(w, token, tmg_token_key(token, i));
	return rc;
}

/* A token that cannot be read says so; the others are looked at. */
static tmg_rc
look_at_tokens(struct watch *w)
{
	tmg_tokens *tokens;
	tmg_rc rc = cli_tokens(w->cli, &tokens);

	if (rc != TMG_OK)
		return rc == TMG_E_NOMEM || rc == TMG_E_USAGE ? rc : TMG_OK;
	for (size_t i = 0, n = tmg_tokens_count(tokens); i < n; i++) {
		rc = look_at_token(w, tmg_tokens_get(tokens, i));
		if (rc == TMG_E_NOMEM)
			return rc;
		if (rc != TMG_OK)
			cli_note(w->cli, "%s", w->cli->fault.text);
	}
	return TMG_OK;
}

static const struct held *
held_with(const struct watch *w, const char *serial)
{
	for (size_t i = 0; i < w->held_count; i++)
		if (strcmp(w->held[i].serial, serial) == 0)
			return &w->held[i];
	return NULL;
}

/* Whether a later enrollment put another certificate into the same slot. */
static bool
is_overwritten(const struct watch *w, const tmg_provision_record *r)
{
	for (size_t i = 0; i < w->row_count; i++) {
		const tmg_provision_record *other = &w->rows[i];

		if (other->step == TMG_STEP_DONE && other->begun > r->begun &&
		    strcmp(other->token, r->token) == 0 && strcmp(other->slot, r->slot) == 0)
			return true;
	}
	return false;
}

/* "PIV-123, 9a", as it is called when it is here */
static void
name_place(struct held *h, const tmg_provision_record *r)
{
	const char *label = NULL;
	tmg_uri uri;

	if (tmg_uri_parse(r->token, &uri) == TMG_OK)
		label = tmg_uri_text(&uri, TMG_URI_TOKEN);
	snprintf(h->place, sizeof(h->place), "%s, %s", label != NULL ? label : r->token,
	    r->slot);
}

/* What enrollments brought to tokens that are not here. */
static tmg_rc
look_at_rows(struct watch *w)
{
	struct held *h;
	tmg_rc rc;

	for (size_t i = 0; i < w->row_count; i++) {
		const tmg_provision_record *r = &w->rows[i];

		if (r->step != TMG_STEP_DONE || held_with(w, r->serial) != NULL ||
		    is_overwritten(w, r))
			continue;
		if ((rc = new_held(w, &h)))
			return rc;
		memcpy(h->serial, r->serial, sizeof(h->serial));
		snprintf(h->subject, sizeof(h->subject), "%s", r->subject);
		name_place(h, r);
		h->begin = r->begun;
		h->end = r->not_after;
	}
	return TMG_OK;
}

/* Renewed already, or about to be.  Another certificate of the same name is none
 * of its successors: a person has several. */
static bool
is_superseded(const struct watch *w, const struct held *h)
{
	for (size_t i = 0; i < w->row_count; i++)
		if (strcmp(w->rows[i].renewed, h->serial) == 0)
			return true;
	return h->key != NULL && renewing_is_aside(h->key);
}

/* Only what was enrolled here is renewed by itself: its authority is known. */
static bool
can_renew(const struct watch *w, const struct held *h)
{
	if (!w->cli->conf.watch_renews || h->key == NULL || h->end <= w->now)
		return false;
	for (size_t i = 0; i < w->row_count; i++)
		if (w->rows[i].step == TMG_STEP_DONE &&
		    strcmp(w->rows[i].serial, h->serial) == 0)
			return true;
	return false;
}

static void
renew(struct watch *w, const struct held *h)
{
	char next[TMG_URI_MAX + 32];
	const tmg_rc rc = renewing_one(w->cli, &w->renewal,
	    tmg_key_uri(h->key), w->renewals);

	if (rc == TMG_PENDING || rc == TMG_BUSY)
		return;
	if (rc == TMG_OK) {
		if (!cli_flag(w->cli, "dry-run"))
			notice(w->cli, w->notices, URGENCY_LOW,
			    _("The certificate of %s was renewed."), h->subject);
		return;
	}
	snprintf(next, sizeof(next), "tamga renew '%s'", tmg_key_uri(h->key));
	stuck(w, rc, h->subject, next);
}

static void
remind(struct watch *w, const struct held *h)
{
	char day[40];
	long days;

	if (!told_is_news(&w->told, h->serial, h->end, w->now, &days))
		return;
	text_day(h->end, day, sizeof(day));
	if (days == 0)
		notice(w->cli, w->notices, URGENCY_CRITICAL,
		    _("The certificate of %s (%s) has ended: it was valid until %s."),
		    h->subject, h->place, day);
	else
		notice(w->cli, w->notices, URGENCY_NORMAL, dngettext("tamga",
		    "The certificate of %s (%s) ends in %ld day, on %s; tamga renew "
		    "renews it.",
		    "The certificate of %s (%s) ends in %ld days, on %s; tamga renew "
		    "renews it.", (unsigned long)days), h->subject, h->place, days, day);
}

/* The authority may wish for another time, and is asked where the key is here. */
static bool
is_time(struct watch *w, const struct held *h)
{
	bool due;

	if (h->key != NULL && renewing_is_due(w->cli, h->key, &w->renewal, &due) == TMG_OK)
		return due;
	return renewing_is_time(w->cli, &w->renewal, h->begin, h->end);
}

static void
watch_certificates(struct watch *w)
{
	for (size_t i = 0; i < w->held_count; i++) {
		const struct held *h = &w->held[i];

		if (is_superseded(w, h) || !is_time(w, h))
			continue;
		if (can_renew(w, h))
			renew(w, h);
		else
			remind(w, h);
	}
}

/* ---- both ------------------------------------------------------------------ */

static tmg_rc
prepare(struct watch *w)
{
	tmg_fault f = { 0 };
	tmg_rc rc;

	w->notices = json_array();
	w->enrollments = json_array();
	w->renewals = json_array();
	if (w->notices == NULL || w->enrollments == NULL || w->renewals == NULL)
		return no_memory(w);
	if ((rc = renewal_read(w->cli, true, &w->renewal)) ||
	    (rc = told_read(w->cli, &w->told)))
		return rc;
	rc = tmg_provision_list(w->cli->ctx, &w->rows, &w->row_count, &f);
	return rc == TMG_OK ? rc : cli_fail(w->cli, rc, &f);
}

static tmg_rc
answer(struct watch *w)
{
	tmg_rc rc;

	if (!w->cli->json)
		return TMG_OK;
	rc = cli_json(w->cli, json_pack("{s:O, s:O, s:O, s:b}",
	    "notices", w->notices, "enrollments", w->enrollments,
	    "renewals", w->renewals, "stuck", w->worst != TMG_OK));
	w->cli->answered = true;
	return rc;
}

static tmg_rc
run_watch(struct cli *cli)
{
	__attribute__((__cleanup__(watch_release))) struct watch w = {
		.cli = cli, .now = time(NULL),
	};
	tmg_rc rc;

	if ((rc = prepare(&w)))
		return rc;
	watch_enrollments(&w);
	if ((rc = look_at_tokens(&w)) || (rc = look_at_rows(&w)))
		return rc;
	watch_certificates(&w);
	if ((!cli_flag(cli, "dry-run") && (rc = told_write(cli, &w.told, w.now))) ||
	    (rc = answer(&w)))
		return rc;
	cli->stage = STAGE_SELF;
	cli->reported = w.worst != TMG_OK;
	return w.worst;
}

const struct command cmd_watch = {
	.name = "watch",
	.operands = "",
	.least = 0,
	.most = 0,
	.what = N_("go on with what waits, renew what ends, tell what is stuck"),
	.options = options,
	.run = run_watch,
};
