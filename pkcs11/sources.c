/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "pkcs11/module.h"
#include "pkcs11/source.h"
#include "src/base/scope.h"
#include "src/reader/coming.h"
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

/* By itself only where no daemon is, which would have the devices.  Slots that there
 * are since then stay when it comes. */
static bool
wants_usb(void)
{
	const tmg_p11_conf *conf = &tmg_p11.conf;

	if (strcmp(conf->usb, "auto") != 0 || !conf->pcsc)
		return strcmp(conf->usb, "always") == 0;
	return atomic_load(&tmg_p11.had_usb) || !tmg_pcscd_listens();
}

static tmg_rc
open_usb(tmg_ctx *ctx, tmg_hub **hub)
{
	tmg_rc rc;

	*hub = NULL;
	if (!wants_usb())
		return TMG_UNSUPPORTED;
	if ((rc = tmg_hub_usb(ctx, NULL, hub)) == TMG_OK)
		atomic_store(&tmg_p11.had_usb, true);
	return rc;
}

static const char *
pcsc_comes_at(void)
{
	return tmg_p11.conf.pcsc ? tmg_pcscd_socket() : NULL;
}

static const char *
nowhere(void)
{
	return NULL;
}

static bool
heed_nothing(tmg_hub *hub, int fd)
{
	(void)hub, (void)fd;
	return false;
}

static bool
heed_usb(tmg_hub *hub, int fd)
{
	tmg_hub_usb_heed(hub, fd);
	return true;
}

const tmg_p11_source tmg_p11_sources[] = {
	{ "pcsc", open_pcsc, is_pcsc_lost, pcsc_comes_at, heed_nothing },
	{ "usb", open_usb, never, nowhere, heed_usb },
	{ "vcard", open_vcard, never, nowhere, heed_nothing },
};
const size_t tmg_p11_sources_count = TMG_COUNT(tmg_p11_sources);

void
tmg_p11_conf_find(tmg_p11_conf *conf, tmg_fault *f)
{
	tmg_p11_conf_load(conf, f);
}
