/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/unit/script.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "src/base/fail.h"
#include "src/base/scope.h"
#include "src/codec/hex.h"

#define LINE_MAX_BYTES 4096u	/* of one command or answer of a script */

static const struct {
	const char *word;
	tmg_rc rc;
} ends[] = {
	{ "removed", TMG_REMOVED },
	{ "reset", TMG_RESET },
	{ "unheard", TMG_RESET },
	{ "io", TMG_E_IO },
	{ "cancelled", TMG_CANCELLED },
	{ "denied", TMG_DENIED },
	{ "unsupported", TMG_UNSUPPORTED },
};

static tmg_script *
of_channel(tmg_channel *ch)
{
	return (tmg_script *)((char *)ch - offsetof(tmg_script, channel));
}

static tmg_script *
of_link(tmg_link *link)
{
	return (tmg_script *)((char *)link - offsetof(tmg_script, link));
}

static tmg_script *
of_hub(tmg_hub *hub)
{
	return (tmg_script *)((char *)hub - offsetof(tmg_script, hub));
}

static tmg_out
parse(const char *text, size_t len, uint8_t *store)
{
	tmg_out out = { store, LINE_MAX_BYTES, 0, false };

	if (tmg_hex_parse((tmg_view){ (const uint8_t *)text, len }, &out))
		fail_msg("script: \"%s\" is not hexadecimal", text);
	return out;
}

/* Compares and steps on; the row that was played. */
static const tmg_script_row *
expect(tmg_script *s, tmg_view got)
{
	const tmg_script_row *row = &s->rows[s->at];
	uint8_t store[LINE_MAX_BYTES];
	char text[2 * LINE_MAX_BYTES + 1];
	const char *star;
	tmg_out want;

	tmg_hex_text(text, sizeof(text), got);
	if (row->command == NULL)
		fail_msg("script: after the last row came %s", text);

	star = strchr(row->command, '*');
	want = parse(row->command,
	    star != NULL ? (size_t)(star - row->command) : strlen(row->command),
	    store);
	if (star != NULL && got.len > want.len)
		got.len = want.len;
	if (!tmg_view_equal(got, tmg_out_view(&want)))
		fail_msg("script: row %zu wants %s, got %s", s->at, row->command,
		    text);
	s->at++;
	return row;
}

static tmg_rc
play(tmg_script *s, tmg_view command, tmg_out *response)
{
	const tmg_script_row *row = expect(s, command);
	uint8_t store[LINE_MAX_BYTES];
	tmg_out out;

	if (row->answer != NULL) {
		row->answer(s->arg, command, response);
		return tmg_out_done(response);
	}
	s->link.unheard = strcmp(row->response, "unheard") == 0;
	for (size_t i = 0; i < TMG_COUNT(ends); i++)
		if (strcmp(row->response, ends[i].word) == 0)
			return ends[i].rc;
	out = parse(row->response, strlen(row->response), store);
	tmg_put(response, tmg_out_view(&out));
	return tmg_out_done(response);
}

/* ---- as a channel -------------------------------------------------------- */

static tmg_rc
channel_begin(tmg_channel *ch)
{
	of_channel(ch)->turns++;
	of_channel(ch)->turns_taken++;
	return TMG_OK;
}

static void
channel_end(tmg_channel *ch)
{
	if (of_channel(ch)->turns == 0)
		fail_msg("script: a turn is given back that nobody took");
	of_channel(ch)->turns--;
}

static void
lost(tmg_channel *ch)
{
	ch->epoch++;
	ch->aid_len = 0;
	ch->unlocked = false;
}

/* As the card floor does: a successful SELECT by name is remembered. */
static void
note_select(tmg_channel *ch, const tmg_capdu *c, uint16_t sw)
{
	if (c->ins != 0xa4 || c->p1 != 0x04)
		return;
	ch->aid_len = 0;
	if (sw != 0x9000 || c->data.len > sizeof(ch->aid))
		return;
	memcpy(ch->aid, c->data.ptr, c->data.len);
	ch->aid_len = c->data.len;
}

