/* SPDX-License-Identifier: BSD-2-Clause */
/* Attributes of data. */
#include <openssl/asn1.h>

#include "pkcs11/attribute-row.h"
#include "src/base/scope.h"
#include "src/codec/tlv.h"
#include "src/token/token.h"

enum {
	TAG_OID = 0x06,
};

static CK_RV
get_data_label(tmg_p11_subject *s, CK_ULONG arg, tmg_view *value)
{
	(void)arg;
	return tmg_p11_give_text(s, tmg_data_place(s->object.data)->name, value);
}

static CK_RV
get_application(tmg_p11_subject *s, CK_ULONG arg, tmg_view *value)
{
	(void)arg;
	return tmg_p11_give_text(s, tmg_data_place(s->object.data)->application, value);
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

static const tmg_p11_row data[] = {
	{ CKA_LABEL, get_data_label, 0, P11_ANY },
	{ CKA_APPLICATION, get_application, 0, P11_ANY },
	{ CKA_OBJECT_ID, get_object_id, 0, P11_ANY },
	{ CKA_VALUE, tmg_p11_get_part, P11_PART(der), P11_ANY },
};

const tmg_p11_rows tmg_p11_rows_data = {
	CKO_DATA, data, TMG_COUNT(data),
};
