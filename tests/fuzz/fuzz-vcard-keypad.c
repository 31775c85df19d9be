/* SPDX-License-Identifier: BSD-2-Clause */
/* What a client tells the virtual card's keypad while somebody types. */
#include <stdlib.h>
#include <string.h>

#include "src/base/scope.h"
#include "tools/vcard/keypad.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const typed[] = { "123456", "123456 654321 654321",
	    "1 2", "cancel", "nothing", "" };
	uint8_t bytes[VC_TYPED_MAX];
	tmg_out out = TMG_OUT(bytes);
	vc_keypad pad = { .there = true };
	const size_t before = size > 0 ? strlen(typed[data[0] % 6u]) : 0;
	uint16_t sw = 0;

	if (size == 0 || !vc_keypad_type(&pad, typed[data[0] % 6u]))
		return 0;
	if (vc_keypad_run(&pad, data[0] & 0x80, (tmg_view){ data + 1, size - 1 },
		&out, &sw) == TMG_OK && (sw == 0) != (out.len > 0))
		abort();
	if (pad.keys.len > before + 1 || out.full)
		abort();
	return 0;
}
