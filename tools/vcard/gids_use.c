/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * MANAGE SECURITY ENVIRONMENT, PERFORM SECURITY OPERATION, INTERNAL AUTHENTICATE:
 * ISO/IEC 7816-4 11.5 and 7816-8 5.
 */
#include "src/base/scope.h"
#include "tools/vcard/gids.h"

enum {
	SET_COMPUTE = 0x41,	/* computing, deciphering, internal authentication */
	SET_VERIFY = 0x81,	/* who is there, the other side, */
	SET_BOTH = 0xc1,	/* or both sides */
	RESTORE = 0xf3,

	CRT_AUTH = 0xa4,
	CRT_SIGN = 0xb6,
	CRT_DECIPHER = 0xb8,
	TAG_ALG = 0x80,
	TAG_KEY = 0x83,
	TAG_KEY_PRIVATE = 0x84,

	PSO_SIGN = 0x9e9a,
	PSO_DECIPHER = 0x8086,
	PADDING = 0xf0,		/* in a mechanism */
};

/* ---- the environment ----------------------------------------------------------------------- */
struct wish {
	uint8_t alg, ref;
	bool has_alg, has_ref;
};

static bool
read_wish(tmg_view in, struct wish *w)
{
	tmg_tlv t;
	tmg_rc rc;

	*w = (struct wish){ .alg = GIDS_ALG_3DES };
	while ((rc = tmg_tlv_next(&in, &t)) == TMG_OK) {
		if (t.value.len != 1)
			return false;
		if (t.tag == TAG_ALG) {
			w->alg = t.value.ptr[0];
			w->has_alg = true;
		} else if (t.tag == TAG_KEY || t.tag == TAG_KEY_PRIVATE) {
			w->ref = t.value.ptr[0];
			w->has_ref = true;
		} else
			return false;
	}
	return rc == TMG_NOT_FOUND && w->has_ref;
}

/* The administrator's key needs no mechanism named: it has one. */
static uint16_t
set(vc_gids *g, const vc_command *c)
{
	gids_session *s = &g->session;
	struct wish w;
	uint16_t sw;
	int at;

	if (!read_wish(c->data, &w) || (c->p1 == SET_COMPUTE && !w.has_alg))
		return SW_DATA;
	if ((at = gids_key_find(g, w.ref)) == FS_NONE)
		return SW_NO_REFERENCE;
	if ((sw = gids_may(g, at, GIDS_USE)) != SW_OK)
		return sw;
	if (!gids_crts_allow(&g->keys[at], c->p2, w.alg, c->p1))
		return SW_CONDITIONS;
	if (c->p1 == SET_COMPUTE) {
		s->use = c->p2;
		s->alg = w.alg;
		s->key = at;
	} else {
		s->admin_key = at;
		s->pending = GIDS_PENDING_NONE;
	}
	return SW_OK;
}

uint16_t
gids_mse(vc_card *card, vc_gids *g, const vc_command *c, tmg_out *out)
{
	(void)card;
	(void)out;
	switch (c->p1) {
	case SET_COMPUTE:
		return c->p2 == CRT_AUTH || c->p2 == CRT_SIGN || c->p2 == CRT_DECIPHER ?
		    set(g, c) : SW_P1P2;
	case SET_VERIFY:
	case SET_BOTH:
		return c->p2 == CRT_AUTH ? set(g, c) : SW_P1P2;
	case RESTORE:
		g->session.use = 0;
		g->session.key = g->session.admin_key = FS_NONE;
		return SW_OK;
	default:
		return SW_P1P2;
	}
}

/* ---- what keys compute ----------------------------------------------------------------------- */
typedef tmg_rc operation(tmg_alg alg, OSSL_LIB_CTX *lib, EVP_PKEY *pkey, tmg_view in, tmg_out *out);

static tmg_rc
rsa_sign(tmg_alg alg, OSSL_LIB_CTX *lib, EVP_PKEY *pkey, tmg_view in, tmg_out *out)
{
	(void)alg;
	return vc_pkey_rsa_sign(lib, pkey, in, out);
}

