/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the provisioning of every application needs: somebody who signs its
 * certificates, and which algorithm its n-th key has.
 */
#ifndef VCARD_PROVISION_H
#define VCARD_PROVISION_H

#include <openssl/types.h>

#include "tamga/alg.h"
#include "tools/vcard/certificate.h"

/* The issuer's own key and certificate live as long as this. */
typedef struct vc_issuer {
	EVP_PKEY *key;
	uint8_t der[VC_CERT_MAX];
	size_t len;
} vc_issuer;

TMG_MUST_USE tmg_rc
vc_issuer_make(OSSL_LIB_CTX *lib, vc_issuer *issuer);
void
vc_issuer_release(vc_issuer *issuer);

/* The n-th name of a list with slashes between; the last one serves for all
 * that follow.  Verdicts of tmg_alg_parse(). */
TMG_MUST_USE tmg_rc
vc_provision_alg(const char *algs, size_t n, tmg_alg *alg);

#endif
