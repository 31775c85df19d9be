/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Linking identity and proof of possession (RFC 7030 3.5): whoever says who they are
 * on this connection has the key of the request, too, because what the request holds
 * exists on this connection alone.
 */
#include <openssl/err.h>
#include <openssl/x509.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/codec/base64.h"
#include "tools/ra/ca/request.h"
#include "tools/ra/ca/spoken.h"
#include "tools/ra/est/est.h"
#include "tools/ra/http/channel.h"

/* As RFC 7030 3.5 has it: base64, in one line. */
static void
write_link(const ra_call *call, tmg_out *text)
{
	uint8_t store[RA_CHANNEL_MAX];
	tmg_out name = TMG_OUT(store);

	ra_channel_of(call, &name);
	if (name.len > 0 && !name.full)
		tmg_base64_put(text, tmg_out_view(&name), 0);
}

static bool
holds(ra_desk *d, tmg_view csr, tmg_view link)
{
	tmg_auto(ra_X509_REQ) req = NULL;
	ra_auto_spoken said = { .len = 0 };

	if (ra_request_parts(d->office->ctx, csr, &req))
		ra_spoken_read(req, &said);
	ERR_clear_error();
	return said.len > 0 && tmg_view_equal((tmg_view){ said.bytes, said.len }, link);
}

tmg_rc
ra_est_link(ra_desk *d, const ra_call *call, ra_submission *in)
{
	uint8_t store[2 * RA_CHANNEL_MAX];
	tmg_out text = TMG_OUT(store);

	if (!in->profile->est_link && !ra_spoken_any(in->csr))
		return TMG_OK;	/* most say nothing, and need not */
	write_link(call, &text);
	in->spent = text.len > 0 && holds(d, in->csr, tmg_out_view(&text));
	if (in->spent || !in->profile->est_link)
		return TMG_OK;
	return tmg_raise(&d->fault, TMG_DENIED, 0, text.len > 0 ?
	    _("profile %s wants a request that is linked to its TLS connection, by its challenge password (RFC 7030 3.5), and this one is not") :
	    _("profile %s wants a request that is linked to its TLS connection (RFC 7030 3.5), and this connection has nothing to link to: use TLS 1.3, or 1.2 with the extended master secret"),
	    in->profile->name);
}
