/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/unit/test.h"

#include "src/codec/base64.h"
#include "src/codec/cbor.h"
#include "src/codec/der.h"
#include "src/codec/hex.h"
#include "src/codec/tlv.h"
#include "tamga/alg.h"

static void
tlv_reads_what_is_well_formed_and_refuses_the_rest(void **state)
{
	static const struct {
		tmg_view in;
		tmg_rc rc;
	} rows[] = {
		{ BYTES("\x7f\x49\x04\x81\x02\x01\x00"), TMG_OK },
		{ BYTES("\x7f\x49\x81\x04\x81\x02\x01\x00"), TMG_OK },
		{ BYTES("\x7f\x49\x84\x00\x00\x00\x04\x81\x02\x01\x00"), TMG_OK },
		{ BYTES("\x53\x00\x7f\x49\x04\x81\x02\x01\x00"), TMG_OK },
		{ BYTES("\x7f\x49\x05\x81\x02\x01\x00"), TMG_E_MALFORMED },
		{ BYTES("\x7f\x49\x85\x00\x00\x00\x00\x04"), TMG_E_MALFORMED },
		{ BYTES("\x7f\x49\x84\xff\xff\xff\xff"), TMG_E_MALFORMED },
		{ BYTES("\x7f\x49\x80"), TMG_E_MALFORMED },
		{ BYTES("\x7f\xff\xff\xff\x00"), TMG_E_MALFORMED },
		{ BYTES("\x7f"), TMG_E_MALFORMED },
		{ BYTES("\x53"), TMG_E_MALFORMED },
		{ BYTES("\x53\x01"), TMG_E_MALFORMED },
		{ BYTES("\x53\x82\x01"), TMG_E_MALFORMED },
		{ BYTES("\x53\x01\x00"), TMG_NOT_FOUND },
		{ BYTES(""), TMG_NOT_FOUND },
	};
	static const uint32_t path[] = { 0x7f49, 0x81, 0 };
	tmg_view v;

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++)
		assert_int_equal(tmg_tlv_walk(rows[i].in, path, &v), rows[i].rc);
	assert_int_equal(tmg_tlv_walk(rows[0].in, path, &v), TMG_OK);
	assert_view_equal(v, ((tmg_view)BYTES("\x01\x00")));
}

static void
tlv_leaves_its_input_alone_on_error(void **state)
{
	const tmg_view whole = BYTES("\x53\x05\x01");
	tmg_view in = whole;
	tmg_tlv t;

	(void)state;
	assert_int_equal(tmg_tlv_next(&in, &t), TMG_E_MALFORMED);
	assert_ptr_equal(in.ptr, whole.ptr);
	assert_int_equal(in.len, whole.len);
}

static void
tlv_writes_what_it_reads(void **state)
{
	static const struct {
		uint32_t tag;
		size_t len;
		tmg_view head;
	} rows[] = {
		{ 0x53, 0, BYTES("\x53\x00") },
		{ 0x70, 0x7f, BYTES("\x70\x7f") },
		{ 0x70, 0x80, BYTES("\x70\x81\x80") },
		{ 0x7f49, 0xff, BYTES("\x7f\x49\x81\xff") },
		{ 0x5fc105, 0x100, BYTES("\x5f\xc1\x05\x82\x01\x00") },
		{ 0x53, 0x10000, BYTES("\x53\x83\x01\x00\x00") },
	};
	static uint8_t value[0x10000], store[sizeof(value) + 8];

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		tmg_out o = TMG_OUT(store);
		tmg_view in;
		tmg_tlv t;

		tmg_tlv_put(&o, rows[i].tag, (tmg_view){ value, rows[i].len });
		assert_false(o.full);
		assert_int_equal(o.len, tmg_tlv_size(rows[i].tag, rows[i].len));
		assert_memory_equal(store, rows[i].head.ptr, rows[i].head.len);

		in = tmg_out_view(&o);
		assert_int_equal(tmg_tlv_next(&in, &t), TMG_OK);
		assert_int_equal(t.tag, rows[i].tag);
		assert_int_equal(t.value.len, rows[i].len);
		assert_int_equal(in.len, 0);
	}
}

static void
hex_goes_there_and_back(void **state)
{
	static const struct {
		const char *text;
		tmg_rc rc;
		tmg_view bytes;
	} rows[] = {
		{ "", TMG_OK, BYTES("") },
		{ "00ffA5", TMG_OK, BYTES("\x00\xff\xa5") },
		{ "00:ff a5\n", TMG_OK, BYTES("\x00\xff\xa5") },
		{ "0", TMG_E_MALFORMED, BYTES("") },
		{ "0 0", TMG_E_MALFORMED, BYTES("") },
		{ "0g", TMG_E_MALFORMED, BYTES("") },
		{ "0x00", TMG_E_MALFORMED, BYTES("") },
		{ "0011223344", TMG_E_SPACE, BYTES("") },
	};
	uint8_t store[4];
	char text[7];

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		tmg_out o = TMG_OUT(store);

		assert_int_equal(tmg_hex_parse(tmg_view_str(rows[i].text), &o),
		    rows[i].rc);
		if (rows[i].rc == TMG_OK)
			assert_view_equal(tmg_out_view(&o), rows[i].bytes);
	}
	{
		tmg_out o = TMG_OUT(store);

		assert_int_equal(tmg_hex_parse((tmg_view){ NULL, 0 }, &o), TMG_OK);
	}
	tmg_hex_text(text, sizeof(text), (tmg_view)BYTES("\x0a\xff\x10\x99"));
	assert_string_equal(text, "0AFF10");
}

