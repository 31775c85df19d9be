/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TAMGA_CLI_STATUS_H
#define TAMGA_CLI_STATUS_H

#include "tools/tamga/cli.h"

/* What the journals tell; id NULL: of all.  Asks nobody. */
TMG_MUST_USE tmg_rc
status_show(struct cli *cli, const char *id);

#endif
