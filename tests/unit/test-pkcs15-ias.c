/* SPDX-License-Identifier: BSD-2-Clause */
/* IAS ECC cards, and cards that take hashes: where they are found, how they sign. */
#include "tests/unit/pkcs15-desk.h"

#define DIGEST "00112233445566778899AABBCCDDEEFF00112233445566778899AABBCCDDEEFF"
#define INFO_SHA256 "3031300D060960864801650304020105000420"
#define NAME "E828BD080FD2504543432D654944"
#define ROOT "A00000007701080007"
#define VERIFY "0020008131323334FFFFFFFF"

/* By EF.DIR, behind what its ATR calls its root. */
#define FOUND \
	{ SELECT_APP, "6A82", NULL }, { SELECT_ISOAPPLET, "6A82", NULL }, \
	{ "00A40400" ROOT, "9000", NULL }, FILE_AT("08", "2F00", P15_IAS_EID), \
	{ "00A40400" NAME, "62038201389000", NULL }
#define READ(info) \
	FILE_AT("02", "5031", P15_IAS_ODF), FILE_AT("02", "5032", info), \
	FILE_AT("02", "7001", P15_IAS_PIN)
#define KEYS FILE_AT("02", "7002", P15_IAS_KEYS), FILE_AT("02", "7005", "")

static const tmg_view atr =
    BYTES("\x3b\xdd\x18\x00\x81\x31\xfe\x45\x80\xf9\xa0\x00\x00\x00\x77\x01\x08\x00\x07\x90"
    "\x00\xfe");
static const tmg_sign_spec pkcs1 = { .scheme = TMG_SIGN_PKCS1, .hash = TMG_HASH_SHA256 };
static uint8_t digest[32], store[TMG_SIG_MAX];

/* 256 bytes of 11 */
#define SIXTEEN "11111111111111111111111111111111"
#define WHOLE SIXTEEN SIXTEEN SIXTEEN SIXTEEN SIXTEEN SIXTEEN SIXTEEN SIXTEEN \
	SIXTEEN SIXTEEN SIXTEEN SIXTEEN SIXTEEN SIXTEEN SIXTEEN SIXTEEN

/* As p15_open(), with that ATR. */
static void
open_card(p15_desk *d, const tmg_script_row *rows)
{
	*d = (p15_desk){ 0 };
	assert_int_equal(tmg_ctx_new(&d->ctx), TMG_OK);
	tmg_script_init(&d->script, d->ctx, rows);
	memcpy(d->script.channel.atr, atr.ptr, atr.len);
	d->script.channel.atr_len = atr.len;
	d->b = probe_one(&d->script, &tmg_driver_pkcs15);
	d->p = tmg_p15_of(d->b);
	for (size_t i = 0; i < sizeof(digest); i++)
		digest[i] = (uint8_t)(0x11 * (i % 16));
}

static void
sign(p15_desk *d, uint32_t slot, tmg_rc rc)
{
	tmg_out sig = TMG_OUT(store);

	assert_int_equal(tmg_driver_pkcs15.sign(d->b, slot, TMG_ALG_RSA2048, &pkcs1,
	    TMG_VIEW(digest), &sig), rc);
	if (rc == TMG_OK)
		assert_int_equal(sig.len, 256);
}

static void
what_obliges_takes_two_commands(void **state)
{
	static const tmg_script_row rows[] = {
		FOUND, READ(P15_IAS_INFO), { VERIFY, "9000", NULL }, KEYS,
		{ "002241A4800102840181", "9000", NULL },
		{ "00880000" INFO_SHA256 DIGEST, WHOLE "9000", NULL },
		{ "002241B6800102840182", "9000", NULL },
		{ "002A90A09033" INFO_SHA256 DIGEST, "9000", NULL },
		{ "002A9E9A", WHOLE "9000", NULL },
		/* the environment is kept, the hash is not */
		{ "002A90A09033" INFO_SHA256 DIGEST, "9000", NULL },
		{ "002A9E9A", WHOLE "9000", NULL },
		/* an environment that another program made: once more */
		{ "002A90A09033" INFO_SHA256 DIGEST, "6985", NULL },
		{ "002241B6800102840182", "9000", NULL },
		{ "002A90A09033" INFO_SHA256 DIGEST, "9000", NULL },
		{ "002A9E9A", "6982", NULL },
		{ 0 },
	};
	p15_desk d;

	(void)state;
	open_card(&d, rows);
	p15_log_in(&d);
	assert_string_equal(d.p->profile->model, "IAS ECC");
	sign(&d, 0x45, TMG_OK);
	sign(&d, 0x46, TMG_OK);
	sign(&d, 0x46, TMG_OK);
	sign(&d, 0x46, TMG_LOGIN);
	p15_done(&d);
}

static void
what_opens_has_an_algorithm_of_its_own(void **state)
{
	static const tmg_script_row rows[] = {
		FOUND, READ(P15_IAS_INFO), { VERIFY, "9000", NULL }, KEYS,
		{ "002241B880011A840181", "9000", NULL },
		{ "002A808681" WHOLE, "0102039000", NULL },
		{ 0 },
	};
	static const tmg_decrypt_spec spec = { .padding = TMG_DECRYPT_PKCS1 };
	uint8_t cipher[256];
	tmg_out plain = TMG_OUT(store);
	p15_desk d;

	(void)state;
	memset(cipher, 0x11, sizeof(cipher));
	open_card(&d, rows);
	p15_log_in(&d);
	assert_int_equal(tmg_driver_pkcs15.decrypt(d.b, 0x45, TMG_ALG_RSA2048, &spec,
	    TMG_VIEW(cipher), &plain), TMG_OK);
	assert_int_equal(plain.len, 3);
	/* its usage does not allow it */
	assert_int_equal(tmg_driver_pkcs15.decrypt(d.b, 0x46, TMG_ALG_RSA2048, &spec,
	    TMG_VIEW(cipher), &plain), TMG_UNSUPPORTED);
	p15_done(&d);
}

