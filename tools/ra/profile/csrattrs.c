/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/profile/csrattrs.h"

#include <openssl/asn1t.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

#include "src/base/scope.h"
#include "src/codec/der.h"
#include "tamga/alg.h"
#include "tools/ra/profile/names.h"
#include "tools/ra/profile/profile.h"

enum {
	TAG_BOOLEAN = 0x01,
	TAG_BITS = 0x03,
	TAG_OCTETS = 0x04,
	TAG_OID = 0x06,
	TAG_SEQUENCE = 0x30,
	TAG_SET = 0x31,
};

static void
put_oid(tmg_der *d, int nid)
{
	const ASN1_OBJECT *obj = OBJ_nid2obj(nid);
	const size_t mark = d->at;

	tmg_der_bytes(d, (tmg_view){ OBJ_get0_data(obj), OBJ_length(obj) });
	tmg_der_wrap(d, TAG_OID, mark);
}

/* KeyUsage is a named bit list: no trailing zero bits (X.690 11.2.2). */
static void
put_key_usage(tmg_der *d, const ra_words *words)
{
	const size_t mark = d->at;
	uint8_t bits[2] = { 0, 0 };
	unsigned last = 0;

	for (size_t i = 0; i < words->count; i++) {
		const unsigned bit = (unsigned)ra_key_usage_bit(words->word[i]);

		bits[bit / 8] |= (uint8_t)(0x80u >> bit % 8);
		last = bit > last ? bit : last;
	}
	tmg_der_bytes(d, (tmg_view){ bits, last / 8 + 1 });
	tmg_der_u8(d, (uint8_t)(7 - last % 8));
	tmg_der_wrap(d, TAG_BITS, mark);
}

static void
put_ext_key_usage(tmg_der *d, const ra_words *words)
{
	const size_t mark = d->at;

	for (size_t i = words->count; i-- > 0;)
		put_oid(d, OBJ_txt2nid(words->word[i]));
	tmg_der_wrap(d, TAG_SEQUENCE, mark);
}

/* One Extension, RFC 5280 4.1. */
static void
put_extension(tmg_der *d, int nid, bool critical, const ra_words *words,
    void (*put)(tmg_der *, const ra_words *))
{
	const size_t mark = d->at;

	if (words->count == 0)
		return;
	put(d, words);
	tmg_der_wrap(d, TAG_OCTETS, mark);
	if (critical) {
		const size_t flag = d->at;

		tmg_der_u8(d, 0xff);
		tmg_der_wrap(d, TAG_BOOLEAN, flag);
	}
	put_oid(d, nid);
	tmg_der_wrap(d, TAG_SEQUENCE, mark);
}

/* Attribute extensionRequest with the extensions and values that are wanted
 * (RFC 8951 4, RFC 9908 3.2). */
static void
put_extensions(tmg_der *d, const ra_profile *p)
{
	const size_t mark = d->at;

	put_extension(d, NID_ext_key_usage, false, &p->ext_key_usage,
	    put_ext_key_usage);
	put_extension(d, NID_key_usage, true, &p->key_usage, put_key_usage);
	if (d->at == mark)
		return;
	tmg_der_wrap(d, TAG_SEQUENCE, mark);
	tmg_der_wrap(d, TAG_SET, mark);
	put_oid(d, NID_ext_req);
	tmg_der_wrap(d, TAG_SEQUENCE, mark);
}

/* The first key type of the profile: { id-ecPublicKey, { curve } } or
 * { rsaEncryption, { bits } } (RFC 7030 4.5.2, RFC 9908 3.2). */
static void
put_key(tmg_der *d, const ra_profile *p)
{
	const size_t mark = d->at;
	tmg_alg alg = TMG_ALG_NONE;

	if (tmg_alg_parse(p->keys.word[0], &alg) != TMG_OK)
		return;
	const tmg_alg_row *row = tmg_alg_get(alg);

	if (row->family == TMG_FAMILY_ED) {
		put_oid(d, NID_ED25519);
		return;
	}
	if (row->family == TMG_FAMILY_RSA) {
		const uint8_t bits[2] = { (uint8_t)(row->bits >> 8),
			(uint8_t)(row->bits & 0xff) };

		tmg_der_unsigned(d, TMG_VIEW(bits));
	} else {
		const int nist = EC_curve_nist2nid(row->group);

		put_oid(d, nist != NID_undef ? nist : OBJ_sn2nid(row->group));
	}
	tmg_der_wrap(d, TAG_SET, mark);
	put_oid(d, row->family == TMG_FAMILY_RSA ? NID_rsaEncryption :
	    NID_X9_62_id_ecPublicKey);
	tmg_der_wrap(d, TAG_SEQUENCE, mark);
}

static void
put_challenge(tmg_der *d, const ra_profile *p)
{
	(void)p;
	put_oid(d, NID_pkcs9_challengePassword);
}

static const struct {
	const char *word;
	void (*put)(tmg_der *d, const ra_profile *p);
} attrs[] = {
	{ "extensions", put_extensions },
	{ "key", put_key },
	{ "challenge", put_challenge },
};

bool
ra_csrattr_known(const char *word)
{
	for (size_t i = 0; i < TMG_COUNT(attrs); i++)
		if (strcmp(attrs[i].word, word) == 0)
			return true;
	return false;
}

tmg_rc
ra_csrattrs_make(const ra_profile *profile, tmg_out *der)
{
	uint8_t store[RA_CSRATTRS_MAX];
	tmg_der d = TMG_DER(store);
	const size_t mark = d.at;

	for (size_t i = 0; i < TMG_COUNT(attrs); i++)
		if (ra_words_have(&profile->csrattrs, attrs[i].word))
			attrs[i].put(&d, profile);
	if (d.at == mark)
		return TMG_OK;
	tmg_der_wrap(&d, TAG_SEQUENCE, mark);
	if (d.full)
		return TMG_E_SPACE;
	tmg_put(der, tmg_der_view(&d));
	return tmg_out_done(der);
}
