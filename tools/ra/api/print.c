/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * GET applications/NUMBER/print?form=FORM[&document=NAME]: the application, or a
 * document that goes with it, filled in, to save and print.
 */
#include <stdio.h>

#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/api/api.h"
#include "tools/ra/post/sheet.h"

void
ra_api_print(ra_desk *desk, const ra_call *call, ra_reply *reply)
{
	const char *form = ra_posted_get(call->query, "form");
	const char *document = ra_posted_get(call->query, "document");
	tmg_auto(ra_app) app = { .id = "" };
	tmg_auto(ra_printed) printed = { .bytes = NULL };
	const ra_profile *p;
	ra_visitor who;
	tmg_rc rc;

	if (!ra_api_enter(desk, call, reply, &who, &app) ||
	    (p = ra_api_find_profile(desk, reply, app.profile)) == NULL)
		return;
	if (!ra_words_have(&p->print, form)) {
		ra_api_error(reply, HTTP_BAD_REQUEST, "form",
		    _("The application is not printed in such a form."));
		return;
	}
	rc = ra_print(desk, &app, document, form, &printed);
	if (rc == TMG_OK) {
		ra_reply_bytes(reply, printed.type,
		    (tmg_view){ printed.bytes, printed.len });
		snprintf(reply->file, sizeof(reply->file), "%s", printed.file);
	} else if (rc == TMG_NOT_FOUND) {
		ra_api_error(reply, HTTP_NOT_FOUND, "document", desk->fault.text);
	} else {
		ra_api_fault(reply, desk, rc);
	}
}
