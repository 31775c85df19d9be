/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The answer to reset: ISO/IEC 7816-3 8.2, historical bytes of ISO/IEC 7816-4
 * 12.1.1.
 */
#include "tools/vcard/chip.h"

enum {
	TS_DIRECT = 0x3b,
	CATEGORY_COMPACT_TLV = 0x80,
	CAPABILITIES_3 = 0x73,		/* compact tag 7, three bytes */
	SELECT_BY_NAME = 0xc0,		/* full and partial DF name */
	WRITE_BYTEWISE = 0x21,		/* data coding byte, as YubiKeys have it */
	CAN_CHAIN = 0x80,
	CAN_EXTEND = 0x40,
	ISSUER_DATA = 0x50,		/* compact tag 5 */
};

static uint8_t
xor_of(tmg_view v)
{
	uint8_t sum = 0;

	for (size_t i = 0; i < v.len; i++)
		sum ^= v.ptr[i];
	return sum;
}

static const vc_app *
only_app(const vc_profile *profile)
{
	for (unsigned i = 0; i < VC_APPS; i++)
		if (profile->apps == VC_APP_BIT(i))
			return vc_apps[i];
	return NULL;
}

static void
put_capabilities(const vc_profile *profile, tmg_out *out)
{
	tmg_put_u8(out, CAPABILITIES_3);
	tmg_put_u8(out, SELECT_BY_NAME);
	tmg_put_u8(out, WRITE_BYTEWISE);
	tmg_put_u8(out, profile->extended ? CAN_CHAIN | CAN_EXTEND : CAN_CHAIN);
}

static void
put_historical(const vc_profile *profile, tmg_out *out)
{
	const char *name = profile->yubikey ? "YubiKey" : "tamga";
	const vc_app *alone = only_app(profile);

	if (alone != NULL)
		alone->code->historical(profile, out);
	if (out->len > 0)
		return;
	tmg_put_u8(out, CATEGORY_COMPACT_TLV);
	if (alone != NULL && alone->historical_len > 0) {
		tmg_put(out, (tmg_view){ alone->historical, alone->historical_len });
		put_capabilities(profile, out);
		return;
	}
	put_capabilities(profile, out);
	tmg_put_u8(out, (uint8_t)(ISSUER_DATA | strlen(name)));
	tmg_put_str(out, name);
}

void
vc_atr_make(const vc_profile *profile, tmg_out *atr)
{
	/* TA1, no guard time, T=1 twice, IFSC 254, waiting times */
	static const uint8_t t1[] = { 0x13, 0x00, 0x00, 0x81, 0x31, 0xfe, 0x15 };
	uint8_t bytes[15];
	tmg_out historical = TMG_OUT(bytes);
	const size_t start = atr->len + 1;
	const vc_app *alone = only_app(profile);

	if (alone != NULL && alone->atr_len > 0 && !profile->t0) {
		tmg_put(atr, (tmg_view){ alone->atr, alone->atr_len });
		return;
	}

	put_historical(profile, &historical);
	tmg_put_u8(atr, TS_DIRECT);
	if (profile->t0) {	/* no interface byte: T=0 alone, and no check byte */
		tmg_put_u8(atr, (uint8_t)historical.len);
		tmg_put(atr, tmg_out_view(&historical));
		return;
	}
	tmg_put_u8(atr, (uint8_t)(0xf0 | historical.len));
	tmg_put(atr, TMG_VIEW(t1));
	tmg_put(atr, tmg_out_view(&historical));
	tmg_put_u8(atr, xor_of((tmg_view){ atr->ptr + start, atr->len - start }));
}

static unsigned
bits_of(uint8_t half)
{
	return (half & 1u) + (half >> 1 & 1u) + (half >> 2 & 1u) + (half >> 3 & 1u);
}

bool
vc_atr_sound(tmg_view atr)
{
	size_t at = 1, historical;
	bool check = false;
	uint8_t t;

	if (atr.len < 2 || atr.len > TMG_ATR_MAX || (atr.ptr[0] != TS_DIRECT && atr.ptr[0] != 0x3f))
		return false;
	historical = atr.ptr[1] & 0x0f;
	t = atr.ptr[at++];
	for (;;) {
		const unsigned present = bits_of(t >> 4);

		if (at + present > atr.len)
			return false;
		at += present;
		if ((t & 0x80) == 0)
			break;
		t = atr.ptr[at - 1];	/* TDi */
		check = check || (t & 0x0f) != 0;
	}
	if (atr.len != at + historical + (check ? 1 : 0))
		return false;
	return !check || xor_of((tmg_view){ atr.ptr + 1, atr.len - 1 }) == 0;
}
