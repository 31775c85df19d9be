/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The token floor over tokens made of structures: what is asked of a card,
 * how often, in which turn, and what becomes of PINs.
 */
#include "tests/unit/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "src/pki/scope.h"
#include "tamga/cert.h"
#include "tamga/openssl.h"
#include "src/token/token.h"
#include "tests/unit/fake-token.h"

/* What the person of these tests does, and what was asked of them. */
struct person {
	const char *pin, *admin;
	tmg_rc answer;		/* instead of a PIN */
	unsigned wants_more;	/* TMG_PENDING so many times first */
	unsigned asked[3];
	int tries;		/* as told at the last ask */
	char serial[32], key[16];
	const struct fake_card *card;	/* no turn may be held while asking */
};

struct bench {
	tmg_ctx *ctx;
	struct fake fake;
	struct person person;
	tmg_tokens *set;
	tmg_token *token;
	struct fake_card *card;
};

static tmg_rc
answer(void *arg, const tmg_pin_ask *ask, tmg_out *pin)
{
	struct person *p = arg;

	assert_int_equal(p->card->turns, 0);
	p->tries = ask->tries_left;
	snprintf(p->serial, sizeof(p->serial), "%s", ask->serial ? ask->serial : "");
	snprintf(p->key, sizeof(p->key), "%s", ask->key ? ask->key : "");
	if (p->wants_more > 0) {
		p->wants_more--;
		return TMG_PENDING;
	}
	p->asked[ask->kind]++;
	if (p->answer != TMG_OK)
		return p->answer;
	tmg_put_str(pin, ask->kind == TMG_PIN_ADMIN ? p->admin : p->pin);
	return tmg_out_done(pin);
}

static void
open_set(struct bench *b)
{
	assert_int_equal(tmg_tokens_new(b->ctx, &b->set), TMG_OK);
	assert_int_equal(tmg_tokens_add_hub(b->set, fake_hub(&b->fake)), TMG_OK);
}

/* One token with a key and certificate in 9a, 9c, 9d and 9e. */
static void
begin(struct bench *b, size_t cards)
{
	static const struct { size_t at; const char *cn; tmg_pin_policy pin; } keys[] = {
		{ 0, "Asel", TMG_PIN_ONCE }, { 1, "Іван Їжак", TMG_PIN_ALWAYS },
		{ 2, "Kenan", TMG_PIN_ONCE }, { 3, "Card", TMG_PIN_NEVER },
	};

	*b = (struct bench){ .ctx = NULL };
	assert_int_equal(tmg_ctx_new(&b->ctx), TMG_OK);
	fake_init(&b->fake, b->ctx, cards);
	for (size_t c = 0; c < cards; c++)
		for (size_t k = 0; k < TMG_COUNT(keys); k++)
			fake_key(&b->fake.cards[c].slots[keys[k].at], keys[k].cn,
			    keys[k].pin);
	b->person = (struct person){ .pin = "123456", .admin = "admin",
	    .card = &b->fake.cards[0] };
	tmg_ctx_set_pin(b->ctx, answer, &b->person);
	open_set(b);
	b->card = &b->fake.cards[0];
	if (cards == 1)
		assert_int_equal(tmg_tokens_find(b->set, NULL, &b->token), TMG_OK);
}

static void
end(struct bench *b)
{
	for (size_t i = 0; i < b->fake.count; i++)
		assert_int_equal(b->fake.cards[i].turns, 0);
	tmg_tokens_free(&b->set);
	tmg_ctx_free(&b->ctx);
}

static tmg_key *
slot(struct bench *b, const char *name)
{
	tmg_key *key;

	assert_int_equal(tmg_token_slot(b->token, name, &key), TMG_OK);
	return key;
}

static tmg_rc
sign(tmg_key *key, tmg_out *sig)
{
	static const uint8_t digest[32];
	static const tmg_sign_spec spec = { .scheme = TMG_SIGN_ECDSA,
	    .hash = TMG_HASH_SHA256 };
	tmg_signer *s;
	tmg_rc rc;

	sig->len = 0;
	if ((rc = tmg_key_signer(key, &s)))
		return rc;
	return tmg_signer_sign(s, &spec, TMG_VIEW(digest), sig);
}

static void
expect_sign(tmg_key *key, tmg_rc rc)
{
	uint8_t store[128];
	tmg_out sig = TMG_OUT(store);

	assert_int_equal(sign(key, &sig), rc);
	if (rc == TMG_OK)
		assert_memory_equal(store, "signed:", 7);
}

static void
expect_words(const tmg_fault *f, const char *words)
{
	if (strstr(f->text, words) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", f->text, words);
}

/* ---- names --------------------------------------------------------------- */

static void
test_token_names(void **state)
{
	static const struct { const char *name; int which; tmg_rc rc; } rows[] = {
		{ NULL, 0, TMG_AMBIGUOUS },
		{ "Reader 2", 2, TMG_OK },
		{ "1001", 1, TMG_OK },
		{ "token-2", 2, TMG_OK },
		{ "Reader", 0, TMG_AMBIGUOUS },
		{ "der 1", 1, TMG_OK },
		{ "nobody", 0, TMG_NOT_FOUND },
		{ "", 0, TMG_NOT_FOUND },
		{ "pkcs11:serial=1002", 2, TMG_OK },
		{ "PKCS11:token=token-1;model=Fake", 1, TMG_OK },
		{ "pkcs11:manufacturer=tests%20&%20co;serial=1001", 1, TMG_OK },
		{ "pkcs11:model=Fake", 0, TMG_AMBIGUOUS },
		{ "pkcs11:", 0, TMG_AMBIGUOUS },
		{ "pkcs11:serial=1003", 0, TMG_NOT_FOUND },
		{ "pkcs11:serial=1001;x-other=1", 0, TMG_NOT_FOUND },
		{ "pkcs11:serial=1001;serial=1001", 0, TMG_NOT_FOUND },
		{ "pkcs11:serial=1001?pin-value=123456", 0, TMG_NOT_FOUND },
	};
	struct bench b;
	tmg_token *t;

	(void)state;
	begin(&b, 2);
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		t = NULL;
		assert_int_equal(tmg_tokens_find(b.set, rows[i].name, &t),
		    rows[i].rc);
		if (rows[i].rc == TMG_OK)
			assert_string_equal(tmg_token_reader(t),
			    b.fake.cards[rows[i].which - 1].reader);
		else
			assert_true(tmg_tokens_fault(b.set)->text[0] != '\0');
	}
	assert_int_equal(tmg_tokens_find(b.set, NULL, &t), TMG_AMBIGUOUS);
	expect_words(tmg_tokens_fault(b.set), "token-1");
	expect_words(tmg_tokens_fault(b.set), "token-2");
	/* a PIN in a name is not repeated in what we say */
	assert_int_equal(tmg_tokens_find(b.set, "pkcs11:?pin-value=123456", &t),
	    TMG_NOT_FOUND);
	assert_null(strstr(tmg_tokens_fault(b.set)->text, "123456"));
	assert_int_equal(b.fake.cards[0].calls[FAKE_IDENTIFY], 1);
	end(&b);
}

static void
test_key_names(void **state)
{
	static const struct { const char *name, *slot; int which; tmg_rc rc; } rows[] = {
		{ "9a", NULL, 0, TMG_AMBIGUOUS },
		{ "token-1/9a", "9a", 1, TMG_OK },
		{ "1002/9C", "9c", 2, TMG_OK },
		{ "Reader 2/82", "82", 2, TMG_OK },
		{ "token-1/77", NULL, 0, TMG_NOT_FOUND },
		{ "token-3/9a", NULL, 0, TMG_NOT_FOUND },
		{ "only here", "9d", 2, TMG_OK },
		{ "Asel", NULL, 0, TMG_AMBIGUOUS },
		{ "pkcs11:serial=1001;id=%9A;type=private", "9a", 1, TMG_OK },
		{ "pkcs11:serial=1002;object=%D0%86%D0%B2%D0%B0%D0%BD%20"
		    "%D0%87%D0%B6%D0%B0%D0%BA", "9c", 2, TMG_OK },
		{ "pkcs11:id=%9A", NULL, 0, TMG_AMBIGUOUS },
		{ "pkcs11:serial=1001", NULL, 0, TMG_NOT_FOUND },
		{ "pkcs11:serial=1001;id=%77", NULL, 0, TMG_NOT_FOUND },
	};
	struct bench b;
	tmg_key *key;

	(void)state;
	begin(&b, 2);
	fake_key(&b.fake.cards[1].slots[2], "only here", TMG_PIN_ONCE);
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		assert_int_equal(tmg_tokens_find_key(b.set, rows[i].name, &key),
		    rows[i].rc);
		if (rows[i].rc != TMG_OK)
			continue;
		assert_string_equal(tmg_key_slot(key)->name, rows[i].slot);
		assert_string_equal(tmg_token_reader(tmg_key_token(key)),
		    b.fake.cards[rows[i].which - 1].reader);
	}
	end(&b);
}

