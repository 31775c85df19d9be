/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lists of keys whose private half is in other hands, however good they look:
 * published by mistake, shipped with a product, made by a broken generator.
 */
#ifndef RA_KNOWN_H
#define RA_KNOWN_H

#include <openssl/evp.h>

#include "tamga/view.h"

#define RA_KNOWN_LINE 65	/* a key as a list has it, final zero included */

typedef struct ra_known ra_known;

/* No list at all. */
TMG_MUST_USE tmg_rc
ra_known_new(ra_known **known);

/* Accepts a pointer to NULL; leaves NULL. */
void
ra_known_free(ra_known **known);

/*
 * Adds a list: a key a line, a remark behind '#'.
 *
 *   64 digits  SHA-256 of its SubjectPublicKeyInfo, DER
 *   20 digits  the last of SHA-1 of an RSA key's modulus, as Debian's
 *              openssl-blacklist has it (openssl-vulnkey(1))
 *
 *   name  in  what messages call it
 *
 * Verdicts  TMG_MISMATCH  f says name:line and what is wrong there
 */
TMG_MUST_USE tmg_rc
ra_known_parse(const char *name, tmg_view text, ra_known *known, tmg_fault *f);

/* The same of a file.  Verdicts also TMG_NOT_FOUND, TMG_DENIED. */
TMG_MUST_USE tmg_rc
ra_known_read(const char *path, ra_known *known, tmg_fault *f);

/* Makes it ready to be asked, by any number of threads: no list is added then. */
void
ra_known_close(ra_known *known);

/*
 * Whether a key is on a list.
 *
 *   known  in  NULL: there are no lists
 *   spki   in  as it is encoded, in the one proper way
 *   key    in  the same
 *
 * Verdicts  TMG_MISMATCH  it is
 */
TMG_MUST_USE tmg_rc
ra_known_check(const ra_known *known, tmg_view spki, const EVP_PKEY *key);

/* What a list says of it. */
TMG_MUST_USE tmg_rc
ra_known_line(tmg_view spki, char line[RA_KNOWN_LINE]);

#endif
