/* SPDX-License-Identifier: BSD-2-Clause */
/* Keys made, imported and used; data objects; the way back. */
#include "tests/unit/openpgp-desk.h"

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdio.h>

#include "src/codec/hex.h"
#include "src/pki/spki.h"

#define GET_6E "00CA006E"
#define DRV tmg_driver_openpgp
#define ADMIN { "002000833132333435363738", "9000", NULL }
#define USER { "00200082313233343536", "9000", NULL }
#define POINT_P256 "046B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945" \
	"D898C2964FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5"
#define PUBLIC_P256 "7F4943 8641 " POINT_P256 "9000"

static uint8_t store[TMG_CERT_MAX];

static void
login(opgp_desk *d, tmg_pin_kind kind)
{
	d->b->due = 2;
	assert_int_equal(DRV.verify(d->b, kind, tmg_view_str(kind == TMG_PIN_ADMIN
	    ? "12345678" : "123456"), NULL), TMG_OK);
}

/* SELECT, 6E, VERIFY, GENERATE, fingerprint, date: six. */
static void
a_key_is_made_by_six_commands(void **state)
{
	const tmg_script_row rows[] = {
		PROBE, { GET_6E, ABOUT_P256, NULL }, ADMIN,
		{ "00478000A400", PUBLIC_P256, NULL },
		{ "00DA00C9*", "9000", NULL },
		{ "00DA00D0*", "9000", NULL },
		{ 0 },
	};
	const tmg_keyspec spec = { .slot = 3, .alg = TMG_ALG_P256 };
	tmg_out spki = TMG_OUT(store);
	opgp_desk d;

	(void)state;
	opgp_open(&d, rows);
	login(&d, TMG_PIN_ADMIN);
	assert_int_equal(DRV.generate(d.b, &spec, &spki), TMG_OK);
	assert_int_equal(d.b->ch->apdus, 6);
	opgp_done(&d);
}

static void
attributes_are_written_where_they_differ(void **state)
{
	static const struct {
		uint32_t slot;
		tmg_alg alg;
		const char *put;
	} cases[] = {
		{ 1, TMG_ALG_RSA4096, "00DA00C1 01 1000 0020 00" },
		{ 1, TMG_ALG_ED25519, "00DA00C1 16 2B06010401DA470F01" },
		{ 2, TMG_ALG_P384, "00DA00C2 12 2B81040022" },
		{ 2, TMG_ALG_X25519, "00DA00C2 12 2B060104019755010501" },
		{ 3, TMG_ALG_BP512, "00DA00C3 13 2B240303020801010D" },
		{ 3, TMG_ALG_P521, "00DA00C3 13 2B81040023" },
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(cases); i++) {
		const tmg_script_row rows[] = {
			PROBE, { GET_6E, ABOUT_P256, NULL }, ADMIN,
			{ cases[i].put, "9000", NULL },
			{ "00478000*", "6F00", NULL },
			{ 0 },
		};
		const tmg_keyspec spec = { cases[i].slot, cases[i].alg, 0, 0 };
		tmg_out spki = TMG_OUT(store);
		opgp_desk d;

		opgp_open(&d, rows);
		login(&d, TMG_PIN_ADMIN);
		assert_int_equal(DRV.generate(d.b, &spec, &spki), TMG_E_CARD);
		opgp_done(&d);
	}
}

static void
what_a_slot_does_not_take_is_not_asked_for(void **state)
{
	static const tmg_keyspec cases[] = {
		{ 1, TMG_ALG_X25519, 0, 0 }, { 2, TMG_ALG_ED25519, 0, 0 },
		{ 3, TMG_ALG_X25519, 0, 0 }, { 0x81, TMG_ALG_P256, 0, 0 },
		{ 3, TMG_ALG_P256, TMG_PIN_ALWAYS, 0 },
		{ 1, TMG_ALG_P256, 0, TMG_TOUCH_ALWAYS },
		{ 1, TMG_ALG_NONE, 0, 0 },
	};
	const tmg_script_row rows[] = {
		PROBE, { GET_6E, ABOUT_P256, NULL }, ADMIN, { 0 },
	};
	opgp_desk d;

	(void)state;
	opgp_open(&d, rows);
	login(&d, TMG_PIN_ADMIN);
	for (size_t i = 0; i < TMG_COUNT(cases); i++) {
		tmg_out spki = TMG_OUT(store);

		assert_int_equal(DRV.generate(d.b, &cases[i], &spki),
		    TMG_UNSUPPORTED);
	}
	opgp_done(&d);
}

