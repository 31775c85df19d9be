/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What rows of directories and what TokenInfo are made of, in DER, written from the end
 * to the start: what comes last is put first.
 */
#ifndef TMG_DRIVERS_PKCS15_PUT_H
#define TMG_DRIVERS_PKCS15_PUT_H

#include "src/codec/der.h"
#include "src/iso/path.h"

enum {
	P15_DER_INTEGER = 0x02,
	P15_DER_BITS = 0x03,
	P15_DER_OCTETS = 0x04,
	P15_DER_ENUMERATED = 0x0a,
	P15_DER_UTF8 = 0x0c,
	P15_DER_SEQUENCE = 0x30,
};

void tmg_p15_put(tmg_der *d, uint8_t tag, tmg_view value);
/* Named bits without trailing zeros: X.690 11.2.2.  Bit n of flags is bit n. */
void tmg_p15_put_flags(tmg_der *d, unsigned flags);
void tmg_p15_put_number(tmg_der *d, unsigned n);
/* Path, 6.1.5. */
void tmg_p15_put_path(tmg_der *d, const tmg_path *path);

#endif
