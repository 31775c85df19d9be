/* SPDX-License-Identifier: BSD-2-Clause */
/* Application related data, 6E: 4.4.1 and 4.4.3. */
#include "drivers/openpgp/openpgp.h"

#include "src/base/scope.h"

enum {
	AID_LEN = 16,		/* 4.2.1 */
	CAPABILITIES_LEN = 10,	/* 4.4.3.7 */
};

#define ABOUT_MAX 1024u		/* bytes; some 300 in practice */

static tmg_rc
take_aid(tmg_view aid, tmg_opgp_about *a)
{
	if (aid.len != AID_LEN)
		return TMG_E_MALFORMED;
	memcpy(a->version, aid.ptr + 6, sizeof(a->version));
	a->manufacturer = (uint16_t)(aid.ptr[8] << 8 | aid.ptr[9]);
	memcpy(a->serial, aid.ptr + 10, sizeof(a->serial));
	return TMG_OK;
}

static void
take_capabilities(tmg_view c, tmg_opgp_about *a)
{
	if (c.len != CAPABILITIES_LEN)
		return;
	a->can = c.ptr[0];
	a->challenge_max = (size_t)c.ptr[2] << 8 | c.ptr[3];
	a->cert_max = (size_t)c.ptr[4] << 8 | c.ptr[5];
}

static void
take_pw(tmg_view pw, tmg_opgp_about *a)
{
	a->pw_told = pw.len == sizeof(a->pw);
	if (a->pw_told)
		memcpy(a->pw, pw.ptr, sizeof(a->pw));
}

static bool
is_zero(const uint8_t *bytes, size_t n)
{
	while (n > 0 && bytes[n - 1] == 0)
		n--;
	return n == 0;
}

static void
take_fingerprints(tmg_view all, tmg_opgp_about *a)
{
	for (size_t i = 0; i < OPGP_KEYS && (i + 1) * OPGP_FINGERPRINT <= all.len;
	    i++)
		a->keys[i].printed = !is_zero(all.ptr + i * OPGP_FINGERPRINT,
		    OPGP_FINGERPRINT);
}

/* Pairs of a key's reference and 0, 1 or 2: absent, generated, imported. */
static void
take_information(tmg_view pairs, tmg_opgp_about *a)
{
	tmg_view pair;

	while (tmg_view_take(&pairs, 2, &pair) == TMG_OK)
		for (size_t i = 0; i < OPGP_KEYS; i++)
			if (tmg_opgp_slot_at(i)->row.ref == pair.ptr[0] &&
			    pair.ptr[1] <= 2)
				a->keys[i].presence = (tmg_opgp_presence)
				    (OPGP_KEY_ABSENT + pair.ptr[1]);
}

/* What belongs to one key: its attributes, its touch policy. */
static void
take_key(tmg_view objects, size_t i, tmg_opgp_about *a)
{
	const tmg_opgp_slot *slot = tmg_opgp_slot_at(i);
	tmg_view v;

	if (tmg_tlv_find(objects, slot->attributes, &v) == TMG_OK)
		tmg_opgp_attributes_parse(v, &a->keys[i].attributes);
	if (tmg_tlv_find(objects, slot->uif, &v) == TMG_OK && v.len == sizeof(a->keys[i].touch)) {
		a->keys[i].uif = true;
		memcpy(a->keys[i].touch, v.ptr, v.len);
	}
}

static const struct {
	uint32_t tag;
	void (*take)(tmg_view value, tmg_opgp_about *a);
} objects_taken[] = {
	{ DO_CAPABILITIES, take_capabilities },
	{ DO_PW_STATUS, take_pw },
	{ DO_FINGERPRINTS, take_fingerprints },
	{ DO_KEY_INFORMATION, take_information },
};

/* 73 is missing on some cards: its objects then lie beside it. */
tmg_rc
tmg_opgp_about_parse(tmg_view content, tmg_opgp_about *about)
{
	tmg_view aid, objects, v;
	tmg_rc rc;

	*about = (tmg_opgp_about){ .can = 0 };
	if (tmg_tlv_find(content, DO_AID, &aid))
		return TMG_E_MALFORMED;
	if ((rc = take_aid(aid, about)))
		return rc;
	if (tmg_tlv_find(content, DO_DISCRETIONARY, &objects))
		objects = content;
	for (size_t i = 0; i < TMG_COUNT(objects_taken); i++)
		if (tmg_tlv_find(objects, objects_taken[i].tag, &v) == TMG_OK)
			objects_taken[i].take(v, about);
	for (size_t i = 0; i < OPGP_KEYS; i++)
		take_key(objects, i, about);
	return TMG_OK;
}

tmg_rc
tmg_opgp_learn(tmg_opgp *p)
{
	uint8_t bytes[ABOUT_MAX];
	tmg_out store = TMG_OUT(bytes);
	tmg_view content;
	tmg_rc rc;

	if (p->about_known && tmg_selected_is(&p->app.selected, p->base.ch))
		return TMG_OK;
	if ((rc = tmg_opgp_get(p, DO_APPLICATION, TMG_LE_ANY, &store, &content)))
		return opgp_pass(p, rc);
	if (tmg_opgp_about_parse(content, &p->about))
		return opgp_raise(p, TMG_E_MALFORMED, TMG_SW_OK,
		    _("%s: what the card says of itself (data object 6E) cannot "
		    "be read"), p->who);
	p->about_known = true;
	tmg_opgp_pin_rules(p);
	return TMG_OK;
}
