/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tokens that are no cards: what a driver finds at a path, "file:FOLDER" or
 * "module:LIBRARY"; a pkcs11: URI with a module-path (RFC 7512 2.4) means one of
 * that library's.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/token/find.h"

#define WHOLE_MAX (PATH_MAX + 16)	/* bytes of a scheme and a path */

static const struct {
	const char *scheme;
	bool password;		/* what opens it is called that */
	const char *missing;	/* what to do where there is nothing */
	const char *unfit;
} kinds[] = {
	{ "file:", true, N_("%s: %s; make the folder first: mkdir -m 700"),
	    N_("%s is no folder that can hold keys") },
	{ "file+legacy:", true, N_("%s: %s; make the folder first: mkdir -m 700"),
	    N_("%s is no folder that can hold keys") },
	{ "module:", false, N_("%s: %s; install the module, or give its path"),
	    N_("%s has no token that can be used; put one in, or set one up with the "
	    "module's own tool") },
};

/* The row of what stands before the path, -1 none. */
static int
kind_of(const char *name)
{
	for (size_t i = 0; name != NULL && i < TMG_COUNT(kinds); i++)
		if (strncmp(name, kinds[i].scheme, strlen(kinds[i].scheme)) == 0)
			return (int)i;
	return -1;
}

/* What a name says: a kind of path, and what of several tokens is meant. */
struct saying {
	int kind;
	const char *path;
	bool chosen;
	tmg_uri uri;		/* chosen: of one token or its key */
};

static void
understand(const char *name, struct saying *s)
{
	*s = (struct saying){ .kind = kind_of(name) };
	if (s->kind >= 0) {
		s->path = name + strlen(kinds[s->kind].scheme);
		return;
	}
	if (name == NULL || !tmg_uri_is(name) ||
	    tmg_uri_parse(name, &s->uri) != TMG_OK)
		return;
	s->path = tmg_uri_text(&s->uri, TMG_URI_MODULE_PATH);
	s->chosen = s->path != NULL;
	s->kind = s->path != NULL ? kind_of("module:") : -1;
}

bool
tmg_tokens_is_path(const char *name)
{
	struct saying s;

	understand(name, &s);
	return s.kind >= 0;
}

