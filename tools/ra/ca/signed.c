/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/ca/signed.h"

#include <openssl/cms.h>
#include <openssl/err.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/store/digest.h"

RA_SCOPE(CMS_ContentInfo, CMS_ContentInfo_free)

void
ra_signed_release(ra_signed *file)
{
	free(file->content);
	free(file->cert);
	*file = (ra_signed){ .content = NULL };
}

static tmg_rc
copy_content(BIO *bio, ra_signed *file)
{
	char *text;
	const long len = BIO_get_mem_data(bio, &text);

	if (len <= 0 || (file->content = malloc((size_t)len)) == NULL)
		return len <= 0 ? TMG_MISMATCH : TMG_E_NOMEM;
	memcpy(file->content, text, (size_t)len);
	file->len = (size_t)len;
	return TMG_OK;
}

static tmg_rc
copy_signer(CMS_ContentInfo *cms, ra_signed *file)
{
	STACK_OF(X509) *signers = CMS_get0_signers(cms);
	unsigned char *at = NULL;
	int len = -1;

	if (sk_X509_num(signers) == 1)
		len = i2d_X509(sk_X509_value(signers, 0), NULL);
	if (len > 0 && (file->cert = at = malloc((size_t)len)) != NULL)
		file->cert_len = (size_t)i2d_X509(sk_X509_value(signers, 0), &at);
	sk_X509_free(signers);
	return len <= 0 ? TMG_MISMATCH : file->cert == NULL ? TMG_E_NOMEM : TMG_OK;
}

static tmg_rc
verify(tmg_view der, ra_signed *file)
{
	const unsigned char *at = der.ptr;
	tmg_auto(ra_CMS_ContentInfo) cms = d2i_CMS_ContentInfo(NULL, &at,
	    (long)der.len);
	tmg_auto(ra_BIO) out = BIO_new(BIO_s_mem());
	tmg_rc rc;

	if (out == NULL)
		return TMG_E_NOMEM;
	if (cms == NULL || at != der.ptr + der.len ||
	    CMS_verify(cms, NULL, NULL, NULL, out,
	    CMS_BINARY | CMS_NO_SIGNER_CERT_VERIFY) != 1)
		return TMG_MISMATCH;
	return (rc = copy_signer(cms, file)) ? rc : copy_content(out, file);
}

tmg_rc
ra_signed_read(tmg_view der, ra_signed *file, tmg_fault *f)
{
	const tmg_rc rc = verify(der, file);

	ERR_clear_error();
	if (rc == TMG_MISMATCH)
		return tmg_raise(f, rc, 0,
		    _("this file is not signed as it must be: one signature (CMS SignedData, DER) with what was signed and the signer's certificate in it"));
	return rc ? tmg_raise(f, rc, 0, _("out of memory")) : TMG_OK;
}
