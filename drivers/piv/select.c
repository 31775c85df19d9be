/* SPDX-License-Identifier: BSD-2-Clause */
/* The PIV application: what it is, what it says of itself. */
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
tmg_piv_forget(tmg_backend *b)
{
	tmg_piv *p = tmg_piv_of(b);

	p->user = false;
	p->admin = false;
	p->told.known = false;
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

/* Answers that no PIV application gives to the standard's own commands. */
static bool
is_foreign(const tmg_capdu *c, uint16_t sw)
{
	if (c->ins >= INS_MOVE_KEY || c->ins == INS_GET_CHALLENGE)
		return false;
	return sw == TMG_SW_INS || sw == TMG_SW_CLA ||
	    (sw == TMG_SW_NO_REFERENCE && c->ins == INS_GET_DATA);
}

static tmg_rc
selected(tmg_backend *b, uint16_t sw, tmg_view answer)
{
	tmg_piv *p = tmg_piv_of(b);

	if (sw != TMG_SW_OK)
		return TMG_NOT_FOUND;
	if (p->kind == NULL)
		learn(p, answer);
	return TMG_OK;
}

static void
unlearn(tmg_backend *b)
{
	tmg_piv *p = tmg_piv_of(b);

	memset(p->no_ins, 0, sizeof(p->no_ins));
	if (p->ext == PIV_EXT_ABSENT)
		tmg_piv_ext_set(p, PIV_EXT_UNKNOWN);
}

const tmg_application_kind tmg_piv_application = {
	.aid = { piv_aid, sizeof(piv_aid) },
	.name = "PIV",
	.selected = selected,
	.forget = tmg_piv_forget,
	.unlearn = unlearn,
	.bears_secret = bears_secret,
	.is_foreign = is_foreign,
};
