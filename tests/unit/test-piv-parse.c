/* SPDX-License-Identifier: BSD-2-Clause */
/* The parsers of drivers/piv, on good and on hostile bytes. */
#include "tests/unit/piv-desk.h"

#include <zlib.h>

#include "src/codec/hex.h"
#include "src/driver/packed.h"

static tmg_view
hex(const char *text, uint8_t *store, size_t cap)
{
	tmg_out out = { store, cap, 0, false };

	assert_int_equal(tmg_hex_parse(tmg_view_str(text), &out), TMG_OK);
	return tmg_out_view(&out);
}

static void
apt_gives_label_and_algorithms(void **state)
{
	static const struct {
		const char *apt, *label;
		uint32_t algs;
		tmg_rc rc;
	} rows[] = {
		{ "61114F0600001000010079074F05A000000308", "", 0, TMG_OK },
		{ "6117 4F0600001000010079074F05A000000308 5004 50495620", "PIV ",
		    0, TMG_OK },
		{ "610B AC09 800103 800107 800111", "",
		    1u << TMG_ALG_RSA2048 | 1u << TMG_ALG_P256, TMG_OK },
		{ "6104 AC02 8002", "", 0, TMG_OK },	/* a list cut short */
		{ "6100", "", 0, TMG_OK },
		{ "6114 4F", "", 0, TMG_E_MALFORMED },
		{ "6F00", "", 0, TMG_NOT_FOUND },
		{ "", "", 0, TMG_NOT_FOUND },
	};
	uint8_t store[64];

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		tmg_view label;
		uint32_t algs;

		assert_int_equal(tmg_piv_apt_parse(
		    hex(rows[i].apt, store, sizeof(store)), &label, &algs),
		    rows[i].rc);
		assert_view_equal(label, tmg_view_str(rows[i].label));
		assert_int_equal(algs, rows[i].algs);
	}
}

static void
key_history_counts_slots(void **state)
{
	static const struct {
		const char *content;
		unsigned on, off;
		tmg_rc rc;
	} rows[] = {
		{ "C10100 C20100 FE00", 0, 0, TMG_OK },
		{ "C10103 C20102 F304 68747470 FE00", 3, 2, TMG_OK },
		{ "C10114 C20100 FE00", 20, 0, TMG_OK },
		{ "C10115 C20100 FE00", 0, 0, TMG_E_MALFORMED },
		{ "C10114 C20101 FE00", 0, 0, TMG_E_MALFORMED },
		{ "C10101 FE00", 0, 0, TMG_E_MALFORMED },
		{ "C1020101 C20100", 0, 0, TMG_E_MALFORMED },
		{ "C101", 0, 0, TMG_E_MALFORMED },
		{ "", 0, 0, TMG_E_MALFORMED },
	};
	uint8_t store[64];

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		tmg_piv_history h;

		assert_int_equal(tmg_piv_history_parse(
		    hex(rows[i].content, store, sizeof(store)), &h), rows[i].rc);
		if (rows[i].rc == TMG_OK) {
			assert_int_equal(h.on_card, rows[i].on);
			assert_int_equal(h.off_card, rows[i].off);
		}
	}
}

static void
metadata_tells_what_it_tells(void **state)
{
	static const struct {
		const char *data;
		tmg_rc rc;
		tmg_key_facts facts;
		int tries;
		bool has_factory, factory;
	} rows[] = {
		{ "010111 02020201 030101 04024142", TMG_OK,
		    { TMG_ALG_P256, TMG_PIN_ONCE, TMG_TOUCH_NEVER,
		    TMG_ORIGIN_GENERATED }, -1, false, false },
		{ "010107 02020303 030102", TMG_OK,
		    { TMG_ALG_RSA2048, TMG_PIN_ALWAYS, TMG_TOUCH_CACHED,
		    TMG_ORIGIN_IMPORTED }, -1, false, false },
		{ "0101FF 050101 06020302", TMG_OK, { 0 }, 2, true, true },
		{ "0101FF 050100 06020300", TMG_OK, { 0 }, 0, true, false },
		{ "0101AA 0202FFFF 0301FF", TMG_OK, { 0 }, -1, false, false },
		{ "0100 020102 0600", TMG_OK, { 0 }, -1, false, false },
		{ "", TMG_OK, { 0 }, -1, false, false },
		{ "0101", TMG_E_MALFORMED, { 0 }, -1, false, false },
		{ "010111 02", TMG_E_MALFORMED, { TMG_ALG_P256, 0, 0, 0 }, -1,
		    false, false },
	};
	uint8_t store[64];

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		tmg_piv_metadata m;

		assert_int_equal(tmg_piv_metadata_parse(
		    hex(rows[i].data, store, sizeof(store)), &m), rows[i].rc);
		assert_memory_equal(&m.facts, &rows[i].facts, sizeof(m.facts));
		assert_int_equal(m.tries, rows[i].tries);
		assert_int_equal(m.has_factory, rows[i].has_factory);
		assert_int_equal(m.factory, rows[i].factory);
	}
}