static void
base64_goes_there_and_back(void **state)
{
	/* RFC 4648 10, and what RFC 8951 3.1 asks receivers to bear. */
	static const struct {
		const char *text;
		tmg_rc rc;
		tmg_view bytes;
	} rows[] = {
		{ "", TMG_OK, BYTES("") },
		{ "Zg==", TMG_OK, BYTES("f") },
		{ "Zm8=", TMG_OK, BYTES("fo") },
		{ "Zm9v", TMG_OK, BYTES("foo") },
		{ "Zm9vYg==", TMG_OK, BYTES("foob") },
		{ "Zm9vYmE=", TMG_OK, BYTES("fooba") },
		{ "Zm9vYmFy", TMG_OK, BYTES("foobar") },
		{ " Zm\r\n9v\tYmFy\n", TMG_OK, BYTES("foobar") },
		{ "Zg", TMG_OK, BYTES("f") },
		{ "Zg=\n=\n", TMG_OK, BYTES("f") },
		{ "Z", TMG_E_MALFORMED, BYTES("") },
		{ "Zg=", TMG_E_MALFORMED, BYTES("") },
		{ "Zg===", TMG_E_MALFORMED, BYTES("") },
		{ "Zg==Zg==", TMG_E_MALFORMED, BYTES("") },
		{ "Zm9v-", TMG_E_MALFORMED, BYTES("") },
		{ "Zm9vYmFyZg==", TMG_E_SPACE, BYTES("") },
	};
	uint8_t store[6];

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		tmg_out o = TMG_OUT(store);

		assert_int_equal(tmg_base64_parse(tmg_view_str(rows[i].text), &o),
		    rows[i].rc);
		if (rows[i].rc == TMG_OK)
			assert_view_equal(tmg_out_view(&o), rows[i].bytes);
	}
}

static void
base64_of_nothing_is_nothing(void **state)
{
	uint8_t store[1];
	tmg_out o = TMG_OUT(store);

	(void)state;
	assert_int_equal(tmg_base64_parse((tmg_view){ NULL, 0 }, &o), TMG_OK);
	tmg_base64_put(&o, (tmg_view){ NULL, 0 }, 64);
	assert_int_equal(o.len, 0);
}

static void
base64_breaks_lines_where_it_is_told(void **state)
{
	static const struct {
		size_t len, width;
		const char *text;
	} rows[] = {
		{ 0, 4, "" },
		{ 3, 4, "AAAA\n" },
		{ 4, 4, "AAAA\nAA==\n" },
		{ 4, 0, "AAAAAA==" },
		{ 7, 8, "AAAAAAAA\nAA==\n" },
	};
	static const uint8_t zeros[7];
	uint8_t store[32];

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		tmg_out o = TMG_OUT(store);

		tmg_base64_put(&o, (tmg_view){ zeros, rows[i].len }, rows[i].width);
		assert_view_equal(tmg_out_view(&o), tmg_view_str(rows[i].text));
	}
}

static void
der_counts_what_it_wraps(void **state)
{
	uint8_t store[16], long_one[200] = { 0 }, big[210];
	tmg_der d = TMG_DER(store);

	(void)state;
	tmg_der_unsigned(&d, (tmg_view)BYTES("\x00\x00\x80"));
	tmg_der_unsigned(&d, (tmg_view)BYTES(""));
	tmg_der_wrap(&d, 0x30, sizeof(store));
	assert_view_equal(tmg_der_view(&d),
	    ((tmg_view)BYTES("\x30\x07\x02\x01\x00\x02\x02\x00\x80")));

	d = TMG_DER(big);
	tmg_der_bytes(&d, TMG_VIEW(long_one));
	tmg_der_wrap(&d, 0x04, sizeof(big));
	assert_int_equal(tmg_der_view(&d).len, 203);
	assert_memory_equal(tmg_der_view(&d).ptr, "\x04\x81\xc8", 3);

	d = TMG_DER(store);
	tmg_der_bytes(&d, TMG_VIEW(long_one));
	assert_true(d.full);
}

static void
outs_are_sticky_and_never_truncate(void **state)
{
	uint8_t store[4];
	tmg_out o = TMG_OUT(store);

	(void)state;
	tmg_put(&o, (tmg_view)BYTES("abc"));
	tmg_put(&o, (tmg_view)BYTES("de"));
	tmg_put_u8(&o, 'f');
	assert_true(o.full);
	assert_int_equal(o.len, 3);
	assert_int_equal(tmg_out_done(&o), TMG_E_SPACE);
}

