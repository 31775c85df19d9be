/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/reader/coming.h"

tmg_rc
tmg_hub_usb(tmg_ctx *ctx, tmg_fault *f, tmg_hub **hub)
{
	(void)ctx;
	*hub = NULL;
	return tmg_raise(f, TMG_UNSUPPORTED, 0,
	    _("USB: tamga was built without it (--without-libusb)"));
}

tmg_rc
tmg_hub_usb_facts(tmg_hub *hub, size_t index, tmg_usb_facts *facts)
{
	(void)hub, (void)index;
	*facts = (tmg_usb_facts){ .vendor = 0 };
	return TMG_E_USAGE;
}

void
tmg_hub_usb_heed(tmg_hub *hub, int fd)
{
	(void)hub, (void)fd;
}
