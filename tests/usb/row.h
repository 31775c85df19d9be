/* SPDX-License-Identifier: BSD-2-Clause */
/* What is known of a token before it is asked: one row of the table. */
#ifndef TESTS_USB_ROW_H
#define TESTS_USB_ROW_H

#include <stdint.h>

/* dwFeatures, CCID 1.10 5.1 */
enum feature {
	FEATURE_AUTO_ATR	= 0x00000002,	/* parameters from the ATR */
	FEATURE_AUTO_ACTIVATE	= 0x00000004,
	FEATURE_AUTO_VOLTAGE	= 0x00000008,
	FEATURE_AUTO_CLOCK	= 0x00000010,
	FEATURE_AUTO_BAUD	= 0x00000020,
	FEATURE_AUTO_NEGOTIATE	= 0x00000040,
	FEATURE_AUTO_PPS	= 0x00000080,
	FEATURE_NAD		= 0x00000200,
	FEATURE_AUTO_IFSD	= 0x00000400,
	FEATURE_TPDU		= 0x00010000,
	FEATURE_SHORT		= 0x00020000,
	FEATURE_EXTENDED	= 0x00040000,
	FEATURE_LEVEL		= 0x00070000,
};

/* What no descriptor tells. */
enum trait {
	TRAIT_NO_IFSD	= 1,	/* S(IFS request) is never answered */
	TRAIT_ESCAPES	= 2,	/* its maker's escapes are answered, with nothing */
};

struct row {
	const char *name;
	const char *maker, *product;
	uint16_t vendor_id, product_id, firmware;	/* bcdDevice */
	uint16_t version;	/* bcdCCID */
	unsigned before;	/* interfaces of other classes in front */
	unsigned endpoints;	/* 3, 2 without interrupts, 0: ICCD B */
	uint32_t features;
	uint32_t protocols;	/* bit 0 T=0, bit 1 T=1 */
	uint8_t voltage;	/* 1 5 V, 2 3 V, 4 1.8 V */
	uint32_t message;	/* dwMaxCCIDMessageLength */
	uint32_t ifsd;
	unsigned traits;
	uint8_t pins;		/* bPINSupport: 1 VERIFY, 2 MODIFY */
	uint16_t lcd;		/* wLcdLayout: lines, characters */
};

extern const struct row rows[];
extern const unsigned row_count;

const struct row *row_find(const char *name);

#endif
