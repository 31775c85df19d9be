/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/vcard/card.h"

#include <openssl/rand.h>

#include "src/base/scope.h"
#include "src/codec/tlv.h"
#include "tools/vcard/state.h"

#define AID_MAX 16		/* ISO/IEC 7816-4 12.2.3 */
#define TOUCH_PATIENCE_MS 15000	/* how long the token blinks in vain */

enum {
	SELECT_BY_NAME = 0x04,		/* ISO/IEC 7816-4 11.2.2 */
	SELECT_FCI = 0x00,
	SELECT_FCP = 0x04,
	SELECT_FMD = 0x08,
	SELECT_NO_DATA = 0x0c,
	SERIAL_LEAST = 10000000,	/* eight decimal digits */
	SERIAL_SPAN = 20000000,
};

static tmg_rc
make_serial(vc_card *card)
{
	uint32_t n;

	card->serial = card->profile->serial;
	if (card->serial != 0)
		return TMG_OK;
	if (RAND_bytes_ex(card->lib, (unsigned char *)&n, sizeof(n), 0) != 1)
		return TMG_E_CRYPTO;
	card->serial = SERIAL_LEAST + n % SERIAL_SPAN;
	return TMG_OK;
}

static unsigned
set_of(const vc_profile *profile)
{
	return profile->apps != 0 ? profile->apps : VC_APP_BIT(VC_APP_PIV);
}

/* What power-up leaves selected: what the profile says; the MF of a card that is
 * nothing but files. */
static int
first_of(const vc_card *card)
{
	for (int i = 0; i < VC_APPS; i++)
		if (card->apps[i] != NULL && ((card->profile->first & VC_APP_BIT(i)) != 0 ||
		    (vc_apps[i]->native && set_of(card->profile) == VC_APP_BIT(i))))
			return i;
	return -1;
}

tmg_rc
vc_card_open(const vc_profile *profile, OSSL_LIB_CTX *lib, vc_card *card)
{
	tmg_rc rc;

	*card = (vc_card){ .profile = profile, .lib = lib, .selected = -1, .dirty = true };
	if ((rc = make_serial(card)))
		return rc;
	for (size_t i = 0; i < VC_APPS; i++)
		if ((set_of(profile) & VC_APP_BIT(i)) != 0 &&
		    (card->apps[i] = vc_apps[i]->code->create(card, vc_apps[i]->kind)) == NULL)
			return TMG_E_NOMEM;
	card->selected = first_of(card);
	return TMG_OK;
}

void
vc_card_close(vc_card *card)
{
	for (size_t i = 0; i < VC_APPS; i++) {
		if (card->apps[i] != NULL)
			vc_apps[i]->code->destroy(card->apps[i]);
		card->apps[i] = NULL;
	}
}

void
vc_card_reset(vc_card *card)
{
	card->selected = first_of(card);
	for (size_t i = 0; i < VC_APPS; i++)
		if (card->apps[i] != NULL)
			vc_apps[i]->code->reset(card->apps[i]);
}

bool
vc_card_touched(vc_card *card)
{
	const vc_profile *p = card->profile;
	const bool touched = p->touch == VC_TOUCH_AUTO;

	card->delay_ms = touched || p->touch_ms != 0 ? p->touch_ms : TOUCH_PATIENCE_MS;
	return touched;
}

void *
vc_card_app(const vc_card *card, vc_app_id id)
{
	return card->apps[id];
}

void
vc_app_no_tail(const vc_card *card, tmg_out *aid)
{
	(void)card;
	(void)aid;
}

void
vc_app_no_historical(const vc_profile *profile, tmg_out *out)
{
	(void)profile;
	(void)out;
}

void
vc_card_app_name(const vc_card *card, vc_app_id id, tmg_out *aid)
{
	tmg_put(aid, (tmg_view){ vc_apps[id]->aid, vc_apps[id]->aid_len });
	vc_apps[id]->code->tail(card, aid);
}

/* Its name, whole or cut off on the right (ISO/IEC 7816-4 12.2.3). */
static bool
answers_to(const vc_card *card, vc_app_id id, tmg_view name)
{
	uint8_t bytes[AID_MAX];
	tmg_out aid = TMG_OUT(bytes);

	if (card->apps[id] == NULL)
		return false;
	vc_card_app_name(card, id, &aid);
	return name.len >= vc_apps[id]->aid_least && name.len <= aid.len &&
	    memcmp(name.ptr, bytes, name.len) == 0;
}

/* Selecting another application ends what went on in the one before. */
static void
leave_others(vc_card *card, int next)
{
	for (int i = 0; i < VC_APPS; i++)
		if (i == card->selected && i != next)
			vc_apps[i]->code->reset(card->apps[i]);
}

static bool
has_files(const vc_card *card)
{
	return card->selected >= 0 && vc_apps[card->selected]->files;
}

static uint16_t
run(vc_card *card, const vc_command *c, tmg_out *out)
{
	return vc_apps[card->selected]->code->command(card, card->apps[card->selected], c, out);
}

