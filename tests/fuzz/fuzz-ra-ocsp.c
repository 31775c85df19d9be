/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Questions to the responder.  After a first byte that is odd the rest is
 * asked as it is; after one that is even as base64, as a path brings it.
 */
#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/scope.h"
#include "src/codec/base64.h"
#include "tools/ra/ocsp/question.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Questions of the corpus name it. */
static const char issuer_text[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBdTCCARugAwIBAgIUO73a9gRyKeW+4w8jSregURpOEwMwCgYIKoZIzj0EAwIw\n"
    "DzENMAsGA1UEAwwERnV6ejAgFw0yNjExMjIxNTI2NDVaGA8yMTI2MTAyOTE1MjY0\n"
    "NVowDzENMAsGA1UEAwwERnV6ejBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABDNw\n"
    "LsGKZCl+HeAXnRTEHxS8nXt90e+kvOH3VmidDsQt+Ifl2ALKXXa+tF+D+PUw7dOi\n"
    "5EG0feugAU8ZQn/1rp6jUzBRMB0GA1UdDgQWBBSFz3RReW2ftsEdB1/PtW4mAIbE\n"
    "cTAfBgNVHSMEGDAWgBSFz3RReW2ftsEdB1/PtW4mAIbEcTAPBgNVHRMBAf8EBTAD\n"
    "AQH/MAoGCCqGSM49BAMCA0gAMEUCIQDnRVQMcDrP3yAL5y5jI1mProjtDX8o5pyB\n"
    "oU1kR20rMQIgVdoEY+QHtHaKBDKWBp6QueTSbHG4c2ueRT92oRE2bqA=\n"
    "-----END CERTIFICATE-----\n";

static X509 *
read_issuer(void)
{
	BIO *bio = BIO_new_mem_buf(issuer_text, -1);
	X509 *issuer = PEM_read_bio_X509(bio, NULL, NULL, NULL);

	if (issuer == NULL)
		abort();
	BIO_free(bio);
	return issuer;
}

/* What is answered can be, and each certificate has its name. */
static void
look(const ra_ocsp_question *q)
{
	OCSP_BASICRESP *basic = OCSP_BASICRESP_new();

	if (basic == NULL || q->count < 1 || q->count > RA_OCSP_ASKED_MAX ||
	    (q->nonce && OCSP_copy_nonce(basic, q->req) != 1))
		abort();
	for (size_t i = 0; i < q->count; i++)
		if (strncmp(q->asked[i].name, "SHA", 3) != 0 ||
		    strlen(q->asked[i].name) >= RA_OCSP_ID_MAX ||
		    strlen(q->asked[i].serial) >= TMG_SERIAL_MAX)
			abort();
	OCSP_BASICRESP_free(basic);
}

static void
ask(tmg_view der, const X509 *issuer)
{
	tmg_auto(ra_ocsp_question) q = { .req = NULL };

	if (ra_ocsp_question_read(der, issuer, &q) == TMG_OK)
		look(&q);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static X509 *issuer;
	tmg_auto_free uint8_t *store = malloc(size + 1);
	tmg_out der = { store, size, 0, false };

	if (issuer == NULL)
		issuer = read_issuer();
	if (size == 0 || store == NULL)
		return 0;
	if (data[0] % 2 != 0)
		ask((tmg_view){ data + 1, size - 1 }, issuer);
	else if (tmg_base64_parse((tmg_view){ data + 1, size - 1 }, &der) == TMG_OK)
		ask(tmg_out_view(&der), issuer);
	return 0;
}
