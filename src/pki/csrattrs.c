/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an authority wants to see in a request: CsrAttrs of RFC 7030 4.5.2,
 * the encoding RFC 8951 made clear, the template of RFC 9908.
 *
 * Where the applicant said something, it stays; what is left open is filled.
 * A key of the wrong kind cannot be helped and is said so.
 */
#include "src/pki/wish.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/codec/tlv.h"

static const tmg_view oid_challenge = TMG_PKCS_9(0x07);
static const tmg_view oid_ext_request = TMG_PKCS_9(0x0e);
/* RFC 9908, A */
static const tmg_view oid_template = TMG_PKCS_9(0x10, 0x02, 0x3d);
static const tmg_view oid_ext_template = TMG_PKCS_9(0x10, 0x02, 0x3e);
static const tmg_view oid_rsa = TMG_PKCS_1(0x01);
static const tmg_view oid_ec = TMG_ANSI_X962(0x02, 0x01);

/* The challenge is a secret or a channel binding: only the caller has it. */
static void
want_challenge(const tmg_wishes *w)
{
	if (w->r->spec->challenge == NULL)
		tmg_log(w->r->ctx, TMG_LOG_WARN,
		    "the authority's csrattrs ask for a challenge password; none is given");
}

static void
want_oid(tmg_wishes *w, tmg_view oid)
{
	if (tmg_view_equal(oid, oid_challenge))
		want_challenge(w);
	tmg_wish_key(w, oid);
	tmg_wish_signature(w, oid);
}

/* ---- extensions --------------------------------------------------------------- */

static tmg_rc
add_extension(const tmg_wishes *w, tmg_view der)
{
	const uint8_t *p = der.ptr;
	X509_EXTENSION *ext;
	tmg_rc rc = TMG_OK;

	ERR_set_mark();
	ext = d2i_X509_EXTENSION(NULL, &p, (long)der.len);
	ERR_pop_to_mark();
	if (ext == NULL)
		return TMG_E_MALFORMED;
	if (X509v3_get_ext_by_OBJ(w->r->extensions,
	    X509_EXTENSION_get_object(ext), -1) < 0 &&
	    X509v3_add_ext(&w->r->extensions, ext, -1) == NULL)
		rc = TMG_E_NOMEM;
	X509_EXTENSION_free(ext);
	return rc;
}

/* One of them; a template may leave the value for us to fill, RFC 9908 3.4:
 * then what the applicant asked for is all there is. */
static tmg_rc
want_extension(const tmg_wishes *w, tmg_view whole, tmg_view in)
{
	tmg_view oid, value = { NULL, 0 };
	tmg_tlv t;

	if (tmg_tlv_expect(&in, TMG_DER_OID, &oid))
		return TMG_E_MALFORMED;
	while (in.len > 0) {
		if (tmg_tlv_next(&in, &t) != TMG_OK ||
		    (t.tag != TMG_DER_BOOLEAN && t.tag != TMG_DER_OCTET_STRING))
			return TMG_E_MALFORMED;
		if (t.tag == TMG_DER_OCTET_STRING)
			value = t.value;
	}
	return value.len > 0 ? add_extension(w, whole) : TMG_OK;
}

static tmg_rc
want_extensions(const tmg_wishes *w, tmg_view values)
{
	tmg_view list, whole, in;
	tmg_tlv t;
	tmg_rc rc;

	if (tmg_tlv_next(&values, &t) != TMG_OK)
		return TMG_E_MALFORMED;
	if (t.tag != TMG_DER_SEQUENCE)
		return TMG_OK;	/* the example of RFC 7030 4.5.2 has an OID here */
	list = t.value;
	while (list.len > 0) {
		const uint8_t *start = list.ptr;

		if (tmg_tlv_expect(&list, TMG_DER_SEQUENCE, &in))
			return TMG_E_MALFORMED;
		whole = (tmg_view){ start, (size_t)(list.ptr - start) };
		if ((rc = want_extension(w, whole, in)))
			return rc;
	}
	return TMG_OK;
}

/* ---- attributes --------------------------------------------------------------- */

