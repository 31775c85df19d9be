/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Keys whose private half others can find: one table of what is looked for.
 */
#ifndef RA_WEAK_H
#define RA_WEAK_H

#include <openssl/evp.h>

#include "tamga/alg.h"
#include "tamga/err.h"

/*
 *   family  of the keys it is asked of; NONE: of all
 *   check   verdict TMG_MISMATCH: the key is so
 *   words   what is wrong and what to do, for the applicant
 */
typedef struct ra_weak {
	const char *name;
	tmg_family family;
	tmg_rc (*check)(const EVP_PKEY *key);
	const char *words;
} ra_weak;

/* The table, in the order it is asked. */
const ra_weak *
ra_weak_rows(size_t *count);

/* NONE: of no family that certificates are issued for. */
tmg_family
ra_weak_family(const EVP_PKEY *key);

/* Verdicts TMG_MISMATCH; f says which check, what is wrong and what to do. */
TMG_MUST_USE tmg_rc
ra_weak_check(const EVP_PKEY *key, tmg_fault *f);

#endif
