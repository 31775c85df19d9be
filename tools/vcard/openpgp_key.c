/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Keys: GENERATE ASYMMETRIC KEY PAIR (7.2.14) and key import (4.4.3.12).
 */
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "src/base/scope.h"
#include "tools/vcard/openpgp.h"

enum {
	P1_GENERATE = 0x80,
	P1_READ = 0x81,
	TAG_PUBLIC = 0x7f49,
	TAG_HEADER = 0x4d,
	TAG_LENGTHS = 0x7f48,
	TAG_VALUES = 0x5f48,
	PART_FIRST = 0x91,
	PARTS = 9,		/* 91 to 99 */
	PART_PUBLIC = 8,
	CURVE25519_LEN = 32,
};

void
pgp_key_clear(pgp_key *key)
{
	vc_pkey_drop(&key->pair);
	key->origin = ORIGIN_NONE;
}

tmg_rc
pgp_key_store(vc_pgp *pgp, pgp_key_id id, tmg_alg alg, EVP_PKEY *pkey, uint8_t origin)
{
	pgp_key *key = &pgp->keys[id];
	tmg_rc rc;

	if ((rc = vc_pkey_keep(&key->pair, alg, pkey)))
		return rc;
	key->origin = origin;
	return TMG_OK;
}

/* A new signature key counts from 0, a new key wants no touch that its
 * predecessor was bound to. */
static void
begin_anew(vc_card *card, vc_pgp *pgp, pgp_key_id id)
{
	pgp->dos[DO_UIF_SIG + id].data[0] = 0;
	if (id == PGP_SIG)
		memset(pgp->dos[DO_COUNTER].data, 0, pgp->dos[DO_COUNTER].len);
	card->dirty = true;
}

/* B6, B8 or A4, empty or with the number of the key: 84 01 01 */
tmg_rc
pgp_crt(const tmg_tlv *t, pgp_key_id *id)
{
	static const uint32_t tags[PGP_KEYS] = { 0xb6, 0xb8, 0xa4 };

	for (*id = 0; *id < PGP_KEYS; (*id)++) {
		const uint8_t numbered[] = { 0x84, 0x01, (uint8_t)(*id + 1) };

		if (t->tag == tags[*id])
			return t->value.len == 0 || tmg_view_equal(t->value, TMG_VIEW(numbered)) ?
			    TMG_OK : TMG_E_MALFORMED;
	}
	return TMG_E_MALFORMED;
}

static uint16_t
put_public(tmg_alg alg, const pgp_key *key, tmg_out *out)
{
	uint8_t bytes[VC_PKEY_RESULT_MAX];
	tmg_out objects = TMG_OUT(bytes);

	if (vc_pkey_public(alg, key->pair.pkey, &objects))
		return SW_INTERNAL;
	tmg_tlv_put(out, TAG_PUBLIC, tmg_out_view(&objects));
	return SW_OK;
}

static uint16_t
make(vc_card *card, vc_pgp *pgp, pgp_key_id id)
{
	const tmg_alg alg = pgp_alg_of(pgp, id);
	EVP_PKEY *pkey;

	if (vc_pkey_generate(alg, card->lib, &pkey) ||
	    pgp_key_store(pgp, id, alg, pkey, ORIGIN_MADE))
		return SW_INTERNAL;
	begin_anew(card, pgp, id);
	card->delay_ms = card->profile->keygen_ms;
	return SW_OK;
}

uint16_t
pgp_generate(vc_card *card, vc_pgp *pgp, const vc_command *c, tmg_out *out)
{
	tmg_view in = c->data;
	pgp_key_id id;
	uint16_t sw;
	tmg_tlv crt;

	if ((c->p1 != P1_GENERATE && c->p1 != P1_READ) || c->p2 != 0)
		return SW_P1P2;
	if (c->p1 == P1_READ && pgp_is_attest_crt(c->data))
		return pgp_attest_public(pgp, out);
	if (tmg_tlv_next(&in, &crt) != TMG_OK || in.len != 0 || pgp_crt(&crt, &id))
		return SW_DATA;
	if (c->p1 == P1_GENERATE) {
		if (!pgp->session.admin)
			return SW_SECURITY;
		if ((sw = make(card, pgp, id)) != SW_OK)
			return sw;
	}
	if (pgp->keys[id].pair.pkey == NULL)
		return SW_NO_REFERENCE;
	return put_public(pgp_alg_of(pgp, id), &pgp->keys[id], out);
}

