/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Command and response APDUs as bytes, ISO/IEC 7816-4:2005 5.1.
 */
#ifndef TMG_ISO_APDU_H
#define TMG_ISO_APDU_H

#include "tamga/card.h"

#define TMG_APDU_SHORT 261u	/* bytes of the longest short command: 4+1+255+1 */
#define TMG_LC_SHORT 255u	/* bytes of data a short command carries */

/* Which bytes a command takes on the wire. */
typedef enum tmg_apdu_form {
	TMG_APDU_T1,	/* the APDU itself */
	TMG_APDU_T0,	/* a TPDU: no Le after data, P3 always there;
			 * ISO/IEC 7816-3, transport by T=0 */
} tmg_apdu_form;

/*
 * Writes any of the seven shapes: cases 1, 2, 3 and 4, short when Lc and Le
 * allow it and extended otherwise.
 *
 * Faults  TMG_E_USAGE    Lc or Le beyond 65535 and 65536, or extended at T=0
 *         TMG_E_SPACE
 */
TMG_MUST_USE tmg_rc
tmg_capdu_encode(const tmg_capdu *c, tmg_apdu_form form, tmg_out *out);

/* Bytes that tmg_capdu_encode() writes for TMG_APDU_T1. */
size_t
tmg_capdu_size(const tmg_capdu *c);

/* A response's data, borrowed, and its status word.  Faults TMG_E_MALFORMED:
 * shorter than two bytes. */
TMG_MUST_USE tmg_rc
tmg_rapdu_split(tmg_view response, tmg_view *data, uint16_t *sw);

#endif
