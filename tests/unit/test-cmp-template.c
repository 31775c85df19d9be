/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an authority wants in requests, from CMP's words into those of EST.
 */
#include "src/enroll/cmp-template.h"

#include "tests/unit/test.h"

#define EMPTY "\x30\x00"
#define ALG_ID "\x06\x09\x2b\x06\x01\x05\x05\x07\x05\x01\x0b"
#define RSA_LEN "\x06\x09\x2b\x06\x01\x05\x05\x07\x05\x01\x0c"
#define EC "\x06\x07\x2a\x86\x48\xce\x3d\x02\x01"
#define P256 "\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07"
#define RSA "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01"
#define EXT_REQUEST "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x0e"
/* keyUsage, critical, digitalSignature; subjectAltName for the applicant */
#define USAGE "\x30\x0e\x06\x03\x55\x1d\x0f\x01\x01\xff\x04\x04\x03\x02\x07\x80"
#define NAMES "\x30\x07\x06\x03\x55\x1d\x11\x04\x00"

static const struct {
	const char *what;
	tmg_view in, out;
	tmg_rc rc;
} rows[] = {
	{ "nothing", BYTES("\x30\x02" EMPTY), BYTES(""), TMG_OK },
	{ "no controls", BYTES("\x30\x04" EMPTY EMPTY), BYTES(""), TMG_OK },
	{ "a curve", BYTES("\x30\x26" EMPTY "\x30\x22\x30\x20" ALG_ID "\x30\x13" EC P256),
	    BYTES("\x30\x17\x30\x15" EC "\x31\x0a" P256), TMG_OK },
	{ "RSA, its parameters NULL", BYTES("\x30\x20" EMPTY "\x30\x1c\x30\x1a" ALG_ID
	    "\x30\x0d" RSA "\x05\x00"), BYTES("\x30\x0b" RSA), TMG_OK },
	{ "RSA of 3072 bits", BYTES("\x30\x15" EMPTY "\x30\x11\x30\x0f" RSA_LEN
	    "\x02\x02\x0c\x00"), BYTES("\x30\x13\x30\x11" RSA "\x31\x04\x02\x02\x0c\x00"),
	    TMG_OK },
	{ "another control", BYTES("\x30\x0a" EMPTY "\x30\x06\x30\x04\x06\x02\x2a\x03"),
	    BYTES(""), TMG_OK },
	{ "extensions, one to be filled in", BYTES("\x30\x1d\x30\x1b\xa9\x19" USAGE NAMES),
	    BYTES("\x30\x21\x30\x1f" EXT_REQUEST "\x31\x12\x30\x10" USAGE), TMG_OK },
	{ "a subject", BYTES("\x30\x06\x30\x04\xa5\x02" EMPTY), BYTES(""), TMG_OK },

	{ "no bytes", BYTES(""), BYTES(""), TMG_E_MALFORMED },
	{ "no template", BYTES(EMPTY), BYTES(""), TMG_E_MALFORMED },
	{ "a list of something else", BYTES("\x30\x02\x31\x00"), BYTES(""), TMG_E_MALFORMED },
	{ "something behind", BYTES("\x30\x02" EMPTY "\x05\x00"), BYTES(""), TMG_E_MALFORMED },
	{ "something after the controls", BYTES("\x30\x06" EMPTY EMPTY EMPTY), BYTES(""),
	    TMG_E_MALFORMED },
	{ "a control that is none", BYTES("\x30\x06" EMPTY "\x30\x02\x05\x00"), BYTES(""),
	    TMG_E_MALFORMED },
	{ "an algorithm that is none", BYTES("\x30\x13" EMPTY "\x30\x0f\x30\x0d" ALG_ID
	    "\x05\x00"), BYTES(""), TMG_E_MALFORMED },
	{ "bits that are no number", BYTES("\x30\x13" EMPTY "\x30\x0f\x30\x0d" RSA_LEN
	    "\x05\x00"), BYTES(""), TMG_E_MALFORMED },
	{ "an extension that is none", BYTES("\x30\x06\x30\x04\xa9\x02\x05\x00"), BYTES(""),
	    TMG_E_MALFORMED },
	{ "an extension without its value", BYTES("\x30\x0b\x30\x09\xa9\x07\x30\x05\x06\x03"
	    "\x55\x1d\x11"), BYTES(""), TMG_E_MALFORMED },
};

static void
wishes_are_told_in_other_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		uint8_t bytes[256];
		tmg_out out = TMG_OUT(bytes);
		const tmg_rc rc = tmg_cmp_template(rows[i].in, &out);

		if (rc != rows[i].rc)
			fail_msg("%s: %s", rows[i].what, tmg_rc_name(rc));
		if (rc == TMG_OK && !tmg_view_equal(tmg_out_view(&out), rows[i].out))
			fail_msg("%s: %zu bytes, not %zu", rows[i].what, out.len,
			    rows[i].out.len);
	}
}

static void
whatever_is_cut_off_is_none(void **state)
{
	const tmg_view whole = rows[6].in;
	uint8_t bytes[256];

	(void)state;
	for (size_t n = 0; n < whole.len; n++) {
		tmg_out out = TMG_OUT(bytes);

		assert_int_equal(tmg_cmp_template((tmg_view){ whole.ptr, n }, &out),
		    TMG_E_MALFORMED);
	}
}

static void
room_is_kept(void **state)
{
	uint8_t few[20];
	tmg_out out = TMG_OUT(few);

	(void)state;
	assert_int_equal(tmg_cmp_template(rows[6].in, &out), TMG_E_MALFORMED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wishes_are_told_in_other_words),
		cmocka_unit_test(whatever_is_cut_off_is_none),
		cmocka_unit_test(room_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
