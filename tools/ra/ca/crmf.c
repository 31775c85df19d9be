/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/ca/crmf.h"

#include <stdlib.h>

#include "src/codec/der.h"
#include "src/codec/tlv.h"
#include "tools/ra/ca/verify.h"

/* RFC 4211 appendix B: implicit tags, but for what is a CHOICE. */
enum {
	SEQUENCE = 0x30,
	SET = 0x31,
	INTEGER = 0x02,
	BIT_STRING = 0x03,
	OID = 0x06,
	TEMPLATE_SUBJECT = 0xa5,
	TEMPLATE_KEY = 0xa6,
	TEMPLATE_EXTENSIONS = 0xa9,
	POPO_SIGNATURE = 0xa1,
	SIGNATURE_INPUT = 0xa0,
	PKCS10_ATTRIBUTES = 0xa0,
};

/* id-regCtrl-oldCertID, RFC 4211 6.5 */
static const uint8_t old_cert_id[] = { 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x05,
	0x01, 0x05 };
/* extensionRequest, RFC 2985 5.4.2 */
static const uint8_t extension_request[] = { 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86,
	0xf7, 0x0d, 0x01, 0x09, 0x0e };
static const uint8_t version_0[] = { 0x02, 0x01, 0x00 };

/* What follows the first part: an algorithm in PKCS#10, a proof with a tag of
 * its own, or nothing, here. */
bool
ra_crmf_is(tmg_view der)
{
	tmg_view in, rest = der;
	tmg_tlv part;

	if (tmg_tlv_expect(&rest, SEQUENCE, &in) || tmg_tlv_next(&in, &part) ||
	    part.tag != SEQUENCE)
		return false;
	return tmg_tlv_next(&in, &part) != TMG_OK || part.tag != SEQUENCE;
}

static tmg_rc
read_template(tmg_view in, ra_crmf *c)
{
	tmg_tlv part;
	tmg_rc rc;

	while ((rc = tmg_tlv_next(&in, &part)) == TMG_OK) {
		if (part.tag == TEMPLATE_SUBJECT)
			c->subject = part.value;
		else if (part.tag == TEMPLATE_KEY)
			c->spki = part.value;
		else if (part.tag == TEMPLATE_EXTENSIONS)
			c->extensions = part.value;
	}
	return rc == TMG_NOT_FOUND && c->spki.len > 0 ? TMG_OK : TMG_MISMATCH;
}

/* CertId ::= SEQUENCE { issuer GeneralName, serialNumber INTEGER } */
static tmg_rc
read_old(tmg_view in, ra_crmf *c)
{
	tmg_view id;
	tmg_tlv issuer;

	return tmg_tlv_expect(&in, SEQUENCE, &id) || tmg_tlv_next(&id, &issuer) ||
	    tmg_tlv_expect(&id, INTEGER, &c->old_serial) ? TMG_MISMATCH : TMG_OK;
}

static tmg_rc
read_controls(tmg_view in, ra_crmf *c)
{
	tmg_view list, control, type;

	if (in.len == 0)
		return TMG_OK;
	if (tmg_tlv_expect(&in, SEQUENCE, &list))
		return TMG_MISMATCH;
	while (list.len > 0) {
		if (tmg_tlv_expect(&list, SEQUENCE, &control) ||
		    tmg_tlv_expect(&control, OID, &type))
			return TMG_MISMATCH;
		if (tmg_view_equal(type, TMG_VIEW(old_cert_id)) &&
		    read_old(control, c))
			return TMG_MISMATCH;
	}
	return TMG_OK;
}

/* Another kind of proof, or one over something else than the request, is none
 * to us. */
