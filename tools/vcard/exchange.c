/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/vcard/exchange.h"

#include <openssl/crypto.h>

#define SHORT_MAX 256u

void
vc_exchange_reset(vc_exchange *x)
{
	OPENSSL_cleanse(x, sizeof(*x));
}

static void
drop_reply(vc_exchange *x)
{
	OPENSSL_cleanse(x->reply, x->reply_len);
	x->reply_len = x->reply_at = 0;
}

static void
drop_chain(vc_exchange *x)
{
	OPENSSL_cleanse(x->chain, x->chain_len);
	x->chain_len = 0;
	x->chaining = false;
}

static uint16_t
more(size_t left)
{
	return (uint16_t)(SW_MORE | (left >= SHORT_MAX ? 0 : left));
}

/* Hands out up to most bytes of the reply and says what is left. */
static void
hand_out(vc_exchange *x, size_t most, tmg_out *out)
{
	const size_t left = x->reply_len - x->reply_at;
	const size_t n = left < most ? left : most;

	tmg_put(out, (tmg_view){ x->reply + x->reply_at, n });
	x->reply_at += n;
	if (n < left) {
		tmg_put_u16(out, more(left - n));
		return;
	}
	tmg_put_u16(out, SW_OK);
	drop_reply(x);
}

/*
 * ISO/IEC 7816-3 10.3 and ISO/IEC 7816-4 annex A: a T=0 card cannot send data
 * after it has received some (61xx), and wants to be asked for exactly what
 * there is (6Cxx).
 */
static void
answer_t0(vc_exchange *x, const vc_command *c, tmg_out *out)
{
	const size_t left = x->reply_len - x->reply_at;

	if (c->data.len > 0 || c->le == VC_LE_NONE) {
		tmg_put_u16(out, more(left));
		return;
	}
	if (c->le > left) {
		tmg_put_u16(out, (uint16_t)(SW_WRONG_LE | left));
		if (c->ins != INS_GET_RESPONSE)
			drop_reply(x);
		return;
	}
	hand_out(x, c->le, out);
}

/* At T=1 a missing Le is taken for "what fits": cards in the field do so, and
 * hosts in the field rely on it. */
static void
answer(vc_exchange *x, vc_card *card, const vc_command *c, uint16_t sw,
    tmg_out *out)
{
	if (x->reply_len == 0) {
		tmg_put_u16(out, sw);
		return;
	}
	if (card->profile->t0)
		answer_t0(x, c, out);
	else
		hand_out(x, c->le == VC_LE_NONE ? SHORT_MAX : c->le, out);
}

static bool
continues(const vc_exchange *x, const vc_command *c)
{
	const uint8_t head[4] = { c->cla & (uint8_t)~CLA_CHAIN, c->ins, c->p1, c->p2 };

	return x->chaining && memcmp(head, x->head, sizeof(head)) == 0;
}

/* Adds a part.  A command that does not continue the chain ends it. */
static uint16_t
collect(vc_exchange *x, const vc_command *c)
{
	const uint8_t head[4] = { c->cla & (uint8_t)~CLA_CHAIN, c->ins, c->p1, c->p2 };

	if (!continues(x, c))
		drop_chain(x);
	if (c->data.len > sizeof(x->chain) - x->chain_len) {
		drop_chain(x);
		return SW_LENGTH;
	}
	if (c->data.len > 0)
		memcpy(x->chain + x->chain_len, c->data.ptr, c->data.len);
	x->chain_len += c->data.len;
	x->chaining = true;
	memcpy(x->head, head, sizeof(head));
	return SW_OK;
}

static uint16_t
run(vc_exchange *x, vc_card *card, vc_command *c)
{
	tmg_out reply = TMG_OUT(x->reply);
	uint16_t sw;

	drop_reply(x);
	if (x->chaining) {
		if ((sw = collect(x, c)) != SW_OK)
			return sw;
		c->data = (tmg_view){ x->chain, x->chain_len };
	}
	sw = vc_card_command(card, c, &reply);
	x->reply_len = sw == SW_OK ? reply.len : 0;
	return sw;
}

static void
get_response(vc_exchange *x, const vc_card *card, const vc_command *c,
    tmg_out *out)
{
	if (c->p1 != 0 || c->p2 != 0)
		tmg_put_u16(out, SW_P1P2);
	else if (x->reply_at >= x->reply_len)
		tmg_put_u16(out, SW_CONDITIONS);
	else if (card->profile->t0)
		answer_t0(x, c, out);
	else
		hand_out(x, c->le == VC_LE_NONE ? SHORT_MAX : c->le, out);
}

void
vc_exchange_apdu(vc_exchange *x, vc_card *card, tmg_view apdu, tmg_out *out)
{
	vc_command c;

	card->delay_ms = 0;
	if (vc_apdu_parse(apdu, &c) || (c.extended && !card->profile->extended)) {
		tmg_put_u16(out, SW_LENGTH);
		return;
	}
	if (c.ins == INS_GET_RESPONSE && (c.cla & ~CLA_CHANNEL) == 0) {
		get_response(x, card, &c, out);
		return;
	}
	if ((c.cla & CLA_CHAIN) != 0) {
		drop_reply(x);
		tmg_put_u16(out, collect(x, &c));
		return;
	}
	if (!continues(x, &c))
		drop_chain(x);

	const uint16_t sw = run(x, card, &c);

	answer(x, card, &c, sw, out);
	drop_chain(x);
}
