/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One visit to a page: who came, what was sent, and the page being written.
 */
#ifndef RA_VISIT_H
#define RA_VISIT_H

#include "tools/ra/desk/limit.h"
#include "tools/ra/http/http.h"
#include "tools/ra/pages/page.h"
#include "tools/ra/profile/language.h"
#include "tools/ra/store/session.h"

#define RA_SESSION_S 14400	/* an application stays open so long */

typedef struct ra_visit {
	ra_desk *desk;
	const ra_call *call;
	ra_reply *reply;
	const ra_language *language;
	ra_posted form;			/* of a POST */
	char token[RA_TOKEN_MAX];	/* what the browser is known by */
	char csrf[RA_HASH_TEXT];	/* what its forms say */
	char number[RA_ID_MAX];		/* the application it has open, "" none */
	ra_user officer;		/* name "": no officer */
	ra_user operator;		/* name "": no operator */
	bool refused;			/* the page says why: so does its title */
	ra_page page;
} ra_visit;

void ra_visit_release(ra_visit *visit);

/* Looks who is there.  A browser that came without a token gets one. */
TMG_MUST_USE tmg_rc
ra_visit_begin(ra_visit *visit);

/* Reads the form of a POST and checks that a page of ours sent it to us; false
 * when the reply says why not. */
bool
ra_visit_read_form(ra_visit *visit);

/* From now on the browser has that application open, under a new token. */
TMG_MUST_USE tmg_rc
ra_visit_open(ra_visit *visit, const char *number);
TMG_MUST_USE tmg_rc
ra_visit_close(ra_visit *visit);

/* The officer as the audit log names him; name is what it borrows. */
ra_actor
ra_visit_officer(const ra_visit *visit, char name[RA_ACTOR_MAX]);

/* ---- what a page is made of ---- */

/* Everything around the page's own part; title is also its heading. */
void
ra_visit_head(ra_visit *visit, const char *title);
/* The same, and above the heading what it belongs to, such as a service. */
void
ra_visit_head_of(ra_visit *visit, const char *whole, const char *title);
void
ra_visit_foot(ra_visit *visit, unsigned status);

/* <form> up to where its fields begin; files: it may send some. */
void
ra_visit_form(ra_visit *visit, const char *action, bool files);

/* A whole page of a heading and a sentence. */
void
ra_visit_say(ra_visit *visit, unsigned status, const char *title,
    const char *text);
/* What the desk's last verdict or fault is. */
void
ra_visit_fault(ra_visit *visit, tmg_rc rc);
/* Counts one of limit, to subject; false: too many, and the reply says so. */
bool
ra_visit_count(ra_visit *visit, const ra_limit *limit, const char *subject);
/* Whether one more would be let in; counts nothing. */
bool
ra_visit_may(ra_visit *visit, const ra_limit *limit);

/* ra_gate_enter() with what this browser is known by; who came in once is known
 * the next time. */
TMG_MUST_USE tmg_rc
ra_visit_enter(ra_visit *visit, const char *name, const char *password,
    ra_user *user, long *wait_s);

void
ra_visit_go(ra_visit *visit, const char *location);

#endif
