/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The registration authority itself, whatever door a request came through:
 * the EST server, a command, later a page.
 */
#ifndef RA_DESK_H
#define RA_DESK_H

#include <stdatomic.h>

#include "tools/ra/ca/ca.h"
#include "tools/ra/desk/conf.h"
#include "tools/ra/desk/gate.h"
#include "tools/ra/desk/shelf.h"
#include "tools/ra/life/lifecycle.h"
#include "tools/ra/profile/profile.h"
#include "tools/ra/store/cert.h"
#include "tools/ra/store/crl.h"
#include "tools/ra/store/user.h"

/* Who signs in the authority's name: deputy.h. */
enum { RA_DEPUTY_OCSP, RA_DEPUTY_CMP, RA_DEPUTY_SCEP, RA_DEPUTIES };

/* What all desks share; constant once opened, but for the gate's own lock. */
typedef struct ra_office {
	tmg_ctx *ctx;
	char config_file[PATH_MAX];
	ra_config config;		/* as it was at the start; see ra_desk.config */
	ra_shelf *shelf;		/* of profiles and settings */
	ra_ca *ca;
	struct ra_successor *next;	/* NULL: nothing follows it yet */
	ra_gate *gate;
	struct ra_deputy *deputy[RA_DEPUTIES];	/* NULL: there is none */
	ra_turn *turn;			/* to write to the store */
	time_t ahead;			/* seconds, in a rehearsal */
	atomic_size_t asking;	/* desks that wait for a register's answer */
} ra_office;

/* Verdicts as of what it opens; f says which file and why. */
TMG_MUST_USE tmg_rc
ra_office_open(tmg_ctx *ctx, const char *config_file, ra_office *office,
    tmg_fault *f);
void
ra_office_release(ra_office *office);

/* From now on it is so many seconds later than it is.  Verdicts TMG_DENIED:
 * ra.conf does not say that this is a rehearsal. */
TMG_MUST_USE tmg_rc
ra_office_rehearse(ra_office *office, long seconds, tmg_fault *f);

/* One worker's place: its own connection to the store. */
typedef struct ra_desk {
	ra_office *office;
	ra_store *store;
	tmg_fault fault;
	const ra_profiles *profiles;	/* those in force; borrowed from book */
	const ra_config *config;	/* likewise: all that can change, changes here */
	ra_book *book;
	const char *language;		/* who is served now speaks it; NULL unsaid */
} ra_desk;

TMG_MUST_USE tmg_rc
ra_desk_open(ra_office *office, ra_desk *desk, tmg_fault *f);
void
ra_desk_release(ra_desk *desk);

/* Between two pieces of work: from now on profiles and settings are those in
 * force, and what was borrowed of those before is gone. */
void
ra_desk_look(ra_desk *desk);

/* ---- for those who write a verb ---- */

/* The time by the office's clock. */
time_t
ra_desk_now(const ra_desk *desk);

/* What the store said is what the desk says. */
tmg_rc
ra_desk_says(ra_desk *desk, tmg_rc rc);

/* ra_txn_commit(), in the desk's words. */
TMG_MUST_USE tmg_rc
ra_desk_commit(ra_desk *desk, ra_txn *txn);

/* A request that somebody hands in. */
typedef struct ra_submission {
	const char *owner;		/* the account, proven */
	const ra_profile *profile;
	tmg_view csr;			/* DER */
	const ra_cert *previous;	/* the certificate to be renewed, NULL none */
	const ra_app *previous_app;	/* and its application; NULL with previous */
	bool by_number;			/* a renewal without a word of previous's key */
	const struct ra_along *along;	/* what goes with a new application; NULL nothing */
	bool spent;			/* csr's challengePassword, if any, opens
					 * nothing once it is taken in */
} ra_submission;

/* Called in the transaction that takes an application in; what it answers but
 * TMG_OK undoes that, with its words in the desk's fault. */
