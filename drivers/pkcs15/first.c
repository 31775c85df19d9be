/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What stands in the files of a card that tamga begins: EF.DIR (5.4.1), TokenInfo
 * (6.9) and the AODF (6.8), in DER.
 */
#include "drivers/pkcs15/put.h"
#include "drivers/pkcs15/write.h"

enum {
	TAG_APPLICATION = 0x61,
	TAG_AID = 0x4f,
	TAG_LABEL = 0x50,
	TAG_PATH = 0x51,
	TAG_0 = 0x80,		/* label of TokenInfo; pinReference */
	TAG_1 = 0xa1,		/* type attributes */
	FLAG_PRIVATE = 1u << 0,	/* CommonObjectFlags, 6.1.8 */
	FLAG_MODIFIABLE = 1u << 1,
	ROOM = 256,
};

static void
finish(const tmg_der *d, tmg_out *o)
{
	tmg_put(o, tmg_der_view(d));
	o->full |= d->full;
}

void
tmg_p15_dir_put(tmg_out *o, const tmg_p15 *p)
{
	static const uint8_t aid[] = {
		0xa0, 0x00, 0x00, 0x00, 0x63, 'P', 'K', 'C', 'S', '-', '1', '5',
	};
	static const uint8_t path[] = { 0x3f, 0x00, 0x50, 0x15 };
	uint8_t bytes[ROOM];
	tmg_der d = TMG_DER(bytes);

	tmg_p15_put(&d, TAG_PATH, TMG_VIEW(path));
	tmg_p15_put(&d, TAG_LABEL, tmg_view_str(p->profile->model));
	tmg_p15_put(&d, TAG_AID, TMG_VIEW(aid));
	tmg_der_wrap(&d, TAG_APPLICATION, d.cap);
	finish(&d, o);
}

void
tmg_p15_info_put(tmg_out *o, const tmg_p15 *p, tmg_view serial)
{
	const tmg_p15_opening *opening = p->profile->family->opening;
	uint8_t bytes[ROOM];
	tmg_der d = TMG_DER(bytes);

	tmg_p15_put_flags(&d, opening->flags);
	tmg_p15_put(&d, TAG_0, tmg_view_str(p->profile->model));
	tmg_p15_put(&d, P15_DER_UTF8, tmg_view_str(opening->maker));
	tmg_p15_put(&d, P15_DER_OCTETS, serial);
	tmg_p15_put_number(&d, 0);	/* v1 */
	tmg_der_wrap(&d, P15_DER_SEQUENCE, d.cap);
	finish(&d, o);
}

/* ---- the AODF ---------------------------------------------------------------------- */

static const char *const labels[TMG_PIN_KINDS] = {
	[TMG_PIN_USER] = "PIN",
	[TMG_PIN_PUK] = "PUK",
	[TMG_PIN_ADMIN] = "Security Officer PIN",
};

/* PinAttributes, 6.8.2. */
static void
put_attributes(tmg_der *d, const tmg_p15_pin *pin)
{
	const uint8_t type = (uint8_t)pin->type;
	const size_t end = d->at;

	tmg_p15_put(d, P15_DER_OCTETS, (tmg_view){ &pin->pad, 1 });
	/* an INTEGER by another tag */
	if (pin->reference >= 0x80)
		tmg_p15_put(d, TAG_0, (tmg_view){ (const uint8_t[]){ 0,
		    pin->reference }, 2 });
	else
		tmg_p15_put(d, TAG_0, (tmg_view){ &pin->reference, 1 });
	tmg_p15_put_number(d, (unsigned)pin->max);
	tmg_p15_put_number(d, (unsigned)pin->stored);
	tmg_p15_put_number(d, (unsigned)pin->min);
	tmg_p15_put(d, P15_DER_ENUMERATED, (tmg_view){ &type, 1 });
	tmg_p15_put_flags(d, pin->flags);
	tmg_der_wrap(d, P15_DER_SEQUENCE, end);
	tmg_der_wrap(d, TAG_1, end);
}

/* authId of the common attributes names what unblocks it, 6.8.1. */
static void
put_pin(tmg_der *d, const tmg_p15_pin *pin, const char *label)
{
	const size_t end = d->at;
	size_t mark;

	put_attributes(d, pin);
	mark = d->at;
	tmg_p15_put(d, P15_DER_OCTETS, pin->id);
	tmg_der_wrap(d, P15_DER_SEQUENCE, mark);
	mark = d->at;
	if (pin->common.auth.len > 0)
		tmg_p15_put(d, P15_DER_OCTETS, pin->common.auth);
	tmg_p15_put_flags(d, FLAG_PRIVATE | FLAG_MODIFIABLE);
	tmg_p15_put(d, P15_DER_UTF8, tmg_view_str(label));
	tmg_der_wrap(d, P15_DER_SEQUENCE, mark);
	tmg_der_wrap(d, P15_DER_SEQUENCE, end);
}

void
tmg_p15_pins_put(tmg_out *o, const tmg_p15_opening *opening)
{
	uint8_t bytes[ROOM];
	tmg_der d = TMG_DER(bytes);

	for (unsigned kind = TMG_PIN_KINDS; kind-- > 0;)
		if (opening->pins[kind].id.len > 0)
			put_pin(&d, &opening->pins[kind], labels[kind]);
	finish(&d, o);
}
