/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The two forms of an ECDSA signature: an Ecdsa-Sig-Value (RFC 3279 2.2.3), as
 * papers have it, and r and s side by side, as many cards, Cryptoki and JOSE do.
 */
#ifndef TMG_PKI_ECDSA_H
#define TMG_PKI_ECDSA_H

#include "tamga/view.h"

#define TMG_FIELD_MAX 66u	/* bytes; the longest coordinate, P-521 */
#define TMG_ECDSA_MAX 141u	/* bytes; the longest Ecdsa-Sig-Value */

/* r and s, each half of rs, become an Ecdsa-Sig-Value.
 * Faults TMG_E_MALFORMED: no halves, or longer than any field. */
TMG_MUST_USE tmg_rc
tmg_ecdsa_join(tmg_view rs, tmg_out *value);

/* An Ecdsa-Sig-Value becomes r and s, each as long as the field.
 * Faults TMG_E_MALFORMED: it is none, something is behind it, or a number is
 * longer than the field. */
TMG_MUST_USE tmg_rc
tmg_ecdsa_split(tmg_view value, size_t field, tmg_out *rs);

#endif
