/* SPDX-License-Identifier: BSD-2-Clause */
/* Keys that others have: lists of them, and who is refused by one; certificates
 * that are in a file. */
#include <errno.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>

#include "src/base/file.h"
#include "src/base/scope.h"
#include "src/pki/scope.h"
#include "tests/unit/ra-bench.h"
#include "tools/ra/ca/certs-file.h"
#include "tools/ra/ca/known.h"
#include "tools/ra/desk/reload.h"

static void
bn_free(BIGNUM **n)
{
	BN_free(*n);
}
#define auto_bn __attribute__((__cleanup__(bn_free))) BIGNUM

static tmg_view
spki_of(const EVP_PKEY *key, unsigned char **der)
{
	const int len = i2d_PUBKEY(key, der);

	assert_true(len > 0);
	return (tmg_view){ *der, (size_t)len };
}

/* What "openssl rsa -noout -modulus | sha1sum | cut -c 21-40" says of it. */
static void
modulus_line(const EVP_PKEY *key, char line[64])
{
	auto_bn *n = NULL;
	unsigned char hash[20];
	char text[4096];
	char *hex;

	assert_int_equal(EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &n), 1);
	hex = BN_bn2hex(n);
	snprintf(text, sizeof(text), "Modulus=%s\n", hex);
	OPENSSL_free(hex);
	assert_int_equal(EVP_Q_digest(NULL, "SHA1", NULL, text, strlen(text), hash,
	    NULL), 1);
	for (size_t i = 10; i < 20; i++)
		snprintf(line + 2 * (i - 10), 3, "%02x", hash[i]);
}

static ra_known *
list_of(const EVP_PKEY *key, bool by_modulus)
{
	tmg_fault f = { .rc = TMG_OK };
	unsigned char *der = NULL;
	const tmg_view spki = spki_of(key, &der);
	char line[RA_KNOWN_LINE];
	ra_known *known;

	if (by_modulus)
		modulus_line(key, line);
	else
		assert_int_equal(ra_known_line(spki, line), TMG_OK);
	OPENSSL_free(der);
	assert_int_equal(ra_known_new(&known), TMG_OK);
	assert_int_equal(ra_known_parse("l", tmg_view_str(line), known, &f), TMG_OK);
	ra_known_close(known);
	return known;
}

static tmg_rc
is_known(const ra_known *known, const EVP_PKEY *key)
{
	unsigned char *der = NULL;
	const tmg_rc rc = ra_known_check(known, spki_of(key, &der), key);

	OPENSSL_free(der);
	return rc;
}

/* Both kinds of lines, found among many, in whatever order they come. */
static void
test_known(void **state)
{
	tmg_held(EVP_PKEY) ec = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
	tmg_held(EVP_PKEY) rsa = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048);
	tmg_held(EVP_PKEY) other = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048);
	ra_known *one, *many;
	tmg_fault f = { .rc = TMG_OK };
	unsigned char *der = NULL;
	char line[RA_KNOWN_LINE], modulus[64], text[65536];
	size_t at = 0;

	(void)state;
	assert_int_equal(is_known(NULL, ec), TMG_OK);
	one = list_of(ec, false);
	assert_int_equal(is_known(one, ec), TMG_MISMATCH);
	assert_int_equal(is_known(one, rsa), TMG_OK);
	ra_known_free(&one);
	one = list_of(rsa, true);
	assert_int_equal(is_known(one, rsa), TMG_MISMATCH);
	assert_int_equal(is_known(one, other), TMG_OK);
	assert_int_equal(is_known(one, ec), TMG_OK);
	ra_known_free(&one);

	for (unsigned i = 0; i < 400; i++)
		at += (size_t)snprintf(text + at, sizeof(text) - at, "%064x\n%020x\n",
		    i * 2654435761u, i * 2654435761u);
	assert_int_equal(ra_known_line(spki_of(ec, &der), line), TMG_OK);
	OPENSSL_free(der);
	modulus_line(rsa, modulus);
	at += (size_t)snprintf(text + at, sizeof(text) - at, "%s  # remark\n%s\n%064x\n",
	    line, modulus, 0u);
	assert_int_equal(ra_known_new(&many), TMG_OK);
	assert_int_equal(ra_known_parse("l", (tmg_view){ (uint8_t *)text, at }, many, &f),
	    TMG_OK);
	ra_known_close(many);
	assert_int_equal(is_known(many, ec), TMG_MISMATCH);
	assert_int_equal(is_known(many, rsa), TMG_MISMATCH);
	assert_int_equal(is_known(many, other), TMG_OK);
	ra_known_free(&many);
}