bool
tmg_path_has_password(const char *name)
{
	const int kind = kind_of(name);

	return kind >= 0 && kinds[kind].password;
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"

/* The same place has one name whatever way it was typed. */
static tmg_rc
make_whole(tmg_tokens *set, const struct saying *s, char whole[WHOLE_MAX])
{
	char path[PATH_MAX];

	if (realpath(s->path, path) == NULL)
		return tmg_raise(&set->fault, TMG_NOT_FOUND, 0,
		    _(kinds[s->kind].missing), s->path, strerror(errno));
	snprintf(whole, WHOLE_MAX, "%s%s", kinds[s->kind].scheme, path);
	return TMG_OK;
}

/* Takes what a driver found: tokens without a card. */
struct path_finding {
	tmg_probe probe;
	tmg_tokens *set;
	const char *whole;
};

static tmg_rc
add_backend(tmg_probe *probe, tmg_backend *backend)
{
	struct path_finding *f = (struct path_finding *)probe;
	tmg_token **end = &f->set->tokens;
	tmg_rc rc;

	while (*end != NULL)
		end = &(*end)->next;
	if ((rc = tmg_token_new(f->set, NULL, backend, end)))
		return rc;
	if (((*end)->path = strdup(f->whole)) == NULL) {
		tmg_token_free(end);
		return TMG_E_NOMEM;
	}
	snprintf((*end)->reader, sizeof((*end)->reader), "%s", f->whole);
	return TMG_OK;
}

static tmg_rc
ask_drivers(tmg_tokens *set, const struct saying *s, const char *whole)
{
	struct path_finding f = { .probe = { add_backend, &set->fault },
	    .set = set, .whole = whole };
	tmg_rc rc = TMG_NOT_FOUND;

	for (size_t i = 0; rc == TMG_NOT_FOUND && i < tmg_drivers_count; i++)
		rc = tmg_drivers[i]->probe_path(set->ctx, whole, &f.probe);
	if (rc == TMG_NOT_FOUND)
		return tmg_raise(&set->fault, rc, 0, _(kinds[s->kind].unfit), whole);
	return rc == TMG_E_NOMEM ? tmg_raise(&set->fault, rc, 0, _("out of memory"))
	    : rc;
}

#pragma GCC diagnostic pop

/* ---- which of them --------------------------------------------------------- */

static bool
is_at(const tmg_token *t, const char *whole)
{
	return t->backend != NULL && t->path != NULL && strcmp(t->path, whole) == 0;
}

static bool
is_there(const tmg_tokens *set, const char *whole)
{
	for (const tmg_token *t = set->tokens; t != NULL; t = t->next)
		if (is_at(t, whole))
			return true;
	return false;
}

static tmg_rc
several(tmg_tokens *set, const char *whole)
{
	char list[TMG_FAULT_TEXT];
	tmg_out o = { (uint8_t *)list, sizeof(list) - 1, 0, false };

	for (tmg_token *t = set->tokens; t != NULL; t = t->next)
		if (is_at(t, whole)) {
			tmg_put_str(&o, o.len > 0 ? ", " : "");
			tmg_put_str(&o, t->info.label);
		}
	list[o.len] = '\0';
	return tmg_advise(&set->fault, TMG_TRY_TOKEN, tmg_raise(&set->fault,
	    TMG_AMBIGUOUS, 0, _("%s has several tokens: %s; name one: "
	    "pkcs11:token=LABEL?module-path=PATH"), whole, list));
}

static tmg_rc
choose(tmg_tokens *set, const struct saying *s, const char *name,
    const char *whole, tmg_token **token)
{
	size_t n = 0;

	for (tmg_token *t = set->tokens; t != NULL; t = t->next) {
		if (!is_at(t, whole) || (s->chosen && !tmg_find_fits(t, &s->uri)))
			continue;
		*token = t;
		n++;
	}
	if (n == 0)
		return tmg_raise(&set->fault, TMG_NOT_FOUND, 0,
		    _("no token that is here fits %s"), name);
	return n == 1 ? TMG_OK : several(set, whole);
}

tmg_rc
tmg_tokens_add_path(tmg_tokens *tokens, const char *name, tmg_token **token)
{
	char whole[WHOLE_MAX];
	struct saying s;
	tmg_rc rc;

	understand(name, &s);
	if (s.kind < 0)
		return tmg_raise(&tokens->fault, TMG_E_USAGE, 0, _("'%s' is neither a "
		    "folder's name such as file:/home/me/keys nor a module's such as "
		    "module:/usr/lib/other.so"), name);
	if ((rc = make_whole(tokens, &s, whole)))
		return rc;
	if (!is_there(tokens, whole) && (rc = ask_drivers(tokens, &s, whole)))
		return rc;
	return choose(tokens, &s, name, whole, token);
}

/* A folder is one token; of a library's the URI says which. */
const char *
tmg_token_address(tmg_token *token)
{
	tmg_out o = { (uint8_t *)token->address, sizeof(token->address) - 1, 0,
	    false };
	tmg_uri uri;

	if (token->path == NULL)
		return tmg_token_uri(token);
	if (tmg_path_has_password(token->path) ||
	    tmg_uri_parse(tmg_token_uri(token), &uri) != TMG_OK ||
	    tmg_uri_set(&uri, TMG_URI_MODULE_PATH,
		tmg_view_str(strchr(token->path, '/'))) != TMG_OK)
		return token->path;
	tmg_uri_put(&o, &uri);
	token->address[o.len] = '\0';
	return o.full ? token->path : token->address;
}
