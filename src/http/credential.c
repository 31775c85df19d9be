/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/http/credential.h"

#include <stdlib.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"

/* A zero-terminated copy, wiped by scope. */
typedef struct term {
	char *text;
	size_t len;
} term;

static void
term_wipe(term *t)
{
	if (t->text != NULL)
		explicit_bzero(t->text, t->len);
	free(t->text);
}

#define auto_term __attribute__((__cleanup__(term_wipe))) term

static term
terminate(tmg_view v)
{
	term t = { calloc(1, v.len + 1), v.len };

	if (t.text != NULL && v.len > 0)
		memcpy(t.text, v.ptr, v.len);
	return t;
}

static bool
has_control(tmg_view v)
{
	for (size_t i = 0; i < v.len; i++)
		if (v.ptr[i] < ' ' || v.ptr[i] == 0x7f)
			return true;
	return false;
}

tmg_rc
tmg_credential_check(const tmg_http_spec *spec, tmg_fault *f)
{
	if (has_control(tmg_view_str(spec->user)) || has_control(spec->password) ||
	    has_control(spec->bearer))
		return tmg_raise(f, TMG_E_USAGE, 0, "%s",
		    _("the user name, password or token for the authority holds a line "
		    "end or another control character"));
	if (spec->user != NULL && strchr(spec->user, ':') != NULL)
		return tmg_raise(f, TMG_E_USAGE, 0, "%s",
		    _("a user name for the authority cannot hold a colon"));
	return TMG_OK;
}

static CURLcode
lend_bearer(CURL *easy, const tmg_http_spec *spec)
{
	auto_term token = terminate(spec->bearer);
	CURLcode e;

	if (token.text == NULL)
		return CURLE_OUT_OF_MEMORY;
	e = curl_easy_setopt(easy, CURLOPT_XOAUTH2_BEARER, token.text);
	return e == CURLE_OK
	    ? curl_easy_setopt(easy, CURLOPT_HTTPAUTH, (long)CURLAUTH_BEARER) : e;
}

/* With both allowed libcurl waits for the server's 401 and takes Digest when
 * it is offered: the password itself goes out only to who asks for Basic. */
static CURLcode
lend_password(CURL *easy, const tmg_http_spec *spec)
{
	auto_term password = terminate(spec->password);
	CURLcode e;

	if (password.text == NULL)
		return CURLE_OUT_OF_MEMORY;
	e = curl_easy_setopt(easy, CURLOPT_USERNAME, spec->user);
	if (e == CURLE_OK)
		e = curl_easy_setopt(easy, CURLOPT_PASSWORD, password.text);
	return e == CURLE_OK ? curl_easy_setopt(easy, CURLOPT_HTTPAUTH,
	    spec->basic ? (long)CURLAUTH_BASIC :
	    (long)(CURLAUTH_BASIC | CURLAUTH_DIGEST)) : e;
}

CURLcode
tmg_credential_lend(CURL *easy, const tmg_http_spec *spec)
{
	if (spec->bearer.len > 0)
		return lend_bearer(easy, spec);
	return spec->user != NULL ? lend_password(easy, spec) : CURLE_OK;
}

void
tmg_credential_forget(CURL *easy)
{
	curl_easy_setopt(easy, CURLOPT_USERNAME, NULL);
	curl_easy_setopt(easy, CURLOPT_PASSWORD, NULL);
	curl_easy_setopt(easy, CURLOPT_XOAUTH2_BEARER, NULL);
}
