/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/ca/certs-file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/fail.h"
#include "src/base/file.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"

#define PEM_MAX (1024 * 1024)

tmg_rc
ra_certs_file(const char *path, tmg_certs **certs, tmg_fault *f)
{
	tmg_auto_free uint8_t *pem = NULL;
	size_t len;
	tmg_rc rc;

	if ((rc = tmg_file_read(path, PEM_MAX, &pem, &len)))
		return tmg_raise(f, rc, 0, "%s: %s", path,
		    rc == TMG_UNSUPPORTED ? _("too long") : strerror(errno));
	if ((*certs == NULL && (rc = tmg_certs_new(certs))) ||
	    (rc = tmg_certs_add_pem(*certs, (tmg_view){ pem, len })) == TMG_E_NOMEM)
		return tmg_raise(f, rc, 0, _("out of memory"));
	return rc == TMG_OK ? TMG_OK : tmg_raise(f, TMG_MISMATCH, 0,
	    _("%s: no certificates in PEM"), path);
}
