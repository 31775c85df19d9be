/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Virtual cards with the PIV application, and what is said to them most.
 */
#ifndef TEST_VCARD_PIV_H
#define TEST_VCARD_PIV_H

#include "tests/unit/vcard-bench.h"

#define SELECT_PIV "00A404000BA000000308000010000100"
#define PIN_OK "0020008008313233343536FFFF"
#define PIN_BAD "0020008008393939393939FFFF"
#define PIN_EMPTY "00200080"

static const vc_profile yubikey = {
	.yubikey = true, .version = { 5, 7, 1 }, .extended = true,
	.serial = 4711, .pin_tries = 3, .puk_tries = 3,
};
static const vc_profile standard = { .extended = true, .pin_tries = 3, .puk_tries = 3 };
static const vc_profile t0 = { .t0 = true, .pin_tries = 3, .puk_tries = 3 };

#endif
