/* SPDX-License-Identifier: BSD-2-Clause */
#include "tamga/alg.h"

#include <strings.h>

#include "src/base/scope.h"

static const tmg_alg_row algs[TMG_ALG_COUNT] = {
	[TMG_ALG_NONE] = { TMG_ALG_NONE, TMG_FAMILY_NONE, "none", NULL, 0 },
	[TMG_ALG_RSA1024] = { TMG_ALG_RSA1024, TMG_FAMILY_RSA, "rsa:1024", NULL, 1024 },
	[TMG_ALG_RSA2048] = { TMG_ALG_RSA2048, TMG_FAMILY_RSA, "rsa:2048", NULL, 2048 },
	[TMG_ALG_RSA3072] = { TMG_ALG_RSA3072, TMG_FAMILY_RSA, "rsa:3072", NULL, 3072 },
	[TMG_ALG_RSA4096] = { TMG_ALG_RSA4096, TMG_FAMILY_RSA, "rsa:4096", NULL, 4096 },
	[TMG_ALG_P256] = { TMG_ALG_P256, TMG_FAMILY_EC, "ec:p256", "P-256", 256 },
	[TMG_ALG_P384] = { TMG_ALG_P384, TMG_FAMILY_EC, "ec:p384", "P-384", 384 },
	[TMG_ALG_P521] = { TMG_ALG_P521, TMG_FAMILY_EC, "ec:p521", "P-521", 521 },
	[TMG_ALG_BP256] = { TMG_ALG_BP256, TMG_FAMILY_EC, "ec:bp256", "brainpoolP256r1", 256 },
	[TMG_ALG_BP384] = { TMG_ALG_BP384, TMG_FAMILY_EC, "ec:bp384", "brainpoolP384r1", 384 },
	[TMG_ALG_BP512] = { TMG_ALG_BP512, TMG_FAMILY_EC, "ec:bp512", "brainpoolP512r1", 512 },
	[TMG_ALG_ED25519] = { TMG_ALG_ED25519, TMG_FAMILY_ED, "ed25519", "ED25519", 256 },
	[TMG_ALG_X25519] = { TMG_ALG_X25519, TMG_FAMILY_X, "x25519", "X25519", 256 },
};

static const struct {
	const char *name;
	tmg_alg alg;
} alg_aliases[] = {
	{ "rsa", TMG_ALG_RSA2048 },
	{ "ec", TMG_ALG_P256 },
	{ "p256", TMG_ALG_P256 }, { "p-256", TMG_ALG_P256 },
	{ "p384", TMG_ALG_P384 }, { "p-384", TMG_ALG_P384 },
	{ "p521", TMG_ALG_P521 }, { "p-521", TMG_ALG_P521 },
	{ "rsa2048", TMG_ALG_RSA2048 }, { "rsa3072", TMG_ALG_RSA3072 },
	{ "rsa4096", TMG_ALG_RSA4096 },
};

static const struct {
	const char *name, *alias, *alias2;
	size_t bytes;
} hashes[TMG_HASH_COUNT] = {
	[TMG_HASH_SHA1] = { "SHA1", "SHA-1", "SHA1", 20 },
	[TMG_HASH_SHA224] = { "SHA224", "SHA-224", "SHA2-224", 28 },
	[TMG_HASH_SHA256] = { "SHA256", "SHA-256", "SHA2-256", 32 },
	[TMG_HASH_SHA384] = { "SHA384", "SHA-384", "SHA2-384", 48 },
	[TMG_HASH_SHA512] = { "SHA512", "SHA-512", "SHA2-512", 64 },
};

const tmg_alg_row *
tmg_alg_get(tmg_alg alg)
{
	return &algs[(unsigned)alg < TMG_ALG_COUNT ? alg : TMG_ALG_NONE];
}

tmg_rc
tmg_alg_parse(const char *name, tmg_alg *alg)
{
	for (size_t i = TMG_ALG_NONE + 1; i < TMG_ALG_COUNT; i++) {
		if (strcasecmp(name, algs[i].name) == 0) {
			*alg = algs[i].alg;
			return TMG_OK;
		}
	}
	for (size_t i = 0; i < TMG_COUNT(alg_aliases); i++) {
		if (strcasecmp(name, alg_aliases[i].name) == 0) {
			*alg = alg_aliases[i].alg;
			return TMG_OK;
		}
	}
	return TMG_NOT_FOUND;
}

size_t
tmg_alg_bytes(tmg_alg alg)
{
	return (tmg_alg_get(alg)->bits + 7) / 8;
}

const char *
tmg_hash_name(tmg_hash hash)
{
	return (unsigned)hash < TMG_HASH_COUNT ? hashes[hash].name : NULL;
}

size_t
tmg_hash_bytes(tmg_hash hash)
{
	return (unsigned)hash < TMG_HASH_COUNT ? hashes[hash].bytes : 0;
}

tmg_rc
tmg_hash_parse(const char *name, tmg_hash *hash)
{
	for (size_t i = TMG_HASH_NONE + 1; i < TMG_HASH_COUNT; i++) {
		if (strcasecmp(name, hashes[i].name) == 0 ||
		    strcasecmp(name, hashes[i].alias) == 0 ||
		    strcasecmp(name, hashes[i].alias2) == 0) {
			*hash = (tmg_hash)i;
			return TMG_OK;
		}
	}
	return TMG_NOT_FOUND;
}
