/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who else speaks to the PC/SC daemon, or has opened a USB device: a good guess
 * at who holds a card.
 */
#ifndef TMG_READER_HOLDER_H
#define TMG_READER_HOLDER_H

#include <stdbool.h>

typedef struct tmg_holder {
	char who[64];		/* "scdaemon (4711)" */
	const char *advice;	/* how to get the card back, translated */
} tmg_holder;

/* The daemon's socket, as libpcsclite finds it. */
const char *
tmg_pcscd_socket(void);

/* Does anybody listen there?  systemd may start the daemon for it. */
bool
tmg_pcscd_listens(void);

/* False when nobody is found; whatever /proc refuses is only not found. */
bool
tmg_holder_find(tmg_holder *holder);

/* The same of a device's node, "/dev/bus/usb/001/004": who has it opened beside
 * this process, or is likely to. */
bool
tmg_holder_of_node(const char *node, tmg_holder *holder);

#endif
