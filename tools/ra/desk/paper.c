/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/desk/paper.h"

#include <stdio.h>
#include <string.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/ca/signed.h"
#include "tools/ra/desk/day.h"
#include "tools/ra/life/audit.h"
#include "tools/ra/profile/filekind.h"
#include "tools/ra/profile/input.h"
#include "tools/ra/profile/utf8.h"

#define DAY 86400

bool
ra_paper_open(const ra_app *app)
{
	return (ra_state_get(app->state)->part == RA_PART_BEFORE ||
	    app->state == RA_DOCS_INCOMPLETE || app->state == RA_DATA_RETURNED) &&
	    (app->facts & RA_CONFIRMED) == 0;
}

bool
ra_paper_is_file(const ra_document *d)
{
	return ra_words_have(&d->channels, "upload") ||
	    ra_words_have(&d->channels, "signed");
}

bool
ra_paper_notarised(const ra_document *d, const char *channel)
{
	return d->notarised || ra_words_have(&d->notarised_by, channel);
}

/* ---- finding ---- */

/* A document, and what its reader calls it. */
struct named {
	const ra_document *is;
	const char *title;
};

static tmg_rc
find(ra_desk *d, const char *id, const char *name, ra_app *app,
    struct named *document)
{
	const tmg_rc rc = ra_app_get(d->store, id, app);
	const ra_profile *profile;

	if (rc == TMG_NOT_FOUND)
		return tmg_raise(&d->fault, rc, 0, _("there is no application %s"),
		    id);
	if (rc)
		return ra_desk_says(d, rc);
	profile = ra_profiles_find(d->profiles, app->profile);
	document->is = profile != NULL ? ra_profile_document(profile, name) : NULL;
	if (document->is == NULL)
		return tmg_raise(&d->fault, TMG_NOT_FOUND, 0,
		    _("application %s needs no such document"), id);
	if (!ra_paper_open(app))
		return tmg_raise(&d->fault, TMG_DENIED, 0,
		    _("application %s: its documents are not looked at any more"),
		    id);
	document->title = ra_said(profile, document->is->title);
	return TMG_OK;
}

/* ---- dates ---- */

/* Days as ISO 8601 writes them compare as text.  Tomorrow is today somewhere. */
static tmg_rc
check_age(ra_desk *d, const struct named *document, const char *dated)
{
	const time_t now = ra_desk_now(d);
	char oldest[RA_DAY_TEXT], latest[RA_DAY_TEXT];

	if (document->is->max_age_days == 0 && dated[0] == '\0')
		return TMG_OK;
	if (!ra_input_is_date(dated))
		return tmg_raise(&d->fault, TMG_MISMATCH, 0,
		    _("%s: of which day is it? A date such as 2026-11-22"),
		    document->title);
	ra_day_text(now - (time_t)document->is->max_age_days * DAY, oldest);
	ra_day_text(now + DAY, latest);
	if (strcmp(dated, latest) > 0)
		return tmg_raise(&d->fault, TMG_MISMATCH, 0,
		    _("%s: it is of a day to come"), document->title);
	if (document->is->max_age_days > 0 && strcmp(dated, oldest) < 0)
		return tmg_raise(&d->fault, TMG_MISMATCH, 0,
		    _("%s: it must not be older than %d days; this one is of %s"),
		    document->title, document->is->max_age_days, dated);
	return TMG_OK;
}

/* ---- what is in the file ---- */

static tmg_rc
wrong_kind(ra_desk *d, const struct named *document)
{
	char types[RA_WORDS_MAX * 8] = "";
	size_t at = 0;

	for (size_t i = 0; i < document->is->types.count && at < sizeof(types); i++)
		at += (size_t)snprintf(types + at, sizeof(types) - at, "%s%s",
		    i > 0 ? ", " : "", document->is->types.word[i]);
	return tmg_raise(&d->fault, TMG_MISMATCH, 0,
	    _("%s: this file is none of the kinds that are taken: %s"),
	    document->title, types);
}

static tmg_rc
check_kind(ra_desk *d, const struct named *document, tmg_view content,
    ra_paper *paper)
{
	const ra_filekind *kind = ra_filekind_of(content);

	if (kind == NULL || !ra_words_have(&document->is->types, kind->name))
		return wrong_kind(d, document);
	snprintf(paper->kind, sizeof(paper->kind), "%s", kind->name);
	return TMG_OK;
}

/* A signed one is signed by somebody whose certificate we issued and who may
 * use it still; within is a document of a kind that is taken. */
