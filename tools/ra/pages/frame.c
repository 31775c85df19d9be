/* SPDX-License-Identifier: BSD-2-Clause */
/* The page around the page: its head, its foot, and pages of one sentence. */
#include "tools/ra/pages/visit.h"

#include <string.h>

#include "src/base/ctx.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/pages/style.h"

static void
put_link(ra_visit *v, const char *href, const char *text)
{
	ra_put(&v->page, strcmp(v->call->path, href) == 0 ?
	    "<li><a href=\"%s\" aria-current=\"page\">%s</a></li>" :
	    "<li><a href=\"%s\">%s</a></li>", href, text);
}

static void
put_links(ra_visit *v)
{
	ra_page *p = &v->page;

	ra_put(p, "<nav aria-label=\"%s\"><ul>", _("Main"));
	put_link(v, "/", _("Services"));
	put_link(v, "/status", _("Checking request status"));
	put_link(v, "/my", _("My application"));
	if (v->officer.name[0] != '\0')
		put_link(v, "/desk", _("Desk"));
	if (v->operator.name[0] != '\0')
		put_link(v, "/admin", _("Operation"));
	put_link(v, "/help", _("Help"));
	if (v->number[0] != '\0') {
		ra_put(p, "<li class=\"end\">");
		ra_visit_form(v, "/logout", false);
		ra_put(p, "<button class=\"link\">%s</button></form></li>",
		    _("Log out"));
	}
	ra_put(p, "</ul></nav>");
}

static void
put_title(ra_visit *v, const char *whole, const char *title)
{
	ra_page *p = &v->page;

	ra_put(p, "<title>");
	if (v->refused)
		ra_put(p, "%s: ", _("Error"));
	ra_put(p, "%s — ", title);
	if (whole[0] != '\0')
		ra_put(p, "%s — ", whole);
	ra_put(p, "%s</title>\n", _("Registration authority"));
}

static void
put_top(ra_visit *v, const char *whole, const char *title)
{
	ra_page *p = &v->page;
	char style[RA_STYLE_NAME];

	ra_style_name(style);
	ra_put(p, "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n"
	    "<meta charset=\"utf-8\">\n"
	    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n",
	    v->language->code);
	put_title(v, whole, title);
	ra_put(p, "<link rel=\"icon\" href=\"data:,\">\n"
	    "<link rel=\"stylesheet\" href=\"/style/%s\">\n</head>\n<body>\n", style);
	ra_put(p, "<a class=\"skip\" href=\"#main\">%s</a>\n"
	    "<header><div class=\"in\"><p class=\"brand\">%s</p>",
	    _("Skip to the content"), _("Registration authority"));
	put_links(v);
	ra_put(p, "</div></header>\n<main id=\"main\" tabindex=\"-1\">\n");
}

void
ra_visit_head(ra_visit *v, const char *title)
{
	put_top(v, "", title);
	ra_put(&v->page, "<h1>%s</h1>\n", title);
}

void
ra_visit_head_of(ra_visit *v, const char *whole, const char *title)
{
	put_top(v, whole, title);
	ra_put(&v->page, "<p class=\"caption\">%s</p>\n<h1>%s</h1>\n", whole, title);
}

static void
put_languages(ra_visit *v)
{
	ra_page *p = &v->page;

	ra_put(p, "<nav aria-label=\"%s\"><ul>", _("Language"));
	for (size_t i = 0; i < ra_language_count; i++) {
		const ra_language *l = &ra_languages[i];

		ra_put(p, l == v->language ?
		    "<li><a lang=\"%s\" href=\"?lang=%s\" aria-current=\"true\">%s</a></li>" :
		    "<li><a lang=\"%s\" href=\"?lang=%s\">%s</a></li>",
		    l->code, l->code, l->name);
	}
	ra_put(p, "</ul></nav>");
}

void
ra_visit_foot(ra_visit *v, unsigned status)
{
	ra_page *p = &v->page;

	ra_put(p, "</main>\n<footer><div class=\"in\">");
	put_languages(v);
	ra_put(p, "<ul><li><a href=\"/ca.pem\">%s</a></li>"
	    "<li><a href=\"/crl\">%s</a></li></ul></div></footer>\n"
	    "</body>\n</html>\n", _("Certificate of this authority"),
	    _("Revocation list"));
	if (p->failed) {
		ra_reply_text(v->reply, HTTP_SERVER_ERROR, _("out of memory"));
		return;
	}
	ra_reply_bytes(v->reply, "text/html; charset=utf-8",
	    (tmg_view){ (uint8_t *)p->text, p->len });
	v->reply->status = status;
	v->reply->page = true;
}

void
ra_visit_form(ra_visit *v, const char *action, bool files)
{
	ra_put(&v->page, files ?
	    "<form method=\"post\" enctype=\"multipart/form-data\" action=\"%s\">" :
	    "<form method=\"post\" action=\"%s\">", action);
	ra_put(&v->page, "<input type=\"hidden\" name=\"csrf\" value=\"%s\">\n",
	    v->csrf);
}

void
ra_visit_say(ra_visit *v, unsigned status, const char *title, const char *text)
{
	ra_page_release(&v->page);
	ra_visit_head(v, title);
	ra_put(&v->page, "<p>%s</p>\n", text);
	ra_visit_foot(v, status);
}

static const struct {
	tmg_rc rc;
	unsigned status;
	const char *title;
} verdicts[] = {
	{ TMG_MISMATCH, HTTP_BAD_REQUEST, N_("This is not possible") },
	{ TMG_PENDING, HTTP_BAD_REQUEST, N_("Not yet") },
	{ TMG_DENIED, HTTP_FORBIDDEN, N_("This is not allowed") },
	{ TMG_NOT_FOUND, HTTP_NOT_FOUND, N_("Not found") },
	{ TMG_PIN_WRONG, HTTP_FORBIDDEN, N_("Not the access code") },
	{ TMG_BUSY, HTTP_UNAVAILABLE, N_("Busy") },
};

void
ra_visit_fault(ra_visit *v, tmg_rc rc)
{
	for (size_t i = 0; i < TMG_COUNT(verdicts); i++) {
		if (verdicts[i].rc == rc) {
			ra_visit_say(v, verdicts[i].status, _(verdicts[i].title),
			    v->desk->fault.text);
			return;
		}
	}
	tmg_log(v->desk->office->ctx, TMG_LOG_ERROR, "%s: %s", tmg_rc_name(rc),
	    v->desk->fault.text);
	ra_visit_say(v, HTTP_SERVER_ERROR, _("Something is wrong here"),
	    _("The authority has a problem of its own; its log says which. Try again later."));
}