static uint16_t
enter(vc_card *card, vc_app_id i, const vc_command *c, tmg_out *out)
{
	tmg_out unwanted = { out->ptr, out->cap, 0, false };
	uint16_t sw;

	leave_others(card, (int)i);
	card->selected = (int)i;
	if (c->p2 == SELECT_FCI || c->p2 == SELECT_NO_DATA)
		return vc_apps[i]->code->select(card, card->apps[i],
		    c->p2 == SELECT_FCI ? out : &unwanted);
	sw = vc_apps[i]->code->select(card, card->apps[i], &unwanted);
	return sw == SW_OK ? run(card, c, out) : sw;
}

/* Selecting what is not there leaves the selection as it was
 * (SP 800-73-4 part 2, 3.1.1). */
static uint16_t
select_app(vc_card *card, const vc_command *c, tmg_out *out)
{
	const bool control = c->p2 == SELECT_FCP || c->p2 == SELECT_FMD;

	if (c->p1 != SELECT_BY_NAME ||
	    (c->p2 != SELECT_FCI && c->p2 != SELECT_NO_DATA && !control))
		return SW_P1P2;

	for (vc_app_id i = 0; i < VC_APPS; i++)
		if (answers_to(card, i, c->data) && (!control || vc_apps[i]->control))
			return enter(card, i, c, out);
	if (control && !(card->selected >= 0 && vc_apps[card->selected]->names))
		return SW_P1P2;
	/* a DF of the application has a name as well */
	return has_files(card) ? run(card, c, out) : SW_NOT_FOUND;
}

static uint16_t
refuse_class(const vc_card *card, uint8_t cla)
{
	if (cla != 0 && card->selected >= 0 && vc_apps[card->selected]->cla == cla)
		return SW_OK;
	if ((cla & ~(CLA_CHANNEL | CLA_SECURE)) != 0)
		return SW_NO_CLA;
	return (cla & CLA_SECURE) != 0 ? SW_NO_SECURE :
	    (cla & CLA_CHANNEL) != 0 ? SW_NO_CHANNEL : SW_OK;
}

/* Names are the card's own; files belong to the application that is selected. */
static bool
is_for_card(const vc_card *card, const vc_command *c)
{
	return c->ins == INS_SELECT && (c->p1 == SELECT_BY_NAME || !has_files(card));
}

uint16_t
vc_card_command(vc_card *card, const vc_command *c, tmg_out *out)
{
	const uint16_t refused = refuse_class(card, c->cla & (uint8_t)~CLA_CHAIN);

	card->delay_ms = 0;
	if (refused != SW_OK)
		return refused;
	if (is_for_card(card, c))
		return select_app(card, c, out);
	if (card->selected < 0)
		return SW_NO_INS;

	const uint16_t sw = run(card, c, out);

	if (out->full)
		return SW_INTERNAL;
	return sw;
}

/* ---- the state file: doc/design/vcard-state.md --------------------------- */

tmg_rc
vc_card_save(const vc_card *card, tmg_out *out)
{
	const uint8_t serial[4] = {
		(uint8_t)(card->serial >> 24), (uint8_t)(card->serial >> 16),
		(uint8_t)(card->serial >> 8), (uint8_t)card->serial,
	};

	vc_state_begin(out);
	tmg_tlv_put(out, STATE_SERIAL, TMG_VIEW(serial));
	for (size_t i = 0; i < VC_APPS; i++) {
		if (card->apps[i] == NULL)
			continue;

		const size_t mark = vc_state_open(out, vc_apps[i]->record);

		vc_apps[i]->code->save(card->apps[i], out);
		vc_state_close(out, mark);
	}
	return vc_state_end(out);
}

/* An application that this card is not to have is no part of it. */
static tmg_rc
load_record(vc_card *card, const tmg_tlv *t, unsigned *fresh)
{
	if (t->tag == STATE_SERIAL) {
		if (t->value.len != 4)
			return TMG_E_MALFORMED;
		card->serial = (uint32_t)t->value.ptr[0] << 24 |
		    (uint32_t)t->value.ptr[1] << 16 |
		    (uint32_t)t->value.ptr[2] << 8 | t->value.ptr[3];
		return TMG_OK;
	}
	for (size_t i = 0; i < VC_APPS; i++)
		if (card->apps[i] != NULL && vc_apps[i]->record == t->tag) {
			*fresh &= ~VC_APP_BIT(i);
			return vc_apps[i]->code->load(card, card->apps[i], t->value);
		}
	return TMG_E_MALFORMED;
}

tmg_rc
vc_card_load(vc_card *card, tmg_view file)
{
	unsigned fresh = set_of(card->profile);
	tmg_view records;
	tmg_tlv t;
	tmg_rc rc;

	if ((rc = vc_state_check(file, &records)))
		return rc;
	while ((rc = tmg_tlv_next(&records, &t)) == TMG_OK)
		if ((rc = load_record(card, &t, &fresh)))
			return rc;
	card->dirty = fresh != 0;	/* an application was added since */
	return rc == TMG_NOT_FOUND ? TMG_OK : rc;
}

tmg_rc
vc_card_provision(vc_card *card, const char *algs)
{
	tmg_rc rc;

	for (size_t i = 0; i < VC_APPS; i++)
		if (card->apps[i] != NULL &&
		    (rc = vc_apps[i]->code->provision(card, card->apps[i], algs)))
			return rc;
	card->dirty = true;
	return TMG_OK;
}
