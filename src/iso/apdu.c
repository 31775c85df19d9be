/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/iso/apdu.h"

static bool
is_extended(const tmg_capdu *c)
{
	return c->data.len > TMG_LC_SHORT || c->le > TMG_LE_SHORT;
}

static void
put_lc(tmg_out *out, size_t n, bool extended)
{
	if (n == 0)
		return;
	if (!extended) {
		tmg_put_u8(out, (uint8_t)n);
		return;
	}
	tmg_put_u8(out, 0);
	tmg_put_u16(out, (uint16_t)n);
}

/* Le counts modulo its field's width: 256 and 65536 are both written as zero. */
static void
put_le(tmg_out *out, uint32_t le, bool extended, bool has_lc)
{
	if (le == TMG_LE_NONE)
		return;
	if (!extended) {
		tmg_put_u8(out, (uint8_t)(le & 0xff));
		return;
	}
	if (!has_lc)
		tmg_put_u8(out, 0);
	tmg_put_u16(out, (uint16_t)(le & 0xffff));
}

/* P3 of a TPDU: Lc when there is data (Le then waits for GET RESPONSE), else
 * Le; zero in case 1. */
static void
put_t0(tmg_out *out, const tmg_capdu *c)
{
	put_lc(out, c->data.len, false);
	tmg_put(out, c->data);
	if (c->data.len == 0)
		tmg_put_u8(out, (uint8_t)(c->le & 0xff));
}

tmg_rc
tmg_capdu_encode(const tmg_capdu *c, tmg_apdu_form form, tmg_out *out)
{
	const uint8_t head[] = { c->cla, c->ins, c->p1, c->p2 };
	const bool extended = is_extended(c);

	if (c->data.len > 65535 || c->le > TMG_LE_ANY ||
	    (extended && form == TMG_APDU_T0))
		return TMG_E_USAGE;

	tmg_put(out, TMG_VIEW(head));
	if (form == TMG_APDU_T0) {
		put_t0(out, c);
		return tmg_out_done(out);
	}
	put_lc(out, c->data.len, extended);
	tmg_put(out, c->data);
	put_le(out, c->le, extended, c->data.len > 0);
	return tmg_out_done(out);
}

size_t
tmg_capdu_size(const tmg_capdu *c)
{
	const size_t field = is_extended(c) ? 2 : 1;
	const size_t lc = c->data.len > 0 ? field + c->data.len : 0;
	const size_t le = c->le != TMG_LE_NONE ? field : 0;

	/* the zero byte that opens extended fields stands once */
	return 4 + lc + le + field - 1;
}

tmg_rc
tmg_rapdu_split(tmg_view response, tmg_view *data, uint16_t *sw)
{
	if (response.len < 2)
		return TMG_E_MALFORMED;

	data->ptr = response.ptr;
	data->len = response.len - 2;
	*sw = (uint16_t)(response.ptr[data->len] << 8 |
	    response.ptr[data->len + 1]);
	return TMG_OK;
}
