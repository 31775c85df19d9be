/* SPDX-License-Identifier: BSD-2-Clause */
/* What comes as text: profiles, settings, EST bodies, credentials. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/file.h"
#include "src/base/scope.h"
#include "tests/unit/test.h"
#include "tools/ra/desk/conf.h"
#include "tools/ra/est/est.h"
#include "tools/ra/http/media.h"
#include "tools/ra/http/basic.h"
#include "tools/ra/profile/csrattrs.h"
#include "tools/ra/profile/profile.h"

#define GOOD \
	"title = \"T\";\n" \
	"approval = \"officer\";\n" \
	"validity_days = 30;\n" \
	"keys = [\"ec:p256\", \"rsa:2048\"];\n" \
	"key_usage = [\"digitalSignature\"];\n" \
	"subject: { required = [\"CN\"]; allowed = [\"CN\", \"O\"]; };\n"

/* Line 7 and on follow six good ones; lines are counted by libconfig. */
static const struct {
	const char *what, *text, *says;
} bad_profiles[] = {
	{ "no text", "", "the setting title is missing" },
	{ "unknown setting", GOOD "colour = \"red\";\n", "p:7: colour: there is no such" },
	{ "unknown in a group", GOOD "san: { wanted = [\"dns\"]; };\n", "p:7: san.wanted" },
	{ "syntax", GOOD "keys = [\"a\"\n;\n", "p:" },
	{ "number for a text", "title = 5;\n", "p:1: title: not a quoted text" },
	{ "text for a number", "validity_days = \"x\";\n", "p:1: validity_days: not a number" },
	{ "float", "validity_days = 1.5;\n", "p:1: validity_days" },
	{ "huge", "\nvalidity_days = 99999999;\n", "p:2: validity_days: 99999999 is not between" },
	{ "zero", "validity_days = 0;\n", "is not between 1 and 36500" },
	{ "approval", "\n\napproval = \"maybe\";\n", "p:3: approval: \"maybe\" is not" },
	{ "key type", "keys = [\"ec:p256\",\n\"dsa\"];\n", "keys: \"dsa\" is not a key type" },
	{ "key that cannot sign", "keys = [\"x25519\"];\n", "\"x25519\"" },
	{ "list of numbers", "keys = [1, 2];\n", "entries are quoted words" },
	{ "a word where a list is", "keys = \"ec:p256\";\n", "p:1: keys: not an array" },
	{ "usage", "key_usage = [\"signing\"];\n", "key_usage: \"signing\"" },
	{ "extended usage", GOOD "ext_key_usage = [\"fly\"];\n", "p:7: ext_key_usage: \"fly\"" },
	{ "attribute", "subject: {\n allowed = [\"shoe\"]; };\n", "p:2: subject.allowed: \"shoe\"" },
	{ "san", GOOD "san: { allowed = [\"fax\"]; };\n", "p:7: san.allowed: \"fax\"" },
	{ "csrattrs", GOOD "csrattrs = [\"all\"];\n", "p:7: csrattrs: \"all\"" },
	{ "flag", GOOD "renewal: { same_key = 1; };\n", "p:7: renewal.same_key: not true" },
	{ "window", GOOD "renewal: { window_days = 31; };\n", "longer than validity_days" },
	{ "required, not allowed", GOOD "san: { required = [\"dns\"]; };\n",
	    "san.required has dns" },
	{ "no keys", "title=\"T\";approval=\"officer\";validity_days=1;keys=[];"
	    "key_usage=[\"digitalSignature\"];subject:{required=[];allowed=[];};",
	    "keys is empty" },
	{ "too many words", "keys = [\"rsa\",\"rsa\",\"rsa\",\"rsa\",\"rsa\",\"rsa\","
	    "\"rsa\",\"rsa\",\"rsa\",\"rsa\",\"rsa\",\"rsa\",\"rsa\",\"rsa\",\"rsa\","
	    "\"rsa\",\"rsa\",\"rsa\",\"rsa\",\"rsa\",\"rsa\",\"rsa\",\"rsa\",\"rsa\","
	    "\"rsa\"];", "more than 24" },
	{ "long word", "keys = [\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaa\"];", "longer than 63" },
	{ "deep", "a:{b:{c:{d:{e:{f=1;};};};};};", "nested too deep" },
};

static void
test_bad_profiles(void **state)
{
	(void)state;
	for (size_t i = 0; i < TMG_COUNT(bad_profiles); i++) {
		tmg_fault f = { .rc = TMG_OK };
		static ra_profile p;

		if (ra_profile_parse("p", bad_profiles[i].text, &p, &f) !=
		    TMG_MISMATCH || strstr(f.text, bad_profiles[i].says) == NULL)
			fail_msg("%s: \"%s\"", bad_profiles[i].what, f.text);
	}
}

