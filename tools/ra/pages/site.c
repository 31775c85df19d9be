/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/pages/site.h"

#include <stdio.h>
#include <string.h>

#include "src/base/i18n.h"
#include "src/base/scope.h"

const ra_site_row ra_site_rows[] = {
	{ "GET", "/", RA_DOOR_ALL, ra_portal_home },
	{ "GET", "/help", RA_DOOR_ALL, ra_portal_help },
	{ "GET", "/style/{}", RA_DOOR_ALL, ra_portal_style },
	{ "GET", "/service/{}", RA_DOOR_ALL, ra_portal_service },
	{ "GET", "/policy/{}", RA_DOOR_ALL, ra_portal_policy },
	{ "GET", "/help/{}", RA_DOOR_ALL, ra_portal_instructions },
	{ "GET", "/suppliers", RA_DOOR_ALL, ra_portal_suppliers },
	{ "GET", "/status", RA_DOOR_ALL, ra_portal_status },
	{ "POST", "/status", RA_DOOR_ALL, ra_portal_search },
	{ "GET", "/login", RA_DOOR_ALL, ra_portal_login },
	{ "POST", "/login", RA_DOOR_ALL, ra_portal_enter },
	{ "GET", "/apply/{}", RA_DOOR_ALL, ra_apply_first },
	{ "POST", "/apply/{}", RA_DOOR_ALL, ra_apply_begin },

	{ "POST", "/logout", RA_DOOR_APPLICANT, ra_portal_leave },
	{ "GET", "/my", RA_DOOR_APPLICANT, ra_my_page },
	{ "POST", "/my", RA_DOOR_APPLICANT, ra_my_act },
	{ "GET", "/my/code", RA_DOOR_APPLICANT, ra_my_code },
	{ "POST", "/my/code", RA_DOOR_APPLICANT, ra_my_code_change },
	{ "GET", RA_SITE_IDENTITY, RA_DOOR_APPLICANT, ra_apply_identity },
	{ "POST", RA_SITE_IDENTITY, RA_DOOR_APPLICANT, ra_apply_identify },
	{ "GET", "/my/form", RA_DOOR_APPLICANT, ra_apply_form },
	{ "POST", "/my/form", RA_DOOR_APPLICANT, ra_apply_fill },
	{ "GET", "/my/key", RA_DOOR_APPLICANT, ra_my_key },
	{ "POST", "/my/key", RA_DOOR_APPLICANT, ra_my_request },
	{ "GET", "/my/print/{}", RA_DOOR_APPLICANT, ra_my_print },
	{ "GET", RA_SITE_FILES, RA_DOOR_APPLICANT, ra_papers_page },
	{ "POST", RA_SITE_FILES, RA_DOOR_APPLICANT, ra_papers_send },
	{ "POST", "/my/certificate", RA_DOOR_APPLICANT, ra_my_certificate },
	{ "GET", "/my/install", RA_DOOR_APPLICANT, ra_install_page },
	{ "GET", "/my/renew", RA_DOOR_APPLICANT, ra_renew_page },
	{ "POST", "/my/renew", RA_DOOR_APPLICANT, ra_renew_post },
	{ "GET", "/my/revoke", RA_DOOR_APPLICANT, ra_revoke_page },
	{ "POST", "/my/revoke", RA_DOOR_APPLICANT, ra_revoke_post },

	{ "GET", "/desk/setup", RA_DOOR_ALL, ra_setup_page },
	{ "POST", "/desk/setup", RA_DOOR_ALL, ra_setup_post },
	{ "GET", "/desk", RA_DOOR_OFFICER, ra_queue_page },
	{ "GET", "/desk/mine", RA_DOOR_OFFICER, ra_mine_page },
	{ "POST", "/desk/mine", RA_DOOR_OFFICER, ra_mine_post },
	{ "GET", "/desk/new", RA_DOOR_OFFICER, ra_enter_choose },
	{ "GET", "/desk/new/{}", RA_DOOR_OFFICER, ra_enter_first },
	{ "POST", "/desk/new/{}", RA_DOOR_OFFICER, ra_enter_begin },
	{ "GET", RA_SITE_IDENTITY_DESK, RA_DOOR_OFFICER, ra_enter_identity },
	{ "POST", RA_SITE_IDENTITY_DESK, RA_DOOR_OFFICER, ra_enter_identify },
	{ "POST", "/desk/case/{}/code", RA_DOOR_OFFICER, ra_enter_code },
	{ "GET", "/desk/case/{}", RA_DOOR_OFFICER, ra_counter_case },
	{ "POST", "/desk/case/{}", RA_DOOR_OFFICER, ra_counter_act },
	{ "POST", "/desk/case/{}/request", RA_DOOR_OFFICER, ra_counter_request },
	{ "GET", "/desk/case/{}/data", RA_DOOR_OFFICER, ra_counter_correct },
	{ "POST", "/desk/case/{}/data", RA_DOOR_OFFICER, ra_counter_correction },
	{ "GET", "/desk/case/{}/file", RA_DOOR_OFFICER, ra_papers_fetch },
	{ "POST", "/desk/case/{}/document", RA_DOOR_OFFICER, ra_papers_judge },
	{ "GET", "/desk/case/{}/revoke", RA_DOOR_OFFICER, ra_revoke_page },
	{ "POST", "/desk/case/{}/revoke", RA_DOOR_OFFICER, ra_revoke_post },

	{ "GET", "/admin", RA_DOOR_OPERATOR, ra_admin_staff },
	{ "POST", "/admin", RA_DOOR_OPERATOR, ra_admin_invite },
	{ "GET", "/admin/mine", RA_DOOR_OPERATOR, ra_mine_page },
	{ "POST", "/admin/mine", RA_DOOR_OPERATOR, ra_mine_post },
	{ "POST", "/admin/close", RA_DOOR_OPERATOR, ra_admin_close },
	{ "GET", "/admin/mails", RA_DOOR_OPERATOR, ra_admin_mails },
	{ "POST", "/admin/mails", RA_DOOR_OPERATOR, ra_admin_retry },
	{ "GET", "/admin/audit", RA_DOOR_OPERATOR, ra_admin_audit },
	{ "POST", "/admin/audit", RA_DOOR_OPERATOR, ra_admin_verify },
	{ "GET", "/admin/audit/export", RA_DOOR_OPERATOR, ra_admin_export },
	{ "GET", "/admin/profiles", RA_DOOR_OPERATOR, ra_admin_profiles },
};
const size_t ra_site_row_count = TMG_COUNT(ra_site_rows);

