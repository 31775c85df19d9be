/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What can be said of the HTTP port without a server; test-est has one.
 */
#include "tests/unit/test.h"

#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <stdio.h>

#include "src/http/header.h"
#include "src/http/http.h"
#include "src/http/url.h"
#include "src/http/words.h"

#define NOW 1700000000	/* Tue, 14 Nov 2023 22:13:20 GMT */
#define YEAR (366L * 24 * 3600)

static void
headers_are_split_or_refused(void **state)
{
	static const struct {
		tmg_view line;
		tmg_rc rc;
		tmg_view name, value;
	} rows[] = {
		{ BYTES("Retry-After: 5\r\n"), TMG_OK, BYTES("Retry-After"), BYTES("5") },
		{ BYTES("A:b"), TMG_OK, BYTES("A"), BYTES("b") },
		{ BYTES("A: \t b c \t\r\n"), TMG_OK, BYTES("A"), BYTES("b c") },
		{ BYTES("A:"), TMG_OK, BYTES("A"), BYTES("") },
		{ BYTES("A: b: c"), TMG_OK, BYTES("A"), BYTES("b: c") },
		{ BYTES("HTTP/1.1 200 OK: fine\r\n"), TMG_NOT_FOUND, BYTES(""), BYTES("") },
		{ BYTES("A b: c"), TMG_NOT_FOUND, BYTES(""), BYTES("") },
		{ BYTES(": c"), TMG_NOT_FOUND, BYTES(""), BYTES("") },
		{ BYTES("\r\n"), TMG_NOT_FOUND, BYTES(""), BYTES("") },
		{ BYTES(""), TMG_NOT_FOUND, BYTES(""), BYTES("") },
	};
	tmg_view name, value;

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		assert_int_equal(tmg_header_split(rows[i].line, &name, &value), rows[i].rc);
		if (rows[i].rc)
			continue;
		assert_view_equal(name, rows[i].name);
		assert_view_equal(value, rows[i].value);
	}
}

static void
retry_after_is_seconds_or_a_date(void **state)
{
	static const struct {
		const char *value;
		long seconds;
	} rows[] = {
		{ "0", 0 }, { "120", 120 }, { " 7 ", 7 },
		{ "99999999999999999999999", YEAR },
		{ "Tue, 14 Nov 2023 22:15:20 GMT", 120 },
		{ "Tuesday, 14-Nov-23 22:15:20 GMT", 120 },	/* RFC 850 */
		{ "Tue Nov 14 22:15:20 2023", 120 },		/* asctime */
		{ "Tue, 14 Nov 2023 22:13:00 GMT", 0 },
		{ "Tue, 14 Nov 2223 22:13:00 GMT", YEAR },
		{ "soon", -1 }, { "", -1 }, { "-5", -1 }, { "1.5 h", -1 },
		{ "Tue, 14 Nov 2023 22:15:20 GMT, and some more of it, and more yet, to be too long", -1 },
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++)
		assert_int_equal(tmg_header_retry_after(tmg_view_str(rows[i].value), NOW),
		    rows[i].seconds);
}

static void
media_types_are_compared_without_parameters(void **state)
{
	static const struct {
		const char *type;
		bool is;
	} rows[] = {
		{ "application/pkcs7-mime", true },
		{ "Application/PKCS7-mime; smime-type=certs-only", true },
		{ "application/pkcs7-mime;charset=utf-8", true },
		{ " application/pkcs7-mime ; x", true },
		{ "application/pkcs7-mimes", false },
		{ "application/pkcs7", false },
		{ "text/html", false },
		{ "", false },
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++)
		assert_int_equal(tmg_header_type_is(rows[i].type,
		    "application/pkcs7-mime"), rows[i].is);
}

static void
strangers_text_is_made_one_harmless_line(void **state)
{
	static const struct {
		tmg_view in;
		const char *out;
	} rows[] = {
		{ BYTES("plain"), "plain" },
		{ BYTES("  two\r\n\tlines \n"), "two lines" },
		{ BYTES("a\x1b[31mred"), "a [31mred" },
		{ BYTES("nul\0inside"), "nul inside" },
		{ BYTES("Айгүл"), "Айгүл" },
		{ BYTES("a\xe2\x80\xae" "b"), "a b" },		/* U+202E */
		{ BYTES("a\xc2\x9b" "31m"), "a 31m" },		/* C1 CSI */
		{ BYTES("bad \xff\xc0\xaf end"), "bad ??? end" },
		{ BYTES("cut \xd0"), "cut ?" },
		{ BYTES("\xed\xa0\x80"), "???" },		/* a surrogate */
		{ BYTES(""), "" },
		{ BYTES(" \r\n"), "" },
	};
	char to[64];

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		tmg_header_clean(to, sizeof(to), rows[i].in);
		assert_string_equal(to, rows[i].out);
	}
	tmg_header_clean(to, 6, tmg_view_str("abcdef"));
	assert_string_equal(to, "abcde");
	tmg_header_clean(to, 6, tmg_view_str("абв"));	/* never half a letter */
	assert_string_equal(to, "аб");
}

