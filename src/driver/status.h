/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Status words become verdicts.  What a status word means depends on the command:
 * each has its const table, and all end in tmg_status_judge().
 */
#ifndef TMG_DRIVER_STATUS_H
#define TMG_DRIVER_STATUS_H

#include "src/iso/sw.h"
#include "tamga/driver.h"

typedef struct tmg_status {
	uint16_t sw;
	tmg_rc rc;
	const char *words;	/* N_(); what is wrong and what to do */
} tmg_status;

/*
 * TMG_OK for 9000; else the verdict of the row, raised in b with its words; else
 * TMG_E_CARD, raised.
 *
 *   who     the beginning of messages: token and reader
 *   doing   N_(); what the command was sent for
 */
tmg_rc
tmg_status_judge(tmg_backend *b, const char *who, const tmg_status *rows,
    size_t count, uint16_t sw, const char *doing);

#endif
