/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One message and its answer.
 */
#ifndef RA_SCEP_TALK_H
#define RA_SCEP_TALK_H

#include "src/pki/scep-message.h"
#include "tools/ra/desk/deputy.h"
#include "tools/ra/http/http.h"

typedef struct ra_talk {
	ra_desk *desk;
	const ra_call *call;
	ra_reply *reply;
	const ra_deputy *deputy;
	X509 *own;			/* the deputy's certificate; owned */
	tmg_scep_message in;
	tmg_scep_bytes body;		/* what was encrypted in it */
	const tmg_scep_cipher *cipher;	/* and how */
	int fail;			/* failInfo of a verdict that refuses */
	uint8_t *content;		/* of the answer, owned */
	size_t len;
} ra_talk;

/* Answers a message: reply is done. */
void
ra_scep_answer(ra_desk *desk, const ra_call *call, tmg_view message, ra_reply *reply);

/*
 * What a type of message is answered with.  TMG_OK: content is there.
 *
 * Verdicts  TMG_PENDING; any other refuses, for the reason in fail and with the
 *           desk's words
 */
typedef tmg_rc ra_talk_fn(ra_talk *t);

ra_talk_fn ra_scep_enroll, ra_scep_renew, ra_scep_poll, ra_scep_cert,
    ra_scep_crl;

/* Refuses for that reason; the desk's words are there already. */
tmg_rc
ra_talk_refuse(ra_talk *t, tmg_scep_fail fail, tmg_rc rc);

/* Refuses what was encrypted, in the words for whatever may be wrong there:
 * who could tell one mistake from another could read what others encrypted. */
tmg_rc
ra_talk_unreadable(ra_talk *t);

/* The certificate of ours that signed, in force, and its application.
 *
 *   renews  to be renewed: as late as its profile allows
 *
 * Verdicts TMG_DENIED as ra_desk_recognise(). */
TMG_MUST_USE tmg_rc
ra_talk_recognise(ra_talk *t, bool renews, ra_cert *cert, ra_app *app);

/* The answer's content: a certificate, or certificates one behind the other. */
TMG_MUST_USE tmg_rc
ra_talk_give(ra_talk *t, tmg_view certs);

#endif
