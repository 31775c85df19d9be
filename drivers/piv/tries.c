/* SPDX-License-Identifier: BSD-2-Clause */
/* What the card tells of its PINs: tries left, and whether they are the factory's. */
#include "drivers/piv/pin.h"

static const uint8_t refs[] = {
	[TMG_PIN_USER] = REF_PIN,
	[TMG_PIN_PUK] = REF_PUK,
	[TMG_PIN_ADMIN] = REF_ADMIN,
};

/* One answer tells the tries and whether the value is the factory's: who asks
 * for the one, as every list of tokens does, asks for the other next. */
static tmg_rc
tries_by_metadata(tmg_piv *p, tmg_pin_kind kind, int *tries)
{
	uint8_t bytes[64];
	tmg_out store = TMG_OUT(bytes);
	tmg_piv_metadata m;
	tmg_rc rc;

	p->told.known = false;
	if ((rc = tmg_piv_metadata_get(p, refs[kind], &store, &m)))
		return rc;
	*tries = m.tries;
	p->told = (tmg_piv_told){
		.known = m.has_factory,
		.kind = kind,
		.factory = m.factory,
		.turn = p->base.ch->turn,
	};
	return TMG_OK;
}

/* Told in this turn or the one before, and the card was ours alone since: what
 * another program does to the PIN later is asked for. */
static bool
was_told(tmg_piv *p, tmg_pin_kind kind)
{
	const bool told = p->told.known && p->told.kind == kind &&
	    p->base.ch->turn - p->told.turn <= 1 &&
	    tmg_selected_certain(&p->app.selected, p->base.ch);

	p->told.known = false;
	return told;
}

static tmg_rc
tries_of_pin(tmg_piv *p, int *tries)
{
	uint16_t sw;
	tmg_rc rc;

	if ((p->base.info.can & TMG_CAN_METADATA) != 0) {
		rc = tries_by_metadata(p, TMG_PIN_USER, tries);
		if (tmg_piv_is_lost(rc))
			return piv_pass(p, rc);
		if (*tries >= 0)
			return TMG_OK;
	}
	if ((rc = tmg_piv_pin_send(p, 0, (tmg_view){ 0 }, &sw)))
		return piv_pass(p, rc);
	rc = tmg_piv_pin_verdict(p, TMG_PIN_USER, sw, tries, N_("asking for tries left"));
	if (rc == TMG_PIN_WRONG || rc == TMG_PIN_LOCKED)
		return TMG_OK;
	if (rc)
		return piv_pass(p, rc);

	/* Somebody is logged in, so the card did not count. */
	rc = tries_by_metadata(p, TMG_PIN_USER, tries);
	return tmg_is_fault(rc) || rc == TMG_REMOVED || rc == TMG_RESET
	    ? rc : TMG_OK;
}

tmg_rc
tmg_piv_tries(tmg_backend *b, tmg_pin_kind kind, int *tries)
{
	tmg_piv *p = tmg_piv_of(b);

	*tries = -1;
	if (kind == TMG_PIN_USER)
		return tries_of_pin(p, tries);
	if (kind == TMG_PIN_PUK)
		return tries_by_metadata(p, TMG_PIN_PUK, tries);
	return piv_raise(p, TMG_UNSUPPORTED, 0,
	    _("%s: the management key may be tried without limit"), p->who);
}

tmg_rc
tmg_piv_factory(tmg_backend *b, tmg_pin_kind kind)
{
	tmg_piv *p = tmg_piv_of(b);
	uint8_t bytes[64];
	tmg_out store = TMG_OUT(bytes);
	tmg_piv_metadata m;
	tmg_rc rc;

	if (kind == TMG_PIN_ADMIN && p->admin_changed)
		return tmg_piv_admin_factory(p);	/* found out before */
	if (was_told(p, kind))
		return p->told.factory ? TMG_OK : TMG_NOT_FOUND;
	rc = tmg_piv_metadata_get(p, refs[kind], &store, &m);
	if (rc == TMG_OK && m.has_factory)
		return m.factory ? TMG_OK : TMG_NOT_FOUND;
	if (rc != TMG_OK && rc != TMG_UNSUPPORTED && rc != TMG_NOT_FOUND)
		return piv_pass(p, rc);
	/* The management key alone has no counter that a try would spend. */
	if (kind == TMG_PIN_ADMIN)
		return tmg_piv_admin_factory(p);
	return piv_raise(p, TMG_UNSUPPORTED, 0,
	    _("%s: the card does not tell whether this is the factory's value"),
	    p->who);
}
