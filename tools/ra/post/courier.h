/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A process of its own that runs the program of sms.command.  A server has the
 * kernel refuse that it starts programs (confine.h), so what is to start one is
 * there before, knows neither keys nor store, and is asked through a socket.
 */
#ifndef RA_COURIER_H
#define RA_COURIER_H

#include "tamga/ctx.h"
#include "tools/ra/desk/conf.h"
#include "tools/ra/post/program.h"

typedef struct ra_courier ra_courier;

#define RA_COURIER "--courier"	/* what tamga-ra is called with to be one */

/* Starts one for sms.command; NULL where there is none. */
TMG_MUST_USE tmg_rc
ra_courier_start(tmg_ctx *ctx, const ra_config *config, tmg_fault *f,
    ra_courier **courier);

/* Ends it, and what it runs.  Accepts a pointer to NULL; leaves NULL. */
void
ra_courier_free(ra_courier **courier);

/*
 * Has the program run with the number to and text; waits until it has ended, or
 * nobody may wait any longer (tmg_ctx_end_by()).
 *
 *   courier   NULL: this process runs it
 */
void
ra_courier_send(ra_courier *courier, const ra_config *config, const char *to,
    const char *text, ra_program_end *end);

/* What such a process does: descriptor 0 is the socket, argv the seconds, then
 * the program and its words.  Ends when the other side has gone. */
int
ra_courier_main(int argc, char **argv);

#endif
