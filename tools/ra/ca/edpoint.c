/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/ca/edpoint.h"

#include <openssl/bn.h>
#include <string.h>

#include "src/base/scope.h"

/* A BIGNUM's context and what was taken from it, given back by scope. */
struct field {
	BN_CTX *ctx;
	BIGNUM *p, *d;		/* RFC 8032 5.1: 2^255 - 19, -121665/121666 */
	BIGNUM *one;
};

static void
field_release(struct field *k)
{
	if (k->ctx != NULL)
		BN_CTX_end(k->ctx);
	BN_CTX_free(k->ctx);
}

static bool
field_open(struct field *k)
{
	BIGNUM *n;

	if ((k->ctx = BN_CTX_new()) == NULL)
		return false;
	BN_CTX_start(k->ctx);
	k->p = BN_CTX_get(k->ctx);
	k->d = BN_CTX_get(k->ctx);
	k->one = BN_CTX_get(k->ctx);
	if ((n = BN_CTX_get(k->ctx)) == NULL)
		return false;
	return BN_one(k->one) && BN_set_bit(k->p, 255) && BN_sub_word(k->p, 19) &&
	    BN_set_word(n, 121666) && BN_mod_inverse(n, n, k->p, k->ctx) != NULL &&
	    BN_mul_word(n, 121665) && BN_nnmod(n, n, k->p, k->ctx) &&
	    BN_sub(k->d, k->p, n);
}

/* r = a / b; b is none of the curve's zeroes. */
static bool
divide(const struct field *k, BIGNUM *r, const BIGNUM *a, BIGNUM *b)
{
	return BN_mod_inverse(b, b, k->p, k->ctx) != NULL &&
	    BN_mod_mul(r, a, b, k->p, k->ctx);
}

/* The square of the other coordinate: x^2 = (y^2 - 1) / (d y^2 + 1). */
static bool
square_of_x(const struct field *k, const BIGNUM *y, BIGNUM *yy, BIGNUM *xx)
{
	BIGNUM *below = BN_CTX_get(k->ctx);

	return below != NULL && BN_mod_sqr(yy, y, k->p, k->ctx) &&
	    BN_mod_mul(below, k->d, yy, k->p, k->ctx) && BN_add_word(below, 1) &&
	    BN_mod_sub(xx, yy, k->one, k->p, k->ctx) && divide(k, xx, xx, below);
}

/* Twice the point has y' = (y^2 + x^2) / (2 - y^2 + x^2): RFC 8032 5.1.4. */
static bool
double_y(const struct field *k, BIGNUM *y, const BIGNUM *yy, const BIGNUM *xx)
{
	BIGNUM *below = BN_CTX_get(k->ctx);

	return below != NULL && BN_mod_sub(below, xx, yy, k->p, k->ctx) &&
	    BN_add_word(below, 2) && BN_mod_add(y, yy, xx, k->p, k->ctx) &&
	    divide(k, y, y, below);
}

/* Euler's criterion: xx^((p-1)/2) is 1 for a square, and 0 for 0. */
static bool
is_square(const struct field *k, const BIGNUM *xx, bool *yes)
{
	BIGNUM *e = BN_CTX_get(k->ctx), *r = BN_CTX_get(k->ctx);

	if (r == NULL || !BN_rshift1(e, k->p) ||
	    !BN_mod_exp(r, xx, e, k->p, k->ctx))
		return false;
	*yes = BN_is_zero(r) || BN_is_one(r);
	return true;
}

/* Eight times the point is the neutral one, whose y is 1. */
static tmg_rc
check_order(const struct field *k, BIGNUM *y, BIGNUM *yy, BIGNUM *xx)
{
	for (int i = 0; i < 3; i++)
		if (!square_of_x(k, y, yy, xx) || !double_y(k, y, yy, xx))
			return TMG_E_NOMEM;
	return BN_is_one(y) ? TMG_MISMATCH : TMG_OK;
}

tmg_rc
ra_edpoint_check(const uint8_t bytes[32])
{
	__attribute__((__cleanup__(field_release))) struct field k = { .ctx = NULL };
	const bool odd = (bytes[31] & 0x80) != 0;
	uint8_t little[32];
	BIGNUM *y, *yy, *xx;
	bool square;

	memcpy(little, bytes, sizeof(little));
	little[31] &= 0x7f;
	if (!field_open(&k))
		return TMG_E_NOMEM;
	y = BN_CTX_get(k.ctx);
	yy = BN_CTX_get(k.ctx);
	xx = BN_CTX_get(k.ctx);
	if (xx == NULL || BN_lebin2bn(little, sizeof(little), y) == NULL ||
	    !square_of_x(&k, y, yy, xx) || !is_square(&k, xx, &square))
		return TMG_E_NOMEM;
	if (BN_cmp(y, k.p) >= 0 || !square || (odd && BN_is_zero(xx)))
		return TMG_MISMATCH;
	return check_order(&k, y, yy, xx);
}