static void
urls_tell_where_they_lead(void **state)
{
	static const struct {
		const char *url;
		tmg_rc rc;
		bool tls, address;
		const char *where, *host;
	} rows[] = {
		{ "https://ra.example/x", TMG_OK, true, false, "ra.example:443", "ra.example" },
		{ "https://RA.example.:8443/", TMG_OK, true, false, "RA.example.:8443", "RA.example" },
		{ "http://127.0.0.1:80/", TMG_OK, false, true, "127.0.0.1:80", "127.0.0.1" },
		{ "https://[::1]:8443/x", TMG_OK, true, true, "[::1]:8443", "::1" },
		{ "ftp://ra.example/", TMG_E_USAGE, false, false, "", "" },
		{ "https://user@ra.example/", TMG_E_USAGE, false, false, "", "" },
		{ "https://user:pw@ra.example/", TMG_E_USAGE, false, false, "", "" },
		{ "ra.example", TMG_E_USAGE, false, false, "", "" },
		{ "https://ra.example:99999/", TMG_E_USAGE, false, false, "", "" },
		{ "", TMG_E_USAGE, false, false, "", "" },
	};
	tmg_url url;

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		assert_int_equal(tmg_url_parse(rows[i].url, &url), rows[i].rc);
		if (rows[i].rc)
			continue;
		assert_int_equal(url.tls, rows[i].tls);
		assert_int_equal(url.address, rows[i].address);
		assert_string_equal(url.where, rows[i].where);
		assert_string_equal(url.host, rows[i].host);
	}
}

static void
sessions_believe_somebody_or_do_not_open(void **state)
{
	static const uint8_t der[] = { 0x30, 0x00 };
	static const tmg_view anchor = { der, sizeof(der) };
	const struct {
		tmg_http_spec spec;
		tmg_rc rc;
	} rows[] = {
		{ { .unverified = true }, TMG_OK },
		{ { .plain = true }, TMG_OK },
		{ { .anchors = &anchor, .anchor_count = 1 }, TMG_OK },
		{ { .anchor_count = 0 }, TMG_E_USAGE },
		{ { .unverified = true, .anchors = &anchor, .anchor_count = 1 }, TMG_E_USAGE },
		{ { .unverified = true, .user = "u" }, TMG_E_USAGE },
		{ { .unverified = true, .bearer = BYTES("t") }, TMG_E_USAGE },
		{ { .unverified = true, .identity = &(tmg_http_identity){ 0 } }, TMG_E_USAGE },
		{ { .plain = true, .user = "a:b" }, TMG_E_USAGE },
		{ { .plain = true, .user = "a\n" }, TMG_E_USAGE },
		{ { .plain = true, .user = "a", .password = BYTES("b\0c") }, TMG_E_USAGE },
		{ { .plain = true, .bearer = BYTES("x\r\nCookie: y") }, TMG_E_USAGE },
		{ { .plain = true, .languages = "" }, TMG_OK },
		{ { .plain = true, .languages = "kk, ru-RU;q=0.9, *;q=0.1" }, TMG_OK },
		{ { .plain = true, .languages = "kk\r\nCookie: y" }, TMG_E_USAGE },
		{ { .plain = true, .languages = "қазақша" }, TMG_E_USAGE },
		{ { .plain = true, .languages = "aa, aa, aa, aa, aa, aa, aa, aa, aa, aa, aa, "
		  "aa, aa, aa, aa, aa, aa, aa, aa, aa, aa, aa, aa, aa, aa" }, TMG_E_USAGE },
	};
	tmg_ctx *ctx = NULL;

	(void)state;
	assert_int_equal(tmg_ctx_new(&ctx), TMG_OK);
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		tmg_auto_ptr(tmg_http) http = NULL;
		tmg_fault f = { 0 };

		const tmg_rc rc = tmg_http_open(ctx, &rows[i].spec, &f, &http);

		if (rc != rows[i].rc)
			print_message("row %zu: %s\n", i, f.text);
		assert_int_equal(rc, rows[i].rc);
		assert_int_equal(http != NULL, rows[i].rc == TMG_OK);
		assert_int_equal(f.text[0] != '\0', rows[i].rc != TMG_OK);
	}
	tmg_ctx_free(&ctx);
}

