/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * GENERAL AUTHENTICATE (ISO/IEC 7816-4 11.5.5) with the administrator's key: 3DES in
 * CBC mode from zeros.  The administrator alone encrypts the card's 8 bytes; both
 * prove themselves with R2, R1, 7 bytes of the one side's, 80, and with R1, R2, 7 of
 * the other's, 80.
 */
#include <openssl/crypto.h>
#include <openssl/rand.h>

#include "tools/vcard/cipher.h"
#include "tools/vcard/gids.h"

#define CIPHER "DES-EDE3-CBC"
#define BLOCK 8
#define PROOF_LEN 40		/* two challenges, 7 bytes, 80 */

enum {
	TAG_TEMPLATE = 0x7c,
	TAG_CHALLENGE = 0x81,
	TAG_RESPONSE = 0x82,
	PAD = 0x80,
};

static void
put_answer(tmg_out *out, uint32_t tag, tmg_view value)
{
	tmg_tlv_put_head(out, TAG_TEMPLATE, tmg_tlv_size(tag, value.len));
	tmg_tlv_put(out, tag, value);
}

/* A challenge from the other side asks that the card prove itself too. */
static uint16_t
begin(vc_card *card, gids_session *s, tmg_view challenge, tmg_out *out)
{
	const bool both = challenge.len == GIDS_CHALLENGE;
	const size_t len = both ? GIDS_CHALLENGE : BLOCK;

	s->admin = false;
	s->pending = GIDS_PENDING_NONE;
	if (challenge.len != 0 && !both)
		return SW_DATA;
	if (RAND_bytes_ex(card->lib, s->ours, len, 0) != 1)
		return SW_INTERNAL;
	if (both)
		memcpy(s->theirs, challenge.ptr, sizeof(s->theirs));
	s->pending = both ? GIDS_PENDING_BOTH : GIDS_PENDING_HOST;
	put_answer(out, TAG_CHALLENGE, (tmg_view){ s->ours, len });
	return SW_OK;
}

static bool
decrypt(vc_card *card, const gids_key *key, tmg_view in, uint8_t *out)
{
	return vc_cipher_run(card->lib, CIPHER, CIPHER_DECRYPT, key->secret, in, out);
}

static uint16_t
prove_host(vc_card *card, gids_session *s, const gids_key *key, tmg_view response)
{
	uint8_t plain[BLOCK];

	if (response.len != BLOCK)
		return SW_DATA;
	if (!decrypt(card, key, response, plain))
		return SW_INTERNAL;
	s->admin = CRYPTO_memcmp(plain, s->ours, BLOCK) == 0;
	return s->admin ? SW_OK : SW_SECURITY;
}

static uint16_t
prove_card(vc_card *card, const gids_session *s, const gids_key *key, tmg_out *out)
{
	uint8_t plain[PROOF_LEN], sealed[PROOF_LEN];

	memcpy(plain, s->theirs, GIDS_CHALLENGE);
	memcpy(plain + GIDS_CHALLENGE, s->ours, GIDS_CHALLENGE);
	plain[PROOF_LEN - 1] = PAD;
	if (RAND_bytes_ex(card->lib, plain + PROOF_LEN - BLOCK, BLOCK - 1, 0) != 1 ||
	    !vc_cipher_run(card->lib, CIPHER, CIPHER_ENCRYPT, key->secret, TMG_VIEW(plain), sealed))
		return SW_INTERNAL;
	put_answer(out, TAG_RESPONSE, TMG_VIEW(sealed));
	return SW_OK;
}

static uint16_t
prove_both(vc_card *card, gids_session *s, const gids_key *key, tmg_view response, tmg_out *out)
{
	uint8_t plain[PROOF_LEN];

	if (response.len != PROOF_LEN)
		return SW_DATA;
	if (!decrypt(card, key, response, plain))
		return SW_INTERNAL;
	if (CRYPTO_memcmp(plain, s->ours, GIDS_CHALLENGE) != 0 ||
	    CRYPTO_memcmp(plain + GIDS_CHALLENGE, s->theirs, GIDS_CHALLENGE) != 0 ||
	    plain[PROOF_LEN - 1] != PAD)
		return SW_SECURITY;
	s->admin = true;
	return prove_card(card, s, key, out);
}

/* A second step uses up what the first one set up, whatever comes of it. */
static uint16_t
finish(vc_card *card, gids_session *s, const gids_key *key, tmg_view response, tmg_out *out)
{
	const gids_pending pending = s->pending;
	uint16_t sw = SW_CONDITIONS;

	s->pending = GIDS_PENDING_NONE;
	if (pending == GIDS_PENDING_HOST)
		sw = prove_host(card, s, key, response);
	else if (pending == GIDS_PENDING_BOTH)
		sw = prove_both(card, s, key, response, out);
	OPENSSL_cleanse(s->ours, sizeof(s->ours));
	OPENSSL_cleanse(s->theirs, sizeof(s->theirs));
	return sw;
}

/* MSE has named the key. */
uint16_t
gids_authenticate(vc_card *card, vc_gids *g, const vc_command *c, tmg_out *out)
{
	gids_session *s = &g->session;
	tmg_view in = c->data, template, v;

	if (c->p1 != 0 || c->p2 != 0)
		return SW_P1P2;
	if (tmg_tlv_expect(&in, TAG_TEMPLATE, &template) || in.len != 0)
		return SW_DATA;
	if (gids_is_open(g) || s->admin_key == FS_NONE)
		return SW_CONDITIONS;
	if (!g->keys[s->admin_key].has_secret)
		return SW_NO_REFERENCE;
	if (tmg_tlv_find(template, TAG_CHALLENGE, &v) == TMG_OK)
		return begin(card, s, v, out);
	if (tmg_tlv_find(template, TAG_RESPONSE, &v) == TMG_OK)
		return finish(card, s, &g->keys[s->admin_key], v, out);
	return SW_DATA;
}
