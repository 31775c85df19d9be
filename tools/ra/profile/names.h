/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The words profiles use for what stands in certificates.
 */
#ifndef RA_NAMES_H
#define RA_NAMES_H

#include <stddef.h>

/* Bit of KeyUsage, RFC 5280 4.2.1.3; -1 for a word that is none. */
int ra_key_usage_bit(const char *word);

/* The kind of a GeneralName (GEN_DNS ...) as profiles call it, "dns"; NULL
 * for kinds that no profile can allow.  upn: otherName that is a UPN. */
const char *ra_san_word(int gen_type, int upn);
int ra_san_known(const char *word);

#endif
