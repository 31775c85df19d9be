/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * usage: draw TOKEN BYTES
 *
 * Random bytes of a token's generator, twice, in hexadecimal: no command of tamga
 * asks for them.  A module runs apart where TAMGA_TEST_HOST names the program that
 * runs it, for TAMGA_TEST_SECONDS a call.
 */
#include <tamga/tamga.h>

#include <stdio.h>
#include <stdlib.h>

#define DRAW_MAX 256u

static bool
keeps_apart(void *arg, const char *library, tmg_apart *how)
{
	const char *seconds = getenv("TAMGA_TEST_SECONDS");

	(void)arg;
	(void)library;
	how->host = getenv("TAMGA_TEST_HOST");
	if (seconds != NULL)
		how->seconds = (unsigned)strtoul(seconds, NULL, 10);
	return how->host != NULL;
}

static tmg_rc
draw(tmg_token *token, size_t n)
{
	tmg_rc rc = TMG_OK;

	for (int i = 0; i < 2 && rc == TMG_OK; i++) {
		uint8_t store[DRAW_MAX];
		tmg_out bytes = TMG_OUT(store);

		rc = tmg_token_random(token, n, &bytes);
		for (size_t k = 0; rc == TMG_OK && k < bytes.len; k++)
			printf("%02x", store[k]);
		puts("");
	}
	return rc;
}

int
main(int argc, char **argv)
{
	tmg_tokens *tokens = NULL;
	tmg_token *token = NULL;
	const tmg_fault *f = NULL;
	tmg_ctx *ctx = NULL;
	tmg_rc rc;

	if (argc != 3)
		return 2;
	if ((rc = tmg_ctx_new(&ctx)) == TMG_OK) {
		tmg_ctx_set_apart(ctx, keeps_apart, NULL);
		rc = tmg_tokens_new(ctx, &tokens);
	}
	if (rc == TMG_OK && (rc = tmg_tokens_find(tokens, argv[1], &token)))
		f = tmg_tokens_fault(tokens);
	if (rc == TMG_OK && (rc = draw(token, strtoul(argv[2], NULL, 10))))
		f = tmg_token_fault(token);
	if (rc != TMG_OK)
		fprintf(stderr, "draw: %s: %s\n", tmg_rc_name(rc),
		    f != NULL ? f->text : "");
	tmg_tokens_free(&tokens);
	tmg_ctx_free(&ctx);
	return rc == TMG_OK ? 0 : 1;
}
