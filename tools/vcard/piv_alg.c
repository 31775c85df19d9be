/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/vcard/piv_alg.h"

#include "src/base/scope.h"

const vc_alg vc_alg_none = { 0, TMG_ALG_NONE, false, { 0xff, 0 } };

static const vc_alg rows[] = {
	{ 0x06, TMG_ALG_RSA1024, false, { 4, 0 } },
	{ 0x07, TMG_ALG_RSA2048, true, { 4, 0 } },
	{ 0x05, TMG_ALG_RSA3072, false, { 5, 7 } },
	{ 0x16, TMG_ALG_RSA4096, false, { 5, 7 } },
	{ 0x11, TMG_ALG_P256, true, { 4, 0 } },
	{ 0x14, TMG_ALG_P384, true, { 4, 0 } },
	{ 0xe0, TMG_ALG_ED25519, false, { 5, 7 } },
	{ 0xe1, TMG_ALG_X25519, false, { 5, 7 } },
};

const vc_alg *
vc_alg_of_id(uint8_t id)
{
	for (size_t i = 0; i < TMG_COUNT(rows); i++)
		if (rows[i].id == id)
			return &rows[i];
	return &vc_alg_none;
}

const vc_alg *
vc_alg_of(tmg_alg alg)
{
	for (size_t i = 0; i < TMG_COUNT(rows); i++)
		if (rows[i].alg == alg)
			return &rows[i];
	return &vc_alg_none;
}
