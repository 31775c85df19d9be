/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a CA sees when it looks for tls-alpn-01.
 */
#ifndef TMG_ENROLL_ACME_ALPN_H
#define TMG_ENROLL_ACME_ALPN_H

#include <openssl/types.h>

#include "src/enroll/acme-proof.h"

#define TMG_ACME_SNI_MAX 256u

/* The certificate of RFC 8737 3 for a name and its key authorization. */
TMG_MUST_USE tmg_rc
tmg_acme_alpn_cert(tmg_ctx *ctx, const tmg_acme_identifier *name, const char *answer,
    EVP_PKEY *key, X509 **cert);

/* The server name by which it is asked for. */
void
tmg_acme_alpn_asked(const tmg_acme_identifier *name, char text[TMG_ACME_SNI_MAX]);

#endif
