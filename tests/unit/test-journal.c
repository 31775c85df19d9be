/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/unit/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "src/provision/journal.h"

#define HEAD "{\"tamga-enrollment\":1,\"id\":\"20261122-0a\"," \
    "\"token\":\"pkcs11:serial=1\",\"slot\":\"9a\",\"alg\":\"ec:p256\"," \
    "\"subject\":\"CN=A\",\"authority\":\"est+https://ra\","

/* Texts that must not be believed, and those that must. */
static const struct {
	const char *what;
	tmg_rc rc;
	const char *text;
} rows[] = {
	{ "a beginning", TMG_OK, HEAD "\"step\":\"begun\"}" },
	{ "what a later version adds", TMG_OK, HEAD "\"step\":\"begun\",\"more\":[1]}" },
	{ "given up at the beginning", TMG_OK, HEAD "\"step\":\"cancelled\"}" },
	{ "kept key needs no type", TMG_OK,
	    "{\"tamga-enrollment\":1,\"id\":\"1\",\"token\":\"t\",\"slot\":\"9a\","
	    "\"subject\":\"CN=A\",\"authority\":\"a\",\"keep-key\":true}" },
	{ "nothing", TMG_E_MALFORMED, "" },
	{ "not JSON", TMG_E_MALFORMED, "hello" },
	{ "half a file", TMG_E_MALFORMED, HEAD "\"step\":\"beg" },
	{ "a list", TMG_E_MALFORMED, "[]" },
	{ "no version", TMG_E_MALFORMED, "{\"id\":\"1\"}" },
	{ "version 0", TMG_E_MALFORMED, "{\"tamga-enrollment\":0}" },
	{ "version as text", TMG_E_MALFORMED, "{\"tamga-enrollment\":\"1\"}" },
	{ "a later version", TMG_UNSUPPORTED, "{\"tamga-enrollment\":2}" },
	{ "said twice", TMG_E_MALFORMED, HEAD "\"step\":\"begun\",\"step\":\"begun\"}" },
	{ "unknown step", TMG_E_MALFORMED, HEAD "\"step\":\"flown\"}" },
	{ "step as number", TMG_E_MALFORMED, HEAD "\"step\":1}" },
	{ "no subject", TMG_E_MALFORMED,
	    "{\"tamga-enrollment\":1,\"id\":\"1\",\"token\":\"t\",\"slot\":\"9a\","
	    "\"alg\":\"ed25519\",\"authority\":\"a\"}" },
	{ "no key of that type", TMG_E_MALFORMED,
	    "{\"tamga-enrollment\":1,\"id\":\"1\",\"token\":\"t\",\"slot\":\"9a\","
	    "\"alg\":\"des\",\"subject\":\"CN=A\",\"authority\":\"a\"}" },
	{ "a path as id", TMG_E_MALFORMED,
	    "{\"tamga-enrollment\":1,\"id\":\"../x\",\"token\":\"t\",\"slot\":\"9a\","
	    "\"alg\":\"ed25519\",\"subject\":\"CN=A\",\"authority\":\"a\"}" },
	{ "id too long", TMG_E_MALFORMED,
	    "{\"tamga-enrollment\":1,\"id\":\"111111111111111111111111\"}" },
	{ "slot too long", TMG_E_MALFORMED, "{\"tamga-enrollment\":1,\"slot\":\"12345678\"}" },
	{ "a zero in a text", TMG_E_MALFORMED,
	    "{\"tamga-enrollment\":1,\"id\":\"1\\u00002\"}" },
	{ "a zero in a subject", TMG_E_MALFORMED,
	    "{\"tamga-enrollment\":1,\"subject\":\"CN=A\\u0000B\"}" },
	{ "flag as number", TMG_E_MALFORMED, HEAD "\"replace\":1}" },
	{ "number as text", TMG_E_MALFORMED, HEAD "\"retry-after\":\"1\"}" },
	{ "number too large", TMG_E_MALFORMED, HEAD "\"begun\":99999999999999999999}" },
	{ "no base64", TMG_E_MALFORMED, HEAD "\"wants\":\"*\"}" },
	{ "list of numbers", TMG_E_MALFORMED, HEAD "\"san\":[1]}" },
	{ "list as text", TMG_E_MALFORMED, HEAD "\"san\":\"dns:a\"}" },
	{ "anchors that are none", TMG_E_MALFORMED, HEAD "\"anchors\":[\"AAAA\"]}" },
	{ "key step without a key", TMG_E_MALFORMED, HEAD "\"step\":\"key\"}" },
	{ "request step without a request", TMG_E_MALFORMED,
	    HEAD "\"step\":\"request\",\"public-key\":\"MAA=\"}" },
	{ "request that is none", TMG_E_MALFORMED,
	    HEAD "\"step\":\"submitted\",\"public-key\":\"MAA=\",\"request\":\"MAA=\"}" },
	{ "renewal without its certificate", TMG_E_MALFORMED,
	    HEAD "\"step\":\"begun\",\"renews\":\"pkcs11:x\"}" },
};

