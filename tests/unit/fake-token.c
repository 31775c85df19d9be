/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/unit/fake-token.h"

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/scope.h"
#include "src/driver/no.h"
#include "src/pki/padding.h"
#include "src/token/token.h"

struct fake_hub {
	tmg_hub hub;
	struct fake *fake;
	unsigned long seen;	/* by the last list */
	atomic_bool cancelled;
};

struct fake_link {
	tmg_link link;
	struct fake_card *card;
};

struct fake_backend {
	tmg_backend base;
	struct fake_card *card;
};

/* The hub that is open, for the driver's probe to find its card by reader. */
static struct fake *_Atomic current;

#define USES (TMG_USE_SIGN | TMG_USE_DECRYPT | TMG_USE_DERIVE)

static const tmg_slot slots[FAKE_SLOTS] = {
	{ .ref = 0x9a, .name = "9a", .title = "first", .uses = USES, .pin = TMG_PIN_ONCE },
	{ .ref = 0x9c, .name = "9c", .title = "second", .uses = USES, .pin = TMG_PIN_ALWAYS },
	{ .ref = 0x9d, .name = "9d", .title = "third", .uses = USES, .pin = TMG_PIN_ONCE },
	{ .ref = 0x9e, .name = "9e", .title = "fourth", .uses = USES, .pin = TMG_PIN_NEVER },
	{ .ref = 0x82, .name = "82", .title = "retired", .uses = USES, .pin = TMG_PIN_ONCE,
	    .retired = true },
};

static void
note(struct fake_card *c, char what)
{
	const size_t n = strlen(c->order);

	if (n + 1 < sizeof(c->order))
		c->order[n] = what;
}

/* ---- hub and link -------------------------------------------------------- */

static tmg_rc
link_begin(tmg_link *link)
{
	struct fake_card *c = ((struct fake_link *)link)->card;
	const tmg_rc rc = c->begin_next;

	c->begin_next = TMG_OK;
	if (c->presence != TMG_PRESENT)
		return TMG_REMOVED;
	if (c->held && c->calls[FAKE_PROBE] > 0)
		return TMG_BUSY;
	if (rc != TMG_OK && rc != TMG_RESET)
		return rc;
	c->turns++;
	note(c, '[');
	return rc;
}

static void
link_end(tmg_link *link)
{
	struct fake_card *c = ((struct fake_link *)link)->card;

	c->turns--;
	note(c, ']');
}

static tmg_rc
link_transmit(tmg_link *link, tmg_view command, tmg_out *response)
{
	(void)link;
	(void)command;
	(void)response;
	return TMG_E_IO;		/* the driver has no need of it */
}

static tmg_rc
link_enter(tmg_link *link, const tmg_pad_form *form, tmg_view command,
    tmg_out *response)
{
	(void)form;
	return link_transmit(link, command, response);
}

static tmg_rc
link_reset(tmg_link *link)
{
	(void)link;
	return TMG_OK;
}

static void
link_close(tmg_link *link, bool reset)
{
	(void)reset;
	free(link);
}

static const tmg_link_ops link_ops = {
	link_begin, link_end, link_transmit, link_enter, link_reset, link_close,
};

/* A number that differs when readers or cards came or went. */
static unsigned long
look_of(const struct fake *f)
{
	unsigned long look = f->count;

	for (size_t i = 0; i < f->count; i++)
		look = look * 8191 + f->cards[i].events * 4 + f->cards[i].presence;
	return look;
}

static tmg_rc
hub_list(tmg_hub *hub, tmg_reader_state *rows, size_t cap, size_t *count)
{
	struct fake *f = ((struct fake_hub *)hub)->fake;

	f->lists++;
	((struct fake_hub *)hub)->seen = look_of(f);
	for (size_t i = 0; i < f->count && i < cap; i++) {
		rows[i] = (tmg_reader_state){ .scheme = "fake",
		    .presence = f->cards[i].presence,
		    .events = f->cards[i].events };
		snprintf(rows[i].name, sizeof(rows[i].name), "%s",
		    f->cards[i].reader);
		if (f->holder != NULL)
			snprintf(rows[i].holder, sizeof(rows[i].holder), "%s",
			    f->holder);
		rows[i].advice = f->advice;
	}
	*count = f->count;
	return TMG_OK;
}

static tmg_rc
hub_wait(tmg_hub *hub, int timeout_ms)
{
	const struct timespec ms = { .tv_nsec = 1000000 };
	struct fake_hub *h = (struct fake_hub *)hub;

	h->fake->waits++;
	for (int waited = 0; timeout_ms < 0 || waited < timeout_ms; waited++) {
		if (atomic_exchange(&h->cancelled, false))
			return TMG_CANCELLED;
		if (look_of(h->fake) != h->seen)
			return TMG_OK;
		nanosleep(&ms, NULL);
	}
	return TMG_PENDING;
}

