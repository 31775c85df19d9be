/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whether there is a newer revocation list: RFC 9483 4.3.4, RFC 9480 2.16.
 */
#ifndef RA_CMP_CRLS_H
#define RA_CMP_CRLS_H

#include "src/codec/der.h"
#include "tools/ra/desk/desk.h"

/*
 * What a CRLStatusList is answered with: id-it-crls with our list, when one of its
 * sources is ours and what the asker has of it, if anything, is older; else nothing.
 *
 * Verdicts  TMG_MISMATCH  it is no such list
 */
TMG_MUST_USE tmg_rc
ra_cmp_crls_put(ra_desk *desk, tmg_view asked, tmg_der *d);

#endif
