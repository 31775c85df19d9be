/* SPDX-License-Identifier: BSD-2-Clause */
/* Keys, certificates, data and PINs as directories tell of them: 6.3 to 6.8. */
#include "drivers/pkcs15/parse.h"

#include "src/base/scope.h"
#include "src/codec/tlv.h"

enum {
	DER_BOOLEAN = 0x01,
	DER_INTEGER = 0x02,
	DER_BITS = 0x03,
	DER_OCTETS = 0x04,
	DER_OID = 0x06,
	DER_ENUMERATED = 0x0a,
	DER_UTF8 = 0x0c,
	DER_TIME = 0x18,
	DER_SEQUENCE = 0x30,
	TAG_0 = 0xa0,
	TAG_1 = 0xa1,
	TAG_END_DATE = 0x80,	/* CommonKeyAttributes.endDate [0] */
	TAG_PIN_REFERENCE = 0x80,	/* PinAttributes.pinReference [0] */

	MODULUS_MAX = 8192,	/* bits; longer ones are a mistake */
	LENGTH_MAX = 64,	/* bytes of a PIN */
};

/* ---- keys, 6.3 and 6.4 ----------------------------------------------------- */

static tmg_rc
optional_flags(tmg_view *in, unsigned *flags)
{
	tmg_view value;
	tmg_rc rc;

	*flags = 0;
	if ((rc = tmg_p15_optional(in, DER_BITS, &value)) || value.len == 0)
		return rc;
	return tmg_p15_flags(value, flags);
}

/* Some cards write a reference above 127 as a negative number: it is a byte. */
static tmg_rc
reference_of(tmg_view value, int *reference)
{
	size_t n;

	*reference = P15_NO_REF;
	if (value.len == 0)
		return TMG_OK;
	if (value.len == 1) {
		*reference = value.ptr[0];
		return TMG_OK;
	}
	if (tmg_p15_number(value, &n) || n > 0xff)
		return TMG_E_MALFORMED;
	*reference = (int)n;
	return TMG_OK;
}

/* CommonKeyAttributes, 6.3.2. */
static tmg_rc
key_class(tmg_view in, tmg_p15_key *key)
{
	tmg_view usage, native, reference, skipped;
	tmg_rc rc;

	if ((rc = tmg_tlv_expect(&in, DER_OCTETS, &key->id)) ||
	    (rc = tmg_tlv_expect(&in, DER_BITS, &usage)) ||
	    (rc = tmg_p15_flags(usage, &key->usage)) ||
	    (rc = tmg_p15_optional(&in, DER_BOOLEAN, &native)) ||
	    (rc = optional_flags(&in, &key->access)) ||
	    (rc = tmg_p15_optional(&in, DER_INTEGER, &reference)) ||
	    (rc = reference_of(reference, &key->reference)) ||
	    (rc = tmg_p15_optional(&in, DER_TIME, &skipped)) ||
	    (rc = tmg_p15_optional(&in, TAG_END_DATE, &skipped)))
		return rc;
	key->native = native.len == 0 || native.ptr[0] != 0;
	return tmg_p15_optional(&in, TAG_1, &key->algorithms);
}

/* An empty path: the key is a data object, which its reference names. */
static tmg_rc
key_value(tmg_view *in, const tmg_path *base, tmg_p15_value *value)
{
	static const uint8_t nowhere[] = { DER_SEQUENCE, 2, DER_OCTETS, 0 };
	tmg_view skipped;

	if (in->len < sizeof(nowhere) || memcmp(in->ptr, nowhere, sizeof(nowhere)) != 0)
		return tmg_p15_value_take(in, base, value);
	*value = (tmg_p15_value){ .direct = { NULL, 0 } };
	return tmg_view_take(in, sizeof(nowhere), &skipped);
}

/* PrivateRSAKeyAttributes, PublicRSAKeyAttributes: value, modulusLength, ... */
static tmg_rc
rsa_type(tmg_view in, const tmg_path *base, tmg_p15_key *key)
{
	tmg_view bits;
	tmg_rc rc;

	if ((rc = key_value(&in, base, &key->value)) ||
	    (rc = tmg_tlv_expect(&in, DER_INTEGER, &bits)) ||
	    (rc = tmg_p15_number(bits, &key->bits)))
		return rc;
	return key->bits <= MODULUS_MAX ? TMG_OK : TMG_E_MALFORMED;
}

