/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What everybody may read: revocation list, CA certificate, a pulse.
 */
#ifndef RA_PUBLIC_H
#define RA_PUBLIC_H

#include "tools/ra/http/http.h"

void ra_public_crl(ra_desk *desk, const ra_call *call, ra_reply *reply);
void ra_public_root_list(ra_desk *desk, const ra_call *call, ra_reply *reply);
void ra_public_ca(ra_desk *desk, const ra_call *call, ra_reply *reply);
void ra_public_issuer(ra_desk *desk, const ra_call *call, ra_reply *reply);
void ra_public_health(ra_desk *desk, const ra_call *call, ra_reply *reply);

#endif