/* Every URI that is shown finds what it was shown for. */
static void
test_uris_lead_back(void **state)
{
	struct bench b;
	tmg_key *key, *again;
	tmg_token *t;
	size_t n;

	(void)state;
	begin(&b, 1);
	assert_string_equal(tmg_token_uri(b.token), "pkcs11:model=Fake;"
	    "manufacturer=tests%20&%20co;serial=1001;token=token-1");
	assert_int_equal(tmg_tokens_find(b.set, tmg_token_uri(b.token), &t), TMG_OK);
	assert_ptr_equal(t, b.token);
	assert_int_equal(tmg_token_keys(b.token, &n), TMG_OK);
	assert_int_equal(n, 4);
	for (size_t i = 0; i < n; i++) {
		key = tmg_token_key(b.token, i);
		assert_int_equal(tmg_tokens_find_key(b.set, tmg_key_uri(key),
		    &again), TMG_OK);
		assert_ptr_equal(key, again);
	}
	assert_null(tmg_token_key(b.token, n));
	end(&b);
}

/* Who cannot be asked for its name is not "nobody". */
static void
test_silent_while_named(void **state)
{
	static const struct { tmg_rc rc; const char *words; } rows[] = {
		{ TMG_REMOVED, "was removed from reader Reader 2" },
		{ TMG_BUSY, "holds token fake in reader Reader 2" },
		{ TMG_E_IO, "Reader 2 failed" },
	};
	static const char *const names[] = { "1002", "pkcs11:serial=1002" };
	struct bench b;
	tmg_token *t;

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows) * TMG_COUNT(names); i++) {
		const size_t row = i / TMG_COUNT(names);
		const char *name = names[i % TMG_COUNT(names)];

		begin(&b, 2);
		b.fake.cards[1].next[FAKE_IDENTIFY] = rows[row].rc;
		assert_int_equal(tmg_tokens_find(b.set, name, &t), rows[row].rc);
		expect_words(tmg_tokens_fault(b.set), rows[row].words);
		/* and it hides no other token */
		b.fake.cards[1].next[FAKE_IDENTIFY] = rows[row].rc;
		assert_int_equal(tmg_tokens_find(b.set, "1001", &t), TMG_OK);
		end(&b);
	}
}

/* A token that is busy is told of only when no other one has the key. */
static void
test_busy_beside_the_key(void **state)
{
	static const struct { const char *name; tmg_rc rc; } rows[] = {
		{ "9d", TMG_OK },		/* a slot: the list of slots */
		{ "only here", TMG_OK },	/* a label: its certificates */
		{ "pkcs11:object=only%20here", TMG_OK },
		{ "pkcs11:serial=1002;id=%9A", TMG_OK },
		{ "nowhere", TMG_BUSY },
		{ "pkcs11:object=nowhere", TMG_BUSY },
		{ "pkcs11:serial=1001;id=%9A", TMG_BUSY },
	};
	static const enum fake_verb verbs[] = { FAKE_SLOTS_ASKED, FAKE_SURVEY,
	    FAKE_IDENTIFY, FAKE_CERT_READ };
	struct bench b;
	tmg_key *key;

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		begin(&b, 2);
		fake_key(&b.fake.cards[1].slots[2], "only here", TMG_PIN_ONCE);
		b.fake.cards[0].held = true;
		assert_int_equal(tmg_tokens_find_key(b.set, rows[i].name, &key),
		    rows[i].rc);
		if (rows[i].rc == TMG_OK)
			assert_string_equal(tmg_token_reader(tmg_key_token(key)),
			    "Reader 2");
		else
			expect_words(tmg_tokens_fault(b.set), "in reader Reader 1");
		for (size_t v = 0; v < TMG_COUNT(verbs); v++)
			assert_int_equal(b.fake.cards[0].calls[verbs[v]], 0);
		end(&b);
	}
}

/* ---- reading ------------------------------------------------------------- */

static void
test_nothing_before_it_is_asked(void **state)
{
	struct bench b;

	(void)state;
	begin(&b, 1);
	for (size_t verb = 0; verb < FAKE_VERBS; verb++)
		assert_int_equal(b.card->calls[verb], verb == FAKE_PROBE);
	end(&b);
}

static void
test_nothing_read_twice(void **state)
{
	tmg_key_facts facts;
	struct bench b;
	tmg_view v;
	size_t n;

	(void)state;
	begin(&b, 1);
	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(tmg_key_facts_get(slot(&b, "9a"), &facts), TMG_OK);
		assert_int_equal(tmg_key_public(slot(&b, "9a"), &v), TMG_OK);
		assert_int_equal(tmg_key_cert(slot(&b, "9a"), &v), TMG_OK);
		assert_int_equal(tmg_key_cert(slot(&b, "82"), &v), TMG_NOT_FOUND);
		assert_int_equal(tmg_key_facts_get(slot(&b, "82"), &facts),
		    TMG_NOT_FOUND);
		assert_int_equal(tmg_token_keys(b.token, &n), TMG_OK);
		(void)tmg_token_info(b.token);
	}
	assert_int_equal(b.card->calls[FAKE_FACTS], 2);
	assert_int_equal(b.card->calls[FAKE_CERT_READ], 2);
	assert_int_equal(b.card->calls[FAKE_SLOTS_ASKED], 1);
	assert_int_equal(b.card->calls[FAKE_SURVEY], 1);
	assert_int_equal(b.card->calls[FAKE_IDENTIFY], 1);
	end(&b);
}

/* What is wrong with one slot is that slot's matter; a card that is gone is
 * everybody's. */
static void
test_all_certificates(void **state)
{
	struct bench b;
	tmg_view v;

	(void)state;
	begin(&b, 1);
	b.card->next[FAKE_CERT_READ] = TMG_E_MALFORMED;
	assert_int_equal(tmg_token_certs(b.token), TMG_OK);
	assert_int_equal(b.card->calls[FAKE_CERT_READ], 4);
	assert_int_equal(tmg_key_cert(slot(&b, "9c"), &v), TMG_OK);
	assert_int_equal(tmg_token_certs(b.token), TMG_OK);
	assert_int_equal(b.card->calls[FAKE_CERT_READ], 5);
	tmg_token_forget(b.token);
	b.card->presence = TMG_ABSENT;
	assert_int_equal(tmg_token_certs(b.token), TMG_REMOVED);
	end(&b);
}

/* This token's administrator has no say in the user's PIN. */
static void
test_no_pin_is_given(void **state)
{
	struct bench b;

	(void)state;
	begin(&b, 1);
	assert_int_equal(tmg_token_pin_give(b.token, tmg_view_str("654321")),
	    TMG_UNSUPPORTED);
	expect_words(tmg_token_fault(b.token), "by its PUK only");
	end(&b);
}

static void
test_a_write_makes_old(void **state)
{
	uint8_t store[TMG_SPKI_MAX];
	tmg_out spki = TMG_OUT(store);
	tmg_keyspec spec = { .slot = 0x9a, .alg = TMG_ALG_P256 };
	unsigned before;
	struct bench b;
	tmg_view v;

	(void)state;
	begin(&b, 1);
	assert_int_equal(tmg_key_public(slot(&b, "9a"), &v), TMG_OK);
	assert_int_equal(tmg_key_cert(slot(&b, "9c"), &v), TMG_OK);
	before = tmg_token_generation(b.token);
	assert_int_equal(tmg_key_generate(b.token, &spec, &spki), TMG_OK);
	assert_int_not_equal(tmg_token_generation(b.token), before);

	/* what the card answered is known; the other slot's is not old */
	assert_int_equal(tmg_key_public(slot(&b, "9a"), &v), TMG_OK);
	assert_view_equal(v, tmg_out_view(&spki));
	assert_int_equal(tmg_key_cert(slot(&b, "9c"), &v), TMG_OK);
	assert_int_equal(b.card->calls[FAKE_FACTS], 1);
	assert_int_equal(b.card->calls[FAKE_CERT_READ], 1);

	before = tmg_token_generation(b.token);
	assert_int_equal(tmg_key_delete(slot(&b, "9a")), TMG_OK);
	assert_int_not_equal(tmg_token_generation(b.token), before);
	assert_int_equal(tmg_key_public(slot(&b, "9a"), &v), TMG_NOT_FOUND);
	end(&b);
}

/* Whoever knows that another program wrote. */
static void
test_forgetting(void **state)
{
	unsigned before;
	struct bench b;
	tmg_view v;

	(void)state;
	begin(&b, 1);
	expect_sign(slot(&b, "9a"), TMG_OK);
	assert_int_equal(tmg_key_cert(slot(&b, "9a"), &v), TMG_OK);
	before = tmg_token_generation(b.token);
	tmg_token_forget(b.token);
	assert_int_not_equal(tmg_token_generation(b.token), before);
	assert_int_equal(tmg_key_cert(slot(&b, "9a"), &v), TMG_OK);
	assert_int_equal(b.card->calls[FAKE_CERT_READ], 2);
	expect_sign(slot(&b, "9a"), TMG_OK);
	assert_int_equal(b.person.asked[TMG_PIN_USER], 1);
	end(&b);
}

