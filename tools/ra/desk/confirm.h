/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Certificates that their holders must confirm by a time (CMP, RFC 9810
 * 5.1.1.2) and that are taken back when nobody did.
 */
#ifndef RA_CONFIRM_H
#define RA_CONFIRM_H

#include "tools/ra/desk/desk.h"
#include "tools/ra/store/cmp.h"

/* Revokes what that transaction gave.
 *
 * Verdicts  TMG_OCCUPIED  it moved meanwhile, and nothing was done
 *           TMG_MISMATCH  it gave nothing that can be revoked, as the log says;
 *                         nobody is waited for in it any more
 */
TMG_MUST_USE tmg_rc
ra_confirm_take_back(ra_desk *d, const char *transaction, const char *app);

/* Every one whose time is over.  What kept one from being taken back just now is the
 * result; the others were all the same. */
TMG_MUST_USE tmg_rc
ra_confirm_sweep(ra_desk *d, unsigned *taken);

#endif
