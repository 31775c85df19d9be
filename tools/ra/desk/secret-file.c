/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/desk/secret-file.h"

#include <errno.h>
#include <string.h>

#include "src/base/fail.h"
#include "src/base/file.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"

tmg_rc
ra_secret_file(const ra_config *config, const char *path, tmg_secret *secret,
    tmg_fault *f)
{
	tmg_auto_free uint8_t *text = NULL;
	char whole[PATH_MAX];
	size_t len;
	tmg_rc rc;

	if (ra_config_path(config, path, whole))
		return tmg_raise(f, TMG_E_IO, 0, "%s: %s", path, _("too long"));
	if ((rc = tmg_file_read(whole, TMG_PIN_MAX, &text, &len)))
		return tmg_raise(f, TMG_E_IO, 0, "%s: %s", whole,
		    rc == TMG_UNSUPPORTED ? _("too long") : strerror(errno));
	const size_t line = strcspn((const char *)text, "\r\n");

	rc = line < TMG_PIN_MAX ?
	    tmg_secret_set(secret, (tmg_view){ text, line }) : TMG_E_USAGE;
	explicit_bzero(text, len);
	return rc ? tmg_raise(f, TMG_E_IO, 0, "%s: %s", whole, _("too long")) :
	    TMG_OK;
}