static void
test_good_profile(void **state)
{
	tmg_fault f = { .rc = TMG_OK };
	static ra_profile p;

	(void)state;
	assert_int_equal(ra_profile_parse("p", GOOD, &p, &f), TMG_OK);
	assert_string_equal(p.approval, "officer");
	assert_string_equal(p.renewal_approval, "automatic");
	assert_int_equal(p.validity_days, 30);
	assert_int_equal(p.keys.count, 2);
	assert_true(ra_words_have(&p.subject_allowed, "O"));
	assert_false(ra_words_have(&p.subject_required, "O"));
	assert_int_equal(p.san_allowed.count, 0);
}

static void
test_shipped_profiles(void **state)
{
	tmg_auto(ra_profiles) all = { 0 }, none = { 0 };
	tmg_fault f = { .rc = TMG_OK };
	const char *top = getenv("top_srcdir");
	char folder[4096];

	(void)state;
	snprintf(folder, sizeof(folder), "%s/share/profiles", top ? top : ".");
	if (ra_profiles_load(folder, &all, &f) != TMG_OK)
		fail_msg("%s", f.text);
	assert_non_null(ra_profiles_find(&all, "employee"));
	assert_non_null(ra_profiles_find(&all, "employee-reviewed"));
	assert_non_null(ra_profiles_find(&all, "device"));
	assert_null(ra_profiles_find(&all, "employe"));
	assert_int_equal(ra_profiles_load("/nonexistent", &none, &f), TMG_NOT_FOUND);
}

#define CONF "store=\"s\";profiles=\"p\";default_profile=\"d\";" \
	"ca:{certificate=\"c\";key=\"k\";};tls:{certificate=\"c\";key=\"k\";};\n"

static const struct {
	const char *text, *says;
} bad_configs[] = {
	{ "", "store is missing" },
	{ CONF "listen = \"8443\";", "c:2: listen" },
	{ CONF "listen = \"a:b\";", "c:2: listen" },
	{ CONF "listen = \":1\";", "c:2: listen" },
	{ CONF "threads = 0;", "c:2: threads: 0 is not between 1 and 64" },
	{ CONF "request_seconds = 0;",
	    "c:2: request_seconds: 0 is not between 1 and 3600" },
	{ CONF "crl: { url = \"ftp://x\"; };", "c:2: crl.url" },
	{ CONF "crl: { url = \"http://x,DNS:y\"; };", "c:2: crl.url" },
	{ CONF "port = 5;", "c:2: port: there is no such setting" },
	/* what settings ask of each other: the line of one that is there */
	{ CONF "upstream: {\nurl = \"est+https://a\";\nuser = \"u\";\npassword_file = \"p\";\n};",
	    "c:1: either ca.key" },
	{ CONF "\nmail: {\nserver = \"smtp://a\";\n};", "c:4: mail.server needs" },
	{ CONF "\nmail: { server = \"smtp://a\"; from = \"a@b.test\";\npassword_file = \"p\"; };",
	    "c:4: mail.user and" },
	{ CONF "crl: { days = 1;\n\nevery_hours = 24; };", "c:4: crl.every_hours" },
	{ CONF "ocsp: { key = \"k\";\npin_file = \"p\"; };", "c:3: ocsp.pin_file" },
	{ CONF "ocsp: { key =\n\"pkcs11:x\"; };", "c:2: ocsp.pin_file" },
	{ CONF "scep: { key = \"k\";\ncertificate = \"p\"; };", "c:3: scep.certificate" },
	{ "store=\"s\";profiles=\"p\";default_profile=\"d\";\nca:{certificate=\"c\";};"
	    "tls:{certificate=\"c\";key=\"k\";};", "c:2: either ca.key" },
	{ "store=\"s\";profiles=\"p\";default_profile=\"d\";ca:{certificate=\"c\";\n"
	    "next_certificate=\"n\";};tls:{certificate=\"c\";key=\"k\";};upstream:"
	    "{url=\"est+https://a\";user=\"u\";password_file=\"p\";};",
	    "c:2: ca.next_certificate" },
	{ CONF "upstream: { challenges = \"keep\";\nchanges = \"no\"; };",
	    "c:3: upstream.changes" },
	{ CONF "upstream: { challenges = \"no\"; };", "\"keep\" or \"pass\"" },
};

static void
test_config(void **state)
{
	tmg_fault f = { .rc = TMG_OK };
	ra_config c;
	char path[PATH_MAX];

	(void)state;
	assert_int_equal(ra_config_parse("c", CONF, &c, &f), TMG_OK);
	assert_string_equal(c.listen, "127.0.0.1:8443");
	strcpy(c.folder, "/etc/tamga");
	assert_int_equal(ra_config_path(&c, "ca.pem", path), TMG_OK);
	assert_string_equal(path, "/etc/tamga/ca.pem");
	assert_int_equal(ra_config_path(&c, "/ca.pem", path), TMG_OK);
	assert_string_equal(path, "/ca.pem");
	for (size_t i = 0; i < TMG_COUNT(bad_configs); i++)
		if (ra_config_parse("c", bad_configs[i].text, &c, &f) !=
		    TMG_MISMATCH || strstr(f.text, bad_configs[i].says) == NULL)
			fail_msg("%s: \"%s\"", bad_configs[i].text, f.text);
}