#define H16 "0123456789abcDEF"

static void
test_known_lines(void **state)
{
	static const struct {
		const char *text;
		int wrong;		/* the line, 0: none */
	} rows[] = {
		{ "", 0 }, { "\n\n  \n", 0 }, { "# remark\n", 0 },
		{ H16 H16 H16 H16, 0 }, { "  " H16 H16 H16 H16 "\t# r\r\n", 0 },
		{ H16 "0123", 0 }, { H16 "0123\r\n" H16 H16 H16 H16 "\r\n", 0 },
		{ H16 H16 H16 H16 "#", 0 },
		{ H16 H16 H16 H16 "0", 1 }, { H16 H16 H16 "0123456789abcde", 1 },
		{ H16 H16 H16 H16 H16 H16, 1 }, { H16, 1 }, { "0", 1 },
		{ H16 "01234", 1 }, { H16 "012", 1 },
		{ H16 H16 H16 H16 " name\n", 1 }, { "# a\n\n" H16 "012g\n", 3 },
		{ "\xef\xbb\xbf" H16 "0123\n", 1 }, { H16 "0123\nzz\n", 2 },
		{ "SHA256:" H16 H16 H16 H16, 1 },
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		tmg_fault f = { .rc = TMG_OK };
		char where[16];
		ra_known *known;

		assert_int_equal(ra_known_new(&known), TMG_OK);
		const tmg_rc rc = ra_known_parse("l", tmg_view_str(rows[i].text), known,
		    &f);

		ra_known_free(&known);
		snprintf(where, sizeof(where), "l:%d:", rows[i].wrong);
		if (rc != (rows[i].wrong ? TMG_MISMATCH : TMG_OK) ||
		    (rows[i].wrong && strncmp(f.text, where, strlen(where)) != 0))
			fail_msg("row %zu: %d %s", i, (int)rc, f.text);
	}
}

/* ---- at the desk ---- */

static tmg_rc
hand_in(struct bench *b, const struct csr *c, ra_app *app, ra_cert *cert)
{
	return ra_desk_submit(&b->desk, &(ra_submission){ .owner = "a",
	    .profile = ra_profiles_find(b->desk.profiles, "auto"),
	    .csr = { c->der, c->len } }, app, cert);
}

static void
write_list(const struct bench *b, const char *text)
{
	char path[256];

	bench_path(b, "weak.keys", path);
	assert_int_equal(tmg_file_replace(path, tmg_view_str(text), 0644), TMG_OK);
}

static void
name_list(const struct bench *b)
{
	static const char setting[] = "weak_keys = [ \"weak.keys\" ];\n";
	tmg_auto_free uint8_t *text = NULL;
	char path[256], next[8192];
	size_t len;

	bench_path(b, "ra.conf", path);
	assert_int_equal(tmg_file_read(path, sizeof(next) - sizeof(setting), &text,
	    &len), TMG_OK);
	snprintf(next, sizeof(next), "%s%s", (char *)text, setting);
	assert_int_equal(tmg_file_replace(path, tmg_view_str(next), 0600), TMG_OK);
}

static tmg_rc
reload(struct bench *b)
{
	tmg_auto_ptr(ra_book) book = NULL;
	const tmg_rc rc = ra_reload_read(&b->desk, &book);

	if (rc == TMG_OK)
		ra_reload_put(&b->desk, &book);
	return rc;
}

/* Refused at the door from the moment the list is read, and when it is taken
 * off again taken; a list with a mistake changes nothing. */
