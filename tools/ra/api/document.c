/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The documents of an application: how they stand, and sending one as a file.
 */
#include <string.h>

#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/api/api.h"
#include "tools/ra/desk/paper.h"

static tmg_rc
add_paper(void *arg, const ra_paper *p)
{
	json_t *list = arg;

	return json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s, s:s,"
	    " s:s, s:s, s:I, s:s, s:s, s:o}", "name", p->name, "standing",
	    p->standing, "channel", p->channel, "file", p->file, "kind", p->kind,
	    "dated", p->dated, "sha256", p->hash, "size", (json_int_t)p->size,
	    "signer", p->signer, "reason", p->reason, "changed",
	    ra_api_time(p->changed))) == 0 ? TMG_OK : TMG_E_NOMEM;
}

static void
reply_papers(ra_desk *desk, ra_reply *reply, const char *id)
{
	json_t *list = json_array();
	const tmg_rc rc = ra_paper_each(desk->store, id, add_paper, list);

	if (rc == TMG_OK) {
		ra_api_json(reply, HTTP_OK, json_pack("{s:o}", "documents", list));
		return;
	}
	json_decref(list);
	ra_api_fault(reply, desk, ra_desk_says(desk, rc));
}

void
ra_api_documents(ra_desk *desk, const ra_call *call, ra_reply *reply)
{
	tmg_auto(ra_app) app = { .id = "" };
	ra_visitor who;

	if (ra_api_enter(desk, call, reply, &who, &app))
		reply_papers(desk, reply, app.id);
}

/* A form with a file, as a browser sends it: JSON would carry the bytes as
 * base64 in memory twice. */
static bool
read_form(const ra_call *call, ra_reply *reply, ra_posted *form)
{
	const tmg_rc rc = ra_posted_read(call->content_type, call->body, form);

	if (rc == TMG_UNSUPPORTED)
		ra_api_error(reply, HTTP_UNSUPPORTED_TYPE, NULL,
		    _("a document is sent as multipart/form-data"));
	else if (rc)
		ra_api_error(reply, HTTP_BAD_REQUEST, NULL,
		    _("What was sent is not a well-formed form."));
	return rc == TMG_OK;
}

void
ra_api_document(ra_desk *desk, const ra_call *call, ra_reply *reply)
{
	tmg_auto(ra_posted) form = { .store = NULL };
	tmg_auto(ra_app) app = { .id = "" };
	ra_visitor who;
	tmg_rc rc;

	if (!ra_api_enter(desk, call, reply, &who, &app) ||
	    !ra_api_count(desk, call, reply, &ra_limit_document, app.id) ||
	    !read_form(call, reply, &form))
		return;
	const ra_actor actor = ra_visitor_actor(&who);

	rc = ra_desk_send_paper(desk, app.id, &actor, &(ra_delivery){
	    ra_posted_get(&form, "name"), ra_posted_file(&form, "file"),
	    ra_posted_get(&form, "dated"), ra_posted_bytes(&form, "file") });
	if (rc == TMG_MISMATCH)
		ra_api_error(reply, HTTP_UNPROCESSABLE, "file", desk->fault.text);
	else if (rc == TMG_DENIED)
		ra_api_error(reply, HTTP_CONFLICT, NULL, desk->fault.text);
	else if (rc)
		ra_api_fault(reply, desk, rc);
	else
		reply_papers(desk, reply, app.id);
}
