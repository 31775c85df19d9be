/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/driver/application.h"

#include "src/base/fail.h"
#include "src/base/i18n.h"

/* ISO/IEC 7816-4:2005, table 4.2. */
enum {
	INS_VERIFY = 0x20,
	INS_SELECT = 0xa4,
	P1_BY_NAME = 0x04,
};

#define ANSWER_MAX 512u		/* bytes; what an application says of itself */

/* What the channel said of a command. */
static tmg_rc
spoken(tmg_application *a, bool select, tmg_rc rc)
{
	tmg_selected_spoken(&a->selected, a->b->ch, select);
	if (rc == TMG_RESET || rc == TMG_REMOVED)
		a->kind->forget(a->b);
	return rc ? tmg_fault_copy(&a->b->fault, &a->b->ch->fault, rc) : TMG_OK;
}

static tmg_rc
exchange(tmg_application *a, const tmg_capdu *c, tmg_out *data, uint16_t *sw)
{
	tmg_channel *ch = a->b->ch;

	tmg_selected_speaks(&a->selected, ch);
	return spoken(a, false, ch->ops->exchange(ch, c, data, sw));
}

tmg_rc
tmg_application_select(tmg_application *a)
{
	tmg_channel *ch = a->b->ch;
	uint8_t bytes[ANSWER_MAX];
	tmg_out answer = TMG_OUT(bytes);
	uint16_t sw = 0;
	tmg_rc rc;

	a->selected.aid = a->kind->aid;
	a->kind->forget(a->b);
	if ((rc = spoken(a, true, ch->ops->exchange(ch, &(tmg_capdu){
		.ins = INS_SELECT,
		.p1 = P1_BY_NAME,
		.data = a->kind->aid,
		.le = TMG_LE_SHORT,
	    }, &answer, &sw))))
		return rc;
	rc = a->kind->selected(a->b, sw, tmg_out_view(&answer));
	if (rc == TMG_NOT_FOUND)
		return tmg_raise(&a->b->fault, rc, sw,
		    _("%s: there is no %s application on this card"), a->who,
		    a->kind->name);
	if (rc == TMG_OK)
		tmg_selected_set(&a->selected, ch);
	return rc;
}

/* An application was there when this backend was made; one that is gone now
 * means another card in the same reader. */
static tmg_rc
select_again(tmg_application *a)
{
	const tmg_rc rc = tmg_application_select(a);

	if (rc != TMG_NOT_FOUND)
		return rc;
	return tmg_raise(&a->b->fault, TMG_E_CARD, a->b->fault.sw,
	    _("%s: the %s application is no longer there; was the card "
	    "exchanged?"), a->who, a->kind->name);
}

/* Another program selected something else since our last turn. */
static tmg_rc
regain(tmg_application *a)
{
	const tmg_rc rc = select_again(a);

	if (rc == TMG_OK)
		a->kind->unlearn(a->b);
	return rc;
}

/* A PIN that went to another application is not sent again by itself. */
static tmg_rc
wants_pin_again(tmg_application *a, uint16_t sw)
{
	return tmg_raise(&a->b->fault, TMG_LOGIN, sw,
	    _("%s: another program used the card; the PIN is wanted again"),
	    a->who);
}

static tmg_rc
repeat(tmg_application *a, const tmg_capdu *c, tmg_out *data, size_t mark,
    uint16_t *sw)
{
	tmg_rc rc;

	if ((rc = regain(a)))
		return rc;
	if (c->ins == INS_VERIFY)
		return wants_pin_again(a, *sw);
	if (data != NULL)
		data->len = mark;
	return exchange(a, c, data, sw);
}

tmg_rc
tmg_application_send(tmg_application *a, const tmg_capdu *c, tmg_out *data,
    uint16_t *sw)
{
	const bool fresh = a->kind->bears_secret(c)
	    ? !tmg_selected_certain(&a->selected, a->b->ch)
	    : !tmg_selected_is(&a->selected, a->b->ch);
	const size_t mark = data != NULL ? data->len : 0;
	tmg_rc rc;

	*sw = 0;
	if (fresh && (rc = select_again(a)))
		return tmg_pass(&a->b->fault, rc);
	rc = exchange(a, c, data, sw);
	if (rc == TMG_OK && !fresh && a->kind->is_foreign(c, *sw))
		rc = repeat(a, c, data, mark, sw);
	return tmg_pass(&a->b->fault, rc);
}

tmg_rc
tmg_application_send_typed(tmg_application *a, const tmg_capdu *c,
    const tmg_pad_form *form, uint16_t *sw)
{
	tmg_channel *ch = a->b->ch;
	const bool fresh = !tmg_selected_certain(&a->selected, ch);
	tmg_rc rc;

	*sw = 0;
	if (fresh && (rc = select_again(a)))
		return tmg_pass(&a->b->fault, rc);
	rc = spoken(a, false, ch->ops->enter(ch, c, form, sw));
	if (rc == TMG_OK && !fresh && a->kind->is_foreign(c, *sw) &&
	    (rc = regain(a)) == TMG_OK)
		rc = wants_pin_again(a, *sw);
	return tmg_pass(&a->b->fault, rc);
}

void
tmg_application_doubt(tmg_application *a)
{
	a->kind->forget(a->b);
	a->b->ch->aid_len = 0;
}
