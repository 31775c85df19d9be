/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A reply as libmicrohttpd sends it.
 */
#ifndef RA_OUTGOING_H
#define RA_OUTGOING_H

#include <microhttpd.h>

#include "tools/ra/http/http.h"

/* Takes the body over, on success only.
 *
 *   plain  the connection is without TLS */
enum MHD_Result
ra_outgoing_send(struct MHD_Connection *conn, ra_reply *reply, bool plain);

#endif
