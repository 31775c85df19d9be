/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/reader/ccid_turn.h"
#include "src/reader/part10.h"
#include "src/reader/quirk.h"

struct ccid_link {
	tmg_link link;
	tmg_ccid_reader *r;
	unsigned resets;	/* of the reader, as far as this link was told */
	unsigned events;	/* of the reader, when this card came */
	bool gone;		/* card or reader; for good */
	bool turn;
};

static struct ccid_link *
of(tmg_link *link)
{
	return (struct ccid_link *)link;
}

static tmg_rc
removed(struct ccid_link *l)
{
	l->gone = true;
	return tmg_raise(&l->link.fault, TMG_REMOVED, 0,
	    _("%s: the card is gone; put it in again"), l->r->name);
}

/* A card that is gone stays gone for this link. */
static tmg_rc
told(struct ccid_link *l, tmg_rc rc)
{
	if (rc == TMG_REMOVED) {
		l->gone = true;
		tmg_ccid_forget_card(l->r);
	}
	return rc;
}

static void
take_over(struct ccid_link *l)
{
	const tmg_ccid *c = &l->r->c;

	memcpy(l->link.atr, c->atr, sizeof(l->link.atr));
	l->link.atr_len = c->atr_len;
	l->link.protocol = c->terms.protocol;
	l->link.longest = tmg_ccid_longest(c);
	/* that it may be used is for the program to say, tamga/ctx.h */
	l->link.keypad =
	    ((c->desc.pins & TMG_CCID_PIN_VERIFY) != 0 ? TMG_PAD_VERIFY : 0) |
	    ((c->desc.pins & TMG_CCID_PIN_MODIFY) != 0 ? TMG_PAD_CHANGE : 0);
	l->resets = l->r->resets;
	l->events = l->r->seen.events;
}

/* The card was powered anew: is it the same one? */
static tmg_rc
notice_reset(struct ccid_link *l)
{
	const tmg_ccid *c = &l->r->c;

	if (l->resets == l->r->resets)
		return TMG_OK;
	if (l->events != l->r->seen.events || c->atr_len != l->link.atr_len ||
	    memcmp(c->atr, l->link.atr, c->atr_len) != 0)
		return removed(l);
	take_over(l);
	return tmg_raise(&l->link.fault, TMG_RESET, 0,
	    _("%s: the card was reset"), l->r->name);
}

static tmg_rc
begin(tmg_link *link)
{
	struct ccid_link *l = of(link);
	tmg_rc rc;

	if (l->gone)
		return removed(l);
	if (!tmg_ccid_take_turn(l->r))
		return tmg_raise(&link->fault, TMG_BUSY, 0, _("%s: another part "
		    "of this program keeps the card for itself"), l->r->name);
	rc = told(l, tmg_ccid_have_power(l->r, &link->fault));
	if (rc == TMG_OK)
		rc = notice_reset(l);
	l->turn = rc == TMG_OK || rc == TMG_RESET;
	if (!l->turn)
		tmg_ccid_end_turn(l->r);
	return rc;
}

static void
end(tmg_link *link)
{
	struct ccid_link *l = of(link);

	if (l->turn)
		tmg_ccid_end_turn(l->r);
	l->turn = false;
}

/*
 * What a command came to.  A card that lost its power in a reader from which it
 * can be taken was taken; a token's is powered anew, and so is one that cannot
 * be understood any more.
 */
static tmg_rc
recover(struct ccid_link *l, tmg_rc rc)
{
	tmg_ccid_reader *r = l->r;
	const bool lost = r->c.desc.level == TMG_CCID_TPDU && r->c.t1.lost;

	l->link.unheard = false;
	if (rc == TMG_RESET && (r->quirks & TMG_QUIRK_FIXED) == 0)
		return told(l, removed(l));
	if (rc != TMG_RESET && !(rc == TMG_E_IO && lost && !r->c.broken))
		return told(l, rc);
	r->powered = false;
	rc = told(l, tmg_ccid_have_power(r, &l->link.fault));
	return rc == TMG_OK ? notice_reset(l) : rc;
}

