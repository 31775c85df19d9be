/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Status words (ISO/IEC 7816-4 5.6; SP 800-73-4 part 2, 2.6).
 */
#ifndef VCARD_SW_H
#define VCARD_SW_H

#include <stdint.h>

enum {
	SW_OK = 0x9000,
	SW_MORE = 0x6100,		/* | bytes waiting, 00 for 256 or more */
	SW_TRIES = 0x63c0,		/* | tries left */
	SW_MEMORY = 0x6581,		/* the state could not be written */
	SW_LENGTH = 0x6700,
	SW_NO_CHANNEL = 0x6881,
	SW_NO_SECURE = 0x6882,
	SW_STRUCTURE = 0x6981,		/* not with this kind of file */
	SW_SECURITY = 0x6982,		/* security status not satisfied */
	SW_BLOCKED = 0x6983,
	SW_CONDITIONS = 0x6985,		/* also: nobody touched the token */
	SW_NO_FILE = 0x6986,		/* no current EF */
	SW_DATA = 0x6a80,
	SW_NO_FUNCTION = 0x6a81,
	SW_NOT_FOUND = 0x6a82,
	SW_FULL = 0x6a84,
	SW_P1P2 = 0x6a86,
	SW_NO_REFERENCE = 0x6a88,
	SW_EXISTS = 0x6a89,
	SW_OFFSET = 0x6b00,
	SW_WRONG_LE = 0x6c00,		/* | bytes there are */
	SW_NO_INS = 0x6d00,
	SW_NO_CLA = 0x6e00,
	SW_INTERNAL = 0x6f00,
};

#endif
