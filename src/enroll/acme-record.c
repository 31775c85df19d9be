/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The file of an account, as bytes.
 */
#include <jansson.h>
#include <stdlib.h>

#include "src/base/scope.h"
#include "src/codec/base64-json.h"
#include "src/enroll/acme-account.h"

enum { VERSION = 1 };

static bool
copy_url(const json_t *o, const char *name, char to[TMG_ACME_URL_MAX])
{
	const char *text = json_string_value(json_object_get(o, name));

	if (text == NULL || strlen(text) >= TMG_ACME_URL_MAX)
		return false;
	memcpy(to, text, strlen(text) + 1);
	return true;
}

static bool
copy_key(const json_t *o, tmg_acme_record *r)
{
	const char *text = json_string_value(json_object_get(o, "key"));
	tmg_out out = { r->key, sizeof(r->key), 0, false };
	const bool good = text != NULL &&
	    tmg_base64_parse(tmg_view_str(text), &out) == TMG_OK;

	r->key_len = out.len;
	return good;
}

tmg_rc
tmg_acme_record_read(tmg_view text, tmg_acme_record *r)
{
	json_t *o = text.len == 0 ? NULL : json_loadb((const char *)text.ptr, text.len,
	    JSON_REJECT_DUPLICATES, NULL);
	bool good;

	*r = (tmg_acme_record){ .key_len = 0 };
	good = json_integer_value(json_object_get(o, "version")) == VERSION &&
	    copy_url(o, "directory", r->directory) && copy_url(o, "account", r->url) &&
	    copy_url(o, "terms", r->terms) && copy_key(o, r) &&
	    (r->url[0] == '\0' || tmg_acme_is_url(r->url));
	json_decref(o);
	return good ? TMG_OK : TMG_E_MALFORMED;
}

tmg_rc
tmg_acme_record_write(const tmg_acme_record *r, char **text)
{
	json_t *o = json_pack("{s:i, s:s, s:s, s:s, s:o}", "version", VERSION,
	    "directory", r->directory, "account", r->url, "terms", r->terms, "key",
	    tmg_base64_json((tmg_view){ r->key, r->key_len }));

	*text = o != NULL ? json_dumps(o, JSON_INDENT(1)) : NULL;
	json_decref(o);
	return *text != NULL ? TMG_OK : TMG_E_NOMEM;
}
