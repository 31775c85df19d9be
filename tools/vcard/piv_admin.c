/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The management key (9B): SP 800-73-4 part 2, 3.2.4 and A.1; setting it is
 * Yubico's.
 */
#include <openssl/crypto.h>
#include <openssl/rand.h>

#include "src/base/scope.h"
#include "src/codec/tlv.h"
#include "tools/vcard/cipher.h"
#include "tools/vcard/piv.h"

enum {
	ALG_3DES = 0x03,
	ALG_3DES_IMPLIED = 0x00,	/* SP 800-78-4 table 6-2 */
	ALG_AES128 = 0x08,
	ALG_AES192 = 0x0a,
	ALG_AES256 = 0x0c,

	TAG_WITNESS = 0x80,
	TAG_CHALLENGE = 0x81,
	TAG_RESPONSE = 0x82,
	TAG_TEMPLATE = 0x7c,

	P1_SET = 0xff,
	P2_NO_TOUCH = 0xff,
	P2_TOUCH = 0xfe,
	P2_TOUCH_CACHED = 0xfd,
};

static const struct cipher {
	uint8_t alg;
	const char *name;
	size_t key_len, block;
} ciphers[] = {
	{ ALG_3DES, "DES-EDE3-ECB", 24, 8 },
	{ ALG_AES128, "AES-128-ECB", 16, 16 },
	{ ALG_AES192, "AES-192-ECB", 24, 16 },
	{ ALG_AES256, "AES-256-ECB", 32, 16 },
};

static const uint8_t factory_key[24] = {
	1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8,
};

static const struct cipher *
cipher_of(uint8_t alg)
{
	for (size_t i = 0; i < TMG_COUNT(ciphers); i++)
		if (ciphers[i].alg == alg)
			return &ciphers[i];
	return NULL;
}

size_t
vc_admin_key_len(uint8_t alg)
{
	const struct cipher *cipher = cipher_of(alg);

	return cipher != NULL ? cipher->key_len : 0;
}

/* Firmware 5.7 leaves the factory with the same bytes as an AES-192 key. */
void
vc_admin_factory(vc_piv *piv, const vc_profile *profile)
{
	piv->admin = (vc_admin){
		.alg = profile->yubikey && vc_since(profile, 5, 7) ? ALG_AES192 : ALG_3DES,
		.len = sizeof(factory_key),
		.touch_policy = TOUCH_NEVER,
	};
	memcpy(piv->admin.key, factory_key, sizeof(factory_key));
}

bool
vc_admin_is_factory(const vc_piv *piv)
{
	return piv->admin.len == sizeof(factory_key) &&
	    CRYPTO_memcmp(piv->admin.key, factory_key, sizeof(factory_key)) == 0;
}

/* One block under the management key. */
static bool
encrypt(vc_card *card, const vc_admin *admin, const uint8_t *in, uint8_t *out)
{
	const struct cipher *row = cipher_of(admin->alg);

	return vc_cipher_run(card->lib, row->name, CIPHER_ENCRYPT, admin->key,
	    (tmg_view){ in, row->block }, out);
}

static void
put_answer(tmg_out *out, uint32_t tag, tmg_view value)
{
	tmg_tlv_put_head(out, TAG_TEMPLATE, tmg_tlv_size(tag, value.len));
	tmg_tlv_put(out, tag, value);
}

static void
forget_nonce(vc_session *s)
{
	OPENSSL_cleanse(s->nonce, sizeof(s->nonce));
	s->pending = PENDING_NONE;
}

/* Mutual, first step: our witness, encrypted.  External: our challenge. */
static uint16_t
begin(vc_card *card, vc_piv *piv, vc_pending kind, tmg_out *out)
{
	vc_session *s = &piv->session;
	const size_t block = cipher_of(piv->admin.alg)->block;
	uint8_t shown[PIV_BLOCK_MAX];

	s->admin = false;
	if (RAND_bytes_ex(card->lib, s->nonce, block, 0) != 1)
		return SW_INTERNAL;
	s->pending = kind;
	if (kind == PENDING_CHALLENGE) {
		put_answer(out, TAG_CHALLENGE, (tmg_view){ s->nonce, block });
		return SW_OK;
	}
	if (!encrypt(card, &piv->admin, s->nonce, shown))
		return SW_INTERNAL;
	put_answer(out, TAG_WITNESS, (tmg_view){ shown, block });
	return SW_OK;
}

