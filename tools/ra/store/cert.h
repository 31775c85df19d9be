/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Certificates, as they are kept: reserved first, finished once.
 */
#ifndef RA_STORE_CERT_H
#define RA_STORE_CERT_H

#include "tools/ra/store/app.h"

typedef struct ra_cert {
	char serial[TMG_SERIAL_MAX];	/* hexadecimal, upper case */
	char app[RA_ID_MAX];		/* "" for the authority's own */
	time_t not_before, not_after;
	time_t revoked;			/* 0: not */
	int reason;			/* RFC 5280 5.3.1 */
	uint8_t *der;			/* owned; NULL while it is only reserved */
	size_t len;
} ra_cert;

void ra_cert_release(ra_cert *cert);

typedef tmg_rc ra_cert_fn(void *arg, const ra_cert *cert);

/* Verdicts TMG_OCCUPIED: serial number used, or the application has one. */
TMG_MUST_USE tmg_rc
ra_cert_reserve(ra_store *s, const ra_cert *cert);

/* Both in one: what is signed in the transaction that sets its number aside. */
TMG_MUST_USE tmg_rc
ra_cert_add(ra_store *s, const ra_cert *cert);

/* Verdicts TMG_OCCUPIED: somebody else did. */
TMG_MUST_USE tmg_rc
ra_cert_finish(ra_store *s, const char *serial, tmg_view der);

/* Finished by another authority, which numbers and dates as it likes: the
 * number set aside becomes cert's.  Verdicts TMG_MISMATCH: somebody else did;
 * TMG_OCCUPIED: there is a certificate of that number. */
TMG_MUST_USE tmg_rc
ra_cert_become(ra_store *s, const char *reserved, const ra_cert *cert);

TMG_MUST_USE tmg_rc
ra_cert_get(ra_store *s, const char *serial, ra_cert *cert);
TMG_MUST_USE tmg_rc
ra_cert_of_app(ra_store *s, const char *app, ra_cert *cert);

#define RA_CERT_HOLD 6		/* RFC 5280 5.3.1 certificateHold */

/* Verdicts TMG_OCCUPIED: it is revoked already, for good. */
TMG_MUST_USE tmg_rc
ra_cert_revoke(ra_store *s, const char *serial, time_t at, int reason);

/* An application's is put on hold, which is a revocation that ends.  Verdicts
 * TMG_OCCUPIED: it has none that is in force. */
TMG_MUST_USE tmg_rc
ra_cert_hold(ra_store *s, const char *app, time_t at);
/* Verdicts TMG_OCCUPIED: it has none on hold. */
TMG_MUST_USE tmg_rc
ra_cert_lift(ra_store *s, const char *app);

/* Whether a certificate for the key of that hash was ever revoked. */
TMG_MUST_USE tmg_rc
ra_cert_key_revoked(ra_store *s, const char *spki_hash, bool *revoked);

/* Everything that was revoked, in that order; without der. */
TMG_MUST_USE tmg_rc
ra_cert_each_revoked(ra_store *s, ra_cert_fn *fn, void *arg);

/* Those of a profile that end after one time and not after another, in that
 * order; without der.  Not those that were revoked or renewed, and none that
 * told, a text in front of the serial number, was used up for: see
 * store-mail.h, once. */
TMG_MUST_USE tmg_rc
ra_cert_each_ending(ra_store *s, const char *profile, time_t after,
    time_t until, const char *told, ra_cert_fn *fn, void *arg);

/* How many are revoked or on hold. */
TMG_MUST_USE tmg_rc
ra_cert_revocations(ra_store *s, int64_t *count);

#endif
