/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * VERIFY, CHANGE REFERENCE DATA, RESET RETRY COUNTER: ISO/IEC 7816-4 11.6.
 */
#include <openssl/crypto.h>

#include "tools/vcard/gids.h"

#define TRIES_SHOWN 15		/* what fits the last digit of 63Cx */

enum {
	LOGOUT = 0x82,		/* P2 of VERIFY: nobody is here any more */
	OLD_AND_NEW = 0x00,	/* P1 of CHANGE REFERENCE DATA */
	NEW_ALONE = 0x01,
	BY_ADMIN = 0x02,	/* P1 of RESET RETRY COUNTER: the new PIN alone */
};

static uint16_t
tries(const gids_pin *pin)
{
	return (uint16_t)(SW_TRIES | (pin->left < TRIES_SHOWN ? pin->left : TRIES_SHOWN));
}

static bool
may_be(tmg_view value)
{
	return value.len >= GIDS_PIN_LEAST && value.len <= GIDS_PIN_MAX;
}

/* 00 stands for the only PIN there is. */
static uint16_t
refuse(const vc_gids *g, uint8_t ref)
{
	return (ref != GIDS_PIN && ref != 0) || g->pin.len == 0 ? SW_NO_REFERENCE : SW_OK;
}

static void
set(vc_card *card, gids_pin *pin, tmg_view value)
{
	OPENSSL_cleanse(pin->value, sizeof(pin->value));
	memcpy(pin->value, value.ptr, value.len);
	pin->len = (uint8_t)value.len;
	pin->most = pin->left = (uint8_t)card->profile->pin_tries;
	card->dirty = true;
}

/* Compares and counts. */
static uint16_t
prove(vc_card *card, vc_gids *g, tmg_view value)
{
	gids_pin *pin = &g->pin;
	const bool right = value.len == pin->len &&
	    CRYPTO_memcmp(pin->value, value.ptr, pin->len) == 0;

	if (pin->left == 0)
		return SW_BLOCKED;
	card->dirty = card->dirty || !right || pin->left != pin->most;
	pin->left = right ? pin->most : (uint8_t)(pin->left - 1);
	g->session.user = right;
	return right ? SW_OK : tries(pin);
}

uint16_t
gids_verify(vc_card *card, vc_gids *g, const vc_command *c, tmg_out *out)
{
	uint16_t sw;

	(void)out;
	if (c->p1 != 0)
		return SW_P1P2;
	if (c->p2 == LOGOUT) {
		gids_forget(&g->session);
		return SW_OK;
	}
	if ((sw = refuse(g, c->p2)) != SW_OK)
		return sw;
	if (c->data.len == 0)
		return g->session.user || gids_is_open(g) ? SW_OK :
		    g->pin.left == 0 ? SW_BLOCKED : tries(&g->pin);
	return may_be(c->data) ? prove(card, g, c->data) : SW_LENGTH;
}

/* The old one has no length of its own: too short is wrong, and counts. */
static uint16_t
replace(vc_card *card, vc_gids *g, tmg_view next)
{
	tmg_view old;
	uint16_t sw;

	if (next.len < 2 * GIDS_PIN_LEAST || next.len > 2 * GIDS_PIN_MAX)
		return SW_LENGTH;
	if (tmg_view_take(&next, g->pin.len, &old))
		old = (tmg_view){ next.ptr, 0 };
	if ((sw = prove(card, g, old)) != SW_OK)
		return sw;
	if (!may_be(next))
		return SW_LENGTH;
	set(card, &g->pin, next);
	return SW_OK;
}

/* The first PIN is set by who fills the card, a next one alone by who showed the old. */
uint16_t
gids_change(vc_card *card, vc_gids *g, const vc_command *c, tmg_out *out)
{
	uint16_t sw;

	(void)out;
	if (c->p1 != OLD_AND_NEW && c->p1 != NEW_ALONE)
		return SW_P1P2;
	if ((sw = refuse(g, c->p2)) != SW_OK && !(gids_is_open(g) && c->p1 == NEW_ALONE &&
	    c->p2 == GIDS_PIN))
		return sw;
	if (c->p1 == OLD_AND_NEW)
		return replace(card, g, c->data);
	if (!g->session.user && !gids_is_open(g))
		return SW_SECURITY;
	if (!may_be(c->data))
		return SW_LENGTH;
	set(card, &g->pin, c->data);
	return SW_OK;
}

/* Afterwards nobody is here, not the administrator either. */
uint16_t
gids_unblock(vc_card *card, vc_gids *g, const vc_command *c, tmg_out *out)
{
	uint16_t sw;

	(void)out;
	if (c->p1 != BY_ADMIN)
		return SW_P1P2;
	if ((sw = refuse(g, c->p2)) != SW_OK)
		return sw;
	if (gids_is_open(g))
		return SW_CONDITIONS;
	if (!g->session.admin)
		return SW_SECURITY;
	if (!may_be(c->data))
		return SW_LENGTH;
	set(card, &g->pin, c->data);
	gids_forget(&g->session);
	return SW_OK;
}
