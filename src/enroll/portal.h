/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The application interface of tamga-ra, /api/v1 (doc/openapi.json).
 *
 * portal+https://HOST/applications/NUMBER is one application, begun before,
 * that its access code opens; portal+https://HOST/PROFILE hands the request in
 * with an account.
 */
#ifndef TMG_ENROLL_PORTAL_H
#define TMG_ENROLL_PORTAL_H

#include "src/enroll/authority.h"

#define TMG_PORTAL_URL_MAX 768u
#define TMG_PORTAL_NUMBER 24u		/* bytes of an application's number, with zero */
#define TMG_PORTAL_SAID 256u
#define TMG_PORTAL_TYPE_MAX 192u	/* a header that names a media type */

/* What a path names: number or profile is "", the other one is not.
 * Faults TMG_E_USAGE: neither. */
typedef struct tmg_portal_place {
	char number[TMG_PORTAL_NUMBER];
	char profile[64];
} tmg_portal_place;

TMG_MUST_USE tmg_rc
tmg_portal_path(const char *path, tmg_portal_place *place);

/*
 * The number in an answer that tells of an application (Application), and the
 * words of one that tells what is wrong (Error); said is fit for a terminal.
 *
 * Faults  TMG_E_MALFORMED  it is no such answer
 */
TMG_MUST_USE tmg_rc
tmg_portal_read_number(tmg_view body, char number[TMG_PORTAL_NUMBER]);
TMG_MUST_USE tmg_rc
tmg_portal_read_error(tmg_view body, char said[TMG_PORTAL_SAID]);

/* {"profile": ..., "request": ...}; profile "" leaves it out.  Yours to free. */
TMG_MUST_USE tmg_rc
tmg_portal_write_request(const char *profile, tmg_view csr, char **body);
TMG_MUST_USE tmg_rc
tmg_portal_write_proof(tmg_view signature, char **body);

#endif
