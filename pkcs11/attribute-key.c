/* SPDX-License-Identifier: BSD-2-Clause */
/* Attributes of private and public keys. */
#include "pkcs11/attribute-row.h"
#include "pkcs11/public.h"
#include "src/base/scope.h"
#include "src/codec/tlv.h"
#include "src/pki/spki.h"
#include "src/token/token.h"

enum {
	TAG_OCTET_STRING = 0x04,
};

static CK_RV
get_key_type(tmg_p11_subject *s, CK_ULONG arg, tmg_view *value)
{
	(void)arg;
	return tmg_p11_get_ulong(s, tmg_p11_key_type(s->facts.alg), value);
}

/* arg: the use of a slot that allows it, and the families that can. */
#define USE(use, families) ((CK_ULONG)(families) << 8 | (use))

static CK_RV
get_use(tmg_p11_subject *s, CK_ULONG arg, tmg_view *value)
{
	const unsigned uses = tmg_key_slot(s->object.key)->uses;

	return tmg_p11_get_bool(s, (uses & arg & 0xff) != 0 &&
	    (arg >> 8 & 1u << tmg_p11_family_of(s)) != 0, value);
}

/* C_DeriveKey has no place for a PIN before every use. */
static CK_RV
get_derive(tmg_p11_subject *s, CK_ULONG arg, tmg_view *value)
{
	return s->facts.pin == TMG_PIN_ALWAYS ? tmg_p11_get_bool(s, CK_FALSE, value)
	    : get_use(s, arg, value);
}

static CK_RV
get_local(tmg_p11_subject *s, CK_ULONG arg, tmg_view *value)
{
	(void)arg;
	return tmg_p11_get_bool(s, s->facts.origin == TMG_ORIGIN_GENERATED, value);
}

static CK_RV
get_gen_mechanism(tmg_p11_subject *s, CK_ULONG arg, tmg_view *value)
{
	static const CK_MECHANISM_TYPE made[] = {
		[TMG_FAMILY_NONE] = CK_UNAVAILABLE_INFORMATION,
		[TMG_FAMILY_RSA] = CKM_RSA_PKCS_KEY_PAIR_GEN,
		[TMG_FAMILY_EC] = CKM_EC_KEY_PAIR_GEN,
		[TMG_FAMILY_ED] = CKM_EC_EDWARDS_KEY_PAIR_GEN,
		[TMG_FAMILY_X] = CKM_EC_MONTGOMERY_KEY_PAIR_GEN,
	};

	(void)arg;
	return tmg_p11_get_ulong(s, s->facts.origin == TMG_ORIGIN_GENERATED
	    ? made[tmg_p11_family_of(s)] : CK_UNAVAILABLE_INFORMATION, value);
}

static CK_RV
get_always(tmg_p11_subject *s, CK_ULONG arg, tmg_view *value)
{
	(void)arg;
	return tmg_p11_get_bool(s, s->facts.pin == TMG_PIN_ALWAYS, value);
}

/* Uses of a slot, and what either half of its key does then. */
static const struct {
	unsigned use;
	CK_FLAGS private, public;
} doings[] = {
	{ TMG_USE_SIGN, CKF_SIGN, CKF_VERIFY },
	{ TMG_USE_DECRYPT, CKF_DECRYPT, CKF_ENCRYPT },
	{ TMG_USE_DERIVE, CKF_DERIVE, 0 },
};

static CK_FLAGS
doings_of(const tmg_p11_subject *s)
{
	const unsigned uses = tmg_key_slot(s->object.key)->uses;
	CK_FLAGS flags = 0;

	for (size_t i = 0; i < TMG_COUNT(doings); i++)
		if ((uses & doings[i].use) != 0)
			flags |= s->object.class == CKO_PRIVATE_KEY
			    ? doings[i].private : doings[i].public;
	return s->facts.pin == TMG_PIN_ALWAYS ? flags & ~(CK_FLAGS)CKF_DERIVE : flags;
}