static void
hub_cancel(tmg_hub *hub)
{
	atomic_store(&((struct fake_hub *)hub)->cancelled, true);
}

static struct fake_card *
card_in(struct fake *f, const char *reader)
{
	for (size_t i = 0; i < f->count; i++)
		if (strcmp(f->cards[i].reader, reader) == 0)
			return &f->cards[i];
	return NULL;
}

static tmg_rc
hub_connect(tmg_hub *hub, const char *reader, tmg_link **link)
{
	struct fake_link *l = calloc(1, sizeof(*l));

	if (l == NULL)
		return TMG_E_NOMEM;
	l->link.ops = &link_ops;
	l->link.protocol = 1;
	l->link.longest = 261;
	l->card = card_in(((struct fake_hub *)hub)->fake, reader);
	l->link.keypad = l->card->keypad;
	*link = &l->link;
	return TMG_OK;
}

static void
hub_close(tmg_hub *hub)
{
	free(hub);
}

static const tmg_hub_ops hub_ops = {
	"fake", hub_list, hub_wait, hub_cancel, hub_connect, hub_close,
};

tmg_hub *
fake_hub(struct fake *f)
{
	struct fake_hub *h = calloc(1, sizeof(*h));

	if (h == NULL)
		abort();
	h->hub.ops = &hub_ops;
	h->hub.ctx = f->ctx;
	h->fake = f;
	h->seen = look_of(f);
	current = f;
	return &h->hub;
}

/* ---- the driver ---------------------------------------------------------- */

static struct fake_card *
card_of(tmg_backend *b)
{
	struct fake_card *c = ((struct fake_backend *)b)->card;

	if (b->ch->epoch != c->epoch)
		c->user = c->admin_in = false;
	c->epoch = b->ch->epoch;
	return c;
}

static void
take_time(const struct fake_card *c)
{
	const struct timespec ts = { .tv_sec = c->slow_ms / 1000,
	    .tv_nsec = c->slow_ms % 1000 * 1000000L };

	if (c->slow_ms > 0)
		nanosleep(&ts, NULL);
}

static bool
is_pulled(struct fake_card *c)
{
	struct fake *f = current;

	if (++f->done != f->remove_at)
		return c->presence == TMG_ABSENT;
	c->presence = TMG_ABSENT;
	c->events++;
	return true;
}

static tmg_rc
arranged(struct fake_card *c, enum fake_verb verb)
{
	const tmg_rc rc = c->next[verb];

	if (rc == TMG_OK || c->again == 0)
		c->next[verb] = TMG_OK;
	else
		c->again--;
	return rc;
}

/* Counts, and says what was arranged; a reset is one for the channel too. */
static tmg_rc
say(tmg_backend *b, enum fake_verb verb)
{
	struct fake_card *c = card_of(b);
	const tmg_rc rc = arranged(c, verb);

	b->ch->apdus++;
	take_time(c);
	c->calls[verb]++;
	if (is_pulled(c))
		return TMG_REMOVED;
	if (rc == TMG_RESET)
		b->ch->epoch++;
	b->ch->unheard = rc == TMG_RESET && c->unheard;
	return rc;
}

static struct fake_slot *
slot_of(tmg_backend *b, uint32_t ref)
{
	for (size_t i = 0; i < FAKE_SLOTS; i++)
		if (slots[i].ref == ref)
			return &card_of(b)->slots[i];
	return NULL;
}

static tmg_rc
add_token(tmg_channel *ch, tmg_probe *found, struct fake_card *c)
{
	struct fake_backend *b = calloc(1, sizeof(*b));
	extern const tmg_driver fake_driver;

	if (b == NULL)
		return TMG_E_NOMEM;
	b->base = (tmg_backend){ .driver = &fake_driver, .ctx = current->ctx,
	    .ch = ch };
	b->card = c;
	c->epoch = ch->epoch;
	b->base.info.cert_first = c->cert_first;
	b->base.info.kind_first = c->kind_first;
	strcpy(b->base.info.label, "fake");
	b->base.info.pins[TMG_PIN_USER] = (tmg_pin_rule){ .kind = TMG_PIN_USER,
	    .min = 4, .max = 8, .factory = "123456", .keypad = true };
	if (c->puk[0] != '\0')
		b->base.info.pins[TMG_PIN_PUK] = (tmg_pin_rule){ .kind = TMG_PIN_PUK,
		    .min = 8, .max = 8, .factory = "12345678" };
	b->base.info.pins[TMG_PIN_ADMIN].factory = "admin";
	return found->add(found, &b->base);
}

