/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/desk/secret-file.h"

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "tools/ra/ca/passphrase.h"

/* Others than the authority's key: a server that asked for one at a terminal
 * would wait for ever.  There is room for a zero behind it. */
tmg_rc
ra_secret_file(const ra_config *config, const char *path, tmg_secret *secret,
    tmg_fault *f)
{
	char whole[PATH_MAX];
	tmg_rc rc;

	if (path[0] == '\0' || ra_config_path(config, path, whole))
		return tmg_raise(f, TMG_E_IO, 0, _("\"%s\" names no file with a secret"),
		    path);
	if ((rc = ra_passphrase_read(whole, "", false, secret, f)))
		return tmg_fault_copy(f, f, TMG_E_IO);
	return secret->len < TMG_PIN_MAX ? TMG_OK :
	    tmg_raise(f, TMG_E_IO, 0, "%s: %s", whole, _("too long"));
}
