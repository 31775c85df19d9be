/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/desk/register-answer.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"

#define MEMBER_DEPTH 8

/* What the register calls a field: "name.last". */
static const char *
member_of(const ra_words *members, const char *field)
{
	const size_t len = strlen(field);

	for (size_t i = 0; i < members->count; i++)
		if (strncmp(members->word[i], field, len) == 0 &&
		    members->word[i][len] == '=')
			return members->word[i] + len + 1;
	return field;
}

static const json_t *
walk_to(const json_t *o, const char *member)
{
	char name[RA_WORD_MAX];

	for (int depth = 0; depth < MEMBER_DEPTH && o != NULL; depth++) {
		const size_t len = strcspn(member, ".");

		snprintf(name, sizeof(name), "%.*s", (int)len, member);
		o = json_object_get(o, name);
		if (member[len] == '\0')
			return o;
		member += len + 1;
	}
	return NULL;
}

/* A gap in the register is a gap here; another kind of value is no answer. */
static tmg_rc
keep_member(const json_t *o, const char *field, const char *member,
    ra_answers *known, size_t *there, tmg_fault *f)
{
	const json_t *value = walk_to(o, member);
	char digits[24];
	const char *text = "";

	if (json_is_string(value)) {
		text = json_string_value(value);
	} else if (json_is_integer(value)) {
		snprintf(digits, sizeof(digits), "%" JSON_INTEGER_FORMAT,
		    json_integer_value(value));
		text = digits;
	} else if (value != NULL && !json_is_null(value)) {
		return tmg_raise(f, TMG_E_IO, 0, _("its member %s is no text"),
		    member);
	}
	*there += value != NULL;
	return ra_answers_set(known, field, text) == TMG_OK ? TMG_OK :
	    tmg_raise(f, TMG_E_SPACE, 0, _("its member %s is too long"), member);
}

tmg_rc
ra_register_answer(const ra_words *members, const ra_words *wanted,
    tmg_view text, ra_answers *known, tmg_fault *f)
{
	json_auto_t *o = json_loadb((const char *)text.ptr, text.len,
	    JSON_REJECT_DUPLICATES, NULL);
	size_t there = 0;
	tmg_rc rc;

	if (!json_is_object(o))
		return tmg_raise(f, TMG_E_IO, 0, _("its answer is no JSON object"));
	for (size_t i = 0; i < wanted->count; i++)
		if ((rc = keep_member(o, wanted->word[i],
		    member_of(members, wanted->word[i]), known, &there, f)))
			return rc;
	return there > 0 || wanted->count == 0 ? TMG_OK : tmg_raise(f,
	    TMG_E_IO, 0, _("its answer has none of the members that are wanted"));
}
