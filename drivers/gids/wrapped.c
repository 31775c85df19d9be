/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A certificate in its file, kxcNN or kscNN: 0001, the length of its DER in two
 * bytes, and the DER in zlib's packing.
 */
#include "drivers/gids/parse.h"

#include "src/driver/packed.h"
#include "tamga/driver.h"

enum {
	HEAD = 4,		/* bytes */
	PACKED = 0x0001,
	DER_SEQUENCE = 0x30,
};

static tmg_rc
take_plain(tmg_view file, tmg_out *der)
{
	tmg_view rest = file;
	tmg_tlv t;

	if (tmg_tlv_next(&rest, &t) || t.tag != DER_SEQUENCE)
		return TMG_E_MALFORMED;
	tmg_put(der, (tmg_view){ file.ptr, file.len - rest.len });
	return tmg_out_done(der);
}

/* What is unpacked must be as long as the head says, which bounds it, and be one
 * DER object.  Some programs write the DER alone. */
tmg_rc
tmg_gids_cert_unwrap(tmg_view file, tmg_out *der)
{
	const size_t mark = der->len;
	tmg_view whole;
	tmg_tlv t;
	size_t len;
	tmg_rc rc;

	if (file.len > 0 && file.ptr[0] == DER_SEQUENCE)
		return take_plain(file, der);
	if (file.len < HEAD || tmg_gids_u16(file.ptr) != PACKED)
		return TMG_E_MALFORMED;
	len = tmg_gids_u16(file.ptr + 2);
	if (len == 0 || len > TMG_CERT_MAX)
		return TMG_E_MALFORMED;
	if ((rc = tmg_unpack((tmg_view){ file.ptr + HEAD, file.len - HEAD }, len,
	    der)))
		return rc;
	whole = (tmg_view){ der->ptr + mark, der->len - mark };
	if (whole.len == len && tmg_tlv_next(&whole, &t) == TMG_OK &&
	    t.tag == DER_SEQUENCE && whole.len == 0)
		return TMG_OK;
	der->len = mark;
	return TMG_E_MALFORMED;
}

tmg_rc
tmg_gids_cert_wrap(tmg_view der, tmg_out *file)
{
	uint8_t head[HEAD];

	if (der.len == 0 || der.len > TMG_CERT_MAX)
		return TMG_E_USAGE;
	tmg_gids_put_u16(head, PACKED);
	tmg_gids_put_u16(head + 2, (unsigned)der.len);
	tmg_put(file, TMG_VIEW(head));
	return file->full ? TMG_E_SPACE
	    : tmg_pack(TMG_PACKING_ZLIB, der, file);
}