/* A card that cannot tell its keys: the certificate does, or who made it. */
static void
test_a_silent_card(void **state)
{
	tmg_key_facts facts;
	struct bench b;
	tmg_view v;

	(void)state;
	begin(&b, 1);
	b.card->tells = false;
	assert_int_equal(tmg_key_facts_get(slot(&b, "9c"), &facts), TMG_OK);
	assert_int_equal(facts.alg, TMG_ALG_P256);
	assert_int_equal(facts.pin, TMG_PIN_ALWAYS);	/* the slot's own */
	assert_int_equal(tmg_key_public(slot(&b, "82"), &v), TMG_NOT_FOUND);
	assert_int_equal(tmg_key_set_public(slot(&b, "82"), (tmg_view){
	    b.card->slots[0].spki, b.card->slots[0].spki_len }), TMG_OK);
	assert_int_equal(tmg_key_public(slot(&b, "82"), &v), TMG_OK);
	b.card->tells = true;
	assert_int_equal(tmg_key_set_public(slot(&b, "9a"), (tmg_view){
	    b.card->slots[1].spki, b.card->slots[1].spki_len }), TMG_MISMATCH);
	assert_int_equal(tmg_key_set_public(slot(&b, "9a"),
	    (tmg_view)BYTES("no key")), TMG_E_USAGE);
	end(&b);
}

/* ---- resets and removals ------------------------------------------------- */

static void
test_reset_between_turns(void **state)
{
	unsigned before;
	struct bench b;
	tmg_view v;

	(void)state;
	begin(&b, 1);
	expect_sign(slot(&b, "9a"), TMG_OK);
	assert_int_equal(tmg_key_cert(slot(&b, "9a"), &v), TMG_OK);
	before = tmg_token_generation(b.token);

	b.card->begin_next = TMG_RESET;
	expect_sign(slot(&b, "9a"), TMG_OK);
	assert_int_equal(b.person.asked[TMG_PIN_USER], 2);
	assert_int_not_equal(tmg_token_generation(b.token), before);
	assert_int_equal(tmg_key_cert(slot(&b, "9a"), &v), TMG_OK);
	assert_int_equal(b.card->calls[FAKE_CERT_READ], 2);
	end(&b);
}

static void
test_reset_in_a_verb(void **state)
{
	uint8_t store[TMG_SPKI_MAX];
	tmg_out spki = TMG_OUT(store);
	tmg_keyspec spec = { .slot = 0x9a, .alg = TMG_ALG_P256 };
	struct bench b;
	tmg_view v;

	(void)state;
	begin(&b, 1);
	/* reading happens twice without harm */
	b.card->next[FAKE_CERT_READ] = TMG_RESET;
	assert_int_equal(tmg_key_cert(slot(&b, "9a"), &v), TMG_OK);
	assert_int_equal(b.card->calls[FAKE_CERT_READ], 2);
	/* nothing else does */
	b.card->next[FAKE_SIGN] = TMG_RESET;
	expect_sign(slot(&b, "9a"), TMG_RESET);
	assert_int_equal(b.card->calls[FAKE_SIGN], 1);
	assert_int_equal(b.card->calls[FAKE_VERIFY], 1);
	expect_words(tmg_token_fault(b.token), "token-1 was reset");
	b.card->next[FAKE_GENERATE] = TMG_RESET;
	assert_int_equal(tmg_key_generate(b.token, &spec, &spki), TMG_RESET);
	assert_int_equal(b.card->calls[FAKE_GENERATE], 1);
	b.card->next[FAKE_VERIFY] = TMG_RESET;
	expect_sign(slot(&b, "9a"), TMG_RESET);
	assert_int_equal(b.card->calls[FAKE_VERIFY], 2);
	end(&b);
}

/* A reset that came before the command: it is sent once more, and so is the PIN
 * that was right or that the card has not got. */
static void
test_reset_before_a_verb(void **state)
{
	uint8_t store[TMG_SPKI_MAX];
	tmg_out spki = TMG_OUT(store);
	tmg_keyspec spec = { .slot = 0x9a, .alg = TMG_ALG_P256 };
	struct bench b;
	int tries;

	(void)state;
	begin(&b, 1);
	b.card->unheard = true;
	b.card->next[FAKE_VERIFY] = TMG_RESET;
	assert_int_equal(tmg_token_verify(b.token, TMG_PIN_USER,
	    tmg_view_str("123456"), &tries), TMG_OK);
	assert_int_equal(b.card->calls[FAKE_VERIFY], 2);
	b.card->next[FAKE_VERIFY] = TMG_RESET;
	assert_int_equal(tmg_token_verify(b.token, TMG_PIN_USER,
	    tmg_view_str("000000"), &tries), TMG_PIN_WRONG);
	assert_int_equal(tries, 2);
	/* asked once, whatever is repeated */
	b.card->calls[FAKE_VERIFY] = 0;
	b.card->next[FAKE_VERIFY] = b.card->next[FAKE_SIGN] = TMG_RESET;
	expect_sign(slot(&b, "9a"), TMG_OK);
	assert_int_equal(b.card->calls[FAKE_VERIFY], 3);
	assert_int_equal(b.card->calls[FAKE_SIGN], 2);
	assert_int_equal(b.person.asked[TMG_PIN_USER], 1);
	assert_int_equal(b.card->tries, 3);
	/* others may do it again and again, but not for ever */
	b.card->next[FAKE_SIGN] = TMG_RESET;
	b.card->again = 99;
	expect_sign(slot(&b, "9e"), TMG_RESET);
	assert_int_equal(b.card->calls[FAKE_SIGN], 2 + 4);
	b.card->again = 0;
	b.card->next[FAKE_SIGN] = TMG_OK;
	/* a key may come of several commands, and one of them was heard */
	b.card->next[FAKE_GENERATE] = TMG_RESET;
	assert_int_equal(tmg_key_generate(b.token, &spec, &spki), TMG_RESET);
	assert_int_equal(b.card->calls[FAKE_GENERATE], 1);
	end(&b);
}

/* While a card is looked at for the first time. */
static void
test_reset_while_probing(void **state)
{
	struct bench b;

	(void)state;
	begin(&b, 1);
	b.card->next[FAKE_PROBE] = TMG_RESET;
	b.card->again = 1;
	b.card->events += 2;		/* another card: it is opened anew */
	assert_int_equal(tmg_tokens_refresh(b.set), TMG_OK);
	assert_int_equal(tmg_tokens_count(b.set), 1);
	assert_int_equal(b.card->calls[FAKE_PROBE], 1 + 3);
	end(&b);
}

static void
test_removal(void **state)
{
	struct bench b;
	tmg_signer *signer;
	tmg_token *t;
	tmg_view v;

	(void)state;
	begin(&b, 1);
	assert_int_equal(tmg_key_signer(slot(&b, "9a"), &signer), TMG_OK);
	b.card->presence = TMG_ABSENT;
	assert_int_equal(tmg_key_cert(slot(&b, "9c"), &v), TMG_REMOVED);
	expect_words(tmg_token_fault(b.token), "put it back");
	assert_int_equal(tmg_tokens_count(b.set), 0);
	assert_int_equal(tmg_token_login(b.token, TMG_PIN_USER), TMG_REMOVED);
	assert_int_equal(tmg_tokens_find(b.set, NULL, &t), TMG_NOT_FOUND);
	expect_sign(tmg_token_key(b.token, 0), TMG_REMOVED);

	/* back in the reader it is another token; the old one stays gone */
	b.card->presence = TMG_PRESENT;
	b.card->events++;
	assert_int_equal(tmg_tokens_refresh(b.set), TMG_OK);
	assert_int_equal(tmg_tokens_find(b.set, NULL, &t), TMG_OK);
	assert_ptr_not_equal(t, b.token);
	assert_int_equal(tmg_token_login(b.token, TMG_PIN_USER), TMG_REMOVED);
	assert_int_equal(tmg_token_login(t, TMG_PIN_USER), TMG_OK);
	end(&b);
}

/* To complain of a wrong PIN the token is asked its name, in the same turn: a
 * card that leaves at that moment is closed when the turn is over, not in it. */
static void
test_removal_while_complaining(void **state)
{
	struct bench b;
	int tries;

	(void)state;
	begin(&b, 1);
	b.card->next[FAKE_IDENTIFY] = TMG_REMOVED;
	assert_int_equal(tmg_token_verify(b.token, TMG_PIN_USER,
	    tmg_view_str("999999"), &tries), TMG_PIN_WRONG);
	assert_int_equal(tries, 2);
	assert_int_equal(b.card->turns, 0);

	b.card->next[FAKE_TRIES] = TMG_REMOVED;
	assert_int_equal(tmg_token_tries(b.token, TMG_PIN_USER, &tries),
	    TMG_REMOVED);
	assert_int_equal(tmg_tokens_count(b.set), 0);
	end(&b);
}

static void
test_swap_unseen(void **state)
{
	struct bench b;
	tmg_view v;

	(void)state;
	begin(&b, 1);
	b.card->events += 2;		/* out and in again, nobody asked */
	assert_int_equal(tmg_tokens_refresh(b.set), TMG_OK);
	assert_int_equal(tmg_tokens_count(b.set), 1);
	assert_int_equal(b.card->calls[FAKE_PROBE], 2);
	assert_int_equal(tmg_token_slot(b.token, "9a", &(tmg_key *){ NULL }),
	    TMG_REMOVED);
	(void)v;
	end(&b);
}

