/* SPDX-License-Identifier: BSD-2-Clause */
/* The PIV application: finding it, keeping it selected, speaking to it. */
#include "drivers/piv/piv.h"

#include "src/base/scope.h"

/* The AID without its version: SP 800-73-4 part 1, 2.2. */
static const uint8_t piv_aid[] = {
	0xa0, 0x00, 0x00, 0x03, 0x08, 0x00, 0x00, 0x10, 0x00,
};

/* Application property template: SP 800-73-4 part 2, 3.1.1. */
enum {
	TAG_APT = 0x61,
	TAG_APT_LABEL = 0x50,
	TAG_APT_ALGS = 0xac,
	TAG_APT_ALG = 0x80,
};

#define APT_MAX 512u

static const tmg_piv_kind kinds[] = {
	{ "YubiKey", NULL, "Yubico", "YubiKey PIV", true },
	{ NULL, "PivApplet", "", "PivApplet", true },
	{ NULL, NULL, "", "PIV", false },
};

static bool
kind_fits(const tmg_piv_kind *k, tmg_view atr, tmg_view label)
{
	if (k->atr != NULL &&
	    memmem(atr.ptr, atr.len, k->atr, strlen(k->atr)) == NULL)
		return false;
	return k->label == NULL || (label.len >= strlen(k->label) &&
	    memcmp(label.ptr, k->label, strlen(k->label)) == 0);
}

static const tmg_piv_kind *
kind_of(const tmg_channel *ch, tmg_view label)
{
	const tmg_view atr = { ch->atr, ch->atr_len };
	size_t i = 0;

	while (i < TMG_COUNT(kinds) - 1 && !kind_fits(&kinds[i], atr, label))
		i++;
	return &kinds[i];
}

static uint32_t
apt_algs(tmg_view list)
{
	uint32_t algs = 0;
	tmg_tlv t;

	while (tmg_tlv_next(&list, &t) == TMG_OK)
		if (t.tag == TAG_APT_ALG && t.value.len == 1)
			algs |= 1u << tmg_piv_alg_of(t.value.ptr[0]);
	return algs & ~(1u << TMG_ALG_NONE);
}

tmg_rc
tmg_piv_apt_parse(tmg_view apt, tmg_view *label, uint32_t *algs)
{
	tmg_view inner, list;
	tmg_rc rc;

	*label = (tmg_view){ 0 };
	*algs = 0;
	if ((rc = tmg_tlv_find(apt, TAG_APT, &inner)))
		return rc;
	if (tmg_tlv_find(inner, TAG_APT_LABEL, label))
		*label = (tmg_view){ 0 };
	if (tmg_tlv_find(inner, TAG_APT_ALGS, &list) == TMG_OK)
		*algs = apt_algs(list);
	return TMG_OK;
}

void
tmg_piv_forget(tmg_piv *p)
{
	p->user = false;
	p->admin = false;
	p->told.known = false;
}

void
tmg_piv_doubt(tmg_piv *p)
{
	tmg_piv_forget(p);
	p->base.ch->aid_len = 0;
}

static bool
names_printed(tmg_view data)
{
	static const uint8_t name[] = { 0x5c, 0x03, 0x5f, 0xc1, 0x09 };

	return data.len >= sizeof(name) &&
	    memcmp(data.ptr, name, sizeof(name)) == 0;
}

/* PINs, the management key or proof that we have it, private keys: what another
 * application on the card must not be handed. */
static bool
bears_secret(const tmg_capdu *c)
{
	switch (c->ins) {
	case INS_VERIFY:
		return c->data.len > 0;
	case INS_GENERAL_AUTHENTICATE:
		return c->p2 == REF_ADMIN;
	case INS_PUT_DATA:
		return names_printed(c->data);	/* where a kept key lies */
	case INS_CHANGE_REFERENCE_DATA:
	case INS_RESET_RETRY_COUNTER:
	case INS_SET_MANAGEMENT_KEY:
	case INS_IMPORT:
		return true;
	default:
		return false;
	}
}

/* What the channel said of a command. */
static tmg_rc
spoken(tmg_piv *p, const tmg_capdu *c, tmg_rc rc)
{
	tmg_selected_spoken(&p->selected, p->base.ch, c->ins == INS_SELECT);
	if (rc == TMG_RESET || rc == TMG_REMOVED)
		tmg_piv_forget(p);
	return rc ? tmg_fault_copy(&p->base.fault, &p->base.ch->fault, rc)
	    : TMG_OK;
}

static tmg_rc
exchange(tmg_piv *p, const tmg_capdu *c, tmg_out *data, uint16_t *sw)
{
	tmg_channel *ch = p->base.ch;

	return spoken(p, c, ch->ops->exchange(ch, c, data, sw));
}

/* A card that shows none of Yubico's extensions has most likely no metadata, and
 * with extended length its certificate is one command: the question would only
 * be refused.  With short commands a certificate is five, so that the question
 * is asked first: one lost where it is refused, four won where it is not. */
