/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/scep/who.h"

#include <stdio.h>
#include <string.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "tools/ra/ca/spoken.h"

/* The profile that the address names, or the usual one. */
static tmg_rc
profile_of(ra_talk *t, const char *usual, const ra_profile **profile)
{
	const char *name = t->call->label[0] != '\0' ? t->call->label : usual;

	*profile = ra_profiles_find(t->desk->profiles, name);
	return *profile != NULL ? TMG_OK : tmg_raise(&t->desk->fault,
	    TMG_NOT_FOUND, 0, _("there is no profile \"%s\" here"), name);
}

static tmg_rc
read_challenge(ra_talk *t, X509_REQ *req, ra_spoken *challenge)
{
	ra_spoken_read(req, challenge);
	return challenge->len > 0 ? TMG_OK : tmg_raise(&t->desk->fault, TMG_DENIED, 0,
	    _("the request needs a challenge password that was given out here"));
}

static tmg_rc
say_wait(ra_talk *t, long wait_s)
{
	return tmg_raise(&t->desk->fault, TMG_DENIED, 0,
	    _("too many failed tries; the next one counts in %ld seconds"), wait_s);
}

static tmg_rc
by_challenge(ra_talk *t, tmg_view text, ra_guest *guest)
{
	long wait_s = 0;
	tmg_rc rc = ra_challenge_find(t->desk, t->call->peer, text,
	    &guest->challenge, &wait_s);

	if (rc)
		return rc == TMG_BUSY ? say_wait(t, wait_s) : rc;
	guest->once = true;
	memcpy(guest->name, guest->challenge.owner, sizeof(guest->name));
	if ((rc = profile_of(t, guest->challenge.profile, &guest->profile)))
		return rc;
	return strcmp(guest->profile->name, guest->challenge.profile) == 0 ?
	    TMG_OK : tmg_raise(&t->desk->fault, TMG_DENIED, 0,
	    _("this challenge is for the profile %s, not %s"),
	    guest->challenge.profile, guest->profile->name);
}

/* An application's number and access code, or an account and its password. */
static tmg_rc
by_password(ra_talk *t, tmg_view name, tmg_view password, ra_guest *guest)
{
	ra_desk *d = t->desk;
	ra_user user = { .name = "" };
	long wait_s = 0;
	tmg_rc rc;

	if (name.len >= sizeof(guest->name))
		return tmg_raise(&d->fault, TMG_DENIED, 0,
		    _("no such application or account, or not its access code"));
	memcpy(guest->name, name.ptr, name.len);
	guest->name[name.len] = '\0';
	const ra_credentials who = { t->call->peer, guest->name, password, NULL };

	rc = ra_gate_enter(d->office->gate, d->store, ra_desk_now(d), &who, &user,
	    &wait_s);
	if (rc == TMG_BUSY)
		return say_wait(t, wait_s);
	if (rc == TMG_DENIED)
		return tmg_raise(&d->fault, rc, 0,
		    _("no such application or account, or not its access code"));
	if (rc)
		return ra_desk_says(d, rc);
	guest->by_number = strcmp(user.role, "application") == 0;
	if (guest->by_number)
		return TMG_OK;
	return strcmp(user.role, "applicant") != 0 ?
	    tmg_raise(&d->fault, TMG_DENIED, 0,
	    _("the account %s is not an applicant's"), guest->name) :
	    profile_of(t, d->office->config.default_profile, &guest->profile);
}

tmg_rc
ra_scep_who(ra_talk *t, X509_REQ *req, ra_guest *guest)
{
	ra_auto_spoken challenge = { .len = 0 };
	const uint8_t *colon;
	tmg_rc rc;

	*guest = (ra_guest){ .name = "" };
	if ((rc = read_challenge(t, req, &challenge)))
		return rc;
	colon = memchr(challenge.bytes, ':', challenge.len);
	if (colon == NULL)
		return by_challenge(t, (tmg_view){ challenge.bytes, challenge.len },
		    guest);

	const size_t at = (size_t)(colon - challenge.bytes);

	return by_password(t, (tmg_view){ challenge.bytes, at },
	    (tmg_view){ colon + 1, challenge.len - at - 1 }, guest);
}
