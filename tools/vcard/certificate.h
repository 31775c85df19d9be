/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Certificates that the card makes itself: attestations, and what a
 * provisioned card is born with.
 */
#ifndef VCARD_CERTIFICATE_H
#define VCARD_CERTIFICATE_H

#include <openssl/types.h>

#include "tamga/view.h"

#define VC_CERT_MAX 2600	/* bytes of one certificate */

/* A non-critical extension; value is what stands inside its OCTET STRING. */
typedef struct vc_ext {
	const char *oid;
	tmg_view value;
} vc_ext;

typedef struct vc_cert_plan {
	const char *subject;	/* common name */
	EVP_PKEY *key;		/* whose certificate it is; the public half is used */
	EVP_PKEY *issuer_key;	/* who signs */
	tmg_view issuer;	/* the issuer's certificate; empty: self-signed */
	bool ca;
	const vc_ext *exts;
	size_t ext_count;
} vc_cert_plan;

TMG_MUST_USE tmg_rc
vc_certificate_make(OSSL_LIB_CTX *lib, const vc_cert_plan *plan, tmg_out *der);

/* As a PIV certificate object: 70, 71 00, FE (SP 800-73-4 part 1 table 10). */
void
vc_certificate_wrap(tmg_view der, tmg_out *out);

#endif
