/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Attestation: Yubico's F9.  The certificate says that a key was born on the
 * card and what its policies are (developers.yubico.com/PIV/Introduction/
 * PIV_attestation.html); the key in slot F9 signs it.
 */
#include <openssl/evp.h>

#include "src/codec/der.h"
#include "src/codec/tlv.h"
#include "tools/vcard/certificate.h"
#include "tools/vcard/piv.h"

#define OID_FIRMWARE "1.3.6.1.4.1.41482.3.3"
#define OID_SERIAL "1.3.6.1.4.1.41482.3.7"
#define OID_POLICY "1.3.6.1.4.1.41482.3.8"
#define OID_FORM_FACTOR "1.3.6.1.4.1.41482.3.9"

enum {
	FORM_FACTOR = 0x01,	/* keychain with USB-A */
	TAG_CERT = 0x70,
	TAG_CERT_INFO = 0x71,
	TAG_LRC = 0xfe,
};

static tmg_rc
store_certificate(vc_piv *piv, uint32_t tag, tmg_view der)
{
	uint8_t bytes[VC_CERT_MAX + 16];
	tmg_out out = TMG_OUT(bytes);

	vc_certificate_wrap(der, &out);
	return out.full ? TMG_E_SPACE : vc_object_store(piv, tag, tmg_out_view(&out));
}

tmg_rc
vc_attest_factory(vc_card *card, vc_piv *piv)
{
	const vc_profile any = { .yubikey = true };
	vc_key *key = vc_key_slot(piv, &any, PIV_KEY_ATTEST);
	const vc_alg *alg = vc_alg_of(TMG_ALG_P256);
	uint8_t der[VC_CERT_MAX];
	tmg_out out = TMG_OUT(der);
	EVP_PKEY *pkey;
	tmg_rc rc;

	if ((rc = vc_pkey_generate(alg->alg, card->lib, &pkey)) ||
	    (rc = vc_key_store(key, alg, pkey, ORIGIN_GENERATED, PIN_ONCE, TOUCH_NEVER)))
		return rc;

	const vc_ext firmware = { OID_FIRMWARE, TMG_VIEW(card->profile->version) };
	const vc_cert_plan plan = {
		.subject = "tamga-vcard PIV Attestation", .issuer_key = key->pair.pkey,
		.key = key->pair.pkey, .ca = true, .exts = &firmware, .ext_count = 1,
	};

	if ((rc = vc_certificate_make(card->lib, &plan, &out)))
		return rc;
	return store_certificate(piv, vc_object_of_key(PIV_KEY_ATTEST), tmg_out_view(&out));
}

/* The certificate inside the object of slot F9. */
static tmg_rc
issuer_of(const vc_piv *piv, tmg_view *der)
{
	const vc_object *o = vc_object_find(piv, vc_object_of_key(PIV_KEY_ATTEST));

	if (o == NULL)
		return TMG_NOT_FOUND;
	return tmg_tlv_find((tmg_view){ o->data, o->len }, TAG_CERT, der);
}

static tmg_rc
statement(vc_card *card, const vc_key *signer, const vc_key *key, tmg_view issuer,
    tmg_out *out)
{
	const uint8_t policy[2] = { key->pin_policy, key->touch_policy };
	const uint8_t form[1] = { FORM_FACTOR };
	const uint8_t serial[4] = {
		(uint8_t)(card->serial >> 24), (uint8_t)(card->serial >> 16),
		(uint8_t)(card->serial >> 8), (uint8_t)card->serial,
	};
	uint8_t number[8];
	tmg_der integer = TMG_DER(number);
	char name[48];

	tmg_der_unsigned(&integer, TMG_VIEW(serial));
	snprintf(name, sizeof(name), "YubiKey PIV Attestation %02x", key->ref);

	const vc_ext exts[] = {
		{ OID_FIRMWARE, TMG_VIEW(card->profile->version) },
		{ OID_SERIAL, tmg_der_view(&integer) },
		{ OID_POLICY, TMG_VIEW(policy) },
		{ OID_FORM_FACTOR, TMG_VIEW(form) },
	};
	const vc_cert_plan plan = {
		.subject = name, .issuer_key = signer->pair.pkey, .issuer = issuer,
		.key = key->pair.pkey, .exts = exts, .ext_count = sizeof(exts) / sizeof(exts[0]),
	};

	return vc_certificate_make(card->lib, &plan, out);
}

uint16_t
vc_attest(vc_card *card, vc_piv *piv, const vc_command *c, tmg_out *out)
{
	const vc_key *key = vc_key_slot(piv, card->profile, c->p1);
	const vc_key *signer = vc_key_slot(piv, card->profile, PIV_KEY_ATTEST);
	tmg_view issuer;

	if (c->p2 != 0 || key == NULL)
		return SW_P1P2;
	if (key->alg == &vc_alg_none)
		return SW_NO_REFERENCE;
	if (key->origin != ORIGIN_GENERATED || key == signer)
		return SW_DATA;
	if (signer->alg == &vc_alg_none || issuer_of(piv, &issuer) != TMG_OK)
		return SW_NO_REFERENCE;
	return statement(card, signer, key, issuer, out) ? SW_INTERNAL : SW_OK;
}
