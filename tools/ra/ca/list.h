/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A revocation list being made (RFC 5280 5), to be signed by its issuer.
 */
#ifndef RA_CA_LIST_H
#define RA_CA_LIST_H

#include <openssl/x509v3.h>
#include <time.h>

#include "tamga/err.h"

/* All but what is revoked.  Faults TMG_E_CRYPTO. */
TMG_MUST_USE tmg_rc
ra_list_begin(X509_CRL *crl, X509 *issuer, int64_t number, time_t now, time_t next);

/* A certificate by its number, as it stands in the store. */
TMG_MUST_USE tmg_rc
ra_list_add(X509_CRL *crl, const char *number, time_t when, int reason);

#endif
