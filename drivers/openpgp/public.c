/* SPDX-License-Identifier: BSD-2-Clause */
/* GENERATE ASYMMETRIC KEY PAIR, which reads public keys too: 7.2.14. */
#include "drivers/openpgp/openpgp.h"

#include "src/base/scope.h"
#include "src/pki/spki.h"

/* Fields of a public key, inside 7F49. */
enum {
	FIELD_MODULUS = 0x81,
	FIELD_EXPONENT = 0x82,
	FIELD_POINT = 0x86,
	RAW_LEN = 32,		/* of Ed25519 and X25519 */
	RAW_PREFIX = 0x40,	/* RFC 6637's successors: "native point format" */
};

static const tmg_opgp_sw generate_sw[] = {
	{ TMG_SW_NO_REFERENCE, TMG_NOT_FOUND, N_("the slot holds no key") },
	{ TMG_SW_NO_FILE, TMG_NOT_FOUND, N_("the slot holds no key") },
	{ TMG_SW_DATA, TMG_UNSUPPORTED, N_("the card has no such key") },
	{ TMG_SW_LOGIN, TMG_LOGIN, N_("the admin PIN is wanted first") },
	{ TMG_SW_NOT_SUPPORTED, TMG_UNSUPPORTED, N_("the card makes no such key") },
	{ TMG_SW_CONDITIONS, TMG_DENIED, N_("the card's rules do not allow it") },
};

/* The modulus must be as long as the attributes say, to the bit. */
static tmg_rc
rsa_key(tmg_alg alg, tmg_view fields, tmg_out *spki)
{
	tmg_view n, e;

	if (tmg_tlv_find(fields, FIELD_MODULUS, &n) ||
	    tmg_tlv_find(fields, FIELD_EXPONENT, &e) ||
	    tmg_number_bits(n) != tmg_alg_get(alg)->bits ||
	    tmg_number_bits(e) > tmg_number_bits(n))
		return TMG_E_MALFORMED;
	return tmg_spki_rsa(n, e, spki);
}

static tmg_rc
ec_key(tmg_alg alg, tmg_view fields, tmg_out *spki)
{
	tmg_view point;

	return tmg_tlv_find(fields, FIELD_POINT, &point)
	    ? TMG_E_MALFORMED : tmg_spki_ec(alg, point, spki);
}

static tmg_rc
raw_key(tmg_alg alg, tmg_view fields, tmg_out *spki)
{
	tmg_view key;

	if (tmg_tlv_find(fields, FIELD_POINT, &key))
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
tmg_opgp_spki(tmg_alg alg, tmg_view fields, tmg_out *spki)
{
	return key_of[tmg_alg_get(alg)->family](alg, fields, spki);
}

/* A short answer is asked for with a short Le: see sign.c. */
static uint32_t
expected(const tmg_opgp *p, const tmg_opgp_slot *slot)
{
	const tmg_alg alg = p->about.keys[slot->index].attributes.alg;

	return p->about_known && tmg_alg_get(alg)->family != TMG_FAMILY_RSA &&
	    alg != TMG_ALG_NONE ? TMG_LE_SHORT : TMG_LE_ANY;
}

tmg_rc
tmg_opgp_public(tmg_opgp *p, const tmg_opgp_slot *slot, uint8_t p1,
    tmg_out *store, tmg_view *fields)
{
	uint16_t sw;
	tmg_rc rc;

	if ((rc = tmg_opgp_send(p, &(tmg_capdu){
		.ins = INS_GENERATE,
		.p1 = p1,
		.data = { slot->crt, slot->crt_len },
		.le = expected(p, slot),
	    }, store, &sw)))
		return rc;
	if ((rc = opgp_judge(p, generate_sw, sw, p1 == 0x81
	    ? N_("reading a public key") : N_("making a key"))))
		return rc;
	if (tmg_tlv_find(tmg_out_view(store), DO_PUBLIC_KEY, fields))
		return opgp_raise(p, TMG_E_MALFORMED, sw,
		    _("%s: the public key of slot %s cannot be read"), p->who,
		    slot->row.name);
	return TMG_OK;
}
