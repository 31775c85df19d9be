/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Another program, run to its end.
 */
#ifndef RA_PROGRAM_H
#define RA_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>

#define RA_PROGRAM_SAID 256

/* How it ended. */
typedef struct ra_program_end {
	int status;		/* its exit status; -1 it was killed, or never ran */
	char said[RA_PROGRAM_SAID];	/* the first line on its standard error, as
					 * it came: bytes, cut where the room ends */
} ra_program_end;

/*
 * Runs argv[0] without a shell: text is its standard input, nobody reads its
 * standard output.  After so many seconds it is killed, with whatever it started;
 * at once when watch, a descriptor or -1, says that its other end is closed.
 *
 *   text   at most 60 kB, so that nobody waits until it is read
 */
void
ra_program_run(char *const argv[], const char *text, int seconds, int watch,
    ra_program_end *end);

#endif