static const struct {
	const char *body;
	tmg_rc rc;
	size_t len;
} bodies[] = {
	{ "MAA=", TMG_OK, 2 },
	{ "MAA", TMG_OK, 2 },
	{ "M\r\nA\tA =\n\n", TMG_OK, 2 },
	{ "", TMG_MISMATCH, 0 },
	{ "\n", TMG_MISMATCH, 0 },
	{ "====", TMG_MISMATCH, 0 },
	{ "MA-A", TMG_MISMATCH, 0 },
	{ "AAAA", TMG_MISMATCH, 0 },
	{ "-----BEGIN CERTIFICATE REQUEST-----\nMAA=\n", TMG_MISMATCH, 0 },
	{ "MAAwMAAwMAAwMAAwMAAwMAAwMAAw", TMG_MISMATCH, 0 },
};

static void
test_bodies(void **state)
{
	(void)state;
	for (size_t i = 0; i < TMG_COUNT(bodies); i++) {
		uint8_t store[16];
		tmg_out der = TMG_OUT(store);
		tmg_fault f;

		assert_int_equal(ra_est_body(tmg_view_str(bodies[i].body), &der, &f),
		    bodies[i].rc);
		if (bodies[i].rc == TMG_OK)
			assert_int_equal(der.len, bodies[i].len);
	}
	assert_true(ra_media_is("application/pkcs10", "application/pkcs10"));
	assert_true(ra_media_is("Application/PKCS10; x=y", "application/pkcs10"));
	assert_false(ra_media_is("application/pkcs10x", "application/pkcs10"));
	assert_false(ra_media_is("", "application/pkcs10"));
}

static const struct {
	const char *header;
	tmg_rc rc;
	const char *user, *password;
} credentials[] = {
	{ "Basic YTpi", TMG_OK, "a", "b" },
	{ "basic  YTpi", TMG_OK, "a", "b" },
	{ "Basic YTpiOmM=", TMG_OK, "a", "b:c" },
	{ "Basic YTo=", TMG_OK, "a", "" },
	{ "Bearer YTpi", TMG_NOT_FOUND, "", "" },
	{ "", TMG_NOT_FOUND, "", "" },
	{ "Basic", TMG_NOT_FOUND, "", "" },
	{ "Basic ", TMG_MISMATCH, "", "" },
	{ "Basic YWI=", TMG_MISMATCH, "", "" },		/* no colon */
	{ "Basic OmI=", TMG_MISMATCH, "", "" },		/* no account */
	{ "Basic YQBhOmI=", TMG_MISMATCH, "", "" },	/* a zero byte in it */
	{ "Basic YSBiOmM=", TMG_MISMATCH, "", "" },	/* a space in it */
	{ "Basic ****", TMG_MISMATCH, "", "" },
};

static void
test_credentials(void **state)
{
	char *big;

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(credentials); i++) {
		tmg_auto_secret password = { .len = 0 };
		char user[RA_OWNER_MAX] = "";

		if (ra_basic_parse(credentials[i].header, user, &password) !=
		    credentials[i].rc)
			fail_msg("%s", credentials[i].header);
		if (credentials[i].rc != TMG_OK)
			continue;
		assert_string_equal(user, credentials[i].user);
		assert_true(tmg_view_equal(tmg_secret_view(&password),
		    tmg_view_str(credentials[i].password)));
	}

	/* longer than any account and password together */
	big = malloc(4096);
	assert_non_null(big);
	memset(big, 'A', 4095);
	memcpy(big, "Basic ", 6);
	big[4095] = '\0';
	{
		tmg_auto_secret password = { .len = 0 };
		char user[RA_OWNER_MAX];

		assert_int_equal(ra_basic_parse(big, user, &password), TMG_MISMATCH);
	}
	free(big);
}

/* Against the DER that openssl makes of the same (asn1parse by hand). */
static void
test_csrattrs(void **state)
{
	static const uint8_t want[] = { 0x30, 0x22,
		0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x07,
		0x30, 0x15, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01,
		0x31, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01,
		0x07 };
	uint8_t store[RA_CSRATTRS_MAX];
	tmg_out der = TMG_OUT(store);
	tmg_fault f = { .rc = TMG_OK };
	static ra_profile p;

	(void)state;
	assert_int_equal(ra_profile_parse("p",
	    GOOD "csrattrs = [\"key\", \"challenge\"];", &p, &f), TMG_OK);
	assert_int_equal(ra_csrattrs_make(&p, &der), TMG_OK);
	assert_int_equal(der.len, sizeof(want));
	assert_memory_equal(der.ptr, want, sizeof(want));

	der.len = 0;
	assert_int_equal(ra_profile_parse("p", GOOD, &p, &f), TMG_OK);
	assert_int_equal(ra_csrattrs_make(&p, &der), TMG_OK);
	assert_int_equal(der.len, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bad_profiles),
		cmocka_unit_test(test_good_profile),
		cmocka_unit_test(test_shipped_profiles),
		cmocka_unit_test(test_config),
		cmocka_unit_test(test_bodies),
		cmocka_unit_test(test_credentials),
		cmocka_unit_test(test_csrattrs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
