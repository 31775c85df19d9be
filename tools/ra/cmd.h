/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the sub-commands share.  One file each: cmd-NAME.c.
 */
#ifndef RA_CMD_H
#define RA_CMD_H

#include <jansson.h>

#include "tools/ra/args.h"
#include "tools/ra/desk/desk.h"

/* Exit status, the same for every command. */
enum {
	RA_EXIT_DONE = 0,
	RA_EXIT_FAILED = 1,
	RA_EXIT_USAGE = 2,
	RA_EXIT_REFUSED = 7,	/* the life cycle does not allow it */
};

typedef int ra_cmd_fn(tmg_ctx *ctx, int argc, char **argv);

ra_cmd_fn ra_cmd_init, ra_cmd_serve, ra_cmd_user, ra_cmd_list, ra_cmd_show,
    ra_cmd_approve, ra_cmd_pay, ra_cmd_release, ra_cmd_reject, ra_cmd_revoke,
    ra_cmd_crl, ra_cmd_audit, ra_cmd_act, ra_cmd_backup, ra_cmd_restore,
    ra_cmd_mail, ra_cmd_due, ra_cmd_print, ra_cmd_reload, ra_cmd_texts,
    ra_cmd_challenge, ra_cmd_secret, ra_cmd_root, ra_cmd_weak_keys,
    ra_cmd_server_cert, ra_cmd_check, ra_cmd_upstream;

/* The options of every command: which authority, how to answer, and what time
 * it is in a rehearsal. */
typedef struct ra_common {
	ra_value dir, config, clock_offset;
	bool json;
} ra_common;

#define RA_COMMON_OPTIONS(c) \
	{ "dir", NULL, &(c)->dir, 1 }, \
	{ "config", NULL, &(c)->config, 1 }, \
	{ "clock-offset", NULL, &(c)->clock_offset, 1 }, \
	{ "json", &(c)->json, NULL, 0 }

/* The configuration file these name; else $TAMGA_RA_CONFIG; else the system's. */
TMG_MUST_USE tmg_rc
ra_common_config(const ra_common *common, char path[PATH_MAX]);

/* Opens the authority these name, its clock moved as they say. */
TMG_MUST_USE tmg_rc
ra_common_office(tmg_ctx *ctx, const ra_common *common, ra_office *office,
    tmg_fault *f);

/* An authority and a desk at it, opened for one command. */
typedef struct ra_place {
	ra_office office;
	ra_desk desk;
} ra_place;

/* Complains on stderr when it cannot.  An exit status, RA_EXIT_DONE. */
int
ra_place_enter(tmg_ctx *ctx, const ra_common *common, ra_place *place);
void
ra_place_release(ra_place *place);

/* Who sits at the keyboard: "officer:NAME". */
void
ra_officer_name(char *text, size_t cap);

/* Says on stderr what went wrong, gives the exit status. */
int
ra_fail(const tmg_fault *f, tmg_rc rc);

/* An application as people or programs read it. */
void
ra_print_app(const ra_app *app, const ra_cert *cert, bool json, bool whole);
json_t *
ra_app_json(const ra_app *app, const ra_cert *cert);
void
ra_print_json(json_t *value);
/* The end of a walk over the store: prints what was collected, NULL for nothing,
 * and gives the exit status for rc. */
int
ra_print_all(const ra_store *store, json_t *all, tmg_rc rc);

/* "2026-11-22T06:00:00Z" */
#define RA_TIME_TEXT 24
void
ra_time_text(time_t at, char text[RA_TIME_TEXT]);

#endif
