/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the operators' pages have in common.
 */
#ifndef RA_ADMIN_H
#define RA_ADMIN_H

#include "tools/ra/pages/visit.h"

/* A page's beginning, with the way to the others. */
void
ra_admin_head(ra_visit *visit, const char *title);

/* Columns are translated here; NULL ends them. */
void
ra_admin_table(ra_visit *visit, const char *title, const char *const *columns);
void
ra_admin_table_end(ra_visit *visit);

#endif
