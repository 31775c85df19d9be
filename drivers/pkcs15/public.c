/* SPDX-License-Identifier: BSD-2-Clause */
/* The public half of a key, as far as the card has it: 6.3 and 6.4. */
#include "drivers/pkcs15/pkcs15.h"

#include "src/pki/spki.h"

/* Of two rows, which a replacement that was cut short leaves, the one that tells of the
 * key's own reference. */
const tmg_p15_key *
tmg_p15_public_of(const tmg_p15_content *c, const tmg_p15_key *key)
{
	const tmg_p15_key *found = NULL;

	for (size_t i = 0; i < c->public_count; i++) {
		const tmg_p15_key *half = &c->publics[i];

		if (!tmg_view_equal(half->id, key->id) || half->family != key->family)
			continue;
		if (found == NULL || (half->reference == key->reference &&
		    found->reference != key->reference))
			found = half;
	}
	return found;
}

tmg_alg
tmg_p15_alg_told(const tmg_p15_key *key)
{
	tmg_alg alg = TMG_ALG_NONE;

	if (key->family == TMG_FAMILY_EC && key->curve.len > 0)
		return tmg_spki_curve(key->curve, &alg) == TMG_OK ? alg
		    : TMG_ALG_NONE;
	for (alg = TMG_ALG_NONE; alg < TMG_ALG_COUNT; alg++)
		if (key->family == TMG_FAMILY_RSA &&
		    tmg_alg_get(alg)->family == TMG_FAMILY_RSA &&
		    tmg_alg_get(alg)->bits == key->bits)
			return alg;
	return TMG_ALG_NONE;
}

/* RSAPublicKey: modulus and exponent. */
static tmg_rc
rsa_of(tmg_view in, tmg_out *spki)
{
	tmg_view n, e;

	if (tmg_tlv_expect(&in, 0x02, &n) || tmg_tlv_expect(&in, 0x02, &e))
		return TMG_E_MALFORMED;
	return tmg_spki_rsa(n, e, spki);
}

static tmg_rc
whole_of(tmg_view bytes, tmg_out *spki)
{
	tmg_alg alg;

	if (tmg_spki_alg(bytes, &alg))
		return TMG_E_MALFORMED;
	tmg_put(spki, bytes);
	return tmg_out_done(spki);
}

/* [1] SubjectPublicKeyInfo, whether its tag replaces SEQUENCE or stands before. */
static tmg_rc
tagged_of(tmg_view content, tmg_out *spki)
{
	uint8_t bytes[TMG_SPKI_MAX];
	tmg_out o = TMG_OUT(bytes);
	tmg_view in = content, head;

	if (tmg_tlv_expect(&in, 0x30, &head) == TMG_OK && in.len == 0)
		return whole_of(content, spki);
	tmg_tlv_put(&o, 0x30, content);
	return o.full ? TMG_E_MALFORMED : whole_of(tmg_out_view(&o), spki);
}

/* RSAPublicKeyChoice and ECPublicKeyChoice, 6.4: an RSAPublicKey, a point, or a
 * SubjectPublicKeyInfo behind [1] or, as pkcs15-init writes it, without. */
static tmg_rc
spki_of(tmg_alg alg, tmg_view bytes, tmg_out *spki)
{
	tmg_view in = bytes;
	tmg_tlv t;

	if (tmg_tlv_next(&in, &t))
		return TMG_E_MALFORMED;
	bytes.len -= in.len;
	switch (t.tag) {
	case 0x04:
		return tmg_spki_ec(alg, t.value, spki);
	case 0xa1:
		return tagged_of(t.value, spki);
	case 0x30:
		return t.value.len > 0 && t.value.ptr[0] == 0x02
		    ? rsa_of(t.value, spki) : whole_of(bytes, spki);
	default:
		return TMG_E_MALFORMED;
	}
}

/* The public half, when the card has it beside the key. */
tmg_rc
tmg_p15_public_read(tmg_p15 *p, const tmg_p15_key *key, tmg_key_facts *facts,
    tmg_out *spki)
{
	uint8_t bytes[2 * TMG_SPKI_MAX];
	tmg_out store = TMG_OUT(bytes);
	const tmg_p15_key *half;
	tmg_rc rc;

	if ((rc = tmg_p15_learn(p, P15_PUBLIC)) ||
	    (half = tmg_p15_public_of(&p->content, key)) == NULL)
		return rc;
	if (facts->alg == TMG_ALG_NONE)
		facts->alg = tmg_p15_alg_told(half);
	rc = tmg_p15_value_read(p, &half->value, TMG_EXTENT_OBJECT, &store,
	    N_("reading a public key"));
	if (rc == TMG_NOT_FOUND || rc == TMG_LOGIN)
		return TMG_OK;
	if (rc)
		return rc;
	rc = spki_of(facts->alg, tmg_out_view(&store), spki);
	if (rc == TMG_E_MALFORMED || rc == TMG_E_USAGE)
		return p15_raise(p, TMG_E_MALFORMED, TMG_SW_OK,
		    _("%s: a public key of the card cannot be read"), p->who);
	return rc;
}
