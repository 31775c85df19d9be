/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The loop: one card, many connections (doc/design/vcard-protocol.md).
 */
#ifndef VCARD_SERVER_H
#define VCARD_SERVER_H

#include "tools/vcard/chip.h"
#include "tools/vcard/conn.h"
#include "tools/vcard/keypad.h"

#define VC_CONNS 64

typedef struct vc_server {
	vc_chip *chip;
	int listen_fd;		/* Unix socket of the vcard reader; -1: none */
	int ctl_fd;		/* control socket; -1: none */
	int signal_fd;		/* SIGTERM and friends */
	const char *vpcd_host;	/* NULL: not joined to vpcd */
	const char *vpcd_port;
	vc_conn vpcd;
	bool vpcd_joined;	/* vpcd is, or was a moment ago, connected */
	int64_t vpcd_next_ms;	/* when to try again */
	vc_conn client[VC_CONNS];
	vc_conn ctl[VC_CONNS];
	vc_conn *turn;		/* who has the card to himself */
	vc_conn *busy;		/* whose command the card is still working on */
	vc_keypad keypad;
	vc_answer answer;
	bool done;
} vc_server;

/* Serves until SIGTERM, SIGINT or SIGHUP.  Faults TMG_E_IO. */
TMG_MUST_USE tmg_rc
vc_server_run(vc_server *server);

/* Everything that can be done to a connection of the vcard protocol. */
void
vc_server_frames(vc_server *server, vc_conn *conn);
/* Somebody typed: whoever waits for it gets his answer. */
void
vc_server_typed(vc_server *server);

/* After a removal: no answer that was still to come will come. */
void
vc_server_cut_short(vc_server *server);

/* The card is gone or mute.  vpcd would wait for ever for the zero bytes of an
 * empty frame (recv() with MSG_WAITALL): it is left instead. */
void
vc_server_no_answer(vc_server *server, vc_conn *conn);

/* ctl.c: obeys the whole lines that came. */
void
vc_ctl_lines(vc_server *server, vc_conn *conn);

/* vpcd.c: joins, joins again, leaves. */
void
vc_vpcd_tend(vc_server *server);

/* The client's side: "tamga-vcard ctl SOCKET WORDS...".  Exit status. */
int
vc_ctl_main(int argc, char **argv);

#endif
