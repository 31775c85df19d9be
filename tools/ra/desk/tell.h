/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What applicants are told by mail and text message: put into the outbox, never sent from here.
 */
#ifndef RA_TELL_H
#define RA_TELL_H

#include "tools/ra/desk/desk.h"

#define RA_TELL_REMIND "remind"	/* not an event: a certificate ends soon */

/*
 * The mails that app's profile sends on event, composed of what is stored in
 * the caller's transaction and kept with it.  Nothing where the profile says
 * nothing or the applicant gave no address.
 *
 *   code   in   the first access code, "" unless it was just made
 */
TMG_MUST_USE tmg_rc
ra_tell(ra_desk *desk, const ra_app *app, ra_event event, const char *code);

/*
 * Reminds the holders of certificates that end, each once for each number of
 * days in its profile's renewal.remind_days.  Not who renewed already.
 *
 *   told   out   how many
 */
TMG_MUST_USE tmg_rc
ra_tell_ending(ra_desk *desk, unsigned *told);

#endif
