/* SPDX-License-Identifier: BSD-2-Clause */
/* IMPORT ASYMMETRIC KEY, Yubico's FE: a private key from outside. */
#include "drivers/piv/piv.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/rsa.h>

#include "src/base/scope.h"
#include "src/driver/given.h"
#include "src/pki/scope.h"

#define IMPORT_MAX 2048u	/* bytes; RSA 4096: 5 * (4 + 256) + 6 */
#define PART_MAX 256u		/* bytes; half of RSA 4096 */

static const tmg_status import_sw[] = {
	{ TMG_SW_LOGIN, TMG_LOGIN, N_("the management key is wanted first") },
	{ TMG_SW_DATA, TMG_UNSUPPORTED,
	    N_("the card does not take such a key, or not with these policies") },
	{ TMG_SW_NOT_SUPPORTED, TMG_UNSUPPORTED,
	    N_("the card does not take such a key, or not with these policies") },
	{ TMG_SW_P1P2, TMG_UNSUPPORTED,
	    N_("the card does not take such a key in this slot") },
	{ TMG_SW_WRONG_P1P2, TMG_UNSUPPORTED,
	    N_("the card does not take such a key in this slot") },
	{ TMG_SW_FULL, TMG_DENIED, N_("the card has no room for it") },
};

typedef struct import_data {
	uint8_t bytes[IMPORT_MAX];
	tmg_out out;
} import_data;

static void
import_data_release(import_data *d)
{
	explicit_bzero(d, sizeof(*d));
}

static void
drop_number(BIGNUM **n)
{
	BN_clear_free(*n);
}

/* The parameter as len bytes, zeros in front. */
static tmg_rc
put_number(const EVP_PKEY *key, const char *name, uint32_t tag, size_t len,
    tmg_out *out)
{
	__attribute__((__cleanup__(drop_number))) BIGNUM *n = NULL;
	uint8_t part[PART_MAX];

	if (len > sizeof(part) || EVP_PKEY_get_bn_param(key, name, &n) != 1 ||
	    BN_bn2binpad(n, part, (int)len) != (int)len)
		return TMG_E_CRYPTO;
	tmg_tlv_put(out, tag, (tmg_view){ part, len });
	explicit_bzero(part, sizeof(part));
	return tmg_out_done(out);
}

static tmg_rc
put_rsa(const EVP_PKEY *key, tmg_alg alg, tmg_out *out)
{
	static const char *const parts[] = {
		OSSL_PKEY_PARAM_RSA_FACTOR1, OSSL_PKEY_PARAM_RSA_FACTOR2,
		OSSL_PKEY_PARAM_RSA_EXPONENT1, OSSL_PKEY_PARAM_RSA_EXPONENT2,
		OSSL_PKEY_PARAM_RSA_COEFFICIENT1,
	};
	tmg_rc rc;

	for (uint32_t i = 0; i < TMG_COUNT(parts); i++)
		if ((rc = put_number(key, parts[i], i + 1,
		    tmg_alg_bytes(alg) / 2, out)))
			return rc;
	return TMG_OK;
}

static tmg_rc
put_ec(const EVP_PKEY *key, tmg_alg alg, tmg_out *out)
{
	return put_number(key, OSSL_PKEY_PARAM_PRIV_KEY, 6, tmg_alg_bytes(alg),
	    out);
}

static tmg_rc
put_octets(const EVP_PKEY *key, uint32_t tag, tmg_out *out)
{
	uint8_t raw[32];
	size_t len = sizeof(raw);

	if (EVP_PKEY_get_raw_private_key(key, raw, &len) != 1)
		return TMG_E_CRYPTO;
	tmg_tlv_put(out, tag, (tmg_view){ raw, len });
	explicit_bzero(raw, sizeof(raw));
	return tmg_out_done(out);
}

static tmg_rc
put_ed(const EVP_PKEY *key, tmg_alg alg, tmg_out *out)
{
	(void)alg;
	return put_octets(key, 7, out);
}

