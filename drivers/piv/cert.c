/* SPDX-License-Identifier: BSD-2-Clause */
/* Certificate objects: SP 800-73-4 part 1, table 10; all are made alike. */
#include "drivers/piv/piv.h"

#include "src/base/scope.h"
#include "src/driver/packed.h"

enum {
	TAG_CERT = 0x70,
	TAG_CERT_INFO = 0x71,
	TAG_END = 0xfe,
	INFO_GZIP = 0x01,
	INFO_GZIP_OLD = 0x80,	/* the same bit, counted from the other end */
	DER_SEQUENCE = 0x30,
};

static bool
is_packed(tmg_view content)
{
	tmg_view info;

	return tmg_tlv_find(content, TAG_CERT_INFO, &info) == TMG_OK &&
	    info.len >= 1 && (info.ptr[0] & (INFO_GZIP | INFO_GZIP_OLD)) != 0;
}

tmg_rc
tmg_piv_cert_parse(tmg_view content, tmg_out *der)
{
	tmg_view cert;
	tmg_rc rc;

	if ((rc = tmg_tlv_find(content, TAG_CERT, &cert)))
		return rc;
	if (cert.len == 0)
		return TMG_NOT_FOUND;
	if (is_packed(content))
		return tmg_unpack(cert, TMG_CERT_MAX, der);
	if (cert.ptr[0] != DER_SEQUENCE || cert.len > TMG_CERT_MAX)
		return TMG_E_MALFORMED;
	tmg_put(der, cert);
	return tmg_out_done(der);
}

tmg_rc
tmg_piv_cert_read(tmg_backend *b, uint32_t ref, tmg_out *der)
{
	tmg_piv *p = tmg_piv_of(b);
	tmg_auto_free uint8_t *bytes = malloc(PIV_OBJECT_MAX);
	tmg_out store = { bytes, PIV_OBJECT_MAX, 0, false };
	const tmg_piv_slot *slot;
	tmg_view content;
	tmg_rc rc;

	if (bytes == NULL)
		return piv_raise(p, TMG_E_NOMEM, 0, _("out of memory"));
	if ((rc = tmg_piv_slot_get(p, ref, &slot)))
		return rc;
	rc = tmg_piv_get(p, slot->object, TMG_LE_ANY, &store, &content);
	if (rc == TMG_OK)
		rc = tmg_piv_cert_parse(content, der);
	if (rc == TMG_NOT_FOUND || rc == TMG_UNSUPPORTED)
		return piv_raise(p, TMG_NOT_FOUND, p->base.fault.sw,
		    _("%s: slot %s holds no certificate"), p->who,
		    slot->row.name);
	if (rc == TMG_E_MALFORMED)
		return piv_raise(p, rc, 0,
		    _("%s: what slot %s holds as its certificate cannot be "
		    "read; write it again"), p->who, slot->row.name);
	return piv_pass(p, rc);
}

static tmg_rc
put_cert(tmg_piv *p, const tmg_piv_slot *slot, tmg_view cert, uint8_t info)
{
	const size_t cap = cert.len + 32;
	tmg_auto_free uint8_t *bytes = malloc(cap);
	tmg_out content = { bytes, cap, 0, false };

	if (bytes == NULL)
		return piv_raise(p, TMG_E_NOMEM, 0, _("out of memory"));
	tmg_tlv_put(&content, TAG_CERT, cert);
	tmg_tlv_put(&content, TAG_CERT_INFO, (tmg_view){ &info, 1 });
	tmg_tlv_put(&content, TAG_END, (tmg_view){ 0 });
	return tmg_piv_put(p, slot->object, tmg_out_view(&content));
}

/* Only when the card has no room for it as it is: every reader of PIV knows
 * plain certificates, some stumble over packed ones. */
static tmg_rc
put_packed(tmg_piv *p, const tmg_piv_slot *slot, tmg_view der)
{
	tmg_auto_free uint8_t *bytes = malloc(der.len);
	tmg_out packed = { bytes, der.len, 0, false };

	if (bytes == NULL)
		return piv_raise(p, TMG_E_NOMEM, 0, _("out of memory"));
	if (tmg_pack(TMG_PACKING_GZIP, der, &packed))
		return piv_raise(p, TMG_DENIED, TMG_SW_FULL,
		    _("%s: the certificate of %zu bytes does not fit into slot "
		    "%s, even compressed"), p->who, der.len, slot->row.name);
	return put_cert(p, slot, tmg_out_view(&packed), INFO_GZIP);
}

tmg_rc
tmg_piv_cert_write(tmg_backend *b, uint32_t ref, tmg_view der)
{
	tmg_piv *p = tmg_piv_of(b);
	const tmg_piv_slot *slot;
	tmg_rc rc;

	if ((rc = tmg_piv_slot_get(p, ref, &slot)))
		return rc;
	if (der.len == 0 || der.len > TMG_CERT_MAX)
		return piv_raise(p, TMG_E_USAGE, 0,
		    _("%s: a certificate of %zu bytes cannot be written"),
		    p->who, der.len);

	/* First the note: a slot that holds less than it says is looked at in
	 * vain, one that nobody was told of is not found. */
	if ((rc = tmg_piv_history_note(p, ref, true)))
		return piv_pass(p, rc);
	rc = put_cert(p, slot, der, 0);
	if (rc == TMG_DENIED && p->base.fault.sw != TMG_SW_DATA)
		rc = put_packed(p, slot, der);
	return piv_pass(p, rc);
}

tmg_rc
tmg_piv_cert_delete(tmg_backend *b, uint32_t ref)
{
	tmg_piv *p = tmg_piv_of(b);
	const tmg_piv_slot *slot;
	tmg_rc rc;

	if ((rc = tmg_piv_slot_get(p, ref, &slot)))
		return rc;
	if ((rc = tmg_piv_put(p, slot->object, (tmg_view){ 0 })))
		return piv_pass(p, rc);
	return tmg_piv_history_note(p, ref, false);
}
