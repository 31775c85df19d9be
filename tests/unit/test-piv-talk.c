/* SPDX-License-Identifier: BSD-2-Clause */
/* The application, its name, its objects; other programs on the same card. */
#include "tests/unit/piv-desk.h"

#define CHUID "3019 D4E739DA739CED39CE739D836858210842108421C84210C3EB " \
	"3410 000102030405060708090A0B0C0D0E0F 3508 3230393931323331 3E00 FE00"
#define GET_9A "00CB3FFF5C035FC105"
#define CERT "5308 7003300100 710100"
#define VERIFY_123456 "00200080313233343536FFFF"

static uint8_t store[TMG_CERT_MAX];

static void
admin(piv_desk *d, piv_lock *lock)
{
	*lock = piv_factory_3des;
	d->script.arg = lock;
	assert_int_equal(tmg_driver_piv.admin_auto(d->b), TMG_OK);
}

static void
probing_is_one_command(void **state)
{
	(void)state;
	probe_refused(&tmg_driver_piv, SELECT);
}

static void
a_garbled_template_is_still_piv(void **state)
{
	static const char *const answers[] = { "9000", "61 9000", "6F00 9000",
		"61FF 9000" };

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(answers); i++) {
		const tmg_script_row rows[] = {
			{ SELECT, answers[i], NULL }, { 0 },
		};
		piv_desk d;

		piv_open(&d, rows);
		assert_string_equal(d.b->info.model, "PIV");
		piv_done(&d);
	}
}

static void
names_come_from_what_the_card_tells(void **state)
{
	static const struct {
		const char *version, *serial, *chuid;
		const char *label, *number, *model, *firmware;
	} cases[] = {
		{ "050403 9000", "00BC614E 9000", NULL,
		    "PIV-12345678", "12345678", "PIV", "5.4.3" },
		{ "6D00", NULL, "533B " CHUID " 9000",
		    "PIV-0001020304", "000102030405060708090A0B0C0D0E0F", "PIV", "" },
		{ "6D00", NULL, "6A82", "PIV", "", "PIV", "" },
		{ "6D00", NULL, "533B00 9000", "PIV", "", "PIV", "" },
		{ "6D00", NULL, "5312 3410 00000000000000000000000000000000 9000",
		    "PIV", "", "PIV", "" },
		{ "040302 9000", "6D00", "533B " CHUID " 9000",
		    "PIV-0001020304", "000102030405060708090A0B0C0D0E0F",
		    "PIV", "4.3.2" },
		{ "0504 9000", NULL, "6A82", "PIV", "", "PIV", "" },
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(cases); i++) {
		tmg_script_row rows[5] = { PROBE };
		size_t n = 1;
		piv_desk d;

		rows[n++] = (tmg_script_row){ "00FD0000", cases[i].version, NULL };
		if (cases[i].serial != NULL)
			rows[n++] = (tmg_script_row){ "00F80000",
			    cases[i].serial, NULL };
		if (cases[i].chuid != NULL)
			rows[n++] = (tmg_script_row){ "00CB3FFF5C035FC102",
			    cases[i].chuid, NULL };
		rows[n] = (tmg_script_row){ 0 };
		piv_open(&d, rows);
		assert_int_equal(tmg_driver_piv.identify(d.b), TMG_OK);
		assert_string_equal(d.b->info.label, cases[i].label);
		assert_string_equal(d.b->info.serial, cases[i].number);
		assert_string_equal(d.b->info.model, cases[i].model);
		assert_string_equal(d.b->info.firmware, cases[i].firmware);
		piv_done(&d);
	}
}

static void
abilities_follow_the_version(void **state)
{
	static const struct {
		const char *version;
		unsigned can, cannot;
		bool ed25519;
	} cases[] = {
		{ "010000 9000", TMG_CAN_IMPORT | TMG_CAN_RESET,
		    TMG_CAN_POLICY | TMG_CAN_ATTEST, false },
		{ "040300 9000", TMG_CAN_ATTEST | TMG_CAN_POLICY,
		    TMG_CAN_METADATA, false },
		{ "050403 9000", TMG_CAN_METADATA, TMG_CAN_MOVE, false },
		{ "050700 9000", TMG_CAN_MOVE | TMG_CAN_DELETE, 0, true },
		{ "6D00", TMG_CAN_GENERATE | TMG_CAN_SETUP,
		    TMG_CAN_IMPORT | TMG_CAN_RESET | TMG_CAN_ATTEST, false },
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(cases); i++) {
		const bool told = strcmp(cases[i].version, "6D00") != 0;
		const tmg_script_row rows[] = {
			PROBE,
			{ "00FD0000", cases[i].version, NULL },
			{ told ? "00F80000" : "00CB3FFF5C035FC102",
			    told ? "00000001 9000" : "6A82", NULL },
			{ 0 },
		};
		piv_desk d;

		piv_open(&d, rows);
		assert_int_equal(tmg_driver_piv.identify(d.b), TMG_OK);
		assert_int_equal(d.b->info.can & cases[i].can, cases[i].can);
		assert_int_equal(d.b->info.can & cases[i].cannot, 0);
		assert_int_equal((d.b->info.algs >> TMG_ALG_ED25519) & 1,
		    cases[i].ed25519);
		assert_int_equal(d.b->info.pins[TMG_PIN_USER].digits, !told);
		piv_done(&d);
	}
}

