/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The built-in protocols.  doc/design/binding.md says how to add one.
 */
#ifndef TMG_ENROLL_BINDING_H
#define TMG_ENROLL_BINDING_H

#include "src/http/http.h"
#include "tamga/binding.h"

extern const tmg_binding tmg_binding_acme, tmg_binding_cmp, tmg_binding_est,
    tmg_binding_portal, tmg_binding_scep;

#endif