/* PrivateECKeyAttributes, PublicECKeyAttributes: value, keyInfo.  A number there
 * is a reference into TokenInfo; pkcs15-init writes the field's bits so. */
static tmg_rc
ec_type(tmg_view in, const tmg_path *base, tmg_p15_key *key)
{
	tmg_view number, info;
	tmg_rc rc;

	if ((rc = key_value(&in, base, &key->value)) ||
	    (rc = tmg_p15_optional(&in, DER_INTEGER, &number)))
		return rc;
	if (number.len > 0 && (rc = tmg_p15_number(number, &key->bits)))
		return rc;
	if ((rc = tmg_p15_optional(&in, DER_SEQUENCE, &info)) || info.len == 0)
		return rc;
	return info.ptr[0] == DER_OID
	    ? tmg_tlv_expect_whole(&info, DER_OID, &key->curve) : TMG_OK;
}

static const struct {
	uint32_t tag;
	tmg_family family;
	tmg_rc (*type)(tmg_view in, const tmg_path *base, tmg_p15_key *key);
} families[] = {
	{ DER_SEQUENCE, TMG_FAMILY_RSA, rsa_type },
	{ TAG_0, TMG_FAMILY_EC, ec_type },
};

tmg_rc
tmg_p15_key_parse(uint32_t tag, tmg_view content, const tmg_path *base,
    tmg_p15_key *key)
{
	tmg_p15_object o;
	tmg_view type;
	tmg_rc rc;

	*key = (tmg_p15_key){ .reference = P15_NO_REF };
	for (size_t i = 0; i < TMG_COUNT(families); i++) {
		if (families[i].tag != tag)
			continue;
		if ((rc = tmg_p15_object_parse(content, &o)) ||
		    (rc = key_class(o.class, key)) ||
		    (rc = tmg_tlv_expect(&o.type, DER_SEQUENCE, &type)))
			return rc;
		key->common = o.common;
		key->family = families[i].family;
		return families[i].type(type, base, key);
	}
	return TMG_UNSUPPORTED;
}

/* ---- certificates, 6.6 ----------------------------------------------------- */

tmg_rc
tmg_p15_cert_parse(uint32_t tag, tmg_view content, const tmg_path *base,
    tmg_p15_cert *cert)
{
	tmg_p15_object o;
	tmg_view authority, type;
	tmg_rc rc;

	*cert = (tmg_p15_cert){ .authority = false };
	if (tag != DER_SEQUENCE)	/* no X.509 */
		return TMG_UNSUPPORTED;
	if ((rc = tmg_p15_object_parse(content, &o)) ||
	    (rc = tmg_tlv_expect(&o.class, DER_OCTETS, &cert->id)) ||
	    (rc = tmg_p15_optional(&o.class, DER_BOOLEAN, &authority)) ||
	    (rc = tmg_tlv_expect(&o.type, DER_SEQUENCE, &type)))
		return rc;
	cert->common = o.common;
	cert->authority = authority.len > 0 && authority.ptr[0] != 0;
	return tmg_p15_value_take(&type, base, &cert->value);
}

/* ---- data, 6.7 --------------------------------------------------------------- */

/* OpaqueDOAttributes is the value itself; OidDO has its name in front. */
tmg_rc
tmg_p15_data_parse(uint32_t tag, tmg_view content, const tmg_path *base,
    tmg_p15_data *data)
{
	tmg_p15_object o;
	tmg_view inner;
	tmg_rc rc;

	*data = (tmg_p15_data){ .oid = { NULL, 0 } };
	if (tag != DER_SEQUENCE && tag != TAG_1)
		return TMG_UNSUPPORTED;
	if ((rc = tmg_p15_object_parse(content, &o)) ||
	    (rc = tmg_p15_optional(&o.class, DER_UTF8, &data->application)) ||
	    (rc = tmg_p15_optional(&o.class, DER_OID, &data->oid)))
		return rc;
	data->common = o.common;
	if (tag == DER_SEQUENCE)
		return tmg_p15_value_take(&o.type, base, &data->value);
	if ((rc = tmg_tlv_expect(&o.type, DER_SEQUENCE, &inner)) ||
	    (rc = tmg_tlv_expect(&inner, DER_OID, &data->oid)))
		return rc;
	return tmg_p15_value_take(&inner, base, &data->value);
}

