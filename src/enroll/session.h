/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * HTTP sessions of an authority; bindings get theirs as tamga/binding.h says.
 */
#ifndef TMG_ENROLL_SESSION_H
#define TMG_ENROLL_SESSION_H

#include "src/enroll/authority.h"

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
