/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/pki/scep-message.h"

#include <openssl/crypto.h>

#include "src/base/scope.h"

static const struct word {
	int number;
	const char *name;
} types[] = {
	{ TMG_SCEP_CERT_REP, "CertRep" },
	{ TMG_SCEP_RENEWAL_REQ, "RenewalReq" },
	{ TMG_SCEP_PKCS_REQ, "PKCSReq" },
	{ TMG_SCEP_CERT_POLL, "CertPoll" },
	{ TMG_SCEP_GET_CERT, "GetCert" },
	{ TMG_SCEP_GET_CRL, "GetCRL" },
}, fails[] = {
	{ TMG_SCEP_BAD_ALG, "badAlg" },
	{ TMG_SCEP_BAD_MESSAGE_CHECK, "badMessageCheck" },
	{ TMG_SCEP_BAD_REQUEST, "badRequest" },
	{ TMG_SCEP_BAD_TIME, "badTime" },
	{ TMG_SCEP_BAD_CERT_ID, "badCertId" },
};

static const char *
name_of(const struct word *words, size_t count, int number)
{
	for (size_t i = 0; i < count; i++)
		if (words[i].number == number)
			return words[i].name;
	return "";
}

const char *
tmg_scep_type_name(int type)
{
	return name_of(types, TMG_COUNT(types), type);
}

const char *
tmg_scep_fail_name(int fail)
{
	return name_of(fails, TMG_COUNT(fails), fail);
}

bool
tmg_scep_nonce_equal(const tmg_scep_nonce *a, const tmg_scep_nonce *b)
{
	return a->given && b->given &&
	    CRYPTO_memcmp(a->bytes, b->bytes, TMG_SCEP_NONCE) == 0;
}

void
tmg_scep_bytes_release(tmg_scep_bytes *b)
{
	OPENSSL_clear_free(b->ptr, b->len);
	*b = (tmg_scep_bytes){ NULL, 0 };
}
