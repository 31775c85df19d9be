/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Certificates that a setting names by their file.
 */
#ifndef RA_CERTS_FILE_H
#define RA_CERTS_FILE_H

#include "tamga/cert.h"

/*
 * Adds every certificate of a file, PEM.
 *
 *   certs  in, out  made when it is NULL
 *
 * Verdicts  TMG_MISMATCH  it holds none, or what it holds is broken
 *           TMG_NOT_FOUND, TMG_DENIED, TMG_UNSUPPORTED  it cannot be read
 */
TMG_MUST_USE tmg_rc
ra_certs_file(const char *path, tmg_certs **certs, tmg_fault *f);

#endif
