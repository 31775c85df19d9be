/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the two halves of staff.h share: who is told, and one notice.
 */
#ifndef RA_STAFF_PARTS_H
#define RA_STAFF_PARTS_H

#include "tools/ra/desk/desk.h"
#include "tools/ra/store/mail.h"
#include "tools/ra/store/user.h"

typedef struct ra_people {
	ra_user *row;
	size_t count;
} ra_people;

/* Those of a role who have an address. */
TMG_MUST_USE tmg_rc
ra_people_find(ra_desk *desk, const char *role, ra_people *people);
void ra_people_release(ra_people *people);

typedef struct ra_notice {
	const char *app;		/* "" of the authority itself */
	const char *event;
	char once[RA_MAIL_ONCE];
	char subject[512], body[2048];
} ra_notice;

/* Puts it into the outbox unless what it calls once was told already. */
TMG_MUST_USE tmg_rc
ra_notice_put_once(ra_desk *desk, const ra_user *to, const ra_notice *notice,
    unsigned *told);

/* What ends: of the authority to operators, one's own certificate to each. */
TMG_MUST_USE tmg_rc
ra_staff_watch_ends(ra_desk *desk, unsigned *told);

#endif
