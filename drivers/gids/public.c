/* SPDX-License-Identifier: BSD-2-Clause */
/* The public half of a key: in 7F49, as GENERATE or GET DATA answers it. */
#include "drivers/gids/gids.h"

#include "src/base/scope.h"
#include "src/driver/pubkey.h"

#define ANSWER_MAX 1024u	/* bytes; RSA 4096 needs some 530 */

enum {
	TAG_KEY = 0x70,		/* the key usage template */
	TAG_REFERENCE = 0x84,
	TAG_VALUE = 0xa5,
};

static tmg_rc
find_fields(tmg_view answer, tmg_view *fields)
{
	static const uint32_t wrapped[] = { TAG_KEY, TAG_VALUE, TMG_TAG_PUBKEY, 0 };

	if (tmg_tlv_find(answer, TMG_TAG_PUBKEY, fields) == TMG_OK ||
	    tmg_tlv_walk(answer, wrapped, fields) == TMG_OK)
		return TMG_OK;
	return TMG_UNSUPPORTED;
}

tmg_rc
tmg_gids_public_parse(tmg_alg alg, tmg_view answer, tmg_out *spki)
{
	tmg_view fields;
	const tmg_rc rc = find_fields(answer, &fields);

	return rc ? rc : tmg_pubkey_spki(alg, fields, spki);
}

tmg_rc
tmg_gids_public_read(tmg_gids *g, size_t index, tmg_alg alg, tmg_out *spki)
{
	const uint8_t ask[] = { TAG_KEY, 8, TAG_REFERENCE, 1,
	    (uint8_t)(GIDS_FIRST_KEY + index), TAG_VALUE, 3, 0x7f, 0x49, 0x80 };
	uint8_t bytes[ANSWER_MAX];
	tmg_out answer = TMG_OUT(bytes);
	uint16_t sw;
	tmg_rc rc;

	if ((rc = tmg_gids_send(g, &(tmg_capdu){
		.ins = INS_GET_DATA,
		.p1 = GIDS_APPLICATION >> 8, .p2 = GIDS_APPLICATION & 0xff,
		.data = TMG_VIEW(ask),
		.le = TMG_LE_ANY,
	    }, &answer, &sw)))
		return gids_pass(g, rc);
	if (sw != TMG_SW_OK)
		return gids_raise(g, TMG_UNSUPPORTED, sw,
		    _("%s: the card does not tell the public key of slot %02x"),
		    g->who, (unsigned)index);
	rc = tmg_gids_public_parse(alg, tmg_out_view(&answer), spki);
	if (rc == TMG_E_MALFORMED || rc == TMG_UNSUPPORTED)
		return gids_raise(g, TMG_E_MALFORMED, sw,
		    _("%s: the public key of slot %02x cannot be read"), g->who,
		    (unsigned)index);
	return rc;
}
