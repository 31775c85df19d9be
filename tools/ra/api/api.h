/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The application interface, /api/v1: what the portal does for an applicant,
 * for programs.  doc/openapi.json tells every call; doc/design/ra-api.md why
 * it is so.
 */
#ifndef RA_API_H
#define RA_API_H

#include <jansson.h>

#include "tools/ra/api/body.h"
#include "tools/ra/form/form.h"
#include "tools/ra/desk/limit.h"
#include "tools/ra/http/http.h"

#define RA_API "/api/v1/"

typedef void ra_handler(ra_desk *desk, const ra_call *call, ra_reply *reply);

ra_handler ra_api_profiles, ra_api_profile, ra_api_begin, ra_api_status,
    ra_api_code, ra_api_identify, ra_api_answers, ra_api_fill, ra_api_contents,
    ra_api_agree, ra_api_send_docs, ra_api_cancel, ra_api_request,
    ra_api_certificate, ra_api_installed, ra_api_suspend, ra_api_resume,
    ra_api_revoke, ra_api_documents, ra_api_document, ra_api_print,
    ra_api_renew, ra_api_renew_shown, ra_api_revoke_shown;

/* Takes value over as the body; 500 when it is NULL: there was no memory. */
void ra_api_json(ra_reply *reply, unsigned status, json_t *value);

/* {"error": {"field": ..., "text": ...}}; field NULL or "": none. */
void ra_api_error(ra_reply *reply, unsigned status, const char *field,
    const char *text);

/* What the desk's verdict or fault is here. */
void ra_api_fault(ra_reply *reply, ra_desk *desk, tmg_rc rc);

/* Where errors were left as lines of text, they become JSON. */
void ra_api_finish(ra_reply *reply);

/* The body as rows say it must be; false: reply is done. */
bool
ra_api_body(const ra_call *call, ra_reply *reply, const ra_body_rows *rows,
    json_t **body);

/* Who is there. */
typedef struct ra_visitor {
	char name[RA_OWNER_MAX];	/* of the account, or an application's number */
	char actor[RA_ACTOR_MAX];	/* for the audit log */
	bool account;			/* not an application's own code */
} ra_visitor;

static inline ra_actor
ra_visitor_actor(const ra_visitor *v)
{
	return (ra_actor){ RA_BY_APPLICANT, v->actor };
}

/* By HTTP Basic; false: reply is done. */
bool
ra_api_who(ra_desk *desk, const ra_call *call, ra_reply *reply,
    ra_visitor *who);

/* Counts one of limit, to subject, with those of the pages; false: too many,
 * and reply is done. */
bool
ra_api_count(ra_desk *desk, const ra_call *call, ra_reply *reply,
    const ra_limit *limit, const char *subject);
/* Whether one more would be let in; counts nothing. */
bool
ra_api_may(ra_desk *desk, const ra_call *call, ra_reply *reply,
    const ra_limit *limit);

/* Whether a certificate of ours, in force, is what was shown in the place of
 * credentials; cert and app are its. */
bool
ra_api_shown(ra_desk *desk, const ra_call *call, ra_cert *cert, ra_app *app);
/* Whether it opens app: the application it was issued to, mine, or the one that
 * renews it. */
bool
ra_api_opens(const ra_cert *cert, const ra_app *mine, const ra_app *app);
/* Whoever shows it; false: a page of somebody else's may have sent this, and
 * reply is done. */
bool
ra_api_as_shown(const ra_call *call, ra_reply *reply, const ra_cert *cert,
    const ra_app *app, ra_visitor *who);

/* Renews the certificate of an application with the request in the body. */
void
ra_api_renew_app(ra_desk *desk, const ra_call *call, ra_reply *reply,
    const char *id);
/* Revokes what the body of the call gives a reason for. */
void
ra_api_revoke_app(ra_desk *desk, const ra_call *call, ra_reply *reply,
    const ra_visitor *who, const char *id);

/* The application that the path names, if it is who's; false: reply is done.
 * Somebody else's is as little there as one that never was. */
bool
ra_api_enter(ra_desk *desk, const ra_call *call, ra_reply *reply,
    ra_visitor *who, ra_app *app);

/* The profile of that name or application; NULL: reply is done. */
const ra_profile *
ra_api_find_profile(ra_desk *desk, ra_reply *reply, const char *name);

/* How an application stands, for whoever owns it. */
json_t *
ra_api_describe(ra_desk *desk, const ra_app *app);
/* Who makes the key on such a way: "applicant", "office". */
const char *
ra_api_key_at(const ra_flow *flow);
/* The same as the reply, of what is stored now. */
void
ra_api_tell(ra_desk *desk, ra_reply *reply, unsigned status, const char *id);

/* All that is wrong with a form: 422. */
void ra_api_form_errors(ra_reply *reply, const ra_form_errors *errors);

/* Whether hash is that of the profile's terms; false: reply is done. */
bool
ra_api_agreed(ra_desk *desk, ra_reply *reply, const ra_profile *profile,
    const char *hash);

/* Lists and times as JSON has them. */
json_t *
ra_api_words(const ra_words *words);
json_t *
ra_api_time(time_t at);

/* payment.c: no path of the interface; a payment service has one of its own */
void ra_api_payment(ra_desk *desk, const ra_call *call, ra_reply *reply);

#endif
