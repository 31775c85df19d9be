/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/ca/weak.h"

#include <openssl/core_names.h>
#include <openssl/err.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/pki/x509.h"
#include "tools/ra/ca/edpoint.h"
#include "tools/ra/ca/roca.h"

enum {
	RSA_LEAST = 2048,	/* bits: NIST SP 800-57 part 1, 112 bits of strength */
	RSA_MOST = 8192,
	EXPONENT_LEAST = 65537,	/* FIPS 186-5 A.1.1 (a): 2^16 < e < 2^256, odd */
	EXPONENT_BITS = 256,
	SMALL_FACTORS = 752,	/* CA/Browser Forum, Baseline Requirements 6.1.6 */
	FERMAT_ROUNDS = 100,	/* the same, 6.1.1.3 (5) */
};

static void
bn_free(BIGNUM **n)
{
	BN_free(*n);
}

static BN_CTX *
bn_ctx_open(void)
{
	BN_CTX *ctx = BN_CTX_new();

	if (ctx != NULL)
		BN_CTX_start(ctx);
	return ctx;
}

static void
bn_ctx_close(BN_CTX **ctx)
{
	if (*ctx != NULL)
		BN_CTX_end(*ctx);
	BN_CTX_free(*ctx);
}

#define HELD(free) __attribute__((__cleanup__(free)))

static tmg_rc
weak_if(bool weak)
{
	return weak ? TMG_MISMATCH : TMG_OK;
}

static BIGNUM *
number_of(const EVP_PKEY *key, const char *name)
{
	BIGNUM *n = NULL;

	return EVP_PKEY_get_bn_param(key, name, &n) == 1 ? n : NULL;
}

/* ---- of every family ---- */

/* Every point but infinity has the order of the curve when that has the cofactor
 * 1 (SEC 1 3.2.2.1, 4): to multiply it by the order, which takes as long as a
 * signature's verification, tells nothing more. */
static bool
has_no_small_group(const EVP_PKEY *key)
{
	HELD(bn_free) BIGNUM *cofactor = ra_weak_family(key) == TMG_FAMILY_EC ?
	    number_of(key, OSSL_PKEY_PARAM_EC_COFACTOR) : NULL;

	return cofactor != NULL && BN_is_one(cofactor);
}

/* On its curve, in range: whatever libcrypto can say of the kind. */
static tmg_rc
check_sound(const EVP_PKEY *key)
{
	EVP_PKEY_CTX *check = EVP_PKEY_CTX_new((EVP_PKEY *)(uintptr_t)key, NULL);
	const int sound = check == NULL ? -1 : has_no_small_group(key) ?
	    EVP_PKEY_public_check_quick(check) : EVP_PKEY_public_check(check);
	const bool memory = check == NULL || (sound != 1 && tmg_lacked_memory(0));

	EVP_PKEY_CTX_free(check);
	ERR_clear_error();
	return memory ? TMG_E_NOMEM : weak_if(sound != 1);
}

/* ---- RSA ---- */

static tmg_rc
check_size(const EVP_PKEY *key)
{
	const int bits = EVP_PKEY_get_bits(key);

	return weak_if(bits < RSA_LEAST || bits > RSA_MOST);
}

static tmg_rc
check_exponent(const EVP_PKEY *key)
{
	HELD(bn_free) BIGNUM *e = number_of(key, OSSL_PKEY_PARAM_RSA_E);

	if (e == NULL)
		return TMG_E_NOMEM;
	return weak_if(!BN_is_odd(e) || BN_num_bits(e) > EXPONENT_BITS ||
	    (BN_num_bits(e) <= 17 && BN_get_word(e) < EXPONENT_LEAST));
}

static tmg_rc
check_factors(const EVP_PKEY *key)
{
	HELD(bn_free) BIGNUM *n = number_of(key, OSSL_PKEY_PARAM_RSA_N);

	if (n == NULL)
		return TMG_E_NOMEM;
	if (!BN_is_odd(n))
		return TMG_MISMATCH;
	for (BN_ULONG p = 3; p < SMALL_FACTORS; p += 2)
		if (BN_mod_word(n, p) == 0)
			return TMG_MISMATCH;
	return TMG_OK;
}

static tmg_rc
check_roca(const EVP_PKEY *key)
{
	HELD(bn_free) BIGNUM *n = number_of(key, OSSL_PKEY_PARAM_RSA_N);

	return n == NULL ? TMG_E_NOMEM : weak_if(ra_roca_has(n));
}

/* root = floor(sqrt(n)), by Newton's way, from above. */
static bool
square_root(BIGNUM *root, const BIGNUM *n, BN_CTX *ctx)
{
	HELD(bn_free) BIGNUM *next = BN_new();

	BN_zero(root);
	if (next == NULL || !BN_set_bit(root, (BN_num_bits(n) + 1) / 2))
		return false;
	for (;;) {
		if (!BN_div(next, NULL, n, root, ctx) || !BN_add(next, next, root) ||
		    !BN_rshift1(next, next))
			return false;
		if (BN_cmp(next, root) >= 0)
			return true;
		if (BN_copy(root, next) == NULL)
			return false;
	}
}

/* Most numbers that are no squares show it in their last bits or by a small
 * divisor: 44 of 256 and 16 of 63 residues are squares. */
