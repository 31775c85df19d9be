/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Any stream of commands into the card, no transport: each is two bytes of
 * length and the APDU.  The first byte picks the kind of card.
 */
#include <openssl/crypto.h>
#include <stdlib.h>

#include "tools/vcard/chip.h"
#include "tools/vcard/gids.h"
#include "tools/vcard/piv.h"
#include "tools/vcard/pkcs15.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const vc_profile profiles[] = {
	{ .extended = true, .pin_tries = 3, .puk_tries = 3, .serial = 1 },
	{ .yubikey = true, .version = { 5, 7, 1 }, .extended = true, .pin_tries = 3,
	    .puk_tries = 3, .serial = 1 },
	{ .t0 = true, .pin_tries = 3, .puk_tries = 3, .serial = 1 },
	{ .apps = VC_APP_BIT(VC_APP_PKCS15), .first = VC_APP_BIT(VC_APP_PKCS15), .extended = true,
	    .pin_tries = 3, .puk_tries = 3, .serial = 1 },
	{ .apps = VC_APP_BIT(VC_APP_ISOAPPLET), .first = VC_APP_BIT(VC_APP_ISOAPPLET),
	    .extended = true, .pin_tries = 3, .puk_tries = 3, .serial = 1 },
	{ .apps = VC_APP_BIT(VC_APP_MYEID), .extended = true, .pin_tries = 3, .puk_tries = 3,
	    .serial = 1 },
	{ .apps = VC_APP_BIT(VC_APP_COSMO), .first = VC_APP_BIT(VC_APP_COSMO), .pin_tries = 3,
	    .puk_tries = 3, .serial = 1 },
	{ .apps = VC_APP_BIT(VC_APP_GIDS), .first = VC_APP_BIT(VC_APP_GIDS), .extended = true,
	    .pin_tries = 3, .puk_tries = 3, .serial = 1 },
};

#define PROFILES (sizeof(profiles) / sizeof(profiles[0]))

/* Cards with files are bare without what a shop puts on them; that is made once. */
static void
fill(vc_card *card, size_t kind)
{
	static uint8_t bytes[PROFILES][VC_STATE_MAX / 8];
	static tmg_out states[PROFILES];
	tmg_out *state = &states[kind];

	if ((card->profile->apps & ~VC_APP_BIT(VC_APP_PIV)) == 0)
		return;
	if (state->len == 0) {
		*state = TMG_OUT(bytes[kind]);
		if (vc_card_provision(card, vc_card_app(card, VC_APP_COSMO) != NULL ?
		    "rsa:1024" : "ec:p256") || vc_card_save(card, state))
			abort();
	}
	if (vc_card_load(card, tmg_out_view(state)))
		abort();
}

/* Everything is unlocked. */
static void
unlock(vc_card *card)
{
	vc_piv *piv = vc_card_app(card, VC_APP_PIV);
	vc_gids *gids = vc_card_app(card, VC_APP_GIDS);
	vc_p15 *files[] = {
		vc_card_app(card, VC_APP_PKCS15), vc_card_app(card, VC_APP_ISOAPPLET),
		vc_card_app(card, VC_APP_MYEID), vc_card_app(card, VC_APP_COSMO),
	};

	if (gids != NULL)
		gids->session.user = gids->session.admin = true;
	if (piv != NULL) {
		card->selected = VC_APP_PIV;
		piv->session.pin = piv->session.pin_fresh = piv->session.admin = true;
	}
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		if (files[i] != NULL)
			files[i]->session.pins = 0xffff;
}

/* RSA keys take seconds to make under sanitizers and teach nothing here. */
static bool
is_slow(tmg_view apdu)
{
	return (apdu.len > 9 && apdu.ptr[1] == INS_GENERATE && (apdu.ptr[9] & 0xf0) != 0x10 &&
	    (apdu.ptr[9] & 0xfc) != 0x0c) ||
	    (apdu.len > 2 && apdu.ptr[1] == P15_GENERATE &&
	    (apdu.ptr[2] == 0x42 || (apdu.len > 5 && apdu.ptr[5] == 0x30)));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static OSSL_LIB_CTX *lib;
	static vc_chip chip;
	static vc_answer answer;
	tmg_view rest = { data, size }, head, apdu;
	size_t kind;

	if (lib == NULL)
		lib = OSSL_LIB_CTX_new();
	if (size < 1 || tmg_view_take(&rest, 1, &head))
		return 0;
	kind = (head.ptr[0] & 0x7f) % PROFILES;
	if (vc_chip_open(&chip, &profiles[kind], lib, NULL))
		abort();
	fill(&chip.card, kind);
	/* half of the cards start with everything unlocked */
	if (head.ptr[0] & 0x80)
		unlock(&chip.card);
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
