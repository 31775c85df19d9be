/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/pki/x509.h"

#include <openssl/err.h>

#include "src/pki/scope.h"
#include "src/pki/spki.h"

tmg_rc
tmg_x509_parse(OSSL_LIB_CTX *libctx, tmg_view der, X509 **cert)
{
	const unsigned long before = ERR_peek_error();
	const uint8_t *p = der.ptr;
	tmg_held(X509) made = X509_new_ex(libctx, NULL);

	*cert = NULL;
	if (made == NULL)
		return TMG_E_NOMEM;
	if (der.len > INT32_MAX)
		return TMG_E_MALFORMED;

	ERR_set_mark();
	if (d2i_X509(&made, &p, (long)der.len) == NULL || p != der.ptr + der.len) {
		const bool lacked = tmg_lacked_memory(before);

		ERR_pop_to_mark();
		return lacked ? TMG_E_NOMEM : TMG_E_MALFORMED;
	}
	ERR_pop_to_mark();
	*cert = made;
	made = NULL;
	return TMG_OK;
}

tmg_rc
tmg_x509_stack(OSSL_LIB_CTX *libctx, const tmg_certs *certs,
    STACK_OF(X509) **stack)
{
	tmg_held_certs made = sk_X509_new_null();
	const size_t n = certs != NULL ? tmg_certs_count(certs) : 0;
	X509 *cert;
	tmg_rc rc;

	*stack = NULL;
	if (made == NULL)
		return TMG_E_NOMEM;
	for (size_t i = 0; i < n; i++) {
		if ((rc = tmg_x509_parse(libctx, tmg_certs_get(certs, i), &cert)))
			return rc;
		if (sk_X509_push(made, cert) <= 0) {
			X509_free(cert);
			return TMG_E_NOMEM;
		}
	}
	*stack = made;
	made = NULL;
	return TMG_OK;
}

tmg_rc
tmg_public_key(OSSL_LIB_CTX *libctx, tmg_view spki, EVP_PKEY **key)
{
	const unsigned long before = ERR_peek_error();
	const uint8_t *p = spki.ptr;
	bool lacked;
	tmg_alg alg;

	*key = NULL;
	if (spki.len > TMG_SPKI_MAX ||
	    tmg_is_fault(tmg_spki_alg(spki, &alg)))
		return TMG_E_MALFORMED;

	ERR_set_mark();
	*key = d2i_PUBKEY_ex(NULL, &p, (long)spki.len, libctx, NULL);
	lacked = tmg_lacked_memory(before);
	ERR_pop_to_mark();
	if (*key != NULL)
		return TMG_OK;
	return lacked ? TMG_E_NOMEM : TMG_E_MALFORMED;
}