static CK_RV
get_mechanisms(tmg_p11_subject *s, CK_ULONG arg, tmg_view *value)
{
	const CK_FLAGS flags = doings_of(s);
	tmg_out o = TMG_OUT(s->scratch);

	(void)arg;
	for (size_t i = 0; i < tmg_p11_mechanism_count; i++) {
		const tmg_p11_mechanism *m = &tmg_p11_mechanisms[i];

		if (tmg_p11_mechanism_takes(m, s->facts.alg) && (m->flags & flags) &&
		    (s->object.class != CKO_PRIVATE_KEY ||
		    tmg_p11_mechanism_able(m, tmg_token_glance(s->slot->token))))
			tmg_put(&o, (tmg_view){ (const uint8_t *)&m->type,
			    sizeof(m->type) });
	}
	*value = tmg_out_view(&o);
	return CKR_OK;
}

enum { MODULUS, EXPONENT, BITS };

static CK_RV
get_rsa(tmg_p11_subject *s, CK_ULONG arg, tmg_view *value)
{
	tmg_view n, e;

	if (tmg_spki_rsa_parts(s->spki, &n, &e) != TMG_OK)
		return CKR_ATTRIBUTE_TYPE_INVALID;
	if (arg == BITS)
		return tmg_p11_get_ulong(s, tmg_number_bits(n), value);
	*value = arg == MODULUS ? n : e;
	return CKR_OK;
}

static CK_RV
get_curve(tmg_p11_subject *s, CK_ULONG arg, tmg_view *value)
{
	(void)arg;
	return tmg_p11_cert_curve(s->spki, value) == TMG_OK
	    ? CKR_OK : CKR_ATTRIBUTE_TYPE_INVALID;
}

/* The point inside an OCTET STRING; tmg_p11_bare_point() for the rest. */
static CK_RV
get_point(tmg_p11_subject *s, CK_ULONG arg, tmg_view *value)
{
	tmg_out o = TMG_OUT(s->scratch);
	tmg_view bits;

	(void)arg;
	if (tmg_spki_bits(s->spki, &bits) != TMG_OK)
		return CKR_ATTRIBUTE_TYPE_INVALID;
	tmg_tlv_put(&o, TAG_OCTET_STRING, bits);
	*value = tmg_out_view(&o);
	return o.full ? CKR_ATTRIBUTE_TYPE_INVALID : CKR_OK;
}

/* A key is named as its certificate is; without one it has no name. */
static CK_RV
get_key_subject(tmg_p11_subject *s, CK_ULONG arg, tmg_view *value)
{
	tmg_p11_cert cert;
	tmg_view der;

	(void)arg;
	*value = (tmg_view){ NULL, 0 };
	if (s->object.key != NULL &&
	    tmg_key_cert(s->object.key, &der) == TMG_OK &&
	    tmg_p11_cert_parse(der, &cert) == TMG_OK)
		*value = cert.subject;
	return CKR_OK;
}

static CK_RV
get_secret(tmg_p11_subject *s, CK_ULONG arg, tmg_view *value)
{
	(void)s;
	(void)arg;
	(void)value;
	return CKR_ATTRIBUTE_SENSITIVE;
}

/* ---- the tables ---------------------------------------------------------- */

#define KEY_ROWS \
	{ CKA_KEY_TYPE, get_key_type, 0, P11_ANY }, \
	{ CKA_LABEL, tmg_p11_get_label, 0, P11_ANY }, \
	{ CKA_ID, tmg_p11_get_id, 0, P11_ANY }, \
	{ CKA_SUBJECT, get_key_subject, 0, P11_ANY }, \
	{ CKA_START_DATE, tmg_p11_get_nothing, 0, P11_ANY }, \
	{ CKA_END_DATE, tmg_p11_get_nothing, 0, P11_ANY }, \
	{ CKA_LOCAL, get_local, 0, P11_ANY }, \
	{ CKA_KEY_GEN_MECHANISM, get_gen_mechanism, 0, P11_ANY }, \
	{ CKA_ALLOWED_MECHANISMS, get_mechanisms, 0, P11_ANY }, \
	{ CKA_PUBLIC_KEY_INFO, tmg_p11_get_spki, 0, P11_ANY }, \
	{ CKA_MODULUS, get_rsa, MODULUS, P11_FAMILY(RSA) }, \
	{ CKA_PUBLIC_EXPONENT, get_rsa, EXPONENT, P11_FAMILY(RSA) }, \
	{ CKA_EC_PARAMS, get_curve, 0, P11_CURVES }, \
	{ CKA_EC_POINT, get_point, 0, P11_CURVES }