static void
test_waiting_can_be_ended(void **state)
{
	tmg_auto_ptr(tmg_ctx) ctx = NULL;
	tmg_auto_ptr(tmg_tokens) set = NULL;
	struct fake two[2];

	(void)state;
	assert_int_equal(tmg_ctx_new(&ctx), TMG_OK);
	assert_int_equal(tmg_tokens_new(ctx, &set), TMG_OK);
	for (size_t hubs = 0; hubs <= TMG_COUNT(two); hubs += 2) {
		assert_int_equal(tmg_tokens_wait(set, 1), TMG_PENDING);
		tmg_tokens_cancel(set);
		assert_int_equal(tmg_tokens_wait(set, -1), TMG_CANCELLED);
		assert_int_equal(tmg_tokens_wait(set, 1), TMG_PENDING);
		for (size_t i = 0; hubs == 0 && i < TMG_COUNT(two); i++) {
			fake_init(&two[i], ctx, 1);
			assert_int_equal(tmg_tokens_add_hub(set,
			    fake_hub(&two[i])), TMG_OK);
		}
	}
}

static void
test_skipped_readers(void **state)
{
	const tmg_skipped *rows;
	struct bench b;
	tmg_token *t;

	(void)state;
	begin(&b, 3);
	b.fake.cards[0].strange = true;
	b.fake.cards[1].presence = TMG_HELD;
	assert_int_equal(tmg_tokens_count(b.set), 1);
	assert_int_equal(tmg_tokens_skipped(b.set, &rows), 2);
	assert_int_equal(rows[0].rc, TMG_NOT_FOUND);
	assert_int_equal(rows[1].rc, TMG_BUSY);
	assert_true(rows[0].why[0] != '\0' && rows[1].why[0] != '\0');
	assert_non_null(strstr(rows[1].why, "gpgconf --kill scdaemon"));
	assert_int_equal(tmg_tokens_find(b.set, rows[1].reader, &t), TMG_BUSY);
	expect_words(tmg_tokens_fault(b.set), rows[1].reader);
	/* whose program is known, its own advice */
	b.fake.holder = "pcscd (7)";
	b.fake.advice = "use it through the daemon";
	assert_int_equal(tmg_tokens_refresh(b.set), TMG_OK);
	assert_int_equal(tmg_tokens_skipped(b.set, &rows), 2);
	assert_string_equal(rows[1].why, "pcscd (7) holds the card in reader "
	    "Reader 2; use it through the daemon");
	b.fake.cards[2].presence = TMG_MUTE;
	b.fake.cards[2].events++;
	assert_int_equal(tmg_tokens_refresh(b.set), TMG_OK);
	assert_int_equal(tmg_tokens_find(b.set, NULL, &t), TMG_NOT_FOUND);
	expect_words(tmg_tokens_fault(b.set), "Reader 1");
	end(&b);
}

/* ---- a key that the caller knows ----------------------------------------- */

static tmg_view
public_of(const struct fake_card *card, size_t at)
{
	return (tmg_view){ card->slots[at].spki, card->slots[at].spki_len };
}

/* As a program with its certificate in a file opens its key; the card signs
 * for real. */
static tmg_key *
assume(struct bench *b, const char *name, tmg_view spki)
{
	tmg_key *key = slot(b, name);

	b->card->real = true;
	assert_int_equal(tmg_key_assume(key, spki), TMG_OK);
	return key;
}

static void
expect_nothing(tmg_key *key, tmg_rc rc)
{
	uint8_t store[128];
	tmg_out sig = TMG_OUT(store);

	memset(store, 0xaa, sizeof(store));
	assert_int_equal(sign(key, &sig), rc);
	assert_int_equal(sig.len, 0);
	assert_int_not_equal(store[0], 0x30);	/* no Ecdsa-Sig-Value is left */
}

static void
expect_real(tmg_key *key, unsigned times)
{
	uint8_t store[128];
	tmg_out sig = TMG_OUT(store);

	for (unsigned i = 0; i < times; i++) {
		assert_int_equal(sign(key, &sig), TMG_OK);
		assert_int_equal(store[0], 0x30);
	}
}

/* Not a question to the card: no facts, no certificate, no name. */
static void
test_assumed(void **state)
{
	struct bench b;
	tmg_key_facts facts;
	tmg_view spki;
	tmg_alg alg;
	tmg_key *key;

	(void)state;
	begin(&b, 1);
	key = assume(&b, "9a", public_of(b.card, 0));
	assert_int_equal(tmg_key_alg(key, &alg), TMG_OK);
	assert_int_equal(alg, TMG_ALG_P256);
	assert_int_equal(tmg_key_public(key, &spki), TMG_OK);
	assert_true(tmg_view_equal(spki, public_of(b.card, 0)));
	expect_real(key, 100);
	assert_int_equal(b.card->calls[FAKE_SIGN], 100);
	assert_int_equal(b.card->calls[FAKE_VERIFY], 1);
	key = assume(&b, "9c", public_of(b.card, 1));
	expect_real(key, 100);
	assert_int_equal(b.card->calls[FAKE_SIGN], 200);
	assert_int_equal(b.card->calls[FAKE_VERIFY], 101);
	assert_int_equal(b.card->calls[FAKE_FACTS], 0);
	assert_int_equal(b.card->calls[FAKE_CERT_READ], 0);
	assert_int_equal(b.card->calls[FAKE_IDENTIFY], 0);

	/* what only the card knows is asked when somebody wants to know it */
	assert_int_equal(tmg_key_facts_get(key, &facts), TMG_OK);
	assert_int_equal(facts.pin, TMG_PIN_ALWAYS);
	assert_int_equal(tmg_key_assume(key, public_of(b.card, 0)), TMG_MISMATCH);
	assert_int_equal(tmg_key_assume(key, public_of(b.card, 1)), TMG_OK);
	assert_int_equal(tmg_key_assume(key, tmg_view_str("none")),
	    TMG_E_USAGE);
	b.card->presence = TMG_ABSENT;
	assert_int_equal(tmg_token_tries(b.token, TMG_PIN_USER, &(int){ 0 }),
	    TMG_REMOVED);
	assert_int_equal(tmg_key_assume(key, public_of(b.card, 1)), TMG_REMOVED);
	end(&b);
}

/* The caller is wrong: nothing is given away and no try of the PIN is lost. */
static void
test_assumed_wrongly(void **state)
{
	struct bench b;
	tmg_key *key;

	(void)state;
	begin(&b, 1);
	key = assume(&b, "9a", public_of(b.card, 2));
	expect_nothing(key, TMG_MISMATCH);
	expect_words(tmg_token_fault(b.token), "holds another key");
	assert_int_equal(b.card->tries, 3);
	assert_int_equal(b.card->calls[FAKE_SIGN], 1);
	/* from now on the card is asked before it signs */
	expect_nothing(key, TMG_MISMATCH);
	assert_int_equal(b.card->calls[FAKE_SIGN], 1);
	assert_int_equal(b.card->calls[FAKE_VERIFY], 1);
	end(&b);

	/* of another kind: the card refuses, and why is found out */
	begin(&b, 1);
	key = assume(&b, "9a", public_of(b.card, 2));
	b.card->next[FAKE_SIGN] = TMG_UNSUPPORTED;
	expect_nothing(key, TMG_MISMATCH);
	assert_int_equal(b.card->calls[FAKE_FACTS], 1);
	end(&b);

	/* a refusal that has another reason keeps its words */
	begin(&b, 1);
	key = assume(&b, "9a", public_of(b.card, 0));
	b.card->next[FAKE_SIGN] = TMG_UNSUPPORTED;
	expect_nothing(key, TMG_UNSUPPORTED);
	expect_words(tmg_token_fault(b.token), "cannot do that");
	expect_real(key, 1);
	end(&b);

	/* a replaced key is noticed after the reset that hid it */
	begin(&b, 1);
	key = assume(&b, "9a", public_of(b.card, 0));
	expect_real(key, 2);
	fake_key(&b.card->slots[0], "other", TMG_PIN_ONCE);
	b.card->begin_next = TMG_RESET;
	assert_int_equal(tmg_token_login(b.token, TMG_PIN_USER), TMG_OK);
	key = assume(&b, "9a", public_of(b.card, 2));
	expect_nothing(key, TMG_MISMATCH);
	end(&b);
}

/* Somebody else's card: its owner loses one try at most, whatever is repeated. */
static void
test_assumed_of_another_card(void **state)
{
	struct bench b;
	tmg_key *key;

	(void)state;
	begin(&b, 1);
	key = assume(&b, "9a", public_of(b.card, 2));
	b.person.pin = "999999";
	expect_nothing(key, TMG_PIN_WRONG);
	expect_words(tmg_token_fault(b.token), "2 tries left");
	for (unsigned i = 0; i < 3; i++)
		expect_nothing(key, TMG_MISMATCH);
	assert_int_equal(b.card->tries, 2);
	assert_int_equal(b.card->calls[FAKE_VERIFY], 1);
	end(&b);
}

