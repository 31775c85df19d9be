/* SPDX-License-Identifier: BSD-2-Clause */
/* Data objects: in memory. */
#include "pkcs11/create.h"

static const tmg_p11_rule rules[] = {
	P11_RULES_COMMON,
	{ CKA_APPLICATION, P11_BYTES }, { CKA_OBJECT_ID, P11_BYTES },
	{ CKA_VALUE, P11_BYTES },
};

/* Every attribute is there, be it empty; 4.5.2. */
static CK_RV
put_missing(const tmg_p11_wish *w, tmg_p11_memory *m)
{
	static const CK_ATTRIBUTE_TYPE types[] = {
		CKA_APPLICATION, CKA_OBJECT_ID, CKA_VALUE,
	};
	CK_RV rv = CKR_OK;

	for (size_t i = 0; rv == CKR_OK && i < TMG_COUNT(types); i++)
		rv = tmg_p11_memory_put(m, types[i],
		    tmg_p11_template_bytes(w->templ, w->count, types[i]));
	return rv;
}

static CK_RV
make(const tmg_p11_wish *w, CK_OBJECT_HANDLE *made)
{
	tmg_auto_ptr(tmg_p11_memory) m = NULL;
	CK_RV rv;

	if (w->token)
		return tmg_p11_session_writes(w->hold->session)
		    ? CKR_TEMPLATE_INCONSISTENT : CKR_SESSION_READ_ONLY;
	if ((rv = tmg_p11_wish_memory(w, &m)) || (rv = put_missing(w, m)))
		return rv;
	return tmg_p11_memory_own(w->hold, &m, made);
}

const tmg_p11_maker tmg_p11_make_data = {
	CKO_DATA, rules, TMG_COUNT(rules), make,
};
