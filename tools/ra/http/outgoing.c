/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/http/outgoing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/scope.h"
#include "tools/ra/http/media.h"

static const struct {
	const char *name, *value;
} always[] = {
	{ "X-Content-Type-Options", "nosniff" },
	/* the Origin of a form is told to us, and nothing to others */
	{ "Referrer-Policy", "same-origin" },
	{ "Cross-Origin-Opener-Policy", "same-origin" },
	{ "Cross-Origin-Resource-Policy", "same-origin" },
};

#define CSP_NOTHING "default-src 'none'; frame-ancestors 'none'"
#define CSP_FILE CSP_NOTHING "; sandbox"
#define CSP_PAGE "default-src 'none'; style-src 'self'; img-src 'self' data:; " \
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

static void
add_if(struct MHD_Response *out, bool wanted, const char *name,
    const char *value)
{
	if (wanted)
		MHD_add_response_header(out, name, value);
}

static void
add_seconds(struct MHD_Response *out, const char *name, long seconds)
{
	char number[24];

	snprintf(number, sizeof(number), "%ld", seconds);
	add_if(out, seconds > 0, name, number);
}

static bool
tag_of(const ra_reply *r, char *text, size_t cap)
{
	char hash[RA_HASH_TEXT];

	return ra_sha256_text((tmg_view){ r->body, r->len }, hash) == TMG_OK &&
	    snprintf(text, cap, "\"%s\"", hash) < (int)cap;
}

/* RFC 5019 6.2 */
static void
add_freshness(struct MHD_Response *out, const ra_reply *r)
{
	char date[RA_DATE_MAX], words[96];

	if (r->fresh.until == 0) {
		add_if(out, true, "Cache-Control",
		    r->keep ? "public, max-age=31536000, immutable" : "no-store");
		return;
	}
	snprintf(words, sizeof(words),
	    "max-age=%ld, public, no-transform, must-revalidate",
	    r->fresh.max_age_s > 0 ? r->fresh.max_age_s : 0);
	add_if(out, true, "Cache-Control", words);
	ra_media_date(r->fresh.from, date);
	add_if(out, true, "Last-Modified", date);
	ra_media_date(r->fresh.until, date);
	add_if(out, true, "Expires", date);
	if (tag_of(r, words, sizeof(words)))
		add_if(out, true, "ETag", words);
}

static void
add_headers(struct MHD_Response *out, const ra_reply *r, bool plain)
{
	char file[128];

	for (size_t i = 0; i < TMG_COUNT(always); i++)
		MHD_add_response_header(out, always[i].name, always[i].value);
	/* RFC 6797 7.2: never without TLS */
	add_if(out, !plain, "Strict-Transport-Security", "max-age=31536000");
	add_if(out, true, "Content-Security-Policy",
	    r->page ? CSP_PAGE : r->file[0] != '\0' ? CSP_FILE : CSP_NOTHING);
	add_freshness(out, r);
	add_if(out, r->type != NULL, "Content-Type", r->type);
	add_if(out, r->base64, "Content-Transfer-Encoding", "base64");
	add_if(out, r->allow[0] != '\0', "Allow", r->allow);
	add_if(out, r->challenge, "WWW-Authenticate",
	    "Basic realm=\"tamga-ra\", charset=\"UTF-8\"");
	add_if(out, r->location[0] != '\0', "Location", r->location);
	for (size_t n = 0; n < TMG_COUNT(r->cookie); n++)
		add_if(out, r->cookie[n][0] != '\0', "Set-Cookie", r->cookie[n]);
	if (r->file[0] != '\0') {
		snprintf(file, sizeof(file), "attachment; filename=\"%s\"", r->file);
		MHD_add_response_header(out, "Content-Disposition", file);
	}
	add_seconds(out, "Retry-After", r->retry_after_s);
	add_seconds(out, "Refresh", r->again_s);
}

/* A body that is nobody's any more. */
struct sent {
	uint8_t *body;
	size_t len;
};

static void
wipe_sent(void *cls)
{
	struct sent *sent = cls;

	explicit_bzero(sent->body, sent->len);
	free(sent->body);
	free(sent);
}

/* Takes the body over, on success only. */
static struct MHD_Response *
response_of(ra_reply *r)
{
	struct MHD_Response *out;
	struct sent *sent;

	if (!r->secret)
		return MHD_create_response_from_buffer(r->len, r->body,
		    MHD_RESPMEM_MUST_FREE);
	if ((sent = malloc(sizeof(*sent))) == NULL)
		return NULL;
	*sent = (struct sent){ r->body, r->len };
	out = MHD_create_response_from_buffer_with_free_callback_cls(r->len, r->body,
	    wipe_sent, sent);
	if (out == NULL)
		free(sent);
	return out;
}

enum MHD_Result
ra_outgoing_send(struct MHD_Connection *conn, ra_reply *r, bool plain)
{
	struct MHD_Response *out = response_of(r);
	enum MHD_Result queued;

	if (out == NULL)
		return MHD_NO;
	add_headers(out, r, plain);
	r->body = NULL;
	queued = MHD_queue_response(conn, r->status, out);
	MHD_destroy_response(out);
	return queued;
}