/* Curves of id-ecPublicKey, sizes of rsaEncryption: RFC 7030 4.5.2. */
static tmg_rc
want_key_values(tmg_wishes *w, tmg_view oid, tmg_view values)
{
	tmg_tlv t;

	tmg_wish_key(w, oid);
	while (values.len > 0) {
		if (tmg_tlv_next(&values, &t) != TMG_OK)
			return TMG_E_MALFORMED;
		if (t.tag == TMG_DER_OID)
			tmg_wish_curve(w, t.value);
		if (t.tag == TMG_DER_INTEGER && t.value.len <= 3) {
			size_t bits = 0;

			for (size_t i = 0; i < t.value.len; i++)
				bits = bits << 8 | t.value.ptr[i];
			tmg_wish_modulus(w, bits);
		}
	}
	return TMG_OK;
}

/* Attribute { type, values SET }; what we do not know is passed over. */
static tmg_rc
want_attribute(tmg_wishes *w, tmg_view in)
{
	tmg_view oid, values;

	if (tmg_tlv_expect(&in, TMG_DER_OID, &oid) ||
	    tmg_tlv_expect(&in, TMG_DER_SET, &values) || in.len > 0)
		return TMG_E_MALFORMED;
	if (tmg_view_equal(oid, oid_ext_request) || tmg_view_equal(oid, oid_ext_template))
		return values.len > 0 ? want_extensions(w, values) : TMG_OK;
	if (tmg_view_equal(oid, oid_rsa) || tmg_view_equal(oid, oid_ec))
		return want_key_values(w, oid, values);
	want_oid(w, oid);
	return TMG_OK;
}

tmg_rc
tmg_wish_attributes(tmg_wishes *w, tmg_view list)
{
	tmg_view in;
	tmg_rc rc;

	while (list.len > 0) {
		if (tmg_tlv_expect(&list, TMG_DER_SEQUENCE, &in))
			return TMG_E_MALFORMED;
		if ((rc = want_attribute(w, in)))
			return rc;
	}
	return TMG_OK;
}

/* ---- all of it ---------------------------------------------------------------- */

/* A client that knows the template looks at nothing beside it: RFC 9908 4. */
static bool
find_template(tmg_view list, tmg_view *values)
{
	tmg_view oid;
	tmg_tlv t;

	while (tmg_tlv_next(&list, &t) == TMG_OK) {
		if (t.tag == TMG_DER_SEQUENCE &&
		    tmg_tlv_expect(&t.value, TMG_DER_OID, &oid) == TMG_OK &&
		    tmg_view_equal(oid, oid_template) &&
		    tmg_tlv_expect(&t.value, TMG_DER_SET, values) == TMG_OK)
			return true;
	}
	return false;
}

static tmg_rc
want_list(tmg_wishes *w, tmg_view list)
{
	tmg_tlv t;
	tmg_rc rc;

	while (list.len > 0) {
		if (tmg_tlv_next(&list, &t) != TMG_OK ||
		    (t.tag != TMG_DER_OID && t.tag != TMG_DER_SEQUENCE))
			return TMG_E_MALFORMED;
		if (t.tag == TMG_DER_OID)
			want_oid(w, t.value);
		else if ((rc = want_attribute(w, t.value)))
			return rc;
	}
	return TMG_OK;
}

tmg_rc
tmg_request_apply(tmg_request *r, tmg_view wants)
{
	tmg_wishes w = { .r = r };
	tmg_view list, values;
	tmg_rc rc;

	if (wants.len == 0)
		return TMG_OK;
	rc = tmg_tlv_expect(&wants, TMG_DER_SEQUENCE, &list);
	if (rc == TMG_OK && wants.len > 0)
		rc = TMG_E_MALFORMED;
	if (rc == TMG_OK)
		rc = find_template(list, &values) ? tmg_wish_template(&w, values)
		    : want_list(&w, list);
	if (rc == TMG_E_MALFORMED)
		return tmg_raise(r->f, rc, 0,
		    _("What the authority wants to see in requests (CsrAttrs) cannot be read."));
	return rc == TMG_OK ? tmg_wish_judge(&w) : rc;
}
