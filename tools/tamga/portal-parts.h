/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the parts of an application at a portal share: calls and their answers,
 * what a person is asked, the steps.
 */
#ifndef TAMGA_CLI_PORTAL_PARTS_H
#define TAMGA_CLI_PORTAL_PARTS_H

#include "tools/tamga/portal.h"

#define PORTAL_HEAD "applications/"

struct portal_shape;

void
portal_json_release(json_t **o);
#define portal_auto_json __attribute__((__cleanup__(portal_json_release))) json_t *

/* ---- portal-call.c ------------------------------------------------------- */

/* A member's text; "" when it is none. */
const char *
portal_text(const json_t *o, const char *name);

/* What to ask: body is taken over, NULL none; the answer must have the shape. */
struct portal_question {
	tmg_verb verb;
	const char *path;	/* of portal_at(): below the application */
	json_t *body;
	const struct portal_shape *shape;
};
extern const struct portal_question portal_ask_application, portal_ask_contents;
/* One call; *answer is yours. */
TMG_MUST_USE tmg_rc
portal_call(struct cli *cli, tmg_authority *a, const struct portal_question *q,
    json_t **answer);
/* The same about the application p: an answer about another one is none. */
TMG_MUST_USE tmg_rc
portal_at(struct cli *cli, tmg_authority *a, const struct portal *p,
    const struct portal_question *q, json_t **answer);
/* A connection that may speak about place: a profile, an application. */
TMG_MUST_USE tmg_rc
portal_open(struct cli *cli, const struct ca *ca, const char *place,
    tmg_authority **a);
/* ---- portal-visit.c ------------------------------------------------------ */

/* At an application; "{ .a = NULL }" before it is opened. */
typedef struct portal_visit {
	struct ca ca;
	struct portal p;
	tmg_authority *a;
} portal_visit;
/* As the command line says, or an enrollment about it; with its code where there
 * is one. */
TMG_MUST_USE tmg_rc
portal_visit_open(struct cli *cli, const char *number, struct portal_visit *v);
void
portal_visit_release(struct portal_visit *v);

/* ---- portal-shape.c ------------------------------------------------------ */

extern const struct portal_shape portal_shape_profile, portal_shape_status,
    portal_shape_application, portal_shape_contents, portal_shape_answers;
/* Faults TMG_E_MALFORMED: words name the member. */
TMG_MUST_USE tmg_rc
portal_check(struct cli *cli, const struct portal_shape *shape,
    const json_t *answer);

/* ---- portal-ask.c -------------------------------------------------------- */

/* What --answers says; an empty object when nothing does. */
TMG_MUST_USE tmg_rc
portal_read_answers(struct cli *cli, struct portal *p);
/* Whether the profile asks for all that --answers says. */
TMG_MUST_USE tmg_rc
portal_check_answers(struct cli *cli, const struct portal *p);
/* The answer to one question, put into form. */
TMG_MUST_USE tmg_rc
portal_answer(struct cli *cli, const struct portal *p, const json_t *field,
    const char *name, json_t *form);
/* The profile's questions of one step; *form is yours in every case. */
TMG_MUST_USE tmg_rc
portal_fill(struct cli *cli, const struct portal *p, const char *step,
    json_t **form);
TMG_MUST_USE tmg_rc
portal_agree(struct cli *cli, const char *hash, const char *text, const char *box);
TMG_MUST_USE tmg_rc
portal_agree_terms(struct cli *cli, const struct portal *p, const char **hash);

/* ---- portal-choice.c ----------------------------------------------------- */

#define PORTAL_CHOICES_MAX 256

/* What a question can be answered with: what the portal calls it, and what its
 * reader does.  Borrowed from the profile. */
struct portal_choices {
	size_t count;		/* 0: anything */
	struct {
		const char *value, *label;
	} row[PORTAL_CHOICES_MAX];
};
/* form: what was answered before, for a list may depend on it. */
void
portal_choices_read(const struct portal *p, const json_t *field,
    const json_t *form, struct portal_choices *choices);
void
portal_choices_show(struct cli *cli, const struct portal_choices *choices);
/* The portal's word for what was said: a number of the list, or a label; what is
 * neither is left to the portal. */
const char *
portal_choices_pick(const struct portal_choices *choices, const char *said);

/* ---- portal-begin.c ------------------------------------------------------ */

TMG_MUST_USE tmg_rc
portal_fetch_profile(struct cli *cli, tmg_authority *a, const char *name,
    struct portal *p);
/* Begins the application once, whatever answer was lost before. */
TMG_MUST_USE tmg_rc
portal_begin(struct cli *cli, const char *profile, struct ca *ca,
    struct portal *p);

/* ---- portal-carrier.c ---------------------------------------------------- */

/* Sees to it that the profile takes a key where the command line wants it, and
 * warns in its words.  Verdicts TMG_UNSUPPORTED. */
TMG_MUST_USE tmg_rc
portal_choose_carrier(struct cli *cli, struct portal *p);
/* What a password must be, from the profile; the same from what was kept. */
TMG_MUST_USE tmg_rc
portal_keep_rule(struct cli *cli, const struct portal *p);
TMG_MUST_USE tmg_rc
portal_recall_rule(struct cli *cli, const char *number);

/* One of the profile, by its name; NULL: there is none. */
const json_t *
portal_find_carrier(const struct portal *p, const char *name);

/* ---- portal-order.c ------------------------------------------------------ */

/* Whether what a profile or an application tells is about a key that an office
 * makes, and this is not that office. */
bool
portal_is_order(struct cli *cli, const json_t *said);
/* Asks for the carrier, and what is ordered with it, into form. */
TMG_MUST_USE tmg_rc
portal_order_carrier(struct cli *cli, const struct portal *p, json_t *form);
/* Shows it.  Verdicts  TMG_OK (p->over), TMG_PENDING */
TMG_MUST_USE tmg_rc
portal_order_stands(struct cli *cli, struct portal *p, const json_t *said);

/* ---- portal-status.c ----------------------------------------------------- */

/* Whether that step of its way is behind it, or all of it where it has none of
 * that name. */
bool
portal_is_past(const json_t *said, const char *step);
/* How an application stands, for people. */
void
portal_show(struct cli *cli, const json_t *said);

/* ---- portal-record.c ----------------------------------------------------- */

TMG_MUST_USE tmg_rc
portal_record_begin(struct cli *cli, const struct portal *p, const struct ca *ca,
    const json_t *said);
/* How it stands now, where it is written down at all. */
TMG_MUST_USE tmg_rc
portal_record_standing(struct cli *cli, const char *number, const json_t *said);
/* Where it is and whom to believe; nothing where it is not written down. */
TMG_MUST_USE tmg_rc
portal_record_ca(struct cli *cli, const char *number, struct ca *ca);
bool
portal_record_is(struct cli *cli, const char *number);

/* ---- portal-recall.c ----------------------------------------------------- */

/* The access code where there is one: without it the number, or the certificate,
 * may be enough. */
TMG_MUST_USE tmg_rc
portal_try_code(struct cli *cli, const char *number, struct ca *ca);

/* ---- portal-steps.c ------------------------------------------------------ */

/* Comes in with the access code; *a and *said are yours. */
TMG_MUST_USE tmg_rc
portal_enter(struct cli *cli, struct ca *ca, struct portal *p, tmg_authority **a,
    json_t **said);
/* As far as the applicant can go; TMG_PENDING: others come first. */
TMG_MUST_USE tmg_rc
portal_walk(struct cli *cli, tmg_authority *a, struct portal *p, json_t **said);

#endif
