/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/desk/number.h"

#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdio.h>

#include "src/base/ctx.h"
#include "src/base/secret.h"

#define LETTERS 16
#define GROUP 4

static tmg_rc
put(const uint8_t bytes[LETTERS], char *text, size_t cap)
{
	static const char letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
	size_t at = 0;

	if (cap < LETTERS + LETTERS / GROUP)
		return TMG_E_SPACE;
	for (size_t i = 0; i < LETTERS; i++) {
		if (i > 0 && i % GROUP == 0)
			text[at++] = '-';
		text[at++] = letters[bytes[i] & 0x1f];
	}
	text[at] = '\0';
	return TMG_OK;
}

tmg_rc
ra_number_new(tmg_ctx *ctx, char *text, size_t cap)
{
	uint8_t bytes[LETTERS];
	tmg_rc rc;

	if (RAND_bytes_ex(tmg_ctx_libctx(ctx), bytes, sizeof(bytes), 0) != 1)
		return TMG_E_CRYPTO;
	rc = put(bytes, text, cap);
	explicit_bzero(bytes, sizeof(bytes));
	return rc;
}

tmg_rc
ra_number_from(const char *what, const char *secret, char *text, size_t cap)
{
	char whole[256];
	uint8_t bytes[EVP_MAX_MD_SIZE];
	const int len = snprintf(whole, sizeof(whole), "tamga-ra %s %s", what,
	    secret);
	tmg_rc rc = TMG_E_SPACE;

	if (len < (int)sizeof(whole))
		rc = EVP_Digest(whole, (size_t)len, bytes, NULL, EVP_sha256(),
		    NULL) == 1 ? put(bytes, text, cap) : TMG_E_CRYPTO;
	explicit_bzero(whole, sizeof(whole));
	explicit_bzero(bytes, sizeof(bytes));
	return rc;
}