static tmg_rc
rsa_decrypt(tmg_alg alg, OSSL_LIB_CTX *lib, EVP_PKEY *pkey, tmg_view in, tmg_out *out)
{
	(void)alg;
	return vc_pkey_rsa_decrypt(lib, pkey, in, out);
}

static tmg_rc
rsa_oaep(tmg_alg alg, OSSL_LIB_CTX *lib, EVP_PKEY *pkey, tmg_view in, tmg_out *out)
{
	(void)alg;
	return vc_pkey_rsa_oaep(lib, pkey, in, out);
}

static const struct scheme {
	uint8_t crt, padding;
	tmg_family family;
	operation *run;
} schemes[] = {
	{ CRT_SIGN, 0x10, TMG_FAMILY_RSA, vc_pkey_private },
	{ CRT_SIGN, 0x50, TMG_FAMILY_RSA, rsa_sign },
	{ CRT_SIGN, 0x10, TMG_FAMILY_EC, vc_pkey_ecdsa_flat },
	{ CRT_AUTH, 0x10, TMG_FAMILY_RSA, vc_pkey_private },
	{ CRT_AUTH, 0x50, TMG_FAMILY_RSA, rsa_sign },
	{ CRT_AUTH, 0x10, TMG_FAMILY_EC, vc_pkey_ecdsa_flat },
	{ CRT_DECIPHER, 0x00, TMG_FAMILY_RSA, vc_pkey_private },
	{ CRT_DECIPHER, 0x40, TMG_FAMILY_RSA, rsa_decrypt },
	{ CRT_DECIPHER, 0x80, TMG_FAMILY_RSA, rsa_oaep },
};

static const struct scheme *
scheme_of(uint8_t crt, uint8_t alg, tmg_family family)
{
	for (size_t i = 0; i < TMG_COUNT(schemes); i++)
		if (schemes[i].crt == crt && schemes[i].padding == (alg & PADDING) &&
		    schemes[i].family == family)
			return &schemes[i];
	return NULL;
}

/* Who was let in by MSE may have left since. */
static uint16_t
compute(vc_card *card, vc_gids *g, uint8_t crt, tmg_view in, tmg_out *out)
{
	const gids_session *s = &g->session;
	const struct scheme *scheme;
	const vc_pkey *pair;
	uint16_t sw;

	if (s->key == FS_NONE || s->use != crt)
		return SW_CONDITIONS;
	if ((sw = gids_may(g, s->key, GIDS_USE)) != SW_OK)
		return sw;
	pair = &g->keys[s->key].pair;
	if (pair->alg == TMG_ALG_NONE || gids_alg_of(s->alg) != pair->alg)
		return SW_NO_REFERENCE;
	if ((scheme = scheme_of(crt, s->alg, tmg_alg_get(pair->alg)->family)) == NULL)
		return SW_NO_FUNCTION;
	/* cryptograms come bare: no padding indicator stands before them */
	if (in.len == 0 || (crt == CRT_DECIPHER && in.len != tmg_alg_bytes(pair->alg)))
		return SW_LENGTH;
	return vc_pkey_sw(scheme->run(pair->alg, card->lib, pair->pkey, in, out));
}

uint16_t
gids_pso(vc_card *card, vc_gids *g, const vc_command *c, tmg_out *out)
{
	switch (c->p1 << 8 | c->p2) {
	case PSO_SIGN:
		return compute(card, g, CRT_SIGN, c->data, out);
	case PSO_DECIPHER:
		return compute(card, g, CRT_DECIPHER, c->data, out);
	default:
		return SW_P1P2;
	}
}

uint16_t
gids_internal_auth(vc_card *card, vc_gids *g, const vc_command *c, tmg_out *out)
{
	if (c->p1 != 0 || c->p2 != 0)
		return SW_P1P2;
	return compute(card, g, CRT_AUTH, c->data, out);
}
