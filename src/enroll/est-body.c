/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/enroll/est-body.h"

#include "src/codec/base64.h"
#include "src/codec/tlv.h"

#define LINE 64u

enum { SEQUENCE = 0x30 };	/* never the first character of its own base64 */

tmg_rc
tmg_est_body_der(uint8_t *body, size_t len, tmg_view *der)
{
	/* Decoding writes at most three bytes for four read: never ahead. */
	tmg_out o = { body, len, 0, false };
	tmg_rc rc;

	if (len == 0 || body[0] == SEQUENCE) {
		*der = (tmg_view){ body, len };
		return TMG_OK;
	}
	if ((rc = tmg_base64_parse((tmg_view){ body, len }, &o)))
		return rc;
	*der = tmg_out_view(&o);
	return TMG_OK;
}

tmg_rc
tmg_est_body_certs(uint8_t *body, size_t len, tmg_certs *certs)
{
	const size_t before = tmg_certs_count(certs);
	tmg_view der;
	tmg_rc rc;

	if ((rc = tmg_est_body_der(body, len, &der)) ||
	    (rc = tmg_certs_add_cms(certs, der)))
		return rc == TMG_E_NOMEM ? rc : TMG_E_MALFORMED;
	return tmg_certs_count(certs) > before ? TMG_OK : TMG_E_MALFORMED;
}

tmg_rc
tmg_est_body_attrs(uint8_t *body, size_t len, tmg_out *attrs)
{
	tmg_view der, rest;
	tmg_tlv whole;
	tmg_rc rc;

	if ((rc = tmg_est_body_der(body, len, &der)))
		return rc;
	if (der.len == 0)
		return TMG_OK;

	rest = der;
	if (tmg_tlv_next(&rest, &whole) || whole.tag != SEQUENCE || rest.len > 0)
		return TMG_E_MALFORMED;
	tmg_put(attrs, der);
	return attrs->full ? TMG_E_MALFORMED : TMG_OK;
}

size_t
tmg_est_body_size(size_t n)
{
	return TMG_BASE64_LEN(n) + TMG_BASE64_LEN(n) / LINE + 1;
}

tmg_rc
tmg_est_body_put(tmg_out *body, tmg_view der)
{
	tmg_base64_put(body, der, LINE);
	return tmg_out_done(body);
}
