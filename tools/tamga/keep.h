/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is kept of applications beside the journals, mode 0600: access codes,
 * and the secrets that begin an application once.
 */
#ifndef TAMGA_CLI_KEEP_H
#define TAMGA_CLI_KEEP_H

#include "tools/tamga/ca.h"

#define KEEP_PATH 256

/* The file of that name and suffix; its folder is made. */
TMG_MUST_USE tmg_rc
keep_path(struct cli *cli, const char *name, const char *suffix,
    char path[KEEP_PATH]);
TMG_MUST_USE tmg_rc
keep_write(struct cli *cli, const char *path, const char *text);

/* ca speaks with that code from now on; the same out of a file. */
TMG_MUST_USE tmg_rc
keep_set(struct cli *cli, struct ca *ca, const char *code);
TMG_MUST_USE tmg_rc
keep_read(struct cli *cli, const char *path, struct ca *ca);
/* The code that --code-file names, or that was kept for that number. */
TMG_MUST_USE tmg_rc
keep_find(struct cli *cli, const char *number, struct ca *ca);
TMG_MUST_USE tmg_rc
keep_code(struct cli *cli, const char *number, const char *code);

/* 2 * bytes hexadecimal digits and a final zero; bytes is 32 at most. */
TMG_MUST_USE tmg_rc
keep_random(struct cli *cli, size_t bytes, char *text);

/* The file of what begins one application of this profile with these answers. */
TMG_MUST_USE tmg_rc
keep_wish(struct cli *cli, const char *profile, const struct ca *ca,
    const json_t *given, char path[KEEP_PATH]);
/* Nobody else works on it until fd is closed.
 * Verdicts  TMG_BUSY  somebody does */
TMG_MUST_USE tmg_rc
keep_lock(struct cli *cli, const char *path, int *fd);
/* The secret that begins it: on the disk before the portal hears it, until that
 * application is done. */
TMG_MUST_USE tmg_rc
keep_once(struct cli *cli, const char *path, char once[65]);

/* A text that is wiped before it is freed, by scope. */
void
keep_wiped_free(char **text);
#define auto_wiped __attribute__((__cleanup__(keep_wiped_free))) char *

#endif
