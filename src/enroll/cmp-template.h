/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an authority wants in requests, as CMP says it.  Pure.
 */
#ifndef TMG_ENROLL_CMP_TEMPLATE_H
#define TMG_ENROLL_CMP_TEMPLATE_H

#include "tamga/view.h"

/*
 * A CertReqTemplateContent (RFC 9810 5.3.19.16, RFC 9483 4.3.3) as CsrAttrs
 * (RFC 7030 4.5.2, RFC 8951), which our requests understand: the kind of key
 * and its length, and the extensions that have a value.  An extension without
 * one is the applicant's to fill in; so are the other fields.
 *
 * Faults  TMG_E_MALFORMED
 */
TMG_MUST_USE tmg_rc
tmg_cmp_template(tmg_view content, tmg_out *csrattrs);

#endif
