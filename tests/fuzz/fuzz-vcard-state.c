/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Records of a state file; the frame around them is made right here, or no
 * mutation would get past the digest.
 */
#include <openssl/crypto.h>
#include <stdlib.h>

#include "tools/vcard/card.h"
#include "tools/vcard/state.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const vc_profile profile = {
		.apps = VC_APP_BIT(VC_APPS) - 1, .pin_tries = 3, .puk_tries = 3, .serial = 1,
	};
	static OSSL_LIB_CTX *lib;
	static uint8_t file[VC_STATE_MAX], again[VC_STATE_MAX];
	tmg_out out = TMG_OUT(file), saved = TMG_OUT(again);
	tmg_view records;
	vc_card card;

	if (lib == NULL)
		lib = OSSL_LIB_CTX_new();
	(void)!vc_state_check((tmg_view){ data, size }, &records);
	vc_state_begin(&out);
	tmg_put(&out, (tmg_view){ data, size });
	if (vc_state_end(&out))
		return 0;
	if (vc_card_open(&profile, lib, &card))
		abort();
	/* what was believed once can be written and is believed again */
	if (vc_card_load(&card, tmg_out_view(&out)) == TMG_OK &&
	    (vc_card_save(&card, &saved) || vc_card_load(&card, tmg_out_view(&saved))))
		abort();
	vc_card_close(&card);
	return 0;
}