static tmg_rc
transmit(tmg_link *link, tmg_view command, tmg_out *response)
{
	struct ccid_link *l = of(link);

	if (l->gone)
		return removed(l);
	l->r->c.fault = &link->fault;
	if (l->r->c.pipe == NULL || l->r->c.broken)
		return tmg_raise(&link->fault, TMG_E_IO, 0,
		    _("%s does not answer any more; plug it in again"),
		    l->r->name);
	return recover(l, tmg_ccid_apdu(&l->r->c, command, response));
}

static tmg_rc
enter(tmg_link *link, const tmg_pad_form *form, tmg_view command,
    tmg_out *response)
{
	static const tmg_part10_properties any;
	struct ccid_link *l = of(link);
	const size_t before = response->len;
	uint8_t bytes[TMG_PART10_MAX];
	tmg_out out = TMG_OUT(bytes);
	tmg_rc rc;

	if (l->gone)
		return removed(l);
	if ((link->keypad & (form->change ? TMG_PAD_CHANGE : TMG_PAD_VERIFY)) == 0)
		return tmg_part10_none(&link->fault, l->r->name);
	if ((rc = tmg_part10_put(&any, form, command, &out)))
		return tmg_raise(&link->fault, rc, 0, "the form of a PIN");
	l->r->c.fault = &link->fault;
	rc = tmg_ccid_secure(&l->r->c, form->change, tmg_out_view(&out),
	    command.len, response);
	if (rc == TMG_UNSUPPORTED)
		return tmg_part10_none(&link->fault, l->r->name);
	if ((rc = recover(l, rc)))
		return tmg_part10_broken_off(&link->fault, rc);
	return tmg_part10_judge(&link->fault, l->r->name,
	    (tmg_view){ response->ptr + before, response->len - before });
}

/* The others' links are told at their next turn. */
static tmg_rc
reset(tmg_link *link)
{
	struct ccid_link *l = of(link);
	tmg_rc rc;

	if (l->gone)
		return removed(l);
	l->r->powered = false;
	rc = told(l, tmg_ccid_have_power(l->r, &link->fault));
	if (rc == TMG_OK)
		take_over(l);
	return rc;
}

/* Without a link there is nobody for whom a login would be kept. */
static void
close_link(tmg_link *link, bool with_reset)
{
	struct ccid_link *l = of(link);
	tmg_ccid_reader *r = l->r;
	const bool mine = l->turn || tmg_ccid_take_turn(r);
	bool last;

	r->c.fault = NULL;
	pthread_mutex_lock(&r->guard);
	last = --r->links == 0;
	pthread_mutex_unlock(&r->guard);
	if (mine && (last || (with_reset && !l->gone)))
		tmg_ccid_rest(r);
	if (mine)
		tmg_ccid_end_turn(r);
	free(l);
}

static const tmg_link_ops ops = {
	.begin = begin,
	.end = end,
	.transmit = transmit,
	.enter = enter,
	.reset = reset,
	.close = close_link,
};

static tmg_rc
open_card(struct ccid_link *l, tmg_fault *f)
{
	tmg_rc rc;

	if (!tmg_ccid_take_turn(l->r))
		return tmg_raise(f, TMG_BUSY, 0, _("%s: another part of this "
		    "program keeps the card for itself"), l->r->name);
	rc = tmg_ccid_still_there(l->r, f);
	if (rc == TMG_OK)
		rc = tmg_ccid_have_power(l->r, f);
	if (rc == TMG_OK) {
		take_over(l);
		pthread_mutex_lock(&l->r->guard);
		l->r->links++;
		pthread_mutex_unlock(&l->r->guard);
	}
	tmg_ccid_end_turn(l->r);
	return rc;
}

tmg_rc
tmg_ccid_reader_link(tmg_ccid_reader *r, tmg_fault *f, tmg_link **link)
{
	struct ccid_link *l = calloc(1, sizeof(*l));
	tmg_rc rc;

	*link = NULL;
	if (l == NULL)
		return tmg_raise(f, TMG_E_NOMEM, 0, _("out of memory"));
	l->link.ops = &ops;
	l->r = r;
	if ((rc = open_card(l, f))) {
		free(l);
		return rc;
	}
	*link = &l->link;
	return TMG_OK;
}