static tmg_rc
channel_exchange(tmg_channel *ch, const tmg_capdu *c, tmg_out *data,
    uint16_t *sw)
{
	const uint8_t head[] = { c->cla, c->ins, c->p1, c->p2 };
	uint8_t command[LINE_MAX_BYTES], answer[LINE_MAX_BYTES];
	tmg_out out = TMG_OUT(command), in = TMG_OUT(answer);
	tmg_rc rc;

	*sw = 0;
	if (of_channel(ch)->turns == 0)
		fail_msg("script: a command outside a turn");
	tmg_put(&out, TMG_VIEW(head));
	tmg_put(&out, c->data);
	ch->apdus++;
	rc = play(of_channel(ch), tmg_out_view(&out), &in);
	ch->unheard = of_channel(ch)->link.unheard;
	if (rc == TMG_RESET || rc == TMG_REMOVED)
		lost(ch);
	if (rc)
		return tmg_raise(&ch->fault, rc, 0, "script: %s",
		    tmg_rc_name(rc));
	if (in.len < 2)
		return tmg_raise(&ch->fault, TMG_E_MALFORMED, 0, "script: short");

	*sw = (uint16_t)(answer[in.len - 2] << 8 | answer[in.len - 1]);
	note_select(ch, c, *sw);
	if (data != NULL)
		tmg_put(data, (tmg_view){ answer, in.len - 2 });
	return data != NULL ? tmg_out_done(data) : TMG_OK;
}

/* As a command, with the form before it: see script.h. */
static void
put_form(const tmg_pad_form *form, tmg_out *out)
{
	const uint8_t head[] = { 'P', 'A', 'D', (uint8_t)form->change,
	    (uint8_t)form->block, (uint8_t)form->old_at, (uint8_t)form->new_at,
	    (uint8_t)form->min, (uint8_t)form->max };

	tmg_put(out, TMG_VIEW(head));
}

static tmg_rc
channel_enter(tmg_channel *ch, const tmg_capdu *c, const tmg_pad_form *form,
    uint16_t *sw)
{
	uint8_t bytes[LINE_MAX_BYTES];
	tmg_out out = TMG_OUT(bytes);
	tmg_capdu with = *c;

	put_form(form, &out);
	tmg_put(&out, c->data);
	with.data = tmg_out_view(&out);
	return channel_exchange(ch, &with, NULL, sw);
}

static const tmg_channel_ops channel_ops = {
	.begin = channel_begin,
	.end = channel_end,
	.exchange = channel_exchange,
	.enter = channel_enter,
};

/* ---- as a link ----------------------------------------------------------- */

static tmg_rc
link_begin(tmg_link *link)
{
	tmg_script *s = of_link(link);
	const tmg_rc rc = s->next_begin;

	s->next_begin = TMG_OK;
	if (rc == TMG_OK || rc == TMG_RESET) {
		s->turns++;
		s->turns_taken++;
	}
	return rc != TMG_OK ? tmg_raise(&link->fault, rc, 0, "script: begin")
	    : TMG_OK;
}

static void
link_end(tmg_link *link)
{
	if (of_link(link)->turns == 0)
		fail_msg("script: a turn is given back that nobody took");
	of_link(link)->turns--;
}

static tmg_rc
link_transmit(tmg_link *link, tmg_view command, tmg_out *response)
{
	tmg_rc rc;

	if (of_link(link)->turns == 0)
		fail_msg("script: a command outside a turn");
	rc = play(of_link(link), command, response);
	return rc ? tmg_raise(&link->fault, rc, 0, "script: %s", tmg_rc_name(rc))
	    : TMG_OK;
}

