/* SPDX-License-Identifier: BSD-2-Clause */
/* The OpenPGP application: finding it, keeping it selected, speaking to it. */
#include "drivers/openpgp/openpgp.h"

/* RID of the FSFE and the application, without version and serial: 4.2.1. */
static const uint8_t opgp_aid[] = { 0xd2, 0x76, 0x00, 0x01, 0x24, 0x01 };

void
tmg_opgp_forget(tmg_opgp *p)
{
	p->sign = p->other = p->admin = false;
	p->about_known = p->kdf_known = p->signed_blindly = false;
	p->occurrence_known = false;
}

void
tmg_opgp_doubt(tmg_opgp *p)
{
	tmg_opgp_forget(p);
	p->base.ch->aid_len = 0;
}

/* What another application on the card must not be handed. */
static bool
bears_secret(const tmg_capdu *c)
{
	switch (c->ins) {
	case INS_VERIFY:
	case INS_CHANGE_REFERENCE_DATA:
	case INS_RESET_RETRY_COUNTER:
	case INS_PUT_DATA:		/* the reset code is written by it */
	case INS_PUT_DATA_ODD:
	case INS_TERMINATE_DF:		/* nor be destroyed for ours */
	case INS_ACTIVATE_FILE:
		return true;
	default:
		return false;
	}
}

static tmg_rc
spoken(tmg_opgp *p, const tmg_capdu *c, tmg_rc rc)
{
	tmg_selected_spoken(&p->selected, p->base.ch, c->ins == INS_SELECT);
	if (rc == TMG_RESET || rc == TMG_REMOVED)
		tmg_opgp_forget(p);
	return rc ? tmg_fault_copy(&p->base.fault, &p->base.ch->fault, rc)
	    : TMG_OK;
}

static tmg_rc
exchange(tmg_opgp *p, const tmg_capdu *c, tmg_out *data, uint16_t *sw)
{
	tmg_channel *ch = p->base.ch;

	return spoken(p, c, ch->ops->exchange(ch, c, data, sw));
}

/* What it answers is of no use: 6E says it all, and for certain. */
tmg_rc
tmg_opgp_select(tmg_opgp *p)
{
	uint8_t bytes[256];
	tmg_out answer = TMG_OUT(bytes);
	uint16_t sw;
	tmg_rc rc;

	p->selected.aid = TMG_VIEW(opgp_aid);
	tmg_opgp_forget(p);
	if ((rc = exchange(p, &(tmg_capdu){
		.ins = INS_SELECT,
		.p1 = 0x04,		/* by AID */
		.data = TMG_VIEW(opgp_aid),
		.le = TMG_LE_SHORT,
	    }, &answer, &sw)))
		return rc;
	p->terminated = sw == SW_TERMINATED;
	if (sw != TMG_SW_OK && !p->terminated)
		return opgp_raise(p, TMG_NOT_FOUND, sw,
		    _("%s: there is no OpenPGP application on this card"), p->who);
	tmg_selected_set(&p->selected, p->base.ch);
	p->occurrence_known = true;	/* 7.2.5: the first, after SELECT */
	p->occurrence = 0;
	return TMG_OK;
}

/* An application was there when this backend was made; one that is gone now
 * means another card in the same reader. */
static tmg_rc
select_again(tmg_opgp *p)
{
	const tmg_rc rc = tmg_opgp_select(p);

	if (rc != TMG_NOT_FOUND)
		return rc;
	return opgp_raise(p, TMG_E_CARD, p->base.fault.sw,
	    _("%s: the OpenPGP application is no longer there; was the card "
	    "exchanged?"), p->who);
}

/* Answers that no OpenPGP application gives to a command that each must know:
 * another program selected something else since our last turn. */
static bool
smells_foreign(const tmg_capdu *c, uint16_t sw)
{
	switch (c->ins) {
	case INS_VERIFY:
	case INS_PSO:
	case INS_INTERNAL_AUTHENTICATE:
	case INS_GET_DATA:
	case INS_PUT_DATA:
		return sw == TMG_SW_INS || sw == TMG_SW_CLA;
	case INS_GENERATE:
		return sw == TMG_SW_INS || sw == TMG_SW_CLA || sw == TMG_SW_P1P2;
	default:
		return false;
	}
}

/* A PIN that went to another application is not sent again by itself. */
static tmg_rc
wants_pin_again(tmg_opgp *p, uint16_t sw)
{
	return opgp_raise(p, TMG_LOGIN, sw,
	    _("%s: another program used the card; the PIN is wanted again"),
	    p->who);
}

/* A command that opens by a login must not go out without it: who was logged in
 * lost that with our selection. */
static tmg_rc
repeat(tmg_opgp *p, const tmg_capdu *c, tmg_out *data, size_t mark, uint16_t *sw)
{
	tmg_rc rc;

	if ((rc = select_again(p)))
		return rc;
	if (c->ins == INS_VERIFY)
		return wants_pin_again(p, *sw);
	if (data != NULL)
		data->len = mark;
	return exchange(p, c, data, sw);
}

tmg_rc
tmg_opgp_send(tmg_opgp *p, const tmg_capdu *c, tmg_out *data, uint16_t *sw)
{
	const bool fresh = bears_secret(c)
	    ? !tmg_selected_certain(&p->selected, p->base.ch)
	    : !tmg_selected_is(&p->selected, p->base.ch);
	const size_t mark = data != NULL ? data->len : 0;
	tmg_rc rc;

	*sw = 0;
	if (fresh && (rc = select_again(p)))
		return opgp_pass(p, rc);
	rc = exchange(p, c, data, sw);
	if (rc == TMG_OK && !fresh && smells_foreign(c, *sw))
		rc = repeat(p, c, data, mark, sw);
	return opgp_pass(p, rc);
}

tmg_rc
tmg_opgp_send_typed(tmg_opgp *p, const tmg_capdu *c, const tmg_pad_form *form,
    uint16_t *sw)
{
	tmg_channel *ch = p->base.ch;
	tmg_rc rc;

	*sw = 0;
	if (!tmg_selected_certain(&p->selected, ch) && (rc = select_again(p)))
		return opgp_pass(p, rc);
	return opgp_pass(p, spoken(p, c, ch->ops->enter(ch, c, form, sw)));
}
