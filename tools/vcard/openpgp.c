/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/vcard/openpgp.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <stdlib.h>

#include "src/base/scope.h"
#include "tools/vcard/state.h"

#define CHALLENGE_MAX 255u

enum {
	SW_TERMINATED = 0x6285,
	CLA_YUBICO = 0x80,
	/* manufacturers, 4.2.1: the range for serial numbers at random, Yubico */
	AT_RANDOM = 0xfffe,
	YUBICO = 0x0006,
};

void
pgp_aid_tail(const vc_card *card, tmg_out *out)
{
	tmg_put_u16(out, 0x0304);
	tmg_put_u16(out, pgp_attests(card) ? YUBICO : AT_RANDOM);
	tmg_put_u16(out, (uint16_t)(card->serial >> 16));
	tmg_put_u16(out, (uint16_t)(card->serial & 0xffff));
	tmg_put_u16(out, 0);
}

tmg_rc
pgp_factory(const vc_card *card, vc_pgp *pgp)
{
	for (size_t i = 0; i < PGP_KEYS; i++)
		pgp_key_clear(&pgp->keys[i]);
	pgp->terminated = false;
	pgp->session = (pgp_session){ .dec = PGP_DEC, .aut = PGP_AUT };
	pgp_pins_factory(card->profile, pgp);
	return pgp_dos_factory(card->profile, pgp);
}

static void
pgp_destroy(void *self)
{
	vc_pgp *pgp = self;

	for (size_t i = 0; i <= PGP_ATT; i++)
		pgp_key_clear(&pgp->keys[i]);
	pgp_dos_clear(pgp);
	OPENSSL_cleanse(pgp, sizeof(*pgp));
	free(pgp);
}

static void *
pgp_create(vc_card *card, const void *kind)
{
	vc_pgp *pgp = calloc(1, sizeof(*pgp));

	(void)kind;
	if (pgp != NULL && (pgp_factory(card, pgp) || pgp_attest_factory(card, pgp))) {
		pgp_destroy(pgp);
		return NULL;
	}
	return pgp;
}

static void
pgp_reset(void *self)
{
	((vc_pgp *)self)->session = (pgp_session){ .dec = PGP_DEC, .aut = PGP_AUT };
}

/* 7.2.1: a new selection ends every login. */
static uint16_t
pgp_select(vc_card *card, void *self, tmg_out *out)
{
	(void)card;
	(void)out;
	pgp_reset(self);
	return ((vc_pgp *)self)->terminated ? SW_TERMINATED : SW_OK;
}

/* ---- commands of the whole application ------------------------------------------ */
static uint16_t
challenge(vc_card *card, vc_pgp *pgp, const vc_command *c, tmg_out *out)
{
	uint8_t bytes[CHALLENGE_MAX];

	(void)pgp;
	if (c->p1 != 0 || c->p2 != 0)
		return SW_P1P2;
	if (c->data.len != 0 || c->le == VC_LE_NONE)
		return SW_LENGTH;

	const size_t n = c->le < CHALLENGE_MAX ? c->le : CHALLENGE_MAX;

	if (RAND_bytes_ex(card->lib, bytes, n, 0) != 1)
		return SW_INTERNAL;
	tmg_put(out, (tmg_view){ bytes, n });
	return SW_OK;
}

/* 7.2.16: by PW3, or by anybody when nobody can get in any more. */
static uint16_t
terminate(vc_card *card, vc_pgp *pgp, const vc_command *c, tmg_out *out)
{
	(void)out;
	if (c->p1 != 0 || c->p2 != 0)
		return SW_P1P2;
	if (c->data.len != 0)
		return SW_LENGTH;
	if (!pgp->session.admin &&
	    (pgp->pins[PGP_PW1].left != 0 || pgp->pins[PGP_PW3].left != 0))
		return SW_SECURITY;
	pgp->terminated = true;
	pgp_reset(pgp);
	card->dirty = true;
	return SW_OK;
}

/* 7.2.17: of use after TERMINATE DF only, harmless otherwise. */
static uint16_t
activate(vc_card *card, vc_pgp *pgp, const vc_command *c, tmg_out *out)
{
	(void)out;
	if (c->p1 != 0 || c->p2 != 0)
		return SW_P1P2;
	if (c->data.len != 0)
		return SW_LENGTH;
	if (!pgp->terminated)
		return SW_OK;
	card->dirty = true;
	return pgp_factory(card, pgp) ? SW_INTERNAL : SW_OK;
}

static const struct row {
	uint8_t ins;
	bool when_terminated;
	uint16_t (*run)(vc_card *card, vc_pgp *pgp, const vc_command *c, tmg_out *out);
} rows[] = {
	{ PGP_VERIFY, false, pgp_verify },
	{ PGP_MSE, false, pgp_mse },
	{ PGP_CHANGE, false, pgp_change },
	{ PGP_PSO, false, pgp_pso },
	{ PGP_UNBLOCK, false, pgp_unblock },
	{ PGP_ACTIVATE, true, activate },
	{ PGP_GENERATE, false, pgp_generate },
	{ PGP_CHALLENGE, false, challenge },
	{ PGP_INTERNAL_AUTH, false, pgp_internal_auth },
	{ PGP_SELECT_DATA, false, pgp_select_data },
	{ PGP_GET_DATA, false, pgp_get_data },
	{ PGP_GET_NEXT, false, pgp_get_next },
	{ PGP_PUT_DATA, false, pgp_put_data },
	{ PGP_PUT_KEY, false, pgp_put_key },
	{ PGP_TERMINATE, false, terminate },
	{ PGP_VERSION, false, pgp_version },
	{ PGP_ATTEST, false, pgp_attest },
};

static uint16_t
pgp_command(vc_card *card, void *self, const vc_command *c, tmg_out *out)
{
	vc_pgp *pgp = self;

	if (c->cla == CLA_YUBICO && (c->ins != PGP_ATTEST || !pgp_attests(card)))
		return SW_NO_CLA;
	for (size_t i = 0; i < TMG_COUNT(rows); i++)
		if (rows[i].ins == c->ins)
			return pgp->terminated && !rows[i].when_terminated ?
			    SW_CONDITIONS : rows[i].run(card, pgp, c, out);
	return SW_NO_INS;
}

static void
app_save(const void *self, tmg_out *out)
{
	pgp_save(self, out);
}

static tmg_rc
app_load(vc_card *card, void *self, tmg_view records)
{
	return pgp_load(card, self, records);
}

static tmg_rc
app_provision(vc_card *card, void *self, const char *algs)
{
	return pgp_provision(card, self, algs);
}

static void
historical(const vc_profile *profile, tmg_out *out)
{
	pgp_historical(profile, false, out);
}

static const vc_app_code code = {
	.create = pgp_create,
	.destroy = pgp_destroy,
	.tail = pgp_aid_tail,
	.historical = historical,
	.select = pgp_select,
	.command = pgp_command,
	.reset = pgp_reset,
	.save = app_save,
	.load = app_load,
	.provision = app_provision,
};

const vc_app vc_openpgp_app = {
	.name = "openpgp",
	.record = STATE_OPENPGP,
	.aid = { 0xd2, 0x76, 0x00, 0x01, 0x24, 0x01 },
	.aid_len = 6,
	.aid_least = 5,
	.cla = CLA_YUBICO,
	.code = &code,
};
