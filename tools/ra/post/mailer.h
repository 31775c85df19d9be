/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The outbox emptied, by as many processes as there are.
 */
#ifndef RA_MAILER_H
#define RA_MAILER_H

#include <stdatomic.h>

#include "tools/ra/desk/desk.h"
#include "tools/ra/post/courier.h"
#include "tools/ra/store/mail.h"

typedef struct ra_mailed {
	unsigned sent;
	unsigned later;		/* tried in vain; they are tried again */
	unsigned parked;	/* refused for good, or tried for too long */
} ra_mailed;

/*
 * Tries every mail that is due once.  Each is taken, sent and settled; a
 * process that dies meanwhile lets go of it some minutes later, and who takes
 * it then sends it under the same Message-ID.
 *
 *   stop   in   turns true when no other mail is to be begun; NULL never
 *
 * Verdicts  TMG_UNSUPPORTED  no mail server is configured; they wait
 */
TMG_MUST_USE tmg_rc
ra_mailer_run(ra_desk *desk, const atomic_bool *stop, ra_mailed *mailed);

/*
 * The same of text messages; nothing where ra.conf names no way for them.
 *
 *   courier   in   as of ra_sms_line
 */
TMG_MUST_USE tmg_rc
ra_mailer_run_sms(ra_desk *desk, ra_courier *courier, const atomic_bool *stop,
    ra_mailed *mailed);

/* The wait before a mail that was tried so often is tried again, seconds, of the
 * wait before the first try again. */
long
ra_mailer_wait(long first_s, int tries);

#endif
