/* SPDX-License-Identifier: BSD-2-Clause */
/* Public keys as cards tell them. */
#include "tests/unit/test.h"

#include "src/codec/hex.h"
#include "src/codec/tlv.h"
#include "src/driver/pubkey.h"
#include "tamga/signer.h"

static tmg_view
hex(const char *text, uint8_t *store, size_t cap)
{
	tmg_out out = { store, cap, 0, false };

	assert_int_equal(tmg_hex_parse(tmg_view_str(text), &out), TMG_OK);
	return tmg_out_view(&out);
}

static void
public_keys_become_spki(void **state)
{
	static const struct {
		tmg_alg alg;
		const char *fields, *spki;
		tmg_rc rc;
	} rows[] = {
		{ TMG_ALG_ED25519,
		    "8620 000102030405060708090A0B0C0D0E0F"
		    "101112131415161718191A1B1C1D1E1F",
		    "302A300506032B6570032100000102030405060708090A0B0C0D0E0F"
		    "101112131415161718191A1B1C1D1E1F", TMG_OK },
		{ TMG_ALG_X25519,	/* native point format */
		    "8621 40 000102030405060708090A0B0C0D0E0F"
		    "101112131415161718191A1B1C1D1E1F",
		    "302A300506032B656E032100000102030405060708090A0B0C0D0E0F"
		    "101112131415161718191A1B1C1D1E1F", TMG_OK },
		{ TMG_ALG_ED25519, "8621 41 000102030405060708090A0B0C0D0E0F"
		    "101112131415161718191A1B1C1D1E1F", NULL, TMG_E_MALFORMED },
		{ TMG_ALG_ED25519, "8621 41 00", NULL, TMG_E_MALFORMED },
		{ TMG_ALG_X25519, "8601 40", NULL, TMG_E_MALFORMED },
		{ TMG_ALG_X25519, "861F 000102030405060708090A0B0C0D0E0F"
		    "101112131415161718191A1B1C1D1E", NULL, TMG_E_MALFORMED },
		{ TMG_ALG_P256, "8641 04"
		    "0102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F20"
		    "2122232425262728292A2B2C2D2E2F303132333435363738393A3B3C3D3E3F40",
		    "3059301306072A8648CE3D020106082A8648CE3D03010703420004"
		    "0102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F20"
		    "2122232425262728292A2B2C2D2E2F303132333435363738393A3B3C3D3E3F40",
		    TMG_OK },
		{ TMG_ALG_P256, "8641 02"	/* a compressed head */
		    "0102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F20"
		    "2122232425262728292A2B2C2D2E2F303132333435363738393A3B3C3D3E3F40",
		    NULL, TMG_E_MALFORMED },
		{ TMG_ALG_P384, "8641 04"	/* another curve's length */
		    "0102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F20"
		    "2122232425262728292A2B2C2D2E2F303132333435363738393A3B3C3D3E3F40",
		    NULL, TMG_E_MALFORMED },
		{ TMG_ALG_P256, "8603040102", NULL, TMG_E_MALFORMED },
		{ TMG_ALG_P256, "8641 04", NULL, TMG_E_MALFORMED },
		{ TMG_ALG_P256, "8600", NULL, TMG_E_MALFORMED },
		{ TMG_ALG_P256, "", NULL, TMG_E_MALFORMED },
		{ TMG_ALG_P256, "86", NULL, TMG_E_MALFORMED },
		{ TMG_ALG_RSA2048, "8102FFFF 8203010001", NULL, TMG_E_MALFORMED },
		{ TMG_ALG_RSA2048, "8101FF 8203010001", NULL, TMG_E_MALFORMED },
		{ TMG_ALG_RSA2048, "8203010001", NULL, TMG_E_MALFORMED },
		{ TMG_ALG_BP256, "8600", NULL, TMG_E_MALFORMED },
		{ TMG_ALG_NONE, "8641 04"
		    "0102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F20"
		    "2122232425262728292A2B2C2D2E2F303132333435363738393A3B3C3D3E3F40",
		    NULL, TMG_E_MALFORMED },
		{ TMG_ALG_NONE, "8600", NULL, TMG_E_MALFORMED },
	};
	uint8_t store[128], want[128], got[TMG_SPKI_MAX];

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		tmg_out out = TMG_OUT(got);

		assert_int_equal(tmg_pubkey_spki(rows[i].alg,
		    hex(rows[i].fields, store, sizeof(store)), &out), rows[i].rc);
		if (rows[i].spki != NULL)
			assert_view_equal(tmg_out_view(&out),
			    hex(rows[i].spki, want, sizeof(want)));
	}
}

static void
rsa_moduli_must_have_their_length(void **state)
{
	static const struct {
		uint8_t first;
		size_t len;
		tmg_rc rc;
	} rows[] = {
		{ 0x80, 256, TMG_OK },
		{ 0x7f, 256, TMG_E_MALFORMED },	/* 2047 bits */
		{ 0x80, 255, TMG_E_MALFORMED },
		{ 0x80, 257, TMG_E_MALFORMED },
		{ 0x00, 257, TMG_E_MALFORMED },	/* zero, then 01: 2041 bits */
	};
	uint8_t n[300], fields[400], spki[TMG_SPKI_MAX];

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		tmg_out in = TMG_OUT(fields), out = TMG_OUT(spki);

		memset(n, 1, sizeof(n));
		n[0] = rows[i].first;
		tmg_tlv_put(&in, 0x81, (tmg_view){ n, rows[i].len });
		tmg_tlv_put(&in, 0x82, (tmg_view)BYTES("\x01\x00\x01"));
		assert_int_equal(tmg_pubkey_spki(TMG_ALG_RSA2048, tmg_out_view(&in),
		    &out), rows[i].rc);
		if (rows[i].rc == TMG_OK)
			assert_int_equal(out.len, 294);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(public_keys_become_spki),
		cmocka_unit_test(rsa_moduli_must_have_their_length),
	};

	return cmocka_run_group_tests_name("pubkey", tests, NULL, NULL);
}