/* The PIN is wanted oftener than the slot usually wants it: learnt once. */
static void
test_assumed_policy(void **state)
{
	struct bench b;
	tmg_key *key;

	(void)state;
	begin(&b, 1);
	b.card->slots[0].facts.pin = TMG_PIN_ALWAYS;
	b.card->blind = true;
	key = assume(&b, "9a", public_of(b.card, 0));
	expect_real(key, 10);
	assert_int_equal(b.card->calls[FAKE_VERIFY], 10);
	assert_int_equal(b.card->calls[FAKE_SIGN], 10 + 1);
	assert_int_equal(b.card->calls[FAKE_FACTS], 1);
	end(&b);
}

/* Nobody could see that a shared secret is wrong: the card is asked first. */
static void
test_assumed_without_signature(void **state)
{
	uint8_t store[64], point[65] = { 4 };
	tmg_out secret = TMG_OUT(store);
	tmg_signer *signer;
	struct bench b;

	(void)state;
	begin(&b, 1);
	assert_int_equal(tmg_key_signer(assume(&b, "9a", public_of(b.card, 2)),
	    &signer), TMG_OK);
	assert_int_equal(tmg_signer_derive(signer, TMG_VIEW(point), &secret),
	    TMG_MISMATCH);
	assert_int_equal(b.card->calls[FAKE_FACTS], 1);
	assert_int_equal(b.card->calls[FAKE_VERIFY], 0);
	end(&b);
}

/* A card that cannot tell its keys: a stale certificate is noticed too. */
static void
test_stale_certificate(void **state)
{
	struct bench b;

	(void)state;
	begin(&b, 1);
	b.card->tells = false;
	b.card->real = true;
	expect_real(slot(&b, "9a"), 2);
	memcpy(b.card->slots[2].cert, b.card->slots[0].cert, FAKE_CERT_MAX);
	b.card->slots[2].cert_len = b.card->slots[0].cert_len;
	expect_nothing(slot(&b, "9d"), TMG_MISMATCH);
	end(&b);
}

/* Where facts() most likely does not know, it is asked last. */
static void
test_certificate_first(void **state)
{
	static const struct {
		bool tells, cert, key;
		unsigned certs, facts;
		tmg_rc rc;
	} rows[] = {
		{ false, true, true, 1, 0, TMG_OK },
		{ true, true, true, 1, 0, TMG_OK },
		{ true, false, true, 1, 1, TMG_OK },
		{ false, false, true, 1, 1, TMG_NOT_FOUND },
		/* an authority's certificate on an identity card is no key */
		{ true, true, false, 0, 1, TMG_NOT_FOUND },
	};
	struct bench b;
	tmg_view spki;

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		begin(&b, 1);
		tmg_tokens_free(&b.set);
		b.card->cert_first = true;
		b.card->tells = rows[i].tells;
		b.card->slots[0].cert_len *= rows[i].cert;
		b.card->slots[0].key = rows[i].key;
		b.card->lists = true;
		open_set(&b);
		assert_int_equal(tmg_tokens_find(b.set, NULL, &b.token), TMG_OK);
		assert_int_equal(tmg_key_public(slot(&b, "9a"), &spki), rows[i].rc);
		if (rows[i].rc == TMG_OK)
			assert_true(tmg_view_equal(spki, public_of(b.card, 0)));
		assert_int_equal(b.card->calls[FAKE_CERT_READ], rows[i].certs);
		assert_int_equal(b.card->calls[FAKE_FACTS], rows[i].facts);
		/* against somebody's word the card's own is wanted */
		assert_int_equal(tmg_key_set_public(slot(&b, "9d"),
		    public_of(b.card, 0)), rows[i].tells ? TMG_MISMATCH : TMG_OK);
		end(&b);
	}
}

/* libcrypto signs with it, and the card was asked nothing. */
static void
test_assumed_in_openssl(void **state)
{
	tmg_held(EVP_MD_CTX) md = EVP_MD_CTX_new();
	tmg_held(EVP_PKEY) pkey = NULL;
	uint8_t sig[128];
	size_t len = sizeof(sig);
	tmg_signer *signer;
	struct bench b;

	(void)state;
	begin(&b, 1);
	assert_int_equal(tmg_key_signer(assume(&b, "9a", public_of(b.card, 0)),
	    &signer), TMG_OK);
	assert_int_equal(tmg_openssl_key(b.ctx, signer, &pkey), TMG_OK);
	assert_int_equal(EVP_DigestSignInit_ex(md, NULL, "SHA256",
	    tmg_openssl_libctx(b.ctx), NULL, pkey, NULL), 1);
	assert_int_equal(EVP_DigestSign(md, sig, &len,
	    (const uint8_t *)"text", 4), 1);
	assert_int_equal(b.card->calls[FAKE_SIGN], 1);
	assert_int_equal(b.card->calls[FAKE_FACTS], 0);
	assert_int_equal(b.card->calls[FAKE_CERT_READ], 0);
	EVP_PKEY_free(pkey);
	pkey = NULL;
	end(&b);
}

/* Whoever looked at the keys first pays nothing more. */
static void
test_listed_before(void **state)
{
	struct bench b;
	tmg_key_facts facts;
	size_t n;

	(void)state;
	begin(&b, 1);
	assert_int_equal(tmg_token_keys(b.token, &n), TMG_OK);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(tmg_key_facts_get(tmg_token_key(b.token, i),
		    &facts), TMG_OK);
	memset(b.card->calls, 0, sizeof(b.card->calls));
	for (unsigned i = 0; i < 100; i++)
		expect_sign(slot(&b, "9a"), TMG_OK);
	for (unsigned i = 0; i < 100; i++)
		expect_sign(slot(&b, "9c"), TMG_OK);
	for (size_t verb = 0; verb < FAKE_VERBS; verb++)
		assert_int_equal(b.card->calls[verb], verb == FAKE_SIGN ? 200 :
		    verb == FAKE_VERIFY ? 101 : 0);
	end(&b);
}

/* ---- data ---------------------------------------------------------------- */

static tmg_data *
place(struct bench *b, const char *name)
{
	tmg_data *d = NULL;

	assert_int_equal(tmg_token_data_find(b->token, name, &d), TMG_OK);
	return d;
}

static void
test_data(void **state)
{
	struct bench b;
	tmg_data *d;
	tmg_view v;
	size_t n;

	(void)state;
	begin(&b, 1);
	fake_write(&b.card->data[FAKE_NOTES], "noted");
	fake_write(&b.card->data[FAKE_DIARY], "dear diary");
	assert_int_equal(tmg_token_data(b.token, &n), TMG_OK);
	assert_int_equal(n, FAKE_PLACES);
	assert_ptr_equal(tmg_token_data_get(b.token, 0), place(&b, "notes"));
	assert_ptr_equal(tmg_token_data_get(b.token, 0),
	    place(&b, "1.3.6.1.4.1.99999.1"));
	assert_null(tmg_token_data_get(b.token, n));
	assert_int_equal(tmg_token_data_find(b.token, "1.3", &d), TMG_NOT_FOUND);
	d = place(&b, "Notes");
	assert_ptr_equal(tmg_data_token(d), b.token);
	assert_string_equal(tmg_data_place(d)->application, "Fake");
	for (int i = 0; i < 3; i++) {
		assert_int_equal(tmg_data_read(d, &v), TMG_OK);
		assert_memory_equal(v.ptr, "noted", v.len);
	}
	assert_int_equal(b.card->calls[FAKE_DATA_READ], 1);
	assert_int_equal(b.card->calls[FAKE_VERIFY], 0);
	/* the PIN is asked for before the card could refuse, and what it guards
	 * is forgotten with the login */
	assert_int_equal(tmg_data_read(place(&b, "Diary"), &v), TMG_OK);
	assert_int_equal(b.card->calls[FAKE_DATA_READ], 2);
	assert_int_equal(b.card->calls[FAKE_VERIFY], 1);
	(void)!tmg_token_logout(b.token);
	b.card->user = false;
	assert_int_equal(tmg_data_read(place(&b, "Diary"), &v), TMG_OK);
	assert_int_equal(b.card->calls[FAKE_VERIFY], 2);
	assert_int_equal(tmg_data_read(place(&b, "Fixed"), &v), TMG_NOT_FOUND);
	end(&b);
}

static void
test_data_written(void **state)
{
	struct bench b;
	uint8_t big[TMG_DATA_MAX + 1] = { 0 };
	tmg_data *d;
	tmg_view v;

	(void)state;
	begin(&b, 1);
	d = place(&b, "Notes");
	assert_int_equal(tmg_data_write(d, tmg_view_str("one"), false), TMG_OK);
	assert_int_equal(tmg_data_write(d, tmg_view_str("one"), false), TMG_OK);
	assert_int_equal(b.card->calls[FAKE_DATA_WRITE], 1);
	assert_int_equal(tmg_data_write(d, tmg_view_str("two"), false),
	    TMG_OCCUPIED);
	assert_int_equal(tmg_data_write(d, tmg_view_str("two"), true), TMG_OK);
	assert_int_equal(tmg_data_read(d, &v), TMG_OK);
	assert_memory_equal(v.ptr, "two", 3);
	assert_int_equal(tmg_data_write(d, (tmg_view){ NULL, 0 }, true), TMG_E_USAGE);
	assert_int_equal(tmg_data_write(d, TMG_VIEW(big), true), TMG_E_USAGE);
	assert_int_equal(tmg_data_delete(d), TMG_OK);
	assert_int_equal(tmg_data_read(d, &v), TMG_NOT_FOUND);
	assert_int_equal(tmg_data_delete(d), TMG_OK);
	assert_int_equal(tmg_data_write(place(&b, "Fixed"), tmg_view_str("x"), true),
	    TMG_UNSUPPORTED);
	assert_int_equal(tmg_data_delete(place(&b, "Fixed")), TMG_UNSUPPORTED);
	/* somebody else wrote it meanwhile: the card was reset */
	assert_int_equal(tmg_data_write(d, tmg_view_str("mine"), true), TMG_OK);
	assert_int_equal(tmg_data_read(d, &v), TMG_OK);
	fake_write(&b.card->data[FAKE_NOTES], "yours");
	tmg_token_stale(b.token);
	assert_int_equal(tmg_data_read(d, &v), TMG_OK);
	assert_memory_equal(v.ptr, "yours", 5);
	b.card->presence = TMG_ABSENT;
	assert_int_equal(tmg_data_delete(d), TMG_REMOVED);
	end(&b);
}