static void
without_the_admin_nothing_is_written(void **state)
{
	const tmg_script_row rows[] = { PROBE, { 0 } };
	const tmg_keyspec spec = { 1, TMG_ALG_P256, 0, 0 };
	tmg_out spki = TMG_OUT(store);
	opgp_desk d;

	(void)state;
	opgp_open(&d, rows);
	assert_int_equal(DRV.generate(d.b, &spec, &spki), TMG_LOGIN);
	assert_int_equal(DRV.import(d.b, &spec, tmg_view_str("x")), TMG_LOGIN);
	assert_int_equal(DRV.cert_write(d.b, 3, tmg_view_str("x")), TMG_LOGIN);
	assert_int_equal(DRV.data_write(d.b, 0x5b, tmg_view_str("x")), TMG_LOGIN);
	assert_int_equal(DRV.data_write(d.b, 0xd3, tmg_view_str("12345678")),
	    TMG_LOGIN);
	opgp_done(&d);
}

/* ---- fingerprints -------------------------------------------------------- */

/* Made by gpg 2.2 of the same key and date: gpg --list-keys --with-colons. */
static void
fingerprints_are_gpgs(void **state)
{
	static const struct {
		size_t index;
		uint32_t date;
		const char *spki, *print;
	} cases[] = {
		{ 0, 1795378837,
		    "30820122300D06092A864886F70D01010105000382010F003082010A02820101"
		    "00C21C938575BB699B210193AE49BCE5883C90C961B7656E85FFE9ACF36F2AF6"
		    "5CE4AC748FF17F811A34A86CB8DAF9525E512B7E72BCF49208BA6C5B490F1444"
		    "BA7C8760591061AF5FDA7C6BDA205B4C7B69BCE04FE0A6D097A8ADE3B885F231"
		    "91FE1CEC4670295D8E19F4442576121E2AE1446B1ADBC5B3EBB271AC6A5174F9"
		    "967AB0D722C1ECBB9E3D99374298FA09F60035585B4D9338683A87506F4193D9"
		    "DC9A33B032E41FCEDE9199653BEBA045217D3979D420CCC50EBD21CCF4FE8CE9"
		    "B876BFC0C443EBE56ECB0342286C027581FE70E4621CF0B66A408114AB74D8AA"
		    "16AFAF286ED06EFA670066B3D39DC15AA3FAED794133B4E434212E76041F8136"
		    "350203010001",
		    "DE2264A371DDDE61FF7C211DA5416AEE81BEC746" },
		{ 1, 1795378837,
		    "30820122300D06092A864886F70D01010105000382010F003082010A02820101"
		    "00BD12539170FE19D8B02A1644F91691906C2DEFFCE31BA2F59B4E51E6BC6E39"
		    "81DFFB9F274634BC0150D01579735C9FEDEBCB3B0397E4819E061D648CF39AC0"
		    "7E0DDFFBBA2D7339B79DBD3A55F057F95EBF40078BD3820314161C3DF9AA374E"
		    "4A3C617D733AFFFB1074C3265234AA89AC6C5EEF12F5585056D910B3DF7307DB"
		    "887042F481795276C1A401AA3EDB0D3414ECA96778457CC40125EDAD4FBE7FA1"
		    "63E941048097D84FC3247ADD6E00515FEF9E5182C37B4B8D22D3985CD658297A"
		    "79C3DFB72E87E2D0B70FD1B015C7A5D93C07F4510FB92C1E60559DBF8DBB4DA1"
		    "3BE6A871481B1783445B3368BF5F9759A0572D740EDF8025C88B354693119A19"
		    "3D0203010001",
		    "A4CCC4354F8EB4279786FDB0E8876BD4257AED7D" },
		{ 0, 1795378838,
		    "3059301306072A8648CE3D020106082A8648CE3D03010703420004C8BD7B9D31"
		    "1C42CE7FBF758DC27DBEED093D1B2EB030A17C871A59D4AAABC80C260E91A578"
		    "D5725A7637023AC3A36914C9C31926109F953711F9029C637DFCE8",
		    "9A31569077E343264287B596A1CD3DD8B47EB7FA" },
		{ 1, 1795378838,
		    "3059301306072A8648CE3D020106082A8648CE3D03010703420004C3589E01F2"
		    "F26E9A7C043FE299B293D99C81303E5767C6112FC569FF283F2B9003B3306FFA"
		    "A5DA7B96AE4DA85A1A28A46DCB577EF722B11EB00FCBB9BCF18648",
		    "232F993A708083CBC39D167736013A633EA82ECE" },
		{ 0, 1795378838,
		    "302A300506032B6570032100288744D296FDABA2470003E884A32DBD18EE20B8"
		    "10695C354017463A17BDF6EC",
		    "E57BD38EA5325B35D8EC363DBA214BA407C879FD" },
		{ 1, 1795378838,
		    "302A300506032B656E032100A1BC046DEC58A04E074895CD9756C28D592CE5E2"
		    "AF61BEA26481E6551ACAB356",
		    "C170508E51A3845AD48EECE1E906E2308308F2E1" },
		{ 0, 1795378838,
		    "30819B301006072A8648CE3D020106052B810400230381860004007B8E0D9E47"
		    "6FB13AA925C63BA0AD03E7E1735A6287EA294BE8F075A174BF293F1FAA595F7B"
		    "E3784E8044639E0EBE764181F836816A077D037BE94DFE6114930F68006C01CF"
		    "E3F55E6C4DC2101B19EC219599D440B48E7B7DEA3CAAAB89380B59A19DD7F264"
		    "386E60218CD3E378950606D6CCA012754A3DDF149578A85085ED4C2CB7C5",
		    "52EB62B8B7395345CD5A3E90CE4374336F04795C" },
		{ 1, 1795378838,
		    "307A301406072A8648CE3D020106092B240303020801010B0362000403020992"
		    "D50C8EF917390C1F9E13E1A680ED0ACB625623ABA67D481DC379774E2E3C9816"
		    "7905B18A7D22A28478E2ED2E38F1BF9083C18568FB38CDC22FE363AE1C45D636"
		    "9BD242CE245A5CC531CD6E4F44CF532440C266D87EF33A9283BE8A8D",
		    "56837CE6E0025DA75F80D4DA2C3F370187BBF544" },
	};
	const tmg_script_row rows[] = { PROBE, { 0 } };
	opgp_desk d;

	(void)state;
	opgp_open(&d, rows);
	for (size_t i = 0; i < TMG_COUNT(cases); i++) {
		uint8_t key[TMG_SPKI_MAX], want[20], got[20];
		tmg_out k = TMG_OUT(key), w = TMG_OUT(want);

		assert_int_equal(tmg_hex_parse(tmg_view_str(cases[i].spki), &k),
		    TMG_OK);
		assert_int_equal(tmg_hex_parse(tmg_view_str(cases[i].print), &w),
		    TMG_OK);
		assert_int_equal(tmg_opgp_fingerprint(d.p, cases[i].index,
		    cases[i].date, tmg_out_view(&k), got), TMG_OK);
		assert_memory_equal(got, want, sizeof(got));
	}
	opgp_done(&d);
}

