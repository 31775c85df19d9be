/* SPDX-License-Identifier: BSD-2-Clause */
/* What strangers send: EST bodies, requests, credentials, and what the policy
 * makes of them.  The first byte says whether the rest is base64 already. */
#include <stdlib.h>
#include <string.h>

#include "src/base/scope.h"
#include "tools/ra/ca/policy.h"
#include "tools/ra/ca/weak.h"
#include "tools/ra/est/est.h"
#include "tools/ra/http/basic.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char profile_text[] =
    "title=\"T\";approval=\"officer\";validity_days=1;"
    "keys=[\"ec:p256\",\"ec:p384\",\"rsa:2048\",\"ed25519\"];"
    "key_usage=[\"digitalSignature\"];"
    "subject:{required=[\"CN\"];allowed=[\"CN\",\"O\",\"C\",\"serialNumber\"];};"
    "san:{allowed=[\"dns\",\"email\",\"ip\",\"uri\",\"upn\",\"dir\",\"rid\"];};";

static void
read_request(tmg_ctx *ctx, const ra_profile *profile, tmg_view der)
{
	tmg_auto(ra_request) request = { .alg = TMG_ALG_NONE };
	tmg_fault f = { .rc = TMG_OK };
	tmg_rc rc = ra_request_read(ctx, der, &request, &f);

	/* Few inputs prove possession; the policy is to see the others too. */
	if (rc == TMG_OK || (request.req != NULL && request.key != NULL))
		rc = ra_policy_check(profile, &request, &f);
	if (rc == TMG_MISMATCH && f.text[0] == '\0')
		abort();
	if (request.key != NULL && ra_weak_check(request.key, &f) == TMG_MISMATCH &&
	    f.text[0] == '\0')
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static tmg_ctx *ctx;
	static ra_profile profile;
	tmg_auto_free uint8_t *store = malloc(RA_CSR_MAX);
	tmg_out der = { store, RA_CSR_MAX, 0, false };
	tmg_auto_secret password = { .len = 0 };
	char user[RA_OWNER_MAX];
	char header[1024];
	tmg_fault f = { .rc = TMG_OK };

	if (ctx == NULL && (tmg_ctx_new(&ctx) != TMG_OK ||
	    ra_profile_parse("fuzz", profile_text, &profile, &f) != TMG_OK))
		abort();
	if (size == 0 || store == NULL)
		return 0;
	const tmg_view rest = { data + 1, size - 1 };

	if (data[0] % 2 == 0) {
		if (ra_est_body(rest, &der, &f) == TMG_OK)
			read_request(ctx, &profile, tmg_out_view(&der));
	} else {
		read_request(ctx, &profile, rest);
	}
	if (rest.len < sizeof(header)) {
		if (rest.len > 0)
			memcpy(header, rest.ptr, rest.len);
		header[rest.len] = '\0';
		(void)!ra_basic_parse(header, user, &password);
	}
	return 0;
}
