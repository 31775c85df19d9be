/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/http/answer.h"

#include <stdlib.h>

#include "src/base/ctx.h"
#include "src/base/scope.h"
#include "src/http/header.h"

#define FIRST_CAP 4096u

static void
take_type(tmg_answer *a, tmg_view value)
{
	tmg_header_clean(a->to->type, sizeof(a->to->type), value);
}

static void
take_retry_after(tmg_answer *a, tmg_view value)
{
	a->to->retry_after_s = tmg_header_retry_after(value, tmg_ctx_now(a->ctx));
}

static void
take_challenge(tmg_answer *a, tmg_view value)
{
	if (a->to->challenge[0] == '\0')
		tmg_header_clean(a->to->challenge, sizeof(a->to->challenge), value);
}

static void
take_place(tmg_answer *a, tmg_view value)
{
	tmg_header_clean(a->to->place, sizeof(a->to->place), value);
}

static void
take_nonce(tmg_answer *a, tmg_view value)
{
	tmg_header_clean(a->to->nonce, sizeof(a->to->nonce), value);
}

/* One field with a list is the same as many fields (RFC 9110 5.3).  What does
 * not fit whole is left out. */
static void
take_link(tmg_answer *a, tmg_view value)
{
	char *links = a->to->links;
	const size_t used = strlen(links), left = sizeof(a->to->links) - used;

	if (value.len + 3 > left)
		return;
	tmg_header_clean(links + used + (used > 0 ? 2 : 0), left - 2, value);
	if (used > 0)
		memcpy(links + used, ", ", 2);
}

static const struct {
	const char *name;
	void (*take)(tmg_answer *a, tmg_view value);
} fields[] = {
	{ "Content-Type", take_type },
	{ "Retry-After", take_retry_after },
	{ "WWW-Authenticate", take_challenge },
	{ "Location", take_place },
	{ "Replay-Nonce", take_nonce },
	{ "Link", take_link },
};

/* A status line begins another head: of the answer after a 100 or a 401. */
static void
begin_head(tmg_http_response *r)
{
	r->type[0] = '\0';
	r->challenge[0] = '\0';
	r->place[0] = '\0';
	r->nonce[0] = '\0';
	r->links[0] = '\0';
	r->retry_after_s = -1;
	r->len = 0;
}

static size_t
on_header(char *data, size_t size, size_t n, void *arg)
{
	const tmg_view line = { (const uint8_t *)data, size * n };
	tmg_answer *a = arg;
	tmg_view name, value;

	if (line.len >= 5 && memcmp(line.ptr, "HTTP/", 5) == 0) {
		begin_head(a->to);
		return line.len;
	}
	if (tmg_header_split(line, &name, &value))
		return line.len;
	for (size_t i = 0; i < TMG_COUNT(fields); i++)
		if (tmg_header_is(name, fields[i].name))
			fields[i].take(a, value);
	return line.len;
}

static bool
grow(tmg_answer *a, size_t need)
{
	size_t cap = a->cap > 0 ? a->cap : FIRST_CAP;
	uint8_t *body;

	while (cap < need)
		cap *= 2;
	if (cap == a->cap)
		return true;
	body = realloc(a->to->body, cap);
	if (body == NULL)
		return false;
	a->to->body = body;
	a->cap = cap;
	return true;
}

static size_t
on_body(char *data, size_t size, size_t n, void *arg)
{
	tmg_answer *a = arg;
	const size_t len = size * n;

	a->too_long = len > a->max - a->to->len;
	if (a->too_long)
		return 0;
	a->no_memory = !grow(a, a->to->len + len);
	if (a->no_memory)
		return 0;
	if (len > 0)
		memcpy(a->to->body + a->to->len, data, len);
	a->to->len += len;
	return len;
}

CURLcode
tmg_answer_install(CURL *easy, tmg_answer *a)
{
	CURLcode e = curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);

	if (e == CURLE_OK)
		e = curl_easy_setopt(easy, CURLOPT_HEADERDATA, a);
	if (e == CURLE_OK)
		e = curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	return e == CURLE_OK ? curl_easy_setopt(easy, CURLOPT_WRITEDATA, a) : e;
}

void
tmg_http_response_release(tmg_http_response *r)
{
	free(r->body);
	*r = (tmg_http_response){ .retry_after_s = -1 };
}
