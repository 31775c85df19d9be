/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/vcard/provision.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#include "tools/vcard/certificate.h"
#include "tools/vcard/pkey.h"

#define ALG_NAME 32

void
vc_issuer_release(vc_issuer *issuer)
{
	EVP_PKEY_free(issuer->key);
}

tmg_rc
vc_issuer_make(OSSL_LIB_CTX *lib, vc_issuer *issuer)
{
	tmg_out out = TMG_OUT(issuer->der);
	tmg_rc rc;

	if ((rc = vc_pkey_generate(TMG_ALG_P256, lib, &issuer->key)))
		return rc;

	const vc_cert_plan plan = {
		.subject = "tamga-vcard issuer", .key = issuer->key,
		.issuer_key = issuer->key, .ca = true,
	};

	rc = vc_certificate_make(lib, &plan, &out);
	issuer->len = out.len;
	return rc;
}

tmg_rc
vc_provision_alg(const char *algs, size_t n, tmg_alg *alg)
{
	char name[ALG_NAME];
	const char *slash;

	while (n-- > 0 && (slash = strchr(algs, '/')) != NULL)
		algs = slash + 1;
	snprintf(name, sizeof(name), "%.*s", (int)strcspn(algs, "/"), algs);
	return tmg_alg_parse(name, alg);
}
