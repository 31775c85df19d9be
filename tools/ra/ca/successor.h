/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The authority that will follow the one in force, told of while that one can
 * still vouch for it.
 */
#ifndef RA_SUCCESSOR_H
#define RA_SUCCESSOR_H

#include "tools/ra/ca/ca.h"

typedef struct ra_successor ra_successor;

/*
 * Reads it from a PEM file: its certificate and those above it, and, where a new
 * root comes with it, the certificates by which old and new root vouch for each
 * other.
 *
 *   ca  the one in force; borrowed as long as the successor is
 *
 * Verdicts  TMG_MISMATCH  none, what is no authority's, the one in force, or
 *                         what has ended; TMG_NOT_FOUND, TMG_DENIED
 */
TMG_MUST_USE tmg_rc
ra_successor_open(ra_ca *ca, const char *file, ra_successor **successor,
    tmg_fault *f);

/* Accepts a pointer to NULL; leaves NULL. */
void
ra_successor_free(ra_successor **successor);

/* Whether ra_successor_signed() can have an answer; NULL has none. */
bool
ra_successor_is_vouched(const ra_successor *successor);

/*
 * Its certificates, signed by the authority in force: RFC 8894 4.7.1.  Signed
 * once, when somebody first asks, whoever asks and however often; safe for
 * several threads.
 *
 *   der  borrowed from the successor
 *
 * Verdicts as of vouch()
 */
TMG_MUST_USE tmg_rc
ra_successor_signed(ra_successor *successor, tmg_view *der, tmg_fault *f);

/* RFC 9483 4.3.2; borrowed, and empty where there is none. */
typedef struct ra_root_update {
	tmg_view new_with_new, new_with_old, old_with_new;
} ra_root_update;

/*
 * What follows a root.
 *
 *   root  its certificate; empty: the one in force
 *
 * Verdicts  TMG_NOT_FOUND  nothing follows that one; successor may be NULL
 */
TMG_MUST_USE tmg_rc
ra_successor_root(const ra_successor *successor, tmg_view root,
    ra_root_update *update);

#endif
