/* SPDX-License-Identifier: BSD-2-Clause */
/* Requests from outside, as an authority reads them, and messages of CMP. */
#include "src/pki/cmp-message.h"
#include "tamga/csr.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static tmg_ctx *ctx;
	const tmg_view der = { data, size };
	tmg_certs *certs;
	uint8_t text[TMG_NAME_MAX];
	tmg_out out = TMG_OUT(text);
	tmg_cmp_message m;
	unsigned status;
	tmg_view spki, value;

	if ((ctx == NULL && tmg_ctx_new(&ctx) != TMG_OK) ||
	    tmg_certs_new(&certs) != TMG_OK)
		return 0;
	(void)!tmg_csr_verify(ctx, der);
	(void)!tmg_csr_spki(der, &spki);
	(void)!tmg_csr_has_key(der, der);
	(void)!tmg_csr_subject(der, &out);
	(void)!tmg_csr_attestation(der, certs);
	if (tmg_cmp_message_read(der, &m) == TMG_OK) {
		(void)!tmg_cmp_message_status(&m, &status);
		(void)!tmg_cmp_message_info(&m, m.transaction, &value);
	}
	tmg_certs_free(&certs);
	return 0;
}
