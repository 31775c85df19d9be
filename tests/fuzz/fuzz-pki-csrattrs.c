/* SPDX-License-Identifier: BSD-2-Clause */
/* CsrAttrs of a hostile authority, all the way into a request. */
#include <stdlib.h>

#include "src/pki/soft.h"
#include "tamga/csr.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static tmg_ctx *ctx;
	static tmg_soft *soft;
	static uint8_t bytes[TMG_CSR_MAX];
	tmg_csr_spec spec = { .subject = "CN=x", .ca_wants = { data, size } };
	tmg_out der = TMG_OUT(bytes);
	tmg_fault f;

	if (ctx == NULL && (tmg_ctx_new(&ctx) != TMG_OK ||
	    tmg_soft_generate(ctx, TMG_ALG_ED25519, &soft) != TMG_OK))
		return 0;
	if (size <= TMG_CSR_MAX &&
	    tmg_csr_make(ctx, &spec, tmg_soft_signer(soft), &der, &f) == TMG_OK &&
	    tmg_csr_verify(ctx, tmg_out_view(&der)) != TMG_OK)
		abort();
	return 0;
}
