/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A private key from outside: the extended header list 4D (4.4.3.12) by PUT
 * DATA with odd instruction (7.2.8).
 */
#include "drivers/openpgp/openpgp.h"

#include <openssl/core_names.h>
#include <openssl/err.h>

#include "src/base/scope.h"
#include "src/driver/given.h"
#include "src/pki/scope.h"
#include "src/pki/spki.h"

enum {
	TAG_HEADER_LIST = 0x4d,
	TAG_TEMPLATE = 0x7f48,	/* tags and lengths of what stands in 5F48 */
	TAG_KEY = 0x5f48,
	PART_E = 0x91,
	PART_PRIVATE = 0x92,	/* p, or the private number of a curve */
	PART_POINT = 0x99,
	FORMAT_MODULUS = 1,	/* RSA: with the modulus */
	FORMAT_CRT = 2,		/* RSA: with 1/q, dp, dq */
	FORMAT_POINT = 0xff,
	RAW_LEN = 32,
};

#define PARTS_MAX 2048u		/* bytes; RSA 4096: 4 + 5 * 256 + 512 */
#define PART_MAX 512u		/* bytes; the modulus of RSA 4096 */

static const tmg_status import_sw[] = {
	{ TMG_SW_LOGIN, TMG_LOGIN, N_("the admin PIN is wanted first") },
	{ TMG_SW_DATA, TMG_UNSUPPORTED, N_("the card does not take such a key") },
	{ TMG_SW_CONDITIONS, TMG_UNSUPPORTED,
	    N_("the card does not take such a key") },
	{ TMG_SW_LENGTH, TMG_UNSUPPORTED, N_("the card does not take such a key") },
	{ TMG_SW_NOT_SUPPORTED, TMG_UNSUPPORTED,
	    N_("the card takes no keys from outside") },
	{ TMG_SW_INS, TMG_UNSUPPORTED, N_("the card takes no keys from outside") },
	{ TMG_SW_FULL, TMG_DENIED, N_("the card has no room for it") },
};

/* The key's parts: their tags and lengths, and the parts themselves. */
typedef struct key_parts {
	uint8_t heads[64];
	uint8_t bytes[PARTS_MAX];
	uint8_t list[PARTS_MAX + 128];
	tmg_out head, body, out;
} key_parts;

static void
key_parts_release(key_parts *k)
{
	explicit_bzero(k, sizeof(*k));
}

static void
put_part(key_parts *k, uint32_t tag, tmg_view part)
{
	tmg_tlv_put_head(&k->head, tag, part.len);
	tmg_put(&k->body, part);
}

static void
drop_number(BIGNUM **n)
{
	BN_clear_free(*n);
}

/* The parameter as len bytes, zeros in front. */
static tmg_rc
put_number(key_parts *k, const EVP_PKEY *key, const char *name, uint32_t tag,
    size_t len)
{
	__attribute__((__cleanup__(drop_number))) BIGNUM *n = NULL;
	uint8_t part[PART_MAX];

	if (len > sizeof(part) || EVP_PKEY_get_bn_param(key, name, &n) != 1 ||
	    BN_bn2binpad(n, part, (int)len) != (int)len)
		return TMG_E_CRYPTO;
	put_part(k, tag, (tmg_view){ part, len });
	explicit_bzero(part, sizeof(part));
	return TMG_OK;
}

/* In the order of their tags; which of them are wanted, the format says. */
static const struct {
	const char *name;
	uint8_t format;		/* bits that want it; 0: always */
	uint8_t halves;		/* of the modulus; 0: as long as e */
} rsa_parts[] = {
	{ OSSL_PKEY_PARAM_RSA_E, 0, 0 },
	{ OSSL_PKEY_PARAM_RSA_FACTOR1, 0, 1 },
	{ OSSL_PKEY_PARAM_RSA_FACTOR2, 0, 1 },
	{ OSSL_PKEY_PARAM_RSA_COEFFICIENT1, FORMAT_CRT, 1 },
	{ OSSL_PKEY_PARAM_RSA_EXPONENT1, FORMAT_CRT, 1 },
	{ OSSL_PKEY_PARAM_RSA_EXPONENT2, FORMAT_CRT, 1 },
	{ OSSL_PKEY_PARAM_RSA_N, FORMAT_MODULUS, 2 },
};

