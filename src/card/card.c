/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/card/trace.h"
#include "src/card/turn.h"
#include "src/codec/atr.h"
#include "src/iso/apdu.h"
#include "src/iso/flow.h"
#include "src/iso/sw.h"

enum {
	INS_SELECT = 0xa4,
	P1_BY_NAME = 0x04,	/* ISO/IEC 7816-4:2005 7.1.1, table 39 */
};

struct tmg_card {
	tmg_channel ch;		/* its fault is the card's */
	tmg_link *link;
	unsigned turns;		/* held now, nested */
	tmg_trace_rule rule;	/* of the command that is under way */
	tmg_rc carried;		/* what the link said in it */
	unsigned answers;	/* to its parts, so far */
	tmg_flow flow;
};

static tmg_card *
of(tmg_channel *ch)
{
	return (tmg_card *)ch;
}

/* Whatever was selected or unlocked is not any more. */
static void
forget(tmg_card *card)
{
	card->ch.epoch++;
	card->ch.aid_len = 0;
	card->ch.unlocked = false;
}

/* The link may have found another card state, and so another ATR. */
static void
look_at_link(tmg_card *card)
{
	const tmg_link *link = card->link;
	tmg_atr atr;

	memcpy(card->ch.atr, link->atr, link->atr_len);
	card->ch.atr_len = link->atr_len;
	card->flow.protocol = link->protocol;
	card->flow.longest = link->longest;
	card->flow.extended = tmg_atr_parse(
	    (tmg_view){ link->atr, link->atr_len }, &atr) == TMG_OK &&
	    atr.extended;
	card->ch.extended = tmg_flow_extends(&card->flow);
	card->ch.keypad = link->keypad;
}

/* What the link said, with its words and what it means for the channel. */
static tmg_rc
from_link(tmg_card *card, tmg_rc rc)
{
	if (rc == TMG_RESET || rc == TMG_REMOVED)
		forget(card);
	if (rc == TMG_RESET)
		look_at_link(card);
	/* Of a command in parts the first that is answered may do something. */
	card->ch.unheard = rc == TMG_RESET && card->answers == 0 &&
	    card->link->unheard;
	return tmg_fault_copy(&card->ch.fault, &card->link->fault, rc);
}

static tmg_rc
begin(tmg_channel *ch)
{
	tmg_card *card = of(ch);
	tmg_rc rc;

	if (card->turns == 0) {
		rc = card->link->ops->begin(card->link);
		/* A reset between turns is no surprise: epoch tells. */
		if (rc != TMG_OK && from_link(card, rc) != TMG_RESET)
			return tmg_pass(&ch->fault, rc);
		ch->keypad = card->link->keypad;
		ch->turn++;
	}
	card->turns++;
	return TMG_OK;
}

static void
end(tmg_channel *ch)
{
	tmg_card *card = of(ch);

	if (card->turns > 0 && --card->turns == 0)
		card->link->ops->end(card->link);
}

/* One APDU there and back. */
static tmg_rc
carry(void *arg, tmg_view command, tmg_out *response)
{
	tmg_card *card = arg;
	tmg_channel *ch = &card->ch;
	tmg_rc rc;

	tmg_trace_command(ch->ctx, ch->reader, card->rule, command);
	ch->apdus++;
	rc = card->link->ops->transmit(card->link, command, response);
	card->answers += rc == TMG_OK;
	if (rc == TMG_OK)
		tmg_trace_response(ch->ctx, ch->reader, card->rule,
		    tmg_out_view(response));
	else if (ch->ctx != NULL)
		tmg_log(ch->ctx, TMG_LOG_TRACE, "%s < %s", ch->reader,
		    tmg_rc_name(rc));
	card->carried = rc;
	return rc;
}

/* A refused SELECT leaves cards in different states: nothing is remembered. */
static void
note_select(tmg_channel *ch, const tmg_capdu *c, uint16_t sw)
{
	if (c->ins != INS_SELECT || c->p1 != P1_BY_NAME)
		return;
	ch->aid_len = 0;
	if (sw != TMG_SW_OK || c->data.len > sizeof(ch->aid))
		return;
	if (c->data.len > 0)
		memcpy(ch->aid, c->data.ptr, c->data.len);
	ch->aid_len = c->data.len;
}

/* What the flow itself found wrong, in words. */
static tmg_rc
from_flow(tmg_card *card, tmg_rc rc, const tmg_capdu *c, uint16_t sw)
{
	tmg_channel *ch = &card->ch;

	if (card->carried != TMG_OK)
		return from_link(card, card->carried);
	if (rc == TMG_E_MALFORMED)
		return tmg_raise(&ch->fault, rc, sw,
		    _("%s: the card's answer to command %02X breaks ISO/IEC "
		    "7816-4 (status word %04X); the card or reader may be "
		    "faulty"), ch->reader, c->ins, sw);
	if (rc == TMG_E_SPACE)
		return tmg_raise(&ch->fault, rc, sw,
		    _("%s: the card's answer to command %02X is longer than "
		    "expected"), ch->reader, c->ins);
	return tmg_raise(&ch->fault, rc, sw, "command %02X: %s", c->ins,
	    tmg_rc_name(rc));
}

