/* SPDX-License-Identifier: BSD-2-Clause */
/* The operators' pages but that of staff: mails, the audit log, profiles.  An
 * operator sees no application and decides about none. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/life/audit.h"
#include "tools/ra/pages/admin.h"
#include "tools/ra/pages/formview.h"
#include "tools/ra/pages/logview.h"
#include "tools/ra/pages/site.h"
#include "tools/ra/store/mail.h"
#include "tools/ra/store/row-json.h"

#define LOG_ROWS 100		/* entries on the page */
#define EXPORT_ROWS 10000	/* entries of one download */
#define MAIL_ROWS 200

void
ra_admin_head(ra_visit *v, const char *title)
{
	static const struct {
		const char *path, *label;
	} rooms[] = {
		{ "/admin", N_("Staff") },
		{ "/admin/mails", N_("Mails") },
		{ "/admin/audit", N_("Audit") },
		{ "/admin/profiles", N_("Profiles") },
	};

	ra_visit_head(v, title);
	ra_put(&v->page, "<nav aria-label=\"%s\"><ul>", _("Operation"));
	for (size_t i = 0; i < TMG_COUNT(rooms); i++)
		ra_put(&v->page, strcmp(rooms[i].path, v->call->path) == 0 ?
		    "<li><a href=\"%s\" aria-current=\"page\">%s</a></li>" :
		    "<li><a href=\"%s\">%s</a></li>", rooms[i].path,
		    _(rooms[i].label));
	ra_put(&v->page, "</ul></nav>\n");
}

void
ra_admin_table(ra_visit *v, const char *title, const char *const *columns)
{
	ra_put(&v->page, "<div class=\"wide\" role=\"region\" aria-label=\"%s\""
	    " tabindex=\"0\"><table><thead><tr>", title);
	for (; *columns != NULL; columns++)
		ra_put(&v->page, "<th scope=\"col\">%s</th>", _(*columns));
	ra_put(&v->page, "</tr></thead><tbody>\n");
}

void
ra_admin_table_end(ra_visit *v)
{
	ra_put(&v->page, "</tbody></table></div>\n");
}

/* ---- mails ---- */

struct mails {
	ra_visit *visit;
	size_t rows;
};

/* Not to whom nor what about: that is the applicant's. */
static tmg_rc
put_mail(void *arg, const ra_mail *mail)
{
	struct mails *m = arg;
	ra_page *p = &m->visit->page;

	if (m->rows++ == MAIL_ROWS)
		return TMG_OCCUPIED;
	ra_put(p, "<tr><td>%s</td><td>%s</td><td>%s</td><td>%d</td><td>%s</td><td>",
	    mail->id, mail->app, mail->event, mail->tries, mail->error);
	if (strcmp(mail->state, "parked") == 0) {
		ra_visit_form(m->visit, "/admin/mails", false);
		ra_put(p, "<input type=\"hidden\" name=\"mail\" value=\"%s\">"
		    "<button aria-label=\"%s %s\">%s</button></form>",
		    mail->id, _("Try again"), mail->id, _("Try again"));
	}
	ra_put(p, "</td></tr>\n");
	return TMG_OK;
}

static void
put_mails(ra_visit *v, const char *state, const char *title)
{
	static const char *const columns[] = { N_("Mail"), N_("Application number"),
		N_("Event"), N_("Tries"), N_("Why it was not sent"), N_("Action"),
		NULL };
	struct mails m = { v, 0 };
	tmg_rc rc;

	ra_put(&v->page, "<h2>%s</h2>\n", title);
	ra_admin_table(v, title, columns);
	rc = ra_mail_each(v->desk->store, state, put_mail, &m);
	ra_admin_table_end(v);
	if (rc == TMG_OCCUPIED)
		ra_put(&v->page, "<p>%s</p>\n", _("There are more: tamga-ra mail list shows them."));
	else if (rc)
		v->page.failed = true;
	else if (m.rows == 0)
		ra_put(&v->page, "<p>%s</p>\n", _("There are none."));
}

void
ra_admin_mails(ra_visit *v)
{
	ra_admin_head(v, _("Mails"));
	put_mails(v, "parked", _("Refused for good, or tried in vain"));
	put_mails(v, "queued", _("Waiting for their time"));
	ra_visit_foot(v, HTTP_OK);
}

void
ra_admin_retry(ra_visit *v)
{
	tmg_auto(ra_txn) txn = { NULL };
	ra_desk *d = v->desk;
	tmg_rc rc;

	if ((rc = ra_txn_begin(&txn, d->store)) ||
	    (rc = ra_mail_again(d->store, ra_posted_get(&v->form, "mail"),
	    ra_desk_now(d))) || (rc = ra_txn_commit(&txn))) {
		ra_visit_fault(v, ra_desk_says(d, rc));
		return;
	}
	ra_visit_go(v, "/admin/mails");
}

/* ---- the audit log ---- */

