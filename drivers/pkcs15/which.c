/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which PIN is meant.  A card may have one for each key: that of the key that is
 * used next is the user's.
 */
#include "drivers/pkcs15/write.h"

/* By tmg_pin_kind: which flags a PIN must and must not have. */
static const struct {
	unsigned must, mustnt;
	const char *none;
} kinds[TMG_PIN_KINDS] = {
	[TMG_PIN_USER] = { 0, P15_PIN_SO | P15_PIN_UNBLOCKING,
		N_("%s: the card has no PIN") },
	[TMG_PIN_PUK] = { P15_PIN_UNBLOCKING, P15_PIN_SO,
		N_("%s: the card tells of no PUK") },
	[TMG_PIN_ADMIN] = { P15_PIN_SO, 0,
		N_("%s: the card has no security officer's PIN") },
};

static bool
is_kind(const tmg_p15_pin *pin, tmg_pin_kind kind)
{
	return (pin->flags & kinds[kind].must) == kinds[kind].must &&
	    (pin->flags & kinds[kind].mustnt) == 0;
}

static int
by_id(const tmg_p15_content *c, tmg_view id)
{
	for (size_t i = 0; id.len > 0 && i < c->pin_count; i++)
		if (tmg_view_equal(c->pins[i].id, id))
			return (int)i;
	return -1;
}

static int
first_of(const tmg_p15_content *c, tmg_pin_kind kind)
{
	for (size_t i = 0; i < c->pin_count; i++)
		if (is_kind(&c->pins[i], kind))
			return (int)i;
	return -1;
}

/* The PIN of the key that is used next, else of the first key, else the first. */
static int
users(const tmg_p15 *p)
{
	const tmg_p15_content *c = &p->content;
	int found = -1;

	for (size_t i = 0; i < c->spot_count; i++)
		if (c->spots[i].ref == p->base.due && c->spots[i].key >= 0)
			found = by_id(c, c->keys[c->spots[i].key].common.auth);
	return found >= 0 ? found : first_of(c, TMG_PIN_USER);
}

/* What unblocks the user's PIN is named by it, or the only one there is. */
static int
index_of(const tmg_p15 *p, tmg_pin_kind kind)
{
	const tmg_p15_content *c = &p->content;
	const int user = users(p);
	int found;

	if (kind == TMG_PIN_USER)
		return user;
	found = kind == TMG_PIN_PUK && user >= 0
	    ? by_id(c, c->pins[user].common.auth) : -1;
	return found >= 0 && is_kind(&c->pins[found], kind) ? found
	    : first_of(c, kind);
}

bool
tmg_p15_pin_typed(const tmg_p15_pin *pin)
{
	return pin->type == P15_PIN_ASCII && (pin->flags & P15_PIN_PADDED) != 0 &&
	    pin->stored <= TMG_PAD_BLOCK_MAX && pin->min > 0;
}

/* A kind of card that has a PUK for every PIN has one, although pkcs15-init writes no
 * row for it. */
static bool
has_puk(const tmg_p15 *p)
{
	return index_of(p, TMG_PIN_PUK) >= 0 || (tmg_p15_opening_of(p) != NULL &&
	    tmg_p15_opening_of(p)->pins[TMG_PIN_PUK].id.len > 0);
}

/* Until the card told: what a person may have. */
static void
tell_rule(tmg_p15 *p, tmg_pin_kind kind)
{
	const int at = index_of(p, kind);
	tmg_pin_rule *rule = &p->base.info.pins[kind];
	const tmg_p15_pin *pin;

	*rule = (tmg_pin_rule){ .kind = kind };
	if (kind != TMG_PIN_USER || !has_puk(p))
		rule->locked = N_("only who issued the card can help");
	if (kind == TMG_PIN_ADMIN)
		rule->title = N_("security officer's PIN");
	if (at < 0 && ((p->base.info.blank == NULL && kind != TMG_PIN_PUK) ||
	    tmg_p15_opening_of(p) == NULL ||
	    tmg_p15_opening_of(p)->pins[kind].id.len == 0))
		return;
	pin = at >= 0 ? &p->content.pins[at] : &tmg_p15_opening_of(p)->pins[kind];
	rule->min = pin->min > 0 ? pin->min : 1;
	rule->max = pin->max;
	rule->digits = pin->type != P15_PIN_ASCII && pin->type != P15_PIN_UTF8;
	rule->keypad = tmg_p15_pin_typed(pin);
}

tmg_rc
tmg_p15_learn_pins(tmg_p15 *p)
{
	tmg_rc rc;

	if ((rc = tmg_p15_learn(p, P15_AUTH)))
		return rc;
	for (unsigned kind = 0; kind < TMG_PIN_KINDS; kind++)
		tell_rule(p, (tmg_pin_kind)kind);
	return TMG_OK;
}

tmg_rc
tmg_p15_pin_choose(tmg_p15 *p, tmg_pin_kind kind, const tmg_p15_pin **pin)
{
	int at;
	tmg_rc rc;

	if ((rc = tmg_p15_learn_pins(p)))
		return rc;
	if ((at = index_of(p, kind)) < 0)
		return p15_raise(p, TMG_UNSUPPORTED, 0, _(kinds[kind].none), p->who);
	*pin = &p->content.pins[at];
	if (((*pin)->flags & (P15_PIN_INTEGRITY | P15_PIN_CONFIDENTIAL)) != 0)
		return p15_raise(p, TMG_UNSUPPORTED, 0,
		    _("%s: the card takes this PIN by secure messaging alone, which "
		    "tamga has not"), p->who);
	return TMG_OK;
}

tmg_rc
tmg_p15_puk_choose(tmg_p15 *p, const tmg_p15_pin *pin, const tmg_p15_pin **puk)
{
	if (index_of(p, TMG_PIN_PUK) >= 0 || !has_puk(p))
		return tmg_p15_pin_choose(p, TMG_PIN_PUK, puk);
	p->puk = *pin;		/* it is stored like the PIN */
	*puk = &p->puk;
	return TMG_OK;
}

uint64_t
tmg_p15_pin_bit(const tmg_p15 *p, const tmg_p15_pin *pin)
{
	return UINT64_C(1) << (pin - p->content.pins);
}

tmg_rc
tmg_p15_logged_in(tmg_backend *b, tmg_pin_kind kind)
{
	const tmg_p15 *p = tmg_p15_of(b);
	const int at = index_of(p, kind);

	return at >= 0 && (p->in >> at & 1) != 0 &&
	    tmg_selected_is(&p->selected, b->ch) ? TMG_OK : TMG_LOGIN;
}

tmg_rc
tmg_p15_want(tmg_p15 *p, tmg_view auth)
{
	int at;
	tmg_rc rc;

	if (auth.len == 0)
		return TMG_OK;
	if ((rc = tmg_p15_learn_pins(p)))
		return rc;
	at = by_id(&p->content, auth);
	if (at < 0 || (p->in >> at & 1) != 0)
		return TMG_OK;
	return p15_raise(p, TMG_LOGIN, 0, _("%s: the PIN is wanted first"), p->who);
}
