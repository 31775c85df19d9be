/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/ca/roca.h"

#include "src/base/scope.h"

#define GENERATOR 65537

/* The odd primes of the product for keys of 512 to 960 bits; longer keys have
 * more primes in theirs, but all of these (section 2.1 of the paper). */
static const unsigned primes[] = { 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41,
	43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109, 113,
	127, 131, 137, 139, 149, 151, 157, 163, 167 };

/* What the exponent is modulo the order of the generator. */
struct exponent {
	unsigned value, order;
};

/* The discrete logarithm of residue to the base 65537 modulo p, by counting. */
static bool
logarithm(unsigned residue, unsigned p, struct exponent *e)
{
	const unsigned g = GENERATOR % p;
	unsigned power = 1;
	bool found = false;

	e->order = 0;
	do {
		if (power == residue) {
			e->value = e->order;
			found = true;
		}
		power = power * g % p;
		e->order++;
	} while (power != 1);
	return found;
}

static unsigned
common(unsigned a, unsigned b)
{
	while (b != 0) {
		const unsigned rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

/* One exponent fits all primes if it fits each two of them: the Chinese
 * remainder theorem where the moduli have factors in common. */
static bool
agrees(const struct exponent *with, size_t count, const struct exponent *e)
{
	for (size_t i = 0; i < count; i++) {
		const unsigned d = common(with[i].order, e->order);

		if (with[i].value % d != e->value % d)
			return false;
	}
	return true;
}

bool
ra_roca_has(const BIGNUM *modulus)
{
	struct exponent exponents[TMG_COUNT(primes)];

	for (size_t i = 0; i < TMG_COUNT(primes); i++) {
		const BN_ULONG residue = BN_mod_word(modulus, primes[i]);

		if (!logarithm((unsigned)residue, primes[i], &exponents[i]) ||
		    !agrees(exponents, i, &exponents[i]))
			return false;
	}
	return true;
}
