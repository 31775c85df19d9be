/* SPDX-License-Identifier: BSD-2-Clause */
/* The key of an application that is open, and its request. */
#include <stdlib.h>

#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/desk/case.h"
#include "tools/ra/pages/command.h"
#include "tools/ra/pages/csrtext.h"
#include "tools/ra/pages/formview.h"
#include "tools/ra/pages/site.h"

static const ra_actor applicant = { RA_BY_APPLICANT, "applicant" };

static bool
open_for_key(ra_visit *v, ra_casefile *file)
{
	if (!ra_casefile_open(v, v->number, file))
		return false;
	if (!ra_casefile_office_key(file) &&
	    (ra_casefile_may(file, RA_EV_KEY, RA_BY_APPLICANT) ||
	    ra_casefile_may(file, RA_EV_SUBMIT, RA_BY_APPLICANT)))
		return true;
	ra_visit_go(v, "/my");
	return false;
}

static void
put_contents(ra_visit *v, const ra_casefile *file)
{
	tmg_auto_free ra_contents *contents = calloc(1, sizeof(*contents));

	if (contents == NULL || ra_case_contents(v->desk, &file->app, contents))
		return;
	ra_put(&v->page, "<h2>%s</h2>\n<ul>\n<li>%s</li>\n",
	    _("What the certificate will say"), contents->subject);
	for (size_t i = 0; i < contents->san_count; i++)
		ra_put(&v->page, "<li>%s</li>\n", contents->san[i]);
	ra_put(&v->page, "</ul>\n");
}

static void
put_token_command(ra_visit *v, const ra_casefile *file)
{
	ra_put(&v->page, "<p>%s</p>\n",
	    _("Connect your token and run this command. It makes the key on the token, asks for your PIN there, and hands the electronic application in."));
	ra_command_enroll(v, file, "", "");
}

/* The folder is named here and on the applicant's own machine, and nowhere kept. */
static void
put_folder_command(ra_visit *v, const ra_casefile *file, const ra_folder *folder)
{
	ra_folder_ask(v, "/my/key",
	    _("The folder in which the private key will be generated"), folder,
	    _("Show the command"));
	if (folder->path[0] == '\0')
		return;
	ra_command_make_folder(v, folder->path);
	ra_put(&v->page, "<p>%s</p>\n",
	    _("Run this command on the computer with that folder. It makes the key there and hands the electronic application in; the password is chosen when the certificate is set up."));
	ra_command_enroll(v, file, folder->path, "");
}

static void
put_paste(ra_visit *v)
{
	ra_put(&v->page, "<h2>%s</h2>\n", _("Or hand a request in here"));
	ra_visit_form(v, "/my/key", true);
	ra_put(&v->page, "<div class=\"field\"><label for=\"f-request\">%s</label>"
	    "<textarea id=\"f-request\" name=\"request\" spellcheck=\"false\">"
	    "</textarea></div>\n<div class=\"field\"><label for=\"f-file\">%s</label>"
	    "<input type=\"file\" id=\"f-file\" name=\"file\"></div>\n"
	    "<button>%s</button></form>\n",
	    _("Certification request (PKCS#10, PEM)"), _("or its file"),
	    _("Submit application"));
}

static void
show_key(ra_visit *v, const ra_casefile *file, const char *wrong)
{
	const ra_carrier *c = ra_profile_carrier(file->profile,
	    ra_answers_get(&file->answers, "carrier"));
	ra_folder folder;

	ra_folder_read(v, &folder);
	v->refused = wrong[0] != '\0' || folder.wrong[0] != '\0';
	ra_visit_head_of(v, ra_said(file->profile, file->profile->title),
	    _("Key pair and electronic application"));
	ra_formview_lack(v, "f-request", wrong);
	ra_formview_lack(v, "f-folder", folder.wrong);
	if (c != NULL && c->warning[0] != '\0')
		ra_put(&v->page, "<p class=\"note\">%s</p>\n",
		    ra_said(file->profile, c->warning));
	if (ra_folder_holds(file))
		put_folder_command(v, file, &folder);
	else
		put_token_command(v, file);
	ra_put(&v->page, "<p><a class=\"button\" href=\"/my?follow=yes\">%s</a></p>\n",
	    _("Follow the progress"));
	put_contents(v, file);
	put_paste(v);
	ra_visit_foot(v, v->refused ? HTTP_BAD_REQUEST : HTTP_OK);
}

void
ra_my_key(ra_visit *v)
{
	tmg_auto(ra_casefile) file = { .profile = NULL };

	if (open_for_key(v, &file))
		show_key(v, &file, "");
}

void
ra_my_request(ra_visit *v)
{
	tmg_auto(ra_casefile) file = { .profile = NULL };
	tmg_auto(ra_app) app = { .id = "" };
	tmg_auto_free uint8_t *store = malloc(RA_CSR_MAX);
	tmg_out der = { store, RA_CSR_MAX, 0, store == NULL };
	tmg_rc rc;

	if (!open_for_key(v, &file))
		return;
	if (ra_csrtext_read(&v->form, &der)) {
		show_key(v, &file, _("This is no certification request in PEM or DER."));
		return;
	}
	rc = ra_case_submit(v->desk, v->number, &applicant, tmg_out_view(&der),
	    &app);
	if (rc == TMG_OK)
		ra_visit_go(v, "/my");
	else if (rc == TMG_MISMATCH || rc == TMG_DENIED || rc == TMG_PENDING)
		show_key(v, &file, v->desk->fault.text);
	else
		ra_visit_fault(v, rc);
}
