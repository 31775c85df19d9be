/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Blank PKCS #15 cards that are begun, keys and certificates that come and go: at every
 * command the card answers with every class of status word, carried out or not, or with
 * data that is cut, too long or noise.  What went wrong is told; nothing half-made is
 * called done; what others have on the card stays; and the same once more ends well.
 * TAMGA_TEST_ALL=1: every word at every command, instead of some at each.
 */
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>

#include "src/pki/spki.h"
#include "tests/unit/vcard-channel.h"

/* drivers/pkcs15/pkcs15.h has names of commands, which the virtual card has, too */
extern const tmg_driver tmg_driver_pkcs15;

enum {
	OURS = 0x45,
	THEIRS = 0x46,
	SLOTS = 40,
	LONGEST = 200,		/* commands of one act */
};

static const struct kind {
	const char *name;
	vc_profile profile;
	tmg_alg alg;
	tmg_view pins[TMG_PIN_KINDS];
} kinds[] = {
	{ "IsoApplet", { .apps = VC_APP_BIT(VC_APP_ISOAPPLET), .extended = true,
	    .serial = 0x01020304, .pin_tries = 3, .puk_tries = 3 }, TMG_ALG_RSA2048, {
		[TMG_PIN_USER] = BYTES("123456"),
		[TMG_PIN_PUK] = BYTES("1234567890123456"),
	} },
	{ "MyEID", { .apps = VC_APP_BIT(VC_APP_MYEID), .extended = true,
	    .serial = 0x01020304, .pin_tries = 3, .puk_tries = 3 }, TMG_ALG_P256, {
		[TMG_PIN_USER] = BYTES("123456"),
		[TMG_PIN_PUK] = BYTES("12345678"),
		[TMG_PIN_ADMIN] = BYTES("87654321"),
	} },
};

/* A private key as it is given, and its public half. */
typedef struct pair {
	EVP_PKEY *key;
	uint8_t given[2048], spki[TMG_SPKI_MAX];
	size_t given_len, spki_len;
} pair;

typedef struct bench {
	const struct kind *kind;
	vcc card;
	pair one, other;
	uint8_t cert[400];
} bench;

/* ---- what is done ------------------------------------------------------------------- */

static void
log_in(bench *b)
{
	assert_int_equal(b->card.b->driver->verify(b->card.b, TMG_PIN_USER,
	    b->kind->pins[TMG_PIN_USER], NULL), TMG_OK);
}

static tmg_rc
act_begin(bench *b)
{
	return b->card.b->driver->begin(b->card.b, b->kind->pins);
}

static tmg_rc
import_to(bench *b, uint32_t slot, const pair *key)
{
	const tmg_keyspec spec = { .slot = slot, .alg = b->kind->alg };

	return b->card.b->driver->import(b->card.b, &spec,
	    (tmg_view){ key->given, key->given_len });
}

static tmg_rc
act_import(bench *b)
{
	return import_to(b, OURS, &b->one);
}

static tmg_rc
act_generate(bench *b)
{
	const tmg_keyspec spec = { .slot = OURS, .alg = b->kind->alg };
	uint8_t bytes[TMG_SPKI_MAX];
	tmg_out spki = TMG_OUT(bytes);

	return b->card.b->driver->generate(b->card.b, &spec, &spki);
}

static tmg_rc
act_cert(bench *b)
{
	return b->card.b->driver->cert_write(b->card.b, OURS, TMG_VIEW(b->cert));
}

static tmg_rc
act_no_cert(bench *b)
{
	return b->card.b->driver->cert_delete(b->card.b, OURS);
}

static tmg_rc
act_no_key(bench *b)
{
	return b->card.b->driver->key_delete(b->card.b, OURS);
}

/* ---- what must be true --------------------------------------------------------------- */

static bool
is_blank(bench *b)
{
	return b->card.b->driver->identify(b->card.b) == TMG_OK &&
	    b->card.b->info.blank != NULL;
}

