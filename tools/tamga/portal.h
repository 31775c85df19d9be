/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An application at a portal: begun, led through the profile's steps as far as
 * the applicant can, and then what the request has to say.
 */
#ifndef TAMGA_CLI_PORTAL_H
#define TAMGA_CLI_PORTAL_H

#include "tamga/provision.h"
#include "tools/tamga/ca.h"

#define PORTAL_OPTIONS \
	{ "application", 0, OPT_TEXT, "NUMBER", \
	    N_("an application that was begun at the portal") }, \
	{ "code-file", 0, OPT_TEXT, "FILE", N_("its access code is the first line") }, \
	{ "answers", 0, OPT_TEXT, "FILE", \
	    N_("what the profile asks for, as a JSON object") }, \
	{ "agree", 0, OPT_TEXT, "HASH", \
	    N_("agree to the terms, or to the contents, that have this hash") }, \
	{ "at-office", 0, OPT_FLAG, NULL, \
	    N_("this is the office that makes the key of the application") }

struct portal {
	char number[24];		/* "" no application of ours */
	char place[48];			/* "applications/NUMBER" */
	char once[256];			/* path of what begins it once, "" none */
	int lock;			/* on it, 0 none */
	json_t *profile, *contents, *answers;
	const char **san;
	const char *carrier;		/* of the profile; NULL, "" nobody asks */
	bool order;			/* the office makes the key */
	bool over;			/* and has: nothing is left to do */
};

/* What was typed as a number, as portals write it. */
TMG_MUST_USE tmg_rc
portal_set_number(struct cli *cli, struct portal *p, const char *number);

/* Whether --ca names a portal. */
bool
portal_is(const char *uri);

/*
 * Sees to it that the application is ready for its request: begins it or takes
 * up the one whose number p has.  ca gets its code, csr its names.  An order
 * whose carrier was handed over is TMG_OK and p->over.
 *
 * Verdicts  TMG_PENDING  the portal's officers, or a mail, come first
 */
TMG_MUST_USE tmg_rc
portal_prepare(struct cli *cli, const char *profile, struct ca *ca,
    tmg_csr_spec *csr, struct portal *p);

/* The first kind of key that the profile takes and the token makes. */
void
portal_choose_key(const struct portal *p, tmg_token *token, tmg_alg *alg);

/* Whether the profile wants the token's attestation with the request. */
bool
portal_wants_attestation(const struct portal *p);

/* Where the application of that number is, and whom to believe, as is written
 * down here; nothing where nothing is. */
TMG_MUST_USE tmg_rc
portal_recall_ca(struct cli *cli, const char *number, struct ca *ca);

/* The application that an enrollment is about, and its code as it was kept. */
TMG_MUST_USE tmg_rc
portal_recall(struct cli *cli, const char *id, struct ca *ca, struct portal *p);

/* The same of the enrollment that brought a certificate. */
TMG_MUST_USE tmg_rc
portal_recall_cert(struct cli *cli, tmg_view cert, struct ca *ca);

/* How the application of that number stands, as its portal tells it: all of it
 * with the code, the status alone without.  ours, taken over, are the enrollments
 * that are about it, for the document. */
TMG_MUST_USE tmg_rc
portal_status(struct cli *cli, const char *number, json_t *ours);
/* Has the certificate of that application revoked, without its token. */
TMG_MUST_USE tmg_rc
portal_revoke(struct cli *cli, const char *number, const char *reason);
/* One step of that application that needs no more than its name: "/cancel". */
TMG_MUST_USE tmg_rc
portal_act(struct cli *cli, const char *number, const char *step);
/* The application, or a document that goes with it, printed and saved as the
 * command line says (--output, --form, --document). */
TMG_MUST_USE tmg_rc
portal_print(struct cli *cli, const char *number);
/* p gets the number of the only application that waits, where no enrollment is
 * open; else "". */
TMG_MUST_USE tmg_rc
portal_recall_waiting(struct cli *cli, struct portal *p);
/* The enrollment about that application which is not done; "" there is none. */
TMG_MUST_USE tmg_rc
portal_recall_open(struct cli *cli, const char *number, char id[TMG_PROVISION_ID]);

/* What is written down here of applications, newest first; *list is yours. */
TMG_MUST_USE tmg_rc
portal_records(struct cli *cli, json_t **list);
/* Whether one of them waits for somebody still. */
bool
portal_record_waits(const json_t *record);

/* Whether an enrollment is about the application of that number. */
bool
portal_is_about(const tmg_provision_record *r, const char *number);
/* Whether text is written as an application's number is. */
bool
portal_is_number(const char *text);

/* Says in the portal's words how it stands, what is waited for and until when;
 * that it cannot be asked hides nothing of what was said before. */
void
portal_tell(struct cli *cli, struct ca *ca, const struct portal *p);

/* It is done: the next one is another one. */
void
portal_done(const struct portal *p);

void
portal_release(struct portal *p);

#endif
