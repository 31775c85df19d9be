/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * AlgorithmIdentifier of signatures, DER: what X509, CMS and CMP write down.
 */
#ifndef TMG_PKI_ALGID_H
#define TMG_PKI_ALGID_H

#include "tamga/signer.h"

#define TMG_ALGID_MAX 96	/* bytes */

/* For signatures made by spec.
 * Verdicts TMG_UNSUPPORTED: there is no identifier for that (raw, no hash). */
TMG_MUST_USE tmg_rc
tmg_algid(const tmg_sign_spec *spec, tmg_out *der);

/* Whether it is a signature over a hash that collides: SHA-1 and what was before it. */
bool
tmg_algid_is_weak(tmg_view der);

#endif
