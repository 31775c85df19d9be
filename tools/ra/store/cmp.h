/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Transactions of CMP, as they are kept: whoever asks next, of any process,
 * knows what was said.
 */
#ifndef RA_STORE_CMP_H
#define RA_STORE_CMP_H

#include "tools/ra/store/cert.h"

#define RA_CMP_ID_MAX 129	/* a transactionID of 64 octets, hexadecimal */
#define RA_CMP_PEER_MAX 80

#define RA_CMP_WAITING "waiting"		/* for a certificate */
#define RA_CMP_UNCONFIRMED "unconfirmed"	/* for what the peer says to it */
#define RA_CMP_TIMED "timed"			/* the same, until row.until */
#define RA_CMP_LATE "late"			/* nobody said it, and it was taken back */
#define RA_CMP_ENDED "ended"

typedef struct ra_cmp_row {
	char id[RA_CMP_ID_MAX];
	char peer[RA_CMP_PEER_MAX];	/* who began it, and nobody else goes on */
	char state[16];
	char app[RA_ID_MAX];
	int kind;			/* of the request: its PKIBody */
	int request;			/* certReqId */
	int implicit;			/* it will not be confirmed */
	char asked[RA_HASH_TEXT];	/* SHA-256 of the last message taken in */
	char nonce[65];			/* of the last answer, hexadecimal */
	time_t until;			/* nobody asks any more */
	uint8_t *answer;		/* the last one, whole; owned */
	size_t len;
} ra_cmp_row;

/* What taking one back needs of it. */
typedef struct ra_cmp_late {
	char id[RA_CMP_ID_MAX];
	char app[RA_ID_MAX];
} ra_cmp_late;

void ra_cmp_row_release(ra_cmp_row *row);

/* Verdicts TMG_OCCUPIED: that number is used. */
TMG_MUST_USE tmg_rc
ra_cmp_row_add(ra_store *s, const ra_cmp_row *row);

TMG_MUST_USE tmg_rc
ra_cmp_row_get(ra_store *s, const char *id, ra_cmp_row *row);

/* The next step, after the message of the hash before.
 * Verdicts TMG_OCCUPIED: somebody else took it. */
TMG_MUST_USE tmg_rc
ra_cmp_row_step(ra_store *s, const ra_cmp_row *row, const char *before);

/* Those that should have been confirmed by now, longest ago first; no more than cap. */
TMG_MUST_USE tmg_rc
ra_cmp_row_all_late(ra_store *s, time_t now, ra_cmp_late *list, size_t cap,
    size_t *count);

/* Nobody is waited for any more in one that was not confirmed in time; what
 * came for it meanwhile finds that it moved.  until: as row.until.
 * Verdicts TMG_OCCUPIED: it moved before. */
TMG_MUST_USE tmg_rc
ra_cmp_row_late(ra_store *s, const char *id, time_t until);

/* The other transactions of that application set no time any more, whenever theirs
 * would have ended.  until: as row.until of such a one. */
TMG_MUST_USE tmg_rc
ra_cmp_row_settle(ra_store *s, const char *app, const char *id, time_t until);

/* Those whose time is over, except for what must be taken back first. */
TMG_MUST_USE tmg_rc
ra_cmp_row_sweep(ra_store *s, time_t now);

#endif
