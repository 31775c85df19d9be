/* SPDX-License-Identifier: BSD-2-Clause */
/* A PIN as the card stores it: PinType and padding, 6.8.2. */
#include "drivers/pkcs15/pkcs15.h"

enum {
	ISO9564_CONTROL = 0x20,	/* format 2 */
	ISO9564_BYTES = 8,
	NIBBLE_FILL = 0x0f,
};

static bool
is_digits(tmg_view typed)
{
	for (size_t i = 0; i < typed.len; i++)
		if (typed.ptr[i] < '0' || typed.ptr[i] > '9')
			return false;
	return true;
}

static void
plain(const tmg_p15_pin *pin, tmg_view typed, tmg_out *o)
{
	(void)pin;
	tmg_put(o, typed);
}

/* Two digits a byte; an odd one is filled with the pad character's nibble. */
static void
packed(const tmg_p15_pin *pin, tmg_view typed, tmg_out *o)
{
	for (size_t i = 0; i < typed.len; i += 2)
		tmg_put_u8(o, (uint8_t)((typed.ptr[i] & 0x0f) << 4 |
		    (i + 1 < typed.len ? typed.ptr[i + 1] & 0x0f
		    : pin->pad & 0x0f)));
}

/* One digit a byte, its upper half ones: ISO/IEC 7816-15 8.9. */
static void
halved(const tmg_p15_pin *pin, tmg_view typed, tmg_out *o)
{
	(void)pin;
	for (size_t i = 0; i < typed.len; i++)
		tmg_put_u8(o, (uint8_t)(0xf0 | (typed.ptr[i] & 0x0f)));
}

/* Control and length, digits, ones: ISO 9564-1, format 2. */
static void
banking(const tmg_p15_pin *pin, tmg_view typed, tmg_out *o)
{
	const tmg_p15_pin filled = { .pad = NIBBLE_FILL };

	(void)pin;
	tmg_put_u8(o, (uint8_t)(ISO9564_CONTROL | typed.len));
	packed(&filled, typed, o);
	while (o->len < ISO9564_BYTES)
		tmg_put_u8(o, 0xff);
}

static const struct {
	bool digits;
	size_t most;		/* characters; 0: what the card says */
	void (*put)(const tmg_p15_pin *pin, tmg_view typed, tmg_out *o);
} types[P15_PIN_TYPES] = {
	[P15_PIN_BCD] = { true, 0, packed },
	[P15_PIN_ASCII] = { false, 0, plain },
	[P15_PIN_UTF8] = { false, 0, plain },
	[P15_PIN_HALF_NIBBLE] = { true, 0, halved },
	[P15_PIN_ISO9564] = { true, 12, banking },
};

tmg_rc
tmg_p15_pin_encode(const tmg_p15_pin *pin, tmg_view typed, tmg_secret *sent)
{
	tmg_out o = tmg_secret_out(sent);

	if (typed.len == 0 || typed.len > pin->max ||
	    (types[pin->type].digits && !is_digits(typed)) ||
	    (types[pin->type].most > 0 && typed.len > types[pin->type].most))
		return TMG_PIN_WRONG;
	types[pin->type].put(pin, typed, &o);
	while ((pin->flags & P15_PIN_PADDED) != 0 && o.len < pin->stored)
		tmg_put_u8(&o, pin->pad);
	return tmg_secret_took(sent, &o) ? TMG_PIN_WRONG : TMG_OK;
}