static tmg_rc
fake_probe(tmg_channel *ch, tmg_probe *found)
{
	struct fake_card *c = card_in(current, ch->reader);
	tmg_rc rc = TMG_OK;

	take_time(c);
	c->calls[FAKE_PROBE]++;
	if (is_pulled(c))
		return TMG_REMOVED;
	if ((rc = arranged(c, FAKE_PROBE)))
		return rc;
	if (c->strange)
		return TMG_NOT_FOUND;
	for (unsigned i = 0; rc == TMG_OK && (i == 0 || i < c->apps); i++)
		rc = add_token(ch, found, c);
	return rc;
}

static tmg_rc
fake_identify(tmg_backend *b)
{
	struct fake_card *c = card_of(b);
	const tmg_rc rc = say(b, FAKE_IDENTIFY);

	if (rc != TMG_OK)
		return rc;
	strcpy(b->info.serial, c->serial);
	strcpy(b->info.label, c->label);
	strcpy(b->info.model, "Fake");
	strcpy(b->info.manufacturer, "tests & co");
	b->info.algs = c->algs;
	b->info.can = c->can;
	return TMG_OK;
}

static tmg_rc
fake_slots(tmg_backend *b, tmg_slot *rows, size_t cap, size_t *count)
{
	const tmg_rc rc = say(b, FAKE_SLOTS_ASKED);

	for (size_t i = 0; i < FAKE_SLOTS && i < cap; i++) {
		rows[i] = slots[i];
		rows[i].keyless = card_of(b)->lists && !card_of(b)->slots[i].key;
	}
	*count = FAKE_SLOTS;
	return rc;
}

static tmg_rc
fake_survey(tmg_backend *b, tmg_slot *rows, size_t count)
{
	const tmg_rc rc = say(b, FAKE_SURVEY);

	for (size_t i = 0; i < count; i++)
		rows[i].held = slot_of(b, rows[i].ref)->cert_len > 0;
	return rc;
}

static tmg_rc
fake_facts(tmg_backend *b, uint32_t ref, tmg_key_facts *facts, tmg_out *spki)
{
	const struct fake_slot *s = slot_of(b, ref);
	const tmg_rc rc = say(b, FAKE_FACTS);

	if (rc != TMG_OK)
		return rc;
	if (!card_of(b)->tells)
		return TMG_UNSUPPORTED;
	if (!s->key)
		return TMG_NOT_FOUND;
	*facts = s->facts;
	if (spki == NULL)
		return TMG_OK;
	card_of(b)->publics++;
	tmg_put(spki, (tmg_view){ s->spki, s->spki_len });
	return TMG_OK;
}

static tmg_rc
fake_cert_read(tmg_backend *b, uint32_t ref, tmg_out *der)
{
	const struct fake_slot *s = slot_of(b, ref);
	const tmg_rc rc = say(b, FAKE_CERT_READ);

	if (rc != TMG_OK)
		return rc;
	tmg_put(der, (tmg_view){ s->cert, s->cert_len });
	return s->cert_len > 0 ? TMG_OK : TMG_NOT_FOUND;
}

static tmg_rc
want_admin(tmg_backend *b)
{
	struct fake_card *c = card_of(b);

	if (c->admin_lost)
		c->admin_lost = c->admin_in = false;
	return c->admin_in ? TMG_OK : TMG_LOGIN;
}

static tmg_rc
fake_cert_write(tmg_backend *b, uint32_t ref, tmg_view der)
{
	struct fake_slot *s = slot_of(b, ref);
	tmg_rc rc;

	if ((rc = say(b, FAKE_CERT_WRITE)) || (rc = want_admin(b)))
		return rc;
	memcpy(s->cert, der.ptr, der.len);
	s->cert_len = der.len - card_of(b)->loses_cert;
	return TMG_OK;
}

static tmg_rc
fake_cert_delete(tmg_backend *b, uint32_t ref)
{
	tmg_rc rc;

	if ((rc = say(b, FAKE_CERT_DELETE)) || (rc = want_admin(b)))
		return rc;
	slot_of(b, ref)->cert_len = 0;
	return TMG_OK;
}

/* ---- data ---------------------------------------------------------------- */

static const tmg_data_slot data_slots[FAKE_PLACES] = {
	[FAKE_NOTES] = { 1, "Notes", "1.3.6.1.4.1.99999.1", "Fake", false, false,
		false, false },
	[FAKE_DIARY] = { 2, "Diary", "1.3.6.1.4.1.99999.2", "Fake", true, false,
		false, false },
	[FAKE_FIXED] = { 3, "Fixed", NULL, "Fake", false, true, false,
		false },
};

