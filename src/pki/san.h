/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Alternative names as people write them: "dns:...", "email:...", "ip:...",
 * "uri:...", "upn:...", "dir:...", "rid:...", "permanent-identifier:...".
 */
#ifndef TMG_PKI_SAN_H
#define TMG_PKI_SAN_H

#include <openssl/types.h>
#include <openssl/x509v3.h>

#include "tamga/err.h"
#include "tamga/view.h"

#define TMG_SAN_PERMANENT "permanent-identifier:"	/* RFC 4043, a serial number */

enum { DER_SEQUENCE = 0x30, DER_UTF8 = 0x0c };

/* Faults TMG_E_USAGE; f says what is wrong. */
TMG_MUST_USE tmg_rc
tmg_san_parse(const char *text, GENERAL_NAME **name, tmg_fault *f);

/*
 * The alternative names of a certificate, *list ended by NULL; it and each of
 * its strings are yours to free().  *list is NULL when there are none.
 *
 * Verdicts  TMG_UNSUPPORTED  a kind of name that a request cannot ask for
 * Faults    TMG_E_MALFORMED
 */
TMG_MUST_USE tmg_rc
tmg_san_of(OSSL_LIB_CTX *libctx, tmg_view cert, char ***list);
/* Those that a request (PKCS #10) asks for; as above. */
TMG_MUST_USE tmg_rc
tmg_san_of_request(OSSL_LIB_CTX *libctx, tmg_view csr, char ***list);

/* Such a list; NULL is none. */
void
tmg_san_free(char **list);

#endif
