/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/form/contents.h"

#include <openssl/err.h>
#include <stdio.h>
#include <string.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/pki/name.h"
#include "src/pki/san.h"
#include "src/pki/x509.h"

/* One ${name} at at, of len bytes. */
static const char *
value_of(const char *at, size_t len, const ra_answers *answers)
{
	char name[RA_ANSWER_NAME];

	if (len >= sizeof(name))
		return "";
	memcpy(name, at, len);
	name[len] = '\0';
	return ra_answers_get(answers, name);
}

static tmg_rc
put(char *into, size_t cap, const char *text, size_t len)
{
	const size_t used = strlen(into);

	if (len >= cap - used)
		return TMG_E_SPACE;
	memcpy(into + used, text, len);
	into[used + len] = '\0';
	return TMG_OK;
}

tmg_rc
ra_contents_expand(const char *text, const ra_answers *answers, char *into,
    size_t cap)
{
	bool asked = false, said = false;
	tmg_rc rc = TMG_OK;

	into[0] = '\0';
	while (*text != '\0' && rc == TMG_OK) {
		const char *name = strstr(text, "${");
		const size_t plain = name != NULL ? (size_t)(name - text) :
		    strlen(text);

		if ((rc = put(into, cap, text, plain)) || name == NULL)
			break;
		const size_t len = strcspn(name + 2, "}");
		const char *value = value_of(name + 2, len, answers);

		asked = true;
		said |= value[0] != '\0';
		rc = put(into, cap, value, strlen(value));
		text = name + 2 + len + (name[2 + len] != '\0');
	}
	return rc || said || !asked ? rc : TMG_NOT_FOUND;
}

/* RFC 4514 2.4: what has a meaning between attributes is escaped. */
static tmg_rc
put_escaped(char *into, size_t cap, const char *value)
{
	tmg_rc rc = TMG_OK;

	for (const char *c = value; *c != '\0' && rc == TMG_OK; c++) {
		const bool edge = (c == value && (*c == ' ' || *c == '#')) ||
		    (c[1] == '\0' && *c == ' ');

		if (edge || strchr("\"+,;<>\\=", *c) != NULL)
			rc = put(into, cap, "\\", 1);
		if (rc == TMG_OK)
			rc = put(into, cap, c, 1);
	}
	return rc;
}

static tmg_rc
add_subject(ra_contents *c, const char *type, const char *value)
{
	tmg_rc rc = TMG_OK;

	if (c->subject[0] != '\0')
		rc = put(c->subject, sizeof(c->subject), ",", 1);
	if (rc == TMG_OK)
		rc = put(c->subject, sizeof(c->subject), type, strlen(type));
	if (rc == TMG_OK)
		rc = put(c->subject, sizeof(c->subject), "=", 1);
	return rc ? rc : put_escaped(c->subject, sizeof(c->subject), value);
}

static tmg_rc
add_san(ra_contents *c, const char *kind, const char *value)
{
	const int len = snprintf(c->san[c->san_count], RA_SAN_TEXT, "%s:%s", kind,
	    value);

	c->san_count++;
	return len < RA_SAN_TEXT ? TMG_OK : TMG_E_SPACE;
}

tmg_rc
ra_contents_make(const ra_profile *profile, const ra_answers *answers,
    ra_contents *contents)
{
	*contents = (ra_contents){ .san_count = 0 };
	for (size_t i = 0; i < profile->content_count; i++) {
		const char *into = profile->content[i].into;
		char value[RA_TEXT_MAX];
		tmg_rc rc = ra_contents_expand(profile->content[i].text, answers,
		    value, sizeof(value));

		if (rc == TMG_NOT_FOUND)
			continue;
		if (rc == TMG_OK)
			rc = strncmp(into, "san.", 4) == 0 ?
			    add_san(contents, into + 4, value) :
			    add_subject(contents, into + 8, value);
		if (rc)
			return rc;
	}
	return TMG_OK;
}

static bool
asks_for(const GENERAL_NAMES *list, const char *text)
{
	tmg_fault f = { .rc = TMG_OK };
	GENERAL_NAME *want = NULL;
	bool found = false;

	if (tmg_san_parse(text, &want, &f))
		return false;
	for (int i = 0; i < sk_GENERAL_NAME_num(list) && !found; i++)
		found = GENERAL_NAME_cmp(sk_GENERAL_NAME_value(list, i), want) == 0;
	GENERAL_NAME_free(want);
	return found;
}

static tmg_rc
match_sans(const ra_contents *c, const ra_request *request, tmg_fault *f)
{
	const int asked = request->san != NULL ?
	    sk_GENERAL_NAME_num(request->san) : 0;

	if (asked != (int)c->san_count)
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("the request asks for %d alternative names, %zu were agreed to"),
		    asked, c->san_count);
	for (size_t i = 0; i < c->san_count; i++)
		if (!asks_for(request->san, c->san[i]))
			return tmg_raise(f, TMG_MISMATCH, 0,
			    _("the request does not ask for %s, which was agreed to"),
			    c->san[i]);
	return TMG_OK;
}

tmg_rc
ra_contents_match(const ra_contents *c, const ra_request *request, tmg_fault *f)
{
	X509_NAME *agreed = NULL;
	const tmg_rc rc = tmg_name_parse(c->subject, &agreed, f);

	if (rc)
		return rc;
	const bool same = X509_NAME_cmp(agreed,
	    X509_REQ_get_subject_name(request->req)) == 0;

	X509_NAME_free(agreed);
	ERR_clear_error();
	if (!same)
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("the request names %s; agreed to was %s"), request->subject,
		    c->subject);
	return match_sans(c, request, f);
}
