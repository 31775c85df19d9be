/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an authority granted otherwise than it was asked for.
 */
#ifndef TMG_ENROLL_GRANTED_H
#define TMG_ENROLL_GRANTED_H

#include <openssl/x509.h>

#include "src/enroll/authority.h"

#define TMG_GRANTED_MAX 160	/* bytes, final zero included */

/* "the name, X509v3 Subject Alternative Name", as many as there is room for; "" when
 * all is as in the request, PKCS #10 or a message of CMP.  subject: names count, too. */
void
tmg_granted_list(const X509 *cert, tmg_view request, bool subject,
    char names[static TMG_GRANTED_MAX]);

/* Fills d->note, unless the binding did, where the first of d->certs has not what was
 * asked for.  A person agrees to another name elsewhere. */
void
tmg_granted_note(const tmg_authority *a, tmg_view request, tmg_decision *d);

#endif
