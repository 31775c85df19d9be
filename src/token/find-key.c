/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/token/find.h"
#include "tamga/cert.h"

/* What a key is looked for by. */
struct look {
	const char *name;
	const tmg_uri *uri;
	bool label;		/* a certificate must be read, also a retired one */
	bool (*match)(tmg_key *key, const struct look *look);
	tmg_obstacle *obstacle;	/* tokens that could not be looked at */
};

static bool
is_slot(tmg_key *key, const struct look *look)
{
	return strcasecmp(key->slot.name, look->name) == 0;
}

/* What speaks of the whole token, or the machine, and not of one certificate. */
static bool
is_silent(tmg_rc rc)
{
	return rc == TMG_BUSY || rc == TMG_REMOVED || rc == TMG_E_IO ||
	    rc == TMG_E_NOMEM;
}

/* The label of a key is the common name of its certificate. */
static bool
has_label(tmg_key *key, const struct look *look, const char *label)
{
	tmg_cert_facts facts;
	tmg_view der;
	tmg_rc rc;

	if (key->slot.retired && !key->slot.held)
		return false;
	rc = tmg_key_cert(key, &der);
	if (is_silent(rc))
		tmg_obstacle_note(look->obstacle, key->token, rc);
	if (rc != TMG_OK)
		return false;
	rc = tmg_cert_facts_get(der, &facts);
	if (rc == TMG_E_NOMEM)
		tmg_obstacle_note(look->obstacle, key->token,
		    tmg_pass(&key->token->fault, rc));
	return rc == TMG_OK && strcmp(facts.common_name, label) == 0;
}

static bool
is_labelled(tmg_key *key, const struct look *look)
{
	return has_label(key, look, look->name);
}

static bool
fits_token(tmg_token *t, const struct look *look)
{
	bool fits;

	t->identify_rc = TMG_OK;
	fits = tmg_find_fits(t, look->uri);
	tmg_obstacle_note(look->obstacle, t, t->identify_rc);
	return fits;
}

static bool
fits_uri(tmg_key *key, const struct look *look)
{
	const char *object = tmg_uri_text(look->uri, TMG_URI_OBJECT);
	tmg_uri mine;

	if (!fits_token(key->token, look))
		return false;
	if (look->uri->attr[TMG_URI_ID].said) {
		if (tmg_uri_parse(tmg_key_uri(key), &mine) != TMG_OK ||
		    !tmg_view_equal((tmg_view){ mine.attr[TMG_URI_ID].bytes,
		    mine.attr[TMG_URI_ID].len },
		    (tmg_view){ look->uri->attr[TMG_URI_ID].bytes,
		    look->uri->attr[TMG_URI_ID].len }))
			return false;
	}
	return object == NULL || has_label(key, look, object);
}

static size_t
collect(tmg_token *t, const struct look *look, tmg_key **key, tmg_out *list)
{
	size_t n = 0;

	for (size_t i = 0; i < t->key_count; i++) {
		char text[TMG_LABEL_MAX + TMG_SLOT_NAME + TMG_READER_NAME + 8];

		if (!look->match(&t->keys[i], look))
			continue;
		*key = &t->keys[i];
		n++;
		if (list == NULL)
			continue;
		tmg_token_identify(t);
		snprintf(text, sizeof(text), "%s%s/%s (%s)",
		    list->len > 0 ? ", " : "", t->info.label,
		    t->keys[i].slot.name, t->reader);
		tmg_put_str(list, text);
	}
	return n;
}

static tmg_rc
several_keys(tmg_tokens *set, const struct look *look)
{
	char list[TMG_FAULT_TEXT / 2];
	tmg_out o = { (uint8_t *)list, sizeof(list) - 1, 0, false };
	tmg_key *key;

	for (tmg_token *t = set->tokens; t != NULL; t = t->next)
		if (t->backend != NULL)
			collect(t, look, &key, &o);
	list[o.len] = '\0';
	return tmg_advise(&set->fault, TMG_TRY_TOKEN,
	    tmg_raise(&set->fault, TMG_AMBIGUOUS, 0,
		_("more than one key answers to '%s': %s; name one of these, where "
		"two are called alike with its reader"), look->name, list));
}

/* On one token, or with NULL on every one.  A token that cannot be looked at
 * hides nothing of the others. */
