/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/desk/challenge.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/desk/limit.h"
#include "tools/ra/life/audit.h"
#include "tools/ra/store/digest.h"

#define HOUR 3600

void
ra_challenge_id(const ra_challenge *challenge, char id[RA_CHALLENGE_ID])
{
	memcpy(id, challenge->hash, RA_CHALLENGE_ID - 1);
	id[RA_CHALLENGE_ID - 1] = '\0';
}

/* SHA-256 is enough: nobody guesses 80 random bits. */
static tmg_rc
hash_of(tmg_view text, char hash[RA_HASH_TEXT])
{
	char upper[RA_CODE_MAX];
	tmg_rc rc;

	for (size_t i = 0; i < text.len && i < sizeof(upper); i++)
		upper[i] = (char)toupper(text.ptr[i]);
	rc = text.len <= sizeof(upper) ? ra_sha256_text((tmg_view){
	    (uint8_t *)upper, text.len }, hash) : TMG_NOT_FOUND;
	explicit_bzero(upper, sizeof(upper));
	return rc;
}

static tmg_rc
audit(ra_desk *d, const char *actor, const char *event, const char *detail)
{
	return ra_audit_add(d->store, &(ra_audit){ .at = ra_desk_now(d),
	    .actor = actor, .event = event, .app = "", .detail = detail },
	    &d->fault);
}

static tmg_rc
keep(ra_desk *d, const ra_challenge *c, const char *actor)
{
	tmg_auto(ra_txn) txn = { NULL };
	char detail[RA_REASON_MAX], id[RA_CHALLENGE_ID];
	tmg_rc rc;

	ra_challenge_id(c, id);
	snprintf(detail, sizeof(detail), "%s profile %s owner %s", id, c->profile,
	    c->owner);
	if ((rc = ra_txn_begin(&txn, d->store)) ||
	    (rc = ra_challenge_sweep(d->store, c->created)) ||
	    (rc = ra_challenge_add(d->store, c)))
		return ra_desk_says(d, rc);
	if ((rc = audit(d, actor, "challenge", detail)))
		return rc;
	return ra_desk_commit(d, &txn);
}

tmg_rc
ra_challenge_new(ra_desk *d, const ra_profile *profile, const char *owner,
    int hours, const char *actor, char text[RA_CODE_MAX], ra_challenge *c)
{
	char id[RA_CHALLENGE_ID];
	tmg_rc rc;

	d->fault = (tmg_fault){ .rc = TMG_OK };
	*c = (ra_challenge){ .created = ra_desk_now(d) };
	c->expires = c->created + (time_t)hours * HOUR;
	if ((rc = ra_number_new(d->office->ctx, text, RA_CODE_MAX)) ||
	    (rc = hash_of(tmg_view_str(text), c->hash)))
		return tmg_raise(&d->fault, rc, 0, _("no random numbers to be had"));
	ra_challenge_id(c, id);
	snprintf(c->profile, sizeof(c->profile), "%.*s",
	    (int)sizeof(c->profile) - 1, profile->name);
	snprintf(c->owner, sizeof(c->owner), "%s%s",
	    owner[0] != '\0' ? "" : "challenge-", owner[0] != '\0' ? owner : id);
	return keep(d, c, actor);
}

static tmg_rc
refuse(ra_desk *d, const char *peer, long *wait_s)
{
	const tmg_rc rc = ra_limit_count(d->store, ra_desk_now(d),
	    &ra_limit_challenge, peer, "", wait_s);

	if (rc != TMG_OK && rc != TMG_BUSY)
		return ra_desk_says(d, rc);
	return tmg_raise(&d->fault, TMG_DENIED, 0,
	    _("the challenge is none, or has expired"));
}

tmg_rc
ra_challenge_find(ra_desk *d, const char *peer, tmg_view text, ra_challenge *c,
    long *wait_s)
{
	char hash[RA_HASH_TEXT];
	tmg_rc rc;

	rc = ra_limit_look(d->store, ra_desk_now(d), &ra_limit_challenge, peer, "",
	    wait_s);
	if (rc)
		return rc == TMG_BUSY ? rc : ra_desk_says(d, rc);
	if ((rc = hash_of(text, hash)) == TMG_OK)
		rc = ra_challenge_get(d->store, hash, c);
	if (rc != TMG_OK && rc != TMG_NOT_FOUND)
		return ra_desk_says(d, rc);
	if (rc == TMG_NOT_FOUND || (c->app[0] == '\0' &&
	    c->expires <= ra_desk_now(d)))
		return refuse(d, peer, wait_s);
	return TMG_OK;
}

tmg_rc
ra_challenge_take(ra_desk *d, const ra_challenge *c, const ra_app *app)
{
	const tmg_rc rc = ra_challenge_use(d->store, c->hash, app->id);

	if (rc == TMG_OCCUPIED)
		return tmg_raise(&d->fault, TMG_DENIED, 0,
		    _("the challenge was used for another request"));
	return rc ? ra_desk_says(d, rc) : TMG_OK;
}

tmg_rc
ra_challenge_withdraw(ra_desk *d, const char *id, const char *actor)
{
	tmg_auto(ra_txn) txn = { NULL };
	char behind[RA_HASH_TEXT];
	tmg_rc rc;

	d->fault = (tmg_fault){ .rc = TMG_OK };
	if (strlen(id) != RA_CHALLENGE_ID - 1)
		return tmg_raise(&d->fault, TMG_NOT_FOUND, 0,
		    _("there is no unused challenge %s"), id);
	snprintf(behind, sizeof(behind), "%sg", id);	/* behind all its digits */
	if ((rc = ra_txn_begin(&txn, d->store)))
		return ra_desk_says(d, rc);
	if ((rc = ra_challenge_drop(d->store, id, behind)))
		return rc == TMG_NOT_FOUND ? tmg_raise(&d->fault, rc, 0,
		    _("there is no unused challenge %s"), id) : ra_desk_says(d, rc);
	if ((rc = audit(d, actor, "challenge-withdrawn", id)))
		return rc;
	return ra_desk_commit(d, &txn);
}