static tmg_rc
fake_data_slots(tmg_backend *b, tmg_data_slot *rows, size_t cap, size_t *count)
{
	(void)b;
	*count = FAKE_PLACES;
	for (size_t i = 0; i < FAKE_PLACES && i < cap; i++)
		rows[i] = data_slots[i];
	return TMG_OK;
}

static tmg_rc
fake_data_read(tmg_backend *b, uint32_t tag, tmg_out *data)
{
	const struct fake_data *d = &card_of(b)->data[tag - 1];
	const tmg_rc rc = say(b, FAKE_DATA_READ);

	if (rc != TMG_OK)
		return rc;
	if (data_slots[tag - 1].guarded && !card_of(b)->user)
		return TMG_LOGIN;
	tmg_put(data, (tmg_view){ d->value, d->len });
	return d->len > 0 ? TMG_OK : TMG_NOT_FOUND;
}

static tmg_rc
put_data(tmg_backend *b, uint32_t tag, tmg_view value)
{
	struct fake_data *d = &card_of(b)->data[tag - 1];
	const tmg_rc rc = want_admin(b);

	if (rc != TMG_OK)
		return rc;
	if (value.len > sizeof(d->value))
		return TMG_DENIED;
	if (value.len > 0)
		memcpy(d->value, value.ptr, value.len);
	d->len = value.len;
	return TMG_OK;
}

static tmg_rc
fake_data_write(tmg_backend *b, uint32_t tag, tmg_view value)
{
	const tmg_rc rc = say(b, FAKE_DATA_WRITE);

	return rc == TMG_OK ? put_data(b, tag, value) : rc;
}

static tmg_rc
fake_data_delete(tmg_backend *b, uint32_t tag)
{
	const tmg_rc rc = say(b, FAKE_DATA_DELETE);

	return rc == TMG_OK ? put_data(b, tag, (tmg_view){ 0 }) : rc;
}

static tmg_rc
fake_tries(tmg_backend *b, tmg_pin_kind kind, int *tries)
{
	const tmg_rc rc = say(b, FAKE_TRIES);

	if (rc != TMG_OK)
		return rc;
	if (kind != TMG_PIN_USER)
		return TMG_UNSUPPORTED;
	*tries = card_of(b)->tries;
	return TMG_OK;
}

static tmg_rc
fake_factory(tmg_backend *b, tmg_pin_kind kind)
{
	if (kind != TMG_PIN_USER)
		return TMG_UNSUPPORTED;
	return card_of(b)->fresh_pin ? TMG_OK : TMG_NOT_FOUND;
}

static tmg_rc
compare(struct fake_card *c, tmg_view pin, int *tries)
{
	if (c->tries == 0)
		return *tries = 0, TMG_PIN_LOCKED;
	if (tmg_view_equal(pin, tmg_view_str(c->pin))) {
		c->tries = 3;
		return TMG_OK;
	}
	*tries = --c->tries;
	return c->tries > 0 ? TMG_PIN_WRONG : TMG_PIN_LOCKED;
}

static tmg_rc
fake_verify(tmg_backend *b, tmg_pin_kind kind, tmg_view pin, int *tries)
{
	struct fake_card *c = card_of(b);
	tmg_rc rc;

	note(c, 'V');
	if ((rc = say(b, FAKE_VERIFY)))
		return rc;
	if (kind == TMG_PIN_ADMIN) {
		c->admin_in = tmg_view_equal(pin, tmg_view_str(c->admin));
		return c->admin_in ? TMG_OK : TMG_PIN_WRONG;
	}
	rc = compare(c, pin, tries);
	c->user = rc == TMG_OK;
	return rc;
}

/* TMG_CANCELLED: nobody typed, and nothing was sent. */
static tmg_rc
fake_verify_typed(tmg_backend *b, tmg_pin_kind kind, int *tries)
{
	struct fake_card *c = card_of(b);

	c->typings++;
	*tries = -1;
	return c->typed == NULL ? TMG_CANCELLED
	    : fake_verify(b, kind, tmg_view_str(c->typed), tries);
}

static tmg_rc
compare_puk(struct fake_card *c, tmg_view puk, int *tries)
{
	if (c->puk_tries == 0)
		return *tries = 0, TMG_PIN_LOCKED;
	if (tmg_view_equal(puk, tmg_view_str(c->puk))) {
		*tries = c->puk_tries = 3;
		return TMG_OK;
	}
	*tries = --c->puk_tries;
	return c->puk_tries > 0 ? TMG_PIN_WRONG : TMG_PIN_LOCKED;
}

