/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * usage: sign-file KEY FILE
 *
 * Signs FILE with the key of a token and writes the detached signature, CMS,
 * to FILE.p7s.  KEY is a pkcs11: URI, a slot or a certificate's name.
 */
#include <stdio.h>
#include <stdlib.h>

#include "common.h"

static bool
write_signature(const char *file, tmg_view der)
{
	char path[4096];
	FILE *f;
	bool ok;

	if (snprintf(path, sizeof(path), "%s.p7s", file) >= (int)sizeof(path))
		return false;
	f = fopen(path, "wb");
	ok = f != NULL && fwrite(der.ptr, 1, der.len, f) == der.len;
	if (f != NULL && fclose(f) != 0)
		ok = false;
	if (!ok)
		perror(path);
	return ok;
}

/* The PIN is asked for inside tmg_cms_sign(), and only if the key wants it. */
static int
sign(tmg_ctx *ctx, tmg_key *key, tmg_view content, const char *file)
{
	tmg_fault fault = { .rc = TMG_OK };
	tmg_signer *signer;
	tmg_view cert;
	tmg_out der;
	tmg_rc rc;
	int status;

	if ((rc = tmg_key_cert(key, &cert)) != TMG_OK ||
	    (rc = tmg_key_signer(key, &signer)) != TMG_OK)
		return complain(rc, tmg_token_fault(tmg_key_token(key)));

	der = (tmg_out){ .cap = TMG_CMS_EXTRA + cert.len };
	der.ptr = malloc(der.cap);
	if (der.ptr == NULL)
		return complain(TMG_E_NOMEM, NULL);
	rc = tmg_cms_sign(ctx, signer, cert, NULL, content, true, &der, &fault);
	if (rc != TMG_OK)
		status = complain(rc, &fault);
	else
		status = write_signature(file, tmg_out_view(&der))
		    ? EXIT_SUCCESS : EXIT_FAILURE;
	free(der.ptr);
	return status;
}

static int
find_and_sign(tmg_ctx *ctx, tmg_tokens *tokens, const char *name, const char *file)
{
	tmg_key *key;
	uint8_t *bytes;
	size_t len;
	tmg_rc rc;
	int status;

	if ((rc = tmg_tokens_find_key(tokens, name, &key)) != TMG_OK)
		return complain(rc, tmg_tokens_fault(tokens));
	if (!read_file(file, &bytes, &len))
		return EXIT_FAILURE;
	status = sign(ctx, key, (tmg_view){ bytes, len }, file);
	free(bytes);
	return status;
}

int
main(int argc, char **argv)
{
	tmg_ctx *ctx = open_context();
	tmg_tokens *tokens = NULL;
	int status = EXIT_FAILURE;

	if (argc != 3)
		fprintf(stderr, "usage: sign-file KEY FILE\n");
	else if (ctx != NULL && (tokens = open_tokens(ctx)) != NULL)
		status = find_and_sign(ctx, tokens, argv[1], argv[2]);

	tmg_tokens_free(&tokens);
	tmg_ctx_free(&ctx);
	return status;
}
