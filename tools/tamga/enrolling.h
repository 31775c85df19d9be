/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An enrollment while a person looks on: enroll, resume and renew.
 */
#ifndef TAMGA_CLI_ENROLLING_H
#define TAMGA_CLI_ENROLLING_H

#include "tamga/provision.h"
#include "tools/tamga/cli.h"

#define WAIT_OPTIONS \
	{ "wait", 0, OPT_MAYBE, "SECONDS", \
	    N_("wait for the authority's decision; else come back later") }, \
	{ "now", 0, OPT_FLAG, NULL, \
	    N_("ask at once, whatever the authority advised") }

/* Runs it to its end or until somebody else must act, with a line for each
 * step.  With --json what became of it is appended to list, which then is for
 * the caller to print; NULL: it is printed.  Frees nothing. */
TMG_MUST_USE tmg_rc
enrolling_run(struct cli *cli, tmg_provision *p, json_t *list);

/* What the library says of a beginning that failed. */
tmg_rc
enrolling_refused(struct cli *cli, tmg_rc rc, const tmg_fault *f);

/* One enrollment as JSON. */
json_t *
enrolling_json(const tmg_provision_record *r);

/* "submitted"; translated when for people. */
const char *
enrolling_step(tmg_step step);

TMG_MUST_USE tmg_rc
enrolling_pin_policy(struct cli *cli, const char *option, tmg_pin_policy *pin);
TMG_MUST_USE tmg_rc
enrolling_touch_policy(struct cli *cli, const char *option,
    tmg_touch_policy *touch);

/* A whole number of an option, TMG_E_USAGE when it is none or out of range. */
TMG_MUST_USE tmg_rc
enrolling_number(struct cli *cli, const char *option, const char *text,
    long least, long most, long *n);

#endif