static tmg_rc
compare_admin(struct fake_card *c, tmg_view admin)
{
	return tmg_view_equal(admin, tmg_view_str(c->admin)) ? TMG_OK
	    : TMG_PIN_WRONG;
}

static tmg_rc
fake_change(tmg_backend *b, tmg_pin_kind kind, tmg_view old, tmg_view fresh,
    int *tries)
{
	struct fake_card *c = card_of(b);
	char *const stores[] = {
		[TMG_PIN_USER] = c->pin, [TMG_PIN_PUK] = c->puk,
		[TMG_PIN_ADMIN] = c->admin,
	};
	tmg_rc rc;

	if ((rc = say(b, FAKE_CHANGE)))
		return rc;
	rc = kind == TMG_PIN_USER ? compare(c, old, tries)
	    : kind == TMG_PIN_PUK ? compare_puk(c, old, tries)
	    : compare_admin(c, old);
	if (rc == TMG_OK)
		snprintf(stores[kind], 16, "%.*s", (int)fresh.len, fresh.ptr);
	return rc;
}

static tmg_rc
fake_change_typed(tmg_backend *b, tmg_pin_kind kind, int *tries)
{
	struct fake_card *c = card_of(b);

	c->typings++;
	*tries = -1;
	return c->typed == NULL ? TMG_CANCELLED
	    : fake_change(b, kind, tmg_view_str(c->typed),
		tmg_view_str(c->typed_new), tries);
}

static tmg_rc
fake_unblock(tmg_backend *b, tmg_view puk, tmg_view fresh, int *tries)
{
	struct fake_card *c = card_of(b);
	tmg_rc rc;

	if (c->puk[0] == '\0')
		return TMG_UNSUPPORTED;
	if ((rc = say(b, FAKE_UNBLOCK)) || (rc = compare_puk(c, puk, tries)))
		return rc;
	snprintf(c->pin, sizeof(c->pin), "%.*s", (int)fresh.len, fresh.ptr);
	c->tries = 3;
	c->user = false;
	return TMG_OK;
}

static tmg_rc
fake_reset(tmg_backend *b)
{
	struct fake_card *c = card_of(b);
	const tmg_rc rc = say(b, FAKE_RESET);

	if (rc != TMG_OK)
		return rc;
	memset(c->slots, 0, sizeof(c->slots));
	strcpy(c->pin, "123456");
	strcpy(c->puk, "12345678");
	strcpy(c->admin, "admin");
	c->tries = c->puk_tries = 3;
	c->user = c->admin_in = false;
	return TMG_OK;
}

static tmg_rc
fake_logged_in(tmg_backend *b, tmg_pin_kind kind)
{
	const struct fake_card *c = card_of(b);

	if (kind == TMG_PIN_USER && c->blind && c->calls[FAKE_VERIFY] > 0)
		return TMG_OK;
	return (kind == TMG_PIN_ADMIN ? c->admin_in : c->user) ? TMG_OK : TMG_LOGIN;
}

static tmg_rc
fake_admin_auto(tmg_backend *b)
{
	struct fake_card *c = card_of(b);
	const tmg_rc rc = say(b, FAKE_ADMIN_AUTO);

	if (rc != TMG_OK)
		return rc;
	if (c->admin_kept && !c->user)
		return TMG_LOGIN;
	c->admin_in = c->admin_factory || c->admin_kept;
	return c->admin_in ? TMG_OK : TMG_NOT_FOUND;
}

static tmg_rc
fake_generate(tmg_backend *b, const tmg_keyspec *spec, tmg_out *spki)
{
	struct fake_slot *s = slot_of(b, spec->slot), made = { .key = false };
	tmg_rc rc;

	if ((rc = say(b, FAKE_GENERATE)) || (rc = want_admin(b)))
		return rc;
	fake_key_of(&made, spec->alg, "new", slots[s - card_of(b)->slots].pin);
	made.cert_len = s->cert_len;
	memcpy(made.cert, s->cert, s->cert_len);
	*s = made;
	tmg_put(spki, (tmg_view){ s->spki, s->spki_len });
	return tmg_out_done(spki);
}

