/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the frames of the vcard protocol and of vpcd mean:
 * doc/design/vcard-protocol.md.
 */
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

	BEGIN_SAME = 0x00,
	BEGIN_RESET = 0x01,
	BEGIN_NO_CARD = 0x02,
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
	put_byte(conn, conn->seen_resets == chip->resets ? BEGIN_SAME : BEGIN_RESET);
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
		else if (frame.len > 1)
			transmit(server, conn, frame);
		vc_conn_drop(conn, 2 + frame.len);
	}
}
