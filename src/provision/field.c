/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/provision/field.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/scope.h"
#include "src/codec/base64-json.h"
#include "tamga/csr.h"

#define BLOB_MAX TMG_CSR_MAX	/* the longest thing kept: a request */

/* ---- reading ------------------------------------------------------------- */

static tmg_rc
read_text(const tmg_field *field, json_t *v, void *member)
{
	const size_t len = json_string_length(v);

	/* a zero inside would hide what follows it */
	if (!json_is_string(v) || len >= field->size ||
	    memchr(json_string_value(v), '\0', len) != NULL)
		return TMG_E_MALFORMED;
	memcpy(member, json_string_value(v), len + 1);
	return TMG_OK;
}

static tmg_rc
read_string(const tmg_field *field, json_t *v, void *member)
{
	(void)field;
	if (!json_is_string(v) ||
	    strlen(json_string_value(v)) != json_string_length(v))
		return TMG_E_MALFORMED;
	return tmg_text_set(member, json_string_value(v));
}

static tmg_rc
read_name(const tmg_field *field, json_t *v, void *member)
{
	int *index = member;

	if (!json_is_string(v))
		return TMG_E_MALFORMED;
	for (int i = 0; field->names[i] != NULL; i++) {
		if (strcmp(field->names[i], json_string_value(v)) == 0) {
			*index = i;
			return TMG_OK;
		}
	}
	return TMG_E_MALFORMED;
}

static tmg_rc
parse_blob(json_t *v, tmg_blob *b)
{
	const size_t len = json_string_length(v);
	tmg_auto_free uint8_t *bytes = NULL;
	tmg_out out;
	tmg_rc rc;

	if (!json_is_string(v) || len > TMG_BASE64_LEN(BLOB_MAX))
		return TMG_E_MALFORMED;
	bytes = malloc(len + 1);
	if (bytes == NULL)
		return TMG_E_NOMEM;

	out = (tmg_out){ bytes, len + 1, 0, false };
	rc = tmg_base64_parse((tmg_view){
	    (const uint8_t *)json_string_value(v), len }, &out);
	return rc == TMG_OK ? tmg_blob_set(b, tmg_out_view(&out)) : rc;
}

static tmg_rc
read_blob(const tmg_field *field, json_t *v, void *member)
{
	(void)field;
	return parse_blob(v, member);
}

static tmg_rc
read_list(const tmg_field *field, json_t *v, void *member)
{
	const char *items[TMG_FIELD_LIST + 1] = { NULL };
	const size_t n = json_array_size(v);

	(void)field;
	if (!json_is_array(v) || n > TMG_FIELD_LIST)
		return TMG_E_MALFORMED;
	for (size_t i = 0; i < n; i++) {
		json_t *item = json_array_get(v, i);

		if (!json_is_string(item) || strlen(json_string_value(item)) !=
		    json_string_length(item))
			return TMG_E_MALFORMED;
		items[i] = json_string_value(item);
	}
	return tmg_strings_set(member, items);
}

static tmg_rc
read_certs(const tmg_field *field, json_t *v, void *member)
{
	tmg_certs **certs = member;
	tmg_rc rc;

	(void)field;
	if (!json_is_array(v) || json_array_size(v) > TMG_FIELD_LIST)
		return TMG_E_MALFORMED;
	if ((rc = tmg_certs_new(certs)))
		return rc;
	for (size_t i = 0; i < json_array_size(v); i++) {
		tmg_blob der = { NULL, 0 };

		rc = parse_blob(json_array_get(v, i), &der);
		if (rc == TMG_OK)
			rc = tmg_certs_add(*certs, tmg_blob_view(&der));
		free(der.ptr);
		if (rc != TMG_OK)
			return rc;
	}
	return TMG_OK;
}

static tmg_rc
read_number(const tmg_field *field, json_t *v, void *member)
{
	(void)field;
	if (!json_is_integer(v))
		return TMG_E_MALFORMED;
	*(long long *)member = json_integer_value(v);
	return TMG_OK;
}

