/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The administrator's key, three keys of DES: mutual authentication by GENERAL
 * AUTHENTICATE (GIDS 2.0, 11.5).  As Microsoft's own minidriver does it the cipher
 * runs in CBC with no vector, and Z1 has 7 bytes with 80 behind.
 */
#include "drivers/gids/gids.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include "src/base/ctx.h"
#include "src/base/scope.h"
#include "src/codec/hex.h"
#include "src/pki/scope.h"

enum {
	P1_AUTHENTICATE = 0xc1,	/* MSE: both sides */
	TAG_KEY_REFERENCE = 0x83,
	TAG_DYNAMIC = 0x7c,
	TAG_CHALLENGE = 0x81,
	TAG_CRYPTOGRAM = 0x82,
	KEY_LEN = 24,
	RANDOM = 16,		/* R1 and R2 */
	SECRET = 8,		/* Z1, Z2 */
	PROOF = 2 * RANDOM + SECRET,
	PADDING = 0x80,
};

TMG_SCOPE_OF(EVP_CIPHER)
TMG_SCOPE_OF(EVP_CIPHER_CTX)

static const tmg_status refused_sw[] = {
	{ TMG_SW_LOGIN, TMG_PIN_WRONG, N_("this is not its key") },
	{ TMG_SW_DATA, TMG_PIN_WRONG, N_("this is not its key") },
	{ TMG_SW_CONDITIONS, TMG_PIN_WRONG, N_("this is not its key") },
	{ 0x6300, TMG_PIN_WRONG, N_("this is not its key") },
	{ TMG_SW_BLOCKED, TMG_PIN_LOCKED, N_("the key is blocked") },
	{ TMG_SW_NO_REFERENCE, TMG_UNSUPPORTED, N_("the card has no such key") },
	{ TMG_SW_INS, TMG_UNSUPPORTED, N_("the card cannot do that") },
};

/* What both sides said, wiped at the end. */
typedef struct dialogue {
	uint8_t r1[RANDOM], r2[RANDOM], z1[SECRET];
	uint8_t plain[PROOF], cipher[PROOF];
} dialogue;

static void
dialogue_release(dialogue *d)
{
	explicit_bzero(d, sizeof(*d));
}

/* PROOF bytes; encrypt as EVP_CipherInit_ex2() has it. */
static tmg_rc
crypt_proof(tmg_gids *g, tmg_view key, int encrypt, const uint8_t *in, uint8_t *out)
{
	static const uint8_t vector[8];
	tmg_held(EVP_CIPHER) cipher = EVP_CIPHER_fetch(
	    tmg_ctx_libctx(g->base.ctx), "DES-EDE3-CBC", NULL);
	tmg_held(EVP_CIPHER_CTX) ctx = EVP_CIPHER_CTX_new();
	int n = 0;

	if (cipher == NULL || ctx == NULL ||
	    EVP_CipherInit_ex2(ctx, cipher, key.ptr, vector, encrypt, NULL) != 1 ||
	    EVP_CIPHER_CTX_set_padding(ctx, 0) != 1 ||
	    EVP_CipherUpdate(ctx, out, &n, in, PROOF) != 1 || n != PROOF)
		return gids_raise(g, TMG_E_CRYPTO, 0,
		    _("%s: libcrypto refuses the cipher %s"), g->who,
		    "DES-EDE3-CBC");
	return TMG_OK;
}

static tmg_rc
choose_key(tmg_gids *g)
{
	static const uint8_t key[] = { TAG_KEY_REFERENCE, 1, GIDS_ADMIN_KEY };
	uint16_t sw;
	tmg_rc rc;

	g->se.known = false;
	if ((rc = tmg_gids_send(g, &(tmg_capdu){
		.ins = INS_MSE,
		.p1 = P1_AUTHENTICATE, .p2 = CRT_ADMIN,
		.data = TMG_VIEW(key),
	    }, NULL, &sw)))
		return rc;
	return gids_judge(g, refused_sw, sw,
	    N_("choosing the administrator's key"));
}