static tmg_rc
check_signed(ra_desk *d, const struct named *document, tmg_view content,
    ra_paper *paper)
{
	__attribute__((__cleanup__(ra_signed_release))) ra_signed file =
	    { .content = NULL };
	tmg_auto(ra_cert) cert = { .der = NULL };
	tmg_auto(ra_app) signer = { .id = "" };
	tmg_rc rc;

	if ((rc = ra_signed_read(content, &file, &d->fault)) ||
	    (rc = check_kind(d, document, (tmg_view){ file.content, file.len },
	    paper)))
		return rc;
	rc = ra_desk_recognise(d, (tmg_view){ file.cert, file.cert_len }, false,
	    &cert, &signer);
	if (rc == TMG_DENIED)
		return tmg_raise(&d->fault, TMG_MISMATCH, 0,
		    _("%s: it must be signed with a certificate of ours that is in force"),
		    document->title);
	if (rc)
		return rc;
	snprintf(paper->signer, sizeof(paper->signer), "%s", cert.serial);
	strcpy(paper->kind, "p7m");
	strcpy(paper->channel, "signed");
	return TMG_OK;
}

static tmg_rc
check_content(ra_desk *d, const struct named *document, tmg_view content,
    ra_paper *paper)
{
	const ra_filekind *kind = ra_filekind_of(content);

	if (content.len == 0)
		return tmg_raise(&d->fault, TMG_MISMATCH, 0,
		    _("%s: no file was sent, or an empty one"), document->title);
	if (content.len > (size_t)document->is->max_kb * 1024)
		return tmg_raise(&d->fault, TMG_MISMATCH, 0,
		    _("%s: a file of at most %d KiB is taken"), document->title,
		    document->is->max_kb);
	if (kind != NULL && strcmp(kind->name, "p7m") == 0 &&
	    ra_words_have(&document->is->channels, "signed"))
		return check_signed(d, document, content, paper);
	if (!ra_words_have(&document->is->channels, "upload"))
		return tmg_raise(&d->fault, TMG_MISMATCH, 0,
		    _("%s: as a file it must be signed (CMS, .p7m) with a certificate that is in force"),
		    document->title);
	strcpy(paper->channel, "upload");
	return check_kind(d, document, content, paper);
}

/* ---- sending ---- */

static tmg_rc
note(ra_desk *d, const ra_app *app, const ra_actor *actor, const char *event,
    const char *detail)
{
	return ra_audit_add(d->store, &(ra_audit){ .at = ra_desk_now(d),
	    .actor = actor->name, .event = event, .app = app->id,
	    .detail = detail }, &d->fault);
}

static tmg_rc
not_accepted_yet(ra_desk *d, const ra_app *app, const struct named *document)
{
	tmg_auto(ra_paper) before = { .content = NULL };
	const tmg_rc rc = ra_paper_get(d->store, app->id, document->is->name, &before);

	if (rc == TMG_NOT_FOUND)
		return TMG_OK;
	if (rc)
		return ra_desk_says(d, rc);
	return strcmp(before.standing, RA_PAPER_ACCEPTED) != 0 ? TMG_OK :
	    tmg_raise(&d->fault, TMG_DENIED, 0, _("%s: it is accepted already"),
	    document->title);
}

static tmg_rc
keep(ra_desk *d, const ra_app *app, const ra_actor *actor,
    const ra_delivery *in, ra_paper *paper)
{
	char detail[RA_REASON_MAX + RA_PAPER_NAME + RA_HASH_TEXT];
	tmg_rc rc;

	snprintf(paper->app, sizeof(paper->app), "%s", app->id);
	snprintf(paper->name, sizeof(paper->name), "%s", in->name);
	snprintf(paper->dated, sizeof(paper->dated), "%.15s", in->dated);
	strcpy(paper->standing, RA_PAPER_SENT);
	ra_file_name(in->file, paper->file);
	paper->changed = ra_desk_now(d);
	paper->size = (int64_t)in->content.len;
	if ((rc = ra_sha256_text(in->content, paper->hash)))
		return tmg_raise(&d->fault, rc, 0, _("hashing failed"));
	if ((rc = ra_paper_put(d->store, paper)))
		return ra_desk_says(d, rc);
	snprintf(detail, sizeof(detail), "%s %s %s sha256 %s", paper->name,
	    paper->channel, paper->kind, paper->hash);
	return note(d, app, actor, "send-document", detail);
}

