/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RSA keys whose primes a flawed chip library made (CVE-2017-15361): Nemec,
 * Sys, Svenda, Klinec, Matyas, "The Return of Coppersmith's Attack", CCS 2017.
 */
#ifndef RA_ROCA_H
#define RA_ROCA_H

#include <openssl/bn.h>
#include <stdbool.h>

/*
 * Whether modulus is a power of 65537 modulo the product of the primes up to
 * 167, as every modulus of that library is: its primes are k*M + 65537^a mod M.
 * Of other moduli one in about 2^154 is.
 */
bool
ra_roca_has(const BIGNUM *modulus);

#endif
