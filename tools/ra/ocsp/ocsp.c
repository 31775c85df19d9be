/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/ocsp/ocsp.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/codec/base64.h"
#include "tools/ra/http/media.h"
#include "tools/ra/ocsp/answer.h"

#define TYPE_REQUEST "application/ocsp-request"
#define TYPE_RESPONSE "application/ocsp-response"
#define QUESTION_MAX 8192	/* in a path, as base64 */

/* Said unsigned, and with 200: RFC 6960 4.2.1, A.1. */
static void
refuse(ra_reply *reply, int status)
{
	OCSP_RESPONSE *response = OCSP_response_create(status, NULL);
	unsigned char *der = NULL;
	const int len = i2d_OCSP_RESPONSE(response, &der);

	if (len > 0)
		ra_reply_bytes(reply, TYPE_RESPONSE, (tmg_view){ der, (size_t)len });
	else
		ra_reply_text(reply, HTTP_SERVER_ERROR, _("out of memory"));
	OPENSSL_free(der);
	OCSP_RESPONSE_free(response);
}

/* Asking again may help, but for a responder whose certificate was revoked. */
static void
refuse_fault(const ra_desk *d, ra_reply *reply, tmg_rc rc)
{
	tmg_log(d->office->ctx, TMG_LOG_ERROR, "%s: %s", tmg_rc_name(rc),
	    d->fault.text);
	refuse(reply, rc == TMG_DENIED ? OCSP_RESPONSE_STATUS_INTERNALERROR :
	    OCSP_RESPONSE_STATUS_TRYLATER);
}

static void
answer(ra_desk *d, tmg_view der, ra_reply *reply)
{
	tmg_auto(ra_ocsp_question) q = { .req = NULL };
	tmg_auto(ra_ocsp_row) row = { .der = NULL };
	tmg_rc rc = ra_ocsp_question_read(der, d->office->ca->cert, &q);

	if (rc) {
		refuse(reply, rc == TMG_DENIED ? OCSP_RESPONSE_STATUS_UNAUTHORIZED :
		    OCSP_RESPONSE_STATUS_MALFORMEDREQUEST);
		return;
	}
	if ((rc = ra_ocsp_answer(d, &q, &row))) {
		refuse_fault(d, reply, rc);
		return;
	}
	ra_reply_bytes(reply, TYPE_RESPONSE, (tmg_view){ row.der, row.len });
	if (row.next_update != 0)
		reply->fresh = (ra_fresh){ row.this_update, row.next_update,
			(long)(ra_ocsp_stale(d, &row) - ra_desk_now(d)) };
}

static bool
is_open(const ra_desk *d, ra_reply *reply)
{
	if (d->office->deputy[RA_DEPUTY_OCSP] != NULL)
		return true;
	ra_reply_text(reply, HTTP_NOT_FOUND, _("there is no OCSP responder here"));
	return false;
}

void
ra_ocsp_post(ra_desk *desk, const ra_call *call, ra_reply *reply)
{
	if (!is_open(desk, reply))
		return;
	if (ra_media_is(call->content_type, TYPE_REQUEST))
		answer(desk, call->body, reply);
	else
		ra_reply_text(reply, HTTP_UNSUPPORTED_TYPE,
		    _("the content type must be %s"), TYPE_REQUEST);
}

/* RFC 6960 A.1: base64 in the path, of which '/' is a letter. */
void
ra_ocsp_get(ra_desk *desk, const ra_call *call, ra_reply *reply)
{
	const tmg_view text = tmg_view_str(call->rest);
	tmg_auto_free uint8_t *store = malloc(QUESTION_MAX);
	tmg_out der = { store, QUESTION_MAX, 0, false };

	if (!is_open(desk, reply))
		return;
	if (store == NULL)
		ra_reply_text(reply, HTTP_SERVER_ERROR, _("out of memory"));
	else if (tmg_base64_parse(text, &der))
		refuse(reply, OCSP_RESPONSE_STATUS_MALFORMEDREQUEST);
	else
		answer(desk, tmg_out_view(&der), reply);
}