/* ---- PINs ---------------------------------------------------------------- */

static void
test_cold_signature(void **state)
{
	struct bench b;

	(void)state;
	begin(&b, 1);
	expect_sign(slot(&b, "9a"), TMG_OK);
	assert_int_equal(b.card->calls[FAKE_FACTS], 1);
	assert_int_equal(b.card->calls[FAKE_VERIFY], 1);
	assert_int_equal(b.card->calls[FAKE_SIGN], 1);
	assert_int_equal(b.card->calls[FAKE_TRIES], 0);
	assert_int_equal(b.card->calls[FAKE_IDENTIFY], 0);
	assert_int_equal(b.card->calls[FAKE_CERT_READ], 0);
	assert_int_equal(b.card->calls[FAKE_SURVEY], 0);
	assert_string_equal(b.person.key, "9a");
	/* and from then on one command a signature */
	for (unsigned i = 0; i < 99; i++)
		expect_sign(slot(&b, "9a"), TMG_OK);
	assert_int_equal(b.card->calls[FAKE_SIGN], 100);
	assert_int_equal(b.card->calls[FAKE_VERIFY], 1);
	assert_int_equal(b.person.asked[TMG_PIN_USER], 1);
	end(&b);
}

static void
test_pin_always(void **state)
{
	struct bench b;

	(void)state;
	begin(&b, 1);
	assert_int_equal(tmg_token_login(b.token, TMG_PIN_USER), TMG_OK);
	expect_sign(slot(&b, "9c"), TMG_OK);
	memset(b.card->order, 0, sizeof(b.card->order));
	expect_sign(slot(&b, "9c"), TMG_OK);
	expect_sign(slot(&b, "9c"), TMG_OK);
	/* a look whether the PIN is wanted, then both in one turn */
	assert_string_equal(b.card->order, "[][VS][][VS]");
	assert_int_equal(b.person.asked[TMG_PIN_USER], 4);
	end(&b);
}

static void
test_pin_never(void **state)
{
	struct bench b;

	(void)state;
	begin(&b, 1);
	expect_sign(slot(&b, "9e"), TMG_OK);
	assert_int_equal(b.person.asked[TMG_PIN_USER], 0);
	/* a key that wants one after all gets it, once */
	b.card->slots[3].facts.pin = TMG_PIN_ONCE;
	expect_sign(slot(&b, "9e"), TMG_OK);
	assert_int_equal(b.person.asked[TMG_PIN_USER], 1);
	end(&b);
}

static void
test_wrong_pin(void **state)
{
	struct bench b;

	(void)state;
	begin(&b, 1);
	b.person.pin = "999999";
	expect_sign(slot(&b, "9a"), TMG_PIN_WRONG);
	expect_words(tmg_token_fault(b.token), "2 tries left");
	expect_words(tmg_token_fault(b.token), "token-1");
	assert_int_equal(b.card->calls[FAKE_VERIFY], 1);
	assert_int_equal(b.card->calls[FAKE_SIGN], 0);
	assert_int_equal(b.person.asked[TMG_PIN_USER], 1);
	/* known from the last answer, nobody asks the card */
	expect_sign(slot(&b, "9a"), TMG_PIN_WRONG);
	assert_int_equal(b.person.tries, 2);
	assert_int_equal(b.card->calls[FAKE_TRIES], 0);
	expect_words(tmg_token_fault(b.token), "1 try left");
	expect_sign(slot(&b, "9a"), TMG_PIN_LOCKED);
	expect_words(tmg_token_fault(b.token), "unblock it with the PUK");
	end(&b);
}

static void
test_pins_that_are_none(void **state)
{
	static const char *const pins[] = { "1", "123", "123456789" };
	struct bench b;
	int tries = 7;

	(void)state;
	begin(&b, 1);
	for (size_t i = 0; i < TMG_COUNT(pins); i++) {
		b.person.pin = pins[i];
		expect_sign(slot(&b, "9a"), TMG_PIN_WRONG);
		expect_words(tmg_token_fault(b.token), "no try was lost");
	}
	b.person.pin = "";
	expect_sign(slot(&b, "9a"), TMG_CANCELLED);
	assert_int_equal(tmg_token_verify(b.token, TMG_PIN_USER,
	    (tmg_view){ NULL, 0 }, &tries), TMG_PIN_WRONG);
	assert_int_equal(tries, -1);
	assert_int_equal(b.card->calls[FAKE_VERIFY], 0);
	assert_int_equal(b.card->tries, 3);
	end(&b);
}

static void
test_declined(void **state)
{
	static const tmg_rc answers[] = { TMG_CANCELLED, TMG_LAST_TRY };
	struct bench b;

	(void)state;
	begin(&b, 1);
	for (size_t i = 0; i < TMG_COUNT(answers); i++) {
		b.person.answer = answers[i];
		expect_sign(slot(&b, "9a"), answers[i]);
		assert_true(tmg_token_fault(b.token)->text[0] != '\0');
	}
	assert_int_equal(b.card->calls[FAKE_VERIFY], 0);
	tmg_ctx_set_pin(b.ctx, NULL, NULL);
	expect_sign(slot(&b, "9a"), TMG_CANCELLED);
	end(&b);
}

/* ---- keypads ------------------------------------------------------------- */

static bool
trusts(void *arg, const char *reader)
{
	return strcmp(arg, reader) == 0;
}

static unsigned shown, ended;

static void
shows(void *arg, tmg_notice notice, const char *what)
{
	const struct fake_card *c = arg;

	shown += notice == TMG_NOTICE_KEYPAD;
	ended += notice == TMG_NOTICE_TYPED;
	if (notice == TMG_NOTICE_KEYPAD) {
		assert_non_null(strstr(what, c->reader));
		assert_int_equal(c->turns, 1);
	}
}

static void
begin_with_keypad(struct bench *b)
{
	shown = ended = 0;
	begin(b, 1);
	tmg_tokens_free(&b->set);
	b->card->keypad = TMG_PAD_VERIFY | TMG_PAD_CHANGE;
	b->card->typed = "123456";
	tmg_ctx_set_keypad(b->ctx, trusts, b->card->reader);
	tmg_ctx_set_notice(b->ctx, shows, b->card);
	open_set(b);
	assert_int_equal(tmg_tokens_find(b->set, NULL, &b->token), TMG_OK);
	b->person.pin = "";
}

/* Who gives no PIN types it; once for a login, once for each use of a key that
 * wants it each time. */
static void
test_typed(void **state)
{
	struct bench b;

	(void)state;
	begin_with_keypad(&b);
	assert_int_equal(tmg_token_keypad(b.token, TMG_PIN_USER),
	    TMG_PAD_VERIFY | TMG_PAD_CHANGE);
	assert_int_equal(tmg_token_keypad(b.token, TMG_PIN_ADMIN), 0);
	expect_sign(slot(&b, "9a"), TMG_OK);
	expect_sign(slot(&b, "9a"), TMG_OK);
	assert_int_equal(b.card->typings, 1);
	assert_int_equal(b.card->calls[FAKE_VERIFY], 1);
	assert_int_equal(b.person.asked[TMG_PIN_USER], 1);
	expect_sign(slot(&b, "9c"), TMG_OK);
	expect_sign(slot(&b, "9c"), TMG_OK);
	assert_int_equal(b.card->typings, 3);
	assert_int_equal(shown, 3);
	assert_int_equal(ended, 3);
	/* nobody to ask is nobody to give a PIN: the keypad is there */
	tmg_ctx_set_pin(b.ctx, NULL, NULL);
	expect_sign(slot(&b, "9c"), TMG_OK);
	assert_int_equal(b.card->typings, 4);
	end(&b);
}

/* A PIN that was given is used, keypad or not. */
static void
test_given_beside_a_keypad(void **state)
{
	struct bench b;
	int tries;

	(void)state;
	begin_with_keypad(&b);
	b.person.pin = "123456";
	expect_sign(slot(&b, "9a"), TMG_OK);
	assert_int_equal(tmg_token_verify(b.token, TMG_PIN_USER,
	    tmg_view_str("123456"), &tries), TMG_OK);
	assert_int_equal(b.card->typings, 0);
	end(&b);
}

