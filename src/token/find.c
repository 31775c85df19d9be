/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/token/find.h"

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/token/parts.h"

/* ---- words --------------------------------------------------------------- */

static tmg_rc
nothing_there(tmg_tokens *set)
{
	if (set->skipped_count > 0)
		return tmg_raise(&set->fault, TMG_NOT_FOUND, 0,
		    _("no token can be used: %s"), set->skipped[0].why);
	if (set->fault.rc != TMG_OK && set->fault.text[0] != '\0')
		return tmg_raise(&set->fault, TMG_NOT_FOUND, set->fault.sw,
		    _("no token can be used: %s"), set->fault.text);
	return tmg_advise(&set->fault, TMG_TRY_DOCTOR,
	    tmg_raise(&set->fault, TMG_NOT_FOUND, 0,
		_("there is no token: put one into a reader")));
}

static void
put_candidate(tmg_out *o, tmg_token *t)
{
	char text[TMG_LABEL_MAX + TMG_READER_NAME + 8];

	tmg_token_identify(t);
	snprintf(text, sizeof(text), "%s%s (%s)", o->len > 0 ? ", " : "",
	    t->info.label, t->reader);
	tmg_put_str(o, text);
}

static tmg_rc
several_tokens(tmg_tokens *set, const char *name, tmg_token_match *match)
{
	char list[TMG_FAULT_TEXT];
	tmg_out o = { (uint8_t *)list, sizeof(list) - 1, 0, false };

	for (tmg_token *t = set->tokens; t != NULL; t = t->next)
		if (t->backend != NULL && match(t, name))
			put_candidate(&o, t);
	list[o.len] = '\0';
	return tmg_advise(&set->fault, TMG_TRY_TOKEN,
	    tmg_raise(&set->fault, TMG_AMBIGUOUS, 0,
		_("more than one token %s: %s; name one by its serial number, "
		"label, URI or reader"), name != NULL ? name : _("is there"), list));
}

/* ---- what could not be looked at ----------------------------------------- */

void
tmg_obstacle_note(tmg_obstacle *o, const tmg_token *t, tmg_rc rc)
{
	if (o->rc != TMG_OK || rc == TMG_OK)
		return;
	o->rc = rc;
	o->fault = t->fault;
}

tmg_rc
tmg_obstacle_tell(const tmg_obstacle *o, tmg_tokens *set)
{
	return o->rc == TMG_OK ? TMG_NOT_FOUND
	    : tmg_fault_copy(&set->fault, &o->fault, o->rc);
}

bool
tmg_find_more(tmg_tokens *set, tmg_obstacle *o)
{
	const size_t before = tmg_tokens_count(set);
	const tmg_rc rc = tmg_tokens_complete(set);

	if (rc != TMG_OK && o->rc == TMG_OK)
		*o = (tmg_obstacle){ rc, set->fault };
	return tmg_tokens_count(set) > before;
}

/* ---- one token ----------------------------------------------------------- */

static bool
is_any(tmg_token *t, const char *name)
{
	(void)t;
	(void)name;
	return true;
}

static bool
in_reader(tmg_token *t, const char *name)
{
	return strcmp(t->reader, name) == 0;
}

static bool
is_called(tmg_token *t, const char *name)
{
	tmg_token_identify(t);
	return strcmp(t->info.label, name) == 0 ||
	    strcmp(t->info.serial, name) == 0;
}

static bool
in_reader_like(tmg_token *t, const char *name)
{
	return name[0] != '\0' && strstr(t->reader, name) != NULL;
}

/* A token that could not be asked for its name answers to none. */
static bool
answers_to(tmg_token *t, const char *name, tmg_token_match *match,
    tmg_obstacle *o)
{
	bool yes;

	t->identify_rc = TMG_OK;
	yes = match(t, name);
	tmg_obstacle_note(o, t, t->identify_rc);
	return yes && t->backend != NULL;
}

/* A reader's name is that of every application of its card: all are asked for
 * before the name is said to mean one. */
static void
ask_others(tmg_tokens *set, tmg_token *t, tmg_token_match *match)
{
	if (match != in_reader && match != in_reader_like)
		return;
	if (t->seat != NULL && tmg_seat_complete(set, t->seat) == TMG_REMOVED)
		tmg_seat_close(set, t->seat);
}

static tmg_rc
find_one(tmg_tokens *set, const char *name, tmg_token_match *match,
    tmg_obstacle *o, tmg_token **token)
{
	size_t n = 0;

	for (tmg_token *t = set->tokens; t != NULL; t = t->next) {
		if (t->backend == NULL || !answers_to(t, name, match, o))
			continue;
		ask_others(set, t, match);
		if (t->backend == NULL)
			continue;
		*token = t;
		n++;
	}
	if (n == 1)
		return TMG_OK;
	return n == 0 ? TMG_NOT_FOUND : several_tokens(set, name, match);
}

