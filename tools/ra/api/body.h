/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * JSON bodies of the application interface: what members one may have, by
 * table.  Nothing else is taken, so that a misspelt one is not overlooked.
 */
#ifndef RA_BODY_H
#define RA_BODY_H

#include <jansson.h>

#include "tools/ra/form/answers.h"

#define RA_MEMBERS_MAX 8

typedef struct ra_member {
	const char *name;
	json_type type;		/* JSON_STRING or JSON_OBJECT */
	bool required;
} ra_member;

typedef struct ra_body_rows {
	size_t count;
	ra_member member[RA_MEMBERS_MAX];
} ra_body_rows;

/* What each call takes. */
extern const ra_body_rows ra_body_begin, ra_body_code, ra_body_identify,
    ra_body_answers, ra_body_agree, ra_body_request, ra_body_proof,
    ra_body_reason, ra_body_nothing;

/*
 *   field   out  the member that is wrong; "" the whole; borrowed of rows, or
 *                of text, at most RA_ANSWER_NAME bytes of it
 *
 * Verdicts  TMG_MISMATCH  f says what to change
 */
TMG_MUST_USE tmg_rc
ra_body_parse(const ra_body_rows *rows, tmg_view text, json_t **body,
    char field[RA_ANSWER_NAME], tmg_fault *f);

/* "" when it is not there. */
const char *
ra_body_text(const json_t *body, const char *name);

/*
 * The object of that name, whose members are strings, as answers to the
 * profile's form; a name that no field of the profile has is refused.  None
 * at all is no answers.
 *
 * Verdicts  TMG_MISMATCH  as above
 */
TMG_MUST_USE tmg_rc
ra_body_form(const json_t *body, const ra_profile *profile,
    ra_answers *answers, char field[RA_ANSWER_NAME], tmg_fault *f);

/* Base64 of at most cap bytes.  Verdicts TMG_MISMATCH. */
TMG_MUST_USE tmg_rc
ra_body_bytes(const json_t *body, const char *name, tmg_out *bytes,
    tmg_fault *f);

static inline void
ra_json_release(json_t **value)
{
	json_decref(*value);
}
typedef json_t *ra_json;

#endif
