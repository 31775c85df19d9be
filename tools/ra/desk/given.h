/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Certificates that an authority upstream gave to an administrator, for keys
 * that speak in its name here.  They are renewed the way they came.
 */
#ifndef RA_GIVEN_H
#define RA_GIVEN_H

#include "tools/ra/ca/mandate.h"
#include "tools/ra/desk/desk.h"

/*
 * The first certificate of a PEM file that ra.conf names.
 *
 * Verdicts TMG_NOT_FOUND
 */
TMG_MUST_USE tmg_rc
ra_given_read(const ra_config *config, const char *name, X509 **cert,
    tmg_fault *f);

/* Verdicts TMG_MISMATCH: ca did not sign it, or not for that mandate. */
TMG_MUST_USE tmg_rc
ra_given_check(const ra_ca *ca, const ra_mandate *mandate, X509 *cert,
    tmg_fault *f);

/* As the store gives others.  Verdicts TMG_DENIED: its time is over. */
TMG_MUST_USE tmg_rc
ra_given_now(ra_desk *desk, const ra_mandate *mandate, const X509 *given,
    ra_cert *cert);

#endif
