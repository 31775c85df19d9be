/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * VERIFY, CHANGE REFERENCE DATA, RESET RETRY COUNTER: ISO/IEC 7816-4 11.6.
 */
#include <openssl/crypto.h>

#include "tools/vcard/pkcs15.h"

#define TRIES_SHOWN 15		/* what fits the last digit of 63Cx */

static void
fill_up(const p15_kind *kind, tmg_view value, uint8_t *bytes)
{
	memset(bytes, kind->fill, P15_PIN_MAX);
	if (value.len > 0)
		memcpy(bytes, value.ptr, value.len);
}

void
p15_pin_set(p15_pin *pin, const p15_kind *kind, tmg_view value, tmg_view puk,
    uint8_t tries, uint8_t puk_tries)
{
	*pin = (p15_pin){
		.set = true, .has_puk = puk.len > 0, .most = tries, .left = tries,
		.puk_most = puk_tries, .puk_left = puk_tries,
	};
	fill_up(kind, value, pin->value);
	fill_up(kind, puk, pin->puk);
}

static uint16_t
tries(uint8_t left)
{
	return (uint16_t)(SW_TRIES | (left < TRIES_SHOWN ? left : TRIES_SHOWN));
}

/* Compares, counts, and says what a command that needs this secret answers. */
static uint16_t
prove(vc_card *card, const p15_kind *kind, const uint8_t *stored, uint8_t most, uint8_t *left,
    tmg_view value)
{
	uint8_t given[P15_PIN_MAX];
	bool right;

	if (*left == 0)
		return kind->blocked;
	fill_up(kind, value, given);
	right = CRYPTO_memcmp(stored, given, sizeof(given)) == 0;
	OPENSSL_cleanse(given, sizeof(given));
	card->dirty = card->dirty || !right || *left != most;
	*left = right ? most : (uint8_t)(*left - 1);
	return right ? SW_OK : tries(*left);
}

/* The number that P2 names; P15_PINS: none that there can be. */
static uint8_t
number_of(const vc_p15 *p15, uint8_t p2)
{
	const uint8_t local = p15->kind->local, n = (uint8_t)(p2 & ~local);

	return (p2 & local) == local && n < P15_PINS ? n : P15_PINS;
}

static p15_pin *
pin_of(vc_p15 *p15, uint8_t p2)
{
	const uint8_t n = number_of(p15, p2);

	return n < P15_PINS && p15->pins[n].set ? &p15->pins[n] : NULL;
}

static bool
fits(const p15_kind *kind, size_t len)
{
	return len >= kind->pin_least && len <= kind->pin_len;
}

static void
set_login(vc_p15 *p15, uint8_t p2, bool login)
{
	const uint16_t bit = (uint16_t)(1u << number_of(p15, p2));

	p15->session.pins = (uint16_t)(login ? p15->session.pins | bit : p15->session.pins & ~bit);
}

uint16_t
p15_verify(vc_card *card, vc_p15 *p15, const vc_command *c, tmg_out *out)
{
	p15_pin *pin = pin_of(p15, c->p2);
	uint16_t sw;

	(void)out;
	if (c->p1 != 0)
		return SW_P1P2;
	if (c->data.len == 0 && !p15->active)
		return SW_OK;
	if (pin == NULL)
		return p15->kind->no_pin;
	if (c->data.len == 0)
		return ((unsigned)p15->session.pins >> number_of(p15, c->p2) & 1u) != 0 ? SW_OK : tries(pin->left);
	if (!fits(p15->kind, c->data.len))
		return SW_LENGTH;
	sw = prove(card, p15->kind, pin->value, pin->most, &pin->left, c->data);
	set_login(p15, c->p2, sw == SW_OK);
	return sw;
}

/* The old one, filled up, and the new one. */
uint16_t
p15_change(vc_card *card, vc_p15 *p15, const vc_command *c, tmg_out *out)
{
	p15_pin *pin = pin_of(p15, c->p2);
	tmg_view next = c->data, old;
	uint16_t sw;

	(void)out;
	if (c->p1 != 0)
		return SW_P1P2;
	if (pin == NULL)
		return p15->kind->no_pin;
	if (tmg_view_take(&next, p15->kind->pin_len, &old) || !fits(p15->kind, next.len))
		return SW_LENGTH;
	sw = prove(card, p15->kind, pin->value, pin->most, &pin->left, old);
	if (sw != SW_OK) {
		set_login(p15, c->p2, false);
		return sw;
	}
	fill_up(p15->kind, next, pin->value);
	card->dirty = true;
	p15->changes++;
	return SW_OK;
}

/* The PUK, filled up, and the new PIN. */
uint16_t
p15_unblock(vc_card *card, vc_p15 *p15, const vc_command *c, tmg_out *out)
{
	p15_pin *pin = pin_of(p15, c->p2);
	tmg_view next = c->data, puk;
	uint16_t sw;

	(void)out;
	if (c->p1 != 0)
		return SW_P1P2;
	if (pin == NULL)
		return p15->kind->no_pin;
	if (!pin->has_puk)
		return SW_CONDITIONS;
	if (tmg_view_take(&next, p15->kind->puk_len, &puk) || !fits(p15->kind, next.len))
		return SW_LENGTH;
	sw = prove(card, p15->kind, pin->puk, pin->puk_most, &pin->puk_left, puk);
	if (sw != SW_OK)
		return sw;
	fill_up(p15->kind, next, pin->value);
	pin->left = pin->most;
	set_login(p15, c->p2, false);
	card->dirty = true;
	p15->changes++;
	return SW_OK;
}
