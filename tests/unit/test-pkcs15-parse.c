/* SPDX-License-Identifier: BSD-2-Clause */
/* Directories of PKCS #15 cards: as they should be, and as they should not. */
#include "tests/unit/test.h"

#include "drivers/pkcs15/parse.h"
#include "src/codec/hex.h"
#include "tests/unit/pkcs15-shapes.h"

static uint8_t store[4096];
static const tmg_path app = { { 0x3f, 0x00, 0x50, 0x15 }, 4 };
static const tmg_path home = { { 0x3f, 0xff }, 2 };

static tmg_view
hex(const char *text)
{
	tmg_out out = TMG_OUT(store);

	assert_int_equal(tmg_hex_parse(tmg_view_str(text), &out), TMG_OK);
	return tmg_out_view(&out);
}

/* The first object of a directory. */
static tmg_view
object(const char *text, uint32_t *tag)
{
	tmg_view in = hex(text), content;
	size_t size;

	assert_int_equal(tmg_p15_next(&in, tag, &content, &size), TMG_OK);
	return content;
}

static void
assert_text(tmg_view v, const char *text)
{
	assert_view_equal(v, tmg_view_str(text));
}

static void
assert_path(const tmg_path *path, const char *text)
{
	char got[2 * TMG_PATH_MAX + 1];

	tmg_hex_text(got, sizeof(got), tmg_path_view(path));
	assert_string_equal(got, text);
}

/* ---- as it should be ------------------------------------------------------ */

static void
the_directory_of_directories(void **state)
{
	static const struct {
		tmg_p15_dir dir;
		const char *path;
	} want[] = {
		{ P15_PRIVATE, "3F0050154400" }, { P15_PUBLIC, "3F0050154401" },
		{ P15_CERTS, "3F0050154402" }, { P15_DATA, "3F0050154403" },
		{ P15_AUTH, "3F0050154404" },
	};
	tmg_p15_source rows[P15_SOURCES];
	size_t n;

	(void)state;
	/* and once more, with filling behind: the same file is one */
	assert_int_equal(tmg_p15_odf_parse(hex(P15_ODF P15_ODF "0000FFFF"), &home,
	    rows, P15_SOURCES, &n), TMG_OK);
	assert_int_equal(n, TMG_COUNT(want));
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(rows[i].dir, want[i].dir);
		assert_path(&rows[i].value.place.path, want[i].path);
	}
	/* no more than there is room for */
	assert_int_equal(tmg_p15_odf_parse(hex(P15_ODF), &home, rows, 2, &n), TMG_OK);
	assert_int_equal(n, 2);
}

static void
what_the_token_says_of_itself(void **state)
{
	tmg_p15_algorithm a;
	tmg_p15_info info;

	(void)state;
	assert_int_equal(tmg_p15_info_parse(hex(P15_INFO), &info), TMG_OK);
	assert_int_equal(info.serial.len, 8);
	assert_text(info.manufacturer, "Example Works");
	assert_text(info.label, "My token");
	assert_false(info.readonly);
	assert_true(info.login && info.random && info.prepared);
	assert_int_equal(info.algorithms.len, 0);

	assert_int_equal(tmg_p15_info_parse(hex(P15_ALGS), &info), TMG_OK);
	assert_int_equal(tmg_p15_algorithm_next(&info.algorithms, &a), TMG_OK);
	assert_int_equal(a.reference, 1);
	assert_int_equal(a.mechanism, 1);
	assert_int_equal(a.operations, 2);
	assert_int_equal(a.card, 2);
	assert_int_equal(tmg_p15_algorithm_next(&info.algorithms, &a), TMG_OK);
	assert_int_equal(a.mechanism, 0x1041);
	assert_int_equal(a.card, 4);
	assert_int_equal(tmg_p15_algorithm_next(&info.algorithms, &a),
	    TMG_NOT_FOUND);
}

static void
keys(void **state)
{
	tmg_p15_key key;
	tmg_view content;
	uint32_t tag;

	(void)state;
	content = object(P15_PRK_RSA, &tag);
	assert_int_equal(tmg_p15_key_parse(tag, content, &app, &key), TMG_OK);
	assert_int_equal(key.family, TMG_FAMILY_RSA);
	assert_text(key.common.label, "Signing key");
	assert_true(key.common.is_private && key.common.modifiable);
	assert_view_equal(key.common.auth, (tmg_view)BYTES("\x01"));
	assert_false(key.common.consent);
	assert_view_equal(key.id, (tmg_view)BYTES("\x45"));
	assert_int_equal(key.usage, P15_USE_SIGN | P15_USE_NON_REPUDIATION);
	assert_true(key.access & P15_ACCESS_LOCAL);
	assert_true(key.native);
	assert_int_equal(key.reference, 1);
	assert_int_equal(key.bits, 2048);
	assert_path(&key.value.place.path, "3F0050154B01");

	content = object(P15_PRK_EC, &tag);
	assert_int_equal(tmg_p15_key_parse(tag, content, &app, &key), TMG_OK);
	assert_int_equal(key.family, TMG_FAMILY_EC);
	assert_int_equal(key.usage, P15_USE_SIGN | P15_USE_DERIVE);
	assert_true(key.common.consent);
	assert_int_equal(key.bits, 256);
	assert_int_equal(key.reference, 2);
}

