/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the frames of the vcard protocol and of vpcd mean:
 * doc/design/vcard-protocol.md.
 */
#include <openssl/crypto.h>

#include "src/base/clock.h"
#include "src/base/scope.h"
#include "tools/vcard/server.h"

enum {
	CTRL_OFF = 0x00,
	CTRL_ON = 0x01,
	CTRL_RESET = 0x02,
	CTRL_ATR = 0x04,
	CTRL_BEGIN = 0x10,
	CTRL_END = 0x11,
	CTRL_WAIT = 0x12,
	CTRL_ENTER = 0x20,
	CTRL_CHANGE = 0x21,

	BEGIN_SAME = 0x00,
	BEGIN_RESET = 0x01,
	BEGIN_NO_CARD = 0x02,
	BEGIN_KEYPAD = 0x10,	/* beside the first two */

	MS = 1000,
};

static void
put_byte(vc_conn *conn, uint8_t b)
{
	vc_conn_put_frame(conn, (tmg_view){ &b, 1 });
}

/* Whoever resets the card himself need not be told of it. */
static void
power(vc_server *server, vc_conn *conn)
{
	vc_chip_reset(server->chip);
	if (server->turn == conn)
		conn->seen_resets = server->chip->resets;
}

static void
send_atr(vc_server *server, vc_conn *conn)
{
	const vc_profile *profile = server->chip->card.profile;

	if (server->chip->inserted)
		vc_conn_put_frame(conn, (tmg_view){ profile->atr, profile->atr_len });
	else
		vc_server_no_answer(server, conn);
}

static void
begin(vc_server *server, vc_conn *conn)
{
	const vc_chip *chip = server->chip;

	if (!chip->inserted) {
		if (server->turn == conn)
			server->turn = NULL;
		put_byte(conn, BEGIN_NO_CARD);
		return;
	}
	put_byte(conn, (uint8_t)((conn->seen_resets == chip->resets ? BEGIN_SAME
	    : BEGIN_RESET) | (server->keypad.there ? BEGIN_KEYPAD : 0)));
	conn->seen_resets = chip->resets;
	server->turn = conn;
}

static void
end(vc_server *server, vc_conn *conn)
{
	if (server->turn == conn)
		server->turn = NULL;
}

static void
wait_for_change(vc_server *server, vc_conn *conn)
{
	(void)server;
	conn->waiting = true;	/* the loop tells */
}

static void
enter(vc_server *server, vc_conn *conn)
{
	(void)server;
	conn->entering = CTRL_ENTER;
}

static void
change(vc_server *server, vc_conn *conn)
{
	(void)server;
	conn->entering = CTRL_CHANGE;
}

/* queued: not while somebody else has the card */
static const struct control {
	uint8_t byte;
	bool queued;
	void (*obey)(vc_server *server, vc_conn *conn);
} controls[] = {
	{ CTRL_OFF, true, power },
	{ CTRL_ON, true, power },
	{ CTRL_RESET, true, power },
	{ CTRL_ATR, false, send_atr },
	{ CTRL_BEGIN, true, begin },
	{ CTRL_END, false, end },
	{ CTRL_WAIT, false, wait_for_change },
	{ CTRL_ENTER, true, enter },
	{ CTRL_CHANGE, true, change },
};

static const struct control *
control_of(tmg_view frame)
{
	for (size_t i = 0; i < TMG_COUNT(controls); i++)
		if (frame.len == 1 && frame.ptr[0] == controls[i].byte)
			return &controls[i];
	return NULL;
}

/* A card that was reset behind the back of whoever has the turn does not
 * answer him before he begins again. */
static bool
is_stale(const vc_server *server, const vc_conn *conn)
{
	return server->turn == conn && conn->seen_resets != server->chip->resets;
}

