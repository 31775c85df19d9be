/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Status words, ISO/IEC 7816-4:2005 5.1.3, tables 5 and 6.
 */
#ifndef TMG_ISO_SW_H
#define TMG_ISO_SW_H

#include <stdint.h>

enum {
	TMG_SW_OK = 0x9000,
	TMG_SW_END_EARLY = 0x6282,	/* fewer bytes than Le before the end */
	TMG_SW_MEMORY = 0x6581,
	TMG_SW_LENGTH = 0x6700,
	TMG_SW_NO_CHAINING = 0x6884,
	TMG_SW_NOT_FOR_FILE = 0x6981,	/* command incompatible with file structure */
	TMG_SW_LOGIN = 0x6982,		/* security status not satisfied */
	TMG_SW_BLOCKED = 0x6983,	/* authentication method blocked */
	TMG_SW_INVALIDATED = 0x6984,	/* reference data not usable */
	TMG_SW_CONDITIONS = 0x6985,	/* conditions of use not satisfied */
	TMG_SW_DATA = 0x6a80,		/* incorrect parameters in the data */
	TMG_SW_NOT_SUPPORTED = 0x6a81,
	TMG_SW_NO_FILE = 0x6a82,
	TMG_SW_NO_RECORD = 0x6a83,
	TMG_SW_FULL = 0x6a84,		/* not enough memory space */
	TMG_SW_P1P2 = 0x6a86,
	TMG_SW_NO_REFERENCE = 0x6a88,
	TMG_SW_EXISTS = 0x6a89,
	TMG_SW_WRONG_P1P2 = 0x6b00,
	TMG_SW_INS = 0x6d00,
	TMG_SW_CLA = 0x6e00,

	TMG_SW_TRIES = 0x63c0,		/* the low four bits count tries left */
	TMG_SW_TRIES_MASK = 0xfff0,

	TMG_SW1_MORE = 0x61,		/* SW2 bytes are still there; 00: 256 or more */
	TMG_SW1_WRONG_LE = 0x6c,	/* SW2 is the right Le */
};

#define TMG_SW1(sw) ((unsigned)(sw) >> 8)

/* SW2 of 61xx and 6Cxx as a length. */
static inline uint32_t
tmg_sw2_length(uint16_t sw)
{
	return (sw & 0xff) != 0 ? sw & 0xffu : 256u;
}

/* What a status word means, in the user's language; never NULL. */
const char *
tmg_sw_words(uint16_t sw);

#endif
