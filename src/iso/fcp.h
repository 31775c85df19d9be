/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a file says of itself when it is selected: file control parameters,
 * ISO/IEC 7816-4:2005 5.3.3, tables 11 to 14.
 */
#ifndef TMG_ISO_FCP_H
#define TMG_ISO_FCP_H

#include "tamga/view.h"

typedef enum tmg_file_kind {
	TMG_FILE_UNTOLD,
	TMG_FILE_DF,
	TMG_FILE_BINARY,	/* transparent */
	TMG_FILE_RECORDS,
	TMG_FILE_OTHER,		/* a kind that is not for reading: keys and the like */
} tmg_file_kind;

typedef struct tmg_fcp {
	tmg_file_kind kind;
	bool sized;
	size_t size;		/* bytes of content */
	uint16_t fid;		/* 0: it did not say */
	uint8_t life;		/* life cycle status byte, table 13; 0: it did not say */
	tmg_view name;		/* of a DF; borrowed from the answer */
} tmg_fcp;

/* Of the answer to SELECT: 62 or 6F, or 6F around 62; what is neither, or nothing,
 * tells nothing.  Faults TMG_E_MALFORMED: a template that breaks off. */
TMG_MUST_USE tmg_rc
tmg_fcp_parse(tmg_view answer, tmg_fcp *fcp);

#endif
