/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/pages/carriers.h"

#include <string.h>

#include "src/base/i18n.h"
#include "tools/ra/pages/formview.h"

#define YEAR_DAYS 365

static void
put_extra(ra_visit *v, const ra_profile *profile, const ra_carrier *c,
    const ra_answers *answers)
{
	const bool ticked = c->extra[0] != '\0' &&
	    strcmp(ra_answers_get(answers, "carrier.extra"), c->extra) == 0;

	if (c->extra[0] == '\0')
		return;
	ra_put(&v->page, "<div class=\"choice more\"><input type=\"checkbox\""
	    " name=\"carrier.extra\" id=\"x-%s\" value=\"%s\"", c->name, c->extra);
	ra_put(&v->page, ticked ? " checked>" : ">");
	ra_put(&v->page, "<label for=\"x-%s\">%s: %s", c->name,
	    _("Order with it"), ra_said(profile, c->extra));
	if (c->extra_price[0] != '\0')
		ra_put(&v->page, " — %s %s", c->extra_price,
		    profile->payment.currency);
	ra_put(&v->page, "</label></div>\n");
}

static bool
has_facts(const ra_carrier *c)
{
	return c->certification[0] != '\0' || c->validity_days > 0 ||
	    c->price[0] != '\0';
}

static void
put_validity(ra_visit *v, int days)
{
	if (days % YEAR_DAYS == 0)
		ra_put(&v->page, tmg_text_n("Valid for %d year.",
		    "Valid for %d years.", (unsigned long)(days / YEAR_DAYS)),
		    days / YEAR_DAYS);
	else
		ra_put(&v->page, tmg_text_n("Valid for %d day.",
		    "Valid for %d days.", (unsigned long)days), days);
}

static void
put_facts(ra_visit *v, const ra_profile *profile, const ra_carrier *c)
{
	if (!has_facts(c))
		return;
	ra_put(&v->page, "<p class=\"hint\" id=\"n-%s\">", c->name);
	if (c->validity_days > 0)
		put_validity(v, c->validity_days);
	if (c->price[0] != '\0')
		ra_put(&v->page, " %s: %s %s.", _("Price"), c->price,
		    profile->payment.currency);
	if (c->certification[0] != '\0')
		ra_put(&v->page, " %s: %s.", _("Certification"),
		    ra_said(profile, c->certification));
	ra_put(&v->page, "</p>\n");
}

static void
put_carrier(ra_visit *v, const ra_profile *profile, const ra_carrier *c,
    const ra_answers *answers, bool first)
{
	ra_page *p = &v->page;
	const bool chosen = strcmp(ra_answers_get(answers, "carrier"), c->name) == 0;
	const char *prefix = first ? "f-" : "c-", *id = first ? "carrier" : c->name;

	ra_put(p, "<div class=\"choice\"><input type=\"radio\" name=\"carrier\""
	    " required id=\"%s%s\" value=\"%s\"", prefix, id, c->name);
	if (has_facts(c) && c->warning[0] != '\0')
		ra_put(p, " aria-describedby=\"n-%s k-%s\"", c->name, c->name);
	else if (has_facts(c) || c->warning[0] != '\0')
		ra_put(p, " aria-describedby=\"%s-%s\"", has_facts(c) ? "n" : "k",
		    c->name);
	ra_put(p, chosen ? " checked>" : ">");
	ra_put(p, "<label for=\"%s%s\">%s</label></div>\n<div class=\"under\">",
	    prefix, id, ra_said(profile, c->label));
	put_facts(v, profile, c);
	if (c->warning[0] != '\0')
		ra_put(p, "<p class=\"note\" id=\"k-%s\">%s</p>\n", c->name,
		    ra_said(profile, c->warning));
	put_extra(v, profile, c, answers);
	ra_put(p, "</div>\n");
}

void
ra_carriers_put(ra_visit *v, const ra_profile *profile, const ra_answers *answers,
    const ra_form_errors *errors)
{
	const char *wrong = ra_formview_wrong(errors, "carrier");

	if (profile->carrier_count == 0)
		return;
	ra_put(&v->page, wrong[0] != '\0' ?
	    "<fieldset class=\"bad\" aria-describedby=\"e-carrier\"><legend>%s</legend>\n" :
	    "<fieldset><legend>%s</legend>\n", profile->carriers_label[0] != '\0' ?
	    ra_said(profile, profile->carriers_label) : _("Where the key is kept"));
	if (wrong[0] != '\0')
		ra_put(&v->page, "<p class=\"wrong\" id=\"e-carrier\">%s</p>", wrong);
	for (size_t i = 0; i < profile->carrier_count; i++)
		put_carrier(v, profile, &profile->carrier[i], answers, i == 0);
	ra_put(&v->page, "</fieldset>\n");
}