static void
algorithms_have_names_and_sizes(void **state)
{
	static const struct {
		const char *name;
		tmg_rc rc;
		tmg_alg alg;
		size_t bytes;
	} rows[] = {
		{ "rsa:2048", TMG_OK, TMG_ALG_RSA2048, 256 },
		{ "RSA", TMG_OK, TMG_ALG_RSA2048, 256 },
		{ "ec:P384", TMG_OK, TMG_ALG_P384, 48 },
		{ "ec:p521", TMG_OK, TMG_ALG_P521, 66 },
		{ "ed25519", TMG_OK, TMG_ALG_ED25519, 32 },
		{ "none", TMG_NOT_FOUND, TMG_ALG_NONE, 0 },
		{ "", TMG_NOT_FOUND, TMG_ALG_NONE, 0 },
		{ "rsa:1", TMG_NOT_FOUND, TMG_ALG_NONE, 0 },
	};
	tmg_hash hash;

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		tmg_alg alg = TMG_ALG_NONE;

		assert_int_equal(tmg_alg_parse(rows[i].name, &alg), rows[i].rc);
		assert_int_equal(alg, rows[i].alg);
		assert_int_equal(tmg_alg_bytes(alg), rows[i].bytes);
	}
	for (unsigned i = 0; i < TMG_ALG_COUNT; i++)
		assert_int_equal(tmg_alg_get((tmg_alg)i)->alg, i);
	assert_int_equal(tmg_alg_get((tmg_alg)999)->alg, TMG_ALG_NONE);

	assert_int_equal(tmg_hash_parse("sha2-384", &hash), TMG_OK);
	assert_int_equal(hash, TMG_HASH_SHA384);
	assert_int_equal(tmg_hash_bytes(hash), 48);
	assert_string_equal(tmg_hash_name(hash), "SHA384");
	assert_int_equal(tmg_hash_parse("md5", &hash), TMG_NOT_FOUND);
	assert_null(tmg_hash_name(TMG_HASH_NONE));
}

/* RFC 8949 A */
static void
cbor_is_written_as_the_rfc_shows_it(void **state)
{
	static const struct { int64_t n; tmg_view cbor; } numbers[] = {
		{ 0, BYTES("\x00") }, { 10, BYTES("\x0a") }, { 23, BYTES("\x17") },
		{ 24, BYTES("\x18\x18") }, { 100, BYTES("\x18\x64") },
		{ 1000, BYTES("\x19\x03\xe8") }, { 1000000, BYTES("\x1a\x00\x0f\x42\x40") },
		{ 1000000000000, BYTES("\x1b\x00\x00\x00\xe8\xd4\xa5\x10\x00") },
		{ -1, BYTES("\x20") }, { -10, BYTES("\x29") }, { -100, BYTES("\x38\x63") },
		{ -1000, BYTES("\x39\x03\xe7") },
		{ INT64_MIN, BYTES("\x3b\x7f\xff\xff\xff\xff\xff\xff\xff") },
	};
	static const tmg_view whole = BYTES("\xa2\x61" "a\x01\x61" "b\x82\x02\x44\x01\x02\x03\x04");
	static const tmg_view four = BYTES("\x01\x02\x03\x04");
	uint8_t bytes[600], few[3];
	tmg_out full = TMG_OUT(few);

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(numbers); i++) {
		tmg_out o = TMG_OUT(bytes);

		tmg_cbor_put_int(&o, numbers[i].n);
		assert_view_equal(tmg_out_view(&o), numbers[i].cbor);
	}
	tmg_out o = TMG_OUT(bytes);

	tmg_cbor_put_map(&o, 2);
	tmg_cbor_put_text(&o, "a");
	tmg_cbor_put_int(&o, 1);
	tmg_cbor_put_text(&o, "b");
	tmg_cbor_put_array(&o, 2);
	tmg_cbor_put_int(&o, 2);
	tmg_cbor_put_bytes(&o, four);
	assert_view_equal(tmg_out_view(&o), whole);

	o = TMG_OUT(bytes);
	tmg_cbor_put_bytes(&o, (tmg_view){ bytes + 300, 256 });
	assert_int_equal(o.len, 3 + 256);
	assert_memory_equal(bytes, "\x59\x01\x00", 3);
	tmg_cbor_put_text(&full, "long");
	assert_true(full.full);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(tlv_reads_what_is_well_formed_and_refuses_the_rest),
		cmocka_unit_test(tlv_leaves_its_input_alone_on_error),
		cmocka_unit_test(tlv_writes_what_it_reads),
		cmocka_unit_test(hex_goes_there_and_back),
		cmocka_unit_test(base64_goes_there_and_back),
		cmocka_unit_test(base64_of_nothing_is_nothing),
		cmocka_unit_test(base64_breaks_lines_where_it_is_told),
		cmocka_unit_test(der_counts_what_it_wraps),
		cmocka_unit_test(outs_are_sticky_and_never_truncate),
		cmocka_unit_test(cbor_is_written_as_the_rfc_shows_it),
		cmocka_unit_test(algorithms_have_names_and_sizes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
