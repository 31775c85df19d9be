/* SPDX-License-Identifier: BSD-2-Clause */
#include "pkcs11/attribute.h"

#include <openssl/asn1.h>
#include <stdio.h>
#include <time.h>

#include "pkcs11/mechanism.h"
#include "pkcs11/public.h"
#include "src/base/scope.h"
#include "src/codec/tlv.h"
#include "src/pki/spki.h"
#include "src/token/token.h"
#include "tamga/cert.h"

enum {
	TAG_OCTET_STRING = 0x04,
	TAG_OID = 0x06,
	CATEGORY_USER = 1,		/* CKA_CERTIFICATE_CATEGORY */
	CATEGORY_AUTHORITY = 2,
};

/* Families of keys that have the attribute. */
#define RSA (1u << TMG_FAMILY_RSA)
#define CURVES (1u << TMG_FAMILY_EC | 1u << TMG_FAMILY_ED | 1u << TMG_FAMILY_X)
#define ANY (RSA | CURVES)

typedef struct row {
	CK_ATTRIBUTE_TYPE type;
	CK_RV (*get)(tmg_p11_subject *s, CK_ULONG arg, tmg_view *value);
	CK_ULONG arg;
	unsigned families;
} row;

/* ---- values -------------------------------------------------------------- */

static CK_RV
get_bool(tmg_p11_subject *s, CK_ULONG arg, tmg_view *value)
{
	s->scratch[0] = arg ? CK_TRUE : CK_FALSE;
	*value = (tmg_view){ s->scratch, sizeof(CK_BBOOL) };
	return CKR_OK;
}

static CK_RV
get_ulong(tmg_p11_subject *s, CK_ULONG arg, tmg_view *value)
{
	memcpy(s->scratch, &arg, sizeof(arg));
	*value = (tmg_view){ s->scratch, sizeof(arg) };
	return CKR_OK;
}

