/* SPDX-License-Identifier: BSD-2-Clause */
/* SP 800-73-4 part 1, "Key History Object". */
#include "drivers/piv/piv.h"

#include "src/base/ctx.h"
#include "src/base/scope.h"

enum {
	TAG_ON_CARD = 0xc1,
	TAG_OFF_CARD = 0xc2,
	TAG_URL = 0xf3,
	TAG_END = 0xfe,		/* error detection code, always empty */
};

#define HISTORY_MAX 256u	/* bytes; two counts and a URL */

static tmg_rc
count_of(tmg_view content, uint32_t tag, unsigned *n)
{
	tmg_view v;

	if (tmg_tlv_find(content, tag, &v) || v.len != 1 ||
	    v.ptr[0] > PIV_RETIRED)
		return TMG_E_MALFORMED;
	*n = v.ptr[0];
	return TMG_OK;
}

tmg_rc
tmg_piv_history_parse(tmg_view content, tmg_piv_history *h)
{
	*h = (tmg_piv_history){ 0 };
	if (count_of(content, TAG_ON_CARD, &h->on_card) ||
	    count_of(content, TAG_OFF_CARD, &h->off_card) ||
	    h->on_card + h->off_card > PIV_RETIRED)
		return TMG_E_MALFORMED;
	if (tmg_tlv_find(content, TAG_URL, &h->url))
		h->url = (tmg_view){ 0 };
	return TMG_OK;
}

/* A card without the object, or with nonsense in it, has no retired keys. */
static tmg_rc
read_history(tmg_piv *p, tmg_out *store, tmg_piv_history *h)
{
	tmg_view content;
	tmg_rc rc;

	*h = (tmg_piv_history){ 0 };
	rc = tmg_piv_get(p, OBJ_KEY_HISTORY, TMG_LE_SHORT, store, &content);
	if (rc == TMG_NOT_FOUND || rc == TMG_UNSUPPORTED ||
	    rc == TMG_LOGIN || rc == TMG_E_MALFORMED)
		return TMG_OK;
	if (rc)
		return piv_pass(p, rc);
	if (tmg_piv_history_parse(content, h))
		*h = (tmg_piv_history){ 0 };
	return TMG_OK;
}

static bool
in_use(const tmg_piv_history *h, uint32_t ref)
{
	return ref >= REF_RETIRED_FIRST && ref <= REF_RETIRED_LAST &&
	    (ref - REF_RETIRED_FIRST < h->on_card ||
	    REF_RETIRED_LAST - ref < h->off_card);
}

tmg_rc
tmg_piv_survey(tmg_backend *b, tmg_slot *rows, size_t count)
{
	tmg_piv *p = tmg_piv_of(b);
	uint8_t bytes[HISTORY_MAX];
	tmg_out store = TMG_OUT(bytes);
	tmg_piv_history h;
	tmg_rc rc;

	if ((rc = read_history(p, &store, &h)))
		return piv_pass(p, rc);
	for (size_t i = 0; i < count; i++)
		rows[i].held = in_use(&h, rows[i].ref);
	return TMG_OK;
}

static tmg_rc
write_history(tmg_piv *p, const tmg_piv_history *h)
{
	const uint8_t on = (uint8_t)h->on_card, off = (uint8_t)h->off_card;
	uint8_t bytes[HISTORY_MAX];
	tmg_out out = TMG_OUT(bytes);

	tmg_tlv_put(&out, TAG_ON_CARD, (tmg_view){ &on, 1 });
	tmg_tlv_put(&out, TAG_OFF_CARD, (tmg_view){ &off, 1 });
	if (h->off_card > 0)
		tmg_tlv_put(&out, TAG_URL, h->url);
	tmg_tlv_put(&out, TAG_END, (tmg_view){ 0 });
	if (out.full)
		return piv_raise(p, TMG_E_SPACE, 0,
		    _("%s: the key history does not fit"), p->who);
	return tmg_piv_put(p, OBJ_KEY_HISTORY, tmg_out_view(&out));
}

/* The slots in use run from 82 upwards without a hole: the count covers the
 * highest one, and shrinks only when that one is given up. */
tmg_rc
tmg_piv_history_note(tmg_piv *p, uint32_t ref, bool there)
{
	const unsigned place = ref - REF_RETIRED_FIRST + 1;
	uint8_t bytes[HISTORY_MAX];
	tmg_out store = TMG_OUT(bytes);
	tmg_piv_history h;
	tmg_rc rc;

	if (ref < REF_RETIRED_FIRST || ref > REF_RETIRED_LAST)
		return TMG_OK;
	if ((rc = read_history(p, &store, &h)))
		return piv_pass(p, rc);
	if (there ? h.on_card >= place : h.on_card != place)
		return TMG_OK;
	h.on_card = there ? place : place - 1;
	if (h.on_card + h.off_card > PIV_RETIRED)
		h.off_card = PIV_RETIRED - h.on_card;
	rc = write_history(p, &h);
	if (rc != TMG_UNSUPPORTED && rc != TMG_DENIED)
		return rc;
	/* The certificate itself is written all the same: other programs just
	 * do not find it without being told the slot. */
	tmg_log(p->base.ctx, TMG_LOG_WARN, "%s", p->base.fault.text);
	return TMG_OK;
}
