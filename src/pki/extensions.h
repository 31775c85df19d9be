/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a request asks for, as extensions; RFC 5280 4.2.
 */
#ifndef TMG_PKI_EXTENSIONS_H
#define TMG_PKI_EXTENSIONS_H

#include <openssl/x509.h>

#include "tamga/csr.h"

/* Appends to *list, which may be NULL at first.  Faults TMG_E_USAGE. */
TMG_MUST_USE tmg_rc
tmg_extensions_of(const tmg_csr_spec *spec, STACK_OF(X509_EXTENSION) **list,
    tmg_fault *f);

#endif
