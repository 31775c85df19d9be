/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the certificate will say, made of the answers by the profile: the
 * subject is the authority's, never the request's own invention.
 */
#ifndef RA_CONTENTS_H
#define RA_CONTENTS_H

#include "tools/ra/ca/request.h"
#include "tools/ra/form/answers.h"

#define RA_SAN_TEXT 320		/* "dns:" and the longest value */

typedef struct ra_contents {
	char subject[TMG_NAME_MAX];	/* RFC 4514, UTF-8 */
	size_t san_count;
	char san[RA_CONTENTS_MAX][RA_SAN_TEXT];	/* "dns:www.example.org" */
} ra_contents;

/*
 * Text with ${name} replaced by the answers.  Verdicts  TMG_NOT_FOUND  there
 * were names, and all of their answers are empty: nothing to say.
 * Faults  TMG_E_SPACE
 */
TMG_MUST_USE tmg_rc
ra_contents_expand(const char *text, const ra_answers *answers, char *into,
    size_t cap);

/* Faults TMG_E_SPACE. */
TMG_MUST_USE tmg_rc
ra_contents_make(const ra_profile *profile, const ra_answers *answers,
    ra_contents *contents);

/* Whether a request asks for just that.  Verdicts TMG_MISMATCH; f says what
 * was agreed to and what is asked for. */
TMG_MUST_USE tmg_rc
ra_contents_match(const ra_contents *contents, const ra_request *request,
    tmg_fault *f);

#endif