static void
test_typed_wrongly(void **state)
{
	struct bench b;
	int tries = 9;

	(void)state;
	begin_with_keypad(&b);
	b.card->typed = "999999";
	expect_sign(slot(&b, "9a"), TMG_PIN_WRONG);
	assert_int_equal(b.card->typings, 1);
	assert_int_equal(b.card->tries, 2);
	/* nobody types: no try is lost, and what is known of them stays */
	b.card->typed = NULL;
	expect_sign(slot(&b, "9a"), TMG_CANCELLED);
	assert_int_equal(tmg_token_verify_typed(b.token, TMG_PIN_USER, &tries),
	    TMG_CANCELLED);
	assert_int_equal(tries, 2);
	assert_int_equal(b.card->typings, 3);
	assert_int_equal(b.card->calls[FAKE_VERIFY], 1);
	/* the old and the new one */
	b.card->typed = "123456";
	b.card->typed_new = "654321";
	assert_int_equal(tmg_token_pin_change_typed(b.token, TMG_PIN_USER, &tries),
	    TMG_OK);
	assert_string_equal(b.card->pin, "654321");
	assert_int_equal(tmg_token_pin_change_typed(b.token, TMG_PIN_USER, &tries),
	    TMG_PIN_WRONG);
	assert_int_equal(tries, 2);
	assert_int_equal(shown, ended);
	end(&b);
}

/* After a reset nobody is made to type again for what he asked for once. */
static void
test_typed_and_reset(void **state)
{
	struct bench b;

	(void)state;
	begin_with_keypad(&b);
	b.card->next[FAKE_SIGN] = TMG_RESET;
	b.card->unheard = true;
	expect_sign(slot(&b, "9c"), TMG_RESET);
	assert_int_equal(b.card->typings, 1);
	b.card->next[FAKE_VERIFY] = TMG_RESET;
	expect_sign(slot(&b, "9c"), TMG_RESET);
	assert_int_equal(b.card->typings, 2);
	end(&b);
}

/* Off unless the person says that the reader is sound. */
static void
test_keypad_not_trusted(void **state)
{
	struct bench b;
	int tries;

	(void)state;
	begin_with_keypad(&b);
	tmg_ctx_set_keypad(b.ctx, NULL, NULL);
	assert_int_equal(tmg_token_keypad(b.token, TMG_PIN_USER), 0);
	expect_sign(slot(&b, "9a"), TMG_CANCELLED);
	assert_int_equal(tmg_token_verify_typed(b.token, TMG_PIN_USER, &tries),
	    TMG_UNSUPPORTED);
	expect_words(tmg_token_fault(b.token), "readers.keypads");
	tmg_ctx_set_keypad(b.ctx, trusts, (char *)(uintptr_t)"another");
	expect_sign(slot(&b, "9a"), TMG_CANCELLED);
	assert_int_equal(b.card->typings, 0);
	end(&b);
}

/* A source that wants to know more costs what it asks for, and no more. */
static void
test_tell_me_more(void **state)
{
	struct bench b;

	(void)state;
	begin(&b, 1);
	b.person.wants_more = 1;
	expect_sign(slot(&b, "9a"), TMG_OK);
	assert_int_equal(b.person.tries, 3);
	assert_string_equal(b.person.serial, "");
	assert_int_equal(b.card->calls[FAKE_TRIES], 1);
	assert_int_equal(b.card->calls[FAKE_IDENTIFY], 0);

	b.card->begin_next = TMG_RESET;
	b.person.wants_more = 2;
	expect_sign(slot(&b, "9a"), TMG_OK);
	assert_string_equal(b.person.serial, "1001");

	b.card->begin_next = TMG_RESET;
	b.person.wants_more = 100;
	expect_sign(slot(&b, "9a"), TMG_CANCELLED);

	/* a locked PIN is asked of nobody */
	b.card->begin_next = TMG_RESET;
	b.card->tries = 0;
	b.person.wants_more = 1;
	b.person.asked[TMG_PIN_USER] = 0;
	expect_sign(slot(&b, "9a"), TMG_PIN_LOCKED);
	assert_int_equal(b.person.asked[TMG_PIN_USER], 0);
	end(&b);
}

/* The login is lost again and again: asked once, then given up. */
static void
test_login_never_holds(void **state)
{
	struct bench b;

	(void)state;
	begin(&b, 1);
	expect_sign(slot(&b, "9a"), TMG_OK);
	b.card->next[FAKE_SIGN] = TMG_LOGIN;
	expect_sign(slot(&b, "9a"), TMG_OK);
	b.card->slots[0].facts.pin = TMG_PIN_ALWAYS;	/* we believe: once */
	b.card->user = false;
	b.card->next[FAKE_SIGN] = TMG_LOGIN;
	expect_sign(slot(&b, "9a"), TMG_LOGIN);
	expect_words(tmg_token_fault(b.token), "again and again");
	end(&b);
}

static void
test_admin(void **state)
{
	static const struct {
		bool factory, kept;
		unsigned user, admin;
	} rows[] = {
		{ true, false, 0, 0 },
		{ false, true, 1, 0 },
		{ false, false, 0, 1 },
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		struct bench b;

		begin(&b, 1);
		b.card->admin_factory = rows[i].factory;
		b.card->admin_kept = rows[i].kept;
		assert_int_equal(tmg_key_delete(slot(&b, "9a")), TMG_OK);
		assert_int_equal(tmg_key_delete(slot(&b, "9c")), TMG_OK);
		assert_int_equal(b.person.asked[TMG_PIN_USER], rows[i].user);
		assert_int_equal(b.person.asked[TMG_PIN_ADMIN], rows[i].admin);
		end(&b);
	}
	{
		struct bench b;

		begin(&b, 1);
		b.card->admin_factory = false;
		b.person.admin = "wrong";
		assert_int_equal(tmg_key_delete(slot(&b, "9a")), TMG_PIN_WRONG);
		expect_words(tmg_token_fault(b.token), "management key");
		assert_int_equal(b.card->calls[FAKE_DELETE], 0);
		end(&b);
	}
}

/* Another program that selects the application anew ends logins without a
 * reset: an admin key that takes nobody's word is used again, a person's is
 * asked for again. */
static void
test_admin_lost_between_turns(void **state)
{
	static const struct {
		bool factory;
		unsigned asked;
	} rows[] = { { true, 0 }, { false, 2 } };

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		struct bench b;

		begin(&b, 1);
		b.card->admin_factory = rows[i].factory;
		assert_int_equal(tmg_key_delete(slot(&b, "9a")), TMG_OK);
		b.card->admin_lost = true;
		assert_int_equal(tmg_key_delete(slot(&b, "9c")), TMG_OK);
		assert_int_equal(b.person.asked[TMG_PIN_ADMIN], rows[i].asked);
		end(&b);
	}
}

static void
test_change(void **state)
{
	struct bench b;
	int tries = -1;

	(void)state;
	begin(&b, 1);
	assert_int_equal(tmg_token_pin_change(b.token, TMG_PIN_USER,
	    tmg_view_str("000000"), tmg_view_str("111111"), &tries),
	    TMG_PIN_WRONG);
	assert_int_equal(tries, 2);
	assert_int_equal(tmg_token_pin_change(b.token, TMG_PIN_USER,
	    tmg_view_str("123456"), tmg_view_str("111111"), &tries), TMG_OK);
	assert_string_equal(b.card->pin, "111111");
	assert_int_equal(tmg_token_pin_unblock(b.token, tmg_view_str("1"),
	    tmg_view_str("2"), NULL), TMG_UNSUPPORTED);
	end(&b);
}

/* ---- certificates -------------------------------------------------------- */

static void
test_install(void **state)
{
	struct bench b;
	struct fake_slot other = { .key = false };
	tmg_view mine, others;

	(void)state;
	begin(&b, 1);
	fake_key(&other, "somebody else", TMG_PIN_ONCE);
	others = (tmg_view){ other.cert, other.cert_len };
	mine = (tmg_view){ b.card->slots[0].cert, b.card->slots[0].cert_len };

	assert_int_equal(tmg_key_cert_install(slot(&b, "9a"), others, true),
	    TMG_MISMATCH);
	assert_int_equal(tmg_key_cert_install(slot(&b, "9a"),
	    (tmg_view)BYTES("no certificate"), true), TMG_E_MALFORMED);
	assert_int_equal(tmg_key_cert_install(slot(&b, "9a"), mine, false), TMG_OK);
	assert_int_equal(b.card->calls[FAKE_CERT_WRITE], 0);

	/* the key's own, but another stands there */
	memcpy(b.card->slots[1].spki, other.spki, other.spki_len);
	assert_int_equal(tmg_key_cert_install(slot(&b, "9c"), others, false),
	    TMG_OCCUPIED);
	assert_int_equal(b.card->calls[FAKE_CERT_WRITE], 0);
	assert_int_equal(tmg_key_cert_install(slot(&b, "9c"), others, true), TMG_OK);
	assert_int_equal(b.card->calls[FAKE_CERT_WRITE], 1);
	assert_int_equal(tmg_key_cert_delete(slot(&b, "9c")), TMG_OK);
	assert_int_equal(tmg_key_cert(slot(&b, "9c"), &mine), TMG_NOT_FOUND);
	b.card->loses_cert = true;
	assert_int_equal(tmg_key_cert_install(slot(&b, "9c"), others, false),
	    TMG_E_CARD);
	end(&b);
}

