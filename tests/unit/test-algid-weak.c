/* SPDX-License-Identifier: BSD-2-Clause */
/* Which signatures anybody can make, by their AlgorithmIdentifier. */
#include "src/pki/algid.h"

#include "tests/unit/test.h"

#define RSA_WITH(n) "\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01" n "\x05\x00"
#define PSS "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a"
#define SHA1 "\x30\x07\x06\x05\x2b\x0e\x03\x02\x1a"
#define SHA256 "\x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01"

static void
hashes_that_collide_are_known(void **state)
{
	static const struct {
		const char *what;
		tmg_view algorithm;
		bool weak;
	} rows[] = {
		{ "RSA with SHA-256", BYTES(RSA_WITH("\x0b")), false },
		{ "RSA with SHA-1", BYTES(RSA_WITH("\x05")), true },
		{ "RSA with MD5", BYTES(RSA_WITH("\x04")), true },
		{ "RSA with MD2", BYTES(RSA_WITH("\x02")), true },
		{ "ECDSA with SHA-256",
		    BYTES("\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02"), false },
		{ "ECDSA with SHA-1",
		    BYTES("\x30\x09\x06\x07\x2a\x86\x48\xce\x3d\x04\x01"), true },
		{ "Ed25519", BYTES("\x30\x05\x06\x03\x2b\x65\x70"), false },
		{ "PSS with SHA-256", BYTES("\x30\x1c" PSS "\x30\x0f\xa0\x0d" SHA256), false },
		{ "PSS with SHA-1", BYTES("\x30\x18" PSS "\x30\x0b\xa0\x09" SHA1), true },
		{ "PSS that says nothing", BYTES("\x30\x0d" PSS "\x30\x00"), true },
		{ "PSS without parameters", BYTES("\x30\x0b" PSS), true },
		{ "PSS whose parameters are none", BYTES("\x30\x0d" PSS "\x05\x00"), true },
		{ "an algorithm of nobody", BYTES("\x30\x04\x06\x02\x2a\x03"), false },
		{ "no algorithm", BYTES(""), false },
		{ "what is none", BYTES("\x05\x00"), false },
		{ "cut off", BYTES("\x30\x0d\x06\x09\x2a\x86"), false },
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++)
		if (tmg_algid_is_weak(rows[i].algorithm) != rows[i].weak)
			fail_msg("%s", rows[i].what);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hashes_that_collide_are_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
