/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/http/channel.h"

#include <openssl/ssl.h>

#define EXPORTED 32u	/* bytes, RFC 9266 2 */

/* RFC 9266 2: no context, which is the empty one in TLS 1.3 (RFC 8446 7.5). */
static size_t
export_name(SSL *ssl, tmg_channel *channel)
{
	static const char label[] = "EXPORTER-Channel-Binding";

	return SSL_export_keying_material(ssl, channel->bytes, EXPORTED, label,
	    sizeof(label) - 1, (const uint8_t *)"", 0, 1) == 1 ? EXPORTED : 0;
}

/* The first Finished message of the handshake: ours, or the server's when an
 * earlier session was taken up again. */
void
tmg_channel_of(SSL *ssl, tmg_channel *channel)
{
	size_t len;

	channel->len = 0;
	if (ssl != NULL && SSL_version(ssl) == TLS1_3_VERSION)
		channel->len = export_name(ssl, channel);
	if (ssl == NULL || SSL_version(ssl) != TLS1_2_VERSION ||
	    SSL_get_extms_support(ssl) != 1)
		return;
	len = SSL_session_reused(ssl)
	    ? SSL_get_peer_finished(ssl, channel->bytes, sizeof(channel->bytes))
	    : SSL_get_finished(ssl, channel->bytes, sizeof(channel->bytes));
	if (len <= sizeof(channel->bytes))
		channel->len = len;
}
