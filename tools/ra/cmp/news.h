/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an authority tells everybody who asks (genm): RFC 9483 4.3.
 */
#ifndef RA_CMP_NEWS_H
#define RA_CMP_NEWS_H

#include "src/codec/der.h"
#include "tools/ra/desk/desk.h"

/*
 * Answers a list of InfoTypeAndValue, in its order; what we do not know comes
 * back without a value.
 *
 *   profile   whose template is told
 *
 * Verdicts  TMG_MISMATCH  it is no such list
 */
TMG_MUST_USE tmg_rc
ra_cmp_news_put(ra_desk *desk, const ra_profile *profile, tmg_view content,
    tmg_der *d);

#endif
