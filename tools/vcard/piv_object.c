/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Data objects: GET DATA and PUT DATA (SP 800-73-4 part 2, 3.1.2 and 3.3.1),
 * who may read them (part 1, table 2).
 */
#include <openssl/crypto.h>
#include <stdlib.h>

#include "src/base/scope.h"
#include "src/codec/tlv.h"
#include "tools/vcard/piv.h"

enum {
	P1_DATA = 0x3f,
	P2_DATA = 0xff,
	TAG_LIST = 0x5c,
	TAG_DATA = 0x53,
	TAG_DISCOVERY = 0x7e,
	TAG_BIOMETRY = 0x7f61,
	YUBICO_FIRST = 0x5fff00,
	YUBICO_LAST = 0x5fffff,
	YUBICO_ATTESTATION = 0x5fff01,
	YUBICO_MAX = 3063,	/* bytes of any object on such a token */
	RETIRED_FIRST = 0x5fc10d,
	RETIRED_LAST = 0x5fc120,
	CERT_MAX = 3072,	/* at least 1856, SP 800-73-4 part 1 table 7 */
};

typedef enum reading { READ_ALWAYS, READ_PIN } reading;

static const struct row {
	uint32_t first, last;
	reading reading;
	size_t max;
} rows[] = {
	{ 0x5fc101, 0x5fc101, READ_ALWAYS, CERT_MAX },	/* certificate 9E */
	{ 0x5fc102, 0x5fc102, READ_ALWAYS, 3377 },	/* CHUID */
	{ 0x5fc103, 0x5fc103, READ_PIN, 4006 },		/* fingerprints */
	{ 0x5fc105, 0x5fc105, READ_ALWAYS, CERT_MAX },	/* certificate 9A */
	{ 0x5fc106, 0x5fc106, READ_ALWAYS, 1336 },	/* security object */
	{ 0x5fc107, 0x5fc107, READ_ALWAYS, 300 },	/* CCC */
	{ 0x5fc108, 0x5fc108, READ_PIN, 12710 },	/* facial image */
	{ 0x5fc109, 0x5fc109, READ_PIN, 256 },		/* printed information */
	{ 0x5fc10a, 0x5fc10b, READ_ALWAYS, CERT_MAX },	/* certificates 9C, 9D */
	{ 0x5fc10c, 0x5fc10c, READ_ALWAYS, 256 },	/* Key History */
	{ RETIRED_FIRST, RETIRED_LAST, READ_ALWAYS, CERT_MAX },
	{ 0x5fc121, 0x5fc121, READ_PIN, 7106 },		/* iris */
	{ 0x5fc122, 0x5fc122, READ_ALWAYS, 2471 },	/* secure messaging signer */
	{ 0x5fc123, 0x5fc123, READ_PIN, 12 },		/* pairing code */
	{ TAG_BIOMETRY, TAG_BIOMETRY, READ_ALWAYS, 65 },
	{ TAG_DISCOVERY, TAG_DISCOVERY, READ_ALWAYS, 19 },
};

/* What every one of these cards says of itself: the name of the application;
 * PIN only, no global PIN (part 1, 3.3.2). */
static const uint8_t discovery[] = {
	0x4f, 0x0b, 0xa0, 0x00, 0x00, 0x03, 0x08, 0x00, 0x00, 0x10, 0x00, 0x01, 0x00,
	0x5f, 0x2f, 0x02, 0x40, 0x00,
};

static const struct row *
row_of(uint32_t tag)
{
	for (size_t i = 0; i < TMG_COUNT(rows); i++)
		if (tag >= rows[i].first && tag <= rows[i].last)
			return &rows[i];
	return NULL;
}

static bool
is_yubico(const vc_profile *profile, uint32_t tag)
{
	return profile->yubikey && tag >= YUBICO_FIRST && tag <= YUBICO_LAST;
}

bool
vc_object_known(const vc_profile *profile, uint32_t tag, size_t len)
{
	const struct row *row = row_of(tag);

	if (profile->yubikey)
		return (row != NULL || is_yubico(profile, tag)) && len <= YUBICO_MAX;
	return row != NULL && len <= row->max;
}

uint32_t
vc_object_of_key(uint8_t ref)
{
	static const struct { uint8_t ref; uint32_t tag; } certs[] = {
		{ PIV_KEY_AUTH, 0x5fc105 }, { PIV_KEY_SIGN, 0x5fc10a },
		{ PIV_KEY_MANAGE, 0x5fc10b }, { PIV_KEY_CARD, 0x5fc101 },
		{ PIV_KEY_ATTEST, YUBICO_ATTESTATION },
	};

	for (size_t i = 0; i < TMG_COUNT(certs); i++)
		if (certs[i].ref == ref)
			return certs[i].tag;
	return ref >= PIV_KEY_RETIRED_FIRST && ref <= PIV_KEY_RETIRED_LAST ?
	    RETIRED_FIRST + (uint32_t)(ref - PIV_KEY_RETIRED_FIRST) : 0;
}

