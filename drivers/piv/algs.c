/* SPDX-License-Identifier: BSD-2-Clause */
/* Algorithm numbers and public keys as PIV writes them. */
#include "drivers/piv/piv.h"

#include "src/base/scope.h"
#include "src/pki/spki.h"

/* Fields of a public key, inside 7F49: SP 800-73-4 part 2, 3.3.2. */
enum {
	TAG_MODULUS = 0x81,
	TAG_EXPONENT = 0x82,
	TAG_POINT = 0x86,
};

/* Numbers: SP 800-78-4 table 6-2, SP 800-78-5 (05), Yubico (16, E0, E1). */
static const struct {
	tmg_alg alg;
	uint8_t id;
} algs[] = {
	{ TMG_ALG_RSA3072, 0x05 },
	{ TMG_ALG_RSA1024, 0x06 },
	{ TMG_ALG_RSA2048, 0x07 },
	{ TMG_ALG_P256, 0x11 },
	{ TMG_ALG_P384, 0x14 },
	{ TMG_ALG_RSA4096, 0x16 },
	{ TMG_ALG_ED25519, 0xe0 },
	{ TMG_ALG_X25519, 0xe1 },
};

uint8_t
tmg_piv_alg_id(tmg_alg alg)
{
	for (size_t i = 0; i < TMG_COUNT(algs); i++)
		if (algs[i].alg == alg)
			return algs[i].id;
	return 0;
}

tmg_alg
tmg_piv_alg_of(uint8_t id)
{
	for (size_t i = 0; i < TMG_COUNT(algs); i++)
		if (algs[i].id == id)
			return algs[i].alg;
	return TMG_ALG_NONE;
}

/* The modulus must be as long as the algorithm says, to the bit. */
static tmg_rc
rsa_key(tmg_alg alg, tmg_view fields, tmg_out *spki)
{
	tmg_view n, e;

	if (tmg_tlv_find(fields, TAG_MODULUS, &n) ||
	    tmg_tlv_find(fields, TAG_EXPONENT, &e) ||
	    tmg_number_bits(n) != tmg_alg_get(alg)->bits ||
	    tmg_number_bits(e) > tmg_number_bits(n))
		return TMG_E_MALFORMED;
	return tmg_spki_rsa(n, e, spki);
}

/* Uncompressed, never anything else: SP 800-73-4 part 2, 3.3.2. */
static tmg_rc
ec_key(tmg_alg alg, tmg_view fields, tmg_out *spki)
{
	tmg_view point;

	if (tmg_tlv_find(fields, TAG_POINT, &point))
		return TMG_E_MALFORMED;
	return tmg_spki_ec(alg, point, spki);
}

static tmg_rc
octet_key(tmg_alg alg, tmg_view fields, tmg_out *spki)
{
	tmg_view key;

	if (tmg_tlv_find(fields, TAG_POINT, &key))
		return TMG_E_MALFORMED;
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
	[TMG_FAMILY_ED] = octet_key,
	[TMG_FAMILY_X] = octet_key,
};

tmg_rc
tmg_piv_spki(tmg_alg alg, tmg_view fields, tmg_out *spki)
{
	if (tmg_piv_alg_id(alg) == 0)
		return TMG_E_MALFORMED;
	return key_of[tmg_alg_get(alg)->family](alg, fields, spki);
}