/* The PIN is the one that was given, and something can be written. */
static bool
is_begun(bench *b)
{
	if (b->card.b->driver->identify(b->card.b) != TMG_OK ||
	    b->card.b->info.blank != NULL ||
	    b->card.b->driver->verify(b->card.b, TMG_PIN_USER,
	    b->kind->pins[TMG_PIN_USER], NULL) != TMG_OK)
		return false;
	return act_cert(b) == TMG_OK;
}

static size_t
keys_of(bench *b)
{
	tmg_slot slots[SLOTS];
	size_t n, keys = 0;

	if (b->card.b->driver->slots(b->card.b, slots, SLOTS, &n) != TMG_OK || n > SLOTS)
		return SIZE_MAX;
	for (size_t i = 0; i < n; i++)
		keys += slots[i].family != TMG_FAMILY_NONE;
	return keys;
}

static bool
is_signed(const pair *key, tmg_alg alg, tmg_view digest, tmg_view sig)
{
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new(key->key, NULL);
	bool good = c != NULL && EVP_PKEY_verify_init(c) == 1 &&
	    (tmg_alg_get(alg)->family != TMG_FAMILY_RSA ||
	    (EVP_PKEY_CTX_set_rsa_padding(c, RSA_PKCS1_PADDING) == 1 &&
	    EVP_PKEY_CTX_set_signature_md(c, EVP_sha256()) == 1)) &&
	    EVP_PKEY_verify(c, sig.ptr, sig.len, digest.ptr, digest.len) == 1;

	EVP_PKEY_CTX_free(c);
	return good;
}

/* Both halves in that slot are this key's. */
static bool
is_there(bench *b, uint32_t slot, const pair *key)
{
	static const uint8_t digest[32] = { 1, 2, 3 };
	const bool rsa = tmg_alg_get(b->kind->alg)->family == TMG_FAMILY_RSA;
	const tmg_sign_spec spec = { .scheme = rsa ? TMG_SIGN_PKCS1 : TMG_SIGN_ECDSA,
	    .hash = rsa ? TMG_HASH_SHA256 : TMG_HASH_NONE };
	uint8_t bytes[TMG_SPKI_MAX], more[TMG_SIG_MAX];
	tmg_out spki = TMG_OUT(bytes), sig = TMG_OUT(more);
	tmg_key_facts facts;

	if (b->card.b->driver->facts(b->card.b, slot, &facts, &spki) != TMG_OK ||
	    !tmg_view_equal(tmg_out_view(&spki), (tmg_view){ key->spki, key->spki_len }))
		return false;
	return b->card.b->driver->sign(b->card.b, slot, b->kind->alg, &spec,
	    TMG_VIEW(digest), &sig) == TMG_OK &&
	    is_signed(key, b->kind->alg, TMG_VIEW(digest), tmg_out_view(&sig));
}

static bool
has_cert(bench *b)
{
	uint8_t bytes[1024];
	tmg_out der = TMG_OUT(bytes);

	return b->card.b->driver->cert_read(b->card.b, OURS, &der) == TMG_OK &&
	    tmg_view_equal(tmg_out_view(&der), TMG_VIEW(b->cert));
}

static bool
is_imported(bench *b)
{
	return keys_of(b) == 2 && is_there(b, OURS, &b->one);
}

static bool
is_two(bench *b)
{
	uint8_t bytes[TMG_SPKI_MAX];
	tmg_out spki = TMG_OUT(bytes);
	tmg_key_facts facts;

	return keys_of(b) == 2 && b->card.b->driver->facts(b->card.b, OURS, &facts,
	    &spki) == TMG_OK && facts.alg == b->kind->alg && spki.len > 0;
}

static bool
is_certified(bench *b)
{
	return has_cert(b) && is_imported(b);
}

static bool
is_not_certified(bench *b)
{
	return !has_cert(b) && is_imported(b);
}

static bool
is_gone(bench *b)
{
	return keys_of(b) == 1;
}

