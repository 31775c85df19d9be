/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Application numbers collected while the store is walked, to be acted on
 * afterwards: a walk must not write.
 */
#ifndef RA_IDS_H
#define RA_IDS_H

#include "tools/ra/store/app.h"

typedef struct ra_ids {
	char (*id)[RA_ID_MAX];
	size_t count, cap;
} ra_ids;

TMG_MUST_USE tmg_rc
ra_ids_add(ra_ids *ids, const char *id);
void
ra_ids_release(ra_ids *ids);

#endif
