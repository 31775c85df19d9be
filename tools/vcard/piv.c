/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/vcard/piv.h"

#include <openssl/crypto.h>
#include <stdlib.h>

#include "src/base/scope.h"
#include "src/codec/tlv.h"
#include "tools/vcard/state.h"

enum {
	TAG_APT = 0x61,		/* SP 800-73-4 part 2 table 3 */
	TAG_AID = 0x4f,
	TAG_AUTHORITY = 0x79,
	TAG_LABEL = 0x50,
};

/* The part of the name behind the RID: application 0000 1000, version 0100. */
static const uint8_t pix[] = { 0x00, 0x00, 0x10, 0x00, 0x01, 0x00 };
static const uint8_t rid[] = { 0xa0, 0x00, 0x00, 0x03, 0x08 };
static const char label[] = "tamga virtual PIV card";

static void *
piv_create(vc_card *card, const void *kind)
{
	vc_piv *piv = calloc(1, sizeof(*piv));

	(void)kind;
	if (piv == NULL)
		return NULL;
	vc_pin_factory(piv, card->profile);
	vc_admin_factory(piv, card->profile);
	vc_keys_factory(piv);
	if (card->profile->yubikey && vc_attest_factory(card, piv)) {
		free(piv);
		return NULL;
	}
	return piv;
}

static void
piv_destroy(void *self)
{
	vc_piv *piv = self;

	for (size_t i = 0; i < PIV_KEYS; i++)
		vc_key_clear(&piv->keys[i]);
	vc_objects_clear(piv);
	OPENSSL_cleanse(piv, sizeof(*piv));
	free(piv);
}

static void
piv_reset(void *self)
{
	vc_piv *piv = self;

	OPENSSL_cleanse(&piv->session, sizeof(piv->session));
}

/*
 * Selecting it again changes no security status (SP 800-73-4 part 2, 3.1.1);
 * on a YubiKey it ends the login, and Yubico's own library relies on that.
 */
static uint16_t
piv_select(vc_card *card, void *self, tmg_out *out)
{
	const size_t authority = tmg_tlv_size(TAG_AID, sizeof(rid));
	const size_t named = card->profile->yubikey ? 0 :
	    tmg_tlv_size(TAG_LABEL, sizeof(label) - 1);

	if (card->profile->yubikey)
		piv_reset(self);
	((vc_piv *)self)->session.pin_fresh = false;
	tmg_tlv_put_head(out, TAG_APT, tmg_tlv_size(TAG_AID, sizeof(pix)) +
	    tmg_tlv_size(TAG_AUTHORITY, authority) + named);
	tmg_tlv_put(out, TAG_AID, TMG_VIEW(pix));
	tmg_tlv_put_head(out, TAG_AUTHORITY, authority);
	tmg_tlv_put(out, TAG_AID, TMG_VIEW(rid));
	if (named > 0)
		tmg_tlv_put(out, TAG_LABEL, tmg_view_str(label));
	return SW_OK;
}

/* ---- commands: the ones without an answer get the shape of the others ------- */
#define NO_ANSWER(name, call) \
	static uint16_t \
	name(vc_card *card, vc_piv *piv, const vc_command *c, tmg_out *out) \
	{ \
		(void)out; \
		return call(card, piv, c); \
	}

NO_ANSWER(verify, vc_pin_verify)
NO_ANSWER(change, vc_pin_change)
NO_ANSWER(unblock, vc_pin_unblock)
NO_ANSWER(put_data, vc_object_put)
NO_ANSWER(move_key, vc_key_move)
NO_ANSWER(set_tries, vc_pin_set_tries)
NO_ANSWER(factory_reset, vc_factory_reset)
NO_ANSWER(import_key, vc_key_import_cmd)
NO_ANSWER(set_admin, vc_admin_set)

static const struct row {
	uint8_t ins;
	bool yubikey;		/* an extension ... */
	uint8_t since[2];	/* ... of this firmware */
	uint16_t (*run)(vc_card *card, vc_piv *piv, const vc_command *c, tmg_out *out);
} rows[] = {
	{ INS_VERIFY, false, { 0, 0 }, verify },
	{ INS_CHANGE_REFERENCE, false, { 0, 0 }, change },
	{ INS_RESET_RETRY, false, { 0, 0 }, unblock },
	{ INS_GENERATE, false, { 0, 0 }, vc_key_generate_cmd },
	{ INS_AUTHENTICATE, false, { 0, 0 }, vc_authenticate },
	{ INS_GET_DATA, false, { 0, 0 }, vc_object_get },
	{ INS_PUT_DATA, false, { 0, 0 }, put_data },
	{ INS_MOVE_KEY, true, { 5, 7 }, move_key },
	{ INS_METADATA, true, { 5, 3 }, vc_metadata },
	{ INS_SERIAL, true, { 5, 0 }, vc_serial },
	{ INS_ATTEST, true, { 4, 3 }, vc_attest },
	{ INS_SET_TRIES, true, { 4, 0 }, set_tries },
	{ INS_RESET, true, { 4, 0 }, factory_reset },
	{ INS_VERSION, true, { 4, 0 }, vc_version },
	{ INS_IMPORT, true, { 4, 0 }, import_key },
	{ INS_SET_ADMIN, true, { 4, 0 }, set_admin },
};

static const struct row *
row_of(const vc_profile *profile, uint8_t ins)
{
	for (size_t i = 0; i < TMG_COUNT(rows); i++)
		if (rows[i].ins == ins)
			return !rows[i].yubikey || (profile->yubikey &&
			    vc_since(profile, rows[i].since[0], rows[i].since[1])) ?
			    &rows[i] : NULL;
	return NULL;
}

/*
 * "PIN always" means: verified by the command directly before.  So whatever
 * is not the private-key operation itself uses the freshness up.
 */
static uint16_t
piv_command(vc_card *card, void *self, const vc_command *c, tmg_out *out)
{
	const struct row *row = row_of(card->profile, c->ins);
	vc_piv *piv = self;

	if (c->ins != INS_AUTHENTICATE)
		piv->session.pin_fresh = false;
	return row != NULL ? row->run(card, piv, c, out) : SW_NO_INS;
}

static void
piv_save(const void *self, tmg_out *out)
{
	vc_piv_save(self, out);
}

static tmg_rc
piv_load(vc_card *card, void *self, tmg_view records)
{
	return vc_piv_load(card, self, records);
}

static tmg_rc
piv_provision(vc_card *card, void *self, const char *algs)
{
	return vc_piv_provision(card, self, algs);
}

static const vc_app_code code = {
	.create = piv_create,
	.destroy = piv_destroy,
	.tail = vc_app_no_tail,
	.historical = vc_app_no_historical,
	.select = piv_select,
	.command = piv_command,
	.reset = piv_reset,
	.save = piv_save,
	.load = piv_load,
	.provision = piv_provision,
};

const vc_app vc_piv_app = {
	.name = "piv",
	.record = STATE_PIV,
	.aid = { 0xa0, 0x00, 0x00, 0x03, 0x08, 0x00, 0x00, 0x10, 0x00, 0x01, 0x00 },
	.aid_len = 11,
	.aid_least = 5,
	.code = &code,
};
