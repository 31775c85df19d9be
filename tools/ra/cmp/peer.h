/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who speaks: by a secret or by a certificate.
 */
#ifndef RA_CMP_PEER_H
#define RA_CMP_PEER_H

#include "tools/ra/cmp/protect.h"
#include "tools/ra/desk/secret.h"
#include "tools/ra/store/cmp.h"

struct ra_cmp_turn;

typedef struct ra_cmp_peer {
	ra_cmp_means means;		/* RA_CMP_NOTHING: not known */
	char name[RA_CMP_PEER_MAX];
	ra_secret_row row;
	tmg_secret secret;
	ra_cert cert;
	ra_app app;			/* of cert, or the secret's */
} ra_cmp_peer;

/* Finds out whose message it is.  False: refused. */
bool
ra_cmp_peer_enter(struct ra_cmp_turn *t);

/* Whether a secret opens one application and nothing else. */
bool
ra_cmp_peer_is_case(const ra_cmp_peer *p);

/* The account, or that application. */
const char *
ra_cmp_peer_owner(const ra_cmp_peer *p);

/* The same as who does something; name is its room. */
ra_actor
ra_cmp_peer_actor(const ra_cmp_peer *p, char name[RA_ACTOR_MAX]);

#endif
