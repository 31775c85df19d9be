/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What bindings see of an authority; see tamga/enroll.h.
 */
#ifndef TMG_ENROLL_AUTHORITY_H
#define TMG_ENROLL_AUTHORITY_H

#include "src/enroll/binding.h"
#include "src/enroll/guard.h"
#include "src/enroll/uri.h"

#define TMG_WANTS_MAX 65536u	/* bytes of CsrAttrs */

struct tmg_authority {
	tmg_ctx *ctx;
	tmg_fault fault;
	const tmg_binding *binding;
	tmg_authority_spec spec;
	tmg_ca_uri uri;
	void *state;			/* the binding's */
	bool rehearses;			/* the request is thrown away */

	/* who is believed: spec.anchors, or what the fingerprint named */
	const tmg_certs *anchors;
	tmg_certs *pinned;

	/* the verified sessions, and who we are in one; see session.h */
	tmg_http *http, *open;
	bool bound;			/* http's connections have a name */
	bool exporter;			/* tls-exporter, of TLS 1.3 */
	tmg_channel channel;		/* the one the request is linked to; len 0 none */
	tmg_guard guard;
	tmg_http_identity identity;
	tmg_view *chain;		/* identity.chain */

	uint8_t *kept;			/* see memory.h; NULL: nothing */
	size_t kept_len;

	tmg_certs *cacerts;		/* NULL: not asked for yet */
	uint8_t *wants;			/* NULL: not asked for yet */
	size_t wants_len;
};

/* Raises into the authority's fault. */
#define tmg_authority_raise(a, rc, ...) tmg_raise(&(a)->fault, (rc), 0, __VA_ARGS__)

#endif
