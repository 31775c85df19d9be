/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PIN and PUK: SP 800-73-4 part 2, 3.2.1 to 3.2.3.
 */
#include <openssl/crypto.h>

#include "tools/vcard/piv.h"

#define FILL 0xff
#define PIN_LEAST 6
#define TRIES_SHOWN 15u		/* what fits the last digit of 63Cx */

enum {
	P1_CHECK = 0x00,
	P1_LOGOUT = 0xff,
};

static const uint8_t factory_pin[PIV_PIN_LEN] = { '1', '2', '3', '4', '5', '6', FILL, FILL };
static const uint8_t factory_puk[PIV_PIN_LEN] = { '1', '2', '3', '4', '5', '6', '7', '8' };

static void
set_value(vc_pin *pin, const uint8_t *value)
{
	memcpy(pin->value, value, PIV_PIN_LEN);
	pin->left = pin->most;
}

void
vc_pin_factory(vc_piv *piv, const vc_profile *profile)
{
	piv->pin.most = (uint8_t)profile->pin_tries;
	piv->puk.most = (uint8_t)profile->puk_tries;
	set_value(&piv->pin, factory_pin);
	set_value(&piv->puk, factory_puk);
}

bool
vc_pin_is_factory(const vc_pin *pin, bool puk)
{
	return CRYPTO_memcmp(pin->value, puk ? factory_puk : factory_pin, PIV_PIN_LEN) == 0;
}

static uint16_t
tries(const vc_pin *pin)
{
	return (uint16_t)(SW_TRIES | (pin->left < TRIES_SHOWN ? pin->left : TRIES_SHOWN));
}

static size_t
length_of(const uint8_t *value)
{
	size_t n = 0;

	while (n < PIV_PIN_LEN && value[n] != FILL)
		n++;
	return n;
}

/*
 * Six to eight decimal digits filled up with FF (SP 800-73-4 part 2, 2.4.3);
 * Yubico takes any bytes but FF.
 */
static bool
well_formed(const vc_profile *profile, const uint8_t *value)
{
	const size_t n = length_of(value);

	for (size_t i = 0; i < PIV_PIN_LEN; i++) {
		if (i >= n && value[i] != FILL)
			return false;
		if (i < n && !profile->yubikey && (value[i] < '0' || value[i] > '9'))
			return false;
	}
	return n >= PIN_LEAST;
}

/* The PUK is eight bytes of any value on a card without extensions. */
static bool
puk_well_formed(const vc_profile *profile, const uint8_t *value)
{
	return !profile->yubikey || well_formed(profile, value);
}

/* Compares, counts, and says what a command that needs this secret answers. */
static uint16_t
prove(vc_card *card, vc_pin *pin, const uint8_t *value)
{
	const uint8_t before = pin->left;

	if (pin->left == 0)
		return SW_BLOCKED;
	if (CRYPTO_memcmp(pin->value, value, PIV_PIN_LEN) != 0) {
		pin->left--;
		card->dirty = true;
		return tries(pin);
	}
	pin->left = pin->most;
	card->dirty = card->dirty || before != pin->left;
	return SW_OK;
}

static void
forget_login(vc_piv *piv)
{
	piv->session.pin = false;
	piv->session.pin_fresh = false;
}

static uint16_t
pin_status(const vc_profile *profile, const vc_piv *piv)
{
	if (piv->session.pin)
		return SW_OK;
	return piv->pin.left == 0 && profile->yubikey ? SW_BLOCKED : tries(&piv->pin);
}

uint16_t
vc_pin_verify(vc_card *card, vc_piv *piv, const vc_command *c)
{
	uint16_t sw;

	if (c->p2 != PIV_PIN)
		return SW_NO_REFERENCE;
	if (c->p1 == P1_LOGOUT) {
		if (c->data.len != 0)
			return SW_DATA;
		forget_login(piv);
		return SW_OK;
	}
	if (c->p1 != P1_CHECK)
		return SW_P1P2;
	if (c->data.len == 0)
		return pin_status(card->profile, piv);
	if (c->data.len != PIV_PIN_LEN || !well_formed(card->profile, c->data.ptr))
		return SW_DATA;

	sw = prove(card, &piv->pin, c->data.ptr);
	piv->session.pin = piv->session.pin_fresh = sw == SW_OK;
	return sw;
}

static vc_pin *
pin_of(vc_piv *piv, uint8_t ref)
{
	return ref == PIV_PIN ? &piv->pin : ref == PIV_PUK ? &piv->puk : NULL;
}

/* Without extensions the old PIN must look like one, too, and costs no try if
 * it does not (SP 800-73-4 part 2, 3.2.2). */
static bool
change_well_formed(const vc_profile *profile, bool puk, const uint8_t *old,
    const uint8_t *next)
{
	if (puk)
		return puk_well_formed(profile, next);
	return well_formed(profile, next) &&
	    (profile->yubikey || well_formed(profile, old));
}

uint16_t
vc_pin_change(vc_card *card, vc_piv *piv, const vc_command *c)
{
	vc_pin *pin = pin_of(piv, c->p2);
	uint16_t sw;

	if (c->p1 != 0)
		return SW_P1P2;
	if (pin == NULL)
		return SW_NO_REFERENCE;
	if (c->data.len != 2 * PIV_PIN_LEN)
		return SW_DATA;

	const uint8_t *next = c->data.ptr + PIV_PIN_LEN;

	if (!change_well_formed(card->profile, pin == &piv->puk, c->data.ptr, next))
		return SW_DATA;
	if ((sw = prove(card, pin, c->data.ptr)) != SW_OK) {
		if (pin == &piv->pin)
			forget_login(piv);
		return sw;
	}
	set_value(pin, next);
	card->dirty = true;
	/* "the security status of the key reference shall be set to TRUE" */
	if (pin == &piv->pin && !card->profile->yubikey)
		piv->session.pin = true;
	return SW_OK;
}

uint16_t
vc_pin_unblock(vc_card *card, vc_piv *piv, const vc_command *c)
{
	uint16_t sw;

	if (c->p1 != 0)
		return SW_P1P2;
	if (c->p2 != PIV_PIN)
		return SW_NO_REFERENCE;
	if (c->data.len != 2 * PIV_PIN_LEN ||
	    !well_formed(card->profile, c->data.ptr + PIV_PIN_LEN))
		return SW_DATA;
	/* A wrong PUK ends the login of the PIN (3.2.3). */
	if ((sw = prove(card, &piv->puk, c->data.ptr)) != SW_OK) {
		forget_login(piv);
		return sw;
	}

	set_value(&piv->pin, c->data.ptr + PIV_PIN_LEN);
	card->dirty = true;
	return SW_OK;
}

/* Yubico's: both secrets go back to what they were when the token was made. */
uint16_t
vc_pin_set_tries(vc_card *card, vc_piv *piv, const vc_command *c)
{
	if (!piv->session.admin || !piv->session.pin)
		return SW_SECURITY;
	if (c->p1 == 0 || c->p2 == 0)
		return SW_P1P2;

	piv->pin.most = c->p1;
	piv->puk.most = c->p2;
	set_value(&piv->pin, factory_pin);
	set_value(&piv->puk, factory_puk);
	forget_login(piv);
	card->dirty = true;
	return SW_OK;
}