/* TokenInfo of national cards may tell of mechanisms with a hash alone: the hash goes, and
 * the card puts the DigestInfo around it. */
static void
a_card_that_builds_the_digest_info(void **state)
{
	static const tmg_script_row rows[] = {
		PROBE, ODF, FILE_AT("02", "5032", P15_HASHED_INFO), PINS,
		{ "0020000131323334FFFFFFFF", "9000", NULL }, PRIVATE, CERTS,
		{ "002241B680014281024B01840101", "9000", NULL },
		{ "002A9E9A" DIGEST, WHOLE "9000", NULL },
		{ 0 },
	};
	p15_desk d;

	(void)state;
	for (size_t i = 0; i < sizeof(digest); i++)
		digest[i] = (uint8_t)(0x11 * (i % 16));
	p15_open(&d, rows);
	p15_log_in(&d);
	sign(&d, 0x45, TMG_OK);
	p15_done(&d);
}

/* Such an ATR costs a card of another kind one SELECT more. */
static void
a_root_that_is_not_there(void **state)
{
	static const tmg_script_row gone[] = {
		{ SELECT_APP, "6A82", NULL }, { SELECT_ISOAPPLET, "6A82", NULL },
		{ "00A40400" ROOT, "6A82", NULL }, { 0 },
	};
	static const tmg_script_row bare[] = {
		{ SELECT_APP, "6A82", NULL }, { SELECT_ISOAPPLET, "6A82", NULL },
		{ "00A40400" ROOT, "9000", NULL }, { "00A408002F00", "6A82", NULL }, { 0 },
	};
	static const tmg_script_row pulled[] = {
		{ SELECT_APP, "6A82", NULL }, { SELECT_ISOAPPLET, "6A82", NULL },
		{ "00A40400" ROOT, "removed", NULL }, { 0 },
	};

	(void)state;
	probe_none_rows(&tmg_driver_pkcs15, gone, atr, TMG_NOT_FOUND);
	probe_none_rows(&tmg_driver_pkcs15, bare, atr, TMG_NOT_FOUND);
	probe_none_rows(&tmg_driver_pkcs15, pulled, atr, TMG_REMOVED);
}

/* Eight bytes at a time, whatever is wanted: IAS ECC gives no other number.  A card that
 * refuses more than that is asked for so many; one that gives fewer, again. */
static void
random_numbers(void **state)
{
	static const tmg_script_row eight[] = {
		FOUND, FILE_AT("02", "5031", P15_IAS_ODF),
		FILE_AT("02", "5032", P15_IAS_INFO),
		{ "00840000", "0102030405060708 9000", NULL },
		{ "00840000", "1112131415161718 9000", NULL },
		{ "00840000", "2122232425262728 9000", NULL },
		/* and when it gives none */
		{ "00840000", "9000", NULL }, { "00840000", "6700", NULL },
		{ "00840000", "010203040506070809 9000", NULL },
		{ "00840000", "io", NULL }, { 0 },
	};
	static const tmg_script_row others[] = {
		PROBE, ODF, INFO,
		{ "00840000", "6700", NULL },
		{ "00840000", "0102030405060708 9000", NULL },
		{ "00840000", "1112131415161718 9000", NULL },
		/* fewer than were asked for */
		{ "00840000", "0102030405 9000", NULL },
		{ "00840000", "0607 9000", NULL },
		{ "00840000", "6700", NULL }, { "00840000", "6700", NULL },
		{ "00840000", "6D00", NULL }, { 0 },
	};
	uint8_t bytes[20];
	tmg_out o = TMG_OUT(bytes);
	p15_desk d;

	(void)state;
	open_card(&d, eight);
	assert_int_equal(tmg_driver_pkcs15.random(d.b, sizeof(bytes), &o), TMG_OK);
	assert_int_equal(o.len, sizeof(bytes));
	assert_memory_equal(bytes + 15, "\x18\x21\x22\x23\x24", 5);
	for (unsigned i = 0; i < 3; i++) {
		o = TMG_OUT(bytes);
		assert_int_equal(tmg_driver_pkcs15.random(d.b, 7, &o), TMG_UNSUPPORTED);
		assert_non_null(strstr(d.b->fault.text, "gives no random numbers"));
	}
	assert_int_equal(tmg_driver_pkcs15.random(d.b, 7, &o), TMG_E_IO);
	p15_done(&d);

	p15_open(&d, others);
	o = TMG_OUT(bytes);
	assert_int_equal(tmg_driver_pkcs15.random(d.b, 9, &o), TMG_OK);
	assert_int_equal(o.len, 9);
	assert_memory_equal(bytes + 7, "\x08\x11", 2);
	o = TMG_OUT(bytes);
	assert_int_equal(tmg_driver_pkcs15.random(d.b, 7, &o), TMG_OK);
	assert_memory_equal(bytes, "\1\2\3\4\5\6\7", 7);
	for (unsigned i = 0; i < 2; i++)
		assert_int_equal(tmg_driver_pkcs15.random(d.b, 7, &o), TMG_UNSUPPORTED);
	p15_done(&d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_obliges_takes_two_commands),
		cmocka_unit_test(what_opens_has_an_algorithm_of_its_own),
		cmocka_unit_test(a_card_that_builds_the_digest_info),
		cmocka_unit_test(a_root_that_is_not_there),
		cmocka_unit_test(random_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
