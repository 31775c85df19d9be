/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What another authority changed of what it was asked for.
 */
#ifndef RA_CHANGES_H
#define RA_CHANGES_H

#include <openssl/x509v3.h>
#include <stddef.h>

/* Names the parts in which issued is not what wanted says, ", " between;
 * "" where nothing was changed.  Serial number, validity and issuer are the
 * other authority's own affair. */
void
ra_changes_name(const X509 *wanted, const X509 *issued, char *text, size_t cap);

#endif