static void
put_log(ra_visit *v)
{
	char hash[RA_HASH_TEXT];
	int64_t last = 0;

	if (ra_audit_head(v->desk->store, &last, hash)) {
		v->page.failed = true;
		return;
	}
	ra_put(&v->page, "<dl><dt>%s</dt><dd>%ld</dd><dt>%s</dt><dd><code>%s</code></dd></dl>\n",
	    _("Entries"), (long)last, _("Head"), hash);
	ra_logview_begin(v, _("The newest entries"));
	if (ra_audit_each_from(v->desk->store, last > LOG_ROWS ?
	    last - LOG_ROWS + 1 : 0, LOG_ROWS + 1, ra_logview_row, v))
		v->page.failed = true;
	ra_logview_end(v);
	ra_put(&v->page, "<h2>%s</h2>\n<ul>\n", _("Download, for those who verify it themselves"));
	for (int64_t from = 1; from <= last && from <= 100 * EXPORT_ROWS; from += EXPORT_ROWS)
		ra_put(&v->page, "<li><a href=\"/admin/audit/export?from=%ld\">%ld–%ld</a></li>\n",
		    (long)from, (long)from, (long)(from + EXPORT_ROWS - 1 < last ?
		    from + EXPORT_ROWS - 1 : last));
	ra_put(&v->page, "</ul>\n");
}

static void
put_verify(ra_visit *v)
{
	ra_visit_form(v, "/admin/audit", false);
	ra_formview_line(v, &(ra_line){ "head",
	    _("A head that was written down earlier (optional)"), "text", "off", "",
	    "", "" });
	ra_put(&v->page, "<button>%s</button></form>\n", _("Verify the whole log"));
}

void
ra_admin_audit(ra_visit *v)
{
	ra_admin_head(v, _("Audit"));
	put_verify(v);
	put_log(v);
	ra_visit_foot(v, HTTP_OK);
}

void
ra_admin_verify(ra_visit *v)
{
	ra_audit_report report;
	tmg_fault f = { .rc = TMG_OK };
	const tmg_rc rc = ra_audit_verify(v->desk->store,
	    ra_posted_get(&v->form, "head"), &report, &f);

	if (tmg_is_fault(rc)) {
		ra_visit_fault(v, ra_desk_says(v->desk, rc));
		return;
	}
	ra_admin_head(v, _("Audit"));
	ra_put(&v->page, "<p class=\"note\" role=\"status\"><strong>%s</strong> %s</p>\n",
	    rc == TMG_OK ? _("The log is unbroken.") : _("The log is broken."),
	    rc == TMG_OK ? "" : f.text);
	put_verify(v);
	put_log(v);
	ra_visit_foot(v, HTTP_OK);
}

static tmg_rc
dump_entry(void *arg, const ra_audit *entry)
{
	json_t *o = ra_audit_json(entry);
	const bool put = o != NULL && json_dumpf(o, arg, JSON_COMPACT) == 0 &&
	    fputc('\n', arg) != EOF;

	json_decref(o);
	return put ? TMG_OK : TMG_E_NOMEM;
}

void
ra_admin_export(ra_visit *v)
{
	const char *asked = ra_posted_get(v->call->query, "from");
	const long long from = strtoll(asked, NULL, 10);
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	tmg_rc rc = out != NULL ? ra_audit_each_from(v->desk->store,
	    from > 0 ? from : 1, EXPORT_ROWS, dump_entry, out) : TMG_E_NOMEM;

	if (out != NULL && fclose(out) != 0)
		rc = TMG_E_NOMEM;
	if (rc)
		ra_visit_fault(v, ra_desk_says(v->desk, rc));
	else
		ra_reply_bytes(v->reply, "application/x-ndjson",
		    (tmg_view){ (uint8_t *)text, len });
	snprintf(v->reply->file, sizeof(v->reply->file), "audit-%lld.jsonl",
	    from > 0 ? from : 1);
	free(text);
}

/* ---- profiles ---- */

void
ra_admin_profiles(ra_visit *v)
{
	static const char *const columns[] = { N_("Profile"), N_("Service"),
		N_("Approval"), N_("Validity, days"), NULL };
	const ra_profiles *all = v->desk->profiles;

	ra_admin_head(v, _("Profiles"));
	ra_put(&v->page, "<p>%s</p>\n",
	    _("Profiles are files beside ra.conf. Changed ones are taken at SIGHUP, all or none."));
	ra_admin_table(v, _("Profiles"), columns);
	for (size_t i = 0; i < all->count; i++)
		ra_put(&v->page, "<tr><th scope=\"row\"><a href=\"/service/%s\">%s</a></th>"
		    "<td>%s</td><td>%s</td><td>%d</td></tr>\n", all->row[i].name,
		    all->row[i].name, ra_said(&all->row[i], all->row[i].title), all->row[i].approval,
		    all->row[i].validity_days);
	ra_admin_table_end(v);
	ra_visit_foot(v, HTTP_OK);
}
