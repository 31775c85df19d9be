/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "pkcs11/source.h"
#include "src/base/scope.h"

static tmg_rc
open_pcsc(tmg_ctx *ctx, tmg_hub **hub)
{
	return tmg_hub_pcsc(ctx, NULL, hub);
}

static tmg_rc
open_vcard(tmg_ctx *ctx, tmg_hub **hub)
{
	const char *path = secure_getenv("TAMGA_VCARD_SOCKET");

	*hub = NULL;
	if (path == NULL || path[0] == '\0')
		return TMG_UNSUPPORTED;
	return tmg_hub_vcard(ctx, path, NULL, hub);
}

const tmg_p11_source tmg_p11_sources[] = {
	{ "pcsc", open_pcsc },
	{ "vcard", open_vcard },
};
const size_t tmg_p11_sources_count = TMG_COUNT(tmg_p11_sources);
