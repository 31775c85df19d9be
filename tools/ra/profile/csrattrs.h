/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a profile tells clients to put into their requests: CsrAttrs,
 * RFC 7030 4.5.2 as corrected by RFC 8951 and RFC 9908.
 */
#ifndef RA_CSRATTRS_H
#define RA_CSRATTRS_H

#include "tamga/view.h"

struct ra_profile;

#define RA_CSRATTRS_MAX 4096

bool ra_csrattr_known(const char *word);

/* DER; empty out when the profile wants nothing. */
TMG_MUST_USE tmg_rc
ra_csrattrs_make(const struct ra_profile *profile, tmg_out *der);

#endif
