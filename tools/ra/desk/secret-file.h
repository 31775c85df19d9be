/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A secret that stands in a file of its own, or is a credential of systemd.
 */
#ifndef RA_SECRET_FILE_H
#define RA_SECRET_FILE_H

#include "src/base/secret.h"
#include "tools/ra/desk/conf.h"

/* path as ra.conf says it; the first line counts.  Faults TMG_E_IO; f names the file, never what
 * stands in it. */
TMG_MUST_USE tmg_rc
ra_secret_file(const ra_config *config, const char *path, tmg_secret *secret,
    tmg_fault *f);

#endif
