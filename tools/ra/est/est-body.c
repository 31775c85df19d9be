/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/codec/base64.h"
#include "tools/ra/est/est.h"

#define DER_SEQUENCE 0x30

static bool
begins_with(tmg_view body, const char *text)
{
	return body.len >= strlen(text) &&
	    memcmp(body.ptr, text, strlen(text)) == 0;
}

tmg_rc
ra_est_body(tmg_view body, tmg_out *der, tmg_fault *f)
{
	if (body.len == 0)
		return tmg_raise(f, TMG_MISMATCH, 0, _("the body is empty"));
	if (begins_with(body, "-----BEGIN"))
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("the body is PEM; EST wants the base64 alone, without the BEGIN and END lines"));
	if (tmg_base64_parse(body, der))
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("the body is not base64"));
	if (der->len == 0 || der->ptr[0] != DER_SEQUENCE)
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("the body is base64, but not of a certification request"));
	return TMG_OK;
}
