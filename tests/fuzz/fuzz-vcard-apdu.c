/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Any stream of commands into the card, no transport: each is two bytes of
 * length and the APDU.  The first byte picks the kind of card.
 */
#include <openssl/crypto.h>
#include <stdlib.h>

#include "tools/vcard/chip.h"
#include "tools/vcard/piv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const vc_profile profiles[] = {
	{ .extended = true, .pin_tries = 3, .puk_tries = 3, .serial = 1 },
	{ .yubikey = true, .version = { 5, 7, 1 }, .extended = true, .pin_tries = 3,
	    .puk_tries = 3, .serial = 1 },
	{ .t0 = true, .pin_tries = 3, .puk_tries = 3, .serial = 1 },
};

/* RSA keys take seconds to make under sanitizers and teach nothing here. */
static bool
is_slow(tmg_view apdu)
{
	return apdu.len > 9 && apdu.ptr[1] == INS_GENERATE && (apdu.ptr[9] & 0xf0) != 0x10;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static OSSL_LIB_CTX *lib;
	static vc_chip chip;
	static vc_answer answer;
	tmg_view rest = { data, size }, head, apdu;

	if (lib == NULL)
		lib = OSSL_LIB_CTX_new();
	if (size < 1 || tmg_view_take(&rest, 1, &head))
		return 0;
	if (vc_chip_open(&chip, &profiles[head.ptr[0] % 3], lib, NULL))
		abort();
	/* half of the cards start with everything unlocked */
	if (head.ptr[0] & 0x80) {
		vc_piv *piv = vc_card_app(&chip.card, VC_APP_PIV);

		chip.card.selected = 0;
		piv->session.pin = piv->session.pin_fresh = piv->session.admin = true;
	}
	while (tmg_view_take(&rest, 2, &head) == TMG_OK &&
	    tmg_view_take(&rest, (size_t)(head.ptr[0] << 8 | head.ptr[1]), &apdu) == TMG_OK) {
		if (is_slow(apdu))
			continue;
		vc_chip_transmit(&chip, apdu, &answer);
		if (answer.len < 2 || (chip.card.profile->t0 && answer.len > 258))
			abort();
	}
	vc_chip_close(&chip);
	return 0;
}
