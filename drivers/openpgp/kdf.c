/* SPDX-License-Identifier: BSD-2-Clause */
/* Key derived format, F9 (4.3.2): where it is set, the card knows a hash in the
 * place of each PIN. */
#include "drivers/openpgp/openpgp.h"

#include <openssl/evp.h>

#include "src/base/ctx.h"
#include "src/base/scope.h"
#include "src/pki/scope.h"

enum {
	KDF_ALGORITHM = 0x81,	/* 00 none, 03 iterated and salted S2K */
	KDF_HASH = 0x82,
	KDF_COUNT = 0x83,
	KDF_SALT_USER = 0x84,
	KDF_SALT_RESET = 0x85,
	KDF_SALT_ADMIN = 0x86,
	S2K_NONE = 0x00,
	S2K_ITERATED = 0x03,
	SALT_LEN = 8,
};

/* RFC 4880 3.7.1.3: the largest count that its one byte can say.  A card that
 * wants more keeps a program busy for minutes. */
#define COUNT_MAX 65011712u

/* RFC 4880 9.4 */
static const struct {
	uint8_t id;
	tmg_hash hash;
} hashes[] = {
	{ 0x08, TMG_HASH_SHA256 },
	{ 0x0a, TMG_HASH_SHA512 },
};

static tmg_rc
number(tmg_view content, uint32_t tag, size_t len, uint32_t *n)
{
	tmg_view v;

	if (tmg_tlv_find(content, tag, &v) || v.len != len)
		return TMG_E_MALFORMED;
	*n = 0;
	for (size_t i = 0; i < len; i++)
		*n = *n << 8 | v.ptr[i];
	return TMG_OK;
}

static tmg_rc
take_hash(tmg_view content, tmg_opgp_kdf *kdf)
{
	uint32_t id;
	tmg_rc rc;

	if ((rc = number(content, KDF_HASH, 1, &id)))
		return rc;
	for (size_t i = 0; i < TMG_COUNT(hashes); i++)
		if (hashes[i].id == id)
			kdf->hash = hashes[i].hash;
	return kdf->hash != TMG_HASH_NONE ? TMG_OK : TMG_E_MALFORMED;
}

/* A card that was set up with one salt has it for all. */
static tmg_rc
take_salts(tmg_view content, tmg_opgp_kdf *kdf)
{
	static const uint32_t tags[] = {
		[TMG_PIN_USER] = KDF_SALT_USER,
		[TMG_PIN_PUK] = KDF_SALT_RESET,
		[TMG_PIN_ADMIN] = KDF_SALT_ADMIN,
	};
	tmg_view users, v;

	if (tmg_tlv_find(content, KDF_SALT_USER, &users))
		return TMG_E_MALFORMED;
	for (size_t kind = 0; kind < TMG_PIN_KINDS; kind++) {
		if (tmg_tlv_find(content, tags[kind], &v))
			v = users;
		if (v.len != SALT_LEN)
			return TMG_E_MALFORMED;
		memcpy(kdf->salts[kind], v.ptr, SALT_LEN);
	}
	return TMG_OK;
}

tmg_rc
tmg_opgp_kdf_parse(tmg_view content, tmg_opgp_kdf *kdf)
{
	uint32_t algorithm;
	tmg_rc rc;

	*kdf = (tmg_opgp_kdf){ .hash = TMG_HASH_NONE };
	if ((rc = number(content, KDF_ALGORITHM, 1, &algorithm)))
		return rc;
	if (algorithm == S2K_NONE)
		return TMG_OK;
	if (algorithm != S2K_ITERATED ||
	    number(content, KDF_COUNT, 4, &kdf->count) ||
	    kdf->count > COUNT_MAX)
		return TMG_E_MALFORMED;
	if ((rc = take_hash(content, kdf)))
		return rc;
	return take_salts(content, kdf);
}

/* A PIN that is sent as the card does not expect it costs a try: what cannot be
 * read is a fault, and no guess.  6E says whether there is a KDF object at all;
 * who has not read it yet asks for the object itself, which every card that has
 * one shows to everybody (4.4.1). */
tmg_rc
tmg_opgp_kdf_learn(tmg_opgp *p)
{
	const bool selected = tmg_selected_is(&p->app.selected, p->base.ch);
	uint8_t bytes[256];
	tmg_out store = TMG_OUT(bytes);
	tmg_view content;
	tmg_rc rc;

	if (p->kdf_known && selected)
		return TMG_OK;
	p->kdf = (tmg_opgp_kdf){ .hash = TMG_HASH_NONE };
	if (!p->about_known || !selected || (p->about.can & CAP_KDF) != 0) {
		rc = tmg_opgp_get(p, DO_KDF, TMG_LE_SHORT, &store, &content);
		if (rc == TMG_OK)
			rc = tmg_opgp_kdf_parse(content, &p->kdf);
		if (rc == TMG_E_MALFORMED)
			return opgp_raise(p, rc, TMG_SW_OK,
			    _("%s: how the card wants its PINs hashed (data "
			    "object F9) cannot be read; no PIN was sent"), p->who);
		if (rc != TMG_OK && rc != TMG_NOT_FOUND && rc != TMG_UNSUPPORTED)
			return opgp_pass(p, rc);
	}
	p->kdf_known = true;
	return TMG_OK;
}

static tmg_rc
hash_for(EVP_MD_CTX *md, tmg_view salt, uint32_t count, tmg_view pin)
{
	const size_t once = salt.len + pin.len;
	size_t left = count < once ? once : count;

	while (left > 0) {
		const size_t s = left < salt.len ? left : salt.len;
		const size_t n = left - s < pin.len ? left - s : pin.len;

		if (EVP_DigestUpdate(md, salt.ptr, s) != 1 ||
		    EVP_DigestUpdate(md, pin.ptr, n) != 1)
			return TMG_E_CRYPTO;
		left -= s + n;
	}
	return TMG_OK;
}

tmg_rc
tmg_opgp_s2k(tmg_ctx *ctx, tmg_hash hash, tmg_view salt, uint32_t count,
    tmg_view pin, tmg_secret *key)
{
	tmg_held(EVP_MD) md = EVP_MD_fetch(tmg_ctx_libctx(ctx),
	    tmg_hash_name(hash), NULL);
	tmg_held(EVP_MD_CTX) c = EVP_MD_CTX_new();
	unsigned len = 0;
	tmg_rc rc;

	if (md == NULL || c == NULL || tmg_hash_bytes(hash) > sizeof(key->bytes) ||
	    EVP_DigestInit_ex2(c, md, NULL) != 1)
		return TMG_E_CRYPTO;
	if ((rc = hash_for(c, salt, count, pin)))
		return rc;
	if (EVP_DigestFinal_ex(c, key->bytes, &len) != 1)
		return TMG_E_CRYPTO;
	key->len = len;
	return TMG_OK;
}

tmg_rc
tmg_opgp_kdf_apply(tmg_opgp *p, tmg_pin_kind kind, tmg_view pin, tmg_secret *sent)
{
	tmg_rc rc;

	if ((rc = tmg_opgp_kdf_learn(p)))
		return rc;
	rc = p->kdf.hash == TMG_HASH_NONE ? tmg_secret_set(sent, pin)
	    : tmg_opgp_s2k(p->base.ctx, p->kdf.hash,
		TMG_VIEW(p->kdf.salts[kind]), p->kdf.count, pin, sent);
	if (rc != TMG_OK)
		return opgp_raise(p, rc, 0, _("%s: the PIN cannot be hashed as the "
		    "card wants it; nothing was sent"), p->who);
	return TMG_OK;
}