/* ---- import -------------------------------------------------------------- */

static tmg_view
key_of(const char *type, const char *detail, uint8_t *der, size_t cap)
{
	EVP_PKEY *key = strcmp(type, "RSA") == 0
	    ? EVP_PKEY_Q_keygen(NULL, NULL, type, (size_t)2048)
	    : detail != NULL ? EVP_PKEY_Q_keygen(NULL, NULL, type, detail)
	    : EVP_PKEY_Q_keygen(NULL, NULL, type);
	PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(key);
	uint8_t *end = der;
	const int len = i2d_PKCS8_PRIV_KEY_INFO(info, &end);

	assert_true(len > 0 && (size_t)len <= cap);
	PKCS8_PRIV_KEY_INFO_free(info);
	EVP_PKEY_free(key);
	return (tmg_view){ der, (size_t)len };
}

/* Head of the extended header list, by the attributes' format. */
static void
parts_follow_the_attributes(void **state)
{
	static const struct {
		uint32_t slot;
		tmg_alg alg;
		const char *type, *detail, *attributes, *head;
	} cases[] = {
		{ 3, TMG_ALG_P256, "EC", "P-256", P256_SIGN,
		    "00DB3FFF 4D2A A400 7F48 02 9220 5F48 20*" },
		{ 3, TMG_ALG_P256, "EC", "P-256", "0A 13 2A8648CE3D030107 FF",
		    "00DB3FFF 4D6D A400 7F48 04 9220 9941 5F48 61*" },
		{ 3, TMG_ALG_ED25519, "ED25519", NULL, ED25519,
		    "00DB3FFF 4D2A A400 7F48 02 9220 5F48 20*" },
		{ 3, TMG_ALG_RSA2048, "RSA", NULL, RSA2048,
		    "00DB3FFF 4D820116 A400 7F48 08 9104 928180 938180 "
		    "5F48820104 00010001*" },
		{ 3, TMG_ALG_RSA2048, "RSA", NULL, "06 01 0800 0011 03",
		    "00DB3FFF 4D8203A2 A400 7F48 15 9103 928180 938180 948180 "
		    "958180 968180 97820100 5F48820383 010001*" },
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(cases); i++) {
		char discretionary[256];
		uint8_t der[2048];
		const tmg_keyspec spec = { cases[i].slot, cases[i].alg, 0, 0 };
		const tmg_view key = key_of(cases[i].type, cases[i].detail, der,
		    sizeof(der));
		tmg_script_row rows[8] = { PROBE };
		opgp_desk d;

		snprintf(discretionary, sizeof(discretionary), "%sC3%s%s%s",
		    CAPS("74") "C1" RSA2048 "C2" RSA2048, cases[i].attributes,
		    PW("01"), NO_PRINTS);
		rows[1] = (tmg_script_row){ GET_6E,
		    opgp_about(AID34, discretionary), NULL };
		rows[2] = (tmg_script_row)ADMIN;
		rows[3] = (tmg_script_row){ cases[i].head, "9000", NULL };
		rows[4] = (tmg_script_row){ "00DA00C9*", "9000", NULL };
		rows[5] = (tmg_script_row){ "00DA00D0*", "9000", NULL };
		opgp_open(&d, rows);
		login(&d, TMG_PIN_ADMIN);
		assert_int_equal(DRV.import(d.b, &spec, key), TMG_OK);
		opgp_done(&d);
	}
}