static tmg_rc
put_x(const EVP_PKEY *key, tmg_alg alg, tmg_out *out)
{
	(void)alg;
	return put_octets(key, 8, out);
}

static tmg_rc
put_none(const EVP_PKEY *key, tmg_alg alg, tmg_out *out)
{
	(void)key;
	(void)alg;
	(void)out;
	return TMG_E_USAGE;
}

/* Private parts by family; the tags are Yubico's. */
static tmg_rc (*const put_key[])(const EVP_PKEY *key, tmg_alg alg,
    tmg_out *out) = {
	[TMG_FAMILY_NONE] = put_none,
	[TMG_FAMILY_RSA] = put_rsa,
	[TMG_FAMILY_EC] = put_ec,
	[TMG_FAMILY_ED] = put_ed,
	[TMG_FAMILY_X] = put_x,
};

/* The card takes 65537 for granted; with anything else it would make wrong
 * signatures. */
static bool
fits_card(const EVP_PKEY *key, tmg_alg alg)
{
	__attribute__((__cleanup__(drop_number))) BIGNUM *e = NULL;

	return tmg_alg_get(alg)->family != TMG_FAMILY_RSA ||
	    (EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &e) == 1 &&
	    BN_is_word(e, RSA_F4));
}

static tmg_rc
collect(tmg_piv *p, const tmg_keyspec *spec, tmg_view pkcs8, tmg_out *out)
{
	tmg_held(EVP_PKEY) key = NULL;
	tmg_rc rc;

	if ((rc = tmg_given_key(&p->base, p->who, spec->alg, pkcs8, &key)))
		return rc;
	if (!fits_card(key, spec->alg))
		return piv_raise(p, TMG_UNSUPPORTED, 0,
		    _("%s: the card takes RSA keys of two primes and the public "
		    "exponent 65537 only"), p->who);
	if (put_key[tmg_alg_get(spec->alg)->family](key, spec->alg, out))
		return piv_raise(p, TMG_E_CRYPTO, 0,
		    _("%s: the parts of the private key cannot be taken out"),
		    p->who);
	return TMG_OK;
}

static tmg_rc
collect_quietly(tmg_piv *p, const tmg_keyspec *spec, tmg_view pkcs8, tmg_out *out)
{
	tmg_rc rc;

	ERR_set_mark();
	rc = collect(p, spec, pkcs8, out);
	ERR_pop_to_mark();
	return rc;
}

tmg_rc
tmg_piv_import(tmg_backend *b, const tmg_keyspec *spec, tmg_view pkcs8)
{
	tmg_piv *p = tmg_piv_of(b);
	const uint8_t id = tmg_piv_alg_id(spec->alg);
	tmg_auto(import_data) data = { .out = { 0 } };
	const tmg_piv_slot *slot;
	uint16_t sw;
	tmg_rc rc;

	data.out = TMG_OUT(data.bytes);
	if ((rc = tmg_piv_slot_get(p, spec->slot, &slot)))
		return rc;
	if (id == 0)
		return piv_raise(p, TMG_UNSUPPORTED, 0,
		    _("%s: PIV knows no keys of the kind %s"), p->who,
		    tmg_alg_get(spec->alg)->name);
	if ((rc = tmg_piv_extension(p)) ||
	    (rc = tmg_piv_want_admin(p)) ||
	    (rc = collect_quietly(p, spec, pkcs8, &data.out)) ||
	    (rc = tmg_piv_policy_put(p, slot, spec, &data.out)))
		return rc;
	rc = tmg_piv_ext_send(p, &(tmg_capdu){
		.ins = INS_IMPORT,
		.p1 = id,
		.p2 = (uint8_t)spec->slot,
		.data = tmg_out_view(&data.out),
	}, NULL, &sw);
	if (rc)
		return piv_pass(p, rc);
	if (sw == TMG_SW_LOGIN)
		tmg_application_doubt(&p->app);
	return piv_judge(p, import_sw, sw, N_("importing a key"));
}
