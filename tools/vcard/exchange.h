/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From APDUs on the wire to whole commands: command chaining, GET RESPONSE,
 * and what T=0 does differently.
 */
#ifndef VCARD_EXCHANGE_H
#define VCARD_EXCHANGE_H

#include "tools/vcard/card.h"

typedef struct vc_exchange {
	uint8_t head[4];		/* of the command being chained */
	uint8_t chain[VC_DATA_MAX];
	size_t chain_len;
	bool chaining;
	uint8_t reply[VC_DATA_MAX];
	size_t reply_len, reply_at;	/* what GET RESPONSE has yet to fetch */
} vc_exchange;

void
vc_exchange_reset(vc_exchange *x);

/* One C-APDU in, one R-APDU out; *out is big enough for 65538 bytes. */
void
vc_exchange_apdu(vc_exchange *x, vc_card *card, tmg_view apdu, tmg_out *out);

#endif
