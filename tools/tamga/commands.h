/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The commands there are, in the order of the help.  To add one: write
 * cmd-NAME.c with its row, declare the row here, add it to COMMANDS.
 */
#ifndef TAMGA_CLI_COMMANDS_H
#define TAMGA_CLI_COMMANDS_H

#include "tools/tamga/cli.h"

extern const struct command cmd_csr;
extern const struct command cmd_enroll;
extern const struct command cmd_readers;
extern const struct command cmd_renew;
extern const struct command cmd_revoke;
extern const struct command cmd_status;
extern const struct command cmd_version;

#define COMMANDS \
	&cmd_readers, \
	&cmd_csr, \
	&cmd_enroll, \
	&cmd_status, \
	&cmd_renew, \
	&cmd_revoke, \
	&cmd_version,

#endif
