/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/profile/names.h"

#include <openssl/x509v3.h>
#include <string.h>

#include "src/base/scope.h"

/* In the order of the bits, RFC 5280 4.2.1.3. */
static const char *const usages[] = {
	"digitalSignature", "nonRepudiation", "keyEncipherment",
	"dataEncipherment", "keyAgreement", "keyCertSign", "cRLSign",
	"encipherOnly", "decipherOnly",
};

int
ra_key_usage_bit(const char *word)
{
	for (size_t i = 0; i < TMG_COUNT(usages); i++)
		if (strcmp(usages[i], word) == 0)
			return (int)i;
	return -1;
}

static const struct {
	int gen_type;
	int upn;
	const char *word;
} sans[] = {
	{ GEN_DNS, 0, "dns" },
	{ GEN_EMAIL, 0, "email" },
	{ GEN_IPADD, 0, "ip" },
	{ GEN_URI, 0, "uri" },
	{ GEN_DIRNAME, 0, "dir" },
	{ GEN_RID, 0, "rid" },
	{ GEN_OTHERNAME, 1, "upn" },
};

const char *
ra_san_word(int gen_type, int upn)
{
	for (size_t i = 0; i < TMG_COUNT(sans); i++)
		if (sans[i].gen_type == gen_type && sans[i].upn == upn)
			return sans[i].word;
	return NULL;
}

int
ra_san_known(const char *word)
{
	for (size_t i = 0; i < TMG_COUNT(sans); i++)
		if (strcmp(sans[i].word, word) == 0)
			return 1;
	return 0;
}