#define AGREEING (P11_FAMILY(EC) | P11_FAMILY(X))
#define SIGNING (P11_FAMILY(RSA) | P11_FAMILY(EC) | P11_FAMILY(ED))

static const tmg_p11_row public_key[] = {
	KEY_ROWS,
	{ CKA_MODULUS_BITS, get_rsa, BITS, P11_FAMILY(RSA) },
	{ CKA_ENCRYPT, get_use, USE(TMG_USE_DECRYPT, P11_FAMILY(RSA)), P11_ANY },
	{ CKA_VERIFY, get_use, USE(TMG_USE_SIGN, SIGNING), P11_ANY },
	{ CKA_VERIFY_RECOVER, tmg_p11_get_bool, CK_FALSE, P11_ANY },
	{ CKA_WRAP, tmg_p11_get_bool, CK_FALSE, P11_ANY },
	{ CKA_DERIVE, tmg_p11_get_bool, CK_FALSE, P11_ANY },
	{ CKA_TRUSTED, tmg_p11_get_bool, CK_FALSE, P11_ANY },
};

static const tmg_p11_row private_key[] = {
	KEY_ROWS,
	{ CKA_SENSITIVE, tmg_p11_get_bool, CK_TRUE, P11_ANY },
	{ CKA_ALWAYS_SENSITIVE, get_local, 0, P11_ANY },
	{ CKA_EXTRACTABLE, tmg_p11_get_bool, CK_FALSE, P11_ANY },
	{ CKA_NEVER_EXTRACTABLE, get_local, 0, P11_ANY },
	{ CKA_DECRYPT, get_use, USE(TMG_USE_DECRYPT, P11_FAMILY(RSA)), P11_ANY },
	{ CKA_SIGN, get_use, USE(TMG_USE_SIGN, SIGNING), P11_ANY },
	{ CKA_SIGN_RECOVER, tmg_p11_get_bool, CK_FALSE, P11_ANY },
	{ CKA_UNWRAP, tmg_p11_get_bool, CK_FALSE, P11_ANY },
	{ CKA_WRAP_WITH_TRUSTED, tmg_p11_get_bool, CK_FALSE, P11_ANY },
	{ CKA_DERIVE, get_derive, USE(TMG_USE_DERIVE, AGREEING), P11_ANY },
	{ CKA_ALWAYS_AUTHENTICATE, get_always, 0, P11_ANY },
	{ CKA_PRIVATE_EXPONENT, get_secret, 0, P11_FAMILY(RSA) },
	{ CKA_PRIME_1, get_secret, 0, P11_FAMILY(RSA) },
	{ CKA_PRIME_2, get_secret, 0, P11_FAMILY(RSA) },
	{ CKA_EXPONENT_1, get_secret, 0, P11_FAMILY(RSA) },
	{ CKA_EXPONENT_2, get_secret, 0, P11_FAMILY(RSA) },
	{ CKA_COEFFICIENT, get_secret, 0, P11_FAMILY(RSA) },
	{ CKA_VALUE, get_secret, 0, P11_CURVES },
};

const tmg_p11_rows tmg_p11_rows_public = {
	CKO_PUBLIC_KEY, public_key, TMG_COUNT(public_key),
};

const tmg_p11_rows tmg_p11_rows_private = {
	CKO_PRIVATE_KEY, private_key, TMG_COUNT(private_key),
};
