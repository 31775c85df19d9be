/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which application a SCEP transaction is about, as it is kept.
 */
#ifndef RA_STORE_SCEP_H
#define RA_STORE_SCEP_H

#include "tools/ra/store/app.h"

typedef struct ra_scep_row {
	char id[RA_HASH_TEXT];		/* a hash of the transaction and its key */
	char app[RA_ID_MAX];
} ra_scep_row;

/* From now on it is about that one. */
TMG_MUST_USE tmg_rc
ra_scep_row_put(ra_store *s, const ra_scep_row *transaction);

/* Verdicts TMG_NOT_FOUND. */
TMG_MUST_USE tmg_rc
ra_scep_row_get(ra_store *s, const char *id, ra_scep_row *transaction);

#endif
