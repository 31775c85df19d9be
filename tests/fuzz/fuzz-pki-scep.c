/* SPDX-License-Identifier: BSD-2-Clause */
/* SCEP messages from outside.  The first byte says which layer the rest is. */
#include <openssl/evp.h>
#include <stdlib.h>

#include "src/base/ctx.h"
#include "src/base/scope.h"
#include "src/pki/scep-message.h"
#include "tamga/ctx.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static tmg_ctx *ctx;
static OSSL_LIB_CTX *libctx;
static EVP_PKEY *key;
static X509 *cert;

static void
set_up(void)
{
	if (tmg_ctx_new(&ctx) != TMG_OK)
		abort();
	libctx = tmg_ctx_libctx(ctx);
	key = EVP_PKEY_Q_keygen(libctx, NULL, "RSA", (size_t)2048);
	cert = X509_new_ex(libctx, NULL);
	if (key == NULL || cert == NULL || X509_set_pubkey(cert, key) != 1)
		abort();
}

static void
outer(tmg_view in)
{
	static const tmg_scep_allow all = { true, true };
	tmg_scep_message m;
	tmg_fault f = { .rc = TMG_OK };
	tmg_rc rc;

	if (tmg_scep_read(libctx, in, NULL, &m, &f) == TMG_OK) {
		rc = tmg_scep_verify(&m, &all, &f);
		if (rc != TMG_OK && f.text[0] == '\0')
			abort();
	}
	tmg_scep_message_release(&m);
}

static void
inner(tmg_view in)
{
	static const tmg_scep_allow none = { false, false };
	const tmg_scep_cipher *cipher;
	tmg_scep_bytes plain;
	tmg_fault f = { .rc = TMG_OK };

	(void)!tmg_scep_open(libctx, in, cert, key, &none, &cipher, &plain, &f);
	tmg_scep_bytes_release(&plain);
}

static void
names(tmg_view in)
{
	tmg_scep_names both;

	if (tmg_scep_names_read(in, &both) == TMG_OK)
		tmg_scep_names_release(&both);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const layers[])(tmg_view in) = { outer, inner, names };

	if (key == NULL)
		set_up();
	if (size > 0)
		layers[data[0] % TMG_COUNT(layers)]((tmg_view){ data + 1, size - 1 });
	return 0;
}
