/* SPDX-License-Identifier: BSD-2-Clause */
/* The files of a GIDS card, good and bad. */
#include "tests/unit/test.h"

#include "drivers/gids/parse.h"
#include "src/codec/hex.h"
#include "tamga/driver.h"

#define ROOT "000000000000000000"
#define MSCP "6D7363700000000000"
#define CMAPFILE "636D617066696C6500"
#define KXC0A "6B7863304100000000"
#define ROW(folder, name, object, file) folder name "0000" object "0000" file "0000"
#define ROW_CMAP ROW(MSCP, CMAPFILE, "23DF", "10A0")
#define ROW_KXC ROW(MSCP, KXC0A, "21DF", "10A0")

static uint8_t room[2][4096];

/* In one of two rooms. */
static tmg_view
bytes(unsigned which, const char *hex)
{
	tmg_out out = { room[which], sizeof(room[which]), 0, false };

	assert_int_equal(tmg_hex_parse(tmg_view_str(hex), &out), TMG_OK);
	return tmg_out_view(&out);
}

/* ---- the master file ------------------------------------------------------- */

static void
bad_master_files_are_refused(void **state)
{
	static const char *const bad[] = {
		"", "00", "02", "0100", "02" ROW_CMAP, "01" ROW_CMAP "00",
		ROW_CMAP, "01" MSCP CMAPFILE "000023DF000010A000",
	};
	uint8_t store[64];

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(bad); i++) {
		const tmg_view in = bytes(0, bad[i]);
		tmg_out out = TMG_OUT(store);
		tmg_gids_place place = { 0xa010, 0xdf23 };

		assert_int_equal(tmg_gids_master_check(in), TMG_E_MALFORMED);
		assert_int_equal(tmg_gids_master_find(in, "mscp", "cmapfile",
		    &place), TMG_E_MALFORMED);
		assert_int_equal(tmg_gids_master_free(in, 0xa010, &place),
		    TMG_E_MALFORMED);
		assert_int_equal(tmg_gids_master_add(in, "mscp", "kxc00", &place,
		    &out), TMG_E_MALFORMED);
		assert_int_equal(tmg_gids_master_drop(in, &place, &out),
		    TMG_E_MALFORMED);
		assert_int_equal(out.len, 0);
	}
}

static void
files_are_found_by_folder_and_name(void **state)
{
	const tmg_view in = bytes(0, "01" ROW(ROOT, CMAPFILE, "22DF", "12A0")
	    ROW_CMAP ROW_KXC);
	tmg_gids_place place;

	(void)state;
	assert_int_equal(tmg_gids_master_find(in, "mscp", "cmapfile", &place),
	    TMG_OK);
	assert_int_equal(place.file, 0xa010);
	assert_int_equal(place.object, 0xdf23);
	assert_int_equal(tmg_gids_master_find(in, "", "CMapFile", &place), TMG_OK);
	assert_int_equal(place.file, 0xa012);
	assert_int_equal(tmg_gids_master_find(in, "mscp", "kxc0a", &place), TMG_OK);
	assert_int_equal(tmg_gids_master_find(in, "mscp", "kxc0", &place),
	    TMG_NOT_FOUND);
	assert_int_equal(tmg_gids_master_find(in, "", "kxc0a", &place),
	    TMG_NOT_FOUND);
}

static void
rows_come_and_go(void **state)
{
	const tmg_view before = bytes(0, "01" ROW_CMAP);
	const tmg_view after = bytes(1, "01" ROW_CMAP ROW_KXC);
	uint8_t store[128];
	tmg_out out = TMG_OUT(store);
	tmg_gids_place place;

	(void)state;
	assert_int_equal(tmg_gids_master_free(before, 0xa010, &place), TMG_OK);
	assert_int_equal(place.object, 0xdf21);
	assert_int_equal(tmg_gids_master_add(before, "mscp", "kxc0A", &place, &out),
	    TMG_OK);
	assert_view_equal(tmg_out_view(&out), after);
	assert_int_equal(tmg_gids_master_free(after, 0xa010, &place), TMG_OK);
	assert_int_equal(place.object, 0xdf22);
	place.object = 0xdf21;
	out = TMG_OUT(store);
	assert_int_equal(tmg_gids_master_drop(after, &place, &out), TMG_OK);
	assert_view_equal(tmg_out_view(&out), before);
	out = TMG_OUT(store);
	assert_int_equal(tmg_gids_master_add(before, "mscp", "ninechars", &place,
	    &out), TMG_E_USAGE);
	out = (tmg_out){ store, 40, 0, false };
	assert_int_equal(tmg_gids_master_add(before, "mscp", "kxc0A", &place, &out),
	    TMG_E_SPACE);
}