static tmg_rc
fake_import(tmg_backend *b, const tmg_keyspec *spec, tmg_view pkcs8)
{
	struct fake_slot *s = slot_of(b, spec->slot);
	const unsigned char *at = pkcs8.ptr;
	unsigned char *spki = s->spki, *priv = s->priv;
	EVP_PKEY *key;
	tmg_rc rc;

	if ((rc = say(b, FAKE_IMPORT)) || (rc = want_admin(b)))
		return rc;
	key = d2i_AutoPrivateKey(NULL, &at, (long)pkcs8.len);
	if (key == NULL || at != pkcs8.ptr + pkcs8.len)
		return TMG_E_MALFORMED;
	s->priv_len = (size_t)i2d_PrivateKey(key, &priv);
	s->spki_len = (size_t)i2d_PUBKEY(key, &spki);
	s->facts = (tmg_key_facts){ .alg = spec->alg,
	    .pin = slots[s - card_of(b)->slots].pin,
	    .origin = TMG_ORIGIN_IMPORTED };
	s->key = true;
	EVP_PKEY_free(key);
	return TMG_OK;
}

static tmg_rc
fake_key_delete(tmg_backend *b, uint32_t ref)
{
	tmg_rc rc;

	if ((rc = say(b, FAKE_DELETE)) || (rc = want_admin(b)))
		return rc;
	slot_of(b, ref)->key = false;
	return TMG_OK;
}

/* ---- the key that is in the slot, by libcrypto --------------------------- */

static EVP_PKEY *
private_of(const struct fake_slot *s)
{
	const unsigned char *at = s->priv;
	EVP_PKEY *pkey = d2i_AutoPrivateKey(NULL, &at, (long)s->priv_len);

	if (pkey == NULL)
		abort();
	return pkey;
}

/* As cards do: the raw operation; the host has padded or will. */
static void
rsa_raw(const struct fake_slot *s, tmg_view in, tmg_out *out)
{
	EVP_PKEY *pkey = private_of(s);
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(pkey, NULL);
	size_t n = out->cap - out->len;

	if (EVP_PKEY_decrypt_init(ctx) != 1 ||
	    EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_NO_PADDING) != 1 ||
	    EVP_PKEY_decrypt(ctx, out->ptr + out->len, &n, in.ptr, in.len) != 1)
		abort();
	out->len += n;
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(pkey);
}

static tmg_rc
sign_rsa(const struct fake_slot *s, const tmg_sign_spec *spec, tmg_view input,
    tmg_out *sig)
{
	uint8_t store[TMG_SIG_MAX];
	tmg_out em = TMG_OUT(store);
	tmg_rc rc;

	if ((rc = tmg_pad_sign(tmg_ctx_libctx(current->ctx), spec, input,
	    tmg_alg_get(s->facts.alg)->bits, &em)))
		return rc;
	rsa_raw(s, tmg_out_view(&em), sig);
	return TMG_OK;
}

static tmg_rc
sign_digest(const struct fake_slot *s, tmg_view input, tmg_out *sig)
{
	EVP_PKEY *pkey = private_of(s);
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(pkey, NULL);
	size_t n = sig->cap - sig->len;

	if (EVP_PKEY_sign_init(ctx) != 1 ||
	    EVP_PKEY_sign(ctx, sig->ptr + sig->len, &n, input.ptr, input.len) != 1)
		abort();
	sig->len += n;
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(pkey);
	return TMG_OK;
}

static tmg_rc
sign_message(const struct fake_slot *s, tmg_view input, tmg_out *sig)
{
	EVP_PKEY *pkey = private_of(s);
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	size_t n = sig->cap - sig->len;

	if (EVP_DigestSignInit(md, NULL, NULL, NULL, pkey) != 1 ||
	    EVP_DigestSign(md, sig->ptr + sig->len, &n, input.ptr, input.len) != 1)
		abort();
	sig->len += n;
	EVP_MD_CTX_free(md);
	EVP_PKEY_free(pkey);
	return TMG_OK;
}

static tmg_rc
sign_really(const struct fake_slot *s, const tmg_sign_spec *spec, tmg_view input,
    tmg_out *sig)
{
	switch (tmg_alg_get(s->facts.alg)->family) {
	case TMG_FAMILY_RSA:
		return sign_rsa(s, spec, input, sig);
	case TMG_FAMILY_EC:
		return sign_digest(s, input, sig);
	case TMG_FAMILY_ED:
		return sign_message(s, input, sig);
	case TMG_FAMILY_X:
	case TMG_FAMILY_NONE:
		break;
	}
	return TMG_UNSUPPORTED;
}

/* Counts a use of the key; TMG_LOGIN when the PIN is wanted. */
static tmg_rc
use(tmg_backend *b, enum fake_verb verb, char what, const struct fake_slot *s)
{
	struct fake_card *c = card_of(b);
	tmg_rc rc;

	note(c, what);
	if ((rc = say(b, verb)))
		return rc;
	if (s->facts.pin != TMG_PIN_NEVER && !c->user)
		return TMG_LOGIN;
	c->user = c->user && s->facts.pin != TMG_PIN_ALWAYS;
	return TMG_OK;
}

