/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the doctor looks at, and how findings are told.
 */
#ifndef TAMGA_CLI_DOCTOR_H
#define TAMGA_CLI_DOCTOR_H

#include "tools/tamga/cli.h"

enum health { WELL, WARNING, WRONG };

/* The findings so far. */
struct visit {
	struct cli *cli;
	json_t *checks;
	bool wrong;
};

/* One more finding.  fix: untranslated, NULL none; %s in it is fix_arg. */
void
found(struct visit *v, const char *check, enum health health, const char *what,
    const char *fix, const char *fix_arg);

struct hubs;

/* USB readers that are used without the daemon, and those that the daemon does
 * not show, when it shows no reader at all (doctor-usb.c). */
void
doctor_usb(struct visit *v, const struct hubs *hubs, size_t readers);

/* The module and the browsers that should load it (doctor-browser.c).  None of
 * it keeps tamga itself from working: there are only warnings. */
void
doctor_browsers(struct visit *v);

#endif
