/* SPDX-License-Identifier: BSD-2-Clause */
/* The operators' page of staff: who may come in, who is invited, who is not any
 * more. */
#include <stdio.h>
#include <string.h>

#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/desk/account.h"
#include "tools/ra/desk/day.h"
#include "tools/ra/http/basic.h"
#include "tools/ra/pages/admin.h"
#include "tools/ra/pages/formview.h"
#include "tools/ra/pages/site.h"
#include "tools/ra/profile/input.h"
#include "tools/ra/profile/language.h"

static void
actor_of(const ra_visit *v, char name[RA_ACTOR_MAX])
{
	snprintf(name, RA_ACTOR_MAX, "operator:%s", v->operator.name);
}

static const char *
role_label(const char *role)
{
	static const struct {
		const char *role, *label;
	} labels[] = {
		{ RA_ROLE_OFFICER, N_("Officer") },
		{ RA_ROLE_OPERATOR, N_("Operator") },
		{ RA_ROLE_CLOSED, N_("Closed") },
	};

	for (size_t i = 0; i < TMG_COUNT(labels); i++)
		if (strcmp(labels[i].role, role) == 0)
			return _(labels[i].label);
	return role;
}

static void
put_end(ra_visit *v, const ra_user *user)
{
	char day[RA_DAY_TEXT];

	if (user->ends == 0)
		return;
	ra_day_text(user->ends, day);
	ra_put(&v->page, " (%s %s)", _("until"), day);
}

static tmg_rc
put_account(void *arg, const ra_user *user)
{
	ra_visit *v = arg;
	const bool open = strcmp(user->role, RA_ROLE_CLOSED) != 0;

	ra_put(&v->page, "<tr><th scope=\"row\">%s</th><td>%s</td><td>%s</td>"
	    "<td>%s</td><td>%s", user->name, role_label(user->role), user->branch,
	    user->email, !open ? "" : user->certificate[0] != '\0' ?
	    _("has a certificate") : _("waits for the first visit"));
	put_end(v, user);
	ra_put(&v->page, "</td><td>");
	if (open && strcmp(user->name, v->operator.name) != 0) {
		ra_visit_form(v, "/admin/close", false);
		ra_put(&v->page, "<input type=\"hidden\" name=\"name\" value=\"%s\">"
		    "<button class=\"risk\" aria-label=\"%s %s\">%s</button></form>",
		    user->name, _("Close"), user->name, _("Close"));
	}
	ra_put(&v->page, "</td></tr>\n");
	return TMG_OK;
}

static void
put_role_choice(ra_visit *v, const char *chosen)
{
	static const char *const roles[] = { RA_ROLE_OFFICER, RA_ROLE_OPERATOR };

	ra_put(&v->page, "<div class=\"field\"><label for=\"f-role\">%s</label>"
	    "<select id=\"f-role\" name=\"role\">", _("Role"));
	for (size_t i = 0; i < TMG_COUNT(roles); i++)
		ra_put(&v->page, "<option value=\"%s\"%s>%s</option>", roles[i],
		    strcmp(roles[i], chosen) == 0 ? " selected" : "",
		    role_label(roles[i]));
	ra_put(&v->page, "</select></div>\n");
}

static void
put_language_choice(ra_visit *v, const char *chosen)
{
	ra_put(&v->page, "<div class=\"field\"><label for=\"f-language\">%s</label>"
	    "<select id=\"f-language\" name=\"language\">", _("Language of mails"));
	for (size_t i = 0; i < ra_language_count; i++)
		ra_put(&v->page, "<option value=\"%s\"%s>%s</option>",
		    ra_languages[i].code,
		    strcmp(ra_languages[i].code, chosen) == 0 ? " selected" : "",
		    ra_languages[i].name);
	ra_put(&v->page, "</select></div>\n");
}

/* What was sent, and what is wrong with it: "" nothing. */
struct invitation {
	ra_user user;
	const char *wrong_name, *wrong_email;
};

static void
put_invitation(ra_visit *v, const struct invitation *sent)
{
	ra_visit_form(v, "/admin", false);
	ra_formview_line(v, &(ra_line){ "name", _("Account"), "text", "off",
	    sent->user.name, sent->wrong_name, "" });
	put_role_choice(v, sent->user.role);
	ra_formview_line(v, &(ra_line){ "branch",
	    _("Branch (optional)"), "text", "off", sent->user.branch, "",
	    _("Empty: the applications of all branches.") });
	ra_formview_line(v, &(ra_line){ "email",
	    _("E-mail (optional)"), "email", "off", sent->user.email,
	    sent->wrong_email,
	    _("Work that waits, and what ends soon, is told there.") });
	put_language_choice(v, sent->user.language);
	ra_put(&v->page, "<button>%s</button></form>\n", _("Invite"));
}

