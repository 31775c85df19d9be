/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A request as CMP brings it (CertReqMsg, RFC 4211): a template of what the
 * certificate shall say, and a signature over that with its key.
 */
#ifndef RA_CRMF_H
#define RA_CRMF_H

#include <openssl/evp.h>

#include "tamga/ctx.h"
#include "tamga/view.h"

/* Everything is borrowed. */
typedef struct ra_crmf {
	tmg_view request;		/* CertRequest, whole: what is signed */
	tmg_view id;			/* content of certReqId */
	tmg_view subject;		/* Name, whole; empty: none */
	tmg_view spki;			/* content of SubjectPublicKeyInfo */
	tmg_view extensions;		/* content; empty: none */
	tmg_view old_serial;		/* content; oldCertID of RFC 4211 6.5 */
	tmg_view algorithm;		/* of the proof, whole; empty: no signature */
	tmg_view bits;
} ra_crmf;

/* Whether der is one, and not PKCS#10. */
bool
ra_crmf_is(tmg_view der);

/* Verdicts TMG_MISMATCH: it cannot be read, or names no key. */
TMG_MUST_USE tmg_rc
ra_crmf_read(tmg_view der, ra_crmf *crmf);

/* As PKCS#10 would say it, but for the signature; free() it. */
TMG_MUST_USE tmg_rc
ra_crmf_pkcs10(const ra_crmf *crmf, uint8_t **der, size_t *len);

/* Whether the holder of key made the request: RFC 4211 4.1, POPOSigningKey
 * over the whole CertRequest. */
bool
ra_crmf_proven(tmg_ctx *ctx, const ra_crmf *crmf, EVP_PKEY *key);

#endif
