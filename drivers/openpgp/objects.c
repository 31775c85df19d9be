/* SPDX-License-Identifier: BSD-2-Clause */
/* GET DATA (7.2.6) and PUT DATA (7.2.8). */
#include "drivers/openpgp/openpgp.h"

#include "src/base/scope.h"

static const tmg_status get_sw[] = {
	{ TMG_SW_NO_REFERENCE, TMG_NOT_FOUND, N_("there is nothing in it") },
	{ TMG_SW_NO_FILE, TMG_NOT_FOUND, N_("there is nothing in it") },
	{ TMG_SW_NO_RECORD, TMG_NOT_FOUND, N_("there is nothing in it") },
	{ TMG_SW_LOGIN, TMG_LOGIN, N_("the PIN is wanted first") },
	{ TMG_SW_NOT_SUPPORTED, TMG_UNSUPPORTED, N_("the card has no such object") },
	{ TMG_SW_DATA, TMG_UNSUPPORTED, N_("the card has no such object") },
	{ TMG_SW_P1P2, TMG_UNSUPPORTED, N_("the card has no such object") },
	{ TMG_SW_WRONG_P1P2, TMG_UNSUPPORTED, N_("the card has no such object") },
	{ TMG_SW_CONDITIONS, TMG_UNSUPPORTED, N_("the card has no such object") },
	{ TMG_SW_INS, TMG_UNSUPPORTED, N_("the card cannot do that") },
};

static const tmg_status put_sw[] = {
	{ TMG_SW_LOGIN, TMG_LOGIN, N_("the admin PIN is wanted first") },
	{ TMG_SW_FULL, TMG_DENIED, N_("it does not fit into the card") },
	{ TMG_SW_LENGTH, TMG_DENIED, N_("it does not fit into the card") },
	{ TMG_SW_DATA, TMG_DENIED, N_("the card does not take it") },
	{ TMG_SW_CONDITIONS, TMG_DENIED, N_("the card's rules do not allow it") },
	{ TMG_SW_NO_REFERENCE, TMG_UNSUPPORTED, N_("the card has no such object") },
	{ TMG_SW_NO_FILE, TMG_UNSUPPORTED, N_("the card has no such object") },
	{ TMG_SW_NOT_SUPPORTED, TMG_UNSUPPORTED, N_("the card has no such object") },
	{ TMG_SW_P1P2, TMG_UNSUPPORTED, N_("the card has no such object") },
	{ TMG_SW_WRONG_P1P2, TMG_UNSUPPORTED, N_("the card has no such object") },
	{ TMG_SW_INS, TMG_UNSUPPORTED, N_("the card cannot do that") },
};

/* Some cards send a constructed object with its tag, some what stands in it. */
static tmg_view
without_tag(tmg_view answer, uint32_t tag)
{
	tmg_view rest = answer;
	tmg_tlv t;

	return tmg_tlv_next(&rest, &t) == TMG_OK && t.tag == tag && rest.len == 0
	    ? t.value : answer;
}

static bool
is_constructed(uint32_t tag)
{
	return tag == DO_APPLICATION || tag == DO_HOLDER || tag == DO_KDF ||
	    tag == DO_ALGORITHMS;
}

tmg_rc
tmg_opgp_got(tmg_opgp *p, uint32_t tag, uint16_t sw, tmg_view answer,
    tmg_view *content)
{
	tmg_rc rc;

	if ((rc = opgp_judge(p, get_sw, sw, N_("reading a data object"))))
		return rc;
	*content = is_constructed(tag) ? without_tag(answer, tag) : answer;
	if (content->len > 0)
		return TMG_OK;
	return opgp_raise(p, TMG_NOT_FOUND, sw, _("%s: data object %04X is empty"),
	    p->who, (unsigned)tag);
}

tmg_rc
tmg_opgp_get(tmg_opgp *p, uint32_t tag, uint32_t le, tmg_out *store,
    tmg_view *content)
{
	uint16_t sw;
	tmg_rc rc;

	if ((rc = tmg_opgp_send(p, &(tmg_capdu){
		.ins = INS_GET_DATA,
		.p1 = (uint8_t)(tag >> 8), .p2 = (uint8_t)tag,
		.le = le,
	    }, store, &sw)))
		return rc;
	return tmg_opgp_got(p, tag, sw, tmg_out_view(store), content);
}

static tmg_rc
put(tmg_opgp *p, uint32_t tag, tmg_view content)
{
	uint16_t sw;
	tmg_rc rc;

	if ((rc = tmg_opgp_send(p, &(tmg_capdu){
		.ins = INS_PUT_DATA,
		.p1 = (uint8_t)(tag >> 8), .p2 = (uint8_t)tag,
		.data = content,
	    }, NULL, &sw)))
		return rc;
	if (sw == TMG_SW_LOGIN)
		tmg_application_doubt(&p->app);
	return opgp_judge(p, put_sw, sw, N_("writing a data object"));
}

tmg_rc
tmg_opgp_put(tmg_opgp *p, uint32_t tag, tmg_view content)
{
	const tmg_rc rc = tmg_opgp_want_admin(p);

	return rc ? rc : put(p, tag, content);
}

tmg_rc
tmg_opgp_put_as_user(tmg_opgp *p, uint32_t tag, tmg_view content)
{
	if (p->other && tmg_selected_is(&p->app.selected, p->base.ch))
		return put(p, tag, content);
	return opgp_raise(p, TMG_LOGIN, 0,
	    _("%s: this is written after the user's PIN"), p->who);
}
