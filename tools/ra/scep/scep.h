/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The Simple Certificate Enrolment Protocol: RFC 8894.
 */
#ifndef RA_SCEP_H
#define RA_SCEP_H

#include "tools/ra/http/http.h"

/* Every operation by GET; PKIOperation by POST too (RFC 8894 4.1). */
void ra_scep_get(ra_desk *desk, const ra_call *call, ra_reply *reply);
void ra_scep_post(ra_desk *desk, const ra_call *call, ra_reply *reply);

#endif
