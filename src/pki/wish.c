/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/pki/wish.h"

#include <openssl/err.h>
#include <stdio.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/codec/tlv.h"
#include "src/pki/scope.h"

#define NIST_HASH(n) TMG_OID(0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, n)

/* What one OID says about the key. */
static const struct {
	tmg_view oid;
	tmg_family family;
	tmg_alg alg;		/* NONE: any of the family */
	const char *name;
} keys[] = {
	{ TMG_PKCS_1(0x01), TMG_FAMILY_RSA, TMG_ALG_NONE, "RSA" },
	{ TMG_ANSI_X962(0x02, 0x01), TMG_FAMILY_EC, TMG_ALG_NONE, "EC" },
	{ TMG_ANSI_X962(0x03, 0x01, 0x07), TMG_FAMILY_EC, TMG_ALG_P256, "P-256" },
	{ TMG_OID(0x2b, 0x81, 0x04, 0x00, 0x22), TMG_FAMILY_EC, TMG_ALG_P384, "P-384" },
	{ TMG_OID(0x2b, 0x81, 0x04, 0x00, 0x23), TMG_FAMILY_EC, TMG_ALG_P521, "P-521" },
	{ TMG_OID(0x2b, 0x65, 0x70), TMG_FAMILY_ED, TMG_ALG_ED25519, "Ed25519" },
};

/* What one OID says about the signature; family NONE: for any but EdDSA. */
static const struct {
	tmg_view oid;
	tmg_family family;
	tmg_hash hash;
	bool pss;
} signatures[] = {
	{ TMG_PKCS_1(0x0b), TMG_FAMILY_RSA, TMG_HASH_SHA256, false },
	{ TMG_PKCS_1(0x0c), TMG_FAMILY_RSA, TMG_HASH_SHA384, false },
	{ TMG_PKCS_1(0x0d), TMG_FAMILY_RSA, TMG_HASH_SHA512, false },
	{ TMG_PKCS_1(0x0a), TMG_FAMILY_RSA, TMG_HASH_NONE, true },
	{ TMG_ANSI_X962(0x04, 0x03, 0x02), TMG_FAMILY_EC, TMG_HASH_SHA256, false },
	{ TMG_ANSI_X962(0x04, 0x03, 0x03), TMG_FAMILY_EC, TMG_HASH_SHA384, false },
	{ TMG_ANSI_X962(0x04, 0x03, 0x04), TMG_FAMILY_EC, TMG_HASH_SHA512, false },
	{ NIST_HASH(0x01), TMG_FAMILY_NONE, TMG_HASH_SHA256, false },
	{ NIST_HASH(0x02), TMG_FAMILY_NONE, TMG_HASH_SHA384, false },
	{ NIST_HASH(0x03), TMG_FAMILY_NONE, TMG_HASH_SHA512, false },
};

/* Dotted, from an OBJECT IDENTIFIER's content; "?" when it is none. */
static void
oid_text(tmg_view content, char text[static TMG_OID_TEXT])
{
	uint8_t der[TMG_OID_TEXT];
	tmg_out out = TMG_OUT(der);
	const uint8_t *p = der;
	tmg_held(ASN1_OBJECT) oid = NULL;

	snprintf(text, TMG_OID_TEXT, "?");
	tmg_tlv_put_head(&out, TMG_DER_OID, content.len);
	tmg_put(&out, content);
	if (out.full)
		return;
	ERR_set_mark();
	oid = d2i_ASN1_OBJECT(NULL, &p, (long)out.len);
	if (oid != NULL)
		OBJ_obj2txt(text, TMG_OID_TEXT, oid, 1);
	ERR_pop_to_mark();
}

static tmg_family
our_family(const tmg_wishes *w)
{
	return tmg_alg_get(w->r->signer->alg)->family;
}

bool
tmg_wish_key(tmg_wishes *w, tmg_view oid)
{
	bool known = false;

	for (size_t i = 0; i < TMG_COUNT(keys); i++) {
		if (!tmg_view_equal(oid, keys[i].oid))
			continue;
		known = true;
		w->family_asked = true;
		if (keys[i].family == our_family(w))
			w->family_fits = true;
		if (keys[i].alg != TMG_ALG_NONE && keys[i].family == our_family(w)) {
			w->alg_asked = true;
			w->alg_fits = w->alg_fits || keys[i].alg == w->r->signer->alg;
		}
		if (keys[i].family != our_family(w) ||
		    (keys[i].alg != TMG_ALG_NONE && keys[i].alg != w->r->signer->alg))
			snprintf(w->wanted, sizeof(w->wanted), "%s", keys[i].name);
	}
	return known;
}

void
tmg_wish_curve(tmg_wishes *w, tmg_view oid)
{
	if (tmg_wish_key(w, oid) || our_family(w) != TMG_FAMILY_EC)
		return;
	w->alg_asked = true;
	oid_text(oid, w->wanted);
}

void
tmg_wish_modulus(tmg_wishes *w, size_t bits)
{
	if (our_family(w) != TMG_FAMILY_RSA || bits == 0)
		return;
	w->alg_asked = true;
	if (tmg_alg_get(w->r->signer->alg)->bits == bits)
		w->alg_fits = true;
	else
		snprintf(w->wanted, sizeof(w->wanted), "RSA %zu", bits);
}

/* A key that pads signs by PSS for nobody. */
static void
wish_scheme(tmg_wishes *w, bool pss)
{
	w->pss_asked |= pss;
	w->pkcs1_asked |= !pss;
	if (pss && !w->r->signer->pads)
		w->r->sign.scheme = TMG_SIGN_PSS;
}

void
tmg_wish_signature(tmg_wishes *w, tmg_view oid)
{
	for (size_t i = 0; i < TMG_COUNT(signatures); i++) {
		if (!tmg_view_equal(oid, signatures[i].oid) ||
		    our_family(w) == TMG_FAMILY_ED ||
		    (signatures[i].family != TMG_FAMILY_NONE &&
		    signatures[i].family != our_family(w)))
			continue;
		if (w->r->sign.hash == TMG_HASH_NONE)
			w->r->sign.hash = signatures[i].hash;
		if (signatures[i].family == TMG_FAMILY_RSA)
			wish_scheme(w, signatures[i].pss);
	}
}

static bool
wants_pss(const tmg_wishes *w)
{
	return w->pss_asked && !w->pkcs1_asked && w->r->signer->pads;
}

tmg_rc
tmg_wish_judge(const tmg_wishes *w)
{
	if (wants_pss(w))
		return tmg_raise(w->r->f, TMG_MISMATCH, 0, "%s",
		    _("The authority wants RSASSA-PSS, and the token signs with RSA keys by PKCS #1 v1.5 alone: make a key of another type, as ec:p256."));
	if ((!w->family_asked || w->family_fits) && (!w->alg_asked || w->alg_fits))
		return TMG_OK;
	return tmg_raise(w->r->f, TMG_MISMATCH, 0,
	    _("The authority wants a key of type %s, this one is %s: make a new key of that type."),
	    w->wanted, tmg_alg_get(w->r->signer->alg)->name);
}