static void
show_staff(ra_visit *v, unsigned status, const struct invitation *sent)
{
	static const char *const columns[] = { N_("Account"), N_("Role"),
		N_("Branch"), N_("E-mail"), N_("Certificate"), N_("Action"), NULL };

	ra_admin_head(v, _("Staff"));
	ra_mine_notice(v);
	ra_admin_table(v, _("Staff"), columns);
	if (ra_user_each_staff(v->desk->store, put_account, v))
		v->page.failed = true;
	ra_admin_table_end(v);
	ra_put(&v->page, "<h2>%s</h2>\n<p>%s</p>\n", _("A new account, or an old one that begins anew"),
	    _("You get a password for one visit. Hand it over in person: with it the new officer ties the certificate of a token to the account. An old certificate is void from now on."));
	put_invitation(v, sent);
	ra_visit_foot(v, status);
}

void
ra_admin_staff(ra_visit *v)
{
	show_staff(v, HTTP_OK, &(struct invitation){ .wrong_name = "",
	    .wrong_email = "" });
}

static void
show_invitation(ra_visit *v, const ra_user *user, const char *password)
{
	ra_admin_head(v, _("The account is there"));
	ra_put(&v->page, "<dl><dt>%s</dt><dd>%s</dd><dt>%s</dt><dd>%s</dd>"
	    "<dt>%s</dt><dd><strong>%s</strong></dd></dl>\n<p>%s</p>\n",
	    _("Account"), user->name, _("Role"), role_label(user->role),
	    _("Password for the first visit"), password,
	    _("It is shown this once. The first visit is at /desk/setup, with the token connected."));
	ra_visit_foot(v, HTTP_OK);
}

static void
take(const ra_visit *v, const char *name, char *into, size_t cap)
{
	snprintf(into, cap, "%s", ra_posted_get(&v->form, name));
}

static void
read_invitation(const ra_visit *v, struct invitation *sent)
{
	ra_user *u = &sent->user;

	*sent = (struct invitation){ .wrong_name = "", .wrong_email = "" };
	take(v, "name", u->name, sizeof(u->name));
	take(v, "role", u->role, sizeof(u->role));
	take(v, "branch", u->branch, sizeof(u->branch));
	take(v, "email", u->email, sizeof(u->email));
	take(v, "language", u->language, sizeof(u->language));
	if (!ra_user_name_ok(ra_posted_get(&v->form, "name")) ||
	    !ra_role_ok(u->role) || strcmp(u->role, RA_ROLE_APPLICANT) == 0)
		sent->wrong_name =
		    _("A name has letters, digits and . _ - @ + (63 at most).");
	if (ra_posted_get(&v->form, "email")[0] != '\0' &&
	    (strlen(ra_posted_get(&v->form, "email")) >= sizeof(u->email) ||
	    !ra_input_is_email(u->email)))
		sent->wrong_email = _("an e-mail address such as name@example.org");
	if (ra_language_find(u->language) == NULL)
		u->language[0] = '\0';
}

void
ra_admin_invite(ra_visit *v)
{
	char actor[RA_ACTOR_MAX], password[RA_CODE_MAX] = "";
	struct invitation sent;
	tmg_rc rc;

	read_invitation(v, &sent);
	if (sent.wrong_name[0] != '\0' || sent.wrong_email[0] != '\0') {
		show_staff(v, HTTP_BAD_REQUEST, &sent);
		return;
	}
	actor_of(v, actor);
	rc = ra_account_invite(v->desk, &sent.user, actor, password);
	if (rc == TMG_OK)
		show_invitation(v, &sent.user, password);
	else
		ra_visit_fault(v, rc);
	explicit_bzero(password, sizeof(password));
}

void
ra_admin_close(ra_visit *v)
{
	char actor[RA_ACTOR_MAX];
	tmg_rc rc;

	actor_of(v, actor);
	rc = ra_account_close(v->desk, ra_posted_get(&v->form, "name"), actor);
	if (rc)
		ra_visit_fault(v, rc);
	else
		ra_visit_go(v, "/admin");
}
