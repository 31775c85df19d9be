/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/http/incoming.h"

#include <gnutls/gnutls.h>
#include <stdio.h>
#include <string.h>

#include "tools/ra/http/listen.h"

const char *
ra_incoming_header(struct MHD_Connection *conn, const char *name)
{
	const char *value =
	    MHD_lookup_connection_value(conn, MHD_HEADER_KIND, name);

	return value != NULL ? value : "";
}

void
ra_incoming_address(struct MHD_Connection *conn, char *text, size_t cap)
{
	const union MHD_ConnectionInfo *info =
	    MHD_get_connection_info(conn, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	const struct sockaddr *sa = info != NULL ? info->client_addr : NULL;

	if (sa == NULL || ra_listen_address(sa, text, cap))
		snprintf(text, cap, "unknown");
}

static void *
tls_session(struct MHD_Connection *conn)
{
	const union MHD_ConnectionInfo *info =
	    MHD_get_connection_info(conn, MHD_CONNECTION_INFO_GNUTLS_SESSION);

	return info != NULL ? info->tls_session : NULL;
}

/* GnuTLS has checked that the peer holds the key; whose it is, the desk says. */
static tmg_view
peer_cert(struct MHD_Connection *conn)
{
	void *tls = tls_session(conn);
	const gnutls_datum_t *list;
	unsigned count = 0;

	if (tls == NULL)
		return (tmg_view){ NULL, 0 };
	list = gnutls_certificate_get_peers(tls, &count);
	return list == NULL || count == 0 ? (tmg_view){ NULL, 0 } :
	    (tmg_view){ list[0].data, list[0].size };
}

/* The path of a target that names scheme and host too (RFC 9112 3.2.2). */
static const char *
origin_form(const char *target)
{
	const char *host = strstr(target, "://");

	if (target[0] == '/' || host == NULL)
		return target;
	host += strlen("://");
	return host + strcspn(host, "/");
}

/* More than a page can ask for is left out. */
static enum MHD_Result
on_argument(void *arg, enum MHD_ValueKind kind, const char *name,
    const char *value)
{
	ra_posted *query = arg;

	(void)kind;
	return query->count < RA_POSTED_MAX && ra_posted_add(query, name,
	    value != NULL ? value : "") == TMG_OK ? MHD_YES : MHD_NO;
}

void
ra_incoming_query(struct MHD_Connection *conn, ra_posted *query)
{
	MHD_get_connection_values(conn, MHD_GET_ARGUMENT_KIND, on_argument, query);
}

ra_call
ra_incoming_call(struct MHD_Connection *conn, const char *url,
    const char *method, const char *peer, const ra_posted *query)
{
	return (ra_call){ .method = strcmp(method, "HEAD") == 0 ? "GET" : method,
		.path = origin_form(url), .rest = "",
		.content_type = ra_incoming_header(conn, "Content-Type"),
		.authorization = ra_incoming_header(conn, "Authorization"),
		.cookie = ra_incoming_header(conn, "Cookie"),
		.origin = ra_incoming_header(conn, "Origin"),
		.host = ra_incoming_header(conn, "Host"), .query = query,
		.accepts = ra_incoming_header(conn, "Accept"),
		.languages = ra_incoming_header(conn, "Accept-Language"), .peer = peer,
		.signature = ra_incoming_header(conn, "Tamga-Signature"),
		.peer_cert = peer_cert(conn), .tls = tls_session(conn) };
}
