/* SPDX-License-Identifier: BSD-2-Clause */
/* What the SCEP client reads that is no message: capabilities, and what it kept. */
#include "src/enroll/scep.h"
#include "tests/unit/test.h"

#define ALL (TMG_SCEP_CAP_AES | TMG_SCEP_CAP_SHA256 | TMG_SCEP_CAP_POST)

static void
test_capabilities(void **state)
{
	static const struct {
		const char *text;
		unsigned caps;
	} rows[] = {
		{ "", 0 },
		{ "AES", TMG_SCEP_CAP_AES },
		{ "aes\r\nSha-256\r\n", TMG_SCEP_CAP_AES | TMG_SCEP_CAP_SHA256 },
		{ "SHA-512\nRenewal", TMG_SCEP_CAP_SHA512 | TMG_SCEP_CAP_RENEWAL },
		{ "SCEPStandard\n", ALL },
		{ "getnextcacert\n", TMG_SCEP_CAP_NEXT },
		{ "POSTPKIOperation AES\tRenewal", TMG_SCEP_CAP_POST | TMG_SCEP_CAP_AES |
		    TMG_SCEP_CAP_RENEWAL },
		{ "AES256\nXAES\nAE\nDES3\nSHA-1\nSHA-384", 0 },
		{ "<html>AES</html>", 0 },
		{ "\n\n \r\n", 0 },
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++)
		assert_int_equal(tmg_scep_caps_read(tmg_view_str(rows[i].text)),
		    rows[i].caps);
}

static void
test_kept(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		tmg_rc rc;
		size_t cert, key;
	} rows[] = {
		{ "\x30\x01\x00", 3, TMG_OK, 3, 0 },
		{ "\x30\x00\x04\x02\x01\x02", 6, TMG_OK, 2, 2 },
		{ "", 0, TMG_E_MALFORMED, 0, 0 },
		{ "\x31\x00", 2, TMG_E_MALFORMED, 0, 0 },
		{ "\x30\x02\x00", 3, TMG_E_MALFORMED, 0, 0 },
		{ "\x30\x00\x05\x00", 4, TMG_E_MALFORMED, 0, 0 },
		{ "\x30\x00\x04\x01", 4, TMG_E_MALFORMED, 0, 0 },
		{ "\x30\x00\x04\x01\x00\x00", 6, TMG_E_MALFORMED, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		const tmg_view kept = { (const uint8_t *)rows[i].bytes, rows[i].len };
		tmg_view cert, key;

		assert_int_equal(tmg_scep_kept_read(kept, &cert, &key), rows[i].rc);
		if (rows[i].rc != TMG_OK)
			continue;
		assert_int_equal(cert.len, rows[i].cert);
		assert_int_equal(key.len, rows[i].key);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_capabilities),
		cmocka_unit_test(test_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
