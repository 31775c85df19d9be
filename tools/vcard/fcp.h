/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a card says of a file, and is told of one that it shall make: the
 * control parameters of ISO/IEC 7816-4 7.4.3.
 */
#ifndef VCARD_FCP_H
#define VCARD_FCP_H

#include "tools/vcard/fs.h"

enum {
	FCP_TEMPLATE = 0x62,
	FCI_TEMPLATE = 0x6f,
	FCP_SIZE_DATA = 0x80,
	FCP_SIZE_ALL = 0x81,
	FCP_DESCRIPTOR = 0x82,
	FCP_ID = 0x83,
	FCP_NAME = 0x84,
	FCP_PROPRIETARY = 0x85,
	FCP_RULES_OWN = 0x86,	/* in a proprietary form */
	FCP_SFI = 0x88,
	FCP_LIFE = 0x8a,
	FCP_RULES_COMPACT = 0x8c,
	FCP_RULES_INSIDE = 0xa18c,	/* compact, inside A1: IAS ECC */
};

enum {	/* file descriptor byte, ISO/IEC 7816-4 table 12 */
	FD_DF = 0x38,
	FD_TRANSPARENT = 0x01,
	FD_RSA_KEY = 0x11,	/* in the field, since SetCOS */
	FD_EC_KEY = 0x22,
};

/* Reads one.  Rules come in the tag that this card writes them in.
 * Verdicts TMG_UNSUPPORTED: records, or a structure of no name.
 * Faults TMG_E_MALFORMED. */
TMG_MUST_USE tmg_rc
vc_fcp_parse(tmg_view template, uint32_t rules_tag, fs_file *file);

void
vc_fcp_put(const fs_file *file, uint32_t template, uint32_t rules_tag, uint8_t life,
    tmg_out *out);

/* What rules in the compact form (ISO/IEC 7816-4 9.3.3.2, tag 8C) ask for that bit of
 * the access mode byte; false: they do not mention it. */
bool
vc_fcp_condition(const fs_file *file, uint8_t mode, uint8_t *condition);

#endif
