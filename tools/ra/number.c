/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/number.h"

#include <openssl/rand.h>

#include "src/base/ctx.h"
#include "src/base/secret.h"

#define LETTERS 16
#define GROUP 4

tmg_rc
ra_number_new(tmg_ctx *ctx, char *text, size_t cap)
{
	static const char letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
	uint8_t bytes[LETTERS];
	size_t at = 0;

	if (cap < LETTERS + LETTERS / GROUP)
		return TMG_E_SPACE;
	if (RAND_bytes_ex(tmg_ctx_libctx(ctx), bytes, sizeof(bytes), 0) != 1)
		return TMG_E_CRYPTO;
	for (size_t i = 0; i < LETTERS; i++) {
		if (i > 0 && i % GROUP == 0)
			text[at++] = '-';
		text[at++] = letters[bytes[i] & 0x1f];
	}
	text[at] = '\0';
	explicit_bzero(bytes, sizeof(bytes));
	return TMG_OK;
}
