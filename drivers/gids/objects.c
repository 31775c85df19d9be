/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * GET DATA and PUT DATA with odd instruction (ISO/IEC 7816-4:2005 7.4): P1 and P2
 * name the file, the data the object in it.
 */
#include "drivers/gids/gids.h"

#include "src/base/scope.h"

enum {
	TAG_LIST = 0x5c,
};

static const tmg_status get_sw[] = {
	{ TMG_SW_NO_REFERENCE, TMG_NOT_FOUND, N_("there is nothing in it") },
	{ TMG_SW_NO_FILE, TMG_NOT_FOUND, N_("there is nothing in it") },
	{ 0x6a83, TMG_NOT_FOUND, N_("there is nothing in it") },
	{ TMG_SW_LOGIN, TMG_LOGIN, N_("the PIN is wanted first") },
};

static const tmg_status put_sw[] = {
	{ TMG_SW_LOGIN, TMG_LOGIN, N_("the PIN is wanted first") },
	{ TMG_SW_FULL, TMG_DENIED, N_("the card is full; delete a certificate or a "
	    "key that nobody needs") },
	{ TMG_SW_MEMORY, TMG_DENIED, N_("it does not fit into the card") },
	{ TMG_SW_LENGTH, TMG_DENIED, N_("it does not fit into the card") },
	{ TMG_SW_DATA, TMG_DENIED, N_("the card does not take it") },
	{ TMG_SW_CONDITIONS, TMG_DENIED, N_("the card's rules do not allow it") },
	{ TMG_SW_NO_FILE, TMG_UNSUPPORTED, N_("the card has no such file") },
	{ TMG_SW_NO_REFERENCE, TMG_UNSUPPORTED, N_("the card has no such file") },
	{ TMG_SW_INS, TMG_UNSUPPORTED, N_("the card cannot do that") },
};

static tmg_rc
take(tmg_gids *g, const tmg_gids_place *place, tmg_view answer, tmg_view *content)
{
	if (tmg_tlv_find(answer, place->object, content) == TMG_OK)
		return TMG_OK;
	return gids_raise(g, TMG_E_MALFORMED, TMG_SW_OK,
	    _("%s: what the card says stands in object %04X of file %04X cannot be "
	    "read"), g->who, (unsigned)place->object, (unsigned)place->file);
}

tmg_rc
tmg_gids_get(tmg_gids *g, const tmg_gids_place *place, tmg_out *store,
    tmg_view *content)
{
	const uint8_t list[] = { TAG_LIST, 2, (uint8_t)(place->object >> 8),
	    (uint8_t)place->object };
	const size_t mark = store->len;
	uint16_t sw;
	tmg_rc rc;

	if ((rc = tmg_gids_send(g, &(tmg_capdu){
		.ins = INS_GET_DATA,
		.p1 = (uint8_t)(place->file >> 8), .p2 = (uint8_t)place->file,
		.data = TMG_VIEW(list),
		.le = TMG_LE_ANY,
	    }, store, &sw)) ||
	    (rc = gids_judge(g, get_sw, sw, N_("reading a file"))))
		return gids_pass(g, rc);
	return take(g, place, (tmg_view){ store->ptr + mark, store->len - mark },
	    content);
}

tmg_rc
tmg_gids_put(tmg_gids *g, const tmg_gids_place *place, tmg_view content)
{
	const size_t cap = tmg_tlv_size(place->object, content.len);
	tmg_auto_free uint8_t *bytes = malloc(cap);
	tmg_out data = { bytes, cap, 0, false };
	uint16_t sw;
	tmg_rc rc;

	if (bytes == NULL)
		return gids_raise(g, TMG_E_NOMEM, 0, _("out of memory"));
	tmg_tlv_put(&data, place->object, content);
	if ((rc = tmg_gids_send(g, &(tmg_capdu){
		.ins = INS_PUT_DATA,
		.p1 = (uint8_t)(place->file >> 8), .p2 = (uint8_t)place->file,
		.data = tmg_out_view(&data),
	    }, NULL, &sw)))
		return gids_pass(g, rc);
	/* Believed to be logged in, but the card knows better. */
	if (sw == TMG_SW_LOGIN && g->user)
		tmg_application_doubt(&g->app);
	return gids_judge(g, put_sw, sw, N_("writing a file"));
}