static void
what_is_no_such_key_is_not_imported(void **state)
{
	const tmg_script_row rows[] = {
		PROBE, { GET_6E, ABOUT_P256, NULL }, ADMIN, { 0 },
	};
	const tmg_keyspec spec = { 3, TMG_ALG_P256, 0, 0 };
	uint8_t der[2048];
	tmg_view other;
	opgp_desk d;

	(void)state;
	opgp_open(&d, rows);
	login(&d, TMG_PIN_ADMIN);
	assert_int_equal(DRV.import(d.b, &spec, tmg_view_str("no key")),
	    TMG_E_MALFORMED);
	other = key_of("EC", "P-384", der, sizeof(der));
	assert_int_equal(DRV.import(d.b, &spec, other), TMG_MISMATCH);
	opgp_done(&d);
}

/* ---- decryption ---------------------------------------------------------- */

#define SHARED "1122334455667788990011223344556677889900112233445566778899001122"

static void
agreement_gives_the_coordinate(void **state)
{
	static const struct {
		const char *answer;
		tmg_rc rc;
	} cases[] = {
		{ SHARED "9000", TMG_OK },
		{ "04" SHARED SHARED "9000", TMG_OK },
		{ "05" SHARED SHARED "9000", TMG_E_MALFORMED },
		{ "11 9000", TMG_E_MALFORMED },
		{ "9000", TMG_E_MALFORMED },
		{ "6982", TMG_LOGIN },
		{ "6A88", TMG_NOT_FOUND },
	};
	uint8_t peer[65];
	tmg_out point = TMG_OUT(peer);

	(void)state;
	assert_int_equal(tmg_hex_parse(tmg_view_str(POINT_P256), &point), TMG_OK);
	for (size_t i = 0; i < TMG_COUNT(cases); i++) {
		const tmg_script_row rows[] = {
			PROBE, { "00CA00F9", "6A88", NULL }, USER,
			{ "002A8086 A646 7F4943 8641" POINT_P256,
			    cases[i].answer, NULL },
			{ 0 },
		};
		tmg_out secret = TMG_OUT(store);
		opgp_desk d;

		opgp_open(&d, rows);
		login(&d, TMG_PIN_USER);
		assert_int_equal(DRV.derive(d.b, 2, TMG_ALG_P256,
		    tmg_out_view(&point), &secret), cases[i].rc);
		if (cases[i].rc == TMG_OK)
			assert_int_equal(secret.len, 32);
		opgp_done(&d);
	}
}