static bool
may_be_square(const BIGNUM *n)
{
	const BN_ULONG low = BN_mod_word(n, 256), mod = BN_mod_word(n, 63);
	bool by_low = false, by_mod = false;

	for (BN_ULONG i = 0; i < 128 && !by_low; i++)
		by_low = i * i % 256 == low;
	for (BN_ULONG i = 0; i < 32 && !by_mod; i++)
		by_mod = i * i % 63 == mod;
	return by_low && by_mod;
}

static tmg_rc
is_square(const BIGNUM *n, BN_CTX *ctx)
{
	HELD(bn_free) BIGNUM *root = BN_new();

	if (BN_is_zero(n))
		return TMG_MISMATCH;
	if (!may_be_square(n))
		return TMG_OK;
	if (root == NULL || !square_root(root, n, ctx) ||
	    !BN_sqr(root, root, ctx))
		return TMG_E_NOMEM;
	return weak_if(BN_cmp(root, n) == 0);
}

/* Fermat: n = a^2 - b^2 with a next to the square root of n when the primes
 * are next to each other.  From one a to the next, a^2 - n grows by 2a + 1. */
static tmg_rc
check_fermat(const EVP_PKEY *key)
{
	HELD(bn_free) BIGNUM *n = number_of(key, OSSL_PKEY_PARAM_RSA_N);
	HELD(bn_ctx_close) BN_CTX *ctx = bn_ctx_open();
	BIGNUM *a, *rest;
	tmg_rc rc = TMG_OK;

	if (n == NULL || ctx == NULL)
		return TMG_E_NOMEM;
	a = BN_CTX_get(ctx);
	rest = BN_CTX_get(ctx);
	if (rest == NULL || !square_root(a, n, ctx) || !BN_sqr(rest, a, ctx) ||
	    !BN_sub(rest, rest, n))
		return TMG_E_NOMEM;
	for (int i = 0; i < FERMAT_ROUNDS && rc == TMG_OK; i++) {
		if (!BN_is_negative(rest))
			rc = is_square(rest, ctx);
		if (!BN_add(rest, rest, a) || !BN_add_word(a, 1) ||
		    !BN_add(rest, rest, a))
			return TMG_E_NOMEM;
	}
	return rc;
}

/* ---- Ed25519 ---- */

static tmg_rc
check_edwards(const EVP_PKEY *key)
{
	uint8_t bytes[32];
	size_t len = sizeof(bytes);

	if (EVP_PKEY_get_raw_public_key(key, bytes, &len) != 1 ||
	    len != sizeof(bytes)) {
		ERR_clear_error();
		return TMG_E_CRYPTO;
	}
	return ra_edpoint_check(bytes);
}

/* ---- the table ---- */

static const ra_weak rows[] = {
	{ "rsa-size", TMG_FAMILY_RSA, check_size,
	    N_("the RSA key has fewer than 2048 bits or more than 8192; make a key of 3072") },
	{ "rsa-exponent", TMG_FAMILY_RSA, check_exponent,
	    N_("the RSA key's public exponent is even, below 65537 or above 2^256; make a key with the exponent 65537") },
	{ "rsa-factors", TMG_FAMILY_RSA, check_factors,
	    N_("the RSA key's modulus has a small factor: it was damaged or not made by a proper program; make a new key") },
	{ "rsa-roca", TMG_FAMILY_RSA, check_roca,
	    N_("a flawed chip made this RSA key, and others can compute its private half (CVE-2017-15361, ROCA); make an EC key on that token, or use one with newer firmware") },
	{ "rsa-fermat", TMG_FAMILY_RSA, check_fermat,
	    N_("the two primes of the RSA key are next to each other, and others can compute them; make a new key with another program or token") },
	{ "ed25519-point", TMG_FAMILY_ED, check_edwards,
	    N_("the Ed25519 key is no point of the curve's large group; make a new key") },
	{ "sound", TMG_FAMILY_NONE, check_sound,
	    N_("the request's public key is not sound (not on its curve, or out of range); make a new one") },
};

const ra_weak *
ra_weak_rows(size_t *count)
{
	*count = TMG_COUNT(rows);
	return rows;
}

/* By its number: to be asked for its name libcrypto wants memory, and without it says no,
 * which here would be a key that nothing is asked of. */
tmg_family
ra_weak_family(const EVP_PKEY *key)
{
	static const struct {
		int id;
		tmg_family family;
	} types[] = {
		{ EVP_PKEY_RSA, TMG_FAMILY_RSA },
		{ EVP_PKEY_RSA_PSS, TMG_FAMILY_RSA },
		{ EVP_PKEY_EC, TMG_FAMILY_EC },
		{ EVP_PKEY_ED25519, TMG_FAMILY_ED },
	};

	for (size_t i = 0; i < TMG_COUNT(types); i++)
		if (EVP_PKEY_get_id(key) == types[i].id)
			return types[i].family;
	return TMG_FAMILY_NONE;
}

tmg_rc
ra_weak_check(const EVP_PKEY *key, tmg_fault *f)
{
	const tmg_family family = ra_weak_family(key);

	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		const tmg_rc rc = rows[i].family == TMG_FAMILY_NONE ||
		    rows[i].family == family ? rows[i].check(key) : TMG_OK;

		if (rc == TMG_MISMATCH)
			return tmg_raise(f, rc, 0, "%s (%s)", _(rows[i].words),
			    rows[i].name);
		if (rc)
			return tmg_raise(f, rc, 0, _("the key could not be checked: %s"),
			    tmg_rc_name(rc));
	}
	return TMG_OK;
}
