/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The fields of Yubico's import command.
 */
#include "src/base/scope.h"
#include "src/codec/tlv.h"
#include "tools/vcard/piv_alg.h"

enum {
	FIELD_P = 0x01,
	FIELD_Q = 0x02,
	FIELD_DP = 0x03,
	FIELD_DQ = 0x04,
	FIELD_QINV = 0x05,
	FIELD_SCALAR = 0x06,
	FIELD_ED25519 = 0x07,
	FIELD_X25519 = 0x08,
};

/* All five of them; the exponent has no field. */
static tmg_rc
import_rsa(const vc_alg *alg, OSSL_LIB_CTX *lib, tmg_view fields, EVP_PKEY **pkey)
{
	vc_rsa_parts parts = { 0 };
	const struct { uint32_t tag; tmg_view *to; } wanted[] = {
		{ FIELD_P, &parts.p }, { FIELD_Q, &parts.q }, { FIELD_DP, &parts.dp },
		{ FIELD_DQ, &parts.dq }, { FIELD_QINV, &parts.qinv },
	};

	for (size_t i = 0; i < TMG_COUNT(wanted); i++)
		if (tmg_tlv_find(fields, wanted[i].tag, wanted[i].to) != TMG_OK ||
		    wanted[i].to->len == 0)
			return TMG_E_MALFORMED;
	return vc_pkey_of_rsa(alg->alg, lib, &parts, pkey);
}

tmg_rc
vc_alg_import(const vc_alg *alg, OSSL_LIB_CTX *lib, tmg_view fields, EVP_PKEY **pkey)
{
	static const uint32_t tags[] = {
		[TMG_FAMILY_EC] = FIELD_SCALAR, [TMG_FAMILY_ED] = FIELD_ED25519,
		[TMG_FAMILY_X] = FIELD_X25519,
	};
	const tmg_family family = tmg_alg_get(alg->alg)->family;
	tmg_view scalar;

	*pkey = NULL;
	if (family == TMG_FAMILY_NONE)
		return TMG_E_MALFORMED;
	if (family == TMG_FAMILY_RSA)
		return import_rsa(alg, lib, fields, pkey);
	if (tmg_tlv_find(fields, tags[family], &scalar) != TMG_OK)
		return TMG_E_MALFORMED;
	return vc_pkey_of_scalar(alg->alg, lib, scalar, pkey);
}
