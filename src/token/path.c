/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tokens that are no cards: what a driver finds at a path, "file:FOLDER".
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/token/find.h"

static const char *const schemes[] = { "file:", "file+legacy:" };

/* What stands before the path, 0 none. */
static size_t
scheme_len(const char *name)
{
	for (size_t i = 0; name != NULL && i < TMG_COUNT(schemes); i++)
		if (strncmp(name, schemes[i], strlen(schemes[i])) == 0)
			return strlen(schemes[i]);
	return 0;
}

bool
tmg_tokens_is_path(const char *name)
{
	return scheme_len(name) > 0;
}

/* The same folder has one name whatever way it was typed. */
static tmg_rc
make_whole(tmg_tokens *set, const char *name, char whole[PATH_MAX + 16])
{
	const size_t head = scheme_len(name);
	char path[PATH_MAX];

	if (realpath(name + head, path) == NULL)
		return tmg_raise(&set->fault, TMG_NOT_FOUND, 0,
		    _("%s: %s; make the folder first: mkdir -m 700"), name + head,
		    strerror(errno));
	snprintf(whole, PATH_MAX + 16, "%.*s%s", (int)head, name, path);
	return TMG_OK;
}

/* Takes what a driver found: a token without a card. */
struct path_finding {
	tmg_probe probe;
	tmg_tokens *set;
	const char *whole;
	tmg_token *found;
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
	f->found = *end;
	return TMG_OK;
}

static tmg_token *
find_path(tmg_tokens *set, const char *whole)
{
	for (tmg_token *t = set->tokens; t != NULL; t = t->next)
		if (t->path != NULL && strcmp(t->path, whole) == 0)
			return t;
	return NULL;
}

static tmg_rc
ask_drivers(tmg_tokens *set, const char *whole, tmg_token **token)
{
	struct path_finding f = { .probe = { add_backend }, .set = set,
	    .whole = whole };
	tmg_rc rc = TMG_NOT_FOUND;

	for (size_t i = 0; rc == TMG_NOT_FOUND && i < tmg_drivers_count; i++)
		rc = tmg_drivers[i]->probe_path(set->ctx, whole, &f.probe);
	if (rc == TMG_NOT_FOUND)
		return tmg_raise(&set->fault, rc, 0,
		    _("%s is no folder that can hold keys"), whole);
	if (rc != TMG_OK)
		return tmg_raise(&set->fault, rc, 0, _("out of memory"));
	*token = f.found;
	return TMG_OK;
}

tmg_rc
tmg_tokens_add_path(tmg_tokens *tokens, const char *name, tmg_token **token)
{
	char whole[PATH_MAX + 16];
	tmg_rc rc;

	if (!tmg_tokens_is_path(name))
		return tmg_raise(&tokens->fault, TMG_E_USAGE, 0,
		    _("'%s' is no folder's name such as file:/home/me/keys"), name);
	if ((rc = make_whole(tokens, name, whole)))
		return rc;
	*token = find_path(tokens, whole);
	return *token != NULL ? TMG_OK : ask_drivers(tokens, whole, token);
}

const char *
tmg_token_address(tmg_token *token)
{
	return token->path != NULL ? token->path : tmg_token_uri(token);
}
