/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a server does by itself, in a thread of its own: deadlines, reminders,
 * mails.  Any number of processes do it at once.
 */
#ifndef RA_CHORES_H
#define RA_CHORES_H

#include "tools/ra/desk/desk.h"
#include "tools/ra/post/courier.h"

typedef struct ra_chores ra_chores;

/*
 * Deadlines each minute, the revocation list when it is due, reminders each hour,
 * mails and text messages as soon as they are there.
 *
 *   courier   in   runs the program of sms.command; outlives this; NULL none
 */
TMG_MUST_USE tmg_rc
ra_chores_start(ra_office *office, ra_courier *courier, tmg_fault *f,
    ra_chores **chores);

/* Nothing is begun any more. */
void
ra_chores_stop(ra_chores *chores);

/* Lets what is being done end, which tmg_ctx_end_by() bounds: a mail that nobody
 * confirmed by then is sent later.  Accepts a pointer to NULL; leaves NULL. */
void
ra_chores_free(ra_chores **chores);

#endif