static void
certificates_and_data(void **state)
{
	tmg_p15_cert cert;
	tmg_p15_data data;
	tmg_view content;
	uint32_t tag;

	(void)state;
	content = object(P15_CERT, &tag);
	assert_int_equal(tmg_p15_cert_parse(tag, content, &app, &cert), TMG_OK);
	assert_view_equal(cert.id, (tmg_view)BYTES("\x45"));
	assert_false(cert.authority);
	assert_path(&cert.value.place.path, "3F0050154301");
	assert_int_equal(cert.value.place.length, 0);

	content = object(P15_CA, &tag);
	assert_int_equal(tmg_p15_cert_parse(tag, content, &app, &cert), TMG_OK);
	assert_true(cert.authority);
	assert_int_equal(cert.value.place.offset, 16);
	assert_int_equal(cert.value.place.length, 512);

	content = object(P15_NOTE, &tag);
	assert_int_equal(tmg_p15_data_parse(tag, content, &app, &data), TMG_OK);
	assert_text(data.common.label, "Note");
	assert_text(data.application, "App");
	assert_view_equal(data.oid, (tmg_view)BYTES("\x2a\x03\x04"));
	assert_path(&data.value.place.path, "3F0050154601");
}

static void
pins(void **state)
{
	tmg_p15_pin pin;
	tmg_view content;
	uint32_t tag;

	(void)state;
	content = object(P15_PIN, &tag);
	assert_int_equal(tmg_p15_pin_parse(tag, content, &app, &pin), TMG_OK);
	assert_view_equal(pin.id, (tmg_view)BYTES("\x01"));
	assert_int_equal(pin.flags, P15_PIN_CASE | P15_PIN_LOCAL |
	    P15_PIN_INITIALIZED | P15_PIN_PADDED);
	assert_int_equal(pin.type, P15_PIN_ASCII);
	assert_int_equal(pin.min, 4);
	assert_int_equal(pin.stored, 8);
	assert_int_equal(pin.max, 8);
	assert_int_equal(pin.reference, 1);
	assert_int_equal(pin.pad, 0xff);
	assert_path(&pin.path, "3F005015");

	content = object(P15_PUK, &tag);
	assert_int_equal(tmg_p15_pin_parse(tag, content, &app, &pin), TMG_OK);
	assert_true(pin.flags & P15_PIN_UNBLOCKING);
	assert_int_equal(pin.max, 16);
	assert_int_equal(pin.path.len, 0);

	content = object(P15_SO, &tag);
	assert_int_equal(tmg_p15_pin_parse(tag, content, &app, &pin), TMG_OK);
	assert_true(pin.flags & P15_PIN_SO);
	assert_int_equal(pin.type, P15_PIN_BCD);
}

static void
applications(void **state)
{
	tmg_p15_app a;

	(void)state;
	assert_int_equal(tmg_p15_apps_parse(hex(P15_EID), &a), TMG_OK);
	assert_text(a.label, "Example");
	assert_path(&a.path, "3F005015");
	assert_int_equal(a.odf.len, 0);
	/* by the standard's number, behind another, with its own files */
	assert_int_equal(tmg_p15_apps_parse(hex(P15_EID2), &a), TMG_OK);
	assert_int_equal(a.path.len, 0);
	assert_path(&a.odf, "3F0050155051");
	assert_path(&a.info, "5052");
	assert_int_equal(tmg_p15_apps_parse(hex("61094F07A0000003080000"), &a),
	    TMG_NOT_FOUND);
	assert_int_equal(tmg_p15_apps_parse(hex("0000"), &a), TMG_NOT_FOUND);
}

static void
what_was_deleted_is_skipped(void **state)
{
	tmg_view in = hex("0003010203" "3001AA" "0000"), content;
	uint32_t tag;
	size_t size;

	(void)state;
	assert_int_equal(tmg_p15_next(&in, &tag, &content, &size), TMG_OK);
	assert_int_equal(tag, 0x30);
	assert_int_equal(size, 3);
	assert_view_equal(content, (tmg_view)BYTES("\xaa"));
	assert_int_equal(tmg_p15_next(&in, &tag, &content, &size), TMG_NOT_FOUND);
}

