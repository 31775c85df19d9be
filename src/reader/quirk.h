/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is known of a device beside what it says of itself: rows of data with
 * their sources, doc/usb.md.
 */
#ifndef TMG_READER_QUIRK_H
#define TMG_READER_QUIRK_H

#include "tamga/view.h"

enum {
	TMG_QUIRK_FIXED = 1u << 0,	/* a token: its card cannot be taken out */
	TMG_QUIRK_NO_IFSD = 1u << 1,	/* must not be told how much we take */
	TMG_QUIRK_REFUSED = 1u << 2,	/* this firmware is known not to work */
};

/* Of vendor, product and bcdDevice; 0: nothing is known. */
unsigned
tmg_quirks_of(uint16_t vendor, uint16_t product, uint16_t firmware);

#endif
