/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What tells the TLS connection of a call from every other.
 */
#ifndef RA_HTTP_CHANNEL_H
#define RA_HTTP_CHANNEL_H

#include "tools/ra/http/http.h"

#define RA_CHANNEL_MAX 64	/* bytes */

/* tls-exporter (RFC 9266) of TLS 1.3, tls-unique (RFC 5929 3) of TLS 1.2 with the
 * extended master secret, without which it is not unique (RFC 7627 1); nothing else.
 * out is left as it is where there is none. */
void
ra_channel_of(const ra_call *call, tmg_out *out);

#endif
