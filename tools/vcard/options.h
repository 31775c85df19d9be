/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the command line says.
 */
#ifndef VCARD_OPTIONS_H
#define VCARD_OPTIONS_H

#include "tools/vcard/card.h"
#include "tools/vcard/fault.h"

typedef struct vc_options {
	vc_profile profile;
	const char *listen_path, *ctl_path, *state_path;
	char vpcd_host[256];
	const char *vpcd_port;		/* NULL: do not join vpcd */
	const char *seed;		/* NULL: the system's randomness */
	const char *provision;		/* NULL: leave the card empty */
	vc_faults faults;
	int ready_fd;			/* -1: tell nobody */
	bool with_parent;
	bool keypad;			/* the reader has one */
	bool absent;			/* starts with the card not inserted */
} vc_options;

/* 0: go on.  Otherwise *status is what to exit with; everything was said. */
int
vc_options_parse(int argc, char **argv, vc_options *o, int *status);

#endif
