/* SPDX-License-Identifier: BSD-2-Clause */
/* What the card is called, and what it can do: TokenInfo. */
#include "drivers/pkcs15/write.h"

#include <stdio.h>

#include "src/codec/hex.h"

enum {
	SERIAL_SHOWN = 8,	/* characters of the serial number in the label */
	CHALLENGE = 64,		/* bytes of one GET CHALLENGE, which most give, */
	LEAST = 8,		/* and which all give */
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

/* One GET CHALLENGE of so many bytes, of which n at most are wanted. */
static tmg_rc
challenge(tmg_p15 *p, size_t part, size_t n, tmg_out *bytes, uint16_t *sw)
{
	uint8_t some[CHALLENGE];
	tmg_out answer = TMG_OUT(some);
	tmg_rc rc;

	if ((rc = tmg_p15_send(p, &(tmg_capdu){ .ins = INS_GET_CHALLENGE,
	    .le = (uint32_t)part }, &answer, sw)))
		return rc;
	if (*sw != TMG_SW_OK || answer.len == 0 || answer.len > part)
		return TMG_UNSUPPORTED;
	tmg_put(bytes, (tmg_view){ some, n < answer.len ? n : answer.len });
	return tmg_out_done(bytes);
}

/* Cards that give no more than what an authentication takes give that many times. */
tmg_rc
tmg_p15_random(tmg_backend *b, size_t n, tmg_out *bytes)
{
	tmg_p15 *p = tmg_p15_of(b);
	const size_t end = bytes->len + n;
	size_t most = CHALLENGE;
	uint16_t sw = 0;
	tmg_rc rc;

	if ((rc = tmg_p15_ready(p, false)) || (rc = tmg_p15_learn_info(p)))
		return rc;
	if (p->profile->challenge > 0)
		most = p->profile->challenge;
	while (bytes->len < end) {
		const size_t left = end - bytes->len;
		const size_t part = left < most && most != LEAST ? left : most;

		rc = challenge(p, part, left, bytes, &sw);
		if (rc == TMG_UNSUPPORTED && sw == TMG_SW_LENGTH && most != LEAST)
			most = LEAST;
		else if (rc == TMG_UNSUPPORTED)
			return p15_raise(p, rc, sw,
			    _("%s: the card gives no random numbers"), p->who);
		else if (rc)
			return p15_pass(p, rc);
	}
	return TMG_OK;
}