/* On a card that cannot tell, an old certificate proves nothing about a key
 * that may have been made since. */
static void
test_install_on_a_silent_card(void **state)
{
	struct fake_slot other = { .key = false };
	struct bench b;
	tmg_view others;

	(void)state;
	begin(&b, 1);
	b.card->tells = false;
	fake_key(&other, "renewed", TMG_PIN_ONCE);
	others = (tmg_view){ other.cert, other.cert_len };
	assert_int_equal(tmg_key_cert_install(slot(&b, "9a"), others, true), TMG_OK);
	assert_int_equal(tmg_key_set_public(slot(&b, "9d"), (tmg_view){
	    b.card->slots[2].spki, b.card->slots[2].spki_len }), TMG_OK);
	assert_int_equal(tmg_key_cert_install(slot(&b, "9d"), others, true),
	    TMG_MISMATCH);
	end(&b);
}

/* ---- a signer without the public half ---------------------------------------- */

static void
begin_lean(struct bench *b)
{
	begin(b, 1);
	tmg_tokens_free(&b->set);
	b->card->kind_first = true;
	open_set(b);
	assert_int_equal(tmg_tokens_find(b->set, NULL, &b->token), TMG_OK);
}

static void
expect_lean(tmg_signer *s, tmg_rc rc)
{
	static const uint8_t digest[32];
	static const tmg_sign_spec spec = { .scheme = TMG_SIGN_ECDSA,
	    .hash = TMG_HASH_SHA256 };
	uint8_t store[128];
	tmg_out sig = TMG_OUT(store);

	assert_int_equal(tmg_signer_sign(s, &spec, TMG_VIEW(digest), &sig), rc);
}

/* One question and no public half, until somebody wants it: then both have it. */
static void
test_lean_signer(void **state)
{
	struct bench b;
	tmg_signer *lean, *full;

	(void)state;
	begin_lean(&b);
	assert_int_equal(tmg_key_signer_lean(slot(&b, "9a"), &lean), TMG_OK);
	assert_int_equal(tmg_key_signer_lean(slot(&b, "9a"), &lean), TMG_OK);
	expect_lean(lean, TMG_OK);
	assert_int_equal(b.card->calls[FAKE_FACTS], 1);
	assert_int_equal(b.card->calls[FAKE_CERT_READ] + b.card->publics, 0);
	assert_int_equal(lean->alg, TMG_ALG_P256);
	assert_int_equal(lean->spki.len, 0);

	assert_int_equal(tmg_key_signer(slot(&b, "9a"), &full), TMG_OK);
	assert_true(tmg_view_equal(full->spki, public_of(b.card, 0)));
	assert_int_equal(b.card->publics, 1);
	assert_int_equal(tmg_key_signer_lean(slot(&b, "9a"), &lean), TMG_OK);
	assert_true(tmg_view_equal(lean->spki, full->spki));
	expect_lean(lean, TMG_OK);
	assert_int_equal(b.card->publics, 1);
	end(&b);
}

/* Where the kind is not to be had for less it is the signer that everybody has. */
static void
test_lean_signer_is_full(void **state)
{
	static const struct {
		bool kind_first, tells, told, key;
		tmg_rc rc;
	} rows[] = {
		{ false, true, false, true, TMG_OK },
		{ true, false, false, true, TMG_OK },	/* by its certificate */
		{ true, true, true, true, TMG_OK },
		{ true, true, false, false, TMG_NOT_FOUND },
	};

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		struct bench b;
		tmg_signer *s;

		begin(&b, 1);
		tmg_tokens_free(&b.set);
		b.card->real = true;
		b.card->kind_first = rows[i].kind_first;
		b.card->tells = rows[i].tells;
		b.card->slots[0].key = rows[i].key;
		b.card->slots[0].cert_len *= rows[i].key && !rows[i].told;
		open_set(&b);
		assert_int_equal(tmg_tokens_find(b.set, NULL, &b.token), TMG_OK);
		if (rows[i].told)
			assert_int_equal(tmg_key_set_public(slot(&b, "9a"),
			    public_of(b.card, 0)), TMG_OK);
		assert_int_equal(tmg_key_signer_lean(slot(&b, "9a"), &s), rows[i].rc);
		if (rows[i].rc == TMG_OK) {
			assert_true(tmg_view_equal(s->spki, public_of(b.card, 0)));
			expect_lean(s, TMG_OK);
		}
		end(&b);
	}
}

/* The key's own policy holds, which facts() told: VERIFY before each, in its turn. */
static void
test_lean_signer_asks_alike(void **state)
{
	static const char *const slots[] = { "9a", "9c", "9e" };

	(void)state;
	for (size_t i = 0; i < TMG_COUNT(slots); i++) {
		char order[128];
		struct bench b;
		tmg_signer *s;

		begin_lean(&b);
		assert_int_equal(tmg_key_signer_lean(slot(&b, slots[i]), &s), TMG_OK);
		expect_lean(s, TMG_OK);
		expect_lean(s, TMG_OK);
		strcpy(order, b.card->order);
		end(&b);
		begin_lean(&b);
		assert_int_equal(tmg_key_signer(slot(&b, slots[i]), &s), TMG_OK);
		expect_lean(s, TMG_OK);
		expect_lean(s, TMG_OK);
		assert_string_equal(order, b.card->order);
		end(&b);
	}
}

/* What is checked against the public half cannot be without it, and costs nothing. */
static void
test_lean_signer_is_for_signatures(void **state)
{
	static const tmg_sign_spec raw = { .scheme = TMG_SIGN_RAW };
	uint8_t bytes[256] = { 0 }, store[256];
	tmg_out out = TMG_OUT(store);
	struct bench b;
	tmg_signer *s;

	(void)state;
	begin_lean(&b);
	fake_key_of(&b.card->slots[0], TMG_ALG_RSA2048, "Asel", TMG_PIN_ONCE);
	assert_int_equal(tmg_key_signer_lean(slot(&b, "9a"), &s), TMG_OK);
	assert_int_equal(tmg_signer_sign(s, &raw, TMG_VIEW(bytes), &out), TMG_E_USAGE);
	assert_int_equal(b.card->calls[FAKE_VERIFY] + b.card->calls[FAKE_SIGN], 0);
	end(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_token_names),
		cmocka_unit_test(test_key_names),
		cmocka_unit_test(test_uris_lead_back),
		cmocka_unit_test(test_silent_while_named),
		cmocka_unit_test(test_busy_beside_the_key),
		cmocka_unit_test(test_nothing_before_it_is_asked),
		cmocka_unit_test(test_nothing_read_twice),
		cmocka_unit_test(test_all_certificates),
		cmocka_unit_test(test_no_pin_is_given),
		cmocka_unit_test(test_a_write_makes_old),
		cmocka_unit_test(test_forgetting),
		cmocka_unit_test(test_a_silent_card),
		cmocka_unit_test(test_reset_between_turns),
		cmocka_unit_test(test_reset_in_a_verb),
		cmocka_unit_test(test_reset_before_a_verb),
		cmocka_unit_test(test_reset_while_probing),
		cmocka_unit_test(test_removal),
		cmocka_unit_test(test_removal_while_complaining),
		cmocka_unit_test(test_swap_unseen),
		cmocka_unit_test(test_waiting_can_be_ended),
		cmocka_unit_test(test_skipped_readers),
		cmocka_unit_test(test_assumed),
		cmocka_unit_test(test_assumed_wrongly),
		cmocka_unit_test(test_assumed_of_another_card),
		cmocka_unit_test(test_assumed_policy),
		cmocka_unit_test(test_assumed_without_signature),
		cmocka_unit_test(test_stale_certificate),
		cmocka_unit_test(test_certificate_first),
		cmocka_unit_test(test_assumed_in_openssl),
		cmocka_unit_test(test_listed_before),
		cmocka_unit_test(test_data),
		cmocka_unit_test(test_data_written),
		cmocka_unit_test(test_cold_signature),
		cmocka_unit_test(test_pin_always),
		cmocka_unit_test(test_pin_never),
		cmocka_unit_test(test_wrong_pin),
		cmocka_unit_test(test_pins_that_are_none),
		cmocka_unit_test(test_declined),
		cmocka_unit_test(test_lean_signer),
		cmocka_unit_test(test_lean_signer_is_full),
		cmocka_unit_test(test_lean_signer_asks_alike),
		cmocka_unit_test(test_lean_signer_is_for_signatures),
		cmocka_unit_test(test_typed),
		cmocka_unit_test(test_given_beside_a_keypad),
		cmocka_unit_test(test_typed_wrongly),
		cmocka_unit_test(test_typed_and_reset),
		cmocka_unit_test(test_keypad_not_trusted),
		cmocka_unit_test(test_tell_me_more),
		cmocka_unit_test(test_login_never_holds),
		cmocka_unit_test(test_admin),
		cmocka_unit_test(test_admin_lost_between_turns),
		cmocka_unit_test(test_change),
		cmocka_unit_test(test_install),
		cmocka_unit_test(test_install_on_a_silent_card),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
