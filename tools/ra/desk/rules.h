/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What settings of ra.conf ask of each other.
 */
#ifndef RA_RULES_H
#define RA_RULES_H

#include "tools/ra/desk/conf.h"

/* name is what messages call the file, text what stands in it.
 * Verdicts  TMG_MISMATCH  f says name:line */
TMG_MUST_USE tmg_rc
ra_config_check(const char *name, const char *text, const ra_config *config,
    tmg_fault *f);

/* Whether an http:// address stays in this machine, where nobody listens. */
bool
ra_url_is_here(const char *url);

#endif