/* ---- import -------------------------------------------------------------------------- */
/* 7F48 holds tags and lengths only; the values stand in 5F48, one after the other. */
static bool
split(tmg_view lengths, tmg_view values, tmg_view *part)
{
	while (lengths.len > 0) {
		const uint8_t tag = lengths.ptr[0];
		size_t n = 0, head = 2;

		if (tag < PART_FIRST || tag >= PART_FIRST + PARTS || lengths.len < 2 ||
		    part[tag - PART_FIRST].ptr != NULL)
			return false;
		n = lengths.ptr[1];
		if (n == 0x81 || n == 0x82) {
			head += n & 0x0f;
			if (lengths.len < head)
				return false;
			n = head == 3 ? lengths.ptr[2] :
			    (size_t)(lengths.ptr[2] << 8 | lengths.ptr[3]);
		} else if (n > 0x7f)
			return false;
		lengths = (tmg_view){ lengths.ptr + head, lengths.len - head };
		if (tmg_view_take(&values, n, &part[tag - PART_FIRST]))
			return false;
	}
	return values.len == 0;
}

/* e p q, 1/q mod p, d mod p-1, d mod q-1, n (4.4.3.12) */
static tmg_rc
import_rsa(tmg_alg alg, OSSL_LIB_CTX *lib, const tmg_view *part, EVP_PKEY **pkey)
{
	const vc_rsa_parts parts = {
		.e = part[0], .p = part[1], .q = part[2], .qinv = part[3],
		.dp = part[4], .dq = part[5], .n = part[6],
	};

	return part[0].len > 0 ? vc_pkey_of_rsa(alg, lib, &parts, pkey) : TMG_E_MALFORMED;
}

/* X25519 comes as the number that OpenPGP makes of it: big-endian. */
static tmg_rc
import_point(tmg_alg alg, OSSL_LIB_CTX *lib, tmg_view scalar, EVP_PKEY **pkey)
{
	uint8_t turned[CURVE25519_LEN];
	tmg_rc rc;

	if (alg != TMG_ALG_X25519 || scalar.len != sizeof(turned))
		return vc_pkey_of_scalar(alg, lib, scalar, pkey);
	for (size_t i = 0; i < sizeof(turned); i++)
		turned[i] = scalar.ptr[sizeof(turned) - 1 - i];
	rc = vc_pkey_of_scalar(alg, lib, TMG_VIEW(turned), pkey);
	OPENSSL_cleanse(turned, sizeof(turned));
	return rc;
}

/* The public key, when it came along, is the private one's. */
static bool
is_pair(tmg_alg alg, const EVP_PKEY *pkey, tmg_view point)
{
	uint8_t bytes[VC_PKEY_RESULT_MAX];
	tmg_out objects = TMG_OUT(bytes);
	tmg_view own;

	return point.len == 0 || (vc_pkey_public(alg, pkey, &objects) == TMG_OK &&
	    tmg_tlv_find(tmg_out_view(&objects), 0x86, &own) == TMG_OK &&
	    tmg_view_equal(own, point));
}

static uint16_t
bring(vc_card *card, vc_pgp *pgp, pgp_key_id id, const tmg_view *part)
{
	const tmg_alg alg = pgp_alg_of(pgp, id);
	EVP_PKEY *pkey = NULL;

	if (tmg_alg_get(alg)->family == TMG_FAMILY_RSA ?
	    import_rsa(alg, card->lib, part, &pkey) :
	    import_point(alg, card->lib, part[1], &pkey))
		return SW_DATA;
	if (!is_pair(alg, pkey, part[PART_PUBLIC])) {
		EVP_PKEY_free(pkey);
		return SW_DATA;
	}
	if (pgp_key_store(pgp, id, alg, pkey, ORIGIN_BROUGHT))
		return SW_INTERNAL;
	begin_anew(card, pgp, id);
	return SW_OK;
}

uint16_t
pgp_put_key(vc_card *card, vc_pgp *pgp, const vc_command *c, tmg_out *out)
{
	tmg_view part[PARTS] = { { 0 } }, in = c->data, list, lengths, values;
	pgp_key_id id;
	tmg_tlv crt;

	(void)out;
	if (c->p1 != 0x3f || c->p2 != 0xff)
		return SW_P1P2;
	if (!pgp->session.admin)
		return SW_SECURITY;
	if (tmg_tlv_expect(&in, TAG_HEADER, &list) || in.len != 0 ||
	    tmg_tlv_next(&list, &crt) != TMG_OK || pgp_crt(&crt, &id) ||
	    tmg_tlv_expect(&list, TAG_LENGTHS, &lengths) ||
	    tmg_tlv_expect(&list, TAG_VALUES, &values) || list.len != 0 ||
	    !split(lengths, values, part))
		return SW_DATA;
	return bring(card, pgp, id, part);
}
