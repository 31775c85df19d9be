/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What only one protocol knows of, as NAME=VALUE.
 */
#ifndef TMG_ENROLL_OPTION_H
#define TMG_ENROLL_OPTION_H

#include "src/enroll/authority.h"

/* Every option given is one of the binding's, and given once.
 * Faults TMG_E_USAGE */
TMG_MUST_USE tmg_rc
tmg_option_check(tmg_authority *a);

#endif
