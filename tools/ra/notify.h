/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a service manager is told, and what it hands over: sd_notify(3) and
 * sd_listen_fds(3) without their library, which is two environment variables.
 */
#ifndef RA_NOTIFY_H
#define RA_NOTIFY_H

#include "tamga/err.h"

/* "READY=1", "STOPPING=1"; nothing when nobody listens.
 * Faults TMG_E_IO: somebody should, and does not */
TMG_MUST_USE tmg_rc
ra_notify(const char *state);

/* "RELOADING=1" with the moment, which READY=1 must follow. */
TMG_MUST_USE tmg_rc
ra_notify_reloading(void);

/* The socket that was handed over, or -1.  The variables are gone then: they
 * are for this process and not for another that it might start. */
int
ra_notify_socket(void);

#endif
