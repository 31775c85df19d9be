/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The readers that options and configuration name.
 */
#ifndef TAMGA_CLI_OPEN_H
#define TAMGA_CLI_OPEN_H

#include "tools/tamga/cli.h"

#define HUBS_MAX 9

/* Hubs that opened, and why the daemon's did not. */
struct hubs {
	tmg_hub *hub[HUBS_MAX];
	size_t count;
	bool pcsc_wanted;
	tmg_rc pcsc;		/* TMG_OK: it is among them */
	tmg_fault pcsc_fault;
	tmg_hub *usb;		/* among them too; NULL: not wanted or not there */
};

/* Verdicts: a virtual card that was named does not answer.  The daemon's
 * absence is no failure here; where none answers, USB readers are used without
 * it, if there are any. */
TMG_MUST_USE tmg_rc
hubs_open(struct cli *cli, struct hubs *hubs);
void
hubs_release(struct hubs *hubs);

#endif
