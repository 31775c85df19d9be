/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a certificate of ours opens, shown as a TLS client certificate: its own
 * application and the one that renews it.  The handshake proved its key.
 */
#include <stdio.h>
#include <string.h>

#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/api/api.h"
#include "tools/ra/est/est.h"
#include "tools/ra/http/media.h"

bool
ra_api_shown(ra_desk *desk, const ra_call *call, ra_cert *cert, ra_app *app)
{
	return call->authorization[0] == '\0' && call->peer_cert.len > 0 &&
	    ra_desk_recognise(desk, call->peer_cert, false, cert, app) == TMG_OK;
}

bool
ra_api_opens(const ra_cert *cert, const ra_app *mine, const ra_app *app)
{
	return strcmp(mine->id, app->id) == 0 ||
	    (app->previous[0] != '\0' && strcmp(app->previous, cert->serial) == 0);
}

/* A browser shows certificates to whoever sends it here; a form of somebody
 * else's page cannot say JSON. */
static bool
is_program(const ra_call *call, ra_reply *reply)
{
	if (strcmp(call->method, "GET") == 0 ||
	    ra_media_is(call->content_type, "application/json"))
		return true;
	ra_reply_text(reply, HTTP_UNSUPPORTED_TYPE,
	    _("the content type must be %s"), "application/json");
	return false;
}

bool
ra_api_as_shown(const ra_call *call, ra_reply *reply, const ra_cert *cert,
    const ra_app *app, ra_visitor *who)
{
	*who = (ra_visitor){ .account = false };
	if (!is_program(call, reply))
		return false;
	snprintf(who->name, sizeof(who->name), "%s", app->id);
	snprintf(who->actor, sizeof(who->actor), "applicant:%.60s", cert->serial);
	memcpy(reply->user, app->id, sizeof(app->id));
	return true;
}

/* The certificate that must be shown; false: reply is done. */
static bool
must_show(ra_desk *desk, const ra_call *call, ra_reply *reply, ra_cert *cert,
    ra_app *app, ra_visitor *who)
{
	if (ra_api_shown(desk, call, cert, app))
		return ra_api_as_shown(call, reply, cert, app, who);
	ra_reply_text(reply, HTTP_FORBIDDEN, "%s", call->peer_cert.len > 0 &&
	    desk->fault.text[0] != '\0' ? desk->fault.text :
	    _("show the certificate that this is about (TLS client certificate)"));
	return false;
}

/* ---- renewing ---- */

void
ra_api_renew_shown(ra_desk *desk, const ra_call *call, ra_reply *reply)
{
	tmg_auto(ra_cert) cert = { .der = NULL };
	tmg_auto(ra_app) app = { .id = "" };
	ra_visitor who;

	if (must_show(desk, call, reply, &cert, &app, &who))
		ra_api_renew_app(desk, call, reply, app.id);
}

/* ---- revoking ---- */

void
ra_api_revoke_shown(ra_desk *desk, const ra_call *call, ra_reply *reply)
{
	tmg_auto(ra_cert) cert = { .der = NULL };
	tmg_auto(ra_app) app = { .id = "" };
	ra_visitor who;

	if (must_show(desk, call, reply, &cert, &app, &who))
		ra_api_revoke_app(desk, call, reply, &who, app.id);
}
