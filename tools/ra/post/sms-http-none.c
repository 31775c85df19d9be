/* SPDX-License-Identifier: BSD-2-Clause */
/* Without libcurl no gateway is asked. */
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "tools/ra/post/sms.h"

tmg_rc
ra_sms_post(const ra_sms_line *line, const ra_sms *sms, tmg_fault *f)
{
	(void)line;
	(void)sms;
	return tmg_raise(f, TMG_BUSY, 0,
	    _("this tamga-ra was built without libcurl and asks no gateway"));
}
