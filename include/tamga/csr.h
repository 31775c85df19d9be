/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Certification requests, PKCS#10 (RFC 2986), over a signer.
 */
#ifndef TAMGA_CSR_H
#define TAMGA_CSR_H

#include "tamga/cert.h"
#include "tamga/ctx.h"
#include "tamga/signer.h"

#ifdef __cplusplus
extern "C" {
#endif

#define TMG_CSR_MAX 65536	/* bytes, DER, attestation chain included */

/*
 * What a request asks for.  Strings are UTF-8 and NULL-terminated; lists end
 * with NULL; a NULL list is empty.  Zero the structure first: new fields are
 * added at the end and mean "not asked for" when zero.
 */
typedef struct tmg_csr_spec {
	/* RFC 4514: "CN=Асель Ким,O=...,2.5.4.97=VATKZ-1"; short names of RFC
	 * 4519 and serialNumber, organizationIdentifier, givenName, surname,
	 * emailAddress, title, ... in any case.  Written most specific first as
	 * RFC 4514 has it, encoded the other way round. */
	const char *subject;
	/* "dns:...", "email:...", "ip:...", "uri:...", "upn:...", "dir:<RFC 4514>",
	 * "rid:<OID>" */
	const char *const *san;
	/* "digitalSignature", "nonRepudiation", "keyEncipherment", ... */
	const char *const *key_usage;
	/* "clientAuth", "emailProtection", or an OID */
	const char *const *ext_key_usage;
	const char *const *policies;		/* OIDs */
	const char *template_name;		/* 1.3.6.1.4.1.311.20.2 */
	const char *challenge;			/* challengePassword */
	/* DER certificates: attestation of the key first, then its issuers;
	 * the attribute is described in doc/design/csr.md */
	const tmg_view *attestation;
	size_t attestation_count;
	/* CsrAttrs of the authority, DER (RFC 7030 4.5.2, RFC 8951, RFC 9908),
	 * applied as far as they can be answered */
	tmg_view ca_wants;
	tmg_hash hash;				/* NONE: what fits the key */
	bool pss;				/* RSA: RSASSA-PSS */
} tmg_csr_spec;

/*
 * Makes a request, has it signed (exactly one private-key operation), and
 * verifies it before it leaves.
 *
 *   der     out    CertificationRequest, DER, at most TMG_CSR_MAX bytes
 *   f       out    words for any verdict or fault; may be NULL
 *
 * Verdicts  those of the signer; TMG_UNSUPPORTED: the key cannot sign (X25519);
 *           TMG_MISMATCH: the authority (ca_wants) wants
 *           another kind of key
 * Faults    TMG_E_USAGE: a name, OID or extension that is none; f says which
 *           TMG_E_MALFORMED: ca_wants or the signer's public half
 *           TMG_E_CRYPTO: the signature does not belong to the public half
 * Source    RFC 2986 4
 */
TMG_API TMG_MUST_USE tmg_rc
tmg_csr_make(tmg_ctx *ctx, const tmg_csr_spec *spec, tmg_signer *signer,
    tmg_out *der, tmg_fault *f);

/*
 * The same request without its signature, whose bits are none: for protocols
 * that have a form of their own and take from it what is asked for.  The key
 * is not used.
 *
 *   der     out    at most TMG_CSR_MAX bytes
 *   f       out    words for any verdict or fault; may be NULL
 *
 * Verdicts, faults  as tmg_csr_make(), without those of the signer
 */
TMG_API TMG_MUST_USE tmg_rc
tmg_csr_draft(tmg_ctx *ctx, const tmg_csr_spec *spec, tmg_signer *signer,
    tmg_out *der, tmg_fault *f);

/* Checks a request's own signature.  Verdicts TMG_MISMATCH.
 * Faults TMG_E_MALFORMED, also for what is longer than TMG_CSR_MAX. */
TMG_API TMG_MUST_USE tmg_rc
tmg_csr_verify(tmg_ctx *ctx, tmg_view der);

/* The SubjectPublicKeyInfo inside PKCS#10, borrowed from der.  Faults
 * TMG_E_MALFORMED. */
TMG_API TMG_MUST_USE tmg_rc
tmg_csr_spki(tmg_view der, tmg_view *spki);

/*
 * The two below read every form that tmg_authority_request() makes: PKCS#10,
 * and messages of CMP (RFC 9810: ir, cr, kur, p10cr).
 */

/* Whether a request is for that key, a SubjectPublicKeyInfo.
 * Verdicts TMG_MISMATCH.  Faults TMG_E_MALFORMED. */
TMG_API TMG_MUST_USE tmg_rc
tmg_csr_has_key(tmg_view der, tmg_view spki);

/* The subject as RFC 4514 text, UTF-8, without a final zero; TMG_NAME_MAX is
 * enough for what tmg_cert_facts can hold.  Faults TMG_E_MALFORMED, TMG_E_SPACE. */
TMG_API TMG_MUST_USE tmg_rc
tmg_csr_subject(tmg_view der, tmg_out *text);

/*
 * The attestation chain inside, added to certs: the key's own first.
 *
 * Verdicts  TMG_NOT_FOUND  there is none
 */
TMG_API TMG_MUST_USE tmg_rc
tmg_csr_attestation(tmg_view der, tmg_certs *certs);

#ifdef __cplusplus
}
#endif

#endif