/* Mutual, second step: the witness came back in clear, now prove ourselves. */
static uint16_t
prove_both(vc_card *card, vc_piv *piv, tmg_view witness, tmg_view challenge,
    tmg_out *out)
{
	vc_session *s = &piv->session;
	const size_t block = cipher_of(piv->admin.alg)->block;
	uint8_t shown[PIV_BLOCK_MAX];
	uint16_t sw;

	if (witness.len != block || challenge.len != block)
		return SW_DATA;
	if (CRYPTO_memcmp(witness.ptr, s->nonce, block) != 0)
		return SW_SECURITY;
	if ((sw = vc_touch_wanted(card, piv, piv->admin.touch_policy)) != SW_OK)
		return sw;
	if (!encrypt(card, &piv->admin, challenge.ptr, shown))
		return SW_INTERNAL;
	s->admin = true;
	put_answer(out, TAG_RESPONSE, (tmg_view){ shown, block });
	return SW_OK;
}

static uint16_t
prove_host(vc_card *card, vc_piv *piv, tmg_view response)
{
	vc_session *s = &piv->session;
	const size_t block = cipher_of(piv->admin.alg)->block;
	uint8_t wanted[PIV_BLOCK_MAX];
	uint16_t sw;

	if (response.len != block)
		return SW_DATA;
	if (!encrypt(card, &piv->admin, s->nonce, wanted))
		return SW_INTERNAL;
	if (CRYPTO_memcmp(wanted, response.ptr, block) != 0)
		return SW_SECURITY;
	if ((sw = vc_touch_wanted(card, piv, piv->admin.touch_policy)) != SW_OK)
		return sw;
	s->admin = true;
	return SW_OK;
}

/* A second step uses up what the first one set up, whatever comes of it. */
static uint16_t
finish(vc_card *card, vc_piv *piv, tmg_view template, tmg_out *out)
{
	const vc_pending pending = piv->session.pending;
	tmg_view witness, challenge, response;
	uint16_t sw = SW_CONDITIONS;

	if (pending == PENDING_WITNESS &&
	    tmg_tlv_find(template, TAG_WITNESS, &witness) == TMG_OK &&
	    tmg_tlv_find(template, TAG_CHALLENGE, &challenge) == TMG_OK)
		sw = prove_both(card, piv, witness, challenge, out);
	else if (pending == PENDING_CHALLENGE &&
	    tmg_tlv_find(template, TAG_RESPONSE, &response) == TMG_OK)
		sw = prove_host(card, piv, response);
	forget_nonce(&piv->session);
	return sw;
}

uint16_t
vc_admin_authenticate(vc_card *card, vc_piv *piv, uint8_t alg, tmg_view template,
    tmg_out *out)
{
	tmg_view v;

	if (alg == ALG_3DES_IMPLIED)
		alg = ALG_3DES;
	if (alg != piv->admin.alg)
		return SW_P1P2;
	if (tmg_tlv_find(template, TAG_WITNESS, &v) == TMG_OK && v.len == 0)
		return begin(card, piv, PENDING_WITNESS, out);
	if (tmg_tlv_find(template, TAG_CHALLENGE, &v) == TMG_OK && v.len == 0)
		return begin(card, piv, PENDING_CHALLENGE, out);
	return finish(card, piv, template, out);
}

static bool
has_cipher(const vc_profile *profile, uint8_t alg)
{
	return alg == ALG_3DES || vc_since(profile, 5, 4);
}

/* Data: algorithm, 9B, length, key. */
uint16_t
vc_admin_set(vc_card *card, vc_piv *piv, const vc_command *c)
{
	tmg_view rest = c->data, head;
	size_t len;

	if (!piv->session.admin)
		return SW_SECURITY;
	if (c->p1 != P1_SET || c->p2 < P2_TOUCH_CACHED)
		return SW_P1P2;
	if (tmg_view_take(&rest, 3, &head))
		return SW_LENGTH;
	len = vc_admin_key_len(head.ptr[0]);
	if (len == 0 || !has_cipher(card->profile, head.ptr[0]) ||
	    head.ptr[1] != PIV_KEY_ADMIN || head.ptr[2] != len || rest.len != len)
		return SW_DATA;

	piv->admin = (vc_admin){
		.alg = head.ptr[0], .len = len,
		.touch_policy = c->p2 == P2_NO_TOUCH ? TOUCH_NEVER :
		    c->p2 == P2_TOUCH ? TOUCH_ALWAYS : TOUCH_CACHED,
	};
	memcpy(piv->admin.key, rest.ptr, len);
	forget_nonce(&piv->session);
	card->dirty = true;
	return SW_OK;
}