tmg_rc
ra_desk_send_paper(ra_desk *d, const char *id, const ra_actor *actor,
    const ra_delivery *in)
{
	tmg_auto(ra_txn) txn = { NULL };
	tmg_auto(ra_app) app = { .id = "" }, again = { .id = "" };
	struct named document;
	/* the content is the caller's: paper is not released */
	ra_paper paper = { .content = (uint8_t *)(uintptr_t)in->content.ptr,
		.len = in->content.len };
	tmg_rc rc;

	d->fault = (tmg_fault){ .rc = TMG_OK };
	if ((rc = find(d, id, in->name, &app, &document)) ||
	    (rc = check_age(d, &document, in->dated)) ||
	    (rc = check_content(d, &document, in->content, &paper)))
		return rc;
	if ((rc = ra_txn_begin(&txn, d->store)))
		return ra_desk_says(d, rc);
	if ((rc = find(d, id, in->name, &again, &document)) ||
	    (rc = not_accepted_yet(d, &again, &document)) ||
	    (rc = keep(d, &again, actor, in, &paper)))
		return rc;
	return ra_desk_commit(d, &txn);
}

/* ---- judging ---- */

/* One that came on paper has no row before it is judged. */
static tmg_rc
current(ra_desk *d, const ra_app *app, const struct named *document,
    const char *channel, ra_paper *paper)
{
	const tmg_rc rc = ra_paper_get(d->store, app->id, document->is->name, paper);

	if (rc != TMG_NOT_FOUND)
		return rc ? ra_desk_says(d, rc) : TMG_OK;
	if (channel[0] == '\0')
		channel = ra_words_have(&document->is->channels, "in-person") ?
		    "in-person" : "post";
	if (!ra_words_have(&document->is->channels, channel) ||
	    strcmp(channel, "upload") == 0 || strcmp(channel, "signed") == 0)
		return tmg_raise(&d->fault, TMG_MISMATCH, 0,
		    _("%s: it does not come that way"), document->title);
	*paper = (ra_paper){ .content = NULL };
	snprintf(paper->app, sizeof(paper->app), "%s", app->id);
	snprintf(paper->name, sizeof(paper->name), "%s", document->is->name);
	snprintf(paper->channel, sizeof(paper->channel), "%s", channel);
	return TMG_OK;
}

static tmg_rc
judge(ra_desk *d, const ra_app *app, const struct named *document,
    const ra_actor *officer, bool accept, const char *channel,
    const char *reason)
{
	tmg_auto(ra_paper) paper = { .content = NULL };
	char detail[RA_PAPER_NAME + RA_REASON_MAX + 32];
	tmg_rc rc;

	if ((rc = current(d, app, document, channel, &paper)))
		return rc;
	if (accept && paper.file[0] != '\0' &&
	    (rc = check_age(d, document, paper.dated)))
		return rc;
	strcpy(paper.standing, accept ? RA_PAPER_ACCEPTED : RA_PAPER_RETURNED);
	snprintf(paper.reason, sizeof(paper.reason), "%s", reason);
	snprintf(paper.judge, sizeof(paper.judge), "%s", officer->name);
	paper.changed = ra_desk_now(d);
	rc = ra_paper_judge(d->store, &paper);
	if (rc == TMG_NOT_FOUND)
		rc = ra_paper_put(d->store, &paper);
	if (rc)
		return ra_desk_says(d, rc);
	snprintf(detail, sizeof(detail), "%s %s%s%s", document->is->name,
	    paper.channel, reason[0] != '\0' ? ": " : "", reason);
	return note(d, app, officer, accept ? "accept-document" :
	    "return-document", detail);
}

static tmg_rc
check_reason(ra_desk *d, bool accept, const char *reason)
{
	size_t count;

	if (!accept && reason[0] == '\0')
		return tmg_raise(&d->fault, TMG_MISMATCH, 0,
		    _("The applicant is told a reason: write one."));
	if (strlen(reason) >= RA_REASON_MAX || ra_utf8_check(reason, &count))
		return tmg_raise(&d->fault, TMG_MISMATCH, 0,
		    _("the reason is too long, or has characters that cannot be shown"));
	return TMG_OK;
}

tmg_rc
ra_desk_judge_paper(ra_desk *d, const char *id, const char *name,
    const ra_actor *officer, bool accept, const char *channel,
    const char *reason)
{
	tmg_auto(ra_txn) txn = { NULL };
	tmg_auto(ra_app) app = { .id = "" };
	struct named document;
	tmg_rc rc;

	d->fault = (tmg_fault){ .rc = TMG_OK };
	if ((rc = check_reason(d, accept, reason)))
		return rc;
	if ((rc = ra_txn_begin(&txn, d->store)))
		return ra_desk_says(d, rc);
	if ((rc = find(d, id, name, &app, &document)) ||
	    (rc = judge(d, &app, &document, officer, accept, channel,
	    accept ? "" : reason)))
		return rc;
	return ra_desk_commit(d, &txn);
}
