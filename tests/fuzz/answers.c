/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/fuzz/answers.h"

#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>

#include "src/base/fail.h"
#include "src/base/scope.h"
#include "src/http/http.h"

enum {
	HEAD = 4,		/* bytes before a body */
	DRESSED = 0x80,
	AROUND = 1024,		/* bytes that may dress one */
};

static const long statuses[] = { 200, 201, 202, 400, 401, 403, 404, 409, 500, 503, 302, 100 };
static const char *const types[] = {
	"application/pkixcmp", "application/json", "application/pem-certificate-chain",
	"application/x-pem-file", "text/plain", "",
};

const char answers_ca[] =
"-----BEGIN CERTIFICATE-----\n"
"MIIBizCCATGgAwIBAgIUcZIMJUt/CBoWtmfsWQg2uvlWSlQwCgYIKoZIzj0EAwIw\n"
"EjEQMA4GA1UEAwwHRnV6eiBDQTAgFw0yMDAxMDIwMDAwMDBaGA8yMDc0MTAwNTAw\n"
"MDAwMFowEjEQMA4GA1UEAwwHRnV6eiBDQTBZMBMGByqGSM49AgEGCCqGSM49AwEH\n"
"A0IABISsoU8mDTtO1RXtgbPVknK7C7RVRSUCyIHOLxyNPwIJEi+aJX9h4InIeSz2\n"
"770InD9m9mPx9gBUxpEOabE496ijYzBhMB0GA1UdDgQWBBRGA1pwI8HNrlYpMk2W\n"
"GQmNaZ2NEzAfBgNVHSMEGDAWgBRGA1pwI8HNrlYpMk2WGQmNaZ2NEzAPBgNVHRMB\n"
"Af8EBTADAQH/MA4GA1UdDwEB/wQEAwIBBjAKBggqhkjOPQQDAgNIADBFAiA7TZM6\n"
"skIitd61oausigQB605qqZgPaXacYlcW4UrXPQIhAJucW2INRrijY8J0f6D5QEV5\n"
"gZOP3Lz8zQr8Vl1WPifr\n"
"-----END CERTIFICATE-----\n";

static const char key_pem[] =
"-----BEGIN PRIVATE KEY-----\n"
"MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQghkvXO94usTPOWcPX\n"
"hR1yqYBjOonYG9aaXN/kBHy4ZNShRANCAATb/fYPhGGjluHzNFnZPi5xEYVDlo5c\n"
"Lb4K/QXPZ37T5b1aFJ9RjgsKqhPUUiOqQD2B4Irgxdg/kUHUqHrPpL0W\n"
"-----END PRIVATE KEY-----\n";

struct tmg_http {
	tmg_channel none;
};

static tmg_view script;
static answers_dress *dress;

void
answers_begin(tmg_view said, answers_dress *how)
{
	script = said;
	dress = how;
}

tmg_soft *
answers_key(tmg_ctx *ctx)
{
	BIO *b = BIO_new_mem_buf(key_pem, sizeof(key_pem) - 1);
	EVP_PKEY *key = PEM_read_bio_PrivateKey(b, NULL, NULL, NULL);
	tmg_soft *soft = NULL;

	if (key == NULL || tmg_soft_new(ctx, key, &soft))
		abort();
	EVP_PKEY_free(key);
	BIO_free(b);
	return soft;
}

tmg_rc
tmg_http_open(tmg_ctx *ctx, const tmg_http_spec *spec, tmg_fault *f, tmg_http **http)
{
	(void)ctx, (void)spec, (void)f;
	*http = calloc(1, sizeof(**http));
	return *http != NULL ? TMG_OK : TMG_E_NOMEM;
}

void
tmg_http_free(tmg_http **http)
{
	if (http == NULL)
		return;
	free(*http);
	*http = NULL;
}

const tmg_channel *
tmg_http_channel(const tmg_http *http)
{
	return &http->none;
}

/* As libcurl's session gives them: one byte more than it says, zero. */
static tmg_rc
give(tmg_view body, tmg_http_response *r)
{
	r->body = malloc(body.len + 1);
	if (r->body == NULL)
		return TMG_E_NOMEM;
	if (body.len > 0)
		memcpy(r->body, body.ptr, body.len);
	r->body[body.len] = 0;
	r->len = body.len;
	return TMG_OK;
}

static tmg_rc
give_dressed(tmg_view request, tmg_view body, tmg_http_response *r)
{
	const size_t cap = body.len + AROUND;
	tmg_auto_free uint8_t *room = malloc(cap);
	tmg_out answer = { room, cap, 0, false };

	if (room == NULL)
		return TMG_E_NOMEM;
	dress(request, body, &answer);
	return give(tmg_out_view(&answer), r);
}

tmg_rc
tmg_http_do(tmg_http *http, const tmg_http_request *q, tmg_http_response *r, tmg_fault *f)
{
	tmg_view head, body;

	(void)http;
	tmg_http_response_release(r);
	*r = (tmg_http_response){ .retry_after_s = -1 };
	if (tmg_view_take(&script, HEAD, &head) || tmg_view_take(&script,
	    (size_t)head.ptr[2] << 8 | head.ptr[3], &body))
		return tmg_raise(f, TMG_E_IO, 0, "nobody is there");
	r->status = statuses[(head.ptr[0] & ~DRESSED) % TMG_COUNT(statuses)];
	snprintf(r->type, sizeof(r->type), "%s", types[head.ptr[1] % TMG_COUNT(types)]);
	return (head.ptr[0] & DRESSED) != 0 && dress != NULL ?
	    give_dressed(q->body, body, r) : give(body, r);
}
