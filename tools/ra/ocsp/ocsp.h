/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Answers about single certificates: RFC 6960, RFC 5019, RFC 9654.
 */
#ifndef RA_OCSP_H
#define RA_OCSP_H

#include "tools/ra/http/http.h"

#define RA_OCSP_PATH "/ocsp"

void ra_ocsp_get(ra_desk *desk, const ra_call *call, ra_reply *reply);
void ra_ocsp_post(ra_desk *desk, const ra_call *call, ra_reply *reply);

#endif
