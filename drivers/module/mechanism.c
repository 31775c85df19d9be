/* SPDX-License-Identifier: BSD-2-Clause */
/* What a token can do, by its list of mechanisms (PKCS #11 2.40, 5.5). */
#include "drivers/module/module.h"

/* Some modules complain aloud about being asked for what is not on their list.
 * A list that cannot be had, or is longer than any, is no list. */
static bool
is_listed(tmg_module *m, CK_MECHANISM_TYPE type)
{
	CK_ULONG n = TMG_MODULE_MECHANISMS;

	if (m->mechanism_count == 0) {
		const CK_RV rv = mod_p11(m)->C_GetMechanismList(m->slot, m->mechanisms, &n);

		tmg_module_missed(m, "C_GetMechanismList", rv);
		if (rv == CKR_OK && n <= TMG_MODULE_MECHANISMS)
			m->mechanism_count = n;
	}
	for (size_t i = 0; i < m->mechanism_count; i++)
		if (m->mechanisms[i] == type)
			return true;
	return m->mechanism_count == 0;
}

bool
tmg_module_can(tmg_module *m, CK_MECHANISM_TYPE type, CK_FLAGS use, size_t bits)
{
	CK_MECHANISM_INFO info = { .flags = 0 };
	CK_RV rv;

	if (!is_listed(m, type))
		return false;
	rv = mod_p11(m)->C_GetMechanismInfo(m->slot, type, &info);
	tmg_module_missed(m, "C_GetMechanismInfo", rv);
	if (rv != CKR_OK || (info.flags & use) != use)
		return false;
	/* Zeros are said where nobody thought of sizes, and bytes where bits
	 * were meant. */
	if (bits == 0 || info.ulMaxKeySize == 0)
		return true;
	if (info.ulMaxKeySize < 128 && bits > 521)
		return true;
	return bits >= info.ulMinKeySize && bits <= info.ulMaxKeySize;
}

static bool
is_born(tmg_module *m, const tmg_module_kind *kind)
{
	const tmg_alg_row *row = tmg_alg_get(kind->alg);
	const size_t bits = row->family == TMG_FAMILY_RSA ||
	    row->family == TMG_FAMILY_EC ? row->bits : 0;

	return tmg_module_can(m, kind->birth, CKF_GENERATE_KEY_PAIR, bits);
}

/* Nothing that goes beyond RSA by PKCS #1 v1.5: OpenSC over cards that pad. */
static bool
pads(tmg_module *m)
{
	return !tmg_module_can(m, CKM_RSA_X_509, 0, 0) &&
	    !tmg_module_can(m, CKM_RSA_PKCS_PSS, CKF_SIGN, 0) &&
	    !tmg_module_can(m, CKM_RSA_PKCS_OAEP, CKF_DECRYPT, 0);
}

void
tmg_module_tell(tmg_module *m)
{
	tmg_backend_info *info = &m->base.info;
	const bool fixed = (m->flags & CKF_WRITE_PROTECTED) != 0;

	info->can = TMG_CAN_METADATA;
	info->algs = 0;
	if ((m->flags & CKF_RNG) != 0)
		info->can |= TMG_CAN_RANDOM;
	for (size_t i = 0; !fixed && i < tmg_module_kind_count; i++)
		if (is_born(m, &tmg_module_kinds[i]))
			info->algs |= 1u << tmg_module_kinds[i].alg;
	if (!fixed)
		info->can |= TMG_CAN_DELETE | TMG_CAN_RESET;
	if (!fixed && (m->lib->quirks & TMG_QUIRK_NO_IMPORT) == 0)
		info->can |= TMG_CAN_IMPORT;
	if (info->algs != 0)
		info->can |= TMG_CAN_GENERATE;
	info->pads = pads(m);
}