static tmg_rc
put_rsa(key_parts *k, const EVP_PKEY *key, const tmg_opgp_attributes *a)
{
	const size_t half = tmg_alg_bytes(a->alg) / 2;
	const size_t e = ((size_t)a->bytes[3] << 8 | a->bytes[4]) + 7;
	tmg_rc rc;

	for (uint32_t i = 0; i < TMG_COUNT(rsa_parts); i++) {
		if (rsa_parts[i].format != 0 &&
		    (a->format & rsa_parts[i].format) == 0)
			continue;
		if ((rc = put_number(k, key, rsa_parts[i].name, PART_E + i,
		    rsa_parts[i].halves > 0 ? rsa_parts[i].halves * half : e / 8)))
			return rc;
	}
	return TMG_OK;
}

static tmg_rc
put_point(key_parts *k, const EVP_PKEY *key, tmg_alg alg)
{
	uint8_t point[2 * 66 + 1];
	size_t len = 0;

	if (EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, point,
	    sizeof(point), &len) != 1 || len != 2 * tmg_alg_bytes(alg) + 1)
		return TMG_E_CRYPTO;
	put_part(k, PART_POINT, (tmg_view){ point, len });
	return TMG_OK;
}

static tmg_rc
put_ec(key_parts *k, const EVP_PKEY *key, const tmg_opgp_attributes *a)
{
	const tmg_rc rc = put_number(k, key, OSSL_PKEY_PARAM_PRIV_KEY,
	    PART_PRIVATE, tmg_alg_bytes(a->alg));

	return rc != TMG_OK || a->format != FORMAT_POINT ? rc
	    : put_point(k, key, a->alg);
}

/* Numbers of X25519 stand on the card with their first byte first, as OpenPGP
 * has them (RFC 6637 bis), not as RFC 7748 does. */
static void
reverse(uint8_t *bytes, size_t n)
{
	for (size_t i = 0; i < n / 2; i++) {
		const uint8_t kept = bytes[i];

		bytes[i] = bytes[n - 1 - i];
		bytes[n - 1 - i] = kept;
	}
}

static tmg_rc
put_raw(key_parts *k, const EVP_PKEY *key, const tmg_opgp_attributes *a)
{
	uint8_t raw[RAW_LEN], open[RAW_LEN];
	size_t len = sizeof(raw), open_len = sizeof(open);

	if (EVP_PKEY_get_raw_private_key(key, raw, &len) != 1 || len != RAW_LEN ||
	    EVP_PKEY_get_raw_public_key(key, open, &open_len) != 1)
		return TMG_E_CRYPTO;
	if (a->alg == TMG_ALG_X25519)
		reverse(raw, len);
	put_part(k, PART_PRIVATE, (tmg_view){ raw, len });
	explicit_bzero(raw, sizeof(raw));
	if (a->format == FORMAT_POINT)
		put_part(k, PART_POINT, (tmg_view){ open, open_len });
	return TMG_OK;
}

static tmg_rc
put_none(key_parts *k, const EVP_PKEY *key, const tmg_opgp_attributes *a)
{
	(void)k;
	(void)key;
	(void)a;
	return TMG_E_USAGE;
}

static tmg_rc (*const put_key[])(key_parts *k, const EVP_PKEY *key,
    const tmg_opgp_attributes *a) = {
	[TMG_FAMILY_NONE] = put_none,
	[TMG_FAMILY_RSA] = put_rsa,
	[TMG_FAMILY_EC] = put_ec,
	[TMG_FAMILY_ED] = put_raw,
	[TMG_FAMILY_X] = put_raw,
};