/* ---- the table ----------------------------------------------------------------------- */

/* Where an act begins. */
typedef enum place {
	BLANK, FREE, TAKEN, CERTIFIED, PLACES,
} place;

static const struct act {
	const char *name;
	tmg_rc (*run)(bench *b);
	bool (*is_done)(bench *b);
	place from;
	bool gone;		/* what is gone is not there to go again: NOT_FOUND is well */
} acts[] = {
	{ "begin", act_begin, is_begun, BLANK, false },
	{ "import", act_import, is_imported, FREE, false },
	{ "import in its place", act_import, is_imported, TAKEN, false },
	{ "generate", act_generate, is_two, FREE, false },
	{ "certificate", act_cert, is_certified, TAKEN, false },
	{ "another certificate", act_cert, is_certified, CERTIFIED, false },
	{ "no certificate", act_no_cert, is_not_certified, CERTIFIED, true },
	{ "no key", act_no_key, is_gone, TAKEN, true },
};

/* Each class of ISO/IEC 7816-4 5.6, and what cards say most. */
static const uint16_t words[] = {
	0x6200, 0x6283, 0x6300, 0x63c0, 0x63c2, 0x6400, 0x6581, 0x6700, 0x6881, 0x6900,
	0x6982, 0x6983, 0x6984, 0x6985, 0x6a80, 0x6a81, 0x6a82, 0x6a84, 0x6a86, 0x6a88,
	0x6a89, 0x6b00, 0x6d00, 0x6e00, 0x6f00, 0x9100,
};

static char where[128];
static unsigned wrong;

/* Told, and the next place is tried. */
static void __attribute__((__format__(__printf__, 1, 2)))
wrong_here(const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	print_error("%s: %s\n", where, text);
	wrong++;
}

/* In words, and with the token's name or the reader's. */
static void
assert_told(const tmg_backend *b, tmg_rc rc)
{
	if (b->fault.rc != rc || strlen(b->fault.text) < 20 ||
	    (strstr(b->fault.text, "memory") == NULL && strstr(b->fault.text, b->info.label) == NULL))
		wrong_here("%s is told so: %s: \"%s\"", tmg_rc_name(rc),
		    tmg_rc_name(b->fault.rc), b->fault.text);
}

static void
start(bench *b, const struct act *act, const vcc_state *from)
{
	vcc_load(&b->card, from);
	vcc_probe(&b->card, &tmg_driver_pkcs15);
	assert_int_equal(b->card.b->driver->identify(b->card.b), TMG_OK);
	if (act->from != BLANK)
		log_in(b);
}

/* With another hand: what is there by now. */
static void
look_again(bench *b, const struct act *act)
{
	vcc_probe(&b->card, &tmg_driver_pkcs15);
	if (b->card.b->driver->identify(b->card.b) != TMG_OK)
		wrong_here("it cannot be read: %s", b->card.b->fault.text);
	if (act->from == BLANK)
		return;
	log_in(b);
	if (!is_there(b, THEIRS, &b->other))
		wrong_here("the other key is gone: %s", b->card.b->fault.text);
}

/* From what went wrong to what was wanted. */
static void
go_on(bench *b, const struct act *act)
{
	tmg_rc rc = TMG_OK;

	look_again(b, act);
	if (act->from != BLANK || is_blank(b))
		rc = act->run(b);
	if (rc != TMG_OK && !(act->gone && rc == TMG_NOT_FOUND))
		wrong_here("once more: %s: %s", tmg_rc_name(rc),
		    b->card.b->fault.text);
	look_again(b, act);
	if (!act->is_done(b))
		wrong_here("once more, and it is not done: %s", b->card.b->fault.text);
}

/* ISO/IEC 7816-4: written, after so many tries. */
static bool
is_no_refusal(uint8_t ins, uint16_t sw)
{
	return ins == 0xd6 && (sw & 0xfff0) == 0x63c0;
}

