/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/vcard/apdu.h"

static uint32_t
le_of(uint32_t field, uint32_t zero_means)
{
	return field == 0 ? zero_means : field;
}

static uint32_t
u16(const uint8_t *b)
{
	return (uint32_t)(b[0] << 8 | b[1]);
}

/* body: what follows the four header bytes and starts with Lc or Le. */
static tmg_rc
parse_short(tmg_view body, vc_command *c)
{
	const size_t lc = body.ptr[0];

	if (body.len == 1) {
		c->le = le_of(body.ptr[0], 256);
		return TMG_OK;
	}
	if (body.len != 1 + lc && body.len != 1 + lc + 1)
		return TMG_E_MALFORMED;

	c->data = (tmg_view){ body.ptr + 1, lc };
	if (body.len == 1 + lc + 1)
		c->le = le_of(body.ptr[1 + lc], 256);
	return TMG_OK;
}

static tmg_rc
parse_extended(tmg_view body, vc_command *c)
{
	c->extended = true;
	if (body.len < 3)
		return TMG_E_MALFORMED;
	if (body.len == 3) {
		c->le = le_of(u16(body.ptr + 1), 65536);
		return TMG_OK;
	}

	const size_t lc = u16(body.ptr + 1);

	if (lc == 0 || (body.len != 3 + lc && body.len != 3 + lc + 2))
		return TMG_E_MALFORMED;

	c->data = (tmg_view){ body.ptr + 3, lc };
	if (body.len == 3 + lc + 2)
		c->le = le_of(u16(body.ptr + 3 + lc), 65536);
	return TMG_OK;
}

tmg_rc
vc_apdu_parse(tmg_view apdu, vc_command *c)
{
	tmg_view head, body = apdu;

	if (tmg_view_take(&body, 4, &head))
		return TMG_E_MALFORMED;
	*c = (vc_command){
		.cla = head.ptr[0], .ins = head.ptr[1],
		.p1 = head.ptr[2], .p2 = head.ptr[3],
		.le = VC_LE_NONE,
	};
	if (body.len == 0)
		return TMG_OK;

	return body.len > 1 && body.ptr[0] == 0 ?
	    parse_extended(body, c) : parse_short(body, c);
}