static void
only_whole_journals_are_believed(void **state)
{
	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		tmg_auto(tmg_journal) j = { .retry_after = -1 };
		tmg_fault f = { 0 };
		const tmg_rc rc = tmg_journal_parse(tmg_view_str(rows[i].text), &j, &f);

		if (rc != rows[i].rc || (rc != TMG_OK && f.text[0] == '\0'))
			fail_msg("%s: %s \"%s\"", rows[i].what, tmg_rc_name(rc), f.text);
	}
}

static void
journals_cut_anywhere_are_refused(void **state)
{
	const char whole[] = HEAD "\"step\":\"begun\",\"san\":[\"dns:a\"]}";

	(void)state;
	for (size_t n = 0; n < sizeof(whole) - 1; n++) {
		tmg_auto(tmg_journal) j = { .retry_after = -1 };

		assert_int_equal(tmg_journal_parse((tmg_view){
		    (const uint8_t *)whole, n }, &j, NULL), TMG_E_MALFORMED);
	}
}

static void
what_is_printed_is_read_again(void **state)
{
	static const char *const san[] = { "dns:a.kz", "upn:Әсел", NULL };
	static const char *const options[] = { "via=http-01", NULL };
	tmg_auto(tmg_journal) a = { .retry_after = -1 };
	tmg_auto(tmg_journal) b = { .retry_after = -1 };
	tmg_auto_free char *text = NULL, *again = NULL;
	static const uint8_t wants[] = { 0x30, 1, 0 };
	tmg_fault f = { 0 };

	(void)state;
	strcpy(a.id, "20261122-0a");
	strcpy(a.token, "pkcs11:serial=1");
	strcpy(a.slot, "9a");
	strcpy(a.alg, "rsa:2048");
	strcpy(a.authority, "est+https://ra/label");
	strcpy(a.error, "line\nand \"quote\"");
	a.begun = 1763800000;
	a.retry_after = 3600;
	a.replace = a.generating = true;
	a.pin = TMG_PIN_ALWAYS;
	assert_int_equal(tmg_text_set(&a.subject, "CN=Жанар,C=KZ"), TMG_OK);
	assert_int_equal(tmg_strings_set(&a.san, san), TMG_OK);
	assert_int_equal(tmg_strings_set(&a.options, options), TMG_OK);
	assert_int_equal(tmg_blob_set(&a.wants, TMG_VIEW(wants)), TMG_OK);

	assert_int_equal(tmg_journal_print(&a, &text), TMG_OK);
	assert_int_equal(tmg_journal_parse(tmg_view_str(text), &b, &f), TMG_OK);
	assert_int_equal(tmg_journal_print(&b, &again), TMG_OK);
	assert_string_equal(text, again);
	assert_string_equal(b.san[1], "upn:Әсел");
	assert_null(b.san[2]);
	assert_string_equal(b.options[0], "via=http-01");
	assert_int_equal(b.retry_after, 3600);
	assert_int_equal(b.pin, TMG_PIN_ALWAYS);
	assert_true(b.replace && b.generating && !b.posted);
	assert_true(tmg_journal_same(&a, &b));

	/* another name is another enrollment; another error is not */
	b.error[0] = 'x';
	assert_true(tmg_journal_same(&a, &b));
	assert_int_equal(tmg_text_set(&b.subject, "CN=Жанар"), TMG_OK);
	assert_false(tmg_journal_same(&a, &b));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_whole_journals_are_believed),
		cmocka_unit_test(journals_cut_anywhere_are_refused),
		cmocka_unit_test(what_is_printed_is_read_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
