/* SPDX-License-Identifier: BSD-2-Clause */
/* Attributes of profiles. */
#include "pkcs11/attribute-row.h"
#include "src/base/scope.h"

static CK_RV
get_profile(tmg_p11_subject *s, CK_ULONG arg, tmg_view *value)
{
	(void)arg;
	return tmg_p11_get_ulong(s, s->object.profile, value);
}

static CK_RV
get_profile_label(tmg_p11_subject *s, CK_ULONG arg, tmg_view *value)
{
	(void)arg;
	switch (s->object.profile) {
	case CKP_BASELINE_PROVIDER:
		return tmg_p11_give_text(s, "Baseline Provider", value);
	case CKP_AUTHENTICATION_TOKEN:
		return tmg_p11_give_text(s, "Authentication Token", value);
	case CKP_PUBLIC_CERTIFICATES_TOKEN:
		return tmg_p11_give_text(s, "Public Certificates Token", value);
	}
	return CKR_ATTRIBUTE_TYPE_INVALID;
}

static const tmg_p11_row profile[] = {
	{ CKA_PROFILE_ID, get_profile, 0, P11_ANY },
	{ CKA_LABEL, get_profile_label, 0, P11_ANY },
};

const tmg_p11_rows tmg_p11_rows_profile = {
	CKO_PROFILE, profile, TMG_COUNT(profile),
};
