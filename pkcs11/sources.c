/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "pkcs11/module.h"
#include "pkcs11/source.h"
#include "src/base/scope.h"
#include "src/reader/holder.h"

static tmg_rc
open_pcsc(tmg_ctx *ctx, tmg_hub **hub)
{
	*hub = NULL;
	return tmg_p11.conf.pcsc ? tmg_hub_pcsc(ctx, NULL, hub) : TMG_UNSUPPORTED;
}

static bool
is_pcsc_lost(void)
{
	return !tmg_pcscd_listens();
}

static bool
never(void)
{
	return false;
}

static tmg_rc
open_vcard(tmg_ctx *ctx, tmg_hub **hub)
{
	const char *path = secure_getenv("TAMGA_VCARD_SOCKET");

	*hub = NULL;
	if (path == NULL || path[0] == '\0')
		path = tmg_p11.conf.vcard;
	if (path[0] == '\0')
		return TMG_UNSUPPORTED;
	return tmg_hub_vcard(ctx, path, NULL, hub);
}

/* By itself only where no daemon is, which would have the devices. */
static tmg_rc
open_usb(tmg_ctx *ctx, tmg_hub **hub)
{
	const tmg_p11_conf *conf = &tmg_p11.conf;
	const bool wanted = strcmp(conf->usb, "always") == 0 ||
	    (strcmp(conf->usb, "auto") == 0 && conf->pcsc && !tmg_pcscd_listens());

	*hub = NULL;
	return wanted ? tmg_hub_usb(ctx, NULL, hub) : TMG_UNSUPPORTED;
}

const tmg_p11_source tmg_p11_sources[] = {
	{ "pcsc", open_pcsc, is_pcsc_lost },
	{ "usb", open_usb, never },
	{ "vcard", open_vcard, never },
};
const size_t tmg_p11_sources_count = TMG_COUNT(tmg_p11_sources);

void
tmg_p11_conf_find(tmg_p11_conf *conf, tmg_fault *f)
{
	tmg_p11_conf_load(conf, f);
}
