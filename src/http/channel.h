/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What tells one TLS connection from every other: the channel bindings
 * tls-unique, RFC 5929 3, and tls-exporter, RFC 9266.
 */
#ifndef TMG_HTTP_CHANNEL_H
#define TMG_HTTP_CHANNEL_H

#include <openssl/types.h>
#include <stddef.h>

#include "tamga/err.h"

#define TMG_CHANNEL_MAX 64u	/* bytes; a Finished message of TLS 1.2 has 12 */

typedef struct tmg_channel {
	uint8_t bytes[TMG_CHANNEL_MAX];
	size_t len;		/* 0: there is none */
} tmg_channel;

/* tls-unique is not defined above TLS 1.2 (RFC 9266 1), nor unique without the
 * extended master secret (RFC 7627 1): tls-exporter there, and nothing here. */
void
tmg_channel_of(SSL *ssl, tmg_channel *channel);

#endif