/* The certificate tells what a key is, unless the card may have metadata or
 * would send it in parts. */
static void
certificates_come_first_where_they_are_cheaper(void **state)
{
	static const tmg_script_row none[] = { PROBE, { 0 } };
	static const tmg_script_row told[] = {
		PROBE, { "00FD0000", "050403 9000", NULL }, { 0 },
	};
	static const tmg_script_row absent[] = {
		PROBE, { "00FD0000", "6D00", NULL }, { 0 },
	};
	piv_desk d;

	(void)state;
	piv_open(&d, none);
	assert_false(d.b->info.cert_first);
	piv_done(&d);
	piv_open_yubikey(&d, none);
	assert_false(d.b->info.cert_first);
	piv_done(&d);
	piv_open_extended(&d, none);
	assert_true(d.b->info.cert_first);
	piv_done(&d);
	piv_open_extended(&d, told);
	assert_int_equal(tmg_piv_version(d.p), TMG_OK);
	assert_false(d.b->info.cert_first);
	piv_done(&d);
	piv_open_extended(&d, absent);
	assert_int_equal(tmg_piv_version(d.p), TMG_UNSUPPORTED);
	assert_true(d.b->info.cert_first);
	piv_done(&d);
}

/* The reader was given back for longer than we trust our selection. */
static void
pause_for(piv_desk *d, int64_t ms)
{
	d->b->ch->turn++;
	d->p->app.selected.spoken_ms -= ms;
}

static tmg_rc
verify(piv_desk *d)
{
	return tmg_driver_piv.verify(d->b, TMG_PIN_USER, tmg_view_str("123456"),
	    NULL);
}

/* Another program may have selected an application that would take the PIN. */
static void
secrets_go_to_a_selected_application(void **state)
{
	static const tmg_script_row rows[] = {
		PROBE,
		{ VERIFY_123456, "9000", NULL },
		{ VERIFY_123456, "9000", NULL },	/* a moment later */
		{ SELECT, APT, NULL },			/* two seconds later */
		{ VERIFY_123456, "9000", NULL },
		/* what bears no secret is sent at once, and makes nothing certain */
		{ "00200080", "63C3", NULL },
		{ SELECT, APT, NULL },
		{ VERIFY_123456, "9000", NULL },
		{ "00CB3FFF5C035FC105", "6A82", NULL },
		{ SELECT, APT, NULL },
		ADMIN_3DES,
		{ SELECT, APT, NULL },
		{ "00240080 313233343536FFFF 363534333231FFFF", "9000", NULL },
		{ SELECT, APT, NULL },
		{ "002C0080 3132333435363738 363534333231FFFF", "9000", NULL },
		/* a key is not handed to whoever is there either */
		ADMIN_3DES,
		{ SELECT, APT, NULL },
		{ "00FFFFFF 039B18 *", "6982", NULL },
		{ "00CB3FFF5C035FFF00", "6A82", NULL },	/* no key is kept there */
		{ SELECT, APT, NULL },
		{ "00DB3FFF 5C035FC109 *", "6982", NULL },
		{ 0 },
	};
	uint8_t der[64];
	tmg_out out = TMG_OUT(der);
	piv_lock lock = piv_factory_3des;
	piv_desk d;
	int tries;

	(void)state;
	piv_open_yubikey(&d, rows);
	d.script.arg = &lock;
	assert_int_equal(verify(&d), TMG_OK);
	pause_for(&d, 900);
	assert_int_equal(verify(&d), TMG_OK);
	pause_for(&d, 2000);
	assert_int_equal(verify(&d), TMG_OK);
	pause_for(&d, 2000);
	assert_int_equal(tmg_driver_piv.tries(d.b, TMG_PIN_USER, &tries), TMG_OK);
	assert_int_equal(verify(&d), TMG_OK);
	/* in one turn nobody else can have spoken, however long it takes */
	d.p->app.selected.spoken_ms -= 60000;
	assert_int_equal(tmg_driver_piv.cert_read(d.b, 0x9a, &out), TMG_NOT_FOUND);
	pause_for(&d, 2000);
	assert_int_equal(tmg_driver_piv.admin_auto(d.b), TMG_OK);
	assert_int_equal(tmg_driver_piv.logged_in(d.b, TMG_PIN_USER), TMG_LOGIN);
	pause_for(&d, 2000);
	assert_int_equal(tmg_driver_piv.change(d.b, TMG_PIN_USER,
	    tmg_view_str("123456"), tmg_view_str("654321"), &tries), TMG_OK);
	pause_for(&d, 2000);
	assert_int_equal(tmg_driver_piv.unblock(d.b, tmg_view_str("12345678"),
	    tmg_view_str("654321"), &tries), TMG_OK);
	assert_int_equal(tmg_driver_piv.admin_auto(d.b), TMG_OK);
	pause_for(&d, 2000);
	assert_int_equal(tmg_piv_admin_set(d.p, (tmg_view){ lock.key, 24 }), TMG_LOGIN);
	d.p->admin = true;
	pause_for(&d, 2000);
	assert_int_equal(tmg_driver_piv.data_write(d.b, OBJ_PRINTED,
	    tmg_view_str("kept")), TMG_LOGIN);
	piv_done(&d);
}

