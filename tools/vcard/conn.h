/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One connection: bytes that came, bytes to go, and its place in the queue
 * for the card.  Never blocks.
 */
#ifndef VCARD_CONN_H
#define VCARD_CONN_H

#include "tamga/view.h"

#define VC_FRAME_MAX 65535	/* what two bytes of length can say */

typedef struct vc_conn {
	int fd;			/* -1: nobody */
	uint8_t *in;		/* VC_FRAME_MAX + 2 bytes, made when first needed */
	size_t in_len;
	uint8_t *out;
	size_t out_len, out_cap;
	bool broken;		/* to be closed */
	int64_t held_ms;	/* answer not before; 0: at once */
	size_t held_from;	/* where in out that answer starts */
	uint8_t entering;	/* its next frame is a keypad's structure: which; 0 */
	bool waiting;		/* wants to hear of insertions and removals */
	unsigned seen_events, seen_resets;
	bool quick;		/* TCP: acknowledge at once */
} vc_conn;

void
vc_conn_open(vc_conn *conn, int fd);
void
vc_conn_close(vc_conn *conn);

/* Takes what there is to read; sets broken at the end or on an error. */
void
vc_conn_read(vc_conn *conn);
/* Writes what may go now. */
void
vc_conn_write(vc_conn *conn);

/* The next whole frame; valid until vc_conn_drop().  Verdicts TMG_PENDING. */
TMG_MUST_USE tmg_rc
vc_conn_frame(const vc_conn *conn, tmg_view *frame);
/* Forgets the first n bytes that came. */
void
vc_conn_drop(vc_conn *conn, size_t n);

void
vc_conn_put(vc_conn *conn, tmg_view bytes);
void
vc_conn_put_frame(vc_conn *conn, tmg_view frame);

#endif
