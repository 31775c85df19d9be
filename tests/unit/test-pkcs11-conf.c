/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the PKCS#11 module takes from tamga.conf, and that nothing in the file
 * keeps it from starting.
 */
#include "tests/unit/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "pkcs11/conf.h"

static char file[64];

static int
make_file(void **state)
{
	const char *tmp = getenv("TMPDIR");
	int fd;

	(void)state;
	snprintf(file, sizeof(file), "%.40s/tamga-conf.XXXXXX",
	    tmp != NULL ? tmp : "/tmp");
	fd = mkstemp(file);
	if (fd < 0)
		return -1;
	close(fd);
	return setenv("TAMGA_CONF", file, 1);
}

static int
drop_file(void **state)
{
	(void)state;
	return unlink(file);
}

static void
load(const char *text, tmg_p11_conf *conf, tmg_fault *f)
{
	FILE *out = fopen(file, "w");

	assert_non_null(out);
	fputs(text, out);
	assert_int_equal(fclose(out), 0);
	*f = (tmg_fault){ .rc = TMG_OK };
	tmg_p11_conf_load(conf, f);
}

static void
test_values(void **state)
{
	tmg_p11_conf conf;
	tmg_fault f;

	(void)state;
	load("token = \"the program's\"; enroll = { ca = \"est+https://x\"; };\n"
	    "readers = { pcsc = false; vcard = \"/v\"; keypads = [ \"Sound*\" ]; };\n"
	    "pkcs11 = { probe-ms = 500; pin-cache = \"none\"; trace = \"/t\";\n"
	    "  readers = [ \"Yubico *\", \"Gem*\" ]; ignore-readers = [ \"*CCID*\" ];\n"
	    "  all-applications = [ \"Yubi*\" ]; };",
	    &conf, &f);
	assert_int_equal(f.rc, TMG_OK);
	assert_false(conf.pcsc);
	assert_string_equal(conf.vcard, "/v");
	assert_int_equal(conf.probe_ms, 500);
	assert_false(tmg_p11_conf_keeps_pin(&conf));
	assert_string_equal(conf.trace, "/t");
	assert_true(tmg_texts_match(&conf.keypads, "Sound Reader 00 00"));
	assert_false(tmg_texts_match(&conf.keypads, "Another"));
	assert_true(tmg_p11_conf_wants(&conf, "Yubico YubiKey 00 00"));
	assert_true(tmg_p11_conf_wants(&conf, "Gemalto"));
	assert_false(tmg_p11_conf_wants(&conf, "Yubico YubiKey CCID 00 00"));
	assert_false(tmg_p11_conf_wants(&conf, "ACS"));
	assert_true(tmg_p11_conf_whole(&conf, "Yubico YubiKey 00 00"));
	assert_false(tmg_p11_conf_whole(&conf, "Gemalto"));
}

static void
is_default(const tmg_p11_conf *conf)
{
	assert_true(conf->pcsc);
	assert_int_equal(conf->probe_ms, 2000);
	assert_true(tmg_p11_conf_keeps_pin(conf));
	assert_string_equal(conf->trace, "");
	assert_true(tmg_p11_conf_wants(conf, "any"));
	assert_int_equal(conf->keypads.count, 0);
	assert_false(tmg_p11_conf_whole(conf, "any"));
}

/* A file counts whole or not at all, and says where it is wrong. */
static void
test_malformed(void **state)
{
	static const struct { const char *text, *at; } t[] = {
		{ "readers = { pcsc = false; };\npkcs11 = {", ":2:" },
		{ "pkcs11 = { trace = \"/t\";\n probe-ms = 0; };", ":2:" },
		{ "pkcs11 = { trace = \"/t\";\n\n pin-cache = true; };", ":3:" },
		{ "@include \"/etc/passwd\"", "@include" },
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(t); i++) {
		tmg_p11_conf conf;
		tmg_fault f;

		load(t[i].text, &conf, &f);
		is_default(&conf);
		assert_int_equal(f.rc, TMG_E_USAGE);
		assert_non_null(strstr(f.text, t[i].at));
		assert_non_null(strstr(f.text, file));
	}
}

static void
test_none(void **state)
{
	tmg_p11_conf conf;
	tmg_fault f = { .rc = TMG_OK };

	(void)state;
	load("", &conf, &f);
	is_default(&conf);
	assert_int_equal(f.rc, TMG_OK);
	assert_int_equal(setenv("TAMGA_CONF", "/nowhere/at/all", 1), 0);
	tmg_p11_conf_load(&conf, &f);
	is_default(&conf);
	assert_int_equal(f.rc, TMG_OK);
	assert_int_equal(setenv("TAMGA_CONF", "/", 1), 0);
	tmg_p11_conf_load(&conf, &f);
	is_default(&conf);
	assert_int_not_equal(f.rc, TMG_OK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_malformed),
		cmocka_unit_test(test_none),
	};

	return cmocka_run_group_tests(tests, make_file, drop_file);
}
