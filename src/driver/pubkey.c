/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/driver/pubkey.h"

#include "src/codec/tlv.h"
#include "src/pki/spki.h"

enum {
	RAW_LEN = 32,		/* of Ed25519 and X25519 */
	RAW_PREFIX = 0x40,
};

static tmg_rc
rsa_key(tmg_alg alg, tmg_view fields, tmg_out *spki)
{
	tmg_view n, e;

	if (tmg_tlv_find(fields, TMG_TAG_MODULUS, &n) ||
	    tmg_tlv_find(fields, TMG_TAG_EXPONENT, &e) ||
	    tmg_number_bits(n) != tmg_alg_get(alg)->bits ||
	    tmg_number_bits(e) > tmg_number_bits(n))
		return TMG_E_MALFORMED;
	return tmg_spki_rsa(n, e, spki);
}

static tmg_rc
ec_key(tmg_alg alg, tmg_view fields, tmg_out *spki)
{
	tmg_view point;

	return tmg_tlv_find(fields, TMG_TAG_POINT, &point)
	    ? TMG_E_MALFORMED : tmg_spki_ec(alg, point, spki);
}

static tmg_rc
raw_key(tmg_alg alg, tmg_view fields, tmg_out *spki)
{
	tmg_view key;

	if (tmg_tlv_find(fields, TMG_TAG_POINT, &key))
		return TMG_E_MALFORMED;
	if (key.len == RAW_LEN + 1 && key.ptr[0] == RAW_PREFIX)
		key = (tmg_view){ key.ptr + 1, RAW_LEN };
	return tmg_spki_raw(alg, key, spki);
}

static tmg_rc
no_key(tmg_alg alg, tmg_view fields, tmg_out *spki)
{
	(void)alg;
	(void)fields;
	(void)spki;
	return TMG_E_MALFORMED;
}

static tmg_rc (*const key_of[])(tmg_alg alg, tmg_view fields, tmg_out *spki) = {
	[TMG_FAMILY_NONE] = no_key,
	[TMG_FAMILY_RSA] = rsa_key,
	[TMG_FAMILY_EC] = ec_key,
	[TMG_FAMILY_ED] = raw_key,
	[TMG_FAMILY_X] = raw_key,
};

tmg_rc
tmg_pubkey_spki(tmg_alg alg, tmg_view fields, tmg_out *spki)
{
	return key_of[tmg_alg_get(alg)->family](alg, fields, spki);
}