/* Whether the visitor may go through; where not, the reply tells the way. */
static bool
lets_in(ra_visit *v, ra_door door)
{
	switch (door) {
	case RA_DOOR_ALL:
		return true;
	case RA_DOOR_APPLICANT:
		if (v->number[0] != '\0')
			return true;
		ra_visit_go(v, "/login");
		return false;
	case RA_DOOR_OFFICER:
		if (v->officer.name[0] != '\0')
			return true;
		ra_visit_say(v, HTTP_FORBIDDEN, _("For officers"),
		    _("The desk opens to the client certificate of an officer's account. Connect your token, let the browser show its certificate, and load this page again."));
		return false;
	case RA_DOOR_OPERATOR:
		break;
	}
	if (v->operator.name[0] != '\0')
		return true;
	ra_visit_say(v, HTTP_FORBIDDEN, _("For operators"),
	    _("These pages open to the client certificate of an operator's account. Connect your token, let the browser show its certificate, and load this page again."));
	return false;
}

bool
ra_site_knows(ra_desk *desk, const ra_call *call)
{
	tmg_auto(ra_reply) reply = { .status = HTTP_OK };
	tmg_auto(ra_visit) v = { .desk = desk, .call = call, .reply = &reply };

	return ra_visit_begin(&v) == TMG_OK && v.number[0] != '\0';
}

static void
serve(const ra_site_row *row, ra_desk *desk, ra_call *call, ra_reply *reply)
{
	tmg_auto(ra_visit) v = { .desk = desk, .call = call, .reply = reply };
	tmg_auto(ra_speech) speech = { .mine = (locale_t)0 };
	tmg_rc rc = ra_visit_begin(&v);

	ra_speech_begin(&speech, v.language);
	desk->language = v.language->code;
	if (rc) {
		desk->fault = desk->store->fault;
		ra_visit_fault(&v, rc);
	} else if (lets_in(&v, row->door) && (strcmp(row->method, "POST") != 0 ||
	    ra_visit_read_form(&v))) {
		row->handle(&v);
	}
}

bool
ra_site_route(ra_desk *desk, ra_call *call, ra_reply *reply)
{
	const char *allow = NULL;

	for (size_t i = 0; i < ra_site_row_count; i++) {
		const ra_site_row *row = &ra_site_rows[i];

		if (!ra_route_matches(row->path, call->path, call->label))
			continue;
		if (strcmp(row->method, call->method) == 0) {
			serve(row, desk, call, reply);
			return true;
		}
		allow = allow != NULL ? "GET, HEAD, POST" :
		    strcmp(row->method, "GET") == 0 ? "GET, HEAD" : "POST";
	}
	if (allow == NULL)
		return false;
	snprintf(reply->allow, sizeof(reply->allow), "%s", allow);
	ra_reply_text(reply, HTTP_METHOD_NOT_ALLOWED,
	    _("only %s is possible here"), allow);
	return true;
}
