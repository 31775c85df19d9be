/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What ACME servers send (RFC 8555 7.1, RFC 7807, RFC 9773), as functions of
 * bytes: nothing here speaks to anybody.  What is kept has its type and fits;
 * addresses begin with https:// (RFC 8555 6.1), on whatever host.
 */
#ifndef TMG_ENROLL_ACME_BODY_H
#define TMG_ENROLL_ACME_BODY_H

#include <time.h>

#include "tamga/view.h"

#define TMG_ACME_URL_MAX 512u		/* bytes, final zero included */
#define TMG_ACME_NAMES_MAX 100u		/* identifiers of one order */
#define TMG_ACME_SAID 224u		/* bytes of a server's own words */

/* RFC 8555 7.1.1, RFC 9773 3; "" for what it does not offer. */
typedef struct tmg_acme_directory {
	char new_nonce[TMG_ACME_URL_MAX];
	char new_account[TMG_ACME_URL_MAX];
	char new_order[TMG_ACME_URL_MAX];
	char revoke_cert[TMG_ACME_URL_MAX];
	char key_change[TMG_ACME_URL_MAX];
	char renewal_info[TMG_ACME_URL_MAX];
	char terms[TMG_ACME_URL_MAX];
	bool bound;		/* externalAccountRequired */
} tmg_acme_directory;

/* Of orders, authorizations and challenges: RFC 8555 7.1.6. */
typedef enum tmg_acme_status {
	TMG_ACME_PENDING,
	TMG_ACME_READY,
	TMG_ACME_PROCESSING,
	TMG_ACME_VALID,
	TMG_ACME_INVALID,	/* and what ends like it: deactivated, expired, revoked */
} tmg_acme_status;

/* RFC 7807, RFC 8555 6.7; said and see are fit for a terminal. */
typedef struct tmg_acme_problem {
	char type[40];		/* after "urn:ietf:params:acme:error:"; "" another */
	char said[TMG_ACME_SAID];
	char see[200];		/* where a person is to look, "" nowhere */
} tmg_acme_problem;

typedef struct tmg_acme_identifier {
	char type[24];		/* "dns", "ip" (RFC 8738), "permanent-identifier" */
	char value[256];
} tmg_acme_identifier;

typedef struct tmg_acme_order {
	tmg_acme_status status;
	char finalize[TMG_ACME_URL_MAX];
	char certificate[TMG_ACME_URL_MAX];	/* "" not yet */
	char authorizations[TMG_ACME_NAMES_MAX][TMG_ACME_URL_MAX];
	size_t count;
	tmg_acme_problem problem;		/* why it is invalid, "" nothing said */
} tmg_acme_order;

#define TMG_ACME_CHALLENGES_MAX 16u

typedef struct tmg_acme_challenge {
	char type[32];		/* "http-01" */
	char url[TMG_ACME_URL_MAX];
	char token[128];	/* base64url (RFC 8555 8.1); "" none */
	tmg_acme_status status;
	tmg_acme_problem problem;
} tmg_acme_challenge;

/* Challenges without an address or a proper token are left out. */
typedef struct tmg_acme_authz {
	tmg_acme_status status;
	tmg_acme_identifier name;
	bool wildcard;
	tmg_acme_challenge challenges[TMG_ACME_CHALLENGES_MAX];
	size_t count;
} tmg_acme_authz;

/* RFC 8555 7.1.2, fit for a terminal. */
typedef struct tmg_acme_told {
	char status[24];
	char contact[512];	/* all of them, "" none */
} tmg_acme_told;

/* RFC 9773 4.2 */
typedef struct tmg_acme_window {
	time_t start, end;
	char why[TMG_ACME_URL_MAX];	/* explanationURL, "" none */
} tmg_acme_window;

/*
 * Faults  TMG_E_MALFORMED  it is none: no JSON object, a member missing, of
 *                          another type, too long, or too many of them
 */
TMG_MUST_USE tmg_rc
tmg_acme_read_directory(tmg_view body, tmg_acme_directory *directory);
TMG_MUST_USE tmg_rc
tmg_acme_read_account(tmg_view body, tmg_acme_told *told);
TMG_MUST_USE tmg_rc
tmg_acme_read_order(tmg_view body, tmg_acme_order *order);
TMG_MUST_USE tmg_rc
tmg_acme_read_authz(tmg_view body, tmg_acme_authz *authz);
TMG_MUST_USE tmg_rc
tmg_acme_read_problem(tmg_view body, tmg_acme_problem *problem);
TMG_MUST_USE tmg_rc
tmg_acme_read_window(tmg_view body, tmg_acme_window *window);

/* Whether text is an address that may be asked, and what a nonce is (RFC 8555
 * 6.5.1) or a token (8.1): base64url, not empty. */
bool
tmg_acme_is_url(const char *text);
bool
tmg_acme_is_base64url(const char *text);

#endif