/* RFC 3986 5.4, RFC 9110 10.2.2 */
static void
references_are_resolved(void **state)
{
	static const struct {
		const char *reference, *means;
	} rows[] = {
		{ "/acct/1", "https://ra.example:14000/acct/1" },
		{ "order/2", "https://ra.example:14000/acme/order/2" },
		{ "../x", "https://ra.example:14000/x" },
		{ "//other.example/y", "https://other.example/y" },
		{ "?q=1", "https://ra.example:14000/acme/new?q=1" },
		{ "https://RA.example/%7ea/../b", "https://RA.example/%7ea/../b" },
	};
	char text[64];

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		snprintf(text, sizeof(text), "%s", rows[i].reference);
		assert_int_equal(tmg_url_resolve("https://ra.example:14000/acme/new", text,
		    text, sizeof(text)), TMG_OK);
		assert_string_equal(text, rows[i].means);
	}
	assert_int_equal(tmg_url_resolve("https://ra.example/", "/long", text, 8),
	    TMG_E_MALFORMED);
}

static void
an_https_proxy_is_refused(void **state)
{
	static const tmg_http_request q = { .url = "https://ra.example/" };
	tmg_http_response r = { 0 };
	tmg_fault f = { 0 };
	tmg_http *http = NULL;
	tmg_ctx *ctx = NULL;

	(void)state;
	assert_int_equal(tmg_ctx_new(&ctx), TMG_OK);
	assert_int_equal(tmg_http_open(ctx, &(tmg_http_spec){ .unverified = true }, &f,
	    &http), TMG_OK);
	setenv("https_proxy", "https://127.0.0.1:1", 1);
	assert_int_equal(tmg_http_do(http, &q, &r, &f), TMG_E_IO);
	assert_non_null(strstr(f.text, "https://127.0.0.1:1"));
	unsetenv("https_proxy");
	tmg_http_free(&http);
	tmg_ctx_free(&ctx);
}

static void
every_failure_has_words_of_its_own(void **state)
{
	static const struct {
		CURLcode code;
		const char *detail;
		tmg_rc rc;
		const char *says;
	} rows[] = {
		{ CURLE_COULDNT_RESOLVE_HOST, "", TMG_E_IO, "no host of that name" },
		{ CURLE_COULDNT_CONNECT, "", TMG_E_IO, "nobody answers" },
		{ CURLE_GOT_NOTHING, "", TMG_E_IO, "without an answer" },
		{ CURLE_PARTIAL_FILE, "", TMG_E_IO, "cut off" },
		{ CURLE_SSL_CONNECT_ERROR, "error:0A00010B:SSL routines::wrong version number",
		  TMG_UNSUPPORTED, "does not speak TLS" },
		{ CURLE_SSL_CONNECT_ERROR, "error:0A000102:SSL routines::unsupported protocol",
		  TMG_UNSUPPORTED, "TLS 1.2" },
		{ CURLE_RECV_ERROR, "OpenSSL SSL_read: error:0A00045C:SSL routines::"
		  "tlsv13 alert certificate required, errno 0", TMG_DENIED, "client certificate" },
		{ CURLE_RECV_ERROR, "error:", TMG_E_IO, "broke while reading" },
		{ CURLE_TELNET_OPTION_SYNTAX, "odd\nthing", TMG_E_IO, "odd thing" },
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		tmg_fault f = { 0 };

		assert_int_equal(tmg_words_curl(rows[i].code, rows[i].detail, "ra:1", &f),
		    rows[i].rc);
		assert_non_null(strstr(f.text, rows[i].says));
		assert_non_null(strstr(f.text, "ra:1: "));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(headers_are_split_or_refused),
		cmocka_unit_test(retry_after_is_seconds_or_a_date),
		cmocka_unit_test(media_types_are_compared_without_parameters),
		cmocka_unit_test(strangers_text_is_made_one_harmless_line),
		cmocka_unit_test(urls_tell_where_they_lead),
		cmocka_unit_test(references_are_resolved),
		cmocka_unit_test(sessions_believe_somebody_or_do_not_open),
		cmocka_unit_test(an_https_proxy_is_refused),
		cmocka_unit_test(every_failure_has_words_of_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
