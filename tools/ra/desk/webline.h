/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A service elsewhere that is asked over HTTP: a session with it, and what that
 * borrows.
 */
#ifndef RA_WEBLINE_H
#define RA_WEBLINE_H

#include <stdio.h>

#include "src/base/secret.h"
#include "src/http/http.h"
#include "tamga/cert.h"
#include "tools/ra/desk/conf.h"

typedef struct ra_webline {
	tmg_http *http;
	tmg_certs *certs;
	tmg_view *anchors;
	tmg_secret token;
} ra_webline;

typedef struct ra_webline_spec {
	const ra_config *config;
	const char *url;		/* http:// is let through as it stands */
	const char *ca;			/* PEM; "" none */
	const char *token_file;		/* a bearer's; "" none */
	int timeout_s;
	size_t answer_max;
} ra_webline_spec;

TMG_MUST_USE tmg_rc
ra_webline_open(tmg_ctx *ctx, const ra_webline_spec *spec, ra_webline *line,
    tmg_fault *f);
void ra_webline_release(ra_webline *line);

/* Everything but unreserved characters (RFC 3986 2.3) as %XX. */
void ra_webline_escape(FILE *out, const char *text);

#endif
