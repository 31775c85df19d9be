/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * IAS ECC cards: what SELECT says in the forms of two makers, keys and PINs that are data
 * objects, signatures in two commands.
 */
#include "tests/unit/vcard-bench.h"

#define APP "E828BD080FD2504543432D654944"
#define COSMO "A0000000770108000700" "00FE00000100"
#define SELECT_APP "00A404000E" APP "00"
#define PIN_OK "0020008106313233343536"
#define PIN2_OK "0020008206363534333231"
#define HASH "000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F"

static const vc_profile multiapp = {
	.apps = VC_APP_BIT(VC_APP_MULTIAPP), .extended = true, .serial = 0x01020304,
	.pin_tries = 3, .puk_tries = 3,
};
static const vc_profile cosmo = {
	.apps = VC_APP_BIT(VC_APP_COSMO), .extended = true, .serial = 0x01020304,
	.pin_tries = 3, .puk_tries = 3,
};

static void
bench_sold(struct bench *b, const vc_profile *profile)
{
	bench_open(b, profile);
	assert_int_equal(vc_card_provision(&b->chip->card, "rsa:1024"), TMG_OK);
}

/* FCI, attributes among the others; FCP, attributes in A1. */
static void
each_maker_has_its_form_of_select(void **state)
{
	static const struct told one[] = {
		{ "00A40800022F0000", 0x9000,
		    "6F188002" "0022" "82010183022F00" "8C087FFFFFFFFFFFFF00" "8A0105" },
		{ "00A4000C023F00", 0x9000, "" },
		{ "00A40904023F0000", 0x6a82, "" },
		{ "00A40904043F002F0100", 0x9000,
		    "6F188002" "003D" "82010183022F01" "8C087FFFFFFFFFFFFF00" "8A0105" },
		{ "00A404000BF0496173456363526F6F74", 0x9000, "" },
	};
	static const struct told other[] = {
		{ "00A40800022F0000", 0x6a86, "" },	/* no MF yet */
		{ "00A4040009A0000000770108000700", 0x9000, "" },
		{ "00A40800022F0000", 0x9000,
		    "621A8002" "001F" "82010183022F00" "A10A8C087FFFFFFFFFFFFF00" "8A0105" },
		{ "00A4040010" COSMO, 0x9000, "" },
		{ SELECT_APP, 0x9000,
		    "62268201388302501584" "0E" APP "A10A8C087FFFFFFFFFFFFFFF" "8A0105" },
		{ "00A4090C043FFF7001", 0x9000, "" },
		{ "00A4090C043FFF0001", 0x6a82, "" },	/* a key is no file */
		{ "00A4020C020001", 0x6a82, "" },
	};
	struct bench b;

	(void)state;
	bench_sold(&b, &multiapp);
	HEAR(&b, one);
	bench_close(&b);
	bench_sold(&b, &cosmo);
	HEAR(&b, other);
	bench_close(&b);
}

static void
what_is_signed_comes_by_a_command_of_its_own(void **state)
{
	static const struct line lines[] = {
		{ SELECT_APP, 0x9000 },
		{ "0022" "41B606" "80014284" "0102", 0x6a88 },	/* local ones alone */
		{ "0022" "41B606" "80014284" "0183", 0x6a88 },
		{ "0022" "41B606" "80019984" "0182", 0x6a81 },
		{ "0022" "41B60A" "80014281020001" "840182", 0x6a80 },	/* in no file */
		{ "0022" "41B606" "80014284" "0182", 0x9000 },
		{ "00840000" "08", 0x9000 }, { "00840000" "10", 0x6700 }, { "00840000" "00", 0x6700 },
		{ "002A9E9A00", 0x6985 },		/* nothing was hashed */
		{ "002A9E9A20" HASH "00", 0x6700 },
		{ "002A90A022" "9020" HASH, 0x9000 },
		{ "002A9E9A00", 0x6982 },
		{ PIN2_OK, 0x9000 },
		{ "002A90A022" "9020" HASH, 0x9000 },
		{ "002A9E9A00", 0x9000 },
		{ "002A9E9A00", 0x6985 },		/* it was used up */
		{ PIN2_OK, 0x9000 },
		{ "002A90A007" "9000" "8003616263", 0x9000 },	/* hashed by the card */
		{ "002A9E9A00", 0x9000 },
		{ "002A90A006" "9000" "80036162", 0x6a80 },
		{ "002A90A023" "9020" HASH "00", 0x6a80 },
		{ "002A90A0029100", 0x6a80 },
		{ "002A909F022000", 0x6a86 },
		/* the other one authenticates */
		{ "0022" "41A406" "80010284" "0181", 0x9000 },
		{ "00880000" "20" HASH "00", 0x6982 },
		{ PIN_OK, 0x9000 },
		{ "00880000" "20" HASH "00", 0x9000 },
		/* what opens does not sign, what signs does not open */
		{ "0022" "41A406" "80011A84" "0181", 0x9000 },
		{ "00880000" "20" HASH "00", 0x6985 },
		{ "0022" "41B806" "80010284" "0181", 0x9000 },
		{ "002A808603810102", 0x6985 },
		{ "0022" "41B806" "80011A84" "0181", 0x9000 },
		{ "002A808603000102", 0x6a80 },		/* another indicator */
	};
	struct bench b;

	(void)state;
	bench_sold(&b, &multiapp);
	CONVERSE(&b, lines);
	bench_close(&b);
}

static void
pins_are_local_and_nothing_is_written(void **state)
{
	static const struct line lines[] = {
		{ SELECT_APP, 0x9000 },
		{ "00200001", 0x6a88 }, { "00200081", 0x63c3 }, { "00200083", 0x6a88 },
		{ "0020008106393939393939", 0x63c2 },
		{ "002400811031323334353" "6FFFF" "3131313131" "31FFFF", 0x9000 },
		{ "0020008106313131313131", 0x9000 }, { "00200081", 0x9000 },
		{ "002C0081103132333435363738" "313233343536FFFF", 0x9000 },
		{ "00200081", 0x63c3 }, { PIN_OK, 0x9000 },
		{ "00A4090C025032", 0x9000 },
		{ "00D6000001FF", 0x6982 }, { "00E40000", 0x6982 },
		{ "00E000000D620B800200108201018302" "4499", 0x6982 },
		{ "0046000000", 0x6d00 }, { "0047000000", 0x6d00 }, { "00DB3FFF00", 0x6d00 },
	};
	struct bench b;

	(void)state;
	bench_sold(&b, &cosmo);
	assert_int_equal(send_hex(&b, "00A4040010" COSMO), 0x9000);
	CONVERSE(&b, lines);
	bench_close(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_maker_has_its_form_of_select),
		cmocka_unit_test(what_is_signed_comes_by_a_command_of_its_own),
		cmocka_unit_test(pins_are_local_and_nothing_is_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
