/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/desk/password.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdio.h>

#include "src/codec/hex.h"
#include "tools/ra/store/digest.h"

#define SALT 16
#define HASH 32
#define MEMORY_MAX (128u << 20)

/* What new hashes cost: 16 MiB and about 40 ms (RFC 7914 2). */
enum { LOG2_N = 14, BLOCK = 8, PARALLEL = 1 };
enum { LOG2_N_MAX = 18, BLOCK_MAX = 32, PARALLEL_MAX = 16 };

struct cost {
	unsigned log2_n, r, p;
};

static tmg_rc
derive(tmg_view password, const struct cost *c, const uint8_t salt[SALT],
    uint8_t out[HASH])
{
	return EVP_PBE_scrypt((const char *)password.ptr, password.len, salt,
	    SALT, UINT64_C(1) << c->log2_n, c->r, c->p, MEMORY_MAX, out,
	    HASH) == 1 ? TMG_OK : TMG_E_CRYPTO;
}

tmg_rc
ra_password_hash(tmg_view password, char text[RA_PASSWORD_TEXT])
{
	const struct cost c = { LOG2_N, BLOCK, PARALLEL };
	uint8_t salt[SALT], hash[HASH];
	char salt_text[2 * SALT + 1], hash_text[2 * HASH + 1];
	tmg_rc rc;

	if (RAND_bytes(salt, SALT) != 1)
		return TMG_E_CRYPTO;
	if ((rc = derive(password, &c, salt, hash)))
		return rc;

	ra_hex_lower(salt_text, TMG_VIEW(salt));
	ra_hex_lower(hash_text, TMG_VIEW(hash));
	return snprintf(text, RA_PASSWORD_TEXT, "scrypt$%u$%u$%u$%s$%s",
	    c.log2_n, c.r, c.p, salt_text, hash_text) < RA_PASSWORD_TEXT ?
	    TMG_OK : TMG_E_SPACE;
}

static tmg_rc
parse(const char *text, struct cost *c, uint8_t salt[SALT], uint8_t hash[HASH])
{
	char salt_text[2 * SALT + 1], hash_text[2 * HASH + 1], rest;
	tmg_out s = { salt, SALT, 0, false }, h = { hash, HASH, 0, false };

	if (sscanf(text, "scrypt$%2u$%2u$%2u$%32[0-9a-f]$%64[0-9a-f]%c",
	    &c->log2_n, &c->r, &c->p, salt_text, hash_text, &rest) != 5)
		return TMG_E_MALFORMED;
	if (c->log2_n < 1 || c->log2_n > LOG2_N_MAX || c->r < 1 ||
	    c->r > BLOCK_MAX || c->p < 1 || c->p > PARALLEL_MAX)
		return TMG_E_MALFORMED;
	if (tmg_hex_parse(tmg_view_str(salt_text), &s) ||
	    tmg_hex_parse(tmg_view_str(hash_text), &h) ||
	    s.len != SALT || h.len != HASH)
		return TMG_E_MALFORMED;
	return TMG_OK;
}

tmg_rc
ra_password_verify(tmg_view password, const char *text)
{
	uint8_t salt[SALT], want[HASH], got[HASH];
	struct cost c;
	tmg_rc rc;

	if ((rc = parse(text, &c, salt, want)) ||
	    (rc = derive(password, &c, salt, got)))
		return rc;
	return CRYPTO_memcmp(want, got, HASH) == 0 ? TMG_OK : TMG_PIN_WRONG;
}
