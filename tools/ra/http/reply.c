/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "src/base/ctx.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/codec/base64.h"
#include "tools/ra/http/http.h"

#define TYPE_TEXT "text/plain; charset=utf-8"
#define LINE_MAX_TEXT 512
#define AWAY_S 5		/* a database that is restarted takes about as long */

void
ra_reply_release(ra_reply *reply)
{
	if (reply->secret && reply->body != NULL)
		explicit_bzero(reply->body, reply->len);
	free(reply->body);
	reply->body = NULL;
}

static void
set_body(ra_reply *reply, const char *type, uint8_t *body, size_t len)
{
	free(reply->body);
	reply->type = type;
	reply->body = body;
	reply->len = body != NULL ? len : 0;
}

void
ra_reply_text(ra_reply *reply, unsigned status, const char *fmt, ...)
{
	char *line = malloc(LINE_MAX_TEXT);
	va_list ap;
	int n = 0;

	reply->status = status;
	reply->base64 = false;
	if (line != NULL) {
		va_start(ap, fmt);
		n = vsnprintf(line, LINE_MAX_TEXT - 1, fmt, ap);
		va_end(ap);
		n = n < 0 ? 0 : n < LINE_MAX_TEXT - 1 ? n : LINE_MAX_TEXT - 2;
		line[n++] = '\n';
	}
	set_body(reply, TYPE_TEXT, (uint8_t *)line, (size_t)n);
}

void
ra_reply_wordless(ra_reply *reply)
{
	if (reply->status == HTTP_ACCEPTED || reply->status == HTTP_UNAUTHORIZED)
		set_body(reply, NULL, NULL, 0);
}

static const struct {
	tmg_rc rc;
	unsigned status;
} statuses[] = {
	{ TMG_PENDING, HTTP_ACCEPTED },
	{ TMG_MISMATCH, HTTP_BAD_REQUEST },
	{ TMG_DENIED, HTTP_FORBIDDEN },
	{ TMG_NOT_FOUND, HTTP_NOT_FOUND },
	{ TMG_BUSY, HTTP_UNAVAILABLE },
};

void
ra_reply_fault(ra_reply *reply, const ra_desk *desk, tmg_rc rc)
{
	for (size_t i = 0; i < TMG_COUNT(statuses); i++) {
		if (statuses[i].rc == rc) {
			ra_reply_text(reply, statuses[i].status, "%s",
			    desk->fault.text);
			return;
		}
	}
	tmg_log(desk->office->ctx, TMG_LOG_ERROR, "%s: %s", tmg_rc_name(rc),
	    desk->fault.text);
	if (desk->store->away) {
		reply->retry_after_s = AWAY_S;
		ra_reply_text(reply, HTTP_UNAVAILABLE,
		    _("the authority's store cannot be reached; try again later"));
		return;
	}
	ra_reply_text(reply, HTTP_SERVER_ERROR,
	    _("the authority has a problem of its own; its log says which; try again later"));
}

static void
give(ra_reply *reply, const char *type, uint8_t *body, size_t len)
{
	if (body == NULL) {
		ra_reply_text(reply, HTTP_SERVER_ERROR, _("out of memory"));
		return;
	}
	reply->status = HTTP_OK;
	set_body(reply, type, body, len);
}

void
ra_reply_bytes(ra_reply *reply, const char *type, tmg_view bytes)
{
	uint8_t *body = malloc(bytes.len > 0 ? bytes.len : 1);

	if (body != NULL && bytes.len > 0)
		memcpy(body, bytes.ptr, bytes.len);
	give(reply, type, body, bytes.len);
}

void
ra_reply_base64(ra_reply *reply, const char *type, tmg_view bytes)
{
	const size_t cap = TMG_BASE64_LEN(bytes.len) + 1;
	tmg_out o = { malloc(cap), cap, 0, false };

	if (o.ptr != NULL) {
		tmg_base64_put(&o, bytes, 0);
		tmg_put_u8(&o, '\n');
	}
	reply->base64 = true;
	give(reply, type, o.ptr, o.len);
}