/* ---- PINs, 6.8 ----------------------------------------------------------------- */

static tmg_rc
length_take(tmg_view *in, size_t *length)
{
	tmg_view value;
	tmg_rc rc;

	if ((rc = tmg_tlv_expect(in, DER_INTEGER, &value)) ||
	    (rc = tmg_p15_number(value, length)))
		return rc;
	return *length <= LENGTH_MAX ? TMG_OK : TMG_E_MALFORMED;
}

/* maxLength is what may be typed; without it, what is stored. */
static tmg_rc
lengths(tmg_view *in, tmg_p15_pin *pin)
{
	tmg_rc rc;

	if ((rc = length_take(in, &pin->min)) || (rc = length_take(in, &pin->stored)))
		return rc;
	pin->max = pin->stored;
	if (in->len > 0 && in->ptr[0] == DER_INTEGER &&
	    (rc = length_take(in, &pin->max)))
		return rc;
	if (pin->max == 0 || pin->min > pin->max)
		return TMG_E_MALFORMED;
	return TMG_OK;
}

static tmg_rc
pin_where(tmg_view in, const tmg_path *base, tmg_p15_pin *pin)
{
	tmg_view reference, pad, changed, path;
	tmg_p15_place place;
	int ref;
	tmg_rc rc;

	if ((rc = tmg_p15_optional(&in, TAG_PIN_REFERENCE, &reference)) ||
	    (rc = reference_of(reference, &ref)) ||
	    (rc = tmg_p15_optional(&in, DER_OCTETS, &pad)) ||
	    (rc = tmg_p15_optional(&in, DER_TIME, &changed)) ||
	    (rc = tmg_p15_optional(&in, DER_SEQUENCE, &path)))
		return rc;
	pin->reference = ref == P15_NO_REF ? 0 : (uint8_t)ref;
	pin->pad = pad.len > 0 ? pad.ptr[0] : 0;
	if (path.len == 0)
		return TMG_OK;
	if ((rc = tmg_p15_place_parse(path, base, &place)))
		return rc;
	pin->path = place.path;
	return TMG_OK;
}

static tmg_rc
pin_type(tmg_view in, const tmg_path *base, tmg_p15_pin *pin)
{
	tmg_view flags, type;
	size_t n;
	tmg_rc rc;

	if ((rc = tmg_tlv_expect(&in, DER_BITS, &flags)) ||
	    (rc = tmg_p15_flags(flags, &pin->flags)) ||
	    (rc = tmg_tlv_expect(&in, DER_ENUMERATED, &type)) ||
	    (rc = tmg_p15_number(type, &n)))
		return rc;
	if (n >= P15_PIN_TYPES)
		return TMG_UNSUPPORTED;
	pin->type = (tmg_p15_pin_type)n;
	if ((rc = lengths(&in, pin)))
		return rc;
	return pin_where(in, base, pin);
}

tmg_rc
tmg_p15_pin_parse(uint32_t tag, tmg_view content, const tmg_path *base,
    tmg_p15_pin *pin)
{
	tmg_p15_object o;
	tmg_view type;
	tmg_rc rc;

	*pin = (tmg_p15_pin){ .type = P15_PIN_ASCII };
	if (tag != DER_SEQUENCE)	/* fingers and keys */
		return TMG_UNSUPPORTED;
	if ((rc = tmg_p15_object_parse(content, &o)) ||
	    (rc = tmg_p15_optional(&o.class, DER_OCTETS, &pin->id)) ||
	    (rc = tmg_tlv_expect(&o.type, DER_SEQUENCE, &type)))
		return rc;
	pin->common = o.common;
	return pin_type(type, base, pin);
}