static tmg_rc
exchange(tmg_channel *ch, const tmg_capdu *c, tmg_out *data, uint16_t *sw)
{
	tmg_card *card = of(ch);
	tmg_rc rc;

	*sw = 0;
	if (card->turns == 0)
		return tmg_raise(&ch->fault, TMG_E_USAGE, 0,
		    "command %02X outside a turn", c->ins);

	card->rule = tmg_trace_rule_for(c);
	card->carried = TMG_OK;
	card->answers = 0;
	card->flow.extended = ch->extended;
	rc = tmg_flow_run(&card->flow, c, data, sw);
	if (rc != TMG_OK)
		return from_flow(card, rc, c, *sw);

	note_select(ch, c, *sw);
	return TMG_OK;
}

/* A short command without an answer is one APDU and needs no flow: what comes
 * back is a status word. */
static tmg_rc
carry_typed(tmg_card *card, const tmg_pad_form *form, tmg_view command,
    uint16_t *sw)
{
	uint8_t bytes[TMG_APDU_SHORT];
	tmg_out response = TMG_OUT(bytes);
	tmg_view data;
	tmg_rc rc;

	card->ch.apdus++;
	rc = card->link->ops->enter(card->link, form, command, &response);
	card->answers += rc == TMG_OK;
	card->carried = rc;
	if (rc != TMG_OK)
		return rc;
	return tmg_rapdu_split(tmg_out_view(&response), &data, sw);
}

static tmg_rc
enter(tmg_channel *ch, const tmg_capdu *c, const tmg_pad_form *form, uint16_t *sw)
{
	tmg_card *card = of(ch);
	uint8_t bytes[TMG_APDU_SHORT];
	tmg_out command = TMG_OUT(bytes);
	tmg_rc rc;

	*sw = 0;
	card->carried = TMG_OK;
	card->answers = 0;
	if (card->turns == 0 || c->le != TMG_LE_NONE ||
	    tmg_capdu_encode(c, TMG_APDU_T1, &command))
		return tmg_raise(&ch->fault, TMG_E_USAGE, 0,
		    "command %02X with a keypad", c->ins);
	tmg_trace_typed(ch->ctx, ch->reader, tmg_out_view(&command));
	rc = carry_typed(card, form, tmg_out_view(&command), sw);
	tmg_trace_status(ch->ctx, ch->reader, rc, *sw);
	return rc != TMG_OK ? from_flow(card, rc, c, *sw) : TMG_OK;
}

static const tmg_channel_ops ops = {
	.begin = begin,
	.end = end,
	.exchange = exchange,
	.enter = enter,
};

tmg_rc
tmg_card_open(tmg_hub *hub, const char *reader, tmg_card **out)
{
	tmg_card *card = calloc(1, sizeof(*card));
	tmg_rc rc;

	*out = NULL;
	if (card == NULL)
		return tmg_raise(&hub->fault, TMG_E_NOMEM, 0,
		    _("out of memory"));
	if ((rc = hub->ops->connect(hub, reader, &card->link))) {
		free(card);
		return tmg_pass(&hub->fault, rc);
	}
	card->ch.ops = &ops;
	card->ch.ctx = hub->ctx;
	memcpy(card->ch.reader, reader,
	    strnlen(reader, sizeof(card->ch.reader) - 1));
	card->flow.transmit = carry;
	card->flow.arg = card;
	look_at_link(card);
	*out = card;
	return TMG_OK;
}

void
tmg_card_free(tmg_card **card)
{
	if (card == NULL || *card == NULL)
		return;
	if ((*card)->turns > 0)
		(*card)->link->ops->end((*card)->link);
	(*card)->link->ops->close((*card)->link, (*card)->ch.unlocked);
	free(*card);
	*card = NULL;
}

tmg_channel *
tmg_card_channel(tmg_card *card)
{
	return &card->ch;
}

tmg_rc
tmg_card_reset(tmg_card *card)
{
	tmg_auto(tmg_turn) turn = { NULL };
	tmg_rc rc;

	if ((rc = tmg_turn_take(&turn, &card->ch)))
		return tmg_pass(&card->ch.fault, rc);
	if ((rc = card->link->ops->reset(card->link)))
		return from_link(card, rc);
	forget(card);
	look_at_link(card);
	return TMG_OK;
}

const tmg_fault *
tmg_card_fault(const tmg_card *card)
{
	return &card->ch.fault;
}