static tmg_rc
find_key(tmg_tokens *set, tmg_token *only, const struct look *look,
    tmg_key **key)
{
	size_t n = 0, shown;
	tmg_rc rc;

	for (tmg_token *t = set->tokens; t != NULL; t = t->next) {
		if (t->backend == NULL || (only != NULL && t != only))
			continue;
		rc = look->label ? tmg_token_keys(t, &shown) : tmg_token_slots(t);
		if (rc == TMG_E_NOMEM)
			return tmg_fault_copy(&set->fault, &t->fault, rc);
		tmg_obstacle_note(look->obstacle, t, rc);
		if (rc == TMG_OK)
			n += collect(t, look, key, NULL);
	}
	if (n == 1)
		return TMG_OK;
	return n == 0 ? TMG_NOT_FOUND : several_keys(set, look);
}

/* TOKEN/9a */
static tmg_rc
find_path(tmg_tokens *set, const char *name, tmg_obstacle *o, tmg_key **key)
{
	const char *slash = strrchr(name, '/');
	char token_name[TMG_URI_MAX];
	tmg_token *token;
	tmg_rc rc;

	if (slash == NULL || (size_t)(slash - name) >= sizeof(token_name))
		return TMG_NOT_FOUND;
	memcpy(token_name, name, (size_t)(slash - name));
	token_name[slash - name] = '\0';
	if ((rc = tmg_tokens_find(set, token_name, &token)))
		return rc;
	return find_key(set, token, &(struct look){ .name = slash + 1,
	    .match = is_slot, .obstacle = o }, key);
}

static tmg_rc
find_by_uri(tmg_tokens *set, const char *name, tmg_key **key)
{
	tmg_obstacle o = { .rc = TMG_OK };
	tmg_uri uri;
	tmg_rc rc;

	if ((rc = tmg_find_uri(set, name, &uri)))
		return rc;
	if (!uri.attr[TMG_URI_ID].said && !uri.attr[TMG_URI_OBJECT].said)
		return tmg_raise(&set->fault, TMG_NOT_FOUND, 0, _("%s names a token "
		    "and no key: it has neither id nor object"), name);
	rc = find_key(set, NULL, &(struct look){ .name = name, .uri = &uri,
	    .label = uri.attr[TMG_URI_OBJECT].said, .match = fits_uri,
	    .obstacle = &o }, key);
	if (rc == TMG_NOT_FOUND && tmg_find_more(set, &o))
		return find_by_uri(set, name, key);
	if (rc == TMG_NOT_FOUND)
		rc = tmg_obstacle_tell(&o, set);
	if (rc != TMG_NOT_FOUND)
		return rc;
	return tmg_raise(&set->fault, rc, 0, _("no key that is here fits %s"),
	    name);
}

/* What a card says that has no place for a key yet; NULL: none does. */
static const tmg_token *
blank_one(const tmg_tokens *tokens)
{
	const tmg_token *t = tokens->tokens;

	while (t != NULL && t->info.blank == NULL)
		t = t->next;
	return t;
}

static tmg_rc
no_key(tmg_tokens *tokens, const char *name)
{
	const tmg_token *blank = blank_one(tokens);

	return tmg_advise(&tokens->fault, TMG_TRY_NAMES, blank == NULL
	    ? tmg_raise(&tokens->fault, TMG_NOT_FOUND, 0,
		_("no key answers to the name '%s'"), name)
	    : tmg_raise(&tokens->fault, TMG_NOT_FOUND, 0,
		_("no key answers to the name '%s'; %s is empty: %s"), name,
		blank->info.label, _(blank->info.blank)));
}

/* Labels are the last resort: they cost reading every certificate. */
tmg_rc
tmg_tokens_find_key(tmg_tokens *tokens, const char *name, tmg_key **key)
{
	tmg_obstacle o = { .rc = TMG_OK };
	tmg_token *any;
	tmg_rc rc;

	if (tmg_tokens_count(tokens) == 0)
		return tmg_tokens_find(tokens, NULL, &any);
	if (tmg_uri_is(name))
		return find_by_uri(tokens, name, key);
	rc = find_key(tokens, NULL, &(struct look){ .name = name,
	    .match = is_slot, .obstacle = &o }, key);
	if (rc == TMG_NOT_FOUND)
		rc = find_path(tokens, name, &o, key);
	if (rc == TMG_NOT_FOUND && tmg_find_more(tokens, &o))
		return tmg_tokens_find_key(tokens, name, key);
	if (rc == TMG_NOT_FOUND)
		rc = find_key(tokens, NULL, &(struct look){ .name = name,
		    .label = true,
		    .match = is_labelled, .obstacle = &o }, key);
	if (rc == TMG_NOT_FOUND)
		rc = tmg_obstacle_tell(&o, tokens);
	return rc == TMG_NOT_FOUND ? no_key(tokens, name) : rc;
}
