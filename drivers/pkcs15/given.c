/* SPDX-License-Identifier: BSD-2-Clause */
/* A private key from outside: what is taken out of it, and what a card says to it. */
#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "drivers/pkcs15/write.h"

enum {
	NUMBER_MAX = 512,	/* bytes; the modulus of RSA 4096 */
	SW_NOT_ALLOWED = 0x6900,
};

static const tmg_status import_sw[] = {
	{ TMG_SW_LOGIN, TMG_LOGIN, N_("the PIN is wanted first") },
	{ TMG_SW_BLOCKED, TMG_PIN_LOCKED, N_("the PIN is blocked") },
	{ TMG_SW_DATA, TMG_UNSUPPORTED, N_("the card does not take such a key") },
	{ TMG_SW_INVALIDATED, TMG_UNSUPPORTED, N_("the card does not take such a key") },
	{ TMG_SW_LENGTH, TMG_UNSUPPORTED, N_("the card does not take such a key") },
	{ TMG_SW_CONDITIONS, TMG_UNSUPPORTED, N_("the card does not take such a key") },
	{ SW_NOT_ALLOWED, TMG_UNSUPPORTED, N_("the card takes no keys from outside") },
	{ TMG_SW_NOT_SUPPORTED, TMG_UNSUPPORTED,
	    N_("the card takes no keys from outside") },
	{ TMG_SW_P1P2, TMG_UNSUPPORTED, N_("the card takes no keys from outside") },
	{ TMG_SW_INS, TMG_UNSUPPORTED, N_("the card takes no keys from outside") },
	{ TMG_SW_FULL, TMG_DENIED, N_("the card is full; delete a certificate or a "
	    "key that nobody needs") },
};

static void
drop_number(BIGNUM **n)
{
	BN_clear_free(*n);
}

static tmg_rc
no_parts(tmg_p15 *p)
{
	return p15_raise(p, TMG_E_CRYPTO, 0,
	    _("%s: the parts of the private key cannot be taken out"), p->who);
}

tmg_rc
tmg_p15_given_number(tmg_p15 *p, const EVP_PKEY *key, const char *name, size_t len,
    tmg_out *o)
{
	__attribute__((__cleanup__(drop_number))) BIGNUM *n = NULL;
	uint8_t bytes[NUMBER_MAX];

	if (len > sizeof(bytes) || EVP_PKEY_get_bn_param(key, name, &n) != 1 ||
	    BN_bn2binpad(n, bytes, (int)len) != (int)len)
		return no_parts(p);
	tmg_put(o, (tmg_view){ bytes, len });
	explicit_bzero(bytes, sizeof(bytes));
	return tmg_out_done(o);
}

tmg_rc
tmg_p15_given_spki(tmg_p15 *p, const EVP_PKEY *key, tmg_out *spki)
{
	uint8_t bytes[TMG_SPKI_MAX], *end = bytes;
	const int len = i2d_PUBKEY(key, NULL);

	if (len <= 0 || (size_t)len > sizeof(bytes) || i2d_PUBKEY(key, &end) != len)
		return no_parts(p);
	tmg_put(spki, (tmg_view){ bytes, (size_t)len });
	return tmg_out_done(spki);
}

tmg_rc
tmg_p15_give(tmg_p15 *p, const tmg_capdu *c)
{
	uint16_t sw;
	tmg_rc rc;

	if ((rc = tmg_p15_send(p, c, NULL, &sw)))
		return rc;
	if (sw == TMG_SW_LOGIN)
		tmg_p15_doubt(p);
	return p15_judge(p, import_sw, sw, N_("importing a key"));
}