static CK_RV
get_nothing(tmg_p11_subject *s, CK_ULONG arg, tmg_view *value)
{
	(void)s;
	(void)arg;
	*value = (tmg_view){ NULL, 0 };
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

static CK_RV
give_text(tmg_p11_subject *s, const char *text, tmg_view *value)
{
	tmg_out o = TMG_OUT(s->scratch);

	tmg_put_str(&o, text);
	*value = tmg_out_view(&o);
	return CKR_OK;
}

/* ---- every object -------------------------------------------------------- */

static CK_RV
get_class(tmg_p11_subject *s, CK_ULONG arg, tmg_view *value)
{
	(void)arg;
	return get_ulong(s, s->object.class, value);
}

/* Of an object in memory it is told by the memory. */
static CK_RV
get_token(tmg_p11_subject *s, CK_ULONG arg, tmg_view *value)
{
	(void)arg;
	return get_bool(s, s->object.owner == 0, value);
}

static CK_RV
get_private(tmg_p11_subject *s, CK_ULONG arg, tmg_view *value)
{
	(void)arg;
	return get_bool(s, tmg_p11_subject_private(s), value);
}

/* The token writes there by itself. */
static bool
is_fixed(const tmg_p11_subject *s)
{
	return s->object.data != NULL && tmg_data_place(s->object.data)->fixed;
}

/* A key that can be taken away takes its public half along. */
static CK_RV
get_destroyable(tmg_p11_subject *s, CK_ULONG arg, tmg_view *value)
{
	(void)arg;
	return get_bool(s, s->object.owner != 0 ||
	    s->object.class == CKO_CERTIFICATE ||
	    (s->object.data != NULL && !is_fixed(s)) ||
	    (s->object.class == CKO_PRIVATE_KEY &&
	    (tmg_token_info(s->slot->token)->can & TMG_CAN_DELETE) != 0), value);
}

/* A profile says one thing for ever; data may be given another value, the rest
 * ID and label. */
static CK_RV
get_modifiable(tmg_p11_subject *s, CK_ULONG arg, tmg_view *value)
{
	(void)arg;
	return get_bool(s, s->object.key != NULL ||
	    (s->object.data != NULL && !is_fixed(s)), value);
}

/* Only a key of a session can still become one of the token. */
static CK_RV
get_copyable(tmg_p11_subject *s, CK_ULONG arg, tmg_view *value)
{
	(void)arg;
	return get_bool(s, s->object.owner != 0, value);
}

/* The same object has the same name in every process and for ever; a session's
 * has one that no other has had. */
static CK_RV
get_unique(tmg_p11_subject *s, CK_ULONG arg, tmg_view *value)
{
	char text[TMG_SLOT_NAME + 40];

	(void)arg;
	if (s->object.owner != 0)
		snprintf(text, sizeof(text), "session-%lu", s->object.handle);
	else if (s->object.data != NULL)
		snprintf(text, sizeof(text), "data-%x",
		    (unsigned)tmg_data_place(s->object.data)->tag);
	else if (s->object.key == NULL)
		snprintf(text, sizeof(text), "profile-%lu", s->object.profile);
	else
		snprintf(text, sizeof(text), "%s-%s",
		    s->object.class == CKO_CERTIFICATE ? "certificate"
		    : s->object.class == CKO_PUBLIC_KEY ? "public" : "private",
		    tmg_key_slot(s->object.key)->name);
	return give_text(s, text, value);
}

tmg_view
tmg_p11_key_id(const tmg_key *key, uint8_t store[static 4])
{
	const uint32_t ref = tmg_key_slot(key)->ref;
	size_t zeros = 0;

	for (unsigned i = 0; i < 4; i++)
		store[i] = (uint8_t)(ref >> (24 - 8 * i));
	while (zeros < 3 && store[zeros] == 0)
		zeros++;
	return (tmg_view){ store + zeros, 4 - zeros };
}

static CK_RV
get_id(tmg_p11_subject *s, CK_ULONG arg, tmg_view *value)
{
	(void)arg;
	*value = s->name.id.len > 0 ? tmg_p11_text_view(&s->name.id)
	    : tmg_p11_key_id(s->object.key, s->scratch);
	return CKR_OK;
}

/* The common name of the certificate; empty when there is none. */
static void
common_name(tmg_key *key, char *name, size_t cap)
{
	tmg_cert_facts facts;
	tmg_view der;

	name[0] = '\0';
	if (tmg_key_cert(key, &der) == TMG_OK &&
	    tmg_cert_facts_get(der, &facts) == TMG_OK)
		snprintf(name, cap, "%s", facts.common_name);
}

/* Two certificates for the same person are told apart by their slot: Java and
 * others take the label for a name that only one object has. */
static bool
is_taken_before(tmg_token *token, const tmg_key *key, const char *name)
{
	char other[sizeof(((tmg_cert_facts *)NULL)->common_name)];
	tmg_key *k;

	for (size_t i = 0; (k = tmg_token_key(token, i)) != NULL && k != key; i++) {
		common_name(k, other, sizeof(other));
		if (strcmp(other, name) == 0)
			return true;
	}
	return false;
}

/* What a program called it.  What has no label of its own has its key's, from
 * the half that has one; a certificate's is its own alone. */
static tmg_view
given_label(const tmg_p11_subject *s)
{
	const tmg_p11_text *first = &s->name.label, *next = &s->name.public_label;

	if (s->object.class == CKO_CERTIFICATE && s->name.cert_label.len > 0)
		first = &s->name.cert_label;
	if (s->object.class == CKO_PUBLIC_KEY && next->len > 0)
		first = next;
	return tmg_p11_text_view(first->len > 0 ? first : next);
}

static CK_RV
get_label(tmg_p11_subject *s, CK_ULONG arg, tmg_view *value)
{
	const tmg_slot *slot = tmg_key_slot(s->object.key);
	char name[sizeof(((tmg_cert_facts *)NULL)->common_name)];
	char text[sizeof(name) + TMG_SLOT_NAME + 4];

	(void)arg;
	*value = given_label(s);
	if (value->len > 0)
		return CKR_OK;
	common_name(s->object.key, name, sizeof(name));
	if (name[0] == '\0')
		return give_text(s, slot->title, value);
	if (!is_taken_before(s->slot->token, s->object.key, name))
		return give_text(s, name, value);
	snprintf(text, sizeof(text), "%s (%s)", name, slot->name);
	return give_text(s, text, value);
}

/* ---- keys ---------------------------------------------------------------- */

static tmg_family
family_of(const tmg_p11_subject *s)
{
	return tmg_alg_get(s->facts.alg)->family;
}

static CK_RV
get_key_type(tmg_p11_subject *s, CK_ULONG arg, tmg_view *value)
{
	(void)arg;
	return get_ulong(s, tmg_p11_key_type(s->facts.alg), value);
}

/* arg: the use of a slot that allows it, and the families that can. */
#define USE(use, families) ((CK_ULONG)(families) << 8 | (use))

static CK_RV
get_use(tmg_p11_subject *s, CK_ULONG arg, tmg_view *value)
{
	const unsigned uses = tmg_key_slot(s->object.key)->uses;

	return get_bool(s, (uses & arg & 0xff) != 0 &&
	    (arg >> 8 & 1u << family_of(s)) != 0, value);
}

/* C_DeriveKey has no place for a PIN before every use. */
static CK_RV
get_derive(tmg_p11_subject *s, CK_ULONG arg, tmg_view *value)
{
	return s->facts.pin == TMG_PIN_ALWAYS ? get_bool(s, CK_FALSE, value)
	    : get_use(s, arg, value);
}

static CK_RV
get_local(tmg_p11_subject *s, CK_ULONG arg, tmg_view *value)
{
	(void)arg;
	return get_bool(s, s->facts.origin == TMG_ORIGIN_GENERATED, value);
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
	return get_ulong(s, s->facts.origin == TMG_ORIGIN_GENERATED
	    ? made[family_of(s)] : CK_UNAVAILABLE_INFORMATION, value);
}

static CK_RV
get_always(tmg_p11_subject *s, CK_ULONG arg, tmg_view *value)
{
	(void)arg;
	return get_bool(s, s->facts.pin == TMG_PIN_ALWAYS, value);
}

static CK_RV
get_mechanisms(tmg_p11_subject *s, CK_ULONG arg, tmg_view *value)
{
	const CK_FLAGS flags = s->object.class == CKO_PRIVATE_KEY
	    ? CKF_SIGN | CKF_DECRYPT | CKF_DERIVE : CKF_VERIFY | CKF_ENCRYPT;
	tmg_out o = TMG_OUT(s->scratch);

	(void)arg;
	for (size_t i = 0; i < tmg_p11_mechanism_count; i++) {
		const tmg_p11_mechanism *m = &tmg_p11_mechanisms[i];

		if (tmg_p11_mechanism_takes(m, s->facts.alg) && (m->flags & flags) &&
		    (s->object.class != CKO_PRIVATE_KEY ||
		    tmg_p11_mechanism_padded(m, tmg_token_glance(s->slot->token))))
			tmg_put(&o, (tmg_view){ (const uint8_t *)&m->type,
			    sizeof(m->type) });
	}
	*value = tmg_out_view(&o);
	return CKR_OK;
}

static CK_RV
get_spki(tmg_p11_subject *s, CK_ULONG arg, tmg_view *value)
{
	(void)arg;
	*value = s->object.class == CKO_CERTIFICATE ? s->cert.spki : s->spki;
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
		return get_ulong(s, tmg_number_bits(n), value);
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

/* ---- certificates -------------------------------------------------------- */

static CK_RV
get_cert_part(tmg_p11_subject *s, CK_ULONG arg, tmg_view *value)
{
	memcpy(value, (const char *)s + arg, sizeof(*value));
	return CKR_OK;
}

static CK_RV
get_category(tmg_p11_subject *s, CK_ULONG arg, tmg_view *value)
{
	tmg_cert_facts facts;
	const tmg_rc rc = tmg_cert_facts_get(s->der, &facts);

	(void)arg;
	if (rc == TMG_E_NOMEM)
		return CKR_HOST_MEMORY;
	return get_ulong(s, rc == TMG_OK && facts.ca ? CATEGORY_AUTHORITY : CATEGORY_USER, value);
}

enum { START, END };

/* CK_DATE: eight digits. */
static CK_RV
get_date(tmg_p11_subject *s, CK_ULONG arg, tmg_view *value)
{
	tmg_cert_facts facts;
	const tmg_rc rc = tmg_cert_facts_get(s->der, &facts);
	struct tm tm;
	char text[16];
	time_t t;

	if (rc == TMG_E_NOMEM)
		return CKR_HOST_MEMORY;
	if (rc != TMG_OK)
		return get_nothing(s, 0, value);
	t = arg == START ? facts.not_before : facts.not_after;
	if (gmtime_r(&t, &tm) == NULL ||
	    strftime(text, sizeof(text), "%Y%m%d", &tm) != sizeof(CK_DATE))
		return get_nothing(s, 0, value);
	return give_text(s, text, value);
}

/* ---- data ---------------------------------------------------------------- */

static CK_RV
get_data_label(tmg_p11_subject *s, CK_ULONG arg, tmg_view *value)
{
	(void)arg;
	return give_text(s, tmg_data_place(s->object.data)->name, value);
}

static CK_RV
get_application(tmg_p11_subject *s, CK_ULONG arg, tmg_view *value)
{
	(void)arg;
	return give_text(s, tmg_data_place(s->object.data)->application, value);
}

/* DER of an OBJECT IDENTIFIER, 4.5.2; empty for a place without one. */
static CK_RV
get_object_id(tmg_p11_subject *s, CK_ULONG arg, tmg_view *value)
{
	const char *oid = tmg_data_place(s->object.data)->oid;
	tmg_out o = TMG_OUT(s->scratch);
	uint8_t store[64];
	int len = 0;

	(void)arg;
	if (oid != NULL) {
		len = a2d_ASN1_OBJECT(store, sizeof(store), oid, -1);
		if (len <= 0)
			return CKR_FUNCTION_FAILED;
		tmg_tlv_put(&o, TAG_OID, (tmg_view){ store, (size_t)len });
	}
	*value = tmg_out_view(&o);
	return CKR_OK;
}

/* ---- the tables ---------------------------------------------------------- */

/* 4.4: storage objects. */
static const row common[] = {
	{ CKA_CLASS, get_class, 0, ANY },
	{ CKA_TOKEN, get_token, 0, ANY },
	{ CKA_PRIVATE, get_private, 0, ANY },
	{ CKA_MODIFIABLE, get_modifiable, 0, ANY },
	{ CKA_COPYABLE, get_copyable, 0, ANY },
	{ CKA_DESTROYABLE, get_destroyable, 0, ANY },
	{ CKA_UNIQUE_ID, get_unique, 0, ANY },
};

#define CERT_PART(member) offsetof(tmg_p11_subject, member)

static const row certificate[] = {
	{ CKA_CERTIFICATE_TYPE, get_ulong, CKC_X_509, ANY },
	{ CKA_CERTIFICATE_CATEGORY, get_category, 0, ANY },
	{ CKA_TRUSTED, get_bool, CK_FALSE, ANY },
	{ CKA_LABEL, get_label, 0, ANY },
	{ CKA_ID, get_id, 0, ANY },
	{ CKA_SUBJECT, get_cert_part, CERT_PART(cert.subject), ANY },
	{ CKA_ISSUER, get_cert_part, CERT_PART(cert.issuer), ANY },
	{ CKA_SERIAL_NUMBER, get_cert_part, CERT_PART(cert.serial), ANY },
	{ CKA_VALUE, get_cert_part, CERT_PART(der), ANY },
	{ CKA_PUBLIC_KEY_INFO, get_spki, 0, ANY },
	{ CKA_START_DATE, get_date, START, ANY },
	{ CKA_END_DATE, get_date, END, ANY },
};

#define KEY_ROWS \
	{ CKA_KEY_TYPE, get_key_type, 0, ANY }, \
	{ CKA_LABEL, get_label, 0, ANY }, \
	{ CKA_ID, get_id, 0, ANY }, \
	{ CKA_SUBJECT, get_key_subject, 0, ANY }, \
	{ CKA_START_DATE, get_nothing, 0, ANY }, \
	{ CKA_END_DATE, get_nothing, 0, ANY }, \
	{ CKA_LOCAL, get_local, 0, ANY }, \
	{ CKA_KEY_GEN_MECHANISM, get_gen_mechanism, 0, ANY }, \
	{ CKA_ALLOWED_MECHANISMS, get_mechanisms, 0, ANY }, \
	{ CKA_PUBLIC_KEY_INFO, get_spki, 0, ANY }, \
	{ CKA_MODULUS, get_rsa, MODULUS, RSA }, \
	{ CKA_PUBLIC_EXPONENT, get_rsa, EXPONENT, RSA }, \
	{ CKA_EC_PARAMS, get_curve, 0, CURVES }, \
	{ CKA_EC_POINT, get_point, 0, CURVES }

#define AGREEING (1u << TMG_FAMILY_EC | 1u << TMG_FAMILY_X)
#define SIGNING (RSA | 1u << TMG_FAMILY_EC | 1u << TMG_FAMILY_ED)

static const row public_key[] = {
	KEY_ROWS,
	{ CKA_MODULUS_BITS, get_rsa, BITS, RSA },
	{ CKA_ENCRYPT, get_use, USE(TMG_USE_DECRYPT, RSA), ANY },
	{ CKA_VERIFY, get_use, USE(TMG_USE_SIGN, SIGNING), ANY },
	{ CKA_VERIFY_RECOVER, get_bool, CK_FALSE, ANY },
	{ CKA_WRAP, get_bool, CK_FALSE, ANY },
	{ CKA_DERIVE, get_bool, CK_FALSE, ANY },
	{ CKA_TRUSTED, get_bool, CK_FALSE, ANY },
};

static const row private_key[] = {
	KEY_ROWS,
	{ CKA_SENSITIVE, get_bool, CK_TRUE, ANY },
	{ CKA_ALWAYS_SENSITIVE, get_local, 0, ANY },
	{ CKA_EXTRACTABLE, get_bool, CK_FALSE, ANY },
	{ CKA_NEVER_EXTRACTABLE, get_local, 0, ANY },
	{ CKA_DECRYPT, get_use, USE(TMG_USE_DECRYPT, RSA), ANY },
	{ CKA_SIGN, get_use, USE(TMG_USE_SIGN, SIGNING), ANY },
	{ CKA_SIGN_RECOVER, get_bool, CK_FALSE, ANY },
	{ CKA_UNWRAP, get_bool, CK_FALSE, ANY },
	{ CKA_WRAP_WITH_TRUSTED, get_bool, CK_FALSE, ANY },
	{ CKA_DERIVE, get_derive, USE(TMG_USE_DERIVE, AGREEING), ANY },
	{ CKA_ALWAYS_AUTHENTICATE, get_always, 0, ANY },
	{ CKA_PRIVATE_EXPONENT, get_secret, 0, RSA },
	{ CKA_PRIME_1, get_secret, 0, RSA },
	{ CKA_PRIME_2, get_secret, 0, RSA },
	{ CKA_EXPONENT_1, get_secret, 0, RSA },
	{ CKA_EXPONENT_2, get_secret, 0, RSA },
	{ CKA_COEFFICIENT, get_secret, 0, RSA },
	{ CKA_VALUE, get_secret, 0, CURVES },
};

static CK_RV
get_profile(tmg_p11_subject *s, CK_ULONG arg, tmg_view *value)
{
	(void)arg;
	return get_ulong(s, s->object.profile, value);
}

static CK_RV
get_profile_label(tmg_p11_subject *s, CK_ULONG arg, tmg_view *value)
{
	(void)arg;
	switch (s->object.profile) {
	case CKP_BASELINE_PROVIDER:
		return give_text(s, "Baseline Provider", value);
	case CKP_AUTHENTICATION_TOKEN:
		return give_text(s, "Authentication Token", value);
	case CKP_PUBLIC_CERTIFICATES_TOKEN:
		return give_text(s, "Public Certificates Token", value);
	}
	return CKR_ATTRIBUTE_TYPE_INVALID;
}

static const row profile[] = {
	{ CKA_PROFILE_ID, get_profile, 0, ANY },
	{ CKA_LABEL, get_profile_label, 0, ANY },
};

static const row data[] = {
	{ CKA_LABEL, get_data_label, 0, ANY },
	{ CKA_APPLICATION, get_application, 0, ANY },
	{ CKA_OBJECT_ID, get_object_id, 0, ANY },
	{ CKA_VALUE, get_cert_part, CERT_PART(der), ANY },
};

static const struct {
	CK_OBJECT_CLASS class;
	const row *rows;
	size_t count;
} classes[] = {
	{ CKO_CERTIFICATE, certificate, TMG_COUNT(certificate) },
	{ CKO_PUBLIC_KEY, public_key, TMG_COUNT(public_key) },
	{ CKO_PRIVATE_KEY, private_key, TMG_COUNT(private_key) },
	{ CKO_PROFILE, profile, TMG_COUNT(profile) },
	{ CKO_DATA, data, TMG_COUNT(data) },
};

/* ---- asking -------------------------------------------------------------- */

static const row *
find_in(const row *rows, size_t count, CK_ATTRIBUTE_TYPE type)
{
	for (size_t i = 0; i < count; i++)
		if (rows[i].type == type)
			return &rows[i];
	return NULL;
}

static const row *
find_row(const tmg_p11_subject *s, CK_ATTRIBUTE_TYPE type)
{
	const row *r = find_in(common, TMG_COUNT(common), type);

	if (s->object.class == CKO_DATA && s->object.data == NULL)
		return r;		/* in memory, and that was asked */
	for (size_t i = 0; r == NULL && i < TMG_COUNT(classes); i++)
		if (classes[i].class == s->object.class)
			r = find_in(classes[i].rows, classes[i].count, type);
	if (r == NULL || r->families == ANY)
		return r;
	return (r->families & 1u << family_of(s)) != 0 ? r : NULL;
}

/* The value of a secret key, unless it was made to be read. */
static bool
is_hidden(const tmg_p11_subject *s, CK_ATTRIBUTE_TYPE type)
{
	return s->object.class == CKO_SECRET_KEY && type == CKA_VALUE &&
	    (tmg_p11_memory_bool(s->object.memory, CKA_SENSITIVE) ||
	    !tmg_p11_memory_bool(s->object.memory, CKA_EXTRACTABLE));
}

/* What memory says goes before what can be worked out. */
CK_RV
tmg_p11_attribute_get(tmg_p11_subject *s, CK_ATTRIBUTE_TYPE type, tmg_view *value)
{
	const row *r;

	*value = (tmg_view){ NULL, 0 };
	if (is_hidden(s, type))
		return CKR_ATTRIBUTE_SENSITIVE;
	if (s->object.memory != NULL &&
	    tmg_p11_memory_get(s->object.memory, type, value))
		return CKR_OK;
	r = find_row(s, type);
	return r != NULL ? r->get(s, r->arg, value) : CKR_ATTRIBUTE_TYPE_INVALID;
}
