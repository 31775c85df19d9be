/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The management key 9B: mutual authentication, SP 800-73-4 part 2, 3.2.4 and
 * the examples of appendix A; setting it is Yubico's.
 */
#include "drivers/piv/piv.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include "src/base/ctx.h"
#include "src/base/scope.h"
#include "src/codec/hex.h"
#include "src/pki/scope.h"

enum {
	ADMIN_3DES = 0x03,	/* SP 800-78-4, table 6-2 */
	ADMIN_AES128 = 0x08,
	ADMIN_AES192 = 0x0a,
	ADMIN_AES256 = 0x0c,
	BLOCK_MAX = 16,
};

/* What a key of that length may be, in the order of the years. */
static const struct cipher_row {
	uint8_t id;
	size_t key, block;	/* bytes */
	const char *name;	/* libcrypto's */
} ciphers[] = {
	{ ADMIN_3DES, 24, 8, "DES-EDE3" },
	{ ADMIN_AES192, 24, 16, "AES-192-ECB" },
	{ ADMIN_AES128, 16, 16, "AES-128-ECB" },
	{ ADMIN_AES256, 32, 16, "AES-256-ECB" },
};

static const uint8_t factory_key[] = {
	1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8,
};

static const tmg_status refused_sw[] = {
	{ TMG_SW_LOGIN, TMG_PIN_WRONG, N_("this is not its key") },
	{ TMG_SW_DATA, TMG_PIN_WRONG, N_("this is not its key") },
	{ TMG_SW_TRIES, TMG_PIN_WRONG, N_("this is not its key") },
	{ TMG_SW_BLOCKED, TMG_PIN_LOCKED, N_("the key is blocked") },
};

static const tmg_status set_sw[] = {
	{ TMG_SW_LOGIN, TMG_LOGIN, N_("the present key is wanted first") },
	{ TMG_SW_DATA, TMG_UNSUPPORTED,
	    N_("the card does not take a key of this kind") },
	{ TMG_SW_P1P2, TMG_UNSUPPORTED,
	    N_("the card does not take a key of this kind") },
	{ TMG_SW_LENGTH, TMG_UNSUPPORTED,
	    N_("the card does not take a key of this length") },
};

TMG_SCOPE_OF(EVP_CIPHER)
TMG_SCOPE_OF(EVP_CIPHER_CTX)

/* One block; encrypt as EVP_CipherInit_ex2() has it. */
static tmg_rc
one_block(tmg_piv *p, const struct cipher_row *row, tmg_view key, int encrypt,
    const uint8_t *in, uint8_t *out)
{
	OSSL_LIB_CTX *lib = tmg_ctx_libctx(p->base.ctx);
	tmg_held(EVP_CIPHER) cipher = EVP_CIPHER_fetch(lib, row->name, NULL);
	tmg_held(EVP_CIPHER_CTX) ctx = EVP_CIPHER_CTX_new();
	int n = 0;

	if (cipher == NULL || ctx == NULL ||
	    EVP_CipherInit_ex2(ctx, cipher, key.ptr, NULL, encrypt, NULL) != 1 ||
	    EVP_CIPHER_CTX_set_padding(ctx, 0) != 1 ||
	    EVP_CipherUpdate(ctx, out, &n, in, (int)row->block) != 1 ||
	    (size_t)n != row->block)
		return piv_raise(p, TMG_E_CRYPTO, 0,
		    _("%s: libcrypto refuses the cipher %s"), p->who, row->name);
	return TMG_OK;
}

static tmg_rc
authenticate(tmg_piv *p, uint8_t alg, tmg_view fields, tmg_out *answer,
    uint16_t *sw)
{
	uint8_t bytes[64];
	tmg_out data = TMG_OUT(bytes);

	tmg_tlv_put(&data, TAG_AUTH, fields);
	return tmg_piv_send(p, &(tmg_capdu){
		.ins = INS_GENERAL_AUTHENTICATE,
		.p1 = alg,
		.p2 = REF_ADMIN,
		.data = tmg_out_view(&data),
		.le = TMG_LE_SHORT,
	}, answer, sw);
}

/* Step 1: the card sends a witness, encrypted.  TMG_UNSUPPORTED, not raised:
 * its key is of another kind. */
