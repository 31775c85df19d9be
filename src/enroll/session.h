/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * HTTP sessions of an authority.
 */
#ifndef TMG_ENROLL_SESSION_H
#define TMG_ENROLL_SESSION_H

#include "src/enroll/authority.h"

/*
 * The session for everything that matters: its server leads to the anchors,
 * and it speaks with the authority's credentials.  In fingerprint mode the CA
 * certificates are fetched first from whoever answers, and the one with the
 * fingerprint becomes the anchor (RFC 7030 4.1.1).
 *
 * Verdicts  TMG_MISMATCH  no certificate of that fingerprint came
 */
TMG_MUST_USE tmg_rc
tmg_session_get(tmg_authority *a, tmg_http **http);

/*
 * The session for what anybody may ask (RFC 7030 4.1.1, 4.5): as verified, but
 * it never shows our certificate.  So the key signs for TLS once, when the
 * request is handed in, however long making the new key took and however
 * often the server closes the connection.  Without a certificate to show it
 * is the same as tmg_session_get()'s.
 */
TMG_MUST_USE tmg_rc
tmg_session_open(tmg_authority *a, tmg_http **http);

/*
 * tmg_session_get()'s, from now on over connections that have a name
 * (src/http/channel.h), to which a request can be linked.
 */
TMG_MUST_USE tmg_rc
tmg_session_bind(tmg_authority *a, tmg_http **http);

/* Frees sessions, key and anchors of the authority. */
void
tmg_session_close(tmg_authority *a);

/* What an unverified server says its CA certificates are; nothing of ours is
 * sent.  For a fingerprint to be compared, by us or by a person. */
TMG_MUST_USE tmg_rc
tmg_session_hear(tmg_authority *a, tmg_certs *heard);

#endif
