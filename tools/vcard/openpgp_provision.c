/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a provisioned OpenPGP card is sold with: three keys, and a certificate
 * for each.
 */
#include <openssl/evp.h>

#include "src/base/scope.h"
#include "tools/vcard/openpgp.h"
#include "tools/vcard/provision.h"

static const pgp_do_id certificate_of[PGP_KEYS] = {
	[PGP_SIG] = DO_CERT_SIG, [PGP_DEC] = DO_CERT_DEC, [PGP_AUT] = DO_CERT_AUT,
};

/* Readers take a key without a fingerprint for none at all.  No OpenPGP key
 * holds this one yet: the SHA-1 of its public objects stands for it. */
static tmg_rc
put_fingerprint(vc_pgp *pgp, pgp_key_id id)
{
	uint8_t bytes[VC_PKEY_RESULT_MAX];
	tmg_out objects = TMG_OUT(bytes);
	tmg_rc rc;

	if ((rc = vc_pkey_public(pgp_alg_of(pgp, id), pgp->keys[id].pair.pkey, &objects)))
		return rc;
	return EVP_Digest(bytes, objects.len, pgp->dos[DO_FINGERPRINTS].data + 20 * id, NULL,
	    EVP_sha1(), NULL) == 1 ? TMG_OK : TMG_E_CRYPTO;
}

static tmg_rc
put_key(const vc_card *card, vc_pgp *pgp, pgp_key_id id, tmg_alg alg)
{
	uint8_t bytes[PGP_ATTR_MAX];
	tmg_out attr = TMG_OUT(bytes);
	EVP_PKEY *pkey;
	tmg_rc rc;

	/* who says Ed25519 means X25519 where a key only agrees */
	pgp_attr_put(id, id == PGP_DEC && alg == TMG_ALG_ED25519 ? TMG_ALG_X25519 : alg, &attr);
	if (attr.len == 0)
		return TMG_NOT_FOUND;
	if ((rc = pgp_do_set(pgp, DO_ATTR_SIG + id, tmg_out_view(&attr))) ||
	    (rc = vc_pkey_generate(pgp_alg_of(pgp, id), card->lib, &pkey)))
		return rc;
	if ((rc = pgp_key_store(pgp, id, pgp_alg_of(pgp, id), pkey, ORIGIN_MADE)))
		return rc;
	return put_fingerprint(pgp, id);
}

static tmg_rc
put_certificate(const vc_card *card, vc_pgp *pgp, pgp_key_id id, const vc_issuer *issuer)
{
	static const char *const subjects[PGP_KEYS] = {
		"tamga-vcard SIG", "tamga-vcard DEC", "tamga-vcard AUT",
	};
	const vc_cert_plan plan = {
		.subject = subjects[id], .key = pgp->keys[id].pair.pkey, .issuer_key = issuer->key,
		.issuer = { issuer->der, issuer->len },
	};
	uint8_t der[VC_CERT_MAX];
	tmg_out out = TMG_OUT(der);
	tmg_rc rc;

	if ((rc = vc_certificate_make(card->lib, &plan, &out)))
		return rc;
	return pgp_do_set(pgp, certificate_of[id], tmg_out_view(&out));
}

tmg_rc
pgp_provision(vc_card *card, vc_pgp *pgp, const char *algs)
{
	__attribute__((__cleanup__(vc_issuer_release))) vc_issuer issuer = { 0 };
	tmg_alg alg;
	tmg_rc rc;

	if ((rc = vc_issuer_make(card->lib, &issuer)))
		return rc;
	for (pgp_key_id id = 0; id < PGP_KEYS; id++)
		if ((rc = vc_provision_alg(algs, id, &alg)) ||
		    (rc = put_key(card, pgp, id, alg)) ||
		    (rc = put_certificate(card, pgp, id, &issuer)))
			return rc;
	return TMG_OK;
}
