/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a provisioned PIV card is sold with.
 */
#include "tools/vcard/piv.h"

#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdio.h>

#include "src/base/scope.h"
#include "src/codec/der.h"
#include "src/codec/tlv.h"
#include "tools/vcard/certificate.h"
#include "tools/vcard/provision.h"

#define ISSUED 4
#define OID_COMMENT "2.16.840.1.113730.1.13"	/* Netscape's: room for padding */
#define PADDING 820				/* makes about 1.2 KiB of any certificate */

enum {
	OBJECT_CHUID = 0x5fc102,
	OBJECT_CCC = 0x5fc107,
	OBJECT_KEY_HISTORY = 0x5fc10c,
	GUID_LEN = 16,
	DER_IA5STRING = 0x16,
};

static const uint8_t slots[ISSUED] = {
	PIV_KEY_AUTH, PIV_KEY_SIGN, PIV_KEY_MANAGE, PIV_KEY_CARD,
};

static tmg_rc
put_certificate(vc_card *card, vc_piv *piv, const vc_key *key, const vc_issuer *issuer)
{
	uint8_t der[VC_CERT_MAX], object[VC_CERT_MAX + 16], text[PADDING + 8];
	tmg_out out = TMG_OUT(der), wrapped = TMG_OUT(object);
	tmg_der comment = TMG_DER(text);
	char subject[32];
	tmg_rc rc;

	for (int i = 0; i < PADDING; i++)
		tmg_der_u8(&comment, '.');
	tmg_der_wrap(&comment, DER_IA5STRING, sizeof(text));
	snprintf(subject, sizeof(subject), "tamga-vcard %02X", key->ref);

	const vc_ext ext = { OID_COMMENT, tmg_der_view(&comment) };
	const vc_cert_plan plan = {
		.subject = subject, .key = key->pair.pkey, .issuer_key = issuer->key,
		.issuer = { issuer->der, issuer->len }, .exts = &ext, .ext_count = 1,
	};

	if ((rc = vc_certificate_make(card->lib, &plan, &out)))
		return rc;
	vc_certificate_wrap(tmg_out_view(&out), &wrapped);
	return wrapped.full ? TMG_E_SPACE :
	    vc_object_store(piv, vc_object_of_key(key->ref), tmg_out_view(&wrapped));
}

static tmg_rc
put_key(vc_card *card, vc_piv *piv, uint8_t ref, const vc_alg *alg)
{
	vc_key *key = vc_key_slot(piv, card->profile, ref);
	EVP_PKEY *pkey;
	tmg_rc rc;

	if ((rc = vc_pkey_generate(alg->alg, card->lib, &pkey)))
		return rc;
	return vc_key_store(key, alg, pkey, ORIGIN_GENERATED,
	    vc_key_pin_policy(card->profile, ref, POLICY_DEFAULT), TOUCH_NEVER);
}

/* CHUID with a made-up FASC-N and a random GUID (SP 800-73-4 part 1 table 9). */
static tmg_rc
put_chuid(vc_card *card, vc_piv *piv)
{
	static const uint8_t fascn[25] = {
		0xd4, 0xe7, 0x39, 0xda, 0x73, 0x9c, 0xed, 0x39, 0xce, 0x73, 0x9d, 0x83, 0x68,
		0x58, 0x21, 0x08, 0x42, 0x10, 0x84, 0x21, 0xc8, 0x42, 0x10, 0xc3, 0xeb,
	};
	static const uint8_t expires[8] = { '2', '0', '5', '2', '0', '1', '0', '1' };
	uint8_t guid[GUID_LEN], bytes[128];
	tmg_out out = TMG_OUT(bytes);

	if (RAND_bytes_ex(card->lib, guid, sizeof(guid), 0) != 1)
		return TMG_E_CRYPTO;
	tmg_tlv_put(&out, 0x30, TMG_VIEW(fascn));
	tmg_tlv_put(&out, 0x34, TMG_VIEW(guid));
	tmg_tlv_put(&out, 0x35, TMG_VIEW(expires));
	tmg_tlv_put(&out, 0x3e, (tmg_view){ 0 });
	tmg_tlv_put(&out, 0xfe, (tmg_view){ 0 });
	return vc_object_store(piv, OBJECT_CHUID, tmg_out_view(&out));
}

/* CCC: a card identifier and the tags that must be there (table 8). */
static tmg_rc
put_ccc(vc_card *card, vc_piv *piv)
{
	static const uint8_t empty[] = { 0xf5, 0xf6, 0xf7, 0xfa, 0xfb, 0xfc, 0xfd, 0xfe };
	static const uint8_t head[] = { 0xa0, 0x00, 0x00, 0x01, 0x16, 0xff, 0x02 };
	const uint8_t version = 0x21, model = 0x10, none = 0x00;
	uint8_t id[21] = { 0 }, bytes[128];
	tmg_out out = TMG_OUT(bytes);

	memcpy(id, head, sizeof(head));
	if (RAND_bytes_ex(card->lib, id + sizeof(head), sizeof(id) - sizeof(head), 0) != 1)
		return TMG_E_CRYPTO;
	tmg_tlv_put(&out, 0xf0, TMG_VIEW(id));
	tmg_tlv_put(&out, 0xf1, (tmg_view){ &version, 1 });
	tmg_tlv_put(&out, 0xf2, (tmg_view){ &version, 1 });
	tmg_tlv_put(&out, 0xf3, (tmg_view){ 0 });
	tmg_tlv_put(&out, 0xf4, (tmg_view){ &none, 1 });
	tmg_tlv_put(&out, empty[0], (tmg_view){ &model, 1 });
	for (size_t i = 1; i < sizeof(empty); i++)
		tmg_tlv_put(&out, empty[i], (tmg_view){ 0 });
	return vc_object_store(piv, OBJECT_CCC, tmg_out_view(&out));
}

/* Key History: no retired key anywhere (table 18). */
static tmg_rc
put_key_history(vc_piv *piv)
{
	static const uint8_t none[] = { 0xc1, 0x01, 0x00, 0xc2, 0x01, 0x00, 0xfe, 0x00 };

	return vc_object_store(piv, OBJECT_KEY_HISTORY, TMG_VIEW(none));
}

static tmg_rc
alg_at(const char *algs, size_t n, const vc_alg **alg)
{
	tmg_alg which;
	tmg_rc rc;

	if ((rc = vc_provision_alg(algs, n, &which)))
		return rc;
	*alg = vc_alg_of(which);
	return *alg != &vc_alg_none ? TMG_OK : TMG_NOT_FOUND;
}

tmg_rc
vc_piv_provision(vc_card *card, vc_piv *piv, const char *algs)
{
	__attribute__((__cleanup__(vc_issuer_release))) vc_issuer issuer = { 0 };
	const vc_alg *alg;
	tmg_rc rc;

	if ((rc = vc_issuer_make(card->lib, &issuer)))
		return rc;
	for (size_t i = 0; i < ISSUED; i++)
		if ((rc = alg_at(algs, i, &alg)) ||
		    (rc = put_key(card, piv, slots[i], alg)) ||
		    (rc = put_certificate(card, piv,
		    vc_key_slot(piv, card->profile, slots[i]), &issuer)))
			return rc;
	if ((rc = put_chuid(card, piv)) || (rc = put_ccc(card, piv)))
		return rc;
	return put_key_history(piv);
}