/* Command n goes wrong; false: there are not so many. */
static bool
wrong_at(bench *b, const struct act *act, const vcc_state *from, unsigned n, vcc_way way,
    uint16_t sw)
{
	tmg_rc rc;

	start(b, act, from);
	vcc_at(&b->card, n, way, sw);
	rc = act->run(b);
	if (b->card.count < n) {
		assert_int_equal(rc, TMG_OK);
		return false;
	}
	snprintf(where, sizeof(where), "%s, %s, command %u (%02X), way %d, %04X", b->kind->name,
	    act->name, n, b->card.ins, way, sw);
	vcc_at(&b->card, 0, VCC_REFUSED, 0);
	if (way == VCC_REFUSED && is_no_refusal(b->card.ins, sw))
		return true;
	if (rc != TMG_OK)
		assert_told(b->card.b, rc);
	else {
		look_again(b, act);
		if (!act->is_done(b))
			wrong_here("it is not done, and called so");
	}
	go_on(b, act);
	return true;
}

/* ---- cards to begin with --------------------------------------------------------------- */

static void
make_pair(pair *p, tmg_alg alg)
{
	unsigned char *der = p->given, *end = p->spki;

	p->key = alg == TMG_ALG_RSA2048 ? EVP_RSA_gen(2048) : EVP_EC_gen("P-256");
	assert_non_null(p->key);
	PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(p->key);
	p->given_len = (size_t)i2d_PKCS8_PRIV_KEY_INFO(info, &der);
	PKCS8_PRIV_KEY_INFO_free(info);
	p->spki_len = (size_t)i2d_PUBKEY(p->key, &end);
}

static void
make_places(bench *b, vcc_state places[PLACES])
{
	places[BLANK] = vcc_save(&b->card);
	vcc_probe(&b->card, &tmg_driver_pkcs15);
	assert_int_equal(act_begin(b), TMG_OK);
	log_in(b);
	assert_int_equal(import_to(b, THEIRS, &b->other), TMG_OK);
	places[FREE] = vcc_save(&b->card);
	assert_int_equal(import_to(b, OURS, &b->one), TMG_OK);
	places[TAKEN] = vcc_save(&b->card);
	assert_int_equal(act_cert(b), TMG_OK);
	places[CERTIFIED] = vcc_save(&b->card);
}

static void
bench_open(bench *b, const struct kind *kind, vcc_state places[PLACES])
{
	*b = (bench){ .kind = kind };
	make_pair(&b->one, kind->alg);
	make_pair(&b->other, kind->alg);
	memcpy(b->cert, "\x30\x82\x01\x8c", 4);	/* no driver looks into it */
	vcc_open(&b->card, &kind->profile);
	make_places(b, places);
}

static void
bench_close(bench *b, vcc_state places[PLACES])
{
	vcc_close(&b->card);
	EVP_PKEY_free(b->one.key);
	EVP_PKEY_free(b->other.key);
	for (size_t i = 0; i < PLACES; i++)
		free(places[i].bytes);
}

/* What RSA takes is long, and the other kind of card shares the code. */
static bool
is_tried(const bench *b, const struct act *act, vcc_way way)
{
	return act->from == BLANK || b->kind->alg != TMG_ALG_RSA2048 ||
	    (act->run == act_import && way == VCC_REFUSED);
}

/* Some of the words at each command, others at the next; TAMGA_TEST_ALL=1: all of them. */
static void
try_act(bench *b, const struct act *act, const vcc_state *from, vcc_way way,
    const uint16_t *sws, size_t count)
{
	const size_t some = act->from == BLANK ? 2 : 1;
	const size_t tries = getenv("TAMGA_TEST_ALL") != NULL || some > count ? count : some;
	unsigned n = 1;

	for (bool more = true; more && n < LONGEST; n += more)
		for (size_t i = 0; more && i < tries; i++)
			more = wrong_at(b, act, from, n, way,
			    sws[(n * tries + i) % count]);
	assert_true(n > 5 && n < LONGEST);
}

