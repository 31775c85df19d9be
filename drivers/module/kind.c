/* SPDX-License-Identifier: BSD-2-Clause */
/* Kinds of keys as attributes tell them (PKCS #11 2.40, 2.1 and 2.3; 3.0, 2.3). */
#include "drivers/module/module.h"

#include <string.h>

#include "src/codec/tlv.h"
#include "src/pki/spki.h"

enum {
	DER_OCTETS = 0x04,
	DER_BITS = 0x03,
	DER_PRINTABLE = 0x13,
	RAW_KEY = 32,		/* bytes of an RFC 8032 or 7748 key here */
};

/* RFC 5480 2.1.1.1, RFC 5639 4.1, RFC 8410 3. */
static const uint8_t p256[] = { 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7 };
static const uint8_t p384[] = { 6, 5, 0x2b, 0x81, 4, 0, 0x22 };
static const uint8_t p521[] = { 6, 5, 0x2b, 0x81, 4, 0, 0x23 };
static const uint8_t bp256[] = { 6, 9, 0x2b, 0x24, 3, 3, 2, 8, 1, 1, 7 };
static const uint8_t bp384[] = { 6, 9, 0x2b, 0x24, 3, 3, 2, 8, 1, 1, 11 };
static const uint8_t bp512[] = { 6, 9, 0x2b, 0x24, 3, 3, 2, 8, 1, 1, 13 };
static const uint8_t ed25519[] = { 6, 3, 0x2b, 0x65, 0x70 };
static const uint8_t x25519[] = { 6, 3, 0x2b, 0x65, 0x6e };
static const uint8_t edwards_words[] = "\x13\x0c" "edwards25519";
static const uint8_t curve_words[] = "\x13\x0a" "curve25519";

#define NOTHING NULL, 0
#define BYTES(array) (array), sizeof(array)
#define WORDS(array) (array), sizeof(array) - 1
#define RSA(alg) { alg, CKK_RSA, CKM_RSA_PKCS_KEY_PAIR_GEN, NOTHING, NOTHING }
#define EC(alg, oid) \
	{ alg, CKK_EC, CKM_EC_KEY_PAIR_GEN, BYTES(oid), NOTHING }

const tmg_module_kind tmg_module_kinds[] = {
	RSA(TMG_ALG_RSA1024), RSA(TMG_ALG_RSA2048),
	RSA(TMG_ALG_RSA3072), RSA(TMG_ALG_RSA4096),
	EC(TMG_ALG_P256, p256), EC(TMG_ALG_P384, p384), EC(TMG_ALG_P521, p521),
	EC(TMG_ALG_BP256, bp256), EC(TMG_ALG_BP384, bp384),
	EC(TMG_ALG_BP512, bp512),
	{ TMG_ALG_ED25519, CKK_EC_EDWARDS, CKM_EC_EDWARDS_KEY_PAIR_GEN,
	    BYTES(ed25519), WORDS(edwards_words) },
	{ TMG_ALG_X25519, CKK_EC_MONTGOMERY, CKM_EC_MONTGOMERY_KEY_PAIR_GEN,
	    BYTES(x25519), WORDS(curve_words) },
};
const size_t tmg_module_kind_count = TMG_COUNT(tmg_module_kinds);

const tmg_module_kind *
tmg_module_kind_of(tmg_alg alg)
{
	for (size_t i = 0; i < TMG_COUNT(tmg_module_kinds); i++)
		if (tmg_module_kinds[i].alg == alg)
			return &tmg_module_kinds[i];
	return NULL;
}

/* ---- public halves -------------------------------------------------------- */

static tmg_rc
spki_rsa(tmg_module *m, CK_OBJECT_HANDLE object, tmg_out *spki)
{
	uint8_t modulus[TMG_MODULE_NUMBER], exponent[TMG_MODULE_NUMBER];
	tmg_out n = TMG_OUT(modulus), e = TMG_OUT(exponent);
	tmg_rc rc;

	if ((rc = tmg_module_attribute(m, object, CKA_MODULUS, &n)) ||
	    (rc = tmg_module_attribute(m, object, CKA_PUBLIC_EXPONENT, &e)))
		return rc;
	rc = tmg_spki_rsa(tmg_out_view(&n), tmg_out_view(&e), spki);
	return rc == TMG_OK ? rc : tmg_module_lied(m, "C_GetAttributeValue");
}

