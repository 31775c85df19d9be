/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Words for a key's policies, on which programs and files may rely: "once",
 * "cached".
 */
#ifndef TMG_BASE_POLICY_H
#define TMG_BASE_POLICY_H

#include "tamga/driver.h"

/* "unknown" too. */
const char *
tmg_pin_policy_name(tmg_pin_policy policy);
const char *
tmg_touch_policy_name(tmg_touch_policy policy);

/* false: no such word; "unknown" is none. */
bool
tmg_pin_policy_parse(const char *word, tmg_pin_policy *policy);
bool
tmg_touch_policy_parse(const char *word, tmg_touch_policy *policy);

#endif
