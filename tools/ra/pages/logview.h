/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Entries of the audit log on a page.
 */
#ifndef RA_LOGVIEW_H
#define RA_LOGVIEW_H

#include "tools/ra/pages/visit.h"
#include "tools/ra/store/audit.h"

/* heading: translated. */
void
ra_logview_begin(ra_visit *visit, const char *heading);

/* An ra_audit_fn; arg is the visit. */
tmg_rc
ra_logview_row(void *arg, const ra_audit *entry);

void
ra_logview_end(ra_visit *visit);

#endif