static tmg_rc
read_proof(tmg_view in, ra_crmf *c)
{
	tmg_view bits;
	tmg_tlv proof;

	if (in.len == 0 || tmg_tlv_next(&in, &proof) ||
	    proof.tag != POPO_SIGNATURE ||
	    (proof.value.len > 0 && proof.value.ptr[0] == SIGNATURE_INPUT))
		return TMG_OK;
	if (tmg_tlv_expect_whole(&proof.value, SEQUENCE, &c->algorithm) ||
	    tmg_tlv_expect(&proof.value, BIT_STRING, &bits) || bits.len < 1 ||
	    bits.ptr[0] != 0)
		return TMG_MISMATCH;
	c->bits = (tmg_view){ bits.ptr + 1, bits.len - 1 };
	return TMG_OK;
}

tmg_rc
ra_crmf_read(tmg_view der, ra_crmf *c)
{
	tmg_view in, request, parts, template;
	tmg_rc rc;

	*c = (ra_crmf){ .id = { NULL, 0 } };
	if (tmg_tlv_expect(&der, SEQUENCE, &in) || der.len > 0 ||
	    tmg_tlv_expect_whole(&in, SEQUENCE, &c->request))
		return TMG_MISMATCH;
	request = c->request;
	if (tmg_tlv_expect(&request, SEQUENCE, &parts) ||
	    tmg_tlv_expect(&parts, INTEGER, &c->id) ||
	    tmg_tlv_expect(&parts, SEQUENCE, &template))
		return TMG_MISMATCH;
	if ((rc = read_template(template, c)) || (rc = read_controls(parts, c)))
		return rc;
	return read_proof(in, c);
}

/* ---- as PKCS#10 ---- */

static void
put_attributes(tmg_der *d, const ra_crmf *c)
{
	const size_t end = d->at;
	size_t attribute, set;

	if (c->extensions.len > 0) {
		attribute = set = d->at;
		tmg_der_bytes(d, c->extensions);
		tmg_der_wrap(d, SEQUENCE, set);
		tmg_der_wrap(d, SET, set);
		tmg_der_bytes(d, TMG_VIEW(extension_request));
		tmg_der_wrap(d, SEQUENCE, attribute);
	}
	tmg_der_wrap(d, PKCS10_ATTRIBUTES, end);
}

static void
put_information(tmg_der *d, const ra_crmf *c)
{
	const size_t end = d->at;
	size_t mark;

	put_attributes(d, c);
	mark = d->at;
	tmg_der_bytes(d, c->spki);
	tmg_der_wrap(d, SEQUENCE, mark);
	mark = d->at;
	tmg_der_bytes(d, c->subject);
	if (c->subject.len == 0)
		tmg_der_wrap(d, SEQUENCE, mark);
	tmg_der_bytes(d, TMG_VIEW(version_0));
	tmg_der_wrap(d, SEQUENCE, end);
}

/* The proof stands where a signature would; who looks for one in it finds that
 * it is over something else. */
static void
put_request(tmg_der *d, const ra_crmf *c)
{
	static const uint8_t ecdsa[] = { 0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48,
		0xce, 0x3d, 0x04, 0x03, 0x02 };
	const size_t end = d->at;

	tmg_der_bytes(d, c->bits);
	tmg_der_u8(d, 0);
	tmg_der_wrap(d, BIT_STRING, end);
	tmg_der_bytes(d, c->algorithm.len > 0 ? c->algorithm : TMG_VIEW(ecdsa));
	put_information(d, c);
	tmg_der_wrap(d, SEQUENCE, end);
}

tmg_rc
ra_crmf_pkcs10(const ra_crmf *c, uint8_t **der, size_t *len)
{
	const size_t cap = c->request.len + c->bits.len + c->algorithm.len + 128;
	tmg_der d = { malloc(cap), cap, cap, false };

	*der = NULL;
	if (d.base == NULL)
		return TMG_E_NOMEM;
	put_request(&d, c);
	if (d.full) {
		free(d.base);
		return TMG_E_SPACE;
	}
	*len = cap - d.at;
	memmove(d.base, d.base + d.at, *len);
	*der = d.base;
	return TMG_OK;
}

bool
ra_crmf_proven(tmg_ctx *ctx, const ra_crmf *c, EVP_PKEY *key)
{
	return c->algorithm.len > 0 &&
	    ra_verify(ctx, key, c->algorithm, c->bits, c->request);
}