static tmg_rc
link_enter(tmg_link *link, const tmg_pad_form *form, tmg_view command,
    tmg_out *response)
{
	uint8_t bytes[LINE_MAX_BYTES];
	tmg_out out = TMG_OUT(bytes);

	put_form(form, &out);
	tmg_put(&out, command);
	return link_transmit(link, tmg_out_view(&out), response);
}

static tmg_rc
link_reset(tmg_link *link)
{
	tmg_script *s = of_link(link);
	const char *due = s->rows[s->at].command;

	if (due == NULL || strcmp(due, "reset") != 0)
		fail_msg("script: row %zu is not a reset", s->at);
	s->at++;
	return TMG_OK;
}

static void
link_close(tmg_link *link, bool reset)
{
	of_link(link)->links--;
	of_link(link)->closed_with_reset = reset;
}

static const tmg_link_ops link_ops = {
	.begin = link_begin,
	.end = link_end,
	.transmit = link_transmit,
	.enter = link_enter,
	.reset = link_reset,
	.close = link_close,
};

/* ---- as a hub ------------------------------------------------------------ */

static tmg_rc
hub_list(tmg_hub *hub, tmg_reader_state *rows, size_t cap, size_t *count)
{
	const tmg_script *s = of_hub(hub);

	*count = 1;
	if (cap == 0)
		return TMG_OK;
	rows[0] = (tmg_reader_state){
		.name = TMG_SCRIPT_READER,
		.scheme = "script",
		.presence = TMG_PRESENT,
		.atr_len = s->link.atr_len,
	};
	memcpy(rows[0].atr, s->link.atr, s->link.atr_len);
	return TMG_OK;
}

static tmg_rc
hub_wait(tmg_hub *hub, int timeout_ms)
{
	(void)hub;
	(void)timeout_ms;
	return TMG_PENDING;
}

static void
hub_cancel(tmg_hub *hub)
{
	(void)hub;
}

static tmg_rc
hub_connect(tmg_hub *hub, const char *reader, tmg_link **link)
{
	tmg_script *s = of_hub(hub);

	*link = NULL;
	if (strcmp(reader, TMG_SCRIPT_READER) != 0)
		return tmg_raise(&hub->fault, TMG_NOT_FOUND, 0,
		    "script: no reader \"%s\"", reader);
	s->links++;
	*link = &s->link;
	return TMG_OK;
}

static void
hub_close(tmg_hub *hub)
{
	if (of_hub(hub)->links != 0)
		fail_msg("script: the hub is closed before its links");
}

static const tmg_hub_ops hub_ops = {
	.scheme = "script",
	.list = hub_list,
	.wait = hub_wait,
	.cancel = hub_cancel,
	.connect = hub_connect,
	.close = hub_close,
};

void
tmg_script_init(tmg_script *s, tmg_ctx *ctx, const tmg_script_row *rows)
{
	static const uint8_t atr[] = { 0x3b, 0x80, 0x80, 0x01, 0x01 };

	*s = (tmg_script){
		.channel = { .ops = &channel_ops, .ctx = ctx,
		    .reader = TMG_SCRIPT_READER, .atr_len = sizeof(atr) },
		.link = { .ops = &link_ops, .atr_len = sizeof(atr),
		    .protocol = 1, .longest = 261 },
		.hub = { .ops = &hub_ops, .ctx = ctx },
		.rows = rows,
	};
	memcpy(s->channel.atr, atr, sizeof(atr));
	memcpy(s->link.atr, atr, sizeof(atr));
}

tmg_channel *
tmg_script_channel(tmg_script *s)
{
	return &s->channel;
}

tmg_hub *
tmg_script_hub(tmg_script *s)
{
	return &s->hub;
}

void
tmg_script_done(tmg_script *s)
{
	if (s->rows[s->at].command != NULL)
		fail_msg("script: row %zu was not played: %s", s->at,
		    s->rows[s->at].command);
	if (s->turns != 0)
		fail_msg("script: %u turns are still held", s->turns);
}
