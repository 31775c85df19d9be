/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Control reference templates (ISO/IEC 7816-4 9.3.4): what a key file's key is for.
 * A cryptographic mechanism is a kind of key in its low half and a padding in its
 * high one.
 */
#include "src/base/scope.h"
#include "tools/vcard/gids.h"

#define CRTS_LEAST 11		/* bytes: one template with all that it must have */

enum {
	TAG_MECHANISM = 0x80,
	TAG_USAGE = 0x95,
	USAGE_WAYS = 0xc0,	/* where P1 of MSE has the same two */
	KIND = 0x0f,
};

static const struct { uint8_t kind; tmg_alg alg; } kinds[] = {
	{ 0x06, TMG_ALG_RSA1024 }, { 0x07, TMG_ALG_RSA2048 }, { 0x08, TMG_ALG_RSA3072 },
	{ 0x09, TMG_ALG_RSA4096 }, { 0x0c, TMG_ALG_P256 }, { 0x0d, TMG_ALG_P384 },
	{ 0x0e, TMG_ALG_P521 },
};

tmg_alg
gids_alg_of(uint8_t mechanism)
{
	for (size_t i = 0; i < TMG_COUNT(kinds); i++)
		if (kinds[i].kind == (mechanism & KIND))
			return kinds[i].alg;
	return TMG_ALG_NONE;
}

uint8_t
gids_kind_of(tmg_alg alg)
{
	for (size_t i = 0; i < TMG_COUNT(kinds); i++)
		if (kinds[i].alg == alg)
			return kinds[i].kind;
	return 0;
}

bool
gids_byte(tmg_view template, uint32_t tag, uint8_t *b)
{
	tmg_view v;

	if (tmg_tlv_find(template, tag, &v) != TMG_OK || v.len != 1)
		return false;
	*b = v.ptr[0];
	return true;
}

bool
gids_crts_sound(tmg_view crts)
{
	uint8_t mechanism;
	tmg_tlv t;
	tmg_rc rc;

	if (crts.len < CRTS_LEAST || crts.len > GIDS_CRTS_MAX)
		return false;
	while ((rc = tmg_tlv_next(&crts, &t)) == TMG_OK)
		if (!gids_byte(t.value, TAG_MECHANISM, &mechanism))
			return false;
	return rc == TMG_NOT_FOUND;
}

/* One that does not say how it may be used may be used in every way. */
static bool
allows(const tmg_tlv *t, uint8_t alg, uint8_t how)
{
	uint8_t mechanism, usage = USAGE_WAYS;
	tmg_view v;

	if (!gids_byte(t->value, TAG_MECHANISM, &mechanism) || mechanism != alg)
		return false;
	if (tmg_tlv_find(t->value, TAG_USAGE, &v) == TMG_OK && v.len == 1)
		usage = v.ptr[0];
	return (~usage & how & USAGE_WAYS) == 0;
}

bool
gids_crts_allow(const gids_key *key, uint8_t tag, uint8_t alg, uint8_t how)
{
	tmg_view crts = { key->crts, key->crts_len };
	tmg_tlv t;

	while (tmg_tlv_next(&crts, &t) == TMG_OK)
		if (t.tag == tag && allows(&t, alg, how))
			return true;
	return false;
}

bool
gids_crts_hold(const gids_key *key, uint8_t kind)
{
	tmg_view crts = { key->crts, key->crts_len };
	uint8_t mechanism;
	tmg_tlv t;

	while (tmg_tlv_next(&crts, &t) == TMG_OK)
		if (gids_byte(t.value, TAG_MECHANISM, &mechanism) && (mechanism & KIND) == kind)
			return true;
	return false;
}
