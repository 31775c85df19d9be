/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What goes to a portal and what comes back, as bytes.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/scope.h"
#include "src/codec/base64-json.h"
#include "src/enroll/portal.h"
#include "src/http/header.h"

/* Numbers are what tamga-ra makes: four groups of four. */
static bool
is_number(const char *text)
{
	if (strlen(text) != 19)
		return false;
	for (size_t i = 0; i < 19; i++) {
		const bool dash = i % 5 == 4;

		if (dash ? text[i] != '-' : strchr(
		    "0123456789ABCDEFGHJKMNPQRSTVWXYZ", text[i]) == NULL)
			return false;
	}
	return true;
}

tmg_rc
tmg_portal_path(const char *path, tmg_portal_place *place)
{
	static const char head[] = "applications/";
	const size_t n = strlen(head);

	*place = (tmg_portal_place){ .number = "" };
	if (strncmp(path, head, n) == 0) {
		if (!is_number(path + n))
			return TMG_E_USAGE;
		memcpy(place->number, path + n, 20);
		return TMG_OK;
	}
	if (path[0] == '\0' || strlen(path) >= sizeof(place->profile) ||
	    strspn(path, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789._-") != strlen(path) || strcmp(path, "applications") == 0)
		return TMG_E_USAGE;
	memcpy(place->profile, path, strlen(path) + 1);
	return TMG_OK;
}

/* ---- reading ----------------------------------------------------------- */

static const char *
text_of(const json_t *o, const char *name)
{
	const char *text = json_string_value(json_object_get(o, name));

	return text != NULL ? text : "";
}

static json_t *
load(tmg_view body)
{
	return body.len == 0 ? NULL : json_loadb((const char *)body.ptr, body.len,
	    JSON_REJECT_DUPLICATES, NULL);
}

tmg_rc
tmg_portal_read_number(tmg_view body, char number[TMG_PORTAL_NUMBER])
{
	json_t *o = load(body);
	const char *text = text_of(o, "application");
	const bool good = is_number(text);

	if (good)
		memcpy(number, text, 20);
	json_decref(o);
	return good ? TMG_OK : TMG_E_MALFORMED;
}

tmg_rc
tmg_portal_read_error(tmg_view body, char said[TMG_PORTAL_SAID])
{
	json_t *o = load(body);
	const json_t *error = json_object_get(o, "error");
	const char *text = text_of(error, "text"), *field = text_of(error, "field");
	char whole[TMG_PORTAL_SAID];

	snprintf(whole, sizeof(whole), "%s%s%s", field,
	    field[0] != '\0' ? ": " : "", text);
	tmg_header_clean(said, TMG_PORTAL_SAID, tmg_view_str(whole));
	const bool good = text[0] != '\0';

	json_decref(o);
	return good ? TMG_OK : TMG_E_MALFORMED;
}

/* ---- writing ----------------------------------------------------------- */

static tmg_rc
dump(json_t *o, char **body)
{
	*body = o != NULL ? json_dumps(o, JSON_COMPACT) : NULL;
	json_decref(o);
	return *body != NULL ? TMG_OK : TMG_E_NOMEM;
}

tmg_rc
tmg_portal_write_request(const char *profile, tmg_view csr, char **body)
{
	json_t *o = json_pack("{s:o}", "request", tmg_base64_json(csr));

	if (o != NULL && profile[0] != '\0')
		json_object_set_new(o, "profile", json_string(profile));
	return dump(o, body);
}

tmg_rc
tmg_portal_write_proof(tmg_view signature, char **body)
{
	return dump(json_pack("{s:o}", "signature", tmg_base64_json(signature)), body);
}
