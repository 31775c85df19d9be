/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Authorities' addresses: "est+https://ra.example:8443/label".  Pure.
 */
#ifndef TMG_ENROLL_URI_H
#define TMG_ENROLL_URI_H

#include "tamga/view.h"

typedef struct tmg_ca_uri {
	char binding[16];	/* "est", lower case */
	bool tls;
	char where[272];	/* "ra.example:8443" */
	char path[256];		/* without the first '/', without final ones */
} tmg_ca_uri;

/*
 * binding "+" ("http" / "https") "://" host [":" port] ["/" path], RFC 3986;
 * no user name, no query, no fragment: a secret does not belong there.
 *
 * Faults  TMG_E_USAGE; *why, translated, says what is wrong
 */
TMG_MUST_USE tmg_rc
tmg_ca_uri_parse(const char *text, tmg_ca_uri *uri, const char **why);

/* "https://ra.example:8443", as much as fits. */
void
tmg_ca_uri_base(const tmg_ca_uri *uri, char *to, size_t cap);

#endif