/* ---- as it should not be ----------------------------------------------------- */

static void
bad_objects(void **state)
{
	static const struct {
		char kind;	/* k, c, d, p */
		const char *hex;
		tmg_rc rc;
	} cases[] = {
		/* good, for comparison */
		{ 'k', "301C3003030100300704014503020520A10C300A300404024B010202"
		    "0400",
		    TMG_OK },
		{ 'c', "301430030301003003040145A1083006300404024301", TMG_OK },
		{ 'p', "301B30030301003003040101A10F300D030203480A01010201040201"
		    "08",
		    TMG_OK },
		/* truncated: a label longer than what it stands in */
		{ 'k', "300730050C05414141", TMG_E_MALFORMED },
		/* no class, no type */
		{ 'k', "30133003030100A10C300A300404024B0102020400", TMG_E_MALFORMED },
		{ 'k', "300E3003030100300704014503020520", TMG_E_MALFORMED },
		/* wrong tags: an INTEGER for the id, a SEQUENCE for the usage */
		{ 'k', "301C3003030100300702014503020520A10C300A300404024B010202"
		    "0400",
		    TMG_E_MALFORMED },
		{ 'k', "301A300303010030050401453000A10C300A300404024B0102020400", TMG_E_MALFORMED },
		/* flags with nine unused bits, with unused bits of nothing, of no byte */
		{ 'k', "301C30030301003007040145030209FFA10C300A300404024B010202"
		    "0400",
		    TMG_E_MALFORMED },
		{ 'k', "301B30030301003006040145030103A10C300A300404024B01020204"
		    "00",
		    TMG_E_MALFORMED },
		{ 'k', "301A300303010030050401450300A10C300A300404024B0102020400", TMG_E_MALFORMED },
		/* references that are no byte */
		{ 'k', "30203003030100300B0401450302052002020100A10C300A30040402"
		    "4B0102020400",
		    TMG_E_MALFORMED },
		/* a modulus that is none */
		{ 'k', "301C3003030100300704014503020520A10C300A300404024B010202"
		    "2001",
		    TMG_E_MALFORMED },
		{ 'k', "301B3003030100300704014503020520A10B3009300404024B010201"
		    "FF",
		    TMG_E_MALFORMED },
		/* a value that is a URL, and one that is protected */
		{ 'k', "30193003030100300704014503020520A109300713016102020400", TMG_UNSUPPORTED },
		{ 'k', "30183003030100300704014503020520A1083006A20002020400", TMG_UNSUPPORTED },
		/* paths of odd length, of nothing, of nine files */
		{ 'c', "301330030301003003040145A10730053003040143", TMG_E_MALFORMED },
		{ 'c', "301530030301003003040145A109300730050403430102", TMG_E_MALFORMED },
		{ 'c', "301230030301003003040145A106300430020400", TMG_E_MALFORMED },
		{ 'c', "302430030301003003040145A1183016301404121111222233334444"
		    "55556666777788889999",
		    TMG_E_MALFORMED },
		/* no value at all */
		{ 'c', "300E30030301003003040145A1023000", TMG_E_MALFORMED },
		/* offsets and lengths: negative, more than any file has */
		{ 'c', "301730030301003003040145A10B30093007040243010201FF", TMG_E_MALFORMED },
		{ 'c', "301B30030301003003040145A10F300D300B04024301020501000000"
		    "00",
		    TMG_E_MALFORMED },
		{ 'c', "301D30030301003003040145A111300F300D04024301020100800480"
		    "000000",
		    TMG_E_MALFORMED },
		/* other certificates than X.509, other keys than RSA and EC */
		{ 'c', "A00130", TMG_UNSUPPORTED },
		{ 'k', "A10130", TMG_UNSUPPORTED },
		{ 'd', "A00130", TMG_UNSUPPORTED },
		{ 'p', "A00130", TMG_UNSUPPORTED },
		/* PINs: a type that is none, lengths that cannot be */
		{ 'p', "301B30030301003003040101A10F300D030203480A01090201040201"
		    "08",
		    TMG_UNSUPPORTED },
		{ 'p', "301B30030301003003040101A10F300D030203480A01010201090201"
		    "08",
		    TMG_E_MALFORMED },
		{ 'p', "301B30030301003003040101A10F300D030203480A01010201040201"
		    "41",
		    TMG_E_MALFORMED },
		{ 'p', "301B30030301003003040101A10F300D030203480A01010201000201"
		    "00",
		    TMG_E_MALFORMED },
		{ 'p', "301830030301003003040101A10C300A030203480A0101020104", TMG_E_MALFORMED },
		{ 'p', "301E30030301003003040101A1123010030203480A01010201040201"
		    "08020103",
		    TMG_E_MALFORMED },
		{ 'p', "301F30030301003003040101A1133011030203480A01010201040201"
		    "0880020101",
		    TMG_E_MALFORMED },
		{ 'p', "302030030301003003040101A1143012030203480A01010201040201"
		    "083003040143",
		    TMG_E_MALFORMED },
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(cases); i++) {
		tmg_view in = hex(cases[i].hex), content = { NULL, 0 };
		tmg_p15_key key;
		tmg_p15_cert cert;
		tmg_p15_data data;
		tmg_p15_pin pin;
		uint32_t tag = 0;
		size_t size;
		tmg_rc rc = tmg_p15_next(&in, &tag, &content, &size);

		if (rc == TMG_OK)
			rc = cases[i].kind == 'k'
			    ? tmg_p15_key_parse(tag, content, &app, &key)
			    : cases[i].kind == 'c'
			    ? tmg_p15_cert_parse(tag, content, &app, &cert)
			    : cases[i].kind == 'd'
			    ? tmg_p15_data_parse(tag, content, &app, &data)
			    : tmg_p15_pin_parse(tag, content, &app, &pin);
		if (rc != cases[i].rc)
			fail_msg("case %zu (%s): %d instead of %d", i, cases[i].hex,
			    (int)rc, (int)cases[i].rc);
	}
}

