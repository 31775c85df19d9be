/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tokens of which one could be meant, and what is typed to mean it.
 */
#ifndef TAMGA_CLI_CANDIDATES_H
#define TAMGA_CLI_CANDIDATES_H

#include "tools/tamga/cli.h"

/* One more of them; asks the card for its name. */
TMG_MUST_USE tmg_rc
candidates_add(struct cli *cli, tmg_token *token);
/* Every token there is. */
TMG_MUST_USE tmg_rc
candidates_add_all(struct cli *cli);

/* TMG_AMBIGUOUS: why one must be named, and which there are. */
tmg_rc
candidates_refuse(struct cli *cli, const char *why);

#endif