static void
test_at_the_desk(void **state)
{
	struct bench *b = *state;
	auto_csr c = { NULL, { 0 }, 0 }, other = { NULL, { 0 }, 0 };
	tmg_auto(ra_app) app = { .id = "" }, next = { .id = "" };
	tmg_auto(ra_cert) cert = { .der = NULL }, more = { .der = NULL };
	unsigned char *der = NULL;
	char line[RA_KNOWN_LINE];

	make_csr(&c, "Known", NULL);
	make_csr(&other, "Other", NULL);
	assert_int_equal(ra_known_line(spki_of(c.key, &der), line), TMG_OK);
	OPENSSL_free(der);
	name_list(b);
	assert_int_equal(reload(b), TMG_NOT_FOUND);
	write_list(b, line);
	assert_int_equal(reload(b), TMG_OK);
	assert_int_equal(hand_in(b, &c, &app, &cert), TMG_MISMATCH);
	assert_non_null(strstr(b->desk.fault.text, "[known-key]"));
	assert_string_equal(app.id, "");
	assert_int_equal(hand_in(b, &other, &next, &more), TMG_OK);

	write_list(b, "# nothing\nnot a key\n");
	assert_int_equal(reload(b), TMG_MISMATCH);
	assert_non_null(strstr(b->desk.fault.text, "weak.keys:2"));
	assert_int_equal(hand_in(b, &c, &app, &cert), TMG_MISMATCH);

	write_list(b, "# nothing\n");
	assert_int_equal(reload(b), TMG_OK);
	assert_int_equal(hand_in(b, &c, &app, &cert), TMG_OK);
}

static int
drop_list(void **state)
{
	char path[256];

	bench_path(*state, "weak.keys", path);
	remove(path);
	return bench_tear_down(state);
}

/* Found on a list only while an officer thought about it. */
static void
test_before_it_is_signed(void **state)
{
	struct bench *b = *state;
	const ra_actor officer = { RA_BY_OFFICER, "officer:o" };
	auto_csr c = { NULL, { 0 }, 0 };
	tmg_auto(ra_app) app = { .id = "" }, decided = { .id = "" };
	tmg_auto(ra_cert) cert = { .der = NULL };
	unsigned char *der = NULL;
	char line[RA_KNOWN_LINE];

	make_csr(&c, "Later", NULL);
	assert_int_equal(ra_known_line(spki_of(c.key, &der), line), TMG_OK);
	OPENSSL_free(der);
	assert_int_equal(ra_desk_submit(&b->desk, &(ra_submission){ .owner = "a",
	    .profile = ra_profiles_find(b->desk.profiles, "officer"),
	    .csr = { c.der, c.len } }, &app, &cert), TMG_PENDING);
	name_list(b);
	write_list(b, line);
	assert_int_equal(reload(b), TMG_OK);
	assert_int_equal(ra_desk_decide(&b->desk, app.id, RA_EV_CONFIRM, &officer, "",
	    &decided), TMG_OK);
	assert_int_not_equal(ra_desk_progress(&b->desk, &decided, &cert), TMG_OK);
	assert_int_equal(decided.state, RA_ISSUE_FAILED);
	assert_non_null(strstr(b->desk.fault.text, "[known-key]"));
}

/* What several settings name: whom to believe, and who we are. */
static void
test_certs_file(void **state)
{
	struct bench *b = *state;
	tmg_auto_ptr(tmg_certs) certs = NULL;
	tmg_fault f = { .rc = TMG_OK };
	char path[256];

	bench_path(b, "ca.pem", path);
	assert_int_equal(ra_certs_file(path, &certs, &f), TMG_OK);
	assert_int_equal(ra_certs_file(path, &certs, &f), TMG_OK);
	assert_int_equal(tmg_certs_count(certs), 1);
	bench_path(b, "ra.conf", path);
	assert_int_equal(ra_certs_file(path, &certs, &f), TMG_MISMATCH);
	assert_non_null(strstr(f.text, path));
	bench_path(b, "no.pem", path);
	assert_int_equal(ra_certs_file(path, &certs, &f), TMG_NOT_FOUND);
	assert_non_null(strstr(f.text, strerror(ENOENT)));
	assert_int_equal(tmg_certs_count(certs), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_known_lines),
		cmocka_unit_test_setup_teardown(test_at_the_desk, bench_set_up,
		    drop_list),
		cmocka_unit_test_setup_teardown(test_before_it_is_signed, bench_set_up,
		    drop_list),
		cmocka_unit_test_setup_teardown(test_certs_file, bench_set_up,
		    bench_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