void
tmg_piv_ext_set(tmg_piv *p, tmg_piv_ext ext)
{
	p->ext = ext;
	p->base.info.cert_first = p->base.ch->extended &&
	    (ext == PIV_EXT_UNKNOWN || ext == PIV_EXT_ABSENT);
}

/* What the template says beyond "I am PIV" is a hint; a card that garbles it
 * is still a PIV card. */
static void
learn(tmg_piv *p, tmg_view apt)
{
	tmg_view label;
	uint32_t algs;

	if (tmg_piv_apt_parse(apt, &label, &algs))
		algs = 0;
	p->kind = kind_of(p->base.ch, label);
	tmg_piv_ext_set(p, p->kind->extended && p->ext == PIV_EXT_UNKNOWN
	    ? PIV_EXT_HINTED : p->ext);
	if (algs != 0)
		p->base.info.algs |= algs & ~(1u << TMG_ALG_RSA1024);
}

tmg_rc
tmg_piv_select(tmg_piv *p)
{
	uint8_t store[APT_MAX];
	tmg_out apt = TMG_OUT(store);
	uint16_t sw;
	tmg_rc rc;

	p->selected.aid = TMG_VIEW(piv_aid);
	tmg_piv_forget(p);
	rc = exchange(p, &(tmg_capdu){
		.ins = INS_SELECT,
		.p1 = 0x04,		/* by AID */
		.data = TMG_VIEW(piv_aid),
		.le = TMG_LE_SHORT,
	}, &apt, &sw);
	if (rc)
		return rc;
	if (sw != TMG_SW_OK)
		return piv_raise(p, TMG_NOT_FOUND, sw,
		    _("%s: there is no PIV application on this card"), p->who);

	tmg_selected_set(&p->selected, p->base.ch);
	if (p->kind == NULL)
		learn(p, tmg_out_view(&apt));
	return TMG_OK;
}

/* An application was there when this backend was made; one that is gone now
 * means another card in the same reader. */
static tmg_rc
select_again(tmg_piv *p)
{
	const tmg_rc rc = tmg_piv_select(p);

	if (rc != TMG_NOT_FOUND)
		return rc;
	return piv_raise(p, TMG_E_CARD, p->base.fault.sw,
	    _("%s: the PIV application is no longer there; was the card "
	    "exchanged?"), p->who);
}

/* Answers that no PIV application gives to the standard's own commands:
 * another program selected something else since our last turn. */
static bool
smells_foreign(const tmg_capdu *c, uint16_t sw)
{
	if (c->ins >= INS_MOVE_KEY || c->ins == INS_GET_CHALLENGE)
		return false;
	return sw == TMG_SW_INS || sw == TMG_SW_CLA ||
	    (sw == TMG_SW_NO_REFERENCE && c->ins == INS_GET_DATA);
}

/* What the other application refused says nothing about ours. */
static void
unlearn(tmg_piv *p)
{
	memset(p->no_ins, 0, sizeof(p->no_ins));
	if (p->ext == PIV_EXT_ABSENT)
		tmg_piv_ext_set(p, PIV_EXT_UNKNOWN);
}

/* A PIN that went to another application is not sent again by itself. */
static tmg_rc
wants_pin_again(tmg_piv *p, uint16_t sw)
{
	return piv_raise(p, TMG_LOGIN, sw,
	    _("%s: another program used the card; the PIN is wanted again"),
	    p->who);
}

tmg_rc
tmg_piv_send_typed(tmg_piv *p, const tmg_capdu *c, const tmg_pad_form *form,
    uint16_t *sw)
{
	tmg_channel *ch = p->base.ch;
	const bool fresh = !tmg_selected_certain(&p->selected, ch);
	tmg_rc rc;

	*sw = 0;
	if (fresh && (rc = select_again(p)))
		return piv_pass(p, rc);
	if ((rc = spoken(p, c, ch->ops->enter(ch, c, form, sw))))
		return piv_pass(p, rc);
	if (fresh || !smells_foreign(c, *sw))
		return TMG_OK;
	if ((rc = select_again(p)))
		return piv_pass(p, rc);
	unlearn(p);
	return wants_pin_again(p, *sw);
}

tmg_rc
tmg_piv_send(tmg_piv *p, const tmg_capdu *c, tmg_out *data, uint16_t *sw)
{
	const bool fresh = bears_secret(c)
	    ? !tmg_selected_certain(&p->selected, p->base.ch)
	    : !tmg_selected_is(&p->selected, p->base.ch);
	const size_t mark = data != NULL ? data->len : 0;
	tmg_rc rc;

	*sw = 0;
	if (fresh && (rc = select_again(p)))
		return piv_pass(p, rc);
	if ((rc = exchange(p, c, data, sw)))
		return piv_pass(p, rc);
	if (fresh || !smells_foreign(c, *sw))
		return TMG_OK;

	if ((rc = select_again(p)))
		return piv_pass(p, rc);
	unlearn(p);
	if (c->ins == INS_VERIFY)
		return wants_pin_again(p, *sw);
	if (data != NULL)
		data->len = mark;
	if ((rc = exchange(p, c, data, sw)))
		return piv_pass(p, rc);
	return TMG_OK;
}