/* ---- the store --------------------------------------------------------------- */
static vc_object *
find(const vc_piv *piv, uint32_t tag)
{
	for (size_t i = 0; i < piv->object_count; i++)
		if (piv->objects[i].tag == tag)
			return (vc_object *)(uintptr_t)&piv->objects[i];
	return NULL;
}

const vc_object *
vc_object_find(const vc_piv *piv, uint32_t tag)
{
	return find(piv, tag);
}

static void
drop(vc_piv *piv, vc_object *o)
{
	free(o->data);
	*o = piv->objects[--piv->object_count];
	piv->objects[piv->object_count] = (vc_object){ 0 };
}

tmg_rc
vc_object_store(vc_piv *piv, uint32_t tag, tmg_view value)
{
	vc_object *o = find(piv, tag);
	uint8_t *copy;

	if (value.len == 0) {
		if (o != NULL)
			drop(piv, o);
		return TMG_OK;
	}
	if (o == NULL && piv->object_count == PIV_OBJECTS)
		return TMG_UNSUPPORTED;
	if ((copy = malloc(value.len)) == NULL)
		return TMG_E_NOMEM;
	memcpy(copy, value.ptr, value.len);
	if (o == NULL)
		o = &piv->objects[piv->object_count++];
	free(o->data);
	*o = (vc_object){ tag, copy, value.len };
	return TMG_OK;
}

void
vc_objects_clear(vc_piv *piv)
{
	while (piv->object_count > 0)
		drop(piv, &piv->objects[piv->object_count - 1]);
}

/* ---- GET DATA ------------------------------------------------------------------ */
/* These two stand for themselves; everything else is wrapped in tag 53. */
static bool
is_bare(uint32_t tag)
{
	return tag == TAG_DISCOVERY || tag == TAG_BIOMETRY;
}

static tmg_rc
tag_of(tmg_view value, uint32_t *tag)
{
	*tag = 0;
	if (value.len < 1 || value.len > 3)
		return TMG_E_MALFORMED;
	for (size_t i = 0; i < value.len; i++)
		*tag = *tag << 8 | value.ptr[i];
	return TMG_OK;
}

uint16_t
vc_object_get(vc_card *card, vc_piv *piv, const vc_command *c, tmg_out *out)
{
	const struct row *row;
	const vc_object *o;
	tmg_view list;
	uint32_t tag;

	if (c->p1 != P1_DATA || c->p2 != P2_DATA)
		return SW_P1P2;
	if (tmg_tlv_find(c->data, TAG_LIST, &list) != TMG_OK || tag_of(list, &tag))
		return SW_DATA;

	row = row_of(tag);
	if (row == NULL && !is_yubico(card->profile, tag))
		return SW_NOT_FOUND;
	if (row != NULL && row->reading == READ_PIN && !piv->session.pin)
		return SW_SECURITY;
	o = find(piv, tag);
	if (o == NULL && tag == TAG_DISCOVERY) {
		tmg_tlv_put(out, tag, TMG_VIEW(discovery));
		return SW_OK;
	}
	if (o == NULL)
		return SW_NOT_FOUND;
	tmg_tlv_put(out, is_bare(tag) ? tag : TAG_DATA, (tmg_view){ o->data, o->len });
	return SW_OK;
}

/* ---- PUT DATA ------------------------------------------------------------------ */
/* 5C tag, 53 value; or 7E / 7F61 and nothing else. */
static tmg_rc
parse_put(tmg_view data, uint32_t *tag, tmg_view *value)
{
	tmg_tlv first, second;
	tmg_rc rc;

	if (tmg_tlv_next(&data, &first) != TMG_OK)
		return TMG_E_MALFORMED;
	if (is_bare(first.tag)) {
		*tag = first.tag;
		*value = first.value;
		return data.len == 0 ? TMG_OK : TMG_E_MALFORMED;
	}
	if (first.tag != TAG_LIST || (rc = tag_of(first.value, tag)) || is_bare(*tag) ||
	    tmg_tlv_next(&data, &second) != TMG_OK || second.tag != TAG_DATA || data.len != 0)
		return TMG_E_MALFORMED;
	*value = second.value;
	return TMG_OK;
}

uint16_t
vc_object_put(vc_card *card, vc_piv *piv, const vc_command *c)
{
	tmg_view value;
	uint32_t tag;

	if (c->p1 != P1_DATA || c->p2 != P2_DATA)
		return SW_P1P2;
	if (!piv->session.admin)
		return SW_SECURITY;
	if (parse_put(c->data, &tag, &value))
		return SW_DATA;
	if (!vc_object_known(card->profile, tag, 0))
		return SW_NOT_FOUND;
	if (!vc_object_known(card->profile, tag, value.len))
		return SW_FULL;
	if (vc_object_store(piv, tag, value))
		return SW_FULL;
	card->dirty = true;
	return SW_OK;
}
