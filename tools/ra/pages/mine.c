/* SPDX-License-Identifier: BSD-2-Clause */
/* The certificate by which somebody of the staff comes in, before it ends: whoever
 * has the old one ties the one that renewed it. */
#include <openssl/pem.h>
#include <string.h>
#include <time.h>

#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/pki/x509.h"
#include "tools/ra/desk/account.h"
#include "tools/ra/desk/day.h"
#include "tools/ra/pages/formview.h"
#include "tools/ra/pages/site.h"

#define DAY 86400
#define NOTICE_DAYS 30		/* on the pages of the desk */
#define DER_MAX 8192

static const char *
path_of(const ra_visit *v)
{
	return v->officer.name[0] != '\0' ? "/desk/mine" : "/admin/mine";
}

/* When the certificate that the browser shows ends; 0 unknown. */
static time_t
end_of(const ra_visit *v)
{
	const unsigned char *at = v->call->peer_cert.ptr;
	tmg_auto(ra_X509) cert = d2i_X509(NULL, &at, (long)v->call->peer_cert.len);
	time_t end = 0;

	return cert != NULL && tmg_x509_time(X509_get0_notAfter(cert), &end) == TMG_OK ?
	    end : 0;
}

void
ra_mine_notice(ra_visit *v)
{
	const time_t end = end_of(v);
	char date[RA_DAY_TEXT];

	if (end == 0 || end - ra_desk_now(v->desk) > (time_t)NOTICE_DAYS * DAY)
		return;
	ra_day_text(end, date);
	ra_put(&v->page, "<p class=\"note\">%s: <strong>%s</strong>. <a href=\"%s\">%s</a></p>\n",
	    _("Your certificate ends"), date, path_of(v), _("Renew your certificate"));
}

static void
show(ra_visit *v, const char *wrong)
{
	char date[RA_DAY_TEXT];

	ra_day_text(end_of(v), date);
	v->refused = wrong[0] != '\0';
	ra_visit_head(v, _("Your certificate"));
	ra_formview_lack(v, "f-certificate", wrong);
	ra_put(&v->page, "<p>%s: <strong>%s</strong>.</p>\n<p>%s</p>\n"
	    "<pre class=\"command\">tamga renew --all --ca est+https://%s</pre>\n",
	    _("The certificate that opens these pages ends"), date,
	    _("While it is good it speaks for its successor: connect your token and run this command. Then hand the new certificate in here, with your browser still showing the old one."),
	    v->call->host);
	ra_visit_form(v, path_of(v), false);
	ra_put(&v->page, "<div class=\"field\"><label for=\"f-certificate\">%s</label>"
	    "<textarea id=\"f-certificate\" name=\"certificate\" spellcheck=\"false\" required>"
	    "</textarea></div>\n<button>%s</button></form>\n<p>%s</p>\n",
	    _("The new certificate (PEM)"), _("Tie the certificate"),
	    _("Who comes with a certificate of another authority, or whose certificate has ended, is invited anew by an operator."));
	ra_visit_foot(v, wrong[0] != '\0' ? HTTP_BAD_REQUEST : HTTP_OK);
}

void
ra_mine_page(ra_visit *v)
{
	show(v, "");
}

static tmg_rc
read_pem(const char *text, uint8_t der[DER_MAX], size_t *len)
{
	tmg_auto(ra_BIO) bio = BIO_new_mem_buf(text, (int)strlen(text));
	tmg_auto(ra_X509) cert = bio != NULL ?
	    PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
	const int n = cert != NULL ? i2d_X509(cert, NULL) : 0;

	if (n <= 0 || n > DER_MAX)
		return TMG_MISMATCH;
	*len = (size_t)i2d_X509(cert, &(unsigned char *){ der });
	return TMG_OK;
}

/* Ours, in force, and made to renew the one that is shown. */
static tmg_rc
check_successor(ra_visit *v, tmg_view der)
{
	tmg_auto(ra_cert) old = { .der = NULL }, new = { .der = NULL };
	tmg_auto(ra_app) was = { .id = "" }, is = { .id = "" };
	tmg_rc rc;

	if ((rc = ra_desk_recognise(v->desk, v->call->peer_cert, false, &old, &was)) ||
	    (rc = ra_desk_recognise(v->desk, der, false, &new, &is)))
		return rc;
	return strcmp(is.previous, old.serial) == 0 ? TMG_OK : TMG_MISMATCH;
}

void
ra_mine_post(ra_visit *v)
{
	ra_user user = v->officer.name[0] != '\0' ? v->officer : v->operator;
	uint8_t store[DER_MAX];
	tmg_view der = { store, 0 };
	tmg_rc rc;

	if (read_pem(ra_posted_get(&v->form, "certificate"), store, &der.len)) {
		show(v, _("This is no certificate in PEM."));
		return;
	}
	rc = check_successor(v, der);
	if (rc == TMG_OK)
		rc = ra_account_tie(v->desk, &user, der);
	if (rc == TMG_MISMATCH || rc == TMG_DENIED || rc == TMG_OCCUPIED)
		show(v, _("It must be a certificate of this authority, in force, by which the one that your browser shows was renewed."));
	else if (rc)
		ra_visit_fault(v, rc);
	else
		ra_visit_say(v, HTTP_OK, _("Your certificate"),
		    _("From now on the new certificate opens these pages, and the old one does not: close the browser, and choose the new one when it asks."));
}
