/* SPDX-License-Identifier: BSD-2-Clause */
/* The two forms of an ECDSA signature, each from the other. */
#include "tests/unit/test.h"

#include "src/codec/hex.h"
#include "src/pki/ecdsa.h"

static tmg_view
hex(const char *text, uint8_t *store, size_t cap)
{
	tmg_out o = { store, cap, 0, false };

	assert_int_equal(tmg_hex_parse(tmg_view_str(text), &o), TMG_OK);
	return tmg_out_view(&o);
}

static void
each_form_from_the_other(void **state)
{
	static const struct {
		const char *rs, *value;
	} rows[] = {
		{ "01020304", "3008 02020102 02020304" },
		{ "00010203", "3007 020101 02020203" },	/* no zeros in front */
		{ "80010203", "3009 0203008001 02020203" },	/* but where a sign would be */
		{ "00000001", "3006 020100 020101" },
		{ "00800000", "3007 02020080 020100" },
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		uint8_t a[16], b[16], c[16];
		const tmg_view rs = hex(rows[i].rs, a, sizeof(a)),
		    value = hex(rows[i].value, b, sizeof(b));
		tmg_out o = TMG_OUT(c);

		assert_int_equal(tmg_ecdsa_join(rs, &o), TMG_OK);
		assert_view_equal(tmg_out_view(&o), value);
		o = TMG_OUT(c);
		assert_int_equal(tmg_ecdsa_split(value, rs.len / 2, &o), TMG_OK);
		assert_view_equal(tmg_out_view(&o), rs);
	}
}

/* Every field up to P-521's, also where all bits are set. */
static void
the_longest_fit(void **state)
{
	uint8_t rs[2 * TMG_FIELD_MAX], store[TMG_ECDSA_MAX], back[sizeof(rs)];

	(void)state;
	memset(rs, 0xff, sizeof(rs));
	for (size_t field = 1; field <= TMG_FIELD_MAX; field++) {
		tmg_out o = TMG_OUT(store), again = TMG_OUT(back);

		assert_int_equal(tmg_ecdsa_join((tmg_view){ rs, 2 * field }, &o),
		    TMG_OK);
		assert_int_equal(tmg_ecdsa_split(tmg_out_view(&o), field, &again),
		    TMG_OK);
		assert_view_equal(tmg_out_view(&again),
		    ((tmg_view){ rs, 2 * field }));
		again = TMG_OUT(back);
		assert_int_equal(tmg_ecdsa_split(tmg_out_view(&o), field - 1,
		    &again), TMG_E_MALFORMED);
	}
}

static void
what_is_neither_is_refused(void **state)
{
	static const char *const values[] = {
		"", "30", "3000", "3003020101",		/* one number */
		"3009 020101 020101 020101",		/* three */
		"3006 020101 020101 00",		/* something behind it */
		"3106 020101 020101",			/* a SET */
		"3006 030101 020101",			/* no INTEGER */
		"3005 0200 020101",			/* an empty one */
		"3006 020181 020101",			/* negative */
		"3008 0203010000 020101",		/* longer than the field */
		"3007 020101 020101",			/* cut off */
	};
	static const uint8_t long_rs[2 * TMG_FIELD_MAX + 2] = { 1 };
	uint8_t bytes[32], store[TMG_ECDSA_MAX];

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(values); i++) {
		tmg_out o = TMG_OUT(store);

		assert_int_equal(tmg_ecdsa_split(hex(values[i], bytes,
		    sizeof(bytes)), 2, &o), TMG_E_MALFORMED);
		assert_int_equal(o.len, 0);
	}
	for (size_t len = 0; len <= sizeof(long_rs); len++) {
		const bool good = len > 0 && len % 2 == 0 &&
		    len <= 2 * TMG_FIELD_MAX;
		tmg_out o = TMG_OUT(store);

		assert_int_equal(tmg_ecdsa_join((tmg_view){ long_rs, len }, &o),
		    good ? TMG_OK : TMG_E_MALFORMED);
	}
}

/* Nothing is written half. */
static void
a_small_place_is_told(void **state)
{
	static const uint8_t rs[] = { 1, 2, 3, 4 };
	static const uint8_t value[] = { 0x30, 6, 2, 1, 1, 2, 1, 2 };
	uint8_t store[3];
	tmg_out o = TMG_OUT(store);

	(void)state;
	assert_int_equal(tmg_ecdsa_join(TMG_VIEW(rs), &o), TMG_E_SPACE);
	o = TMG_OUT(store);
	assert_int_equal(tmg_ecdsa_split(TMG_VIEW(value), 2, &o), TMG_E_SPACE);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_form_from_the_other),
		cmocka_unit_test(the_longest_fit),
		cmocka_unit_test(what_is_neither_is_refused),
		cmocka_unit_test(a_small_place_is_told),
	};

	return cmocka_run_group_tests_name("ecdsa", tests, NULL, NULL);
}
