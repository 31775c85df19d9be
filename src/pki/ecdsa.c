/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/pki/ecdsa.h"

#include "src/codec/der.h"
#include "src/codec/tlv.h"

enum {
	DER_INTEGER = 0x02,
	DER_SEQUENCE = 0x30,
};

tmg_rc
tmg_ecdsa_join(tmg_view rs, tmg_out *value)
{
	uint8_t bytes[TMG_ECDSA_MAX];
	tmg_der d = TMG_DER(bytes);
	const size_t half = rs.len / 2;

	if (half == 0 || rs.len % 2 != 0 || half > TMG_FIELD_MAX)
		return TMG_E_MALFORMED;
	tmg_der_unsigned(&d, (tmg_view){ rs.ptr + half, half });
	tmg_der_unsigned(&d, (tmg_view){ rs.ptr, half });
	tmg_der_wrap(&d, DER_SEQUENCE, sizeof(bytes));
	tmg_put(value, tmg_der_view(&d));
	return tmg_out_done(value);
}

/* The next INTEGER, not negative, without the zeros in front of it. */
static tmg_rc
take_number(tmg_view *in, size_t field, tmg_view *n)
{
	if (tmg_tlv_expect(in, DER_INTEGER, n) || n->len == 0 ||
	    (n->ptr[0] & 0x80) != 0)
		return TMG_E_MALFORMED;
	while (n->len > 0 && n->ptr[0] == 0) {
		n->ptr++;
		n->len--;
	}
	return n->len <= field ? TMG_OK : TMG_E_MALFORMED;
}

static void
put_padded(tmg_out *o, tmg_view n, size_t field)
{
	for (size_t i = n.len; i < field; i++)
		tmg_put_u8(o, 0);
	tmg_put(o, n);
}

tmg_rc
tmg_ecdsa_split(tmg_view value, size_t field, tmg_out *rs)
{
	tmg_view numbers, r, s;

	if (tmg_tlv_expect(&value, DER_SEQUENCE, &numbers) || value.len > 0 ||
	    take_number(&numbers, field, &r) ||
	    take_number(&numbers, field, &s) || numbers.len > 0)
		return TMG_E_MALFORMED;
	put_padded(rs, r, field);
	put_padded(rs, s, field);
	return tmg_out_done(rs);
}