static void
rsa_is_decrypted_by_the_card(void **state)
{
	const tmg_script_row rows[] = {
		PROBE, { "00CA00F9", "6A88", NULL }, USER,
		{ "002A8086 00 AAAA*", "68656C6C6F 9000", NULL },
		{ 0 },
	};
	static const tmg_decrypt_spec pkcs1 = { .padding = TMG_DECRYPT_PKCS1 };
	static const tmg_decrypt_spec oaep = { .padding = TMG_DECRYPT_OAEP };
	uint8_t cipher[256];
	tmg_out plain = TMG_OUT(store);
	opgp_desk d;

	(void)state;
	memset(cipher, 0xaa, sizeof(cipher));
	opgp_open(&d, rows);
	login(&d, TMG_PIN_USER);
	assert_int_equal(DRV.decrypt(d.b, 2, TMG_ALG_RSA2048, &pkcs1,
	    TMG_VIEW(cipher), &plain), TMG_OK);
	assert_view_equal(tmg_out_view(&plain), tmg_view_str("hello"));
	assert_int_equal(DRV.decrypt(d.b, 2, TMG_ALG_RSA2048, &oaep,
	    TMG_VIEW(cipher), &plain), TMG_UNSUPPORTED);
	assert_int_equal(DRV.decrypt(d.b, 1, TMG_ALG_RSA2048, &pkcs1,
	    TMG_VIEW(cipher), &plain), TMG_UNSUPPORTED);
	assert_int_equal(DRV.decrypt(d.b, 2, TMG_ALG_RSA4096, &pkcs1,
	    TMG_VIEW(cipher), &plain), TMG_E_USAGE);
	opgp_done(&d);
}

/* ---- certificates and data ----------------------------------------------- */

/* SELECT, 6E, VERIFY, PUT DATA: four; another slot's wants SELECT DATA too. */
static void
a_certificate_is_written_by_four_commands(void **state)
{
	const tmg_script_row rows[] = {
		PROBE, { GET_6E, ABOUT_P256, NULL }, ADMIN,
		{ "00DA7F21 3003020101", "9000", NULL },
		{ "00A502046004 5C027F21", "9000", NULL },
		{ "00DA7F21", "9000", NULL },
		{ 0 },
	};
	static const uint8_t der[] = { 0x30, 0x03, 0x02, 0x01, 0x01 };
	opgp_desk d;

	(void)state;
	opgp_open(&d, rows);
	login(&d, TMG_PIN_ADMIN);
	assert_int_equal(DRV.cert_write(d.b, 3, TMG_VIEW(der)), TMG_OK);
	assert_int_equal(d.b->ch->apdus, 4);
	assert_int_equal(DRV.cert_delete(d.b, 1), TMG_OK);
	assert_int_equal(DRV.cert_write(d.b, 0x81, TMG_VIEW(der)),
	    TMG_UNSUPPORTED);
	opgp_done(&d);
}

