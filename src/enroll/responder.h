/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A door that strangers may knock at while something is proven: it listens in
 * a thread of its own, because some CAs knock before they answer us.
 */
#ifndef TMG_ENROLL_RESPONDER_H
#define TMG_ENROLL_RESPONDER_H

#include "tamga/err.h"

typedef struct tmg_responder tmg_responder;

/* One visitor, whose first bytes have come; read and write end by themselves
 * after a moment.  Entered by the responder's thread only, one at a time. */
typedef void tmg_serve_fn(void *arg, int fd);

/*
 *   address  "192.0.2.1:80", "[2001:db8::1]:80", "0.0.0.0:80": where, and
 *            nowhere else
 *   arg      serve's; lives until the responder is freed
 *
 * Faults  TMG_E_USAGE: no such address; TMG_E_IO: cannot listen there
 */
TMG_MUST_USE tmg_rc
tmg_responder_open(const char *address, tmg_serve_fn *serve, void *arg,
    tmg_fault *f, tmg_responder **responder);

/* Nobody is inside any more.  Accepts NULL and a pointer to NULL; leaves NULL. */
void
tmg_responder_free(tmg_responder **responder);

#endif
