/* SPDX-License-Identifier: BSD-2-Clause */
/* PKCS#11 URIs: RFC 7512. */
#include "tests/unit/test.h"

#include "src/codec/uri.h"

#define TEN "aaaaaaaaaa"
#define HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN

/* What is read comes out again in our order, or is refused. */
static const struct {
	const char *in;
	tmg_rc rc;
	const char *out;
	bool unknown;
} rows[] = {
	{ "pkcs11:", TMG_OK, "pkcs11:", false },
	{ "PKCS11:token=a", TMG_OK, "pkcs11:token=a", false },
	{ "pkcs11:token=a;model=b", TMG_OK, "pkcs11:model=b;token=a", false },
	{ "pkcs11:id=%9a", TMG_OK, "pkcs11:id=%9A", false },
	{ "pkcs11:id=a%00b", TMG_OK, "pkcs11:id=%61%00%62", false },
	{ "pkcs11:id=", TMG_OK, "pkcs11:id=", false },
	{ "pkcs11:object=my%20key;type=cert", TMG_OK,
	    "pkcs11:object=my%20key;type=cert", false },
	{ "pkcs11:token=%D0%90%D1%81%D0%B5%D0%BB%D1%8C", TMG_OK,
	    "pkcs11:token=%D0%90%D1%81%D0%B5%D0%BB%D1%8C", false },
	{ "pkcs11:token=a&b:[]@!$'()*+,=", TMG_OK,
	    "pkcs11:token=a&b:[]@!$'()*+,=", false },
	{ "pkcs11:token=a%3Bb%3Fc%2Fd", TMG_OK, "pkcs11:token=a%3Bb%3Fc%2Fd", false },
	{ "pkcs11:token=%25", TMG_OK, "pkcs11:token=%25", false },
	{ "pkcs11:?pin-source=file:/etc/pin&module-name=x", TMG_OK,
	    "pkcs11:?pin-source=file:/etc/pin&module-name=x", false },
	{ "pkcs11:slot-id=1;library-version=3", TMG_OK,
	    "pkcs11:slot-id=1;library-version=3", false },
	{ "pkcs11:x-vendor=1", TMG_OK, "pkcs11:", true },
	{ "pkcs11:?x-vendor=1", TMG_OK, "pkcs11:", false },
	/* not URIs */
	{ "", TMG_E_MALFORMED, NULL, false },
	{ "pkcs11", TMG_E_MALFORMED, NULL, false },
	{ "pkcs12:token=a", TMG_E_MALFORMED, NULL, false },
	{ "pkcs11:token", TMG_E_MALFORMED, NULL, false },
	{ "pkcs11:=a", TMG_E_MALFORMED, NULL, false },
	{ "pkcs11:token=a;", TMG_E_MALFORMED, NULL, false },
	{ "pkcs11:;token=a", TMG_E_MALFORMED, NULL, false },
	{ "pkcs11:token=a;;model=b", TMG_E_MALFORMED, NULL, false },
	{ "pkcs11:token=a;token=a", TMG_E_MALFORMED, NULL, false },
	{ "pkcs11:token=a b", TMG_E_MALFORMED, NULL, false },
	{ "pkcs11:token=a/b", TMG_E_MALFORMED, NULL, false },
	{ "pkcs11:token=a\"", TMG_E_MALFORMED, NULL, false },
	{ "pkcs11:token=\xd0\x90", TMG_E_MALFORMED, NULL, false },
	{ "pkcs11:token=%", TMG_E_MALFORMED, NULL, false },
	{ "pkcs11:token=%4", TMG_E_MALFORMED, NULL, false },
	{ "pkcs11:token=%4g", TMG_E_MALFORMED, NULL, false },
	{ "pkcs11:token=a%00", TMG_E_MALFORMED, NULL, false },
	{ "pkcs11:token=a?pin-source", TMG_E_MALFORMED, NULL, false },
	{ "pkcs11:token=a?pin-source=b&", TMG_E_MALFORMED, NULL, false },
	{ "pkcs11:token=" HUNDRED HUNDRED TEN TEN TEN TEN TEN TEN, TMG_E_SPACE, NULL,
	    false },
};

static void
test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		char text[1024];
		tmg_out o = { (uint8_t *)text, sizeof(text) - 1, 0, false };
		tmg_uri uri;
		const tmg_rc rc = tmg_uri_parse(rows[i].in, &uri);

		if (rc != rows[i].rc)
			fail_msg("%s: %d, not %d", rows[i].in, rc, rows[i].rc);
		if (rc != TMG_OK)
			continue;
		tmg_uri_put(&o, &uri);
		text[o.len] = '\0';
		assert_string_equal(text, rows[i].out);
		assert_int_equal(uri.unknown, rows[i].unknown);
	}
}

static void
test_values(void **state)
{
	static const uint8_t id[] = { 0x9a, 0x00, 'A' };
	tmg_uri uri = { .unknown = false };
	uint8_t store[64];
	tmg_out o = TMG_OUT(store);

	(void)state;
	assert_null(tmg_uri_text(&uri, TMG_URI_TOKEN));
	assert_int_equal(tmg_uri_set(&uri, TMG_URI_ID, TMG_VIEW(id)), TMG_OK);
	assert_int_equal(tmg_uri_set(&uri, TMG_URI_TOKEN, tmg_view_str("a;b?c")),
	    TMG_OK);
	assert_int_equal(tmg_uri_set(&uri, TMG_URI_SERIAL, tmg_view_str("")), TMG_OK);
	tmg_uri_put(&o, &uri);
	assert_view_equal(tmg_out_view(&o),
	    tmg_view_str("pkcs11:token=a%3Bb%3Fc;id=%9A%00%41"));
	assert_int_equal(tmg_uri_parse("pkcs11:token=x%20y", &uri), TMG_OK);
	assert_string_equal(tmg_uri_text(&uri, TMG_URI_TOKEN), "x y");
	/* one byte short is SPACE, never a shorter URI */
	o = (tmg_out){ store, 15, 0, false };
	tmg_uri_put(&o, &uri);
	assert_true(o.full);
	assert_int_equal(tmg_uri_set(&uri, TMG_URI_TOKEN,
	    tmg_view_str(HUNDRED HUNDRED HUNDRED)), TMG_E_SPACE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
