/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The whole driver on a card that answers whatever the input says: a verb is
 * a byte, an answer is a status word, a length byte and so many bytes (times
 * 16, so that certificates fit).
 */
#include <stdlib.h>

#include "drivers/piv/piv.h"
#include "src/base/scope.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define VERBS_MAX 24u		/* of one input */

static struct {
	tmg_channel ch;
	tmg_view in;
	tmg_backend *b;
} card;

static tmg_rc
begin(tmg_channel *ch)
{
	(void)ch;
	return TMG_OK;
}

static void
end(tmg_channel *ch)
{
	(void)ch;
}

static tmg_rc
ends_with(tmg_channel *ch, tmg_rc rc)
{
	ch->epoch++;
	ch->aid_len = 0;
	return tmg_raise(&ch->fault, rc, 0, "fuzz");
}

/* The status word 9000 is one byte, 00, so that good answers come often. */
static tmg_rc
exchange(tmg_channel *ch, const tmg_capdu *c, tmg_out *data, uint16_t *sw)
{
	tmg_view head, body;
	size_t len;

	*sw = 0;
	if (++ch->apdus > 2000)
		abort();	/* a driver that never ends */
	if (tmg_view_take(&card.in, 2, &head))
		return ends_with(ch, TMG_REMOVED);
	if (head.ptr[0] == 0xff)
		return ends_with(ch, head.ptr[1] & 1 ? TMG_RESET : TMG_REMOVED);
	*sw = head.ptr[0] == 0 ? TMG_SW_OK
	    : (uint16_t)(head.ptr[0] << 8 | head.ptr[1]);
	if (head.ptr[0] == 0) {
		len = head.ptr[1] < 0x80 ? head.ptr[1]
		    : (size_t)(head.ptr[1] & 0x7f) * 16;
		if (len > card.in.len)
			len = card.in.len;
		if (tmg_view_take(&card.in, len, &body))
			abort();
		if (data != NULL)
			tmg_put(data, body);
	}
	if (c->ins == 0xa4 && *sw == TMG_SW_OK && c->data.len <= sizeof(ch->aid)) {
		memcpy(ch->aid, c->data.ptr, c->data.len);
		ch->aid_len = c->data.len;
	}
	return data != NULL && data->full
	    ? tmg_raise(&ch->fault, TMG_E_SPACE, 0, "fuzz") : TMG_OK;
}

static tmg_rc
enter(tmg_channel *ch, const tmg_capdu *c, const tmg_pad_form *form, uint16_t *sw)
{
	(void)form;
	return exchange(ch, c, NULL, sw);
}

static const tmg_channel_ops ops = { begin, end, exchange, enter };

static tmg_rc
add(tmg_probe *probe, tmg_backend *b)
{
	(void)probe;
	card.b = b;
	return TMG_OK;
}

/* ---- verbs --------------------------------------------------------------- */

static uint8_t store[TMG_CERT_MAX];
static const uint8_t bytes[256] = { 0x30, 0x01, 0x00 };
static int tries;

#define DRV (card.b->driver)
#define PIN tmg_view_str("123456")

static tmg_rc
verb_facts(uint32_t slot, tmg_out *out)
{
	tmg_key_facts facts;

	return DRV->facts(card.b, slot, &facts, out);
}

static tmg_rc
verb_survey(uint32_t slot, tmg_out *out)
{
	tmg_slot rows[32];
	size_t count;

	(void)slot;
	(void)out;
	DRV->slots(card.b, rows, TMG_COUNT(rows), &count);
	return DRV->survey(card.b, rows, count);
}

static tmg_rc
verb_cert_read(uint32_t slot, tmg_out *out)
{
	return DRV->cert_read(card.b, slot, out);
}

static tmg_rc
verb_cert_write(uint32_t slot, tmg_out *out)
{
	(void)out;
	return DRV->cert_write(card.b, slot, TMG_VIEW(bytes));
}

static tmg_rc
verb_cert_delete(uint32_t slot, tmg_out *out)
{
	(void)out;
	return DRV->cert_delete(card.b, slot);
}

static tmg_rc
verb_pin(uint32_t slot, tmg_out *out)
{
	(void)out;
	DRV->tries(card.b, (tmg_pin_kind)(slot % 3), &tries);
	DRV->factory(card.b, (tmg_pin_kind)(slot % 3));
	DRV->verify_typed(card.b, (tmg_pin_kind)(slot % 3), &tries);
	return DRV->verify(card.b, TMG_PIN_USER, PIN, &tries);
}

static tmg_rc
verb_change(uint32_t slot, tmg_out *out)
{
	(void)out;
	DRV->unblock(card.b, PIN, PIN, &tries);
	DRV->change_typed(card.b, (tmg_pin_kind)(slot % 3), &tries);
	return DRV->change(card.b, (tmg_pin_kind)(slot % 3), PIN, PIN, &tries);
}

static tmg_rc
verb_admin(uint32_t slot, tmg_out *out)
{
	(void)slot;
	(void)out;
	return DRV->admin_auto(card.b);
}

