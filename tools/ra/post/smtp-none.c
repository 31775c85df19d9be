/* SPDX-License-Identifier: BSD-2-Clause */
/* Without libcurl mails stay in the outbox. */
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "tools/ra/post/smtp.h"

bool
ra_smtp_built(void)
{
	return false;
}

tmg_rc
ra_smtp_send(tmg_ctx *ctx, const ra_config *config, const ra_letter *letter,
    tmg_fault *f)
{
	(void)ctx;
	(void)config;
	(void)letter;
	return tmg_raise(f, TMG_BUSY, 0,
	    _("this tamga-ra was built without libcurl and sends no mails"));
}
