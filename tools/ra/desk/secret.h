/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Secrets that programs enroll with by CMP.  A message is authentic by a MAC
 * over it, so whoever checks it must have the secret itself: a hash, as of a
 * password, would not do.  It is made here and told once; the store keeps it
 * sealed (AES-256-GCM) by a key that is not in the store.
 */
#ifndef RA_DESK_SECRET_H
#define RA_DESK_SECRET_H

#include "src/base/secret.h"
#include "tools/ra/desk/desk.h"
#include "tools/ra/store/secret.h"

#define RA_SECRET_TEXT 27	/* 128 random bits in letters and digits, and a zero */

/*
 * Makes the secret of row, whose reference, owner, profile, until and most are
 * given, and audits.
 *
 * Verdicts  TMG_OCCUPIED     there is one of that reference
 *           TMG_MISMATCH     the reference is no word
 *           TMG_UNSUPPORTED  ra.conf names no file for the key that seals
 */
TMG_MUST_USE tmg_rc
ra_secret_make(ra_desk *desk, ra_secret_row *row, const ra_actor *actor,
    char text[RA_SECRET_TEXT]);

/* Verdicts TMG_NOT_FOUND. */
TMG_MUST_USE tmg_rc
ra_secret_void(ra_desk *desk, const char *reference, const ra_actor *actor);

/*
 * The secret of that reference.
 *
 * Verdicts  TMG_NOT_FOUND  none, or none any more: nobody is told which
 */
TMG_MUST_USE tmg_rc
ra_secret_open(ra_desk *desk, const char *reference, ra_secret_row *row,
    tmg_secret *secret);

#endif
