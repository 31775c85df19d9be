/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A certificate drawn up from an order: everything but the signature, and
 * nothing that must not be signed.
 */
#ifndef RA_DRAW_H
#define RA_DRAW_H

#include "tools/ra/ca/ca.h"

/* The row vet of every authority: see ra_ca_ops. */
TMG_MUST_USE tmg_rc
ra_draw_vet(ra_ca *ca, const ra_order *order, tmg_fault *f);

/* What is to be signed: the draft that vet left, completed, or a new one.
 * Verdicts as vet. */
TMG_MUST_USE tmg_rc
ra_draw_take(const ra_ca *ca, const ra_order *order, X509 **cert, tmg_fault *f);

#endif
