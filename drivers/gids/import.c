/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A private key from outside: PUT DATA of a key usage template, 70, with the key as
 * RSAPrivateKey (RFC 8017 A.1.2).  How keys on curves are written is published
 * nowhere.
 */
#include "drivers/gids/gids.h"

#include <openssl/err.h>

#include "src/base/scope.h"
#include "src/driver/given.h"
#include "src/pki/scope.h"

enum {
	TAG_KEY = 0x70,
	TAG_REFERENCE = 0x84,
	TAG_TEMPLATE = 0xa5,
	TAG_KIND = 0x83,
	TAG_CIPHER = 0x84,	/* the key that this one is encrypted with */
	TAG_VALUE = 0x87,
	KIND_RSA = 2,
};

#define DER_MAX 3072u		/* bytes; RSA 4096 needs some 2400 */

static const tmg_status import_sw[] = {
	{ TMG_SW_LOGIN, TMG_LOGIN, N_("the PIN is wanted first") },
	{ TMG_SW_DATA, TMG_UNSUPPORTED, N_("the card does not take such a key") },
	{ 0x6984, TMG_UNSUPPORTED, N_("the card does not take such a key") },
	{ TMG_SW_LENGTH, TMG_UNSUPPORTED, N_("the card does not take such a key") },
	{ TMG_SW_CONDITIONS, TMG_UNSUPPORTED,
	    N_("the card takes no keys from outside") },
	{ 0x6900, TMG_UNSUPPORTED, N_("the card takes no keys from outside") },
	{ TMG_SW_NOT_SUPPORTED, TMG_UNSUPPORTED,
	    N_("the card takes no keys from outside") },
	{ TMG_SW_FULL, TMG_DENIED, N_("the card is full; delete a certificate or a "
	    "key that nobody needs") },
};

/* The key, and the key in its template. */
typedef struct key_data {
	uint8_t der[DER_MAX], inner[DER_MAX + 32], whole[DER_MAX + 64];
	size_t len;
	tmg_out out;
} key_data;

static void
key_data_release(key_data *k)
{
	explicit_bzero(k, sizeof(*k));
}

static tmg_rc
take_key(tmg_gids *g, const EVP_PKEY *key, key_data *k)
{
	const int len = i2d_PrivateKey(key, NULL);
	uint8_t *end = k->der;

	if (len <= 0 || (size_t)len > sizeof(k->der) ||
	    i2d_PrivateKey(key, &end) != len)
		return gids_raise(g, TMG_E_CRYPTO, 0,
		    _("%s: the parts of the private key cannot be taken out"),
		    g->who);
	k->len = (size_t)len;
	return TMG_OK;
}

/* 70 { 84 reference, A5 { 83 02, 84 00, 87 key } } */
static void
put_template(size_t index, key_data *k)
{
	const uint8_t reference = (uint8_t)(GIDS_FIRST_KEY + index);
	const uint8_t kind = KIND_RSA, clear = 0;
	tmg_out inner = TMG_OUT(k->inner);

	tmg_tlv_put(&inner, TAG_KIND, (tmg_view){ &kind, 1 });
	tmg_tlv_put(&inner, TAG_CIPHER, (tmg_view){ &clear, 1 });
	tmg_tlv_put(&inner, TAG_VALUE, (tmg_view){ k->der, k->len });
	k->out = TMG_OUT(k->whole);
	tmg_tlv_put_head(&k->out, TAG_KEY, tmg_tlv_size(TAG_REFERENCE, 1) +
	    tmg_tlv_size(TAG_TEMPLATE, inner.len));
	tmg_tlv_put(&k->out, TAG_REFERENCE, (tmg_view){ &reference, 1 });
	tmg_tlv_put(&k->out, TAG_TEMPLATE, tmg_out_view(&inner));
	k->out.full |= inner.full;
}

static tmg_rc
send_key(tmg_gids *g, size_t index, void *arg)
{
	key_data *k = arg;
	uint16_t sw;
	tmg_rc rc;

	put_template(index, k);
	if (k->out.full)
		return TMG_E_SPACE;
	if ((rc = tmg_gids_send(g, &(tmg_capdu){
		.ins = INS_PUT_DATA,
		.p1 = GIDS_APPLICATION >> 8, .p2 = GIDS_APPLICATION & 0xff,
		.data = tmg_out_view(&k->out),
	    }, NULL, &sw)))
		return rc;
	if (sw == TMG_SW_LOGIN)
		tmg_application_doubt(&g->app);
	return gids_judge(g, import_sw, sw, N_("importing a key"));
}

static tmg_rc
read_given(tmg_gids *g, const tmg_keyspec *spec, tmg_view pkcs8, key_data *k)
{
	tmg_held(EVP_PKEY) key = NULL;
	tmg_rc rc;

	if ((rc = tmg_given_key(&g->base, g->who, spec->alg, pkcs8, &key)))
		return rc;
	ERR_set_mark();
	rc = take_key(g, key, k);
	ERR_pop_to_mark();
	return rc;
}

tmg_rc
tmg_gids_import(tmg_backend *b, const tmg_keyspec *spec, tmg_view pkcs8)
{
	tmg_gids *g = tmg_gids_of(b);
	tmg_auto(key_data) k = { .len = 0 };
	tmg_rc rc;

	if (tmg_alg_get(spec->alg)->family != TMG_FAMILY_RSA)
		return gids_raise(g, TMG_UNSUPPORTED, 0,
		    _("%s: keys of the kind %s are not imported to such cards"),
		    g->who, tmg_alg_get(spec->alg)->name);
	if ((rc = tmg_gids_want_user(g)) ||
	    (rc = read_given(g, spec, pkcs8, &k)))
		return gids_pass(g, rc);
	return gids_pass(g, tmg_gids_newkey(g, spec, send_key, &k));
}
