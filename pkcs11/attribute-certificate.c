/* SPDX-License-Identifier: BSD-2-Clause */
/* Attributes of certificates. */
#include <time.h>

#include "pkcs11/attribute-row.h"
#include "src/base/scope.h"
#include "tamga/cert.h"

enum {
	CATEGORY_USER = 1,		/* CKA_CERTIFICATE_CATEGORY */
	CATEGORY_AUTHORITY = 2,
};

static CK_RV
get_category(tmg_p11_subject *s, CK_ULONG arg, tmg_view *value)
{
	tmg_cert_facts facts;
	const tmg_rc rc = tmg_cert_facts_get(s->der, &facts);

	(void)arg;
	if (rc == TMG_E_NOMEM)
		return CKR_HOST_MEMORY;
	return tmg_p11_get_ulong(s, rc == TMG_OK && facts.ca ? CATEGORY_AUTHORITY : CATEGORY_USER, value);
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
		return tmg_p11_get_nothing(s, 0, value);
	t = arg == START ? facts.not_before : facts.not_after;
	if (gmtime_r(&t, &tm) == NULL ||
	    strftime(text, sizeof(text), "%Y%m%d", &tm) != sizeof(CK_DATE))
		return tmg_p11_get_nothing(s, 0, value);
	return tmg_p11_give_text(s, text, value);
}

static const tmg_p11_row certificate[] = {
	{ CKA_CERTIFICATE_TYPE, tmg_p11_get_ulong, CKC_X_509, P11_ANY },
	{ CKA_CERTIFICATE_CATEGORY, get_category, 0, P11_ANY },
	{ CKA_TRUSTED, tmg_p11_get_bool, CK_FALSE, P11_ANY },
	{ CKA_LABEL, tmg_p11_get_label, 0, P11_ANY },
	{ CKA_ID, tmg_p11_get_id, 0, P11_ANY },
	{ CKA_SUBJECT, tmg_p11_get_part, P11_PART(cert.subject), P11_ANY },
	{ CKA_ISSUER, tmg_p11_get_part, P11_PART(cert.issuer), P11_ANY },
	{ CKA_SERIAL_NUMBER, tmg_p11_get_part, P11_PART(cert.serial), P11_ANY },
	{ CKA_VALUE, tmg_p11_get_part, P11_PART(der), P11_ANY },
	{ CKA_PUBLIC_KEY_INFO, tmg_p11_get_spki, 0, P11_ANY },
	{ CKA_START_DATE, get_date, START, P11_ANY },
	{ CKA_END_DATE, get_date, END, P11_ANY },
};

const tmg_p11_rows tmg_p11_rows_certificate = {
	CKO_CERTIFICATE, certificate, TMG_COUNT(certificate),
};