static void
slots_are_listed_without_a_word(void **state)
{
	static const tmg_script_row rows[] = {
		PROBE,
		{ "00CB3FFF5C035FC10C", "530A C10102 C20101 F300 FE00 9000", NULL },
		{ "00CB3FFF5C035FC10C", "6A82", NULL },
		{ "00CB3FFF5C035FC10C", "5303 C10199 9000", NULL },
		{ "00CB3FFF5C035FC10C", "removed", NULL },
		{ 0 },
	};
	tmg_slot slots[32];
	size_t count, held = 0;
	piv_desk d;

	(void)state;
	piv_open(&d, rows);
	assert_int_equal(tmg_driver_piv.slots(d.b, slots, 2, &count), TMG_OK);
	assert_int_equal(count, 25);
	assert_int_equal(tmg_driver_piv.slots(d.b, slots, 32, &count), TMG_OK);
	assert_string_equal(slots[0].name, "9a");
	assert_int_equal(slots[1].pin, TMG_PIN_ALWAYS);
	assert_int_equal(slots[3].ref, 0x9e);
	assert_int_equal(slots[23].ref, 0x95);
	assert_string_equal(slots[23].name, "95");
	assert_int_equal(slots[24].uses, TMG_USE_ATTEST);
	assert_int_equal(d.b->ch->apdus, 1);

	assert_int_equal(tmg_driver_piv.survey(d.b, slots, count), TMG_OK);
	for (size_t i = 0; i < count; i++)
		held += slots[i].held;
	assert_int_equal(held, 3);
	assert_true(slots[4].held && slots[5].held && slots[23].held);
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(tmg_driver_piv.survey(d.b, slots, count), TMG_OK);
		assert_false(slots[4].held || slots[23].held);
	}
	assert_int_equal(tmg_driver_piv.survey(d.b, slots, count), TMG_REMOVED);
	piv_done(&d);
}

/* ---- certificates -------------------------------------------------------- */

static const struct {
	const char *answer;
	tmg_rc rc;
} readings[] = {
	{ CERT "9000", TMG_OK },
	{ "6A82", TMG_NOT_FOUND },
	{ "6A81", TMG_NOT_FOUND },
	{ "5300 9000", TMG_NOT_FOUND },
	{ "9000", TMG_NOT_FOUND },
	{ "5302 7000 9000", TMG_NOT_FOUND },
	{ "6982", TMG_LOGIN },
	{ "5308 7003 9000", TMG_E_MALFORMED },
	{ "5305 7003310100 9000", TMG_E_MALFORMED },
	{ "7E00 9000", TMG_E_MALFORMED },
	{ "6F00", TMG_E_CARD },
	{ "removed", TMG_REMOVED },
	{ "reset", TMG_RESET },
};

static void
certificates_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < TMG_COUNT(readings); i++) {
		const tmg_script_row rows[] = {
			PROBE, { GET_9A, readings[i].answer, NULL }, { 0 },
		};
		tmg_out der = TMG_OUT(store);
		piv_desk d;

		piv_open(&d, rows);
		assert_int_equal(tmg_driver_piv.cert_read(d.b, 0x9a, &der),
		    readings[i].rc);
		assert_int_equal(der.len, readings[i].rc == TMG_OK ? 3 : 0);
		piv_done(&d);
	}
}

static void
certificates_are_written_plain_when_they_fit(void **state)
{
	static const tmg_script_row rows[] = {
		PROBE, ADMIN_3DES,
		{ "00DB3FFF 5C035FC105 530A 7003300100 710100 FE00", "9000", NULL },
		{ "00DB3FFF 5C035FC105 530A 7003300100 710100 FE00", "6A80", NULL },
		{ "00DB3FFF 5C035FC105 530A 7003300100 710100 FE00", "6982", NULL },
		{ 0 },
	};
	const tmg_view der = BYTES("\x30\x01\x00");
	piv_lock lock;
	piv_desk d;

	(void)state;
	piv_open(&d, rows);
	assert_int_equal(tmg_driver_piv.cert_write(d.b, 0x9a, der), TMG_LOGIN);
	admin(&d, &lock);
	assert_int_equal(tmg_driver_piv.cert_write(d.b, 0x9a, der), TMG_OK);
	assert_int_equal(d.b->ch->apdus, 4);
	assert_int_equal(tmg_driver_piv.cert_write(d.b, 0x9a, der), TMG_DENIED);
	assert_int_equal(tmg_driver_piv.cert_write(d.b, 0x9a, der), TMG_LOGIN);
	assert_int_equal(tmg_driver_piv.cert_write(d.b, 0x9a, (tmg_view){ 0 }),
	    TMG_E_USAGE);
	piv_done(&d);
}

