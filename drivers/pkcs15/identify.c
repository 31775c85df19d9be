/* SPDX-License-Identifier: BSD-2-Clause */
/* What the card is called, and what it can do: TokenInfo. */
#include "drivers/pkcs15/write.h"

#include <stdio.h>

#include "src/codec/hex.h"

enum {
	SERIAL_SHOWN = 8,	/* characters of the serial number in the label */
	CHALLENGE = 64,		/* bytes of one GET CHALLENGE, which all give */
};

/* What a terminal may show: anything else is a blank. */
void
tmg_p15_text(char *to, size_t cap, tmg_view from)
{
	size_t n = 0;

	while (from.len > 0 && (from.ptr[from.len - 1] == ' ' ||
	    from.ptr[from.len - 1] == 0))
		from.len--;
	for (size_t i = 0; i < from.len && n + 1 < cap; i++)
		to[n++] = from.ptr[i] < 0x20 || from.ptr[i] >= 0x7f ? ' '
		    : (char)from.ptr[i];
	to[n] = '\0';
}

/* The label is typed on command lines: without blanks, and with enough of the
 * serial number to tell two cards of one batch apart. */
void
tmg_p15_name(tmg_p15 *p)
{
	const tmg_p15_info *told = &p->content.info;
	tmg_backend_info *info = &p->base.info;
	char label[TMG_LABEL_MAX - SERIAL_SHOWN - 2];
	size_t from;

	tmg_p15_text(label, sizeof(label), told->label);
	for (char *c = label; *c != '\0'; c++)
		*c = *c == ' ' || *c == '/' ? '-' : *c;
	tmg_hex_text(info->serial, sizeof(info->serial), told->serial.len * 2 <
	    sizeof(info->serial) ? told->serial : (tmg_view){ told->serial.ptr,
	    sizeof(info->serial) / 2 - 1 });
	from = strlen(info->serial) > SERIAL_SHOWN
	    ? strlen(info->serial) - SERIAL_SHOWN : 0;
	snprintf(info->label, sizeof(info->label), "%s%s%.*s",
	    label[0] != '\0' ? label : "PKCS15",
	    info->serial[0] != '\0' ? "-" : "", SERIAL_SHOWN, info->serial + from);
	tmg_p15_text(info->manufacturer, sizeof(info->manufacturer),
	    told->manufacturer);
	snprintf(info->model, sizeof(info->model), "%s", p->profile->model);
	snprintf(p->who, sizeof(p->who), _("%s in %s"), info->label,
	    p->base.ch->reader);
}

tmg_rc
tmg_p15_identify(tmg_backend *b)
{
	tmg_p15 *p = tmg_p15_of(b);
	tmg_rc rc;

	if ((rc = tmg_p15_ready(p, false)) || (rc = tmg_p15_learn_info(p)) ||
	    (rc = tmg_p15_learn_pins(p)))
		return rc;
	b->info.pads = p->profile->ways.pads && !tmg_p15_does_raw(p, NULL);
	if (b->info.blank != NULL && tmg_p15_opening_of(p) != NULL)
		b->info.can |= TMG_CAN_BEGIN;
	if (tmg_p15_opening_of(p) != NULL && tmg_p15_opening_of(p)->erase != NULL)
		b->info.can |= TMG_CAN_RESET;
	if (tmg_p15_writes(p)) {
		b->info.can |= TMG_CAN_GENERATE | TMG_CAN_DELETE | TMG_CAN_RETIRED;
		b->info.algs = p->profile->family->algs;
		if (p->profile->family->import != NULL)
			b->info.can |= TMG_CAN_IMPORT;
	}
	if (p->content.info.random)
		b->info.can |= TMG_CAN_RANDOM;
	return TMG_OK;
}

tmg_rc
tmg_p15_random(tmg_backend *b, size_t n, tmg_out *bytes)
{
	tmg_p15 *p = tmg_p15_of(b);
	uint16_t sw;
	tmg_rc rc;

	if ((rc = tmg_p15_ready(p, false)))
		return rc;
	while (n > 0) {
		const size_t part = n < CHALLENGE ? n : CHALLENGE;
		const size_t before = bytes->len;

		if ((rc = tmg_p15_send(p, &(tmg_capdu){ .ins = INS_GET_CHALLENGE,
		    .le = (uint32_t)part }, bytes, &sw)))
			return rc;
		if (sw != TMG_SW_OK || bytes->len - before != part)
			return p15_raise(p, TMG_UNSUPPORTED, sw,
			    _("%s: the card gives no random numbers"), p->who);
		n -= part;
	}
	return TMG_OK;
}
