/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/unit/vcard-gids.h"

#include "src/codec/hex.h"
#include "tools/vcard/cipher.h"

const vc_profile bench_gids_bare = {
	.apps = VC_APP_BIT(VC_APP_GIDS), .extended = true, .serial = 0x01020304,
	.pin_tries = 3, .puk_tries = 3,
};

vc_gids *
bench_gids_sold(struct bench *b, const char *algs)
{
	bench_open(b, &bench_gids_bare);
	assert_int_equal(vc_card_provision(&b->chip->card, algs), TMG_OK);
	assert_int_equal(send_hex(b, SELECT_APP), 0x9000);
	return vc_card_app(&b->chip->card, VC_APP_GIDS);
}

unsigned
bench_gids_admin(struct bench *b, const char *key_hex, uint8_t pad)
{
	uint8_t key[GIDS_ADMIN_LEN], first[5 + 20] = { 0, 0x87, 0, 0, 20, 0x7c, 0x12, 0x81, 0x10 };
	uint8_t second[5 + 44] = { 0, 0x87, 0, 0, 44, 0x7c, 0x2a, 0x82, 0x28 }, plain[40];
	tmg_out out = TMG_OUT(key);
	unsigned sw;

	assert_int_equal(tmg_hex_parse(tmg_view_str(key_hex), &out), TMG_OK);
	assert_int_equal(send_hex(b, "0022C1A403830180"), 0x9000);
	for (uint8_t i = 0; i < 16; i++)
		first[9 + i] = i;
	assert_int_equal(send_bytes(b, TMG_VIEW(first)), 0x9000);
	assert_int_equal(b->answer->len, 20);
	memcpy(plain, b->answer->bytes + 4, 16);
	memcpy(plain + 16, first + 9, 16);
	memset(plain + 32, 0x77, 7);
	plain[39] = pad;
	assert_true(vc_cipher_run(b->lib, "DES-EDE3-CBC", CIPHER_ENCRYPT, key, TMG_VIEW(plain),
	    second + 9));
	if ((sw = send_bytes(b, TMG_VIEW(second))) != 0x9000)
		return sw;

	/* R1, R2, seven bytes of the card's, 80 */
	const tmg_view sealed = { b->answer->bytes + 4, 40 };
	uint8_t proof[40];

	assert_int_equal(b->answer->len, 44);
	assert_true(vc_cipher_run(b->lib, "DES-EDE3-CBC", CIPHER_DECRYPT, key, sealed, proof));
	assert_memory_equal(proof, plain + 16, 16);
	assert_memory_equal(proof + 16, plain, 16);
	assert_int_equal(proof[39], 0x80);
	return sw;
}

EVP_PKEY *
bench_gids_pair(vc_gids *g, uint8_t ref)
{
	return g->keys[gids_key_find(g, ref)].pair.pkey;
}