static const tmg_module_kind *
by_words(tmg_view params)
{
	for (size_t i = 0; i < TMG_COUNT(tmg_module_kinds); i++)
		if (tmg_module_kinds[i].words_len > 0 && tmg_view_equal(params,
		    (tmg_view){ tmg_module_kinds[i].words,
		    tmg_module_kinds[i].words_len }))
			return &tmg_module_kinds[i];
	return NULL;
}

static tmg_rc
curve_of(tmg_module *m, CK_OBJECT_HANDLE object, tmg_alg *alg)
{
	uint8_t store[TMG_MODULE_NUMBER];
	tmg_out params = TMG_OUT(store);
	const tmg_module_kind *kind;
	tmg_rc rc;

	if ((rc = tmg_module_attribute(m, object, CKA_EC_PARAMS, &params)))
		return rc;
	if ((kind = by_words(tmg_out_view(&params))) != NULL) {
		*alg = kind->alg;
		return TMG_OK;
	}
	return tmg_spki_curve(tmg_out_view(&params), alg) == TMG_OK ? TMG_OK
	    : TMG_UNSUPPORTED;
}

/* 2.3.3 wants an OCTET STRING; bare points are common, and 3.0 had them in a
 * BIT STRING for a while. */
static tmg_view
bare(tmg_view value, size_t want)
{
	tmg_view in = value;
	tmg_tlv t;

	if (value.len == want)
		return value;
	if (tmg_tlv_next(&in, &t) != TMG_OK || in.len > 0)
		return (tmg_view){ NULL, 0 };
	if (t.tag == DER_BITS && t.value.len == want + 1 && t.value.ptr[0] == 0)
		return (tmg_view){ t.value.ptr + 1, want };
	return t.tag == DER_OCTETS && t.value.len == want ? t.value
	    : (tmg_view){ NULL, 0 };
}

static tmg_rc
spki_curve(tmg_module *m, CK_OBJECT_HANDLE object, tmg_out *spki)
{
	uint8_t store[TMG_MODULE_NUMBER];
	tmg_out value = TMG_OUT(store);
	tmg_view point;
	tmg_alg alg;
	bool ec;
	tmg_rc rc;

	if ((rc = curve_of(m, object, &alg)) ||
	    (rc = tmg_module_attribute(m, object, CKA_EC_POINT, &value)))
		return rc;
	ec = tmg_alg_get(alg)->family == TMG_FAMILY_EC;
	point = bare(tmg_out_view(&value), ec ? 2 * tmg_alg_bytes(alg) + 1
	    : RAW_KEY);
	rc = point.len == 0 ? TMG_E_MALFORMED : ec
	    ? tmg_spki_ec(alg, point, spki) : tmg_spki_raw(alg, point, spki);
	return rc == TMG_OK ? rc : tmg_module_lied(m, "C_GetAttributeValue");
}

tmg_rc
tmg_module_spki(tmg_module *m, CK_OBJECT_HANDLE object, tmg_out *spki)
{
	CK_KEY_TYPE type = CKK_VENDOR_DEFINED;
	tmg_rc rc;

	if ((rc = tmg_module_ulong(m, object, CKA_KEY_TYPE, &type)))
		return rc;
	if (type == CKK_RSA)
		return spki_rsa(m, object, spki);
	if (type == CKK_EC || type == CKK_EC_EDWARDS || type == CKK_EC_MONTGOMERY)
		return spki_curve(m, object, spki);
	return mod_raise(m, TMG_UNSUPPORTED, _("%s: a key of a kind that tamga does "
	    "not know"), m->base.info.label);
}
