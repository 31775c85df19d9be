/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/pki/form.h"

#include "src/base/scope.h"
#include "src/codec/tlv.h"
#include "src/pki/cmp-message.h"

enum {
	INTEGER = 0x02,
	SEQUENCE = 0x30,
	SUBJECT = 0xa5,		/* CertTemplate, RFC 4211 5: [5] holds a Name, */
	PUBLIC_KEY = 0xa6,	/* [6] replaces the tag of SubjectPublicKeyInfo */
};

tmg_rc
tmg_form_pkcs10(tmg_view der, tmg_form *form)
{
	static const uint32_t path[] = { SEQUENCE, SEQUENCE, 0 };
	tmg_view in;
	tmg_tlv version;
	tmg_rc rc;

	*form = (tmg_form){ .spki = { NULL, 0 } };
	if (tmg_tlv_walk(der, path, &in) != TMG_OK ||
	    tmg_tlv_next(&in, &version) != TMG_OK)
		return TMG_E_MALFORMED;
	if ((rc = tmg_tlv_expect_whole(&in, SEQUENCE, &form->subject)) ||
	    (rc = tmg_tlv_expect_whole(&in, SEQUENCE, &form->spki)))
		return rc;
	form->attributes = in;
	return tmg_tlv_find(form->spki, SEQUENCE, &form->key);
}

static tmg_rc
read_template(tmg_view in, tmg_form *form)
{
	static const uint8_t nobody[] = { SEQUENCE, 0x00 };
	tmg_view name;
	tmg_tlv t;
	tmg_rc rc;

	*form = (tmg_form){ .subject = TMG_VIEW(nobody) };
	while ((rc = tmg_tlv_next(&in, &t)) == TMG_OK) {
		if (t.tag == PUBLIC_KEY)
			form->key = t.value;
		if (t.tag != SUBJECT)
			continue;
		if ((rc = tmg_tlv_expect_whole(&t.value, SEQUENCE, &name)))
			return rc;
		form->subject = name;
	}
	return rc == TMG_NOT_FOUND && form->key.len > 0 ? TMG_OK : TMG_E_MALFORMED;
}

/* CertReqMessages with one CertReqMsg, RFC 4211 3. */
static tmg_rc
read_crmf(tmg_view content, tmg_form *form)
{
	tmg_view list, message, request, id, template;
	tmg_rc rc;

	if ((rc = tmg_tlv_expect(&content, SEQUENCE, &list)) ||
	    (rc = tmg_tlv_expect(&list, SEQUENCE, &message)) ||
	    (rc = tmg_tlv_expect(&message, SEQUENCE, &request)) ||
	    (rc = tmg_tlv_expect(&request, INTEGER, &id)) ||
	    (rc = tmg_tlv_expect(&request, SEQUENCE, &template)))
		return rc;
	return list.len > 0 ? TMG_E_MALFORMED : read_template(template, form);
}

static tmg_rc
read_message(tmg_view der, tmg_form *form)
{
	static const struct {
		unsigned body;
		tmg_rc (*read)(tmg_view content, tmg_form *form);
	} bodies[] = {
		{ TMG_CMP_IR, read_crmf },
		{ TMG_CMP_CR, read_crmf },
		{ TMG_CMP_KUR, read_crmf },
		{ TMG_CMP_P10CR, tmg_form_pkcs10 },
	};
	tmg_cmp_message m;
	tmg_rc rc;

	if ((rc = tmg_cmp_message_read(der, &m)))
		return rc;
	for (size_t i = 0; i < TMG_COUNT(bodies); i++)
		if (bodies[i].body == m.body)
			return bodies[i].read(m.content, form);
	return TMG_E_MALFORMED;
}

tmg_rc
tmg_form_read(tmg_view der, tmg_form *form)
{
	static tmg_rc (*const forms[])(tmg_view der, tmg_form *form) = {
		tmg_form_pkcs10,
		read_message,
	};
	tmg_rc rc = TMG_E_MALFORMED;

	for (size_t i = 0; rc != TMG_OK && i < TMG_COUNT(forms); i++)
		rc = forms[i](der, form);
	return rc;
}
