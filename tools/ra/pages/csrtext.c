/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/pages/csrtext.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <string.h>

#include "src/base/scope.h"
#include "tools/ra/store/digest.h"

static tmg_rc
from_pem(tmg_view text, tmg_out *der)
{
	tmg_auto(ra_BIO) bio = BIO_new_mem_buf(text.ptr, (int)text.len);
	char *name = NULL, *header = NULL;
	unsigned char *data = NULL;
	long len = 0;
	tmg_rc rc = TMG_MISMATCH;

	if (bio != NULL && PEM_read_bio(bio, &name, &header, &data, &len) == 1 &&
	    (strcmp(name, PEM_STRING_X509_REQ) == 0 ||
	    strcmp(name, PEM_STRING_X509_REQ_OLD) == 0)) {
		tmg_put(der, (tmg_view){ data, (size_t)len });
		rc = der->full ? TMG_MISMATCH : TMG_OK;
	}
	ERR_clear_error();
	OPENSSL_free(name);
	OPENSSL_free(header);
	OPENSSL_free(data);
	return rc;
}

tmg_rc
ra_csrtext_read(const ra_posted *form, tmg_out *der)
{
	tmg_view said = ra_posted_bytes(form, "request");

	if (said.len == 0)
		said = ra_posted_bytes(form, "file");
	if (said.len == 0)
		return TMG_MISMATCH;
	if (said.ptr[0] != 0x30)	/* SEQUENCE */
		return from_pem(said, der);
	tmg_put(der, said);
	return der->full ? TMG_MISMATCH : TMG_OK;
}
