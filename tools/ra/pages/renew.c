/* SPDX-License-Identifier: BSD-2-Clause */
/* Renewing a certificate from its own page, by whose it is. */
#include <stdlib.h>
#include <string.h>

#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/desk/renew.h"
#include "tools/ra/pages/casefile.h"
#include "tools/ra/pages/csrtext.h"
#include "tools/ra/pages/formview.h"
#include "tools/ra/pages/site.h"
#include "tools/ra/profile/filekind.h"

/* What the profile's rules for a renewal are, in words. */
static void
put_rules(ra_visit *v, const ra_casefile *file)
{
	const ra_profile *p = file->profile;
	const bool officer = strcmp(p->renewal_approval, "officer") == 0;

	ra_put(&v->page, "<ul>\n<li>%s</li>\n<li>%s</li>\n<li>%s</li>\n</ul>\n",
	    _("The names stay what they are."), p->renewal_same_key ?
	    _("A new key pair is recommended; the one that is there may be kept.") :
	    _("It needs a new key pair."), officer ?
	    _("An officer confirms it, as the first time.") :
	    _("Nobody has to confirm it when the certificate's own key speaks for it: the request is for that key, or is signed with it, or your browser shows the certificate. Otherwise an officer does."));
}

static void
show(ra_visit *v, const ra_casefile *file, const char *wrong)
{
	v->refused = wrong[0] != '\0';
	ra_visit_head_of(v, ra_said(file->profile, file->profile->title),
	    _("Renew the certificate"));
	ra_formview_lack(v, "f-request", wrong);
	ra_casefile_certificate(v, file);
	put_rules(v, file);
	ra_put(&v->page, "<p>%s</p>\n<pre>tamga renew --all --ca est+https://%s</pre>\n",
	    _("Connect your token and run this command: it makes the new key, and the certificate that is there speaks for it."),
	    v->call->host);
	ra_put(&v->page, "<h2>%s</h2>\n", _("Or hand a request in here"));
	ra_visit_form(v, "/my/renew", true);
	ra_put(&v->page, "<div class=\"field\"><label for=\"f-request\">%s</label>"
	    "<textarea id=\"f-request\" name=\"request\" spellcheck=\"false\">"
	    "</textarea></div>\n<div class=\"field\"><label for=\"f-file\">%s</label>"
	    "<input type=\"file\" id=\"f-file\" name=\"file\"></div>\n"
	    "<button>%s</button></form>\n",
	    _("Certification request (PKCS#10, PEM)"),
	    _("or its file, which may be signed with the certificate (CMS, .p7m)"),
	    _("Renew the certificate"));
	ra_visit_foot(v, v->refused ? HTTP_BAD_REQUEST : HTTP_OK);
}

/* Where the office makes keys, it renews them, too. */
static bool
open_for(ra_visit *v, ra_casefile *file)
{
	tmg_rc rc;

	if (!ra_casefile_open(v, v->number, file))
		return false;
	rc = ra_casefile_office_key(file) ? TMG_DENIED :
	    ra_renew_may(v->desk, &file->app);
	if (rc == TMG_OK)
		return true;
	if (tmg_is_fault(rc))
		ra_visit_fault(v, rc);
	else
		ra_visit_say(v, HTTP_CONFLICT, _("This is not possible"),
		    ra_casefile_office_key(file) ?
		    _("This certificate is renewed where its carrier was handed over.") :
		    v->desk->fault.text);
	return false;
}

void
ra_renew_page(ra_visit *v)
{
	tmg_auto(ra_casefile) file = { .profile = NULL };

	if (open_for(v, &file))
		show(v, &file, "");
}

/* A signed file is taken as it is; everything else as a request. */
static tmg_rc
read_request(const ra_posted *form, tmg_out *der)
{
	const tmg_view bytes = ra_posted_bytes(form, "file");
	const ra_filekind *kind = ra_filekind_of(bytes);

	if (ra_posted_get(form, "request")[0] != '\0' || kind == NULL)
		return ra_csrtext_read(form, der);
	tmg_put(der, bytes);
	return der->full ? TMG_MISMATCH : TMG_OK;
}

void
ra_renew_post(ra_visit *v)
{
	tmg_auto(ra_casefile) file = { .profile = NULL };
	tmg_auto(ra_app) app = { .id = "" };
	tmg_auto(ra_cert) cert = { .der = NULL };
	tmg_auto_free uint8_t *store = malloc(RA_BODY_MAX);
	tmg_out der = { store, RA_BODY_MAX, 0, store == NULL };
	tmg_rc rc;

	if (!open_for(v, &file))
		return;
	if (read_request(&v->form, &der)) {
		show(v, &file, _("This is no certification request in PEM or DER."));
		return;
	}
	rc = ra_renew_submit(v->desk, v->number, tmg_out_view(&der),
	    v->call->peer_cert, &app, &cert);
	if (rc == TMG_MISMATCH || rc == TMG_DENIED)
		show(v, &file, v->desk->fault.text);
	else if (rc != TMG_OK && rc != TMG_PENDING)
		ra_visit_fault(v, rc);
	else if ((rc = ra_visit_open(v, app.id)))
		ra_visit_fault(v, rc);
	else
		ra_visit_go(v, "/my");
}