static void
certificates_are_packed_when_they_do_not_fit(void **state)
{
	static const uint8_t der[600] = { 0x30 };
	static const tmg_script_row rows[] = {
		PROBE, ADMIN_3DES,
		{ "00DB3FFF 5C035FC105 53820261 70820258 3000 *", "6A84", NULL },
		{ "00DB3FFF 5C035FC105 53 *", "9000", NULL },
		{ "00DB3FFF 5C035FC105 53820261 *", "6700", NULL },
		{ "00DB3FFF 5C035FC105 53 *", "6A84", NULL },
		{ 0 },
	};
	piv_lock lock;
	piv_desk d;

	(void)state;
	piv_open(&d, rows);
	admin(&d, &lock);
	assert_int_equal(tmg_driver_piv.cert_write(d.b, 0x9a, TMG_VIEW(der)), TMG_OK);
	assert_int_equal(tmg_driver_piv.cert_write(d.b, 0x9a, TMG_VIEW(der)),
	    TMG_DENIED);
	piv_done(&d);
}

static void
retired_certificates_are_counted(void **state)
{
	static const tmg_script_row rows[] = {
		PROBE, ADMIN_3DES,
		/* the history first, lest a card pulled out hides a slot */
		{ "00CB3FFF5C035FC10C", "6A82", NULL },
		{ "00DB3FFF 5C035FC10C 5308 C10103 C20100 FE00", "9000", NULL },
		{ "00DB3FFF 5C035FC10F 530A 7003300100 710100 FE00", "9000", NULL },
		{ "00CB3FFF5C035FC10C", "5308 C10103 C20100 FE00 9000", NULL },
		{ "00DB3FFF 5C035FC10D 530A 7003300100 710100 FE00", "9000", NULL },
		{ "00DB3FFF 5C035FC10F 5300", "9000", NULL },
		{ "00CB3FFF5C035FC10C", "5308 C10103 C20100 FE00 9000", NULL },
		{ "00DB3FFF 5C035FC10C 5308 C10102 C20100 FE00", "9000", NULL },
		/* a card that will not have a history keeps the certificate */
		{ "00CB3FFF5C035FC10C", "6A82", NULL },
		{ "00DB3FFF 5C035FC10C 5308 C10114 C20100 FE00", "6A82", NULL },
		{ "00DB3FFF 5C035FC120 530A 7003300100 710100 FE00", "9000", NULL },
		{ 0 },
	};
	const tmg_view der = BYTES("\x30\x01\x00");
	piv_lock lock;
	piv_desk d;

	(void)state;
	piv_open(&d, rows);
	admin(&d, &lock);
	assert_int_equal(tmg_driver_piv.cert_write(d.b, 0x84, der), TMG_OK);
	assert_int_equal(tmg_driver_piv.cert_write(d.b, 0x82, der), TMG_OK);
	assert_int_equal(tmg_driver_piv.cert_delete(d.b, 0x84), TMG_OK);
	assert_int_equal(tmg_driver_piv.cert_write(d.b, 0x95, der), TMG_OK);
	piv_done(&d);
}

static void
data_objects_are_read_and_written(void **state)
{
	static const tmg_script_row rows[] = {
		PROBE, ADMIN_3DES,
		{ "00CB3FFF5C017E", "7E02 4F00 9000", NULL },
		{ "00CB3FFF5C035FC106", "5302 AABB 9000", NULL },
		{ "00DB3FFF5C035FC106 5302 AABB", "9000", NULL },
		{ 0 },
	};
	tmg_out data = TMG_OUT(store);
	piv_lock lock;
	piv_desk d;

	(void)state;
	piv_open(&d, rows);
	admin(&d, &lock);
	assert_int_equal(tmg_driver_piv.data_read(d.b, 0x7e, &data), TMG_OK);
	assert_int_equal(tmg_driver_piv.data_read(d.b, 0x5fc106, &data), TMG_OK);
	assert_view_equal(tmg_out_view(&data), ((tmg_view)BYTES("\x4f\x00\xaa\xbb")));
	assert_int_equal(tmg_driver_piv.data_write(d.b, 0x5fc106,
	    (tmg_view)BYTES("\xaa\xbb")), TMG_OK);
	piv_done(&d);
}

/* A dozen places by the standard; Yubico's only where the card has extensions,
 * and the list costs no word. */
