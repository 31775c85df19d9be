/* SPDX-License-Identifier: BSD-2-Clause */
/* SP 800-73-4 part 2, 3.1.2 (GET DATA) and "PUT DATA". */
#include "drivers/piv/piv.h"

#include "src/base/scope.h"

enum {
	TAG_LIST = 0x5c,	/* names the object */
	TAG_DATA = 0x53,	/* wraps every object but those with tags of theirs */
};

static const tmg_status get_sw[] = {
	{ TMG_SW_NO_FILE, TMG_NOT_FOUND, N_("there is nothing in it") },
	{ TMG_SW_NO_REFERENCE, TMG_NOT_FOUND, N_("there is nothing in it") },
	{ TMG_SW_LOGIN, TMG_LOGIN, N_("the PIN is wanted first") },
	{ TMG_SW_NOT_SUPPORTED, TMG_UNSUPPORTED, N_("the card has no such object") },
	{ TMG_SW_DATA, TMG_UNSUPPORTED, N_("the card has no such object") },
	{ TMG_SW_INS, TMG_UNSUPPORTED, N_("the card cannot do that") },
};

static const tmg_status put_sw[] = {
	{ TMG_SW_LOGIN, TMG_LOGIN, N_("the management key is wanted first") },
	{ TMG_SW_FULL, TMG_DENIED, N_("it does not fit into the card") },
	{ TMG_SW_LENGTH, TMG_DENIED, N_("it does not fit into the card") },
	{ TMG_SW_NOT_SUPPORTED, TMG_UNSUPPORTED, N_("the card has no such object") },
	{ TMG_SW_NO_FILE, TMG_UNSUPPORTED, N_("the card has no such object") },
	{ TMG_SW_DATA, TMG_DENIED, N_("the card does not take it") },
	{ TMG_SW_INS, TMG_UNSUPPORTED, N_("the card cannot do that") },
};

static void
put_name(tmg_out *o, uint32_t tag)
{
	const uint8_t name[] = {
		(uint8_t)(tag >> 16), (uint8_t)(tag >> 8), (uint8_t)tag,
	};

	const size_t skip = tag <= 0xff ? 2 : tag <= 0xffff ? 1 : 0;

	tmg_tlv_put(o, TAG_LIST, (tmg_view){ name + skip, sizeof(name) - skip });
}

/* Discovery and the group template are asked for by what they come in. */
static uint32_t
outer_of(uint32_t tag)
{
	return tag == OBJ_DISCOVERY || tag == OBJ_BIT_GROUP ? tag : TAG_DATA;
}

tmg_rc
tmg_piv_get(tmg_piv *p, uint32_t tag, uint32_t le, tmg_out *store,
    tmg_view *content)
{
	uint8_t name[8];
	tmg_out list = TMG_OUT(name);
	uint16_t sw;
	tmg_rc rc;

	put_name(&list, tag);
	rc = tmg_piv_send(p, &(tmg_capdu){
		.ins = INS_GET_DATA,
		.p1 = 0x3f, .p2 = 0xff,
		.data = tmg_out_view(&list),
		.le = le,
	}, store, &sw);
	if (rc)
		return rc;
	if ((rc = piv_judge(p, get_sw, sw, N_("reading a data object"))))
		return rc;

	/* Some cards answer an emptied object with no bytes at all. */
	if (store->len == 0)
		return piv_raise(p, TMG_NOT_FOUND, sw,
		    _("%s: data object %06X is empty"), p->who, (unsigned)tag);
	if (tmg_tlv_find(tmg_out_view(store), outer_of(tag), content))
		return piv_raise(p, TMG_E_MALFORMED, sw,
		    _("%s: data object %06X is not encoded as PIV wants it"),
		    p->who, (unsigned)tag);
	if (content->len == 0)
		return piv_raise(p, TMG_NOT_FOUND, sw,
		    _("%s: data object %06X is empty"), p->who, (unsigned)tag);
	return TMG_OK;
}

tmg_rc
tmg_piv_put(tmg_piv *p, uint32_t tag, tmg_view content)
{
	const size_t cap = content.len + 16;
	tmg_auto_free uint8_t *store = NULL;
	tmg_out data;
	uint16_t sw;
	tmg_rc rc;

	if ((rc = tmg_piv_want_admin(p)))
		return rc;
	if ((store = malloc(cap)) == NULL)
		return piv_raise(p, TMG_E_NOMEM, 0, _("out of memory"));

	data = (tmg_out){ store, cap, 0, false };
	put_name(&data, tag);
	tmg_tlv_put(&data, TAG_DATA, content);
	rc = tmg_piv_send(p, &(tmg_capdu){
		.ins = INS_PUT_DATA,
		.p1 = 0x3f, .p2 = 0xff,
		.data = tmg_out_view(&data),
	}, NULL, &sw);
	explicit_bzero(store, cap);	/* it may have held the management key */
	if (rc)
		return rc;
	if (sw == TMG_SW_LOGIN)
		tmg_application_doubt(&p->app);
	return piv_judge(p, put_sw, sw, N_("writing a data object"));
}
