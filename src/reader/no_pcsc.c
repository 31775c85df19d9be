/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "tamga/reader.h"

tmg_rc
tmg_hub_pcsc(tmg_ctx *ctx, tmg_fault *f, tmg_hub **hub)
{
	(void)ctx;
	*hub = NULL;
	return tmg_raise(f, TMG_UNSUPPORTED, 0,
	    _("PC/SC: tamga was built without it (--without-pcsc)"));
}