static tmg_rc
fake_sign(tmg_backend *b, uint32_t ref, tmg_alg alg, const tmg_sign_spec *spec,
    tmg_view input, tmg_out *sig)
{
	const struct fake_slot *s = slot_of(b, ref);
	tmg_rc rc;

	(void)alg;
	if ((rc = use(b, FAKE_SIGN, 'S', s)))
		return rc;
	if (card_of(b)->real)
		return sign_really(s, spec, input, sig);
	tmg_put_str(sig, "signed:");
	tmg_put(sig, input);
	return tmg_out_done(sig);
}

static tmg_rc
fake_decrypt(tmg_backend *b, uint32_t ref, tmg_alg alg,
    const tmg_decrypt_spec *spec, tmg_view cipher, tmg_out *plain)
{
	const struct fake_slot *s = slot_of(b, ref);
	uint8_t store[TMG_SIG_MAX];
	tmg_out em = TMG_OUT(store);
	tmg_rc rc;

	(void)alg;
	if ((rc = use(b, FAKE_DECRYPT, 'D', s)))
		return rc;
	rsa_raw(s, cipher, &em);
	return tmg_unpad(tmg_ctx_libctx(current->ctx), spec, tmg_out_view(&em),
	    plain);
}

/* A point that is not on the curve, or of small order, is refused as cards do. */
static tmg_rc
fake_derive(tmg_backend *b, uint32_t ref, tmg_alg alg, tmg_view peer,
    tmg_out *secret)
{
	const struct fake_slot *s = slot_of(b, ref);
	EVP_PKEY *mine, *other = EVP_PKEY_new();
	EVP_PKEY_CTX *ctx;
	size_t n = secret->cap - secret->len;
	tmg_rc rc;

	(void)alg;
	if ((rc = use(b, FAKE_DERIVE, 'A', s))) {
		EVP_PKEY_free(other);
		return rc;
	}
	mine = private_of(s);
	ctx = EVP_PKEY_CTX_new(mine, NULL);
	rc = EVP_PKEY_copy_parameters(other, mine) == 1 &&
	    EVP_PKEY_set1_encoded_public_key(other, peer.ptr, peer.len) == 1 &&
	    EVP_PKEY_derive_init(ctx) == 1 &&
	    EVP_PKEY_derive_set_peer(ctx, other) == 1 &&
	    EVP_PKEY_derive(ctx, secret->ptr + secret->len, &n) == 1
	    ? TMG_OK : TMG_UNSUPPORTED;
	secret->len += rc == TMG_OK ? n : 0;
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(other);
	EVP_PKEY_free(mine);
	return rc;
}

static void
fake_close(tmg_backend *b)
{
	free(b);
}

extern const tmg_driver fake_driver;
const tmg_driver fake_driver = {
	.version = TMG_DRIVER_VERSION,
	.name = "fake",
	.spec = "none",
	.likely = tmg_no_likely,
	.probe = fake_probe,
	.probe_path = tmg_no_probe_path,
	.identify = fake_identify,
	.slots = fake_slots,
	.survey = fake_survey,
	.facts = fake_facts,
	.cert_read = fake_cert_read,
	.cert_write = fake_cert_write,
	.cert_delete = fake_cert_delete,
	.cert_chain = tmg_no_cert_chain,
	.tries = fake_tries,
	.factory = fake_factory,
	.verify = fake_verify,
	.change = fake_change,
	.verify_typed = fake_verify_typed,
	.change_typed = fake_change_typed,
	.unblock = fake_unblock,
	.logout = tmg_no_logout,
	.logged_in = fake_logged_in,
	.admin_auto = fake_admin_auto,
	.generate = fake_generate,
	.import = fake_import,
	.key_delete = fake_key_delete,
	.key_move = tmg_no_key_move,
	.key_policy = tmg_no_key_policy,
	.attest = tmg_no_attest,
	.sign = fake_sign,
	.decrypt = fake_decrypt,
	.derive = fake_derive,
	.data_slots = fake_data_slots,
	.data_read = fake_data_read,
	.data_write = fake_data_write,
	.data_delete = fake_data_delete,
	.random = tmg_no_random,
	.reset = fake_reset,
	.setup = tmg_no_setup,
	.begin = tmg_no_begin,
	.hash_pins = tmg_no_hash_pins,
	.admin_protect = tmg_no_admin_protect,
	.close = fake_close,
};

const tmg_driver *const tmg_drivers[] = { &fake_driver };
const size_t tmg_drivers_count = TMG_COUNT(tmg_drivers);

/* ---- setting up ---------------------------------------------------------- */

