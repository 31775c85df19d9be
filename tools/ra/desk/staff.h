/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What officers and operators are told by mail, each in the language of the
 * account: that there is work, never whose.  Put into the outbox as any mail;
 * who has no address there is told nothing.
 */
#ifndef RA_STAFF_H
#define RA_STAFF_H

#include "tools/ra/desk/desk.h"

/* What such mails are of, in the outbox. */
#define RA_STAFF_WORK "staff-work"
#define RA_STAFF_DEADLINE "staff-deadline"
#define RA_STAFF_ENDS "staff-ends"

/*
 * Tells the officers of app's office that event happened, if its profile says so
 * (staff.tell) and there is something that they can do now.  In the caller's
 * transaction.
 */
TMG_MUST_USE tmg_rc
ra_staff_tell(ra_desk *desk, const ra_app *app, ra_event event);

/*
 * Tells officers of applications whose deadline is so near as staff.deadline_days
 * says, and operators of what comes to an end (upkeep.h): each once, of a
 * certificate again when less is left.
 *
 *   told  out  how many mails
 */
TMG_MUST_USE tmg_rc
ra_staff_watch(ra_desk *desk, unsigned *told);

#endif
