/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/http/cookie.h"

#include <openssl/rand.h>
#include <stdio.h>
#include <string.h>

#include "src/base/ctx.h"
#include "tools/ra/store/digest.h"

#define TOKEN_BYTES 32

bool
ra_cookie_find(const char *header, const char *name, char *value, size_t cap)
{
	const size_t name_len = strlen(name);

	while (*header != '\0') {
		const size_t len = strcspn(header, ";");

		if (len > name_len && header[name_len] == '=' &&
		    strncmp(header, name, name_len) == 0) {
			const size_t n = len - name_len - 1;

			if (n >= cap)
				return false;
			memcpy(value, header + name_len + 1, n);
			value[n] = '\0';
			return true;
		}
		header += len;
		header += strspn(header, "; ");
	}
	return false;
}

void
ra_cookie_print(const char *name, const char *value, long seconds,
    char text[RA_COOKIE_MAX])
{
	char age[32] = "";

	if (seconds > 0)
		snprintf(age, sizeof(age), "; Max-Age=%ld", seconds);
	snprintf(text, RA_COOKIE_MAX,
	    "%s=%s; Path=/; Secure; HttpOnly; SameSite=Strict%s", name, value, age);
}

tmg_rc
ra_token_new(tmg_ctx *ctx, char token[RA_TOKEN_MAX])
{
	uint8_t bytes[TOKEN_BYTES];
	const tmg_rc rc = RAND_bytes_ex(tmg_ctx_libctx(ctx), bytes,
	    sizeof(bytes), 0) == 1 ? TMG_OK : TMG_E_CRYPTO;

	ra_hex_lower(token, (tmg_view){ bytes, sizeof(bytes) });
	explicit_bzero(bytes, sizeof(bytes));
	return rc;
}

bool
ra_token_ok(const char *token)
{
	return strlen(token) == RA_TOKEN_MAX - 1 &&
	    strspn(token, "0123456789abcdef") == RA_TOKEN_MAX - 1;
}

tmg_rc
ra_token_hash(const char *purpose, const char *token, char text[RA_HASH_TEXT])
{
	char both[RA_TOKEN_MAX + 32];
	const int n = snprintf(both, sizeof(both), "%s:%s", purpose, token);

	if (n < 0 || (size_t)n >= sizeof(both))
		return TMG_E_SPACE;
	return ra_sha256_text((tmg_view){ (uint8_t *)both, (size_t)n }, text);
}
