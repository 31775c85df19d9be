/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a person has been reminded of: watch.json in the state folder.
 */
#ifndef TAMGA_CLI_TOLD_H
#define TAMGA_CLI_TOLD_H

#include <time.h>

#include "tools/tamga/cli.h"

struct told {
	char path[4096];
	json_t *all;		/* serial number: { days, until } */
	bool changed;
};

/* A file that is damaged is as none: somebody is reminded once more. */
TMG_MUST_USE tmg_rc
told_read(struct cli *cli, struct told *told);

/*
 * Whether a person should be reminded now of a certificate that ends then: 30,
 * 14, 7 and 1 days before, and when it has ended, once each.
 *
 *   days   out   left, 0: it has ended
 */
bool
told_is_news(struct told *told, const char *serial, time_t until, time_t now,
    long *days);

/* Written when something was told; what ended long ago is forgotten. */
TMG_MUST_USE tmg_rc
told_write(struct cli *cli, struct told *told, time_t now);
void
told_release(struct told *told);

#endif