/* Every object of the file is named. */
static void
a_full_file_has_no_free_object(void **state)
{
	static uint8_t master[1 + GIDS_MASTER_RECORD * 128] = { 1 };
	tmg_gids_place place;
	size_t n = 0;

	(void)state;
	while (tmg_gids_master_free((tmg_view){ master, 1 +
	    n * GIDS_MASTER_RECORD }, 0xa010, &place) == TMG_OK && n < 127) {
		tmg_gids_put_u16(master + 1 + n * GIDS_MASTER_RECORD + 20,
		    place.object);
		tmg_gids_put_u16(master + 1 + n++ * GIDS_MASTER_RECORD + 24,
		    place.file);
	}
	assert_int_equal(n, 0xdf7f - 0xdf21 + 1);
	assert_int_equal(tmg_gids_master_free((tmg_view){ master, 1 +
	    n * GIDS_MASTER_RECORD }, 0xa010, &place), TMG_DENIED);
}

/* ---- containers and keys ----------------------------------------------------- */

static void
containers_are_written_as_they_are_read(void **state)
{
	static const tmg_gids_container made = { .valid = true, .preferred = true,
	    .name = "0123456789abcdef-0123456789abcdef-01234",
	    .exchange = TMG_ALG_RSA2048 };
	static const tmg_gids_container empty = { .valid = false };
	uint8_t one[512], two[512];
	tmg_out a = TMG_OUT(one), b = TMG_OUT(two);
	tmg_gids_container c;
	size_t count;

	(void)state;
	assert_int_equal(tmg_gids_container_put((tmg_view){ NULL, 0 }, 2, &made,
	    &a), TMG_OK);
	assert_int_equal(tmg_gids_map_count(tmg_out_view(&a), &count), TMG_OK);
	assert_int_equal(count, 3);
	assert_int_equal(tmg_gids_container_get(tmg_out_view(&a), 0, &c), TMG_OK);
	assert_false(c.valid);
	assert_int_equal(tmg_gids_container_get(tmg_out_view(&a), 2, &c), TMG_OK);
	assert_true(c.valid && c.preferred);
	assert_string_equal(c.name, made.name);
	assert_int_equal(c.exchange, TMG_ALG_RSA2048);
	assert_int_equal(c.signing, TMG_ALG_NONE);
	assert_true(tmg_gids_map_prefers(tmg_out_view(&a)));
	assert_int_equal(tmg_gids_container_get(tmg_out_view(&a), 3, &c),
	    TMG_NOT_FOUND);
	/* Little endian, as Windows reads it. */
	assert_int_equal(one[2 * 86 + 84], 0x00);
	assert_int_equal(one[2 * 86 + 85], 0x08);

	assert_int_equal(tmg_gids_container_put(tmg_out_view(&a), 2, &empty, &b),
	    TMG_OK);
	assert_int_equal(tmg_gids_container_get(tmg_out_view(&b), 2, &c), TMG_OK);
	assert_false(c.valid);
	assert_false(tmg_gids_map_prefers(tmg_out_view(&b)));
}

static void
bad_maps_are_refused(void **state)
{
	static const size_t lengths[] = { 1, 85, 87, 171, 173 };
	static const uint8_t zeros[256];
	static const tmg_gids_container empty = { .valid = false };
	static const tmg_gids_key no_key = { .there = false };
	static const char *const keymaps[] = {
		"00", "02", "0100", "01" "0100000007",
		"02" "010000000C9C81B0FFFF0000",
		"01" "010000000C9C81B0FFFF000000",
	};
	uint8_t store[512];
	tmg_gids_container c;
	tmg_gids_key key;

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(lengths); i++) {
		tmg_out out = TMG_OUT(store);

		assert_int_equal(tmg_gids_container_get((tmg_view){ zeros,
		    lengths[i] }, 0, &c), TMG_E_MALFORMED);
		assert_int_equal(tmg_gids_container_put((tmg_view){ zeros,
		    lengths[i] }, 0, &empty, &out), TMG_E_MALFORMED);
	}
	for (size_t i = 0; i < TMG_COUNT(keymaps); i++) {
		tmg_out out = TMG_OUT(store);

		assert_int_equal(tmg_gids_keymap_get(bytes(0, keymaps[i]), 0, &key),
		    TMG_E_MALFORMED);
		assert_int_equal(tmg_gids_keymap_put(bytes(0, keymaps[i]), 0, &no_key,
		    &out), TMG_E_MALFORMED);
	}
	for (size_t i = 0; i < 2; i++) {
		tmg_out out = TMG_OUT(store);

		assert_int_equal(i == 0
		    ? tmg_gids_container_put((tmg_view){ NULL, 0 },
			GIDS_CONTAINERS, &empty, &out)
		    : tmg_gids_keymap_put((tmg_view){ NULL, 0 }, GIDS_CONTAINERS,
			&no_key, &out), TMG_E_USAGE);
	}
}

