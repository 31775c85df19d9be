/* SPDX-License-Identifier: BSD-2-Clause */
#include "pkcs11/attribute-row.h"

#include <string.h>

CK_RV
tmg_p11_get_bool(tmg_p11_subject *s, CK_ULONG arg, tmg_view *value)
{
	s->scratch[0] = arg ? CK_TRUE : CK_FALSE;
	*value = (tmg_view){ s->scratch, sizeof(CK_BBOOL) };
	return CKR_OK;
}

CK_RV
tmg_p11_get_ulong(tmg_p11_subject *s, CK_ULONG arg, tmg_view *value)
{
	memcpy(s->scratch, &arg, sizeof(arg));
	*value = (tmg_view){ s->scratch, sizeof(arg) };
	return CKR_OK;
}

CK_RV
tmg_p11_get_nothing(tmg_p11_subject *s, CK_ULONG arg, tmg_view *value)
{
	(void)s;
	(void)arg;
	*value = (tmg_view){ NULL, 0 };
	return CKR_OK;
}

CK_RV
tmg_p11_give_text(tmg_p11_subject *s, const char *text, tmg_view *value)
{
	tmg_out o = TMG_OUT(s->scratch);

	tmg_put_str(&o, text);
	*value = tmg_out_view(&o);
	return CKR_OK;
}

CK_RV
tmg_p11_get_part(tmg_p11_subject *s, CK_ULONG arg, tmg_view *value)
{
	memcpy(value, (const char *)s + arg, sizeof(*value));
	return CKR_OK;
}

CK_RV
tmg_p11_get_spki(tmg_p11_subject *s, CK_ULONG arg, tmg_view *value)
{
	(void)arg;
	*value = s->object.class == CKO_CERTIFICATE ? s->cert.spki : s->spki;
	return CKR_OK;
}

tmg_family
tmg_p11_family_of(const tmg_p11_subject *s)
{
	return tmg_alg_get(s->facts.alg)->family;
}
