/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a person types next: the library says what would help, here stands
 * which option or command that is.
 */
#ifndef TAMGA_CLI_ADVICE_H
#define TAMGA_CLI_ADVICE_H

#include "tools/tamga/cli.h"

/* One line on standard error for each remedy that the command has. */
void
advice_say(const struct cli *cli, tmg_rc rc);
/* The same as "try": ["--replace ..."] of error; nothing when nothing helps. */
void
advice_json(const struct cli *cli, tmg_rc rc, json_t *error);

#endif