static tmg_rc
read_flag(const tmg_field *field, json_t *v, void *member)
{
	(void)field;
	if (!json_is_boolean(v))
		return TMG_E_MALFORMED;
	*(bool *)member = json_is_true(v);
	return TMG_OK;
}

/* ---- writing ------------------------------------------------------------- */

static json_t *
print_list(const tmg_field *field, const void *member)
{
	const tmg_strings list = *(const tmg_strings *)member;
	json_t *array = json_array();

	(void)field;
	for (size_t i = 0; list != NULL && list[i] != NULL; i++)
		if (json_array_append_new(array, json_string(list[i])) != 0) {
			json_decref(array);
			return NULL;
		}
	return array;
}

static json_t *
print_certs(const tmg_field *field, const void *member)
{
	const tmg_certs *certs = *(tmg_certs *const *)member;
	json_t *array = json_array();

	(void)field;
	for (size_t i = 0; certs != NULL && i < tmg_certs_count(certs); i++)
		if (json_array_append_new(array,
		    tmg_base64_json(tmg_certs_get(certs, i))) != 0) {
			json_decref(array);
			return NULL;
		}
	return array;
}

static json_t *
print_text(const tmg_field *field, const void *member)
{
	(void)field;
	return json_string(member);
}

static json_t *
print_string(const tmg_field *field, const void *member)
{
	(void)field;
	return json_string(*(char *const *)member);
}

static json_t *
print_number(const tmg_field *field, const void *member)
{
	(void)field;
	return json_integer(*(const long long *)member);
}

static json_t *
print_flag(const tmg_field *field, const void *member)
{
	(void)field;
	return json_boolean(*(const bool *)member);
}

static json_t *
print_blob(const tmg_field *field, const void *member)
{
	(void)field;
	return tmg_base64_json(tmg_blob_view(member));
}

static json_t *
print_name(const tmg_field *field, const void *member)
{
	return json_string(field->names[*(const int *)member]);
}

/* ---- absent or not, and what is owned ----------------------------------- */

static bool
never(const void *member)
{
	(void)member;
	return false;
}

static bool
empty_text(const void *member)
{
	return *(const char *)member == '\0';
}

static bool
empty_flag(const void *member)
{
	return !*(const bool *)member;
}

static bool
empty_blob(const void *member)
{
	return ((const tmg_blob *)member)->len == 0;
}

/* A string, a list and certificates are pointers. */
static bool
empty_pointer(const void *member)
{
	return *(void *const *)member == NULL;
}

static void
nothing(void *member)
{
	(void)member;
}

static void
clear_string(void *member)
{
	free(*(char **)member);
}

static void
clear_blob(void *member)
{
	free(((tmg_blob *)member)->ptr);
}

static void
clear_list(void *member)
{
	tmg_strings_free(member);
}

static void
clear_certs(void *member)
{
	tmg_certs_free(member);
}

const tmg_kind tmg_kind_text = {
	.read = read_text,
	.print = print_text,
	.empty = empty_text,
	.clear = nothing,
};
const tmg_kind tmg_kind_string = {
	.read = read_string,
	.print = print_string,
	.empty = empty_pointer,
	.clear = clear_string,
};
const tmg_kind tmg_kind_number = {
	.read = read_number,
	.print = print_number,
	.empty = never,
	.clear = nothing,
};
const tmg_kind tmg_kind_flag = {
	.read = read_flag,
	.print = print_flag,
	.empty = empty_flag,
	.clear = nothing,
};
const tmg_kind tmg_kind_name = {
	.read = read_name,
	.print = print_name,
	.empty = never,
	.clear = nothing,
};
const tmg_kind tmg_kind_blob = {
	.read = read_blob,
	.print = print_blob,
	.empty = empty_blob,
	.clear = clear_blob,
};
const tmg_kind tmg_kind_list = {
	.read = read_list,
	.print = print_list,
	.empty = empty_pointer,
	.clear = clear_list,
};
const tmg_kind tmg_kind_certs = {
	.read = read_certs,
	.print = print_certs,
	.empty = empty_pointer,
	.clear = clear_certs,
};
