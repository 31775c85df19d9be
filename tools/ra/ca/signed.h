/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A file that somebody signed: CMS SignedData with what was signed in it.
 */
#ifndef RA_SIGNED_H
#define RA_SIGNED_H

#include <stddef.h>
#include <stdint.h>

#include "src/base/fail.h"
#include "tamga/view.h"

typedef struct ra_signed {
	uint8_t *content;	/* owned: what was signed */
	size_t len;
	uint8_t *cert;		/* owned: of its one signer, DER */
	size_t cert_len;
} ra_signed;

void ra_signed_release(ra_signed *file);

/*
 * Checks the signature with the certificate that comes with it; whose that is,
 * and whether it is in force, is for the caller to find out.
 *
 * Verdicts  TMG_MISMATCH  no such file, not one signer, or not his signature
 */
TMG_MUST_USE tmg_rc
ra_signed_read(tmg_view der, ra_signed *file, tmg_fault *f);

#endif
