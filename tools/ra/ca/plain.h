/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names that show what they say, and that everybody can read.
 */
#ifndef RA_PLAIN_H
#define RA_PLAIN_H

#include <openssl/x509v3.h>

#include "tamga/err.h"

/* Text without controls, of at most as many characters as RFC 5280 A.1 allows
 * its kind.  Verdicts TMG_MISMATCH; f says which.  Faults TMG_E_NOMEM. */
TMG_MUST_USE tmg_rc
ra_plain_entry(const X509_NAME_ENTRY *entry, tmg_fault *f);
TMG_MUST_USE tmg_rc
ra_plain_san(const GENERAL_NAME *name, tmg_fault *f);

/* "dns", "upn": a kind of alternative name as profiles call it; NULL none. */
const char *
ra_plain_san_word(const GENERAL_NAME *name);

#endif