/* Cut anywhere, changed anywhere: never more than a verdict. */
static void
broken_anywhere(void **state)
{
	static const char *const whole[] = {
		P15_PRK_RSA, P15_PRK_EC, P15_CERT, P15_CA, P15_NOTE, P15_PIN,
		P15_INFO, P15_ALGS, P15_ODF, P15_EID2,
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(whole); i++) {
		const size_t len = hex(whole[i]).len;

		for (size_t cut = 0; cut < len; cut++) {
			/* of its own size, for whoever watches the bounds */
			tmg_auto_free uint8_t *copy = malloc(cut + 1);
			tmg_view in = { copy, cut }, content;
			tmg_p15_source rows[4];
			tmg_p15_info info;
			tmg_p15_key key;
			tmg_p15_app a;
			uint32_t tag;
			size_t n, size;

			memcpy(copy, store, cut);
			assert_int_not_equal(tmg_p15_info_parse(in, &info), TMG_OK);
			assert_true(tmg_p15_odf_parse(in, &app, rows, 4, &n) !=
			    TMG_OK || n <= 4);
			assert_int_not_equal(tmg_p15_apps_parse(in, &a), TMG_OK);
			if (tmg_p15_next(&in, &tag, &content, &size) == TMG_OK)
				assert_true(tag != 0x30 || tmg_p15_key_parse(tag,
				    content, &app, &key) != TMG_OK);
		}
	}
}

static void
other_shapes(void **state)
{
	tmg_p15_source rows[4];
	tmg_p15_info info;
	tmg_p15_key key;
	tmg_view content;
	uint32_t tag;
	size_t n;

	(void)state;
	/* objects in the ODF itself; a kind of directory that is not known */
	assert_int_equal(tmg_p15_odf_parse(hex("A804A0023000" "AB043002" "0400"
	    "A80430020400"), &app, rows, 4, &n), TMG_OK);
	assert_int_equal(n, 1);
	assert_int_equal(rows[0].value.place.path.len, 0);
	assert_view_equal(rows[0].value.direct, (tmg_view)BYTES("\x30\x00"));
	/* a directory that breaks off is no directory */
	assert_int_equal(tmg_p15_odf_parse(hex("A80630040402"), &app, rows, 4, &n),
	    TMG_E_MALFORMED);
	/* no serial number: ISO/IEC 7816-15 allows it */
	assert_int_equal(tmg_p15_info_parse(hex("3007020101" "0302" "0780"),
	    &info), TMG_OK);
	assert_int_equal(info.serial.len, 0);
	assert_true(info.readonly);
	/* a qualified path, a curve by name, a reference above 127 */
	content = object("A0273000300A04014703020520020190A1173015300704053F004B03"
	    "08300A06082A8648CE3D030107", &tag);
	assert_int_equal(tmg_p15_key_parse(tag, content, &app, &key),
	    TMG_OK);
	assert_path(&key.value.place.path, "3F004B03");
	assert_int_equal(key.reference, 0x90);
	assert_int_equal(key.curve.len, 10);
	assert_int_equal(key.bits, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_directory_of_directories),
		cmocka_unit_test(what_the_token_says_of_itself),
		cmocka_unit_test(keys),
		cmocka_unit_test(certificates_and_data),
		cmocka_unit_test(pins),
		cmocka_unit_test(applications),
		cmocka_unit_test(what_was_deleted_is_skipped),
		cmocka_unit_test(bad_objects),
		cmocka_unit_test(broken_anywhere),
		cmocka_unit_test(other_shapes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