static tmg_rc
ask_witness(tmg_piv *p, const struct cipher_row *row, uint8_t *witness)
{
	static const uint8_t ask[] = { TAG_WITNESS, 0 };
	static const uint32_t path[] = { TAG_AUTH, TAG_WITNESS, 0 };
	uint8_t bytes[64];
	tmg_out answer = TMG_OUT(bytes);
	tmg_view w;
	uint16_t sw;
	tmg_rc rc;

	if ((rc = authenticate(p, row->id, TMG_VIEW(ask), &answer, &sw)))
		return piv_pass(p, rc);
	if (sw != TMG_SW_OK)
		return TMG_UNSUPPORTED;
	if (tmg_tlv_walk(tmg_out_view(&answer), path, &w))
		return piv_raise(p, TMG_E_MALFORMED, sw,
		    _("%s: the card's answer about its management key cannot "
		    "be read"), p->who);
	if (w.len != row->block)
		return TMG_UNSUPPORTED;
	memcpy(witness, w.ptr, w.len);
	return TMG_OK;
}

/* Step 2: the witness in plain shows that we have the key; the card must
 * encrypt our challenge to show that it has. */
static tmg_rc
prove(tmg_piv *p, const struct cipher_row *row, tmg_view key,
    const uint8_t *witness)
{
	static const uint32_t path[] = { TAG_AUTH, TAG_RESPONSE, 0 };
	OSSL_LIB_CTX *lib = tmg_ctx_libctx(p->base.ctx);
	uint8_t plain[BLOCK_MAX], challenge[BLOCK_MAX], want[BLOCK_MAX];
	uint8_t bytes[64], reply[64];
	tmg_out fields = TMG_OUT(bytes), answer = TMG_OUT(reply);
	tmg_view response;
	uint16_t sw;
	tmg_rc rc;

	if (RAND_bytes_ex(lib, challenge, row->block, 0) != 1)
		return piv_raise(p, TMG_E_CRYPTO, 0, _("no random numbers"));
	if ((rc = one_block(p, row, key, 0, witness, plain)) ||
	    (rc = one_block(p, row, key, 1, challenge, want)))
		return rc;
	tmg_tlv_put(&fields, TAG_WITNESS, (tmg_view){ plain, row->block });
	tmg_tlv_put(&fields, TAG_CHALLENGE, (tmg_view){ challenge, row->block });
	if ((rc = authenticate(p, row->id, tmg_out_view(&fields), &answer, &sw)))
		return piv_pass(p, rc);
	if ((rc = piv_judge(p, refused_sw, sw, N_("checking the management key"))))
		return rc;

	if (tmg_tlv_walk(tmg_out_view(&answer), path, &response) ||
	    response.len != row->block ||
	    CRYPTO_memcmp(response.ptr, want, row->block) != 0)
		return piv_raise(p, TMG_E_CARD, sw,
		    _("%s: the card cannot prove that it has the management "
		    "key; do not trust it"), p->who);
	return TMG_OK;
}

static tmg_rc
login_as(tmg_piv *p, const struct cipher_row *row, tmg_view key)
{
	uint8_t witness[BLOCK_MAX];
	tmg_rc rc;

	if ((rc = ask_witness(p, row, witness)))
		return rc;
	p->admin_alg = row->id;
	if ((rc = prove(p, row, key, witness)))
		return rc;
	p->admin = true;
	p->base.ch->unlocked = true;
	return TMG_OK;
}

tmg_rc
tmg_piv_admin_login(tmg_piv *p, tmg_view key)
{
	/* YubiKeys come with AES-192 since 5.7. */
	const bool newest_first = tmg_piv_at_least(p, 5, 7);
	tmg_rc rc = TMG_UNSUPPORTED;

	p->admin = false;
	for (size_t n = 0; n < TMG_COUNT(ciphers); n++) {
		const struct cipher_row *row =
		    &ciphers[newest_first ? TMG_COUNT(ciphers) - 1 - n : n];

		if (row->key != key.len)
			continue;
		if (p->admin_alg != 0 && p->admin_alg != row->id)
			continue;
		if ((rc = login_as(p, row, key)) != TMG_UNSUPPORTED)
			return rc;
	}
	p->admin_alg = 0;	/* somebody may have changed it meanwhile */
	return piv_raise(p, TMG_PIN_WRONG, 0,
	    _("%s: the card's management key is not one of %zu bytes"),
	    p->who, key.len);
}

