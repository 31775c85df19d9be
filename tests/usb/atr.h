/* SPDX-License-Identifier: BSD-2-Clause */
/* What an ATR says of transmission: ISO/IEC 7816-3:2006 8.2, 11.4. */
#ifndef TESTS_USB_ATR_H
#define TESTS_USB_ATR_H

#include <stddef.h>
#include <stdint.h>

struct atr {
	unsigned protocols;	/* bit 0 T=0, bit 1 T=1 */
	unsigned first;		/* the protocol that is offered first */
	uint8_t ta1;		/* Fi and Di; 11 when absent */
	int specific;		/* TA2: no PPS */
	size_t ifsc;
	int crc;		/* T=1's check: LRC, or this */
};

struct atr atr_parse(const uint8_t *bytes, size_t len);

#endif
