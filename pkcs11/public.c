/* SPDX-License-Identifier: BSD-2-Clause */
#include "pkcs11/public.h"

#include "pkcs11/template.h"
#include "src/base/scope.h"
#include "src/codec/tlv.h"
#include "src/pki/spki.h"
#include "tamga/signer.h"

enum {
	TAG_OCTET_STRING = 0x04,
	TAG_OID = 0x06,
	TAG_PRINTABLE = 0x13,
};

/* ---- curves -------------------------------------------------------------- */

static const struct {
	const char *name;
	tmg_alg alg;
} named[] = {
	{ "edwards25519", TMG_ALG_ED25519 },
	{ "curve25519", TMG_ALG_X25519 },
};

/* Numbers of a curve, none at all, and what is no choice of X9.62's are told
 * from a curve that we lack; 6.3. */
CK_RV
tmg_p11_curve(tmg_view params, tmg_alg *alg)
{
	tmg_view name;

	if (tmg_spki_curve(params, alg) == TMG_OK)
		return CKR_OK;
	if (tmg_tlv_find(params, TAG_OID, &name) == TMG_OK)
		return CKR_CURVE_NOT_SUPPORTED;
	if (tmg_tlv_find(params, TAG_PRINTABLE, &name) != TMG_OK)
		return CKR_DOMAIN_PARAMS_INVALID;
	for (size_t i = 0; i < TMG_COUNT(named); i++) {
		*alg = named[i].alg;
		if (tmg_view_equal(name, tmg_view_str(named[i].name)))
			return CKR_OK;
	}
	return CKR_CURVE_NOT_SUPPORTED;
}

static size_t
point_bytes(tmg_alg alg)
{
	const size_t field = tmg_alg_bytes(alg);

	return tmg_alg_get(alg)->family == TMG_FAMILY_EC ? 1 + 2 * field : field;
}

/* The length tells a bare point from one in an OCTET STRING: both begin with
 * 04. */
tmg_rc
tmg_p11_point_spki(tmg_alg alg, tmg_view point, tmg_out *spki)
{
	tmg_view inside;

	if (point.len != point_bytes(alg) &&
	    tmg_tlv_expect(&point, TAG_OCTET_STRING, &inside) == TMG_OK)
		point = inside;
	if (point.len != point_bytes(alg))
		return TMG_E_MALFORMED;
	return tmg_alg_get(alg)->family == TMG_FAMILY_EC
	    ? tmg_spki_ec(alg, point, spki) : tmg_spki_raw(alg, point, spki);
}

CK_KEY_TYPE
tmg_p11_key_type(tmg_alg alg)
{
	static const CK_KEY_TYPE types[] = {
		[TMG_FAMILY_NONE] = CK_UNAVAILABLE_INFORMATION,
		[TMG_FAMILY_RSA] = CKK_RSA,
		[TMG_FAMILY_EC] = CKK_EC,
		[TMG_FAMILY_ED] = CKK_EC_EDWARDS,
		[TMG_FAMILY_X] = CKK_EC_MONTGOMERY,
	};

	return types[tmg_alg_get(alg)->family];
}

/* ---- templates ----------------------------------------------------------- */

static CK_RV
from_rsa(const CK_ATTRIBUTE *templ, CK_ULONG count, tmg_out *spki)
{
	const tmg_view n = tmg_p11_template_bytes(templ, count, CKA_MODULUS),
	    e = tmg_p11_template_bytes(templ, count, CKA_PUBLIC_EXPONENT);

	if (n.len == 0 || e.len == 0)
		return CKR_TEMPLATE_INCOMPLETE;
	return tmg_spki_rsa(n, e, spki) == TMG_OK
	    ? CKR_OK : CKR_ATTRIBUTE_VALUE_INVALID;
}

static CK_RV
from_curve(const CK_ATTRIBUTE *templ, CK_ULONG count, CK_KEY_TYPE type,
    tmg_out *spki)
{
	const tmg_view params = tmg_p11_template_bytes(templ, count, CKA_EC_PARAMS),
	    point = tmg_p11_template_bytes(templ, count, CKA_EC_POINT);
	tmg_alg alg;
	CK_RV rv;

	if (params.len == 0 || point.len == 0)
		return CKR_TEMPLATE_INCOMPLETE;
	if ((rv = tmg_p11_curve(params, &alg)))
		return rv;
	if (tmg_p11_key_type(alg) != type)
		return CKR_TEMPLATE_INCONSISTENT;
	return tmg_p11_point_spki(alg, point, spki) == TMG_OK
	    ? CKR_OK : CKR_ATTRIBUTE_VALUE_INVALID;
}

static CK_RV
from_info(const CK_ATTRIBUTE *templ, CK_ULONG count, tmg_view info,
    tmg_out *spki)
{
	tmg_alg alg;

	if (tmg_spki_alg(info, &alg) != TMG_OK)
		return CKR_ATTRIBUTE_VALUE_INVALID;
	if (!tmg_p11_template_is(templ, count, CKA_KEY_TYPE, tmg_p11_key_type(alg)))
		return CKR_TEMPLATE_INCONSISTENT;
	tmg_put(spki, info);
	return spki->full ? CKR_ATTRIBUTE_VALUE_INVALID : CKR_OK;
}

CK_RV
tmg_p11_template_spki(const CK_ATTRIBUTE *templ, CK_ULONG count, tmg_out *spki)
{
	const tmg_view info = tmg_p11_template_bytes(templ, count,
	    CKA_PUBLIC_KEY_INFO);
	CK_KEY_TYPE type;

	if (info.len > 0)
		return from_info(templ, count, info, spki);
	if (tmg_p11_template_ulong(templ, count, CKA_KEY_TYPE, &type))
		return CKR_TEMPLATE_INCOMPLETE;
	if (type == CKK_RSA)
		return from_rsa(templ, count, spki);
	if (type == CKK_EC || type == CKK_EC_EDWARDS || type == CKK_EC_MONTGOMERY)
		return from_curve(templ, count, type, spki);
	return CKR_ATTRIBUTE_VALUE_INVALID;
}
