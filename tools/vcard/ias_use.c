/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PERFORM SECURITY OPERATION of IAS ECC: a hash comes with a command of its own, and a
 * cryptogram behind the indicator of a whole one.
 */
#include <openssl/evp.h>

#include "src/base/scope.h"
#include "tools/vcard/ias.h"

enum {
	TAG_HASHED = 0x80,	/* ISO/IEC 7816-8 5.3: what is to be hashed, */
	TAG_HASH = 0x90,	/* what was; empty in front of the whole message */

	PADDING_WHOLE = 0x81,
};

/* A message that is short enough to be hashed by the card whole. */
static uint16_t
hash_whole(vc_card *card, p15_session *s, tmg_view message)
{
	unsigned len = 0;
	EVP_MD *md = s->alg != NULL && s->alg->hash != TMG_HASH_NONE ?
	    EVP_MD_fetch(card->lib, tmg_hash_name(s->alg->hash), NULL) : NULL;
	const bool done = md != NULL &&
	    EVP_Digest(message.ptr, message.len, s->hash, &len, md, NULL) == 1;

	EVP_MD_free(md);
	s->hash_len = done ? len : 0;
	return done ? SW_OK : SW_CONDITIONS;
}

/* 90 with a hash that is ready, or 90 00 80 with the message; not the middle of one. */
static uint16_t
take_hash(vc_card *card, vc_p15 *p15, const vc_command *c)
{
	p15_session *s = &p15->session;
	tmg_view in = c->data, hash, message;

	s->hash_len = 0;
	if (tmg_tlv_expect(&in, TAG_HASH, &hash) || hash.len > sizeof(s->hash))
		return SW_DATA;
	if (hash.len == 0)
		return tmg_tlv_expect(&in, TAG_HASHED, &message) || in.len > 0 ? SW_DATA :
		    hash_whole(card, s, message);
	if (in.len > 0)
		return SW_DATA;
	memcpy(s->hash, hash.ptr, hash.len);
	s->hash_len = hash.len;
	return SW_OK;
}

static uint16_t
sign_hash(vc_card *card, vc_p15 *p15, const vc_command *c, tmg_out *out)
{
	p15_session *s = &p15->session;
	uint16_t sw;

	if (c->data.len > 0)
		return SW_LENGTH;
	if (s->hash_len == 0)
		return SW_CONDITIONS;
	sw = p15_compute(card, p15, P15_USE_SIGN, (tmg_view){ s->hash, s->hash_len }, out);
	s->hash_len = 0;
	return sw;
}

static uint16_t
decipher(vc_card *card, vc_p15 *p15, const vc_command *c, tmg_out *out)
{
	const p15_alg *alg = p15->session.alg;
	tmg_view in = c->data, padding;

	if (alg == NULL || alg->padding != P15_UNPAD)
		return SW_CONDITIONS;
	if (tmg_view_take(&in, 1, &padding) || in.len == 0)
		return SW_LENGTH;
	if (padding.ptr[0] != PADDING_WHOLE)
		return SW_DATA;
	return p15_open_sealed(card, p15, in, out);
}

uint16_t
ias_pso(vc_card *card, vc_p15 *p15, const vc_command *c, tmg_out *out)
{
	switch (c->p1 << 8 | c->p2) {
	case P15_PSO_HASH:
		return take_hash(card, p15, c);
	case P15_PSO_SIGN:
		return sign_hash(card, p15, c, out);
	case P15_PSO_DECIPHER:
		return decipher(card, p15, c, out);
	default:
		return SW_P1P2;
	}
}