static void
chuid_gives_its_guid(void **state)
{
	static const struct {
		const char *chuid;
		tmg_rc rc;
	} rows[] = {
		{ "3000 3410 000102030405060708090A0B0C0D0E0F FE00", TMG_OK },
		{ "3000 340F 000102030405060708090A0B0C0D0E FE00",
		    TMG_E_MALFORMED },
		{ "3000 3410 00", TMG_E_MALFORMED },
		{ "3000 FE00", TMG_NOT_FOUND },
	};
	uint8_t store[64];
	tmg_view guid;

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++)
		assert_int_equal(tmg_piv_chuid_guid(
		    hex(rows[i].chuid, store, sizeof(store)), &guid), rows[i].rc);
}

/* ---- certificates -------------------------------------------------------- */

static void
cert_objects_are_read_or_refused(void **state)
{
	static const struct {
		const char *content, *der;
		tmg_rc rc;
	} rows[] = {
		{ "7003300100 710100 FE00", "300100", TMG_OK },
		{ "7003300100", "300100", TMG_OK },
		{ "7003300100 7100", "300100", TMG_OK },
		{ "7000 710100 FE00", "", TMG_NOT_FOUND },
		{ "710100 FE00", "", TMG_NOT_FOUND },
		{ "7003310100 710100 FE00", "", TMG_E_MALFORMED },
		{ "7003300100 710101 FE00", "", TMG_E_MALFORMED },
		{ "7004300100", "", TMG_E_MALFORMED },
		{ "70", "", TMG_E_MALFORMED },
	};
	uint8_t store[64], want[64], got[64];

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		tmg_out out = TMG_OUT(got);

		assert_int_equal(tmg_piv_cert_parse(
		    hex(rows[i].content, store, sizeof(store)), &out), rows[i].rc);
		if (rows[i].rc == TMG_OK)
			assert_view_equal(tmg_out_view(&out),
			    hex(rows[i].der, want, sizeof(want)));
	}
}

/* A certificate object around plain, compressed. */
static tmg_view
packed_object(tmg_view plain, uint8_t info, uint8_t *store, size_t cap)
{
	uint8_t *bytes = malloc(plain.len + 256);
	tmg_out packed = { bytes, plain.len + 256, 0, false };
	tmg_out out = { store, cap, 0, false };

	assert_int_equal(tmg_pack(TMG_PACKING_GZIP, plain, &packed), TMG_OK);
	tmg_tlv_put(&out, 0x70, tmg_out_view(&packed));
	tmg_tlv_put(&out, 0x71, (tmg_view){ &info, 1 });
	free(bytes);
	assert_false(out.full);
	return tmg_out_view(&out);
}

static void
packed_certs_are_unpacked_up_to_a_limit(void **state)
{
	static uint8_t plain[1u << 20], got[TMG_CERT_MAX];
	static uint8_t store[8192];
	static const struct {
		size_t len, room;
		uint8_t info;
		tmg_rc rc;
	} rows[] = {
		{ 1200, sizeof(got), 0x01, TMG_OK },
		{ 1200, sizeof(got), 0x80, TMG_OK },
		{ TMG_CERT_MAX, sizeof(got), 0x01, TMG_OK },
		{ TMG_CERT_MAX + 1, sizeof(got), 0x01, TMG_E_MALFORMED },
		{ sizeof(plain), sizeof(got), 0x01, TMG_E_MALFORMED },	/* a bomb */
		{ 1200, 100, 0x01, TMG_E_SPACE },
	};

	(void)state;
	plain[0] = 0x30;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		tmg_out out = { got, rows[i].room, 0, false };
		const tmg_view object = packed_object(
		    (tmg_view){ plain, rows[i].len }, rows[i].info, store,
		    sizeof(store));

		assert_int_equal(tmg_piv_cert_parse(object, &out), rows[i].rc);
		if (rows[i].rc == TMG_OK)
			assert_view_equal(tmg_out_view(&out),
			    ((tmg_view){ plain, rows[i].len }));
		else
			assert_int_equal(out.len, 0);
	}
}

static void
a_packed_cert_cut_anywhere_is_refused(void **state)
{
	static const uint8_t plain[600] = { 0x30 };
	uint8_t store[256], got[1024];
	tmg_out packed = TMG_OUT(store);

	(void)state;
	assert_int_equal(tmg_pack(TMG_PACKING_GZIP, TMG_VIEW(plain), &packed), TMG_OK);
	for (size_t n = 0; n < packed.len; n++) {
		tmg_out out = TMG_OUT(got);

		assert_int_equal(tmg_unpack((tmg_view){ store, n },
		    TMG_CERT_MAX, &out), TMG_E_MALFORMED);
	}
	/* whole, but more than may come out, however much room there is */
	for (size_t max = sizeof(plain) - 1; max <= sizeof(plain); max++) {
		tmg_out out = TMG_OUT(got);

		assert_int_equal(tmg_unpack(tmg_out_view(&packed), max, &out),
		    max < sizeof(plain) ? TMG_E_MALFORMED : TMG_OK);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(apt_gives_label_and_algorithms),
		cmocka_unit_test(key_history_counts_slots),
		cmocka_unit_test(metadata_tells_what_it_tells),
		cmocka_unit_test(chuid_gives_its_guid),
		cmocka_unit_test(cert_objects_are_read_or_refused),
		cmocka_unit_test(packed_certs_are_unpacked_up_to_a_limit),
		cmocka_unit_test(a_packed_cert_cut_anywhere_is_refused),
	};

	return cmocka_run_group_tests_name("piv parse", tests, NULL, NULL);
}