/* The host's challenge is random: nobody guesses the answer. */
static tmg_rc
verb_be_admin(uint32_t slot, tmg_out *out)
{
	(void)slot;
	(void)out;
	tmg_piv_of(card.b)->admin = card.b->ch->aid_len != 0;
	tmg_piv_of(card.b)->app.selected.epoch = card.b->ch->epoch;
	return TMG_OK;
}

static tmg_rc
verb_protect(uint32_t slot, tmg_out *out)
{
	(void)slot;
	(void)out;
	return DRV->admin_protect(card.b, (tmg_view){ bytes, 24 });
}

static tmg_rc
verb_generate(uint32_t slot, tmg_out *out)
{
	const tmg_keyspec spec = { slot, (tmg_alg)(slot % TMG_ALG_COUNT),
		TMG_PIN_ONCE, TMG_TOUCH_ALWAYS };

	return DRV->generate(card.b, &spec, out);
}

static tmg_rc
verb_sign(uint32_t slot, tmg_out *out)
{
	const tmg_alg alg = (tmg_alg)(slot % TMG_ALG_COUNT);
	const tmg_sign_spec spec = {
		tmg_alg_get(alg)->family == TMG_FAMILY_RSA ? TMG_SIGN_PKCS1 :
		tmg_alg_get(alg)->family == TMG_FAMILY_EC ? TMG_SIGN_ECDSA :
		TMG_SIGN_EDDSA, TMG_HASH_SHA256, 0, 0 };

	return DRV->sign(card.b, 0x9a, alg, &spec, (tmg_view){ bytes, 32 }, out);
}

static tmg_rc
verb_decrypt(uint32_t slot, tmg_out *out)
{
	const tmg_decrypt_spec spec = { .padding = (tmg_padding)(slot % 3),
		.hash = TMG_HASH_SHA1, .mgf = TMG_HASH_SHA1 };

	return DRV->decrypt(card.b, 0x9d, TMG_ALG_RSA2048, &spec,
	    TMG_VIEW(bytes), out);
}

static tmg_rc
verb_derive(uint32_t slot, tmg_out *out)
{
	(void)slot;
	return DRV->derive(card.b, 0x9d, TMG_ALG_P256, (tmg_view){ bytes, 65 },
	    out);
}

static tmg_rc
verb_attest(uint32_t slot, tmg_out *out)
{
	return DRV->attest(card.b, slot, out);
}

static tmg_rc
verb_move(uint32_t slot, tmg_out *out)
{
	(void)out;
	DRV->key_move(card.b, slot, 0x82);
	return DRV->key_delete(card.b, slot);
}

static tmg_rc
verb_data(uint32_t slot, tmg_out *out)
{
	static const uint32_t tags[] = { 0x7e, 0x7f61, 0x5fc102, 0x5fc109 };
	const uint32_t tag = tags[slot % 4];
	tmg_data_slot places[8];
	size_t count;

	DRV->data_slots(card.b, places, 8, &count);
	DRV->data_write(card.b, tag, (tmg_view){ (const uint8_t *)"x", 1 });
	DRV->data_delete(card.b, tag);
	return DRV->data_read(card.b, tag, out);
}

static tmg_rc
verb_random(uint32_t slot, tmg_out *out)
{
	return DRV->random(card.b, slot, out);
}

static tmg_rc
verb_whole(uint32_t slot, tmg_out *out)
{
	(void)out;
	DRV->setup(card.b);
	return slot % 2 ? DRV->reset(card.b) : DRV->logout(card.b);
}

static tmg_rc
verb_identify(uint32_t slot, tmg_out *out)
{
	(void)slot;
	(void)out;
	return DRV->identify(card.b);
}

static tmg_rc (*const verbs[])(uint32_t slot, tmg_out *out) = {
	verb_facts, verb_survey, verb_cert_read, verb_cert_write,
	verb_cert_delete, verb_pin, verb_change, verb_admin, verb_be_admin,
	verb_protect, verb_generate, verb_sign, verb_decrypt, verb_derive,
	verb_attest, verb_move, verb_data, verb_random, verb_whole,
	verb_identify,
};

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static tmg_ctx *ctx;
	tmg_probe found = { .add = add };
	tmg_view verb;

	if (ctx == NULL && tmg_ctx_new(&ctx) != TMG_OK)
		abort();
	card.ch = (tmg_channel){ .ops = &ops, .ctx = ctx, .reader = "fuzz" };
	card.in = (tmg_view){ data, size };
	card.b = NULL;
	if (tmg_driver_piv.probe(&card.ch, &found) != TMG_OK)
		return 0;
	for (unsigned i = 0; i < VERBS_MAX; i++) {
		tmg_out out = TMG_OUT(store);
		tmg_rc rc;

		if (tmg_view_take(&card.in, 2, &verb))
			break;
		rc = verbs[verb.ptr[0] % TMG_COUNT(verbs)](verb.ptr[1], &out);
		/* What is not well is said in words. */
		if (rc != TMG_OK && rc != TMG_LOGIN && rc != TMG_E_SPACE &&
		    card.b->fault.text[0] == '\0')
			abort();
	}
	DRV->close(card.b);
	return 0;
}
