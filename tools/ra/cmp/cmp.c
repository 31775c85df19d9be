/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/cmp/cmp.h"

#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/cmp/talk.h"
#include "tools/ra/http/media.h"

#define TYPE "application/pkixcmp"

void
ra_cmp_post(ra_desk *desk, const ra_call *call, ra_reply *reply)
{
	const ra_office *office = desk->office;
	tmg_auto_free uint8_t *der = NULL;
	ra_cmp_message m;
	size_t len = 0;
	tmg_rc rc;

	if (office->deputy[RA_DEPUTY_CMP] == NULL ||
	    (call->plain && !desk->config->cmp.http))
		ra_reply_text(reply, HTTP_NOT_FOUND, _("there is no CMP server here"));
	else if (!ra_media_is(call->content_type, TYPE))
		ra_reply_text(reply, HTTP_UNSUPPORTED_TYPE,
		    _("the content type must be %s"), TYPE);
	else if (ra_cmp_message_read(call->body, &m))
		ra_reply_text(reply, HTTP_BAD_REQUEST,
		    _("that is no message of CMP (PKIMessage, DER)"));
	else if ((rc = ra_cmp_talk(desk, &m, call->label, reply->user, &der, &len)))
		ra_reply_fault(reply, desk, rc);
	else
		ra_reply_bytes(reply, TYPE, (tmg_view){ der, len });
}
