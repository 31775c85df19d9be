/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * T=0 for readers that take TPDUs: ISO/IEC 7816-3:2006, 10 and 12.2.  The
 * procedure bytes are the reader's; 61xx and 6Cxx are the layer's above.
 */
#ifndef TMG_READER_T0_H
#define TMG_READER_T0_H

#include "tamga/view.h"

#define TMG_T0_TPDU_MAX 260u	/* bytes: header and 255 of data */

/*
 * Appends the TPDU of a short command APDU: a P3 for one without data (case 1),
 * no Le behind data (case 4), everything else as it is.
 *
 * Verdicts  TMG_UNSUPPORTED  an extended APDU: T=0 has none
 * Faults    TMG_E_USAGE      no APDU
 */
TMG_MUST_USE tmg_rc
tmg_t0_put(tmg_out *out, tmg_view apdu);

#endif