static bool
is_key_length(size_t len)
{
	return len == 16 || len == 24 || len == 32;
}

/* Hexadecimal digits, or the key's bytes as text: PKCS #11 programs hand on
 * what a person typed.  What can be digits is digits. */
static tmg_rc
typed_key(tmg_piv *p, tmg_view typed, tmg_secret *key)
{
	tmg_out out = tmg_secret_out(key);

	if (tmg_hex_parse(typed, &out) == TMG_OK && is_key_length(out.len))
		return tmg_secret_took(key, &out);
	if (is_key_length(typed.len))
		return tmg_secret_set(key, typed);
	return piv_raise(p, TMG_PIN_WRONG, 0,
	    _("%s: a management key is written as 32, 48 or 64 "
	    "hexadecimal digits, or as 16, 24 or 32 characters"), p->who);
}

tmg_rc
tmg_piv_admin_verify(tmg_piv *p, tmg_view typed)
{
	tmg_auto_secret key = { .len = 0 };
	tmg_rc rc;

	if ((rc = typed_key(p, typed, &key)))
		return rc;
	return tmg_piv_admin_login(p, tmg_secret_view(&key));
}

tmg_rc
tmg_piv_admin_factory(tmg_piv *p)
{
	tmg_rc rc = TMG_PIN_WRONG;

	if (!p->admin_changed)
		rc = tmg_piv_admin_login(p, TMG_VIEW(factory_key));
	if (rc != TMG_PIN_WRONG)
		return rc;
	p->admin_changed = true;
	return tmg_advise(&p->base.fault, TMG_TRY_ADMIN_KEY,
	    piv_raise(p, TMG_NOT_FOUND, p->base.fault.sw,
		_("%s: the management key is not the factory's; give it"), p->who));
}

/* A key of the present length keeps the present kind. */
static uint8_t
alg_for(const tmg_piv *p, size_t len)
{
	uint8_t found = 0;

	for (size_t i = 0; i < TMG_COUNT(ciphers); i++) {
		if (ciphers[i].key != len)
			continue;
		if (found == 0 || ciphers[i].id == p->admin_alg)
			found = ciphers[i].id;
	}
	return found;
}

tmg_rc
tmg_piv_admin_set(tmg_piv *p, tmg_view fresh)
{
	const uint8_t alg = alg_for(p, fresh.len);
	tmg_auto_secret bytes = { .len = 0 };
	tmg_out data = tmg_secret_out(&bytes);
	uint16_t sw;
	tmg_rc rc;

	if (alg == 0)
		return piv_raise(p, TMG_E_USAGE, 0,
		    _("%s: a management key has 16, 24 or 32 bytes"), p->who);
	if ((rc = tmg_piv_want_admin(p)))
		return rc;
	tmg_put_u8(&data, alg);
	tmg_tlv_put(&data, REF_ADMIN, fresh);
	rc = tmg_piv_ext_send(p, &(tmg_capdu){
		.ins = INS_SET_MANAGEMENT_KEY,
		.p1 = 0xff, .p2 = 0xff,		/* no touch wanted */
		.data = tmg_out_view(&data),
	}, NULL, &sw);
	if (rc)
		return piv_pass(p, rc);
	if ((rc = piv_judge(p, set_sw, sw, N_("setting the management key"))))
		return rc;

	p->admin_alg = alg;
	p->admin_changed = !tmg_view_equal(fresh, TMG_VIEW(factory_key));
	return TMG_OK;
}

tmg_rc
tmg_piv_admin_change(tmg_piv *p, tmg_view old, tmg_view fresh)
{
	tmg_auto_secret key = { .len = 0 };
	tmg_rc rc;

	if ((rc = typed_key(p, fresh, &key)))
		return piv_raise(p, TMG_DENIED, 0, "%s", p->base.fault.text);
	if (old.len > 0 && (rc = tmg_piv_admin_verify(p, old)))
		return piv_pass(p, rc);
	return tmg_piv_admin_set(p, tmg_secret_view(&key));
}

tmg_rc
tmg_piv_want_admin(tmg_piv *p)
{
	if (tmg_piv_logged_in(&p->base, TMG_PIN_ADMIN) == TMG_OK)
		return TMG_OK;
	return piv_raise(p, TMG_LOGIN, 0,
	    _("%s: this needs the card's management key"), p->who);
}
