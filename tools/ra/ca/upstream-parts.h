/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An authority elsewhere, to the files that make it up.
 */
#ifndef RA_UPSTREAM_PARTS_H
#define RA_UPSTREAM_PARTS_H

#include "src/base/secret.h"
#include "tamga/enroll.h"
#include "tools/ra/ca/upstream.h"

struct upstream_ca {
	ra_ca base;
	char url[RA_TEXT_MAX];
	char user[RA_TEXT_MAX];
	ra_words options;
	const char *option[RA_WORDS_MAX + 1];
	bool vouches;			/* its protocol has raVerified */
	bool passes_challenges;
	bool takes_changes;
	unsigned timeout_s;
	tmg_certs *anchors;
	tmg_certs *own;			/* ours at 0, then its issuers; NULL none */
	tmg_certs *above;		/* those alone */
	ra_keeper *keeper;		/* of its key; NULL none */
	tmg_secret password;
};

extern const ra_ca_ops ra_upstream_ops;
extern const ra_ca_ops ra_upstream_revoking_ops;	/* its protocol has a word for it */

/* Speaks to it as far as nothing is sent, which tries out what ra.conf says. */
TMG_MUST_USE tmg_rc
ra_upstream_rehearse(const struct upstream_ca *ca, tmg_fault *f);

/* ---- upstream-look.c ---- */

/* Copies from to *to, whose bytes before are freed. */
TMG_MUST_USE tmg_rc
ra_upstream_copy(tmg_view from, uint8_t **to, size_t *len);

/* Whether it would be asked for that.  Verdicts TMG_MISMATCH. */
TMG_MUST_USE tmg_rc
ra_upstream_vet(ra_ca *ca, const ra_order *order, tmg_fault *f);

/* Takes the certificate that came, if it is what was asked for.
 * Verdicts  TMG_MISMATCH */
TMG_MUST_USE tmg_rc
ra_upstream_take(const struct upstream_ca *ca, ra_asking *q, tmg_view der,
    tmg_fault *f);

#endif
