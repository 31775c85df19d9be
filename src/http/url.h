/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where a URL leads, and by which proxy.
 */
#ifndef TMG_HTTP_URL_H
#define TMG_HTTP_URL_H

#include "tamga/view.h"

typedef struct tmg_url {
	bool tls;
	char where[300];	/* "host:port", as people know it */
	char host[256];		/* A-labels, no brackets, no final dot */
	bool address;		/* host is an IP address */
} tmg_url;

/* Faults TMG_E_USAGE: it is none, or neither http nor https, or holds a user
 * name or password. */
TMG_MUST_USE tmg_rc
tmg_url_parse(const char *text, tmg_url *url);

/* What a reference of an answer means that came from base (RFC 3986 5); one with a
 * scheme of its own stays as it is, byte for byte.  to may be reference.
 * Faults TMG_E_MALFORMED */
TMG_MUST_USE tmg_rc
tmg_url_resolve(const char *base, const char *reference, char *to, size_t cap);

/* The environment's https proxy, which would be offered the client key; NULL
 * when there is none. */
const char *
tmg_url_https_proxy(bool tls);

#endif
