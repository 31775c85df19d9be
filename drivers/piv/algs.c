/* SPDX-License-Identifier: BSD-2-Clause */
/* Algorithms as PIV numbers them. */
#include "drivers/piv/piv.h"

#include "src/base/scope.h"

/* Numbers: SP 800-78-4 table 6-2, SP 800-78-5 (05), Yubico (16, E0, E1). */
static const struct {
	tmg_alg alg;
	uint8_t id;
} algs[] = {
	{ TMG_ALG_RSA3072, 0x05 },
	{ TMG_ALG_RSA1024, 0x06 },
	{ TMG_ALG_RSA2048, 0x07 },
	{ TMG_ALG_P256, 0x11 },
	{ TMG_ALG_P384, 0x14 },
	{ TMG_ALG_RSA4096, 0x16 },
	{ TMG_ALG_ED25519, 0xe0 },
	{ TMG_ALG_X25519, 0xe1 },
};

uint8_t
tmg_piv_alg_id(tmg_alg alg)
{
	for (size_t i = 0; i < TMG_COUNT(algs); i++)
		if (algs[i].alg == alg)
			return algs[i].id;
	return 0;
}

tmg_alg
tmg_piv_alg_of(uint8_t id)
{
	for (size_t i = 0; i < TMG_COUNT(algs); i++)
		if (algs[i].id == id)
			return algs[i].alg;
	return TMG_ALG_NONE;
}
