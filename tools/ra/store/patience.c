/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/store/patience.h"

#include "src/base/clock.h"
#include "src/base/ctx.h"
#include "src/base/i18n.h"

void
ra_patience_begin(ra_patience *p, int slack_ms)
{
	p->until = tmg_now_ms() + (int64_t)p->seconds * 1000 + slack_ms;
}

const char *
ra_patience_over(const ra_patience *p)
{
	if (p->ctx == NULL)
		return NULL;
	if (tmg_ctx_is_over(p->ctx))
		return _("this program ends, and waits for nobody");
	return tmg_now_ms() >= p->until ? _("no answer in time") : NULL;
}
