/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The file of an account, as bytes.
 */
#include "src/enroll/acme-record.h"

#include <jansson.h>
#include <stdlib.h>

#include "src/base/scope.h"
#include "src/codec/base64-json.h"

enum { VERSION = 1 };

static bool
copy_text(const json_t *o, const char *name, bool must, char *to, size_t cap)
{
	const json_t *member = json_object_get(o, name);
	const char *text = json_string_value(member);

	if (member == NULL && !must)
		return true;
	if (text == NULL || strlen(text) >= cap)
		return false;
	memcpy(to, text, strlen(text) + 1);
	return true;
}

static bool
copy_url(const json_t *o, const char *name, char to[TMG_ACME_URL_MAX])
{
	return copy_text(o, name, true, to, TMG_ACME_URL_MAX);
}

/* "key", and "token" where it is on one. */
static bool
copy_key(const json_t *o, tmg_acme_key *key)
{
	const char *text = json_string_value(json_object_get(o, "key"));
	tmg_out out = { key->der, sizeof(key->der), 0, false };
	const bool good = text != NULL &&
	    tmg_base64_parse(tmg_view_str(text), &out) == TMG_OK &&
	    copy_text(o, "token", false, key->token, sizeof(key->token));

	key->len = out.len;
	return good;
}

static bool
copy_next(const json_t *o, tmg_acme_key *next)
{
	const json_t *member = json_object_get(o, "next");

	return member == NULL || (copy_key(member, next) && next->len > 0);
}

tmg_rc
tmg_acme_record_read(tmg_view text, tmg_acme_record *r)
{
	json_t *o = text.len == 0 ? NULL : json_loadb((const char *)text.ptr, text.len,
	    JSON_REJECT_DUPLICATES, NULL);
	bool good;

	*r = (tmg_acme_record){ .directory = "" };
	good = json_integer_value(json_object_get(o, "version")) == VERSION &&
	    copy_url(o, "directory", r->directory) && copy_url(o, "account", r->url) &&
	    copy_url(o, "terms", r->terms) && copy_key(o, &r->key) &&
	    copy_next(o, &r->next) && (r->url[0] == '\0' || tmg_acme_is_url(r->url));
	json_decref(o);
	return good ? TMG_OK : TMG_E_MALFORMED;
}

static int
put_key(json_t *o, const tmg_acme_key *key)
{
	if (key->token[0] != '\0' &&
	    json_object_set_new(o, "token", json_string(key->token)) != 0)
		return -1;
	return json_object_set_new(o, "key",
	    tmg_base64_json((tmg_view){ key->der, key->len }));
}

static int
put_next(json_t *o, const tmg_acme_key *next)
{
	json_t *member;

	if (next->len == 0)
		return 0;
	member = json_object();
	if (json_object_set_new(o, "next", member) != 0)
		return -1;
	return put_key(member, next);
}

tmg_rc
tmg_acme_record_write(const tmg_acme_record *r, char **text)
{
	json_t *o = json_pack("{s:i, s:s, s:s, s:s}", "version", VERSION,
	    "directory", r->directory, "account", r->url, "terms", r->terms);
	const bool good = o != NULL && put_key(o, &r->key) == 0 &&
	    put_next(o, &r->next) == 0;

	*text = good ? json_dumps(o, JSON_INDENT(1)) : NULL;
	json_decref(o);
	return *text != NULL ? TMG_OK : TMG_E_NOMEM;
}
