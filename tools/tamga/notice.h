/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Telling a person who is not looking: a line for the journal, and a notice on
 * the desktop where there is one.
 */
#ifndef TAMGA_CLI_NOTICE_H
#define TAMGA_CLI_NOTICE_H

#include "tools/tamga/cli.h"

enum urgency {
	URGENCY_LOW,		/* good news */
	URGENCY_NORMAL,		/* something is to be done in time */
	URGENCY_CRITICAL,	/* something is stuck */
};

/*
 * Says it on standard error, as systemd's journal takes priorities when it is
 * the reader, and runs the configured program (watch.notify; notify-send(1)
 * where a desktop's bus is named) with the options of notify-send.  A notice
 * that cannot be shown is still in the journal.
 *
 *   heard   its text is appended; NULL: none
 */
void
notice(struct cli *cli, json_t *heard, enum urgency urgency, const char *fmt, ...)
    __attribute__((__format__(__printf__, 4, 5)));

#endif