void
fake_init(struct fake *f, tmg_ctx *ctx, size_t cards)
{
	memset(f, 0, sizeof(*f));
	f->ctx = ctx;
	f->count = cards;
	for (size_t i = 0; i < cards; i++) {
		struct fake_card *c = &f->cards[i];

		snprintf(c->reader, sizeof(c->reader), "Reader %zu", i + 1);
		snprintf(c->serial, sizeof(c->serial), "%zu", 1001 + i);
		snprintf(c->label, sizeof(c->label), "token-%zu", 1 + i);
		c->presence = TMG_PRESENT;
		c->tells = true;
		strcpy(c->pin, "123456");
		strcpy(c->admin, "admin");
		c->tries = 3;
		c->admin_factory = true;
		c->algs = 1u << TMG_ALG_P256;
	}
}

static void
add_authority(X509 *x)
{
	X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, NULL, NID_basic_constraints,
	    "critical,CA:TRUE");

	if (e == NULL || X509_add_ext(x, e, -1) != 1)
		abort();
	X509_EXTENSION_free(e);
}

static void
sign_cert(struct fake_slot *slot, EVP_PKEY *pkey, const char *label,
    bool authority)
{
	X509 *x = X509_new();
	unsigned char *at = slot->cert;
	X509_NAME *name = X509_get_subject_name(x);
	/* a key that only agrees is certified by another */
	EVP_PKEY *signer = EVP_PKEY_get_id(pkey) == EVP_PKEY_X25519
	    ? EVP_EC_gen("P-256") : pkey;

	X509_set_version(x, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(x), 7);
	X509_gmtime_adj(X509_getm_notBefore(x), 0);
	X509_gmtime_adj(X509_getm_notAfter(x), 3600);
	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
	    (const unsigned char *)label, -1, -1, 0);
	X509_set_issuer_name(x, name);
	X509_set_pubkey(x, pkey);
	if (authority)
		add_authority(x);
	if (X509_sign(x, signer, EVP_PKEY_get_id(signer) == EVP_PKEY_ED25519
	    ? NULL : EVP_sha256()) == 0 ||
	    i2d_X509(x, NULL) > FAKE_CERT_MAX)
		abort();
	slot->cert_len = (size_t)i2d_X509(x, &at);
	if (signer != pkey)
		EVP_PKEY_free(signer);
	X509_free(x);
}

/* Making an RSA key takes long and which one it is matters to no test. */
static EVP_PKEY *
make_key(tmg_alg alg)
{
	static EVP_PKEY *rsa;
	const tmg_alg_row *row = tmg_alg_get(alg);

	if (row->family != TMG_FAMILY_RSA)
		return row->family == TMG_FAMILY_EC ? EVP_EC_gen(row->group)
		    : EVP_PKEY_Q_keygen(NULL, NULL, row->group);
	if (rsa == NULL || (unsigned)EVP_PKEY_get_bits(rsa) != row->bits) {
		EVP_PKEY_free(rsa);
		rsa = EVP_RSA_gen(row->bits);
	}
	EVP_PKEY_up_ref(rsa);
	return rsa;
}

void
fake_key_of(struct fake_slot *slot, tmg_alg alg, const char *label,
    tmg_pin_policy pin)
{
	EVP_PKEY *pkey = make_key(alg);
	unsigned char *at = slot->spki, *priv = slot->priv;

	if (pkey == NULL || i2d_PrivateKey(pkey, NULL) > (int)sizeof(slot->priv))
		abort();
	slot->priv_len = (size_t)i2d_PrivateKey(pkey, &priv);
	slot->spki_len = (size_t)i2d_PUBKEY(pkey, &at);
	slot->key = true;
	slot->facts = (tmg_key_facts){ .alg = alg, .pin = pin,
	    .origin = TMG_ORIGIN_GENERATED };
	sign_cert(slot, pkey, label, false);
	EVP_PKEY_free(pkey);
}

void
fake_key(struct fake_slot *slot, const char *label, tmg_pin_policy pin)
{
	fake_key_of(slot, TMG_ALG_P256, label, pin);
}

void
fake_certify(struct fake_slot *slot, const char *label)
{
	EVP_PKEY *pkey = private_of(slot);

	sign_cert(slot, pkey, label, false);
	EVP_PKEY_free(pkey);
}

void
fake_authority(struct fake_slot *slot, const char *label)
{
	EVP_PKEY *pkey = make_key(TMG_ALG_P256);

	if (pkey == NULL)
		abort();
	sign_cert(slot, pkey, label, true);
	EVP_PKEY_free(pkey);
}

void
fake_write(struct fake_data *data, const char *text)
{
	data->len = strlen(text);
	memcpy(data->value, text, data->len);
}
