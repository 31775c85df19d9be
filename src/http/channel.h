/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What tells one TLS connection from every other: the channel binding
 * tls-unique, RFC 5929 3.
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

/* None above TLS 1.2, for which it is not defined (RFC 9266 1), nor without
 * the extended master secret, where it is not unique (RFC 7627 1). */
void
tmg_channel_of(SSL *ssl, tmg_channel *channel);

#endif
