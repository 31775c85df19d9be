/* SPDX-License-Identifier: BSD-2-Clause */
/* Certificates from cards and authorities: DER, PEM, CMS, chains of them. */
#include "src/base/ctx.h"
#include "src/pki/attestation.h"
#include "src/pki/spki.h"
#include "tamga/cert.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static tmg_ctx *ctx;
	const tmg_view in = { data, size };
	tmg_attestation attestation;
	tmg_cert_facts facts;
	tmg_certs *certs;
	tmg_view spki, n, e;
	tmg_fault f;
	tmg_alg alg;

	if ((ctx == NULL && tmg_ctx_new(&ctx) != TMG_OK) ||
	    tmg_certs_new(&certs) != TMG_OK)
		return 0;
	(void)!tmg_cert_facts_get(in, &facts);
	if (tmg_cert_spki(in, &spki) == TMG_OK) {
		(void)!tmg_spki_alg(spki, &alg);
		(void)!tmg_spki_rsa_parts(spki, &n, &e);
	}
	(void)!tmg_attestation_read(tmg_ctx_libctx(ctx), in, &attestation);
	(void)!tmg_certs_add(certs, in);
	(void)!tmg_certs_add_pem(certs, in);
	(void)!tmg_certs_add_cms(certs, in);
	if (tmg_certs_count(certs) > 0)
		(void)!tmg_certs_verify(ctx, tmg_certs_get(certs, 0), certs, certs, NULL, &f);
	tmg_certs_free(&certs);
	return 0;
}
