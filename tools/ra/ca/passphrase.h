/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Passphrases and PINs of the authority's own keys: from where they are read.
 */
#ifndef RA_PASSPHRASE_H
#define RA_PASSPHRASE_H

#include "src/base/secret.h"
#include "tamga/err.h"

#define RA_CREDENTIAL "credential:"	/* in front of the name of one of systemd's */

/*
 * The first line of a file; of a credential that systemd handed over
 * ("credential:NAME", systemd.exec(5) LoadCredential=); or, when source is ""
 * and there is a terminal, what is typed there after the question for what.
 *
 *   twice  ask again, and compare: a new one is chosen
 *
 * Verdicts  TMG_NOT_FOUND  source is "" and nobody can be asked
 *           TMG_MISMATCH   empty, or typed differently
 */
TMG_MUST_USE tmg_rc
ra_passphrase_read(const char *source, const char *what, bool twice,
    tmg_secret *secret, tmg_fault *f);

#endif
