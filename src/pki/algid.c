/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/pki/algid.h"

#include "src/base/scope.h"
#include "src/codec/der.h"

enum {
	DER_INTEGER = 0x02,
	DER_SEQUENCE = 0x30,
	PSS_DEFAULT_SALT = 20,	/* RFC 4055 3.1 */
};

#define OID(array) { array, sizeof(array) }

/* hashAlgorithm, RFC 4055 2.1 */
static const uint8_t sha1[] = { 0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a };
#define SHA2(n) { 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, n }
static const uint8_t sha224[] = SHA2(0x04);
static const uint8_t sha256[] = SHA2(0x01);
static const uint8_t sha384[] = SHA2(0x02);
static const uint8_t sha512[] = SHA2(0x03);

/* sha*WithRSAEncryption, RFC 4055 5; RSASSA-PSS 3.1; MGF1 2.2 */
#define PKCS_1(n) { 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, n }
static const uint8_t rsa_sha1[] = PKCS_1(0x05);
static const uint8_t rsa_sha224[] = PKCS_1(0x0e);
static const uint8_t rsa_sha256[] = PKCS_1(0x0b);
static const uint8_t rsa_sha384[] = PKCS_1(0x0c);
static const uint8_t rsa_sha512[] = PKCS_1(0x0d);
static const uint8_t rsa_pss[] = PKCS_1(0x0a);
static const uint8_t mgf1[] = PKCS_1(0x08);

/* ecdsa-with-SHA*, RFC 5758 3.2 */
static const uint8_t ecdsa_sha1[] = {
	0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x01,
};
#define ECDSA_SHA2(n) { 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, n }
static const uint8_t ecdsa_sha224[] = ECDSA_SHA2(0x01);
static const uint8_t ecdsa_sha256[] = ECDSA_SHA2(0x02);
static const uint8_t ecdsa_sha384[] = ECDSA_SHA2(0x03);
static const uint8_t ecdsa_sha512[] = ECDSA_SHA2(0x04);

static const uint8_t ed25519[] = { 0x06, 0x03, 0x2b, 0x65, 0x70 };	/* RFC 8410 3 */
static const uint8_t null[] = { 0x05, 0x00 };

static const struct {
	tmg_view digest, rsa, ecdsa;
} oids[TMG_HASH_COUNT] = {
	[TMG_HASH_SHA1] = { OID(sha1), OID(rsa_sha1), OID(ecdsa_sha1) },
	[TMG_HASH_SHA224] = { OID(sha224), OID(rsa_sha224), OID(ecdsa_sha224) },
	[TMG_HASH_SHA256] = { OID(sha256), OID(rsa_sha256), OID(ecdsa_sha256) },
	[TMG_HASH_SHA384] = { OID(sha384), OID(rsa_sha384), OID(ecdsa_sha384) },
	[TMG_HASH_SHA512] = { OID(sha512), OID(rsa_sha512), OID(ecdsa_sha512) },
};

/* SEQUENCE { oid, NULL } in front of what d holds. */
static void
with_null(tmg_der *d, tmg_view oid)
{
	const size_t mark = d->at;

	tmg_der_bytes(d, TMG_VIEW(null));
	tmg_der_bytes(d, oid);
	tmg_der_wrap(d, DER_SEQUENCE, mark);
}

static void
context(tmg_der *d, unsigned n, size_t mark)
{
	tmg_der_wrap(d, (uint8_t)(0xa0u | n), mark);
}

static void
pss_mgf(tmg_der *d, tmg_hash mgf)
{
	const size_t mark = d->at;

	with_null(d, oids[mgf].digest);
	tmg_der_bytes(d, TMG_VIEW(mgf1));
	tmg_der_wrap(d, DER_SEQUENCE, mark);
	context(d, 1, mark);
}

/* RSASSA-PSS-params, RFC 4055 3.1; DER leaves defaults out. */
static void
pss(tmg_der *d, const tmg_sign_spec *spec)
{
	const uint8_t salt[] = {
		(uint8_t)(spec->salt_len >> 8), (uint8_t)(spec->salt_len & 0xff),
	};
	const size_t end = d->at;
	size_t mark;

	if (spec->salt_len != PSS_DEFAULT_SALT) {
		tmg_der_unsigned(d, TMG_VIEW(salt));
		context(d, 2, end);
	}
	if (spec->mgf != TMG_HASH_SHA1)
		pss_mgf(d, spec->mgf);
	if (spec->hash != TMG_HASH_SHA1) {
		mark = d->at;
		with_null(d, oids[spec->hash].digest);
		context(d, 0, mark);
	}
	tmg_der_wrap(d, DER_SEQUENCE, end);
	tmg_der_bytes(d, TMG_VIEW(rsa_pss));
	tmg_der_wrap(d, DER_SEQUENCE, end);
}

static void
without_parameters(tmg_der *d, tmg_view oid)
{
	const size_t mark = d->at;

	tmg_der_bytes(d, oid);
	tmg_der_wrap(d, DER_SEQUENCE, mark);
}

tmg_rc
tmg_algid(const tmg_sign_spec *spec, tmg_out *out)
{
	uint8_t store[TMG_ALGID_MAX];
	tmg_der d = TMG_DER(store);

	if (spec->scheme != TMG_SIGN_EDDSA && tmg_hash_bytes(spec->hash) == 0)
		return TMG_UNSUPPORTED;

	switch (spec->scheme) {
	case TMG_SIGN_PKCS1:
		with_null(&d, oids[spec->hash].rsa);
		break;
	case TMG_SIGN_PSS:
		if (tmg_hash_bytes(spec->mgf) == 0)
			return TMG_UNSUPPORTED;
		pss(&d, spec);
		break;
	case TMG_SIGN_ECDSA:
		without_parameters(&d, oids[spec->hash].ecdsa);
		break;
	case TMG_SIGN_EDDSA:
		without_parameters(&d, TMG_VIEW(ed25519));
		break;
	case TMG_SIGN_RAW:
		return TMG_UNSUPPORTED;
	}
	if (d.full)
		return TMG_E_SPACE;
	tmg_put(out, tmg_der_view(&d));
	return tmg_out_done(out);
}
