/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/usb/atr.h"

enum { TA = 0x10, TB = 0x20, TC = 0x40, TD = 0x80, TA1_DEFAULT = 0x11, IFSC_DEFAULT = 32 };

/* The next byte, 0 past the end. */
static uint8_t
next(const uint8_t *bytes, size_t len, size_t *at)
{
	return *at < len ? bytes[(*at)++] : 0;
}

static void
offer(struct atr *a, unsigned t)
{
	if (a->protocols == 0)
		a->first = t;
	if (t < 2)
		a->protocols |= 1u << t;
}

struct atr
atr_parse(const uint8_t *bytes, size_t len)
{
	struct atr a = { .ta1 = TA1_DEFAULT, .ifsc = IFSC_DEFAULT };
	size_t at = 1;
	unsigned has = next(bytes, len, &at), t = 0;
	int ifsc_said = 0;

	for (unsigned i = 1; at < len; i++) {
		const uint8_t ta = (has & TA) ? next(bytes, len, &at) : 0;
		uint8_t tc;

		if (has & TB)
			(void)next(bytes, len, &at);
		tc = (has & TC) ? next(bytes, len, &at) : 0;
		if (i == 1 && (has & TA))
			a.ta1 = ta;
		if (i == 2 && (has & TA))
			a.specific = 1;
		/* the first TA and TC after T=1 are IFSC and the check */
		if (i > 2 && t == 1 && (has & TA) && !ifsc_said) {
			a.ifsc = ta;
			ifsc_said = 1;
		}
		if (i > 2 && t == 1 && (has & TC))
			a.crc = tc & 1;
		if (!(has & TD))
			break;
		has = next(bytes, len, &at);
		t = has & 0x0f;
		offer(&a, t);
	}
	if (a.protocols == 0)
		a.protocols = 1;
	return a;
}
