/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Kinds of keys: the cryptographic mechanism identifier that stands in control
 * reference templates (GIDS 2.0, 12.5.3.1), and the length in the container map,
 * which is all that tells them apart there.
 */
#include "drivers/gids/parse.h"

#include "src/base/scope.h"

static const struct {
	tmg_alg alg;
	uint8_t mechanism;
} rows[] = {
	{ TMG_ALG_RSA1024, 0x06 },
	{ TMG_ALG_RSA2048, 0x07 },
	{ TMG_ALG_RSA3072, 0x08 },
	{ TMG_ALG_RSA4096, 0x09 },
	{ TMG_ALG_P256, 0x0c },		/* 0A, 0B: P-192, P-224 */
	{ TMG_ALG_P384, 0x0d },
	{ TMG_ALG_P521, 0x0e },
};

uint8_t
tmg_gids_mechanism(tmg_alg alg)
{
	for (size_t i = 0; i < TMG_COUNT(rows); i++)
		if (rows[i].alg == alg)
			return rows[i].mechanism;
	return 0;
}

tmg_alg
tmg_gids_alg(unsigned bits)
{
	for (size_t i = 0; i < TMG_COUNT(rows); i++)
		if (tmg_alg_get(rows[i].alg)->bits == bits)
			return rows[i].alg;
	return TMG_ALG_NONE;
}
