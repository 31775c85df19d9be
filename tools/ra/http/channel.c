/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/http/channel.h"

#include <gnutls/gnutls.h>

void
ra_channel_of(const ra_call *call, tmg_out *out)
{
	gnutls_session_t tls = call->tls;
	gnutls_datum_t name = { NULL, 0 };
	bool newest;

	if (tls == NULL)
		return;
	newest = gnutls_protocol_get_version(tls) == GNUTLS_TLS1_3;
	if (!newest && gnutls_session_ext_master_secret_status(tls) == 0)
		return;
	if (gnutls_session_channel_binding(tls, newest ? GNUTLS_CB_TLS_EXPORTER :
	    GNUTLS_CB_TLS_UNIQUE, &name) != GNUTLS_E_SUCCESS)
		return;
	tmg_put(out, (tmg_view){ name.data, name.size });
	gnutls_free(name.data);
}
