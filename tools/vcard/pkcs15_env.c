/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * MANAGE SECURITY ENVIRONMENT: ISO/IEC 7816-4 11.5.  Which key, for what, how.
 */
#include "src/base/scope.h"
#include "tools/vcard/pkcs15.h"

enum {
	MSE_SET = 0x41,		/* for computing, deciphering, internal authentication */
	MSE_RESTORE = 0xf3,

	CRT_AUTH = 0xa4,
	CRT_SIGN = 0xb6,
	CRT_DECIPHER = 0xb8,
	CRT_MAKE = 0x00,	/* in the field: of a key that will be made */

	TAG_ALG = 0x80,
	TAG_FILE = 0x81,
	TAG_KEY_PUBLIC = 0x83,
	TAG_KEY = 0x84,
};

static const struct {
	uint8_t crt;
	p15_use use;
} uses[] = {
	{ CRT_AUTH, P15_USE_AUTH }, { CRT_SIGN, P15_USE_SIGN },
	{ CRT_DECIPHER, P15_USE_DECIPHER }, { CRT_MAKE, P15_USE_MAKE },
};

static p15_use
use_of(uint8_t crt)
{
	for (size_t i = 0; i < TMG_COUNT(uses); i++)
		if (uses[i].crt == crt)
			return uses[i].use;
	return P15_USE_NONE;
}

static const p15_alg *
alg_of(const p15_kind *kind, uint8_t ref)
{
	for (size_t i = 0; i < kind->alg_count; i++)
		if (kind->algs[i].ref == ref)
			return &kind->algs[i];
	return NULL;
}

/* One number, which means what the product's naming says. */
static uint16_t
take_number(const vc_p15 *p15, tmg_view v, p15_session *s)
{
	return v.len == 1 ? p15->kind->naming->by_number(p15, v.ptr[0], s) : SW_DATA;
}

static uint16_t
take_alg(const vc_p15 *p15, tmg_view v, p15_session *s)
{
	if (v.len != 1)
		return SW_DATA;
	s->make = v.ptr[0];
	s->alg = alg_of(p15->kind, v.ptr[0]);
	return s->alg != NULL || s->use == P15_USE_MAKE ? SW_OK : SW_NO_FUNCTION;
}

static uint16_t
take_object(const vc_p15 *p15, const tmg_tlv *t, p15_session *s)
{
	switch (t->tag) {
	case TAG_ALG:
		return take_alg(p15, t->value, s);
	case TAG_FILE:
		return p15->kind->naming->by_file(p15, t->value, s);
	case TAG_KEY:
	case TAG_KEY_PUBLIC:
		return take_number(p15, t->value, s);
	default:
		return SW_DATA;
	}
}

/* What is said replaces all that was said before; what is wrong changes nothing. */
static uint16_t
set(vc_p15 *p15, const vc_command *c)
{
	p15_session next = p15->session;
	tmg_view in = c->data;
	uint16_t sw;
	tmg_tlv t;
	tmg_rc rc;

	next.use = use_of(c->p2);
	next.alg = NULL;
	next.make = 0;
	next.key = FS_NONE;
	next.half_len = next.hash_len = 0;
	if (next.use == P15_USE_NONE)
		return SW_P1P2;
	while ((rc = tmg_tlv_next(&in, &t)) == TMG_OK)
		if ((sw = take_object(p15, &t, &next)) != SW_OK)
			return sw;
	if (rc != TMG_NOT_FOUND || c->data.len == 0)
		return SW_DATA;
	p15->session = next;
	return SW_OK;
}

uint16_t
p15_mse(vc_card *card, vc_p15 *p15, const vc_command *c, tmg_out *out)
{
	(void)card;
	(void)out;
	if (c->p1 == MSE_SET)
		return set(p15, c);
	if (c->p1 != MSE_RESTORE)
		return SW_NO_FUNCTION;
	if (c->data.len != 0)
		return SW_LENGTH;
	p15->session.use = P15_USE_NONE;
	p15->session.key = FS_NONE;
	return SW_OK;
}