static void
transmit(vc_server *server, vc_conn *conn, tmg_view apdu)
{
	vc_answer *a = &server->answer;

	a->len = 0;
	if (!is_stale(server, conn))
		vc_chip_transmit(server->chip, apdu, a);
	if (a->len == 0) {
		vc_server_no_answer(server, conn);
		return;
	}
	if (a->delay_ms > 0) {
		conn->held_from = conn->out_len;
		conn->held_ms = tmg_now_ms() + a->delay_ms;
		server->busy = conn;
	}
	vc_conn_put_frame(conn, (tmg_view){ a->bytes, a->len });
}

/* ---- typed on the keypad ------------------------------------------------- */

static void
put_sw(vc_conn *conn, uint16_t sw)
{
	const uint8_t bytes[2] = { (uint8_t)(sw >> 8), (uint8_t)(sw & 0xff) };

	vc_conn_put_frame(conn, TMG_VIEW(bytes));
}

/* TMG_PENDING: more must be typed. */
static tmg_rc
try_entry(vc_server *server, vc_conn *conn, bool changes, tmg_view told)
{
	uint8_t bytes[VC_TYPED_MAX];
	tmg_out command = TMG_OUT(bytes);
	uint16_t sw;
	const tmg_rc rc = vc_keypad_run(&server->keypad, changes, told, &command,
	    &sw);

	if (rc == TMG_OK && sw != 0)
		put_sw(conn, sw);
	else if (rc == TMG_OK)
		transmit(server, conn, tmg_out_view(&command));
	OPENSSL_cleanse(bytes, sizeof(bytes));
	return rc;
}

/* The answer to who does not type in time lies ready from the start. */
static void
wait_for_keys(vc_server *server, vc_conn *conn, bool changes, tmg_view told)
{
	vc_keypad *pad = &server->keypad;

	memcpy(pad->told, told.ptr, told.len);
	pad->told_len = told.len;
	pad->change = changes;
	pad->open = true;
	conn->held_from = conn->out_len;
	conn->held_ms = tmg_now_ms() + vc_keypad_seconds(told) * MS;
	server->busy = conn;
	put_sw(conn, 0x6400);
}

static void
begin_entry(vc_server *server, vc_conn *conn, tmg_view told)
{
	const bool changes = conn->entering == CTRL_CHANGE;

	conn->entering = 0;
	if (!server->keypad.there || told.len > sizeof(server->keypad.told))
		put_sw(conn, 0x6b80);
	else if (is_stale(server, conn) || !server->chip->inserted)
		vc_server_no_answer(server, conn);
	else if (try_entry(server, conn, changes, told) == TMG_PENDING)
		wait_for_keys(server, conn, changes, told);
}

void
vc_server_typed(vc_server *server)
{
	vc_keypad *pad = &server->keypad;
	vc_conn *conn = server->busy;
	const size_t held_to = conn != NULL ? conn->out_len : 0;

	if (!pad->open)
		return;
	conn->out_len = conn->held_from;
	conn->held_ms = 0;
	server->busy = NULL;
	if (try_entry(server, conn, pad->change, (tmg_view){ pad->told,
	    pad->told_len }) == TMG_OK) {
		vc_keypad_close(pad);
		return;
	}
	conn->out_len = held_to;
	conn->held_ms = tmg_now_ms() + vc_keypad_seconds((tmg_view){ pad->told,
	    pad->told_len }) * MS;
	server->busy = conn;
}

static bool
must_wait(const vc_server *server, const vc_conn *conn, const struct control *control)
{
	if (conn->held_ms != 0)
		return true;
	if (control != NULL && !control->queued)
		return false;
	return server->busy != NULL || (server->turn != NULL && server->turn != conn);
}

void
vc_server_frames(vc_server *server, vc_conn *conn)
{
	tmg_view frame;

	while (vc_conn_frame(conn, &frame) == TMG_OK) {
		const struct control *control = control_of(frame);

		if (must_wait(server, conn, control))
			return;
		if (control != NULL)
			control->obey(server, conn);
		else if (conn->entering != 0)
			begin_entry(server, conn, frame);
		else if (frame.len > 1)
			transmit(server, conn, frame);
		vc_conn_drop(conn, 2 + frame.len);
	}
}
