/* SPDX-License-Identifier: BSD-2-Clause */
/* Certificates: CKO_CERTIFICATE objects with the key's CKA_ID. */
#include "drivers/module/module.h"

#include <string.h>

#include "src/base/ctx.h"
#include "src/pki/scope.h"
#include "src/pki/x509.h"

tmg_rc
tmg_module_cert_read(tmg_backend *b, uint32_t slot, tmg_out *der)
{
	tmg_module *m = tmg_module_of(b);
	CK_OBJECT_HANDLE cert;
	tmg_module_place *place;
	tmg_rc rc;

	if ((rc = tmg_module_place_get(m, slot, &place)))
		return rc;
	if (place->vacant)
		return TMG_NOT_FOUND;
	if ((rc = tmg_module_object(m, place, CKO_CERTIFICATE, &cert)) ||
	    (rc = tmg_module_attribute(m, cert, CKA_VALUE, der)))
		return rc;
	return tmg_out_done(der);
}

/* The parts that PKCS #11 2.40, 4.6.3 wants beside the value. */
typedef struct parts {
	uint8_t *subject, *issuer, *serial;
	int subject_len, issuer_len, serial_len;
} parts;

static void
parts_release(parts *p)
{
	OPENSSL_free(p->subject);
	OPENSSL_free(p->issuer);
	OPENSSL_free(p->serial);
}

static tmg_rc
take_apart(tmg_module *m, tmg_view der, parts *p)
{
	tmg_held(X509) cert = NULL;
	tmg_rc rc;

	if ((rc = tmg_x509_keyless(m->base.ctx, der, &cert)))
		return mod_raise(m, rc, _("that is no X.509 certificate"));
	p->subject_len = i2d_X509_NAME(X509_get_subject_name(cert), &p->subject);
	p->issuer_len = i2d_X509_NAME(X509_get_issuer_name(cert), &p->issuer);
	p->serial_len = i2d_ASN1_INTEGER(X509_get0_serialNumber(cert), &p->serial);
	return p->subject_len >= 0 && p->issuer_len > 0 && p->serial_len > 0
	    ? TMG_OK : mod_raise(m, TMG_E_NOMEM, _("out of memory"));
}

/* The key's label is the certificate's. */
static tmg_view
label_of(const tmg_module_place *place)
{
	return place->label_len > 0 ? (tmg_view){ place->label, place->label_len }
	    : tmg_view_str(place->name);
}

static tmg_rc
create(tmg_module *m, const tmg_module_place *place, tmg_view der,
    const parts *p)
{
	CK_OBJECT_CLASS cls = CKO_CERTIFICATE;
	CK_CERTIFICATE_TYPE type = CKC_X_509;
	CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
	const tmg_view label = label_of(place);
	CK_OBJECT_HANDLE made = CK_INVALID_HANDLE;
	tmg_rc rc;
	CK_ATTRIBUTE templ[] = {
		{ CKA_CLASS, &cls, sizeof(cls) },
		{ CKA_CERTIFICATE_TYPE, &type, sizeof(type) },
		{ CKA_TOKEN, &yes, sizeof(yes) },
		{ CKA_PRIVATE, &no, sizeof(no) },
		{ CKA_LABEL, (void *)(uintptr_t)label.ptr, label.len },
		{ CKA_SUBJECT, p->subject, (CK_ULONG)p->subject_len },
		{ CKA_ISSUER, p->issuer, (CK_ULONG)p->issuer_len },
		{ CKA_SERIAL_NUMBER, p->serial, (CK_ULONG)p->serial_len },
		{ CKA_VALUE, (void *)(uintptr_t)der.ptr, der.len },
		{ CKA_ID, (void *)(uintptr_t)place->id, place->id_len },
	};

	rc = tmg_module_heard(m, "C_CreateObject", mod_p11(m)->C_CreateObject(
	    m->session, templ, TMG_COUNT(templ) - (place->id_len == 0), &made));
	return rc == TMG_OK && made == CK_INVALID_HANDLE
	    ? tmg_module_lied(m, "C_CreateObject") : rc;
}

/* Programs look for the key of a certificate by its subject too; a module that
 * keeps none there loses nothing. */
static void
name_key(tmg_module *m, const tmg_module_place *place, const parts *p)
{
	static const CK_OBJECT_CLASS classes[] = { CKO_PRIVATE_KEY, CKO_PUBLIC_KEY };
	CK_ATTRIBUTE subject = { CKA_SUBJECT, p->subject,
	    (CK_ULONG)p->subject_len };

	for (size_t i = 0; i < TMG_COUNT(classes); i++) {
		CK_OBJECT_HANDLE key;

		if (tmg_module_object(m, place, classes[i], &key) == TMG_OK)
			tmg_module_missed(m, "C_SetAttributeValue",
			    mod_p11(m)->C_SetAttributeValue(m->session, key,
			    &subject, 1));
	}
}

/* The new one first: no failure leaves the key without any. */
tmg_rc
tmg_module_cert_write(tmg_backend *b, uint32_t slot, tmg_view der)
{
	tmg_auto(parts) p = { .subject = NULL };
	tmg_module *m = tmg_module_of(b);
	tmg_module_olds old = { .n = 0 };
	tmg_module_place *place;
	tmg_rc rc;

	if ((rc = tmg_module_place_get(m, slot, &place)) ||
	    (rc = take_apart(m, der, &p)) ||
	    (rc = tmg_module_olds_certs(m, place, &old)) ||
	    (rc = create(m, place, der, &p)))
		return rc;
	place->vacant = false;
	if ((rc = tmg_module_olds_drop(m, &old)))
		return rc;
	name_key(m, place, &p);
	return TMG_OK;
}

tmg_rc
tmg_module_cert_delete(tmg_backend *b, uint32_t slot)
{
	tmg_module *m = tmg_module_of(b);
	tmg_module_place *place;
	tmg_rc rc;

	if ((rc = tmg_module_place_get(m, slot, &place)))
		return rc;
	return tmg_module_destroy(m, place, CKO_CERTIFICATE);
}