static void
each(vcc_way way, const uint16_t *sws, size_t count)
{
	wrong = 0;
	for (size_t k = 0; k < TMG_COUNT(kinds); k++) {
		vcc_state places[PLACES];
		bench b;

		bench_open(&b, &kinds[k], places);
		for (size_t a = 0; a < TMG_COUNT(acts); a++)
			if (is_tried(&b, &acts[a], way))
				try_act(&b, &acts[a], &places[acts[a].from], way, sws,
				    count);
		bench_close(&b, places);
	}
	assert_int_equal(wrong, 0);
}

static void
every_status_word_at_every_command(void **state)
{
	(void)state;
	each(VCC_REFUSED, words, TMG_COUNT(words));
}

/* "The offset is outside" is no refusal: what was read ends there, and what is behind it
 * stays. */
static void
files_that_end_too_early(void **state)
{
	static const uint16_t outside[] = { 0x6b00 };

	(void)state;
	each(VCC_REFUSED, outside, TMG_COUNT(outside));
}

/* "There is no such file", of one that the card's own list tells of, is no reason to make
 * another. */
static void
files_that_are_called_missing(void **state)
{
	static const uint16_t missing[] = { 0x6a82 };

	(void)state;
	each(VCC_REFUSED, missing, TMG_COUNT(missing));
}

/* Whatever it answers while it is asked whether it is blank, and set up as if it were: what is
 * on it stays. */
static bool
begun_again_at(bench *b, const vcc_state *from, unsigned n, uint16_t sw)
{
	const struct act *act = &acts[TMG_COUNT(acts) - 1];
	tmg_rc rc;

	vcc_load(&b->card, from);
	vcc_probe(&b->card, &tmg_driver_pkcs15);
	vcc_at(&b->card, n, VCC_REFUSED, sw);
	rc = act_begin(b);
	if (b->card.count < n) {
		assert_int_equal(rc, TMG_OCCUPIED);
		return false;
	}
	snprintf(where, sizeof(where), "%s, begun again, command %u (%02X), %04X",
	    b->kind->name, n, b->card.ins, sw);
	vcc_at(&b->card, 0, VCC_REFUSED, 0);
	if (rc == TMG_OK)
		wrong_here("it was done");
	look_again(b, act);
	if (!is_there(b, OURS, &b->one) || !has_cert(b))
		wrong_here("a key or a certificate is gone");
	return true;
}

static void
what_is_begun_is_not_begun_again(void **state)
{
	(void)state;
	wrong = 0;
	for (size_t k = 0; k < TMG_COUNT(kinds); k++) {
		vcc_state places[PLACES];
		bool more = true;
		bench b;

		bench_open(&b, &kinds[k], places);
		for (unsigned n = 1; more && n < LONGEST; n++)
			for (size_t i = 0; more && i < TMG_COUNT(words); i++)
				more = begun_again_at(&b, &places[CERTIFIED], n, words[i]);
		assert_false(more);
		bench_close(&b, places);
	}
	assert_int_equal(wrong, 0);
}

static void
carried_out_and_called_a_failure(void **state)
{
	static const uint16_t some[] = { 0x6200, 0x6581, 0x6982, 0x6f00 };

	(void)state;
	each(VCC_DONE, some, TMG_COUNT(some));
}

static void
answers_that_are_cut_too_long_or_noise(void **state)
{
	static const uint16_t own[] = { 0 };

	(void)state;
	for (vcc_way way = VCC_CUT; way < VCC_WAYS; way++)
		each(way, own, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_status_word_at_every_command),
		cmocka_unit_test(files_that_end_too_early),
		cmocka_unit_test(files_that_are_called_missing),
		cmocka_unit_test(what_is_begun_is_not_begun_again),
		cmocka_unit_test(carried_out_and_called_a_failure),
		cmocka_unit_test(answers_that_are_cut_too_long_or_noise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
