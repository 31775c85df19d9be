/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files of a folder of keys: PKCS #12 containers and bare keys, looked at without
 * a password and opened with the one that the seeds have.
 */
#include <stdlib.h>

#include "drivers/file/file.h"
#include "src/base/ctx.h"
#include "src/pki/scope.h"

/* Iterations: what is sought is in the parsing, not in the hashing. */
#define MOST 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
try_container(OSSL_LIB_CTX *libctx, tmg_view file, tmg_view password)
{
	tmg_held(EVP_PKEY) key = NULL;
	tmg_held_certs certs = NULL;
	tmg_auto_free uint8_t *cert = NULL;
	size_t len;

	if (tmg_p12_look(libctx, file, &cert, &len) == TMG_OK && len > TMG_CERT_MAX)
		abort();
	if (tmg_p12_open(libctx, file, password, MOST, &key, &certs) == TMG_OK &&
	    (key == NULL || sk_X509_num(certs) < 1))
		abort();
}

static void
try_bare(OSSL_LIB_CTX *libctx, tmg_view file, tmg_view password)
{
	tmg_held(EVP_PKEY) key = NULL;
	uint8_t store[TMG_SPKI_MAX];
	tmg_out spki = TMG_OUT(store);
	bool shut;

	(void)!tmg_bare_look(file, &spki, &shut);
	if (tmg_bare_open(libctx, file, password, MOST, &key) == TMG_OK &&
	    key == NULL)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t password[] = { 'x' };
	static tmg_ctx *ctx;
	const tmg_view file = { data, size };

	if (size > TMG_FILE_MAX || (ctx == NULL && tmg_ctx_new(&ctx) != TMG_OK))
		return 0;
	try_container(tmg_ctx_libctx(ctx), file, TMG_VIEW(password));
	try_bare(tmg_ctx_libctx(ctx), file, TMG_VIEW(password));
	return 0;
}