/* What a name may be, the cheapest question first: only the second one asks
 * cards for their serial numbers. */
static tmg_token_match *const rounds[] = {
	in_reader, is_called, in_reader_like,
};

/* A reader that is named and whose card cannot be used: why.  What another card
 * could not be asked is nothing to who named it. */
static tmg_rc
tell_skipped(tmg_tokens *set, const char *name)
{
	for (size_t i = 0; name[0] != '\0' && i < set->skipped_count; i++) {
		const tmg_skipped *s = &set->skipped[i];

		if (strstr(s->reader, name) != NULL)
			return tmg_raise(&set->fault, s->rc, 0, "%s", s->why);
	}
	return TMG_NOT_FOUND;
}

static tmg_rc
find_named(tmg_tokens *set, const char *name, tmg_token **token)
{
	tmg_obstacle o = { .rc = TMG_OK };
	tmg_rc rc = TMG_NOT_FOUND;

	for (size_t i = 0; rc == TMG_NOT_FOUND && i < TMG_COUNT(rounds); i++)
		rc = find_one(set, name, rounds[i], &o, token);
	if (rc == TMG_NOT_FOUND && tmg_find_more(set, &o))
		return find_named(set, name, token);
	if (rc == TMG_NOT_FOUND)
		rc = tell_skipped(set, name);
	if (rc == TMG_NOT_FOUND)
		rc = tmg_obstacle_tell(&o, set);
	if (rc != TMG_NOT_FOUND)
		return rc;
	return tmg_advise(&set->fault, TMG_TRY_NAMES,
	    tmg_raise(&set->fault, TMG_NOT_FOUND, 0,
		_("no token answers to the name '%s'"), name));
}

tmg_rc
tmg_find_uri(tmg_tokens *set, const char *text, tmg_uri *uri)
{
	if (tmg_uri_parse(text, uri))
		return tmg_raise(&set->fault, TMG_NOT_FOUND, 0,
		    _("'%s' is not a pkcs11: URI (RFC 7512)"), text);
	if (tmg_uri_text(uri, TMG_URI_PIN_VALUE) != NULL)
		return tmg_advise(&set->fault, TMG_TRY_PIN_SOURCE,
		    tmg_raise(&set->fault, TMG_NOT_FOUND, 0,
			_("a URI with pin-value is not taken: everybody on this "
			"machine can read it; give the PIN another way")));
	return TMG_OK;
}

/* RFC 7512 2.5: every attribute that is said must be equal. */
bool
tmg_find_fits(tmg_token *t, const tmg_uri *uri)
{
	for (size_t i = 0; i < TMG_PARTS; i++) {
		char value[TMG_PART_MAX];
		const char *said = tmg_uri_text(uri, tmg_part_get(t, i, value));

		if (said == NULL)
			continue;
		tmg_token_identify(t);
		(void)tmg_part_get(t, i, value);
		if (strcmp(said, value) != 0)
			return false;
	}
	return !uri->unknown;
}

static bool
fits_text(tmg_token *t, const char *name)
{
	tmg_uri uri;

	return tmg_uri_parse(name, &uri) == TMG_OK && tmg_find_fits(t, &uri);
}

static tmg_rc
find_by_uri(tmg_tokens *set, const char *name, tmg_token **token)
{
	tmg_obstacle o = { .rc = TMG_OK };
	tmg_uri uri;
	tmg_rc rc;

	if ((rc = tmg_find_uri(set, name, &uri)))
		return rc;
	rc = find_one(set, name, fits_text, &o, token);
	if (rc == TMG_NOT_FOUND && tmg_find_more(set, &o))
		return find_by_uri(set, name, token);
	if (rc == TMG_NOT_FOUND)
		rc = tmg_obstacle_tell(&o, set);
	if (rc != TMG_NOT_FOUND)
		return rc;
	return tmg_raise(&set->fault, rc, 0,
	    _("no token that is here fits %s"), name);
}

tmg_rc
tmg_tokens_find(tmg_tokens *tokens, const char *name, tmg_token **token)
{
	tmg_obstacle o = { .rc = TMG_OK };

	if (tmg_tokens_is_path(name))
		return tmg_tokens_add_path(tokens, name, token);
	if (tmg_tokens_count(tokens) == 0)
		return nothing_there(tokens);
	if (name == NULL)
		return find_one(tokens, NULL, is_any, &o, token);
	if (tmg_uri_is(name))
		return find_by_uri(tokens, name, token);
	return find_named(tokens, name, token);
}
