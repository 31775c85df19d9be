/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/pages/logview.h"

#include <time.h>

#include "src/base/i18n.h"

void
ra_logview_begin(ra_visit *v, const char *heading)
{
	ra_put(&v->page, "<h2 id=\"log\">%s</h2>\n<div class=\"wide\" role=\"region\""
	    " aria-labelledby=\"log\" tabindex=\"0\"><table><thead><tr>"
	    "<th scope=\"col\">%s</th><th scope=\"col\">%s</th>"
	    "<th scope=\"col\">%s</th><th scope=\"col\">%s</th></tr></thead><tbody>\n",
	    heading, _("Time (UTC)"), _("Who"), _("What"), _("Detail"));
}

tmg_rc
ra_logview_row(void *arg, const ra_audit *entry)
{
	ra_visit *v = arg;
	char at[32] = "";
	struct tm tm;

	if (gmtime_r(&entry->at, &tm) != NULL)
		(void)!strftime(at, sizeof(at), "%Y-%m-%d %H:%M:%S", &tm);
	ra_put(&v->page, "<tr><td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>\n",
	    at, entry->actor, entry->event, entry->detail);
	return TMG_OK;
}

void
ra_logview_end(ra_visit *v)
{
	ra_put(&v->page, "</tbody></table></div>\n");
}
