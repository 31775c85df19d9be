/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * CMP over HTTP: RFC 9483, RFC 9811.
 */
#ifndef RA_CMP_H
#define RA_CMP_H

#include "tools/ra/http/http.h"

#define RA_CMP_PATH "/.well-known/cmp"

void ra_cmp_post(ra_desk *desk, const ra_call *call, ra_reply *reply);

#endif