static void
data_places_are_listed(void **state)
{
	static const tmg_script_row rows[] = { PROBE, { 0 } };
	static const tmg_script_row other[] = { { SELECT, APT, NULL }, { 0 } };
	tmg_data_slot slots[32];
	size_t count;
	piv_desk d;

	(void)state;
	piv_open(&d, rows);
	assert_int_equal(tmg_driver_piv.data_slots(d.b, slots, 32, &count), TMG_OK);
	assert_int_equal(count, 12);
	assert_int_equal(slots[1].tag, 0x5fc102);
	assert_string_equal(slots[1].name, "Card Holder Unique Identifier");
	assert_string_equal(slots[1].oid, "2.16.840.1.101.3.7.2.48.0");
	assert_false(slots[1].guarded);
	for (size_t i = 0; i < count; i++) {
		const uint32_t tag = slots[i].tag;

		assert_int_equal(slots[i].guarded, tag == 0x5fc103 ||
		    tag == 0x5fc108 || tag == 0x5fc109 || tag == 0x5fc121 ||
		    tag == 0x5fc123);	/* SP 800-73-4 part 1, table 2 */
		assert_int_equal(slots[i].fixed, tag == 0x7e || tag == 0x7f61 ||
		    tag == 0x5fc10c);
		assert_string_equal(slots[i].application, "PIV");
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(slots[i].oid, slots[j].oid);
	}
	assert_int_equal(tmg_driver_piv.data_slots(d.b, slots, 2, &count), TMG_OK);
	assert_int_equal(count, 12);
	piv_done(&d);
	piv_open_yubikey(&d, other);
	assert_int_equal(tmg_driver_piv.data_slots(d.b, slots, 32, &count), TMG_OK);
	assert_int_equal(count, 19);
	piv_done(&d);
}

/* The group template is its own tag, and an emptied object none. */
static void
data_are_deleted(void **state)
{
	static const tmg_script_row rows[] = {
		PROBE, ADMIN_3DES,
		{ "00CB3FFF5C027F61", "7F6103 020100 9000", NULL },
		{ "00DB3FFF5C035FC102 5300", "9000", NULL },
		{ "00CB3FFF5C035FC102", "5300 9000", NULL },
		{ "00DB3FFF5C035FC102 5302 AABB", "6A84", NULL },
		/* a kept management key stays where it is */
		{ "00CB3FFF5C035FFF00", "5305 8003 810102 9000", NULL },
		{ "00CB3FFF5C035FFF00", "5305 8003 810102 9000", NULL },
		{ "00CB3FFF5C035FFF00", "5305 8003 810100 9000", NULL },
		{ "00DB3FFF5C035FC109 5300", "9000", NULL },
		{ 0 },
	};
	tmg_out data = TMG_OUT(store);
	piv_lock lock;
	piv_desk d;

	(void)state;
	piv_open(&d, rows);
	admin(&d, &lock);
	assert_int_equal(tmg_driver_piv.data_read(d.b, 0x7f61, &data), TMG_OK);
	assert_view_equal(tmg_out_view(&data), ((tmg_view)BYTES("\x02\x01\x00")));
	assert_int_equal(tmg_driver_piv.data_delete(d.b, OBJ_CHUID), TMG_OK);
	assert_int_equal(tmg_driver_piv.data_read(d.b, OBJ_CHUID, &data),
	    TMG_NOT_FOUND);
	assert_int_equal(tmg_driver_piv.data_write(d.b, OBJ_CHUID,
	    (tmg_view)BYTES("\xaa\xbb")), TMG_DENIED);
	assert_int_equal(tmg_driver_piv.data_write(d.b, OBJ_PRINTED,
	    (tmg_view)BYTES("\xaa\xbb")), TMG_OCCUPIED);
	assert_int_equal(tmg_driver_piv.data_delete(d.b, OBJ_PRINTED), TMG_OCCUPIED);
	assert_int_equal(tmg_driver_piv.data_delete(d.b, OBJ_PRINTED), TMG_OK);
	piv_done(&d);
}

/* ---- other programs ------------------------------------------------------ */

static void
a_foreign_selection_is_noticed_and_undone(void **state)
{
	static const char *const foreign[] = { "6D00", "6E00", "6A88" };

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(foreign); i++) {
		const tmg_script_row rows[] = {
			PROBE, NO_DISCOVERY,
			{ VERIFY_123456, "9000", NULL },
			{ GET_9A, foreign[i], NULL },
			{ SELECT, APT, NULL },
			{ GET_9A, CERT "9000", NULL },
			{ 0 },
		};
		tmg_out der = TMG_OUT(store);
		piv_desk d;
		int tries;

		piv_open(&d, rows);
		assert_int_equal(tmg_driver_piv.verify(d.b, TMG_PIN_USER,
		    tmg_view_str("123456"), &tries), TMG_OK);
		assert_int_equal(tmg_driver_piv.cert_read(d.b, 0x9a, &der), TMG_OK);
		assert_int_equal(tmg_driver_piv.logged_in(d.b, TMG_PIN_USER),
		    TMG_LOGIN);
		piv_done(&d);
	}
}

