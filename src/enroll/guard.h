/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A signer between TLS and the real one: it holds every request to a number
 * of signatures and remembers the real signer's own reason for refusing,
 * which neither libssl nor libcurl can carry.
 */
#ifndef TMG_ENROLL_GUARD_H
#define TMG_ENROLL_GUARD_H

#include "src/http/http.h"
#include "tamga/signer.h"

typedef struct tmg_guard {
	tmg_signer base;	/* first: what the TLS key is made of */
	tmg_signer *inner;
	tmg_http_watch watch;
} tmg_guard;

/* inner outlives the guard; the guard must not move afterwards. */
void
tmg_guard_init(tmg_guard *guard, tmg_signer *inner);

#endif
