/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A text as squares that cameras read (ISO/IEC 18004).
 */
#ifndef RA_QR_H
#define RA_QR_H

#include "tamga/err.h"

#define RA_QR_QUIET 4		/* empty squares around it, ISO/IEC 18004 6.3.8 */

typedef void ra_qr_fn(void *arg, int x, int y);

/*
 * Calls fn for each dark square, the quiet zone counted.
 *
 *   size   out   squares on a side, quiet zone included
 *
 * Verdicts  TMG_UNSUPPORTED  built without libqrencode
 */
TMG_MUST_USE tmg_rc
ra_qr_draw(const char *text, int *size, ra_qr_fn *fn, void *arg);

#endif
