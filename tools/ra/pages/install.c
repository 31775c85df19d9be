/* SPDX-License-Identifier: BSD-2-Clause */
/* An issued certificate on its way to where its key is: a browser reaches neither
 * token nor folder, so the page shows the command and what it asks, and follows. */
#include <string.h>

#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/pages/command.h"
#include "tools/ra/pages/formview.h"
#include "tools/ra/pages/site.h"

#define AGAIN_S 5	/* a page that is followed looks again */

const char *
ra_install_button(const ra_profile *p)
{
	return p->install_button[0] != '\0' ?
	    ra_said(p, p->install_button) :
	    _("Install the certificate");
}

/* What the command will ask, in the provider's words. */
static void
put_password(ra_visit *v, const ra_profile *p)
{
	const ra_password_rule *rule = &p->password;

	ra_put(&v->page, "<h2>%s</h2>\n<p>%s</p>\n", _("Password"), rule->twice ?
	    _("The command asks you to invent a password for the key, and to enter it twice.") :
	    _("The command asks you to invent a password for the key."));
	if (rule->text[0] != '\0')
		ra_put(&v->page, "<p class=\"note\">%s</p>\n", ra_said(p, rule->text));
	if (rule->warning[0] != '\0')
		ra_put(&v->page, "<p class=\"note\">%s</p>\n", ra_said(p, rule->warning));
}

/* For who asked for it, by that name or by naming the folder (WCAG 2.2.1, 2.2.4). */
static void
put_following(ra_visit *v, bool asked)
{
	v->reply->again_s = asked ? AGAIN_S : 0;
	if (asked)
		ra_put(&v->page, "<p>%s <a href=\"/my\">%s</a></p>\n",
		    _("This page looks for news every few seconds."),
		    _("Stop following"));
	else
		ra_put(&v->page, "<p><a href=\"/my/install?follow=yes\">%s</a></p>\n",
		    _("Follow the progress"));
}

static void
put_command(ra_visit *v, const ra_casefile *file, const char *folder)
{
	ra_put(&v->page, "<h2>%s</h2>\n<p>%s</p>\n",
	    ra_install_button(file->profile), folder[0] != '\0' ?
	    _("Run this command on the computer with that folder.") :
	    _("Connect your token and run this command."));
	ra_command_enroll(v, file, folder, "");
	put_following(v, folder[0] != '\0' || strcmp(ra_posted_get(v->call->query,
	    "follow"), "yes") == 0);
}

static void
put_folder(ra_visit *v, const ra_casefile *file, const ra_folder *folder)
{
	if (file->profile->password.max > 0)
		put_password(v, file->profile);
	ra_folder_ask(v, "/my/install",
	    _("The path to the folder containing the private key"), folder,
	    ra_install_button(file->profile));
	if (folder->path[0] != '\0')
		put_command(v, file, folder->path);
}

void
ra_install_page(ra_visit *v)
{
	tmg_auto(ra_casefile) file = { .profile = NULL };
	ra_folder folder;

	if (!ra_casefile_open(v, v->number, &file))
		return;
	if (!ra_casefile_to_install(&file)) {
		ra_visit_go(v, "/my");
		return;
	}
	ra_folder_read(v, &folder);
	v->refused = folder.wrong[0] != '\0';
	ra_visit_head_of(v, ra_said(file.profile, file.profile->title),
	    _("Certificate set-up"));
	ra_formview_lack(v, "f-folder", folder.wrong);
	ra_put(&v->page, "<dl><dt>%s</dt><dd>%s</dd></dl>\n<p class=\"status\" role=\"status\">%s</p>\n",
	    _("Application number"), file.app.id,
	    ra_profile_status(file.profile, file.app.state));
	if (ra_folder_holds(&file))
		put_folder(v, &file, &folder);
	else
		put_command(v, &file, "");
	ra_visit_foot(v, v->refused ? HTTP_BAD_REQUEST : HTTP_OK);
}
