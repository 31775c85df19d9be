/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * POST /payments: what a payment service tells, signed.  It is told 200 for
 * whatever was noted, so that it stops telling; anything else it tells again.
 */
#include <stdio.h>
#include <string.h>

#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/api/api.h"
#include "tools/ra/desk/payment.h"

static const ra_body_rows notice = { 4, {
	{ "payment", JSON_STRING, true },
	{ "application", JSON_STRING, true },
	{ "amount", JSON_STRING, true },
	{ "currency", JSON_STRING, true },
} };

/* False: longer than it can be. */
static bool
copy(const json_t *body, const char *name, char *into, size_t cap)
{
	const char *text = ra_body_text(body, name);

	return snprintf(into, cap, "%s", text) < (int)cap;
}

static bool
read_notice(ra_reply *reply, tmg_view text, ra_receipt *r)
{
	tmg_auto(ra_json) body = NULL;
	char field[RA_ANSWER_NAME];
	tmg_fault f = { .rc = TMG_OK };

	if (ra_body_parse(&notice, text, &body, field, &f)) {
		ra_api_error(reply, HTTP_BAD_REQUEST, field, f.text);
		return false;
	}
	if (copy(body, "payment", r->id, sizeof(r->id)) &&
	    copy(body, "application", r->app, sizeof(r->app)) &&
	    copy(body, "amount", r->amount, sizeof(r->amount)) &&
	    copy(body, "currency", r->currency, sizeof(r->currency)))
		return true;
	ra_api_error(reply, HTTP_BAD_REQUEST, NULL, _("this is too long"));
	return false;
}

/* Nobody is told more than that before the signature is known to be right. */
static bool
is_service(ra_desk *desk, const ra_call *call, ra_reply *reply)
{
	const char *signature = call->signature != NULL ? call->signature : "";
	const tmg_rc rc = ra_payment_signed(desk, signature, call->body);

	if (rc == TMG_OK)
		return true;
	if (rc == TMG_DENIED)
		ra_api_error(reply, HTTP_UNAUTHORIZED, NULL, desk->fault.text);
	else if (rc == TMG_UNSUPPORTED)
		ra_api_error(reply, HTTP_NOT_FOUND, NULL, desk->fault.text);
	else
		ra_api_fault(reply, desk, rc);
	return false;
}

void
ra_api_payment(ra_desk *desk, const ra_call *call, ra_reply *reply)
{
	ra_receipt r = { .id = "" };
	tmg_rc rc;

	if (!is_service(desk, call, reply) || !read_notice(reply, call->body, &r))
		return;
	rc = ra_payment_take(desk, &r);
	if (rc == TMG_OK)
		ra_api_json(reply, HTTP_OK, json_pack("{s:s, s:s}", "payment", r.id,
		    "outcome", r.outcome));
	else if (rc == TMG_OCCUPIED)
		ra_api_error(reply, HTTP_CONFLICT, "payment", desk->fault.text);
	else if (rc == TMG_MISMATCH)
		ra_api_error(reply, HTTP_BAD_REQUEST, NULL, desk->fault.text);
	else
		ra_api_fault(reply, desk, rc);
}
