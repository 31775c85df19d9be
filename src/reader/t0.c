/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/reader/t0.h"

enum {
	HEADER = 4,		/* CLA INS P1 P2 */
	P3 = 5,			/* with Lc or Le */
};

tmg_rc
tmg_t0_put(tmg_out *out, tmg_view apdu)
{
	size_t data;

	if (apdu.len < HEADER)
		return TMG_E_USAGE;
	if (apdu.len == HEADER) {		/* case 1 */
		tmg_put(out, apdu);
		tmg_put_u8(out, 0);
		return tmg_out_done(out);
	}
	data = apdu.ptr[HEADER];
	if (apdu.len > P3 && data == 0)		/* 00 before Lc or Le */
		return TMG_UNSUPPORTED;
	if (apdu.len > P3 && apdu.len != P3 + data && apdu.len != P3 + data + 1)
		return TMG_E_USAGE;
	if (apdu.len == P3 + data + 1)		/* case 4, Le */
		apdu.len--;
	tmg_put(out, apdu);
	return tmg_out_done(out);
}