static void
a_pin_is_never_sent_twice(void **state)
{
	static const tmg_script_row rows[] = {
		PROBE, NO_DISCOVERY,
		{ VERIFY_123456, "6D00", NULL },
		{ SELECT, APT, NULL },
		{ VERIFY_123456, "9000", NULL },	/* asked for again by a person */
		{ 0 },
	};
	piv_desk d;
	int tries;

	(void)state;
	piv_open(&d, rows);
	assert_int_equal(tmg_driver_piv.verify(d.b, TMG_PIN_USER,
	    tmg_view_str("123456"), &tries), TMG_LOGIN);
	assert_int_equal(tmg_driver_piv.verify(d.b, TMG_PIN_USER,
	    tmg_view_str("123456"), &tries), TMG_OK);
	piv_done(&d);
}

/* The card forgot the login without telling: the next command selects. */
static void
a_lost_login_is_found_out(void **state)
{
	static const tmg_script_row rows[] = {
		PROBE, NO_DISCOVERY,
		{ VERIFY_123456, "9000", NULL },
		{ "0087119A *", "6982", NULL },
		{ SELECT, APT, NULL },
		{ VERIFY_123456, "9000", NULL },
		{ 0 },
	};
	const tmg_sign_spec ecdsa = { .scheme = TMG_SIGN_ECDSA };
	static const uint8_t digest[32];
	tmg_out sig = TMG_OUT(store);
	piv_desk d;
	int tries;

	(void)state;
	piv_open(&d, rows);
	assert_int_equal(tmg_driver_piv.verify(d.b, TMG_PIN_USER,
	    tmg_view_str("123456"), &tries), TMG_OK);
	assert_int_equal(tmg_driver_piv.sign(d.b, 0x9a, TMG_ALG_P256, &ecdsa,
	    TMG_VIEW(digest), &sig), TMG_LOGIN);
	assert_int_equal(tmg_driver_piv.verify(d.b, TMG_PIN_USER,
	    tmg_view_str("123456"), &tries), TMG_OK);
	piv_done(&d);
}

static void
another_card_in_the_reader_is_a_fault(void **state)
{
	static const tmg_script_row rows[] = {
		PROBE,
		{ GET_9A, "reset", NULL },
		{ SELECT, "6A82", NULL },
		{ 0 },
	};
	tmg_out der = TMG_OUT(store);
	piv_desk d;

	(void)state;
	piv_open(&d, rows);
	assert_int_equal(tmg_driver_piv.cert_read(d.b, 0x9a, &der), TMG_RESET);
	assert_int_equal(tmg_driver_piv.cert_read(d.b, 0x9a, &der), TMG_E_CARD);
	piv_done(&d);
}

/* ---- the whole card ------------------------------------------------------ */

static void
setup_makes_what_is_missing(void **state)
{
	static const tmg_script_row missing[] = {
		PROBE, ADMIN_3DES,
		{ "00CB3FFF5C035FC102", "6A82", NULL },
		{ "00DB3FFF5C035FC102 533B 3019D4E739DA739CED39CE739D83685821084210"
		    "8421C84210C3EB 3410 *", "9000", NULL },
		{ "00CB3FFF5C035FC107", "6A82", NULL },
		{ "00DB3FFF5C035FC107 5333 F015A000000116FF02 *", "9000", NULL },
		{ 0 },
	};
	static const tmg_script_row there[] = {
		PROBE, ADMIN_3DES,
		{ "00CB3FFF5C035FC102", "533B" CHUID "9000", NULL },
		{ "00CB3FFF5C035FC107", "5302 F000 9000", NULL },
		{ 0 },
	};
	piv_lock lock;
	piv_desk d;

	(void)state;
	piv_open(&d, missing);
	assert_int_equal(tmg_driver_piv.setup(d.b), TMG_LOGIN);
	admin(&d, &lock);
	assert_int_equal(tmg_driver_piv.setup(d.b), TMG_OK);
	piv_done(&d);
	piv_open(&d, there);
	admin(&d, &lock);
	assert_int_equal(tmg_driver_piv.setup(d.b), TMG_OK);
	piv_done(&d);
}

static void
reset_blocks_only_what_can_be_reset(void **state)
{
	static const tmg_script_row standard[] = {
		PROBE, { "00FD0000", "6D00", NULL }, { 0 },
	};
	static const tmg_script_row yubikey[] = {
		PROBE,
		{ "00FD0000", "050403 9000", NULL },
		{ "00200080 *", "63C1", NULL },
		{ "00200080 *", "63C0", NULL },
		{ "00240081 *", "63C2", NULL },
		{ "00240081 *", "63C1", NULL },
		{ "00240081 *", "6983", NULL },
		{ "00FB0000", "9000", NULL },
		{ SELECT, APT, NULL },		/* for whatever comes next */
		{ GET_9A, "6A82", NULL },
		{ 0 },
	};
	static const tmg_script_row refused[] = {
		PROBE,
		{ "00FD0000", "050403 9000", NULL },
		{ "00200080 *", "6983", NULL },
		{ "00240081 *", "6983", NULL },
		{ "00FB0000", "6985", NULL },
		{ 0 },
	};
	tmg_out der = TMG_OUT(store);
	piv_desk d;

	(void)state;
	piv_open(&d, standard);
	assert_int_equal(tmg_driver_piv.reset(d.b), TMG_UNSUPPORTED);
	piv_done(&d);
	piv_open_yubikey(&d, yubikey);
	assert_int_equal(tmg_driver_piv.reset(d.b), TMG_OK);
	assert_int_equal(tmg_driver_piv.cert_read(d.b, 0x9a, &der), TMG_NOT_FOUND);
	piv_done(&d);
	piv_open(&d, refused);
	assert_int_equal(tmg_driver_piv.reset(d.b), TMG_DENIED);
	piv_done(&d);
}

