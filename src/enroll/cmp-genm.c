/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * General messages, RFC 9483 4.3: the CA's certificates, what it wants.
 */
#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/codec/tlv.h"
#include "src/enroll/cmp.h"

static tmg_rc
add_all(tmg_certs *to, const tmg_certs *from)
{
	const size_t n = from != NULL ? tmg_certs_count(from) : 0;
	tmg_rc rc = TMG_OK;

	for (size_t i = 0; rc == TMG_OK && i < n; i++)
		rc = tmg_certs_add(to, tmg_certs_get(from, i));
	return rc;
}

tmg_rc
tmg_cmp_cacerts(tmg_authority *a, tmg_http *http, tmg_certs *certs)
{
	(void)http;
	return add_all(certs, a->anchors);
}

tmg_rc
tmg_cmp_wants(tmg_authority *a, tmg_http *http, tmg_out *csrattrs)
{
	(void)http, (void)csrattrs;
	return tmg_cmp_identified(a);
}
