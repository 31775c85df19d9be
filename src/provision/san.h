/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The alternative names of a certificate as the request's text has them.
 */
#ifndef TMG_PROVISION_SAN_H
#define TMG_PROVISION_SAN_H

#include "src/provision/journal.h"

/*
 * "dns:...", "email:...", "ip:...", "uri:...", "upn:...", "dir:...", "rid:...":
 * see tmg_csr_spec.san.  An empty list when there are none.
 *
 * Verdicts  TMG_UNSUPPORTED  a kind of name that a request cannot ask for
 */
TMG_MUST_USE tmg_rc
tmg_san_of(tmg_view cert, tmg_strings *list);

#endif