static void
keys_are_written_as_others_write_them(void **state)
{
	static const tmg_gids_key p256 = { true, 0x0c, false, 0xb082 };
	static const tmg_gids_key none = { .there = false };
	uint8_t one[64], two[64];
	tmg_out a = TMG_OUT(one), b = TMG_OUT(two);
	tmg_gids_key key;

	(void)state;
	assert_int_equal(tmg_gids_keymap_put((tmg_view){ NULL, 0 }, 1, &p256, &a),
	    TMG_OK);
	assert_view_equal(tmg_out_view(&a), bytes(0, "01"
	    "000000000000FFFFFFFF0000" "010000000C9C82B0FFFF0000"));
	assert_int_equal(tmg_gids_keymap_get(tmg_out_view(&a), 1, &key), TMG_OK);
	assert_true(key.there && !key.exchange);
	assert_int_equal(key.file, 0xb082);
	assert_int_equal(tmg_gids_keymap_put(tmg_out_view(&a), 1, &none, &b), TMG_OK);
	assert_view_equal(tmg_out_view(&b), bytes(0, "01"
	    "000000000000FFFFFFFF0000" "000000000000FFFFFFFF0000"));
	assert_int_equal(tmg_gids_keymap_get(tmg_out_view(&b), 2, &key),
	    TMG_NOT_FOUND);
}

/* ---- cardcf, tries ------------------------------------------------------------- */

static void
the_cache_file_counts_on(void **state)
{
	static const struct {
		const char *before;
		unsigned what;
		const char *after;
	} cases[] = {
		{ "000100000000", GIDS_FRESH_FILES, "000100000100" },
		{ "000100000000", GIDS_FRESH_FILES | GIDS_FRESH_CONTAINERS,
		    "000101000100" },
		{ "0000FF00FFFF", GIDS_FRESH_FILES | GIDS_FRESH_CONTAINERS,
		    "000000010000" },
		{ "000102000300", GIDS_FRESH_PINS, "000202000300" },
		{ "01FFFFFFFFFF", GIDS_FRESH_PINS, "0100FFFFFFFF" },
		{ "0000000000000807", GIDS_FRESH_FILES, "0000000001000807" },
		{ "0000000000", GIDS_FRESH_FILES, NULL },
		{ "", GIDS_FRESH_PINS, NULL },
	};
	uint8_t store[16];

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(cases); i++) {
		tmg_out out = TMG_OUT(store);
		const tmg_rc rc = tmg_gids_freshness_bump(bytes(0,
		    cases[i].before), cases[i].what, &out);

		assert_int_equal(rc, cases[i].after != NULL ? TMG_OK
		    : TMG_E_MALFORMED);
		if (cases[i].after != NULL)
			assert_view_equal(tmg_out_view(&out),
			    bytes(1, cases[i].after));
	}
}

static void
tries_are_told_in_either_tag(void **state)
{
	static const struct {
		const char *content;
		int tries;	/* -1: malformed */
	} cases[] = {
		{ "970103930103", 3 }, { "9F170102", 2 }, { "970100", 0 },
		{ "", -1 }, { "9700", -1 }, { "97020303", -1 }, { "9701", -1 },
		{ "930103", -1 },
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(cases); i++) {
		int tries = 99;

		assert_int_equal(tmg_gids_tries_parse(bytes(0, cases[i].content),
		    &tries), cases[i].tries < 0 ? TMG_E_MALFORMED : TMG_OK);
		assert_int_equal(tries, cases[i].tries);
	}
}

