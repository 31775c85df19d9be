/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PERFORM SECURITY OPERATION, INTERNAL AUTHENTICATE: ISO/IEC 7816-8 5, with the key of
 * the security environment; GET CHALLENGE.
 */
#include <openssl/evp.h>
#include <openssl/rand.h>

#include "src/base/scope.h"
#include "tools/vcard/pkcs15.h"

enum {
	PADDING_NONE = 0x00,	/* no further indication */
	FIRST_HALF = 0x81,	/* in the field: short cards take a cryptogram in two */
	SECOND_HALF = 0x82,
	CHALLENGE_MAX = 256,
};

/* The key of the environment, when it may be used so now. */
static uint16_t
key_for(vc_p15 *p15, p15_use use, vc_pkey **key)
{
	const p15_session *s = &p15->session;

	if (s->use != use || s->alg == NULL || s->key == FS_NONE)
		return SW_CONDITIONS;
	*key = &p15->keys[s->key];
	if (!p15_may_key(p15, s->key, P15_OP_USE))
		return SW_SECURITY;
	if ((*key)->alg == TMG_ALG_NONE)
		return SW_NO_REFERENCE;
	if (s->alg->padding == P15_UNPAD && use != P15_USE_DECIPHER)
		return SW_CONDITIONS;
	return tmg_alg_get((*key)->alg)->family == s->alg->family ? SW_OK : SW_CONDITIONS;
}

/* DigestInfo without the hash (RFC 8017 9.2, note 1) */
static const struct {
	tmg_hash hash;
	uint8_t len;
	uint8_t head[19];
} infos[] = {
	{ TMG_HASH_SHA1, 15, { 0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a,
	    0x05, 0x00, 0x04, 0x14 } },
	{ TMG_HASH_SHA256, 19, { 0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65,
	    0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20 } },
	{ TMG_HASH_SHA384, 19, { 0x30, 0x41, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65,
	    0x03, 0x04, 0x02, 0x02, 0x05, 0x00, 0x04, 0x30 } },
	{ TMG_HASH_SHA512, 19, { 0x30, 0x51, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65,
	    0x03, 0x04, 0x02, 0x03, 0x05, 0x00, 0x04, 0x40 } },
};

static tmg_rc
put_info(tmg_hash hash, tmg_view in, tmg_out *info)
{
	if (hash != TMG_HASH_NONE && in.len != tmg_hash_bytes(hash))
		return TMG_E_MALFORMED;
	for (size_t i = 0; i < TMG_COUNT(infos); i++)
		if (infos[i].hash == hash)
			tmg_put(info, (tmg_view){ infos[i].head, infos[i].len });
	tmg_put(info, in);
	return info->full ? TMG_E_MALFORMED : TMG_OK;
}

static tmg_rc
pad_and_sign(vc_card *card, const vc_pkey *key, tmg_hash hash, tmg_view in, tmg_out *out)
{
	uint8_t bytes[VC_PKEY_RESULT_MAX];
	tmg_out info = TMG_OUT(bytes);
	tmg_rc rc;

	if ((rc = put_info(hash, in, &info)))
		return rc;
	return vc_pkey_rsa_sign(card->lib, key->pkey, tmg_out_view(&info), out);
}

/* The whole message comes to the card, which hashes it. */
static tmg_rc
hash_and_sign(vc_card *card, const vc_pkey *key, tmg_hash hash, tmg_view in, tmg_out *out)
{
	uint8_t sum[EVP_MAX_MD_SIZE];
	EVP_MD *md = EVP_MD_fetch(card->lib, tmg_hash_name(hash), NULL);
	const bool done = md != NULL && EVP_Digest(in.ptr, in.len, sum, NULL, md, NULL) == 1;

	EVP_MD_free(md);
	return done ? vc_pkey_private(key->alg, card->lib, key->pkey,
	    (tmg_view){ sum, tmg_hash_bytes(hash) }, out) : TMG_E_CRYPTO;
}

/* A hash comes filled up with zeros in front to the length of the field: the same
 * number, but longer than the order of P-521, which would cut it off behind. */
static tmg_view
without_zeros(tmg_view in)
{
	while (in.len > 1 && in.ptr[0] == 0) {
		in.ptr++;
		in.len--;
	}
	return in;
}

static tmg_rc
sign(vc_card *card, const vc_pkey *key, const p15_alg *alg, tmg_view in, tmg_out *out)
{
	switch (alg->padding) {
	case P15_PKCS1:
		return pad_and_sign(card, key, alg->hash, in, out);
	case P15_ECDSA_HASHED:
		return hash_and_sign(card, key, alg->hash, in, out);
	case P15_ECDSA_DER:
		return vc_pkey_private(key->alg, card->lib, key->pkey, without_zeros(in), out);
	case P15_ECDSA_FLAT:
		return vc_pkey_ecdsa_flat(key->alg, card->lib, key->pkey, in, out);
	default:
		return vc_pkey_private(key->alg, card->lib, key->pkey, in, out);
	}
}

