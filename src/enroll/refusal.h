/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * HTTP answers that are not what was asked for, as verdicts with words.  For
 * every binding that HTTP carries.
 */
#ifndef TMG_ENROLL_REFUSAL_H
#define TMG_ENROLL_REFUSAL_H

#include "src/enroll/authority.h"

/* What a status other than the awaited ones means; never TMG_OK. */
tmg_rc
tmg_refusal_status(tmg_authority *a, const tmg_http_response *r);

/* TMG_OK when the answer has the media type want; words otherwise. */
TMG_MUST_USE tmg_rc
tmg_refusal_type(tmg_authority *a, const tmg_http_response *r, const char *want);

#endif