/* ---- certificates ---------------------------------------------------------------- */

#define PACKED "78DA33606662640400010A0039"	/* zlib of 3003020101, but for its sum */

static void
certificates_are_packed_and_unpacked(void **state)
{
	static uint8_t der[3000], file[4096], back[4096];
	tmg_out packed = TMG_OUT(file), plain = TMG_OUT(back);

	(void)state;
	memset(der, 0x5a, sizeof(der));
	der[0] = 0x30;
	der[1] = 0x82;
	der[2] = (uint8_t)((sizeof(der) - 4) >> 8);
	der[3] = (uint8_t)(sizeof(der) - 4);
	assert_int_equal(tmg_gids_cert_wrap(TMG_VIEW(der), &packed), TMG_OK);
	assert_true(packed.len < 200);
	assert_view_equal(((tmg_view){ file, 4 }), bytes(0, "0100B80B"));
	assert_int_equal(tmg_gids_cert_unwrap(tmg_out_view(&packed), &plain), TMG_OK);
	assert_view_equal(tmg_out_view(&plain), TMG_VIEW(der));

	/* At each place where it may break off. */
	for (size_t n = 0; n < packed.len; n++) {
		plain = TMG_OUT(back);
		assert_int_equal(tmg_gids_cert_unwrap((tmg_view){ file, n }, &plain),
		    TMG_E_MALFORMED);
		assert_int_equal(plain.len, 0);
	}
	/* It tells another length than it has: the stream would go on. */
	for (int off = -1; off <= 1; off += 2) {
		tmg_gids_put_u16(file + 2, (unsigned)(3000 + off));
		plain = TMG_OUT(back);
		assert_int_equal(tmg_gids_cert_unwrap(tmg_out_view(&packed), &plain),
		    TMG_E_MALFORMED);
		assert_int_equal(plain.len, 0);
	}
}

static void
bad_certificate_files_are_refused(void **state)
{
	static const char *const bad[] = {
		"", "01", "0100", "010005", "01000500", "02000500" PACKED,
		"00010500" PACKED, "01000000" PACKED, "01000180" PACKED,
		"0100FFFF" PACKED, "01000500" PACKED, "3003", "300302", "3102" };
	uint8_t store[64];

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(bad); i++) {
		tmg_out out = TMG_OUT(store);

		assert_int_equal(tmg_gids_cert_unwrap(bytes(0, bad[i]), &out),
		    TMG_E_MALFORMED);
		assert_int_equal(out.len, 0);
	}
}

/* As some programs write it, with or without filling. */
static void
a_plain_certificate_is_taken(void **state)
{
	uint8_t store[64];
	tmg_out out = TMG_OUT(store);

	(void)state;
	assert_int_equal(tmg_gids_cert_unwrap(bytes(0, "30030201010000"), &out),
	    TMG_OK);
	assert_view_equal(tmg_out_view(&out), bytes(1, "3003020101"));
}

/* What unpacks is no certificate. */
static void
packed_nonsense_is_refused(void **state)
{
	static const char *const inside[] = { "0403020101", "300302010100", "3004020101" };
	uint8_t file[64], store[64];

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(inside); i++) {
		tmg_out packed = TMG_OUT(file), out = TMG_OUT(store);

		assert_int_equal(tmg_gids_cert_wrap(bytes(0, inside[i]), &packed),
		    TMG_OK);
		assert_int_equal(tmg_gids_cert_unwrap(tmg_out_view(&packed), &out),
		    TMG_E_MALFORMED);
		assert_int_equal(out.len, 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bad_master_files_are_refused),
		cmocka_unit_test(files_are_found_by_folder_and_name),
		cmocka_unit_test(rows_come_and_go),
		cmocka_unit_test(a_full_file_has_no_free_object),
		cmocka_unit_test(containers_are_written_as_they_are_read),
		cmocka_unit_test(bad_maps_are_refused),
		cmocka_unit_test(keys_are_written_as_others_write_them),
		cmocka_unit_test(the_cache_file_counts_on),
		cmocka_unit_test(tries_are_told_in_either_tag),
		cmocka_unit_test(certificates_are_packed_and_unpacked),
		cmocka_unit_test(bad_certificate_files_are_refused),
		cmocka_unit_test(a_plain_certificate_is_taken),
		cmocka_unit_test(packed_nonsense_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
