/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A server that needs less than it was started with gives the rest away.
 */
#ifndef RA_CONFINE_H
#define RA_CONFINE_H

#include "tamga/err.h"

/*
 * Becomes user, with that account's groups and for good, when the process is
 * root's; and checks that it is.  Before any thread is made.
 *
 * Verdicts  TMG_NOT_FOUND  there is no such account, or it is root itself
 *           TMG_DENIED     the process is neither root nor user
 */
TMG_MUST_USE tmg_rc
ra_confine_user(const char *user, tmg_fault *f);

/*
 * Whatever is run from here on gets no more rights than this process has
 * (no_new_privs), there are no cores, and the kernel refuses what a server does
 * not do: running programs, looking into other processes, mounting, new
 * namespaces, modules, keyrings.  A library that tries is told EPERM.
 *
 * Verdicts  TMG_UNSUPPORTED  all but the last: built without libseccomp, or the
 *                            kernel has no filters
 */
TMG_MUST_USE tmg_rc
ra_confine_calls(tmg_fault *f);

#endif