static tmg_rc
put_list(key_parts *k, const tmg_opgp_slot *slot)
{
	const size_t inner = slot->crt_len +
	    tmg_tlv_size(TAG_TEMPLATE, k->head.len) +
	    tmg_tlv_size(TAG_KEY, k->body.len);

	if (k->head.full || k->body.full)
		return TMG_E_SPACE;
	tmg_tlv_put_head(&k->out, TAG_HEADER_LIST, inner);
	tmg_put(&k->out, (tmg_view){ slot->crt, slot->crt_len });
	tmg_tlv_put(&k->out, TAG_TEMPLATE, tmg_out_view(&k->head));
	tmg_tlv_put(&k->out, TAG_KEY, tmg_out_view(&k->body));
	return tmg_out_done(&k->out);
}

/* ---- the key that was given ---------------------------------------------- */

static tmg_rc
public_of(const EVP_PKEY *key, uint8_t *bytes, size_t cap, tmg_view *spki)
{
	const int len = i2d_PUBKEY(key, NULL);
	uint8_t *end = bytes;

	if (len <= 0 || (size_t)len > cap || i2d_PUBKEY(key, &end) != len)
		return TMG_E_CRYPTO;
	*spki = (tmg_view){ bytes, (size_t)len };
	return TMG_OK;
}

static tmg_rc
send_key(tmg_opgp *p, const tmg_opgp_slot *slot, const EVP_PKEY *key)
{
	const tmg_opgp_attributes *a = &p->about.keys[slot->index].attributes;
	tmg_auto(key_parts) k = { .head = { 0 } };
	uint16_t sw;
	tmg_rc rc;

	k.head = TMG_OUT(k.heads);
	k.body = TMG_OUT(k.bytes);
	k.out = TMG_OUT(k.list);
	if (put_key[tmg_alg_get(a->alg)->family](&k, key, a) || put_list(&k, slot))
		return opgp_raise(p, TMG_E_CRYPTO, 0,
		    _("%s: the parts of the private key cannot be taken out"),
		    p->who);
	if ((rc = tmg_opgp_send(p, &(tmg_capdu){
		.ins = INS_PUT_DATA_ODD,
		.p1 = 0x3f, .p2 = 0xff,
		.data = tmg_out_view(&k.out),
	    }, NULL, &sw)))
		return rc;
	if (sw == TMG_SW_LOGIN)
		tmg_application_doubt(&p->app);
	return opgp_judge(p, import_sw, sw, N_("importing a key"));
}

static tmg_rc
import_key(tmg_opgp *p, const tmg_keyspec *spec, const tmg_opgp_slot *slot,
    tmg_view pkcs8)
{
	tmg_held(EVP_PKEY) key = NULL;
	uint8_t bytes[TMG_SPKI_MAX];
	tmg_view spki = { NULL, 0 };
	tmg_rc rc;

	if ((rc = tmg_given_key(&p->base, p->who, spec->alg, pkcs8, &key)))
		return rc;
	if (public_of(key, bytes, sizeof(bytes), &spki))
		return TMG_E_CRYPTO;
	if ((rc = tmg_opgp_want_attributes(p, slot, spec->alg)) ||
	    (rc = send_key(p, slot, key)))
		return rc;
	if ((rc = tmg_opgp_note_key(p, slot, OPGP_KEY_IMPORTED, spki)))
		return rc;
	return tmg_opgp_policy_of_new(p, spec, slot);
}

tmg_rc
tmg_opgp_import(tmg_backend *b, const tmg_keyspec *spec, tmg_view pkcs8)
{
	tmg_opgp *p = tmg_opgp_of(b);
	const tmg_opgp_slot *slot;
	tmg_rc rc;

	if ((rc = tmg_opgp_slot_get(p, spec->slot, &slot)) ||
	    (rc = tmg_opgp_want_admin(p)) || (rc = tmg_opgp_learn(p)) ||
	    (rc = tmg_opgp_check_spec(p, spec, slot)))
		return opgp_pass(p, rc);
	if ((p->about.can & CAP_IMPORT) == 0)
		return opgp_raise(p, TMG_UNSUPPORTED, 0,
		    _("%s: the card takes no keys from outside"), p->who);
	ERR_set_mark();
	rc = import_key(p, spec, slot, pkcs8);
	ERR_pop_to_mark();
	return opgp_pass(p, rc);
}