static void
random_numbers_where_there_are_any(void **state)
{
	static const tmg_script_row some[] = {
		PROBE,
		{ "00840000", "0102030405060708 9000", NULL },
		{ "00840000", "0102 9000", NULL },
		{ "00840000", "9000", NULL },
		{ "00840000", "01020304 9000", NULL },
		{ 0 },
	};
	static const tmg_script_row none[] = {
		PROBE, { "00840000", "6D00", NULL }, { 0 },
	};
	tmg_out bytes = TMG_OUT(store);
	piv_desk d;

	(void)state;
	piv_open(&d, some);
	assert_int_equal(tmg_driver_piv.random(d.b, 10, &bytes), TMG_OK);
	assert_int_equal(bytes.len, 10);
	assert_int_equal(tmg_driver_piv.random(d.b, 2, &bytes), TMG_E_MALFORMED);
	assert_int_equal(tmg_driver_piv.random(d.b, 2, &bytes), TMG_E_MALFORMED);
	piv_done(&d);
	piv_open(&d, none);
	assert_int_equal(tmg_driver_piv.random(d.b, 2, &bytes), TMG_UNSUPPORTED);
	assert_int_equal(tmg_driver_piv.random(d.b, 2, &bytes), TMG_UNSUPPORTED);
	piv_done(&d);
}

/* A standard card is named by the GUID that setup wrote, once it is there. */
static void
setup_names_a_card_without_a_name(void **state)
{
	static const char *const ends[] = { "9000", "6A84" };

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(ends); i++) {
		const tmg_script_row rows[] = {
			PROBE,
			{ "00FD0000", "6D00", NULL },
			{ "00CB3FFF5C035FC102", "6A82", NULL },
			ADMIN_3DES,
			{ "00CB3FFF5C035FC102", "6A82", NULL },
			{ "00DB3FFF5C035FC102 533B *", ends[i], NULL },
			{ i == 0 ? "00CB3FFF5C035FC107" : NULL,
			    "5302 F000 9000", NULL },
			{ 0 },
		};
		piv_lock lock;
		piv_desk d;

		piv_open(&d, rows);
		assert_int_equal(tmg_driver_piv.identify(d.b), TMG_OK);
		assert_string_equal(d.b->info.label, "PIV");
		admin(&d, &lock);
		assert_int_equal(tmg_driver_piv.setup(d.b),
		    i == 0 ? TMG_OK : TMG_DENIED);
		assert_int_equal(strlen(d.b->info.serial), i == 0 ? 32 : 0);
		piv_done(&d);
	}
}

/* ---- the card goes away -------------------------------------------------- */

/* Everything an enrollment does to a card, up to the first refusal. */
static tmg_rc
enroll(piv_desk *d)
{
	const tmg_keyspec spec = { .slot = 0x9a, .alg = TMG_ALG_ED25519 };
	const tmg_sign_spec eddsa = { .scheme = TMG_SIGN_EDDSA };
	const tmg_view text = BYTES("hi"), der = BYTES("\x30\x01\x00");
	tmg_out out = TMG_OUT(store);
	int tries;
	tmg_rc rc;

	if ((rc = tmg_driver_piv.identify(d->b)) ||
	    (rc = tmg_driver_piv.admin_auto(d->b)) ||
	    (rc = tmg_driver_piv.setup(d->b)) ||
	    (rc = tmg_driver_piv.generate(d->b, &spec, &out)) ||
	    (rc = tmg_driver_piv.verify(d->b, TMG_PIN_USER,
	    tmg_view_str("123456"), &tries)) ||
	    (rc = tmg_driver_piv.sign(d->b, 0x9a, TMG_ALG_ED25519, &eddsa, text,
	    &out)) ||
	    (rc = tmg_driver_piv.cert_write(d->b, 0x9a, der)))
		return rc;
	return tmg_driver_piv.cert_read(d->b, 0x9a, &out);
}

#define BYTES_32 "000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F"

