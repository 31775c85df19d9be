/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Public keys as cards tell them: the data objects in the template 7F49,
 * ISO/IEC 7816-8:2004 5.1, table 3.
 */
#ifndef TMG_DRIVER_PUBKEY_H
#define TMG_DRIVER_PUBKEY_H

#include "tamga/alg.h"

#define TMG_TAG_PUBKEY 0x7f49u	/* the template itself */

/* What is in it. */
enum {
	TMG_TAG_MODULUS = 0x81,
	TMG_TAG_EXPONENT = 0x82,
	TMG_TAG_POINT = 0x86,
};

/*
 * What stands in the template as SubjectPublicKeyInfo.  A modulus must be as
 * long as alg says, to the bit, and a point uncompressed; in front of the 32
 * bytes of Ed25519 and X25519 some cards write 40, "native point format".
 *
 * Faults  TMG_E_MALFORMED  it is no key of that kind, or alg is none
 *         TMG_E_SPACE
 */
TMG_MUST_USE tmg_rc
tmg_pubkey_spki(tmg_alg alg, tmg_view fields, tmg_out *spki);

#endif
