/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/ca/ca.h"

#include <openssl/rand.h>

#include "src/base/ctx.h"
#include "src/codec/hex.h"

void
ra_ca_free(ra_ca **ca)
{
	if (*ca != NULL)
		(*ca)->ops->close(*ca);
	*ca = NULL;
}

tmg_rc
ra_ca_end(const ra_ca *ca, time_t *at)
{
	struct tm tm;

	if (ASN1_TIME_to_tm(X509_get0_notAfter(ca->cert), &tm) != 1)
		return TMG_E_MALFORMED;
	*at = timegm(&tm);
	return TMG_OK;
}

tmg_rc
ra_serial_new(tmg_ctx *ctx, char serial[TMG_SERIAL_MAX])
{
	uint8_t bytes[16];

	if (RAND_bytes_ex(tmg_ctx_libctx(ctx), bytes, sizeof(bytes), 0) != 1)
		return TMG_E_CRYPTO;
	/* positive, and always 16 octets long */
	bytes[0] = (uint8_t)((bytes[0] & 0x7f) | 0x40);
	tmg_hex_text(serial, TMG_SERIAL_MAX, TMG_VIEW(bytes));
	return TMG_OK;
}