typedef struct ra_along {
	tmg_rc (*keep)(const struct ra_along *along, ra_desk *desk,
	    const ra_app *app);
} ra_along;

/*
 * Takes a request in, or finds the application it already is, and carries it
 * on as far as it goes.  The same request by the same owner is the same
 * application and gets the same certificate, however often it comes.
 *
 * Verdicts  TMG_OK        cert holds the certificate
 *           TMG_PENDING   an officer decides; app says since when
 *           TMG_DENIED    rejected, revoked, or the key is another application's
 *           TMG_MISMATCH  the request is not what the profile takes
 *           TMG_UNSUPPORTED  the authority's own certificate has expired
 */
TMG_MUST_USE tmg_rc
ra_desk_submit(ra_desk *desk, const ra_submission *in, ra_app *app, ra_cert *cert);

/*
 * Carries an application on: sets a serial number aside, has the CA sign,
 * stores.  Whatever was begun before a crash is finished, under the serial
 * number that was set aside then.  Verdicts as ra_desk_submit().
 */
TMG_MUST_USE tmg_rc
ra_desk_progress(ra_desk *desk, ra_app *app, ra_cert *cert);

/*
 * Approves app if it waits for nothing any more, in the name of its profile:
 * in the transaction, the caller's, that made it possible.
 */
TMG_MUST_USE tmg_rc
ra_desk_settle(ra_desk *desk, ra_app *app);

/*
 * Finishes what a crash, or a token that was away, left half done: of it what
 * nobody has moved for so many seconds, because others may be at work on the
 * rest.  Faults: the first that could not be finished; the rest is left for
 * the next time.
 */
TMG_MUST_USE tmg_rc
ra_desk_recover(ra_desk *desk, time_t idle_s, unsigned *finished);

/* An officer decides.  reason: for the applicant; needed to reject.
 * Verdicts TMG_NOT_FOUND, TMG_MISMATCH (decided already), TMG_DENIED. */
TMG_MUST_USE tmg_rc
ra_desk_decide(ra_desk *desk, const char *id, ra_event event,
    const ra_actor *actor, const char *reason, ra_app *app);

/* By serial number or application.  reason: RFC 5280 5.3.1.
 * Verdicts TMG_NOT_FOUND, TMG_OCCUPIED (revoked already), TMG_MISMATCH. */
TMG_MUST_USE tmg_rc
ra_desk_revoke(ra_desk *desk, const char *name, int reason,
    const ra_actor *actor, ra_cert *cert);

/* The same inside the caller's transaction, which he commits. */
TMG_MUST_USE tmg_rc
ra_desk_revoke_within(ra_desk *desk, const char *name, int reason,
    const ra_actor *actor, ra_cert *cert);

/* The revocation list in force, made anew when somebody was revoked since or
 * its time to be replaced has come: by whoever asks first, and once. */
TMG_MUST_USE tmg_rc
ra_desk_crl(ra_desk *desk, ra_crl *crl);

/* The same, written to the file that ra.conf names unless it is the one of
 * the number published, which the caller keeps (0 at first). */
TMG_MUST_USE tmg_rc
ra_desk_crl_publish(ra_desk *desk, int64_t *published);

/*
 * The certificate of ours that der is, if it is current.
 *
 *   renews  it is shown to be renewed: also when it has ended, as long ago as its
 *           profile allows (renewal.grace_days)
 *
 * Verdicts  TMG_DENIED  not issued here, expired, not valid yet, or revoked
 */
TMG_MUST_USE tmg_rc
ra_desk_recognise(ra_desk *desk, tmg_view der, bool renews, ra_cert *cert,
    ra_app *app);

/*
 * Whether a certificate that an account names, issued here or elsewhere, is in
 * force as far as we know.
 *
 * Verdicts  TMG_DENIED  it cannot be read, its time is not now, or we revoked it
 */
TMG_MUST_USE tmg_rc
ra_desk_trusts(ra_desk *desk, tmg_view der);

#endif
