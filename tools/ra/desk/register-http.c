/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A register that is asked over HTTP and answers in JSON.  200 is somebody, 404
 * nobody; whatever else comes is no answer.  No redirect is followed, and the
 * server leads to an anchor that the operator named.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/desk/register-answer.h"
#include "tools/ra/desk/register-kind.h"
#include "tools/ra/desk/rules.h"
#include "tools/ra/desk/webline.h"

#define ANSWER_MAX 65536
#define NUMBER "${number}"

enum {
	STATUS_OK = 200,
	STATUS_NOT_FOUND = 404,
};

/* ---- the question ---- */

/* NULL: no memory. */
static char *
write_url(const ra_register_question *q)
{
	const char *url = q->of->url, *gap = strstr(url, NUMBER);
	char *text = NULL;
	size_t len = 0;
	FILE *out;

	if (gap == NULL)
		return strdup(url);
	if ((out = open_memstream(&text, &len)) == NULL)
		return NULL;
	fprintf(out, "%.*s", (int)(gap - url), url);
	ra_webline_escape(out, q->number);
	fputs(gap + strlen(NUMBER), out);
	if (fclose(out) == 0)
		return text;
	free(text);
	return NULL;
}

/* ---- asking ---- */

static tmg_rc
send_question(const ra_register_question *q, ra_webline *l,
    tmg_http_response *answer, tmg_fault *f)
{
	static const char *const headers[] = { "Accept: application/json",
		"Content-Type: application/json", NULL };
	json_auto_t *body = json_pack("{s:s}", q->column, q->number);
	tmg_auto_free char *text = body != NULL ? json_dumps(body, 0) : NULL;
	tmg_auto_free char *url = write_url(q);

	if (text == NULL || url == NULL)
		return tmg_raise(f, TMG_E_NOMEM, 0, _("out of memory"));
	return tmg_http_do(l->http, &(tmg_http_request){ .url = url,
	    .post = q->of->post, .headers = headers,
	    .body = q->of->post ? tmg_view_str(text) : (tmg_view){ NULL, 0 } },
	    answer, f);
}

static tmg_rc
http_ask(const ra_register_question *q, ra_answers *known, tmg_fault *f)
{
	const ra_webline_spec spec = { q->config, q->of->url, q->of->ca,
		q->of->token_file, q->of->timeout_s, ANSWER_MAX };
	tmg_auto(ra_webline) l = { .http = NULL };
	__attribute__((__cleanup__(tmg_http_response_release)))
	    tmg_http_response answer = { .status = 0 };

	if (ra_webline_open(q->ctx, &spec, &l, f) || send_question(q, &l, &answer, f))
		return TMG_E_IO;
	if (answer.status == STATUS_NOT_FOUND)
		return TMG_NOT_FOUND;
	if (answer.status != STATUS_OK)
		return tmg_raise(f, TMG_E_IO, 0, _("it answered with status %ld"),
		    answer.status);
	return ra_register_answer(&q->of->members, q->wanted,
	    (tmg_view){ answer.body, answer.len }, known, f);
}

/* ---- its settings ---- */

static const char *
http_check(const ra_register *r)
{
	const bool tls = strncmp(r->url, "https://", 8) == 0;

	if (r->url[0] == '\0')
		return _("it needs url");
	if (!tls && !ra_url_is_here(r->url))
		return _("people are asked for over https:// alone, or in this machine");
	if (tls && r->ca[0] == '\0')
		return _("it needs ca, the certificates that its server leads to");
	if (!r->post && strstr(r->url, NUMBER) == NULL)
		return _("its url needs ${number}, where the number stands; or post");
	return NULL;
}

const ra_register_kind ra_register_http = { "http", http_check, http_ask };
