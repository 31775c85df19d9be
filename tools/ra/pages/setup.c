/* SPDX-License-Identifier: BSD-2-Clause */
/* The first visit of an officer or operator: the certificate that the browser
 * shows is tied to the account, once. */
#include <string.h>

#include "src/base/i18n.h"
#include "tools/ra/desk/account.h"
#include "tools/ra/pages/formview.h"
#include "tools/ra/pages/site.h"

static void
show_setup(ra_visit *v, const char *wrong)
{
	v->refused = wrong[0] != '\0';
	ra_visit_head(v, _("First visit of an officer"));
	ra_formview_lack(v, "f-password", wrong);
	if (v->call->peer_cert.len == 0) {
		ra_put(&v->page, "<p>%s</p>\n",
		    _("Connect your token and let the browser show its certificate: from then on it alone opens the desk, and the password is of no use any more."));
		ra_visit_foot(v, HTTP_OK);
		return;
	}
	ra_put(&v->page, "<p>%s</p>\n",
	    _("The certificate that your browser shows is tied to your account, once, with the account's password."));
	ra_visit_form(v, "/desk/setup", false);
	ra_formview_line(v, &(ra_line){ "name", _("Account"), "text", "username",
	    "", "", "" });
	ra_formview_line(v, &(ra_line){ "password", _("Password"), "password",
	    "current-password", "", wrong, "" });
	ra_put(&v->page, "<button>%s</button></form>\n", _("Tie the certificate"));
	ra_visit_foot(v, wrong[0] != '\0' ? HTTP_FORBIDDEN : HTTP_OK);
}

void
ra_setup_page(ra_visit *v)
{
	show_setup(v, "");
}

void
ra_setup_post(ra_visit *v)
{
	ra_user user = { .name = "" };
	long wait_s = 0;
	tmg_rc rc;

	if (!ra_visit_count(v, &ra_limit_setup, ""))
		return;
	if (v->call->peer_cert.len == 0 ||
	    ra_desk_trusts(v->desk, v->call->peer_cert)) {
		show_setup(v, "");
		return;
	}
	rc = ra_visit_enter(v, ra_posted_get(&v->form, "name"),
	    ra_posted_get(&v->form, "password"), &user, &wait_s);
	if (rc == TMG_OK && ((strcmp(user.role, RA_ROLE_OFFICER) != 0 &&
	    strcmp(user.role, RA_ROLE_OPERATOR) != 0) ||
	    user.certificate[0] != '\0'))
		rc = TMG_DENIED;
	if (rc == TMG_OK && (rc = ra_account_tie(v->desk, &user,
	    v->call->peer_cert)) == TMG_OK)
		ra_visit_go(v, strcmp(user.role, RA_ROLE_OFFICER) == 0 ? "/desk" :
		    "/admin");
	else if (tmg_is_fault(rc))
		ra_visit_fault(v, rc);
	else
		show_setup(v, _("No officer's account that waits for its certificate, or not its password."));
}