static void
old_yubikeys_count_the_list(void **state)
{
	const tmg_script_row rows[] = {
		PROBE,
		{ "00A502046004 5C027F21", "6A80", NULL },
		{ GET_6E, opgp_about("4F10D2760001240103 04 0006 12345678 0000",
		    CAPS("74") "C1" P256_SIGN PW("01") PRINTS), NULL },
		{ "00A50204066004 5C027F21", "9000", NULL },
		{ "00CA7F21", "3000 9000", NULL },
		{ "00A50104066004 5C027F21", "9000", NULL },
		{ "00CA7F21", "3001 9000", NULL },
		{ 0 },
	};
	tmg_out der = TMG_OUT(store);
	opgp_desk d;

	(void)state;
	opgp_open(&d, rows);
	assert_int_equal(DRV.cert_read(d.b, 1, &der), TMG_OK);
	assert_int_equal(DRV.cert_read(d.b, 2, &der), TMG_E_MALFORMED);
	opgp_done(&d);
}

static void
the_holder_is_read_and_written(void **state)
{
	const tmg_script_row rows[] = {
		PROBE,
		{ "00CA0065", "65 0D 5B04 446F653C 5F2D00 5F350139 9000", NULL },
		{ "00CA0065", "5B04 446F653C 5F2D00 5F350139 9000", NULL },
		{ "00CA5F50", "6A88", NULL },
		{ GET_6E, ABOUT_P256, NULL }, ADMIN,
		{ "00DA005B 413C3C42", "9000", NULL },
		{ "00DA00D3 3837363534333231", "9000", NULL },
		{ "00DA00D3", "9000", NULL },
		{ 0 },
	};
	tmg_out data = TMG_OUT(store);
	tmg_data_slot slots[16];
	size_t count;
	opgp_desk d;

	(void)state;
	opgp_open(&d, rows);
	assert_int_equal(DRV.data_slots(d.b, slots, 16, &count), TMG_OK);
	assert_int_equal(count, 11);
	assert_int_equal(DRV.data_read(d.b, 0x5b, &data), TMG_OK);
	assert_view_equal(tmg_out_view(&data), tmg_view_str("Doe<"));
	assert_int_equal(DRV.data_read(d.b, 0x5f2d, &data), TMG_NOT_FOUND);
	assert_int_equal(DRV.data_read(d.b, 0x5f50, &data), TMG_NOT_FOUND);
	assert_int_equal(DRV.data_read(d.b, 0xd3, &data), TMG_NOT_FOUND);
	assert_int_equal(DRV.data_read(d.b, 0x1234, &data), TMG_NOT_FOUND);
	login(&d, TMG_PIN_ADMIN);
	assert_int_equal(DRV.data_write(d.b, 0x5b, tmg_view_str("A<<B")), TMG_OK);
	assert_int_equal(DRV.data_write(d.b, 0xd3, tmg_view_str("1234567")),
	    TMG_DENIED);
	assert_int_equal(DRV.data_write(d.b, 0xd3, tmg_view_str("87654321")),
	    TMG_OK);
	assert_int_equal(DRV.data_delete(d.b, 0xd3), TMG_OK);
	assert_int_equal(DRV.data_write(d.b, 0xf9, tmg_view_str("x")),
	    TMG_OCCUPIED);
	opgp_done(&d);
}

/* ---- the whole ----------------------------------------------------------- */

static void
random_comes_as_the_card_gives_it(void **state)
{
	const tmg_script_row rows[] = {
		PROBE, { GET_6E, ABOUT_P256, NULL },
		{ "00840000", "0102030405 9000", NULL },
		{ "00840000", "060708 9000", NULL },
		{ "00840000", "9000", NULL },
		{ 0 },
	};
	tmg_out bytes = TMG_OUT(store);
	opgp_desk d;

	(void)state;
	opgp_open(&d, rows);
	assert_int_equal(DRV.random(d.b, 8, &bytes), TMG_OK);
	assert_int_equal(bytes.len, 8);
	assert_int_equal(DRV.random(d.b, 8, &bytes), TMG_E_MALFORMED);
	opgp_done(&d);
}

