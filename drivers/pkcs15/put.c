/* SPDX-License-Identifier: BSD-2-Clause */
#include "drivers/pkcs15/put.h"

void
tmg_p15_put(tmg_der *d, uint8_t tag, tmg_view value)
{
	const size_t end = d->at;

	tmg_der_bytes(d, value);
	tmg_der_wrap(d, tag, end);
}

/* Named bits without trailing zeros: X.690 11.2.2.  Bit n of flags is bit n. */
void
tmg_p15_put_flags(tmg_der *d, unsigned flags)
{
	uint8_t bytes[3] = { 0 };
	size_t last = 0;

	for (size_t n = 0; n < 16; n++)
		if ((flags >> n & 1) != 0) {
			bytes[1 + n / 8] |= (uint8_t)(0x80 >> n % 8);
			last = n;
		}
	bytes[0] = (uint8_t)(7 - last % 8);
	tmg_p15_put(d, P15_DER_BITS, (tmg_view){ bytes, 2 + last / 8 });
}

void
tmg_p15_put_number(tmg_der *d, unsigned n)
{
	const uint8_t bytes[] = { (uint8_t)(n >> 8), (uint8_t)n };

	tmg_der_unsigned(d, TMG_VIEW(bytes));
}

/* Path, 6.1.5. */
void
tmg_p15_put_path(tmg_der *d, const tmg_path *path)
{
	const size_t end = d->at;

	tmg_p15_put(d, P15_DER_OCTETS, tmg_path_view(path));
	tmg_der_wrap(d, P15_DER_SEQUENCE, end);
}
