/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The pages: which there are, and who may have each.
 */
#ifndef RA_SITE_H
#define RA_SITE_H

#include "tools/ra/pages/visit.h"

typedef enum ra_door {
	RA_DOOR_ALL,		/* whoever comes */
	RA_DOOR_APPLICANT,	/* who has an application open */
	RA_DOOR_OFFICER,	/* who shows an officer's certificate */
	RA_DOOR_OPERATOR,	/* who shows an operator's */
} ra_door;

/* Each row has one in tests/interop/ra-routes.txt, too: what every role gets.
 * handle of a POST finds the form read and known to be ours. */
typedef struct ra_site_row {
	const char *method;
	const char *path;
	ra_door door;
	void (*handle)(ra_visit *visit);
} ra_site_row;

extern const ra_site_row ra_site_rows[];
extern const size_t ra_site_row_count;

#define RA_SITE_FILES "/my/documents"	/* where applicants send files to */
/* Where a number is given that a register is asked about. */
#define RA_SITE_IDENTITY "/my/identity"
#define RA_SITE_IDENTITY_DESK "/desk/case/{}/identity"

/* Whether an application is open in the browser that calls. */
bool
ra_site_knows(ra_desk *desk, const ra_call *call);

/* Answers a call for a page; false: there is none of that path. */
bool
ra_site_route(ra_desk *desk, ra_call *call, ra_reply *reply);

/* portal.c: what everybody may see */
void ra_portal_home(ra_visit *visit);
void ra_portal_help(ra_visit *visit);
void ra_portal_service(ra_visit *visit);
void ra_portal_policy(ra_visit *visit);
void ra_portal_instructions(ra_visit *visit);
void ra_portal_suppliers(ra_visit *visit);
void ra_portal_style(ra_visit *visit);
void ra_portal_status(ra_visit *visit);
void ra_portal_search(ra_visit *visit);
void ra_portal_login(ra_visit *visit);
void ra_portal_enter(ra_visit *visit);
void ra_portal_leave(ra_visit *visit);

/* apply.c: beginning an application, and its steps up to the form */
void ra_apply_first(ra_visit *visit);
void ra_apply_begin(ra_visit *visit);
void ra_apply_identity(ra_visit *visit);
void ra_apply_identify(ra_visit *visit);
void ra_apply_form(ra_visit *visit);
void ra_apply_fill(ra_visit *visit);

/* my.c: an application that is open */
void ra_my_page(ra_visit *visit);
void ra_my_code(ra_visit *visit);
void ra_my_code_change(ra_visit *visit);
void ra_my_act(ra_visit *visit);
void ra_my_certificate(ra_visit *visit);
void ra_my_print(ra_visit *visit);

/* key.c: the key of one, and its request */
void ra_my_key(ra_visit *visit);
void ra_my_request(ra_visit *visit);

/* install.c: what was issued, on its way to where its key is */
void ra_install_page(ra_visit *visit);
/* What leads there. */
const char *ra_install_button(const ra_profile *profile);

/* setup.c: the first visit of staff */
void ra_setup_page(ra_visit *visit);
void ra_setup_post(ra_visit *visit);

/* mine.c: the certificate of whoever comes in as staff */
void ra_mine_page(ra_visit *visit);
void ra_mine_post(ra_visit *visit);
/* On a page of theirs: that it ends soon, where it does. */
void ra_mine_notice(ra_visit *visit);

/* queue.c: what waits for officers */
void ra_queue_page(ra_visit *visit);

/* counter.c: one case */
void ra_counter_case(ra_visit *visit);
void ra_counter_act(ra_visit *visit);
void ra_counter_request(ra_visit *visit);
void ra_counter_correct(ra_visit *visit);
void ra_counter_correction(ra_visit *visit);

/* enter.c: an officer applies for who came in person */
void ra_enter_choose(ra_visit *visit);
void ra_enter_first(ra_visit *visit);
void ra_enter_begin(ra_visit *visit);
void ra_enter_identity(ra_visit *visit);
void ra_enter_identify(ra_visit *visit);
void ra_enter_code(ra_visit *visit);

/* papers.c: documents, sent and judged */
void ra_papers_page(ra_visit *visit);
void ra_papers_send(ra_visit *visit);
void ra_papers_fetch(ra_visit *visit);
void ra_papers_judge(ra_visit *visit);

/* renew.c */
void ra_renew_page(ra_visit *visit);
void ra_renew_post(ra_visit *visit);

/* revoke.c: revoking, by whose it is and by officers */
void ra_revoke_page(ra_visit *visit);
void ra_revoke_post(ra_visit *visit);

/* admin.c: operators */
void ra_admin_staff(ra_visit *visit);
void ra_admin_invite(ra_visit *visit);
void ra_admin_close(ra_visit *visit);
void ra_admin_mails(ra_visit *visit);
void ra_admin_retry(ra_visit *visit);
void ra_admin_audit(ra_visit *visit);
void ra_admin_verify(ra_visit *visit);
void ra_admin_export(ra_visit *visit);
void ra_admin_profiles(ra_visit *visit);

#endif
