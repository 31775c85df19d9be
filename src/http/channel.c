/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/http/channel.h"

#include <openssl/ssl.h>

/* The first Finished message of the handshake: ours, or the server's when an
 * earlier session was taken up again. */
void
tmg_channel_of(SSL *ssl, tmg_channel *channel)
{
	size_t len;

	channel->len = 0;
	if (ssl == NULL || SSL_version(ssl) != TLS1_2_VERSION ||
	    SSL_get_extms_support(ssl) != 1)
		return;
	len = SSL_session_reused(ssl)
	    ? SSL_get_peer_finished(ssl, channel->bytes, sizeof(channel->bytes))
	    : SSL_get_finished(ssl, channel->bytes, sizeof(channel->bytes));
	if (len <= sizeof(channel->bytes))
		channel->len = len;
}
