/* SPDX-License-Identifier: BSD-2-Clause */
/* Without libcurl. */
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "tools/ra/desk/register-kind.h"

static const char *
http_check(const ra_register *r)
{
	(void)r;
	return _("this tamga-ra was built without libcurl");
}

static tmg_rc
http_ask(const ra_register_question *q, ra_answers *known, tmg_fault *f)
{
	(void)q;
	(void)known;
	return tmg_raise(f, TMG_UNSUPPORTED, 0,
	    _("this tamga-ra was built without libcurl"));
}

const ra_register_kind ra_register_http = { "http", http_check, http_ask };