static void
a_reset_spends_no_tries(void **state)
{
	const tmg_script_row refused[] = {
		PROBE, { "00E60000", "6982", NULL }, { 0 },
	};
	const tmg_script_row done[] = {
		PROBE, { "00E60000", "9000", NULL }, { "00440000", "9000", NULL },
		{ 0 },
	};
	const tmg_script_row dead[] = {
		{ SELECT, "6285", NULL }, { "00440000", "9000", NULL }, { 0 },
	};
	opgp_desk d;

	(void)state;
	opgp_open(&d, refused);
	assert_int_equal(DRV.reset(d.b), TMG_LOGIN);
	opgp_done(&d);
	opgp_open(&d, done);
	assert_int_equal(DRV.reset(d.b), TMG_OK);
	opgp_done(&d);
	opgp_open(&d, dead);
	assert_int_equal(DRV.reset(d.b), TMG_OK);
	opgp_done(&d);
}

/* ---- bad input ----------------------------------------------------------- */

static void
what_a_card_says_wrongly_is_refused(void **state)
{
	static const char *const bad[] = {
		"", "73", "4F", "4F0F D27600012401030400001234567800", "730000",
		"4F8000", "4F10D276", "4F84FFFFFFFF",
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(bad); i++) {
		uint8_t bytes[64];
		tmg_out o = TMG_OUT(bytes);
		tmg_opgp_about about;

		assert_int_equal(tmg_hex_parse(tmg_view_str(bad[i]), &o), TMG_OK);
		assert_int_equal(tmg_opgp_about_parse(tmg_out_view(&o), &about),
		    TMG_E_MALFORMED);
	}
}

static void
attributes_nobody_knows_are_no_algorithm(void **state)
{
	static const struct {
		const char *bytes;
		tmg_alg alg;
	} cases[] = {
		{ "01", TMG_ALG_NONE }, { "010800", TMG_ALG_NONE },
		{ "0107FF0020", TMG_ALG_NONE }, { "0108000020", TMG_ALG_RSA2048 },
		{ "13", TMG_ALG_NONE }, { "13FF", TMG_ALG_NONE },
		{ "1300", TMG_ALG_NONE }, { "132B8104000A", TMG_ALG_NONE },
		{ "132A8648CE3D030107", TMG_ALG_P256 },
		{ "132A8648CE3D030107FF", TMG_ALG_P256 },
		{ "132A8648CE3D03010700", TMG_ALG_P256 },
		{ "162B6570", TMG_ALG_ED25519 }, { "122B656E", TMG_ALG_X25519 },
		{ "FF2B656E", TMG_ALG_NONE },
		{ "13000000000000000000000000000000000000000000000000", TMG_ALG_NONE },
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(cases); i++) {
		uint8_t bytes[64];
		tmg_out o = TMG_OUT(bytes);
		tmg_opgp_attributes a;

		assert_int_equal(tmg_hex_parse(tmg_view_str(cases[i].bytes), &o),
		    TMG_OK);
		tmg_opgp_attributes_parse(tmg_out_view(&o), &a);
		assert_int_equal(a.alg, cases[i].alg);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_key_is_made_by_six_commands),
		cmocka_unit_test(attributes_are_written_where_they_differ),
		cmocka_unit_test(what_a_slot_does_not_take_is_not_asked_for),
		cmocka_unit_test(without_the_admin_nothing_is_written),
		cmocka_unit_test(fingerprints_are_gpgs),
		cmocka_unit_test(parts_follow_the_attributes),
		cmocka_unit_test(what_is_no_such_key_is_not_imported),
		cmocka_unit_test(agreement_gives_the_coordinate),
		cmocka_unit_test(rsa_is_decrypted_by_the_card),
		cmocka_unit_test(a_certificate_is_written_by_four_commands),
		cmocka_unit_test(old_yubikeys_count_the_list),
		cmocka_unit_test(the_holder_is_read_and_written),
		cmocka_unit_test(random_comes_as_the_card_gives_it),
		cmocka_unit_test(a_reset_spends_no_tries),
		cmocka_unit_test(what_a_card_says_wrongly_is_refused),
		cmocka_unit_test(attributes_nobody_knows_are_no_algorithm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
