/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/vcard/apps.h"

#include <string.h>

#include "tools/vcard/gids.h"
#include "tools/vcard/ias.h"
#include "tools/vcard/isoapplet.h"
#include "tools/vcard/myeid.h"
#include "tools/vcard/openpgp.h"
#include "tools/vcard/piv.h"
#include "tools/vcard/pkcs15.h"

const vc_app *const vc_apps[VC_APPS] = {
	[VC_APP_PIV] = &vc_piv_app,
	[VC_APP_OPENPGP] = &vc_openpgp_app,
	[VC_APP_PKCS15] = &vc_pkcs15_app,
	[VC_APP_ISOAPPLET] = &vc_isoapplet_app,
	[VC_APP_MYEID] = &vc_myeid_app,
	[VC_APP_GIDS] = &vc_gids_app,
	[VC_APP_MULTIAPP] = &vc_multiapp_app,
	[VC_APP_COSMO] = &vc_cosmo_app,
};

static unsigned
bit_of(const char *name, size_t len)
{
	for (unsigned i = 0; i < VC_APPS; i++)
		if (strlen(vc_apps[i]->name) == len && memcmp(vc_apps[i]->name, name, len) == 0)
			return VC_APP_BIT(i);
	return 0;
}

tmg_rc
vc_apps_parse(const char *names, unsigned *set)
{
	*set = 0;
	for (;;) {
		const size_t len = strcspn(names, ",");
		const unsigned bit = bit_of(names, len);

		if (bit == 0 || (*set & bit) != 0)
			return TMG_NOT_FOUND;
		*set |= bit;
		if (names[len] == '\0')
			return TMG_OK;
		names += len + 1;
	}
}
