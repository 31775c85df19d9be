/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The public key that a file holds, whatever stands around it.
 */
#ifndef RA_KEYFILE_H
#define RA_KEYFILE_H

#include <openssl/evp.h>

#include "tamga/view.h"

typedef struct ra_keyfile {
	EVP_PKEY *key;
	unsigned char *der;	/* SubjectPublicKeyInfo, in its one proper encoding */
	tmg_view spki;		/* the same */
} ra_keyfile;

void ra_keyfile_release(ra_keyfile *file);

/*
 * Of a certificate, a request, a public key or a private one that is not
 * encrypted, PEM or DER.
 *
 * Verdicts  TMG_MISMATCH  it is none of these
 */
TMG_MUST_USE tmg_rc
ra_keyfile_read(const char *path, ra_keyfile *file, tmg_fault *f);

#endif