static const tmg_script_row enrollment[] = {
	PROBE,
	{ "00FD0000", "050403 9000", NULL },
	{ "00F80000", "00BC614E 9000", NULL },
	ADMIN_3DES,
	{ "00CB3FFF5C035FC102", "6A82", NULL },
	{ "00DB3FFF5C035FC102 533B *", "9000", NULL },
	{ "00CB3FFF5C035FC107", "6A82", NULL },
	{ "00DB3FFF5C035FC107 5333 *", "9000", NULL },
	{ "0047009A AC038001E0", "7F4922 8620 " BYTES_32 "9000", NULL },
	{ VERIFY_123456, "9000", NULL },
	{ "0087E09A 7C06 8200 8102 6869", "7C42 8240 " BYTES_32 BYTES_32 "9000",
	    NULL },
	{ "00DB3FFF 5C035FC105 530A *", "9000", NULL },
	{ GET_9A, CERT "9000", NULL },
};

static void
the_card_may_go_at_every_command(void **state)
{
	static const struct {
		const char *end;
		tmg_rc rc;
	} ends[] = {
		{ "9000", TMG_OK },	/* not at all, for comparison */
		{ "removed", TMG_REMOVED },
		{ "reset", TMG_RESET },
		{ "io", TMG_E_IO },
	};

	(void)state;
	for (size_t e = 0; e < TMG_COUNT(ends); e++) {
		for (size_t at = 1; at < TMG_COUNT(enrollment); at++) {
			tmg_script_row rows[TMG_COUNT(enrollment) + 1] = { { 0 } };
			piv_lock lock = piv_factory_3des;
			piv_desk d;

			memcpy(rows, enrollment, sizeof(enrollment));
			if (ends[e].rc != TMG_OK) {
				rows[at].response = ends[e].end;
				rows[at].answer = NULL;
				rows[at + 1] = (tmg_script_row){ 0 };
			}
			piv_open(&d, rows);
			d.script.arg = &lock;
			assert_int_equal(enroll(&d), ends[e].rc);
			if (ends[e].rc == TMG_REMOVED || ends[e].rc == TMG_RESET) {
				assert_int_equal(tmg_driver_piv.logged_in(d.b,
				    TMG_PIN_USER), TMG_LOGIN);
				assert_int_equal(tmg_driver_piv.logged_in(d.b,
				    TMG_PIN_ADMIN), TMG_LOGIN);
			}
			if (ends[e].rc != TMG_OK)
				assert_int_equal(d.b->fault.rc, ends[e].rc);
			piv_done(&d);
		}
	}
}

/* ---- a list -------------------------------------------------------------- */

static void
a_list_of_four_is_six_commands(void **state)
{
	static const tmg_script_row rows[] = {
		PROBE,
		{ "00CB3FFF5C035FC10C", "6A82", NULL },
		{ GET_9A, CERT "9000", NULL },
		{ "00CB3FFF5C035FC10A", CERT "9000", NULL },
		{ "00CB3FFF5C035FC10B", CERT "9000", NULL },
		{ "00CB3FFF5C035FC101", CERT "9000", NULL },
		{ 0 },
	};
	tmg_slot slots[32];
	size_t count;
	piv_desk d;

	(void)state;
	piv_open(&d, rows);
	assert_int_equal(tmg_driver_piv.slots(d.b, slots, 32, &count), TMG_OK);
	assert_int_equal(tmg_driver_piv.survey(d.b, slots, count), TMG_OK);
	for (size_t i = 0; i < count; i++) {
		tmg_out der = TMG_OUT(store);

		if (!slots[i].retired || slots[i].held)
			assert_int_equal(tmg_driver_piv.cert_read(d.b,
			    slots[i].ref, &der), TMG_OK);
	}
	assert_int_equal(d.b->ch->apdus, 6);
	piv_done(&d);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(probing_is_one_command),
		cmocka_unit_test(a_garbled_template_is_still_piv),
		cmocka_unit_test(names_come_from_what_the_card_tells),
		cmocka_unit_test(abilities_follow_the_version),
		cmocka_unit_test(certificates_come_first_where_they_are_cheaper),
		cmocka_unit_test(secrets_go_to_a_selected_application),
		cmocka_unit_test(slots_are_listed_without_a_word),
		cmocka_unit_test(certificates_are_read),
		cmocka_unit_test(certificates_are_written_plain_when_they_fit),
		cmocka_unit_test(certificates_are_packed_when_they_do_not_fit),
		cmocka_unit_test(retired_certificates_are_counted),
		cmocka_unit_test(data_objects_are_read_and_written),
		cmocka_unit_test(data_places_are_listed),
		cmocka_unit_test(data_are_deleted),
		cmocka_unit_test(a_foreign_selection_is_noticed_and_undone),
		cmocka_unit_test(a_pin_is_never_sent_twice),
		cmocka_unit_test(a_lost_login_is_found_out),
		cmocka_unit_test(another_card_in_the_reader_is_a_fault),
		cmocka_unit_test(setup_makes_what_is_missing),
		cmocka_unit_test(reset_blocks_only_what_can_be_reset),
		cmocka_unit_test(random_numbers_where_there_are_any),
		cmocka_unit_test(setup_names_a_card_without_a_name),
		cmocka_unit_test(the_card_may_go_at_every_command),
		cmocka_unit_test(a_list_of_four_is_six_commands),
	};

	return cmocka_run_group_tests_name("piv talk", tests, NULL, NULL);
}
