/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Passwords: 4.3, 7.2.2 to 7.2.4.
 */
#include <openssl/crypto.h>

#include "src/base/scope.h"
#include "tools/vcard/openpgp.h"

#define RC_TRIES 3

enum {
	REF_SIGN = 0x81,
	REF_OTHER = 0x82,
	REF_ADMIN = 0x83,
	P1_CHECK = 0x00,
	P1_LOGOUT = 0xff,
	BY_CODE = 0x00,
	BY_ADMIN = 0x02,
};

static const uint8_t least[PGP_PINS] = { [PGP_PW1] = 6, [PGP_RC] = 8, [PGP_PW3] = 8 };

void
pgp_pin_set(const vc_profile *profile, vc_pgp *pgp, pgp_pin_id id, tmg_view value)
{
	const unsigned tries[PGP_PINS] = {
		[PGP_PW1] = profile->pin_tries,
		[PGP_RC] = value.len > 0 ? RC_TRIES : 0,
		[PGP_PW3] = profile->puk_tries,
	};
	pgp_pin *pin = &pgp->pins[id];

	OPENSSL_cleanse(pin, sizeof(*pin));
	if (value.len > 0)
		memcpy(pin->value, value.ptr, value.len);
	pin->len = (uint8_t)value.len;
	pin->left = (uint8_t)tries[id];
}

void
pgp_pins_factory(const vc_profile *profile, vc_pgp *pgp)
{
	pgp_pin_set(profile, pgp, PGP_PW1, tmg_view_str("123456"));
	pgp_pin_set(profile, pgp, PGP_RC, (tmg_view){ 0 });
	pgp_pin_set(profile, pgp, PGP_PW3, tmg_view_str("12345678"));
}

static bool
may_be(pgp_pin_id id, tmg_view value)
{
	return value.len >= least[id] && value.len <= PGP_PIN_MAX;
}

/* A wrong password is 6982, the last wrong one 6983 from then on (7.3). */
static uint16_t
prove(vc_card *card, vc_pgp *pgp, pgp_pin_id id, tmg_view value)
{
	const tmg_view right = { pgp->pins[id].value, pgp->pins[id].len };
	pgp_pin *pin = &pgp->pins[id];

	if (pin->left == 0)
		return SW_BLOCKED;
	card->dirty = true;
	pin->left--;
	if (right.len != value.len || CRYPTO_memcmp(right.ptr, value.ptr, right.len) != 0)
		return pin->left == 0 ? SW_BLOCKED : SW_SECURITY;
	pin->left = (uint8_t)(id == PGP_RC ? RC_TRIES : id == PGP_PW1 ?
	    card->profile->pin_tries : card->profile->puk_tries);
	return SW_OK;
}

static bool *
login_of(vc_pgp *pgp, uint8_t ref)
{
	return ref == REF_SIGN ? &pgp->session.sign : ref == REF_OTHER ? &pgp->session.other :
	    ref == REF_ADMIN ? &pgp->session.admin : NULL;
}

static pgp_pin_id
pin_of(uint8_t ref)
{
	return ref == REF_ADMIN ? PGP_PW3 : PGP_PW1;
}

/* A password that failed or changed opens nothing any more. */
static void
forget(vc_pgp *pgp, pgp_pin_id id)
{
	if (id == PGP_PW3)
		pgp->session.admin = false;
	else
		pgp->session.sign = pgp->session.other = false;
}

uint16_t
pgp_verify(vc_card *card, vc_pgp *pgp, const vc_command *c, tmg_out *out)
{
	bool *login = login_of(pgp, c->p2);
	const pgp_pin_id id = pin_of(c->p2);

	(void)out;
	if (login == NULL || (c->p1 != P1_CHECK && c->p1 != P1_LOGOUT))
		return SW_P1P2;
	if (c->p1 == P1_LOGOUT) {
		if (c->data.len != 0)
			return SW_DATA;
		*login = false;
		return SW_OK;
	}
	if (c->data.len == 0)
		return *login ? SW_OK : (uint16_t)(SW_TRIES | (pgp->pins[id].left & 0x0f));

	const uint16_t sw = prove(card, pgp, id, c->data);

	*login = sw == SW_OK;
	return sw;
}

uint16_t
pgp_change(vc_card *card, vc_pgp *pgp, const vc_command *c, tmg_out *out)
{
	const pgp_pin_id id = pin_of(c->p2);
	tmg_view old, next = c->data;
	uint16_t sw;

	(void)out;
	if (c->p1 != 0 || (c->p2 != REF_SIGN && c->p2 != REF_ADMIN))
		return SW_P1P2;
	/* old and new have no length of their own: too short is wrong, and counts */
	if (tmg_view_take(&next, pgp->pins[id].len, &old))
		old = c->data;
	if ((sw = prove(card, pgp, id, old)) != SW_OK) {
		forget(pgp, id);
		return sw;
	}
	if (!may_be(id, next))
		return SW_DATA;
	pgp_pin_set(card->profile, pgp, id, next);
	return SW_OK;
}

/* 7.2.4: the resetting code before the new PW1, or PW3 verified. */
uint16_t
pgp_unblock(vc_card *card, vc_pgp *pgp, const vc_command *c, tmg_out *out)
{
	tmg_view code, next = c->data;
	uint16_t sw;

	(void)out;
	if ((c->p1 != BY_CODE && c->p1 != BY_ADMIN) || c->p2 != REF_SIGN)
		return SW_P1P2;
	if (c->p1 == BY_ADMIN && !pgp->session.admin)
		return SW_SECURITY;
	if (c->p1 == BY_CODE) {
		if (tmg_view_take(&next, pgp->pins[PGP_RC].len, &code))
			code = c->data;
		if ((sw = prove(card, pgp, PGP_RC, code)) != SW_OK)
			return sw;
	}
	if (!may_be(PGP_PW1, next))
		return SW_DATA;
	pgp_pin_set(card->profile, pgp, PGP_PW1, next);
	forget(pgp, PGP_PW1);
	card->dirty = true;
	return SW_OK;
}
