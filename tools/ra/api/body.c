/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/api/body.h"

#include <stdio.h>
#include <string.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "tools/ra/form/form.h"
#include "src/codec/base64.h"

const ra_body_rows ra_body_begin = { 5, {
	{ "profile", JSON_STRING, true },
	{ "once", JSON_STRING, false },
	{ "terms", JSON_STRING, false },
	{ "answers", JSON_OBJECT, false },
	{ "request", JSON_STRING, false },
} };
const ra_body_rows ra_body_code = { 1, { { "code", JSON_STRING, true } } };
const ra_body_rows ra_body_identify = { 1, { { "number", JSON_STRING, true } } };
const ra_body_rows ra_body_answers = { 1, { { "answers", JSON_OBJECT, true } } };
const ra_body_rows ra_body_agree = { 2, {
	{ "terms", JSON_STRING, false },
	{ "contents", JSON_STRING, false },
} };
const ra_body_rows ra_body_request = { 1, { { "request", JSON_STRING, true } } };
const ra_body_rows ra_body_proof = { 1, { { "signature", JSON_STRING, true } } };
const ra_body_rows ra_body_reason = { 1, { { "reason", JSON_STRING, false } } };
const ra_body_rows ra_body_nothing = { 0, { { "", JSON_NULL, false } } };

/* Somebody else's word, made fit to be told again: whole characters only. */
static void
set_field(char field[RA_ANSWER_NAME], const char *name)
{
	size_t len = strlen(name);

	if (len >= RA_ANSWER_NAME)
		len = RA_ANSWER_NAME - 1;
	while (len > 0 && ((unsigned char)name[len] & 0xc0) == 0x80)
		len--;
	memcpy(field, name, len);
	field[len] = '\0';
}

static const ra_member *
find_member(const ra_body_rows *rows, const char *name)
{
	for (size_t i = 0; i < rows->count; i++)
		if (strcmp(rows->member[i].name, name) == 0)
			return &rows->member[i];
	return NULL;
}

static tmg_rc
check_member(const ra_body_rows *rows, const char *name, const json_t *value,
    char field[RA_ANSWER_NAME], tmg_fault *f)
{
	const ra_member *m = find_member(rows, name);

	set_field(field, name);
	if (m == NULL)
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("there is no member of that name here"));
	if (json_typeof(value) != m->type)
		return tmg_raise(f, TMG_MISMATCH, 0, m->type == JSON_STRING ?
		    _("this must be a string") : _("this must be an object"));
	field[0] = '\0';
	return TMG_OK;
}

static tmg_rc
check_members(const ra_body_rows *rows, json_t *body,
    char field[RA_ANSWER_NAME], tmg_fault *f)
{
	const char *name;
	json_t *value;
	tmg_rc rc;

	json_object_foreach(body, name, value)
		if ((rc = check_member(rows, name, value, field, f)))
			return rc;
	for (size_t i = 0; i < rows->count; i++) {
		if (!rows->member[i].required ||
		    json_object_get(body, rows->member[i].name) != NULL)
			continue;
		set_field(field, rows->member[i].name);
		return tmg_raise(f, TMG_MISMATCH, 0, _("this member is missing"));
	}
	return TMG_OK;
}

tmg_rc
ra_body_parse(const ra_body_rows *rows, tmg_view text, json_t **body,
    char field[RA_ANSWER_NAME], tmg_fault *f)
{
	json_error_t error;
	tmg_rc rc;

	field[0] = '\0';
	*body = text.len == 0 ? json_object() : json_loadb((const char *)text.ptr,
	    text.len, JSON_REJECT_DUPLICATES, &error);
	if (*body == NULL && text.len == 0)
		return tmg_raise(f, TMG_E_NOMEM, 0, _("out of memory"));
	if (*body == NULL)
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("the body is not JSON: line %d, column %d"), error.line,
		    error.column);
	rc = json_is_object(*body) ? check_members(rows, *body, field, f) :
	    tmg_raise(f, TMG_MISMATCH, 0, _("the body must be a JSON object"));
	if (rc) {
		json_decref(*body);
		*body = NULL;
	}
	return rc;
}

const char *
ra_body_text(const json_t *body, const char *name)
{
	const char *text = json_string_value(json_object_get(body, name));

	return text != NULL ? text : "";
}

tmg_rc
ra_body_form(const json_t *body, const ra_profile *profile,
    ra_answers *answers, char field[RA_ANSWER_NAME], tmg_fault *f)
{
	json_t *given = json_object_get(body, "answers"), *value;
	const char *name;

	field[0] = '\0';
	json_object_foreach(given, name, value) {
		tmg_rc rc;

		set_field(field, name);
		if (!ra_form_has(profile, name))
			return tmg_raise(f, TMG_MISMATCH, 0,
			    _("the form has no field of that name"));
		if (!json_is_string(value))
			return tmg_raise(f, TMG_MISMATCH, 0,
			    _("this must be a string"));
		rc = ra_answers_set(answers, name, json_string_value(value));
		if (rc == TMG_MISMATCH)
			return tmg_raise(f, rc, 0, _("this is too long"));
		if (rc)
			return tmg_raise(f, rc, 0, _("out of memory"));
	}
	field[0] = '\0';
	return TMG_OK;
}

tmg_rc
ra_body_bytes(const json_t *body, const char *name, tmg_out *bytes,
    tmg_fault *f)
{
	if (tmg_base64_parse(tmg_view_str(ra_body_text(body, name)), bytes) ||
	    bytes->len == 0)
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("this must be base64, of %zu bytes at most"), bytes->cap);
	return TMG_OK;
}