/* Sends 7C { tag ours } and takes what stands in 7C { tag } of the answer. */
static tmg_rc
talk(tmg_gids *g, uint8_t tag, tmg_view ours, uint8_t *theirs, size_t len)
{
	const uint32_t path[] = { TAG_DYNAMIC, tag, 0 };
	uint8_t bytes[64], back[64];
	tmg_out data = TMG_OUT(bytes), answer = TMG_OUT(back);
	tmg_view told;
	uint16_t sw;
	tmg_rc rc;

	tmg_tlv_put_head(&data, TAG_DYNAMIC, tmg_tlv_size(tag, ours.len));
	tmg_tlv_put(&data, tag, ours);
	if ((rc = tmg_gids_send(g, &(tmg_capdu){
		.ins = INS_GENERAL_AUTHENTICATE,
		.data = tmg_out_view(&data),
		.le = TMG_LE_SHORT,
	    }, &answer, &sw)) ||
	    (rc = gids_judge(g, refused_sw, sw,
		N_("logging in with the administrator's key"))))
		return rc;
	if (tmg_tlv_walk(tmg_out_view(&answer), path, &told) || told.len != len)
		return gids_raise(g, TMG_E_MALFORMED, sw,
		    _("%s: the card's answer about its administrator's key cannot be "
		    "read"), g->who);
	memcpy(theirs, told.ptr, len);
	return TMG_OK;
}

/* R2, R1, Z1 encrypted show that we have the key; R1, R2, Z2 that the card has. */
static tmg_rc
prove(tmg_gids *g, tmg_view key, dialogue *d)
{
	tmg_rc rc;

	memcpy(d->plain, d->r2, RANDOM);
	memcpy(d->plain + RANDOM, d->r1, RANDOM);
	memcpy(d->plain + (size_t)2 * RANDOM, d->z1, SECRET);
	if ((rc = crypt_proof(g, key, 1, d->plain, d->cipher)) ||
	    (rc = talk(g, TAG_CRYPTOGRAM, TMG_VIEW(d->cipher), d->cipher,
		sizeof(d->cipher))) ||
	    (rc = crypt_proof(g, key, 0, d->cipher, d->plain)))
		return rc;
	if (CRYPTO_memcmp(d->plain, d->r1, RANDOM) == 0 &&
	    CRYPTO_memcmp(d->plain + RANDOM, d->r2, RANDOM) == 0)
		return TMG_OK;
	return gids_raise(g, TMG_PIN_WRONG, TMG_SW_OK,
	    _("%s: the card does not have this administrator's key"), g->who);
}

static tmg_rc
login(tmg_gids *g, tmg_view key)
{
	tmg_auto(dialogue) d = { .r1 = { 0 } };
	OSSL_LIB_CTX *lib = tmg_ctx_libctx(g->base.ctx);
	tmg_rc rc;

	g->admin = false;
	if (RAND_bytes_ex(lib, d.r1, sizeof(d.r1), 0) != 1 ||
	    RAND_bytes_ex(lib, d.z1, SECRET - 1, 0) != 1)
		return gids_raise(g, TMG_E_CRYPTO, 0,
		    _("%s: libcrypto gives no random numbers"), g->who);
	d.z1[SECRET - 1] = PADDING;
	if ((rc = choose_key(g)) ||
	    (rc = talk(g, TAG_CHALLENGE, TMG_VIEW(d.r1), d.r2, sizeof(d.r2))) ||
	    (rc = prove(g, key, &d)))
		return gids_pass(g, rc);
	g->admin = true;
	g->base.ch->unlocked = true;
	return TMG_OK;
}

/* Hexadecimal digits, or the key's bytes as text.  What can be digits is digits. */
tmg_rc
tmg_gids_admin_login(tmg_gids *g, tmg_view typed)
{
	tmg_auto_secret key = { .len = 0 };
	tmg_out out = tmg_secret_out(&key);
	tmg_rc rc;

	if (tmg_hex_parse(typed, &out) == TMG_OK && out.len == KEY_LEN)
		rc = tmg_secret_took(&key, &out);
	else if (typed.len == KEY_LEN)
		rc = tmg_secret_set(&key, typed);
	else
		return gids_raise(g, TMG_PIN_WRONG, 0,
		    _("%s: an administrator's key is written as 48 hexadecimal "
		    "digits, or as 24 characters"), g->who);
	return rc ? rc : login(g, tmg_secret_view(&key));
}