uint16_t
p15_compute(vc_card *card, vc_p15 *p15, p15_use use, tmg_view in, tmg_out *out)
{
	vc_pkey *key;
	uint16_t sw;

	if ((sw = key_for(p15, use, &key)) != SW_OK)
		return sw;
	if (in.len == 0)
		return SW_LENGTH;
	sw = vc_pkey_sw(sign(card, key, p15->session.alg, in, out));
	if (sw == SW_OK)
		p15_used(p15, p15->session.key);
	return sw;
}

static tmg_rc
open_sealed(vc_card *card, const vc_pkey *key, const p15_alg *alg, tmg_view in, tmg_out *out)
{
	return alg->padding == P15_PKCS1 || alg->padding == P15_UNPAD ?
	    vc_pkey_rsa_decrypt(card->lib, key->pkey, in, out) :
	    vc_pkey_private(key->alg, card->lib, key->pkey, in, out);
}

uint16_t
p15_open_sealed(vc_card *card, vc_p15 *p15, tmg_view in, tmg_out *out)
{
	const p15_session *s = &p15->session;
	vc_pkey *key;
	uint16_t sw;

	if ((sw = key_for(p15, P15_USE_DECIPHER, &key)) != SW_OK)
		return sw;
	if (s->alg->family != TMG_FAMILY_RSA)
		return SW_CONDITIONS;
	sw = vc_pkey_sw(open_sealed(card, key, s->alg, in, out));
	if (sw == SW_OK)
		p15_used(p15, s->key);
	return sw;
}

/* The first half waits for the second. */
static uint16_t
keep_half(p15_session *s, tmg_view half)
{
	if (half.len > sizeof(s->half) / 2)
		return SW_LENGTH;
	memcpy(s->half, half.ptr, half.len);
	s->half_len = half.len;
	return SW_OK;
}

static uint16_t
join_half(p15_session *s, tmg_view *half)
{
	if (s->half_len == 0)
		return SW_CONDITIONS;
	if (half->len > sizeof(s->half) - s->half_len)
		return SW_LENGTH;
	memcpy(s->half + s->half_len, half->ptr, half->len);
	*half = (tmg_view){ s->half, s->half_len + half->len };
	s->half_len = 0;
	return SW_OK;
}

/* A cryptogram behind its padding indicator. */
static uint16_t
decipher(vc_card *card, vc_p15 *p15, const vc_command *c, tmg_out *out)
{
	p15_session *s = &p15->session;
	tmg_view in = c->data, padding;
	vc_pkey *key;
	uint16_t sw;

	if (tmg_view_take(&in, 1, &padding) || in.len == 0)
		return SW_LENGTH;
	if (p15->kind->halves && padding.ptr[0] == FIRST_HALF)
		return (sw = key_for(p15, P15_USE_DECIPHER, &key)) == SW_OK ? keep_half(s, in) : sw;
	if (p15->kind->halves && padding.ptr[0] == SECOND_HALF) {
		if ((sw = join_half(s, &in)) != SW_OK)
			return sw;
	} else if (padding.ptr[0] != PADDING_NONE)
		return SW_DATA;
	return p15_open_sealed(card, p15, in, out);
}

uint16_t
p15_pso(vc_card *card, vc_p15 *p15, const vc_command *c, tmg_out *out)
{
	switch (c->p1 << 8 | c->p2) {
	case P15_PSO_SIGN:
		return p15_compute(card, p15, P15_USE_SIGN, c->data, out);
	case P15_PSO_DECIPHER:
		return decipher(card, p15, c, out);
	default:
		return SW_P1P2;
	}
}

uint16_t
p15_internal_auth(vc_card *card, vc_p15 *p15, const vc_command *c, tmg_out *out)
{
	if (c->p1 != 0 || c->p2 != 0)
		return SW_P1P2;
	return p15_compute(card, p15, P15_USE_AUTH, c->data, out);
}

uint16_t
p15_challenge(vc_card *card, vc_p15 *p15, const vc_command *c, tmg_out *out)
{
	uint8_t bytes[CHALLENGE_MAX];

	if (c->p1 != 0 || c->p2 != 0)
		return SW_P1P2;
	if (c->data.len != 0 || c->le == VC_LE_NONE || c->le > sizeof(bytes) ||
	    (p15->kind->challenge != 0 && c->le != p15->kind->challenge))
		return SW_LENGTH;
	if (RAND_bytes_ex(card->lib, bytes, c->le, 0) != 1)
		return SW_INTERNAL;
	tmg_put(out, (tmg_view){ bytes, c->le });
	return SW_OK;
}
