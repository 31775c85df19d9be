/* SPDX-License-Identifier: BSD-2-Clause */
/* Without libcurl. */
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "tools/ra/ca/upstream.h"

const char *
ra_upstream_check(const char *url)
{
	return url[0] == '\0' ? NULL :
	    _("possible: this tamga-ra was built without libcurl");
}

tmg_rc
ra_ca_upstream(tmg_ctx *ctx, const ra_upstream *upstream, tmg_fault *f,
    ra_ca **ca)
{
	(void)ctx, (void)upstream;
	*ca = NULL;
	return tmg_raise(f, TMG_UNSUPPORTED, 0,
	    _("this tamga-ra was built without libcurl"));
}
