/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/vcard/conn.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define IN_CAP (VC_FRAME_MAX + 2)

/*
 * vpcd writes the length and the body of a frame separately: its Nagle waits
 * for our delayed acknowledgement, 44 ms for each APDU.  The option is not
 * sticky, so it is set after every read.
 */
static void
acknowledge(const vc_conn *conn)
{
	const int yes = 1;

	if (conn->quick)
		(void)setsockopt(conn->fd, IPPROTO_TCP, TCP_QUICKACK, &yes, sizeof(yes));
}

void
vc_conn_open(vc_conn *conn, int fd)
{
	*conn = (vc_conn){ .fd = fd };
}

/* What passed through may have held a PIN. */
void
vc_conn_close(vc_conn *conn)
{
	if (conn->fd >= 0)
		close(conn->fd);
	OPENSSL_clear_free(conn->in, conn->in != NULL ? IN_CAP : 0);
	free(conn->out);
	*conn = (vc_conn){ .fd = -1 };
}

void
vc_conn_read(vc_conn *conn)
{
	if (conn->in == NULL && (conn->in = OPENSSL_malloc(IN_CAP)) == NULL) {
		conn->broken = true;
		return;
	}
	const size_t room = IN_CAP - conn->in_len;

	if (room == 0) {	/* a whole frame waits; only a hang-up woke us */
		conn->broken = true;
		return;
	}
	const ssize_t n = recv(conn->fd, conn->in + conn->in_len, room, MSG_DONTWAIT);

	acknowledge(conn);
	if (n > 0)
		conn->in_len += (size_t)n;
	else if (n == 0 || (errno != EAGAIN && errno != EINTR))
		conn->broken = true;
}

void
vc_conn_write(vc_conn *conn)
{
	const size_t may = conn->held_ms != 0 ? conn->held_from : conn->out_len;
	ssize_t n;

	if (may == 0 || conn->broken)
		return;
	n = send(conn->fd, conn->out, may, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (n < 0) {
		conn->broken = errno != EAGAIN && errno != EINTR;
		return;
	}
	memmove(conn->out, conn->out + n, conn->out_len - (size_t)n);
	conn->out_len -= (size_t)n;
	if (conn->held_ms != 0)
		conn->held_from -= (size_t)n;
}

tmg_rc
vc_conn_frame(const vc_conn *conn, tmg_view *frame)
{
	size_t len;

	if (conn->in_len < 2)
		return TMG_PENDING;
	len = (size_t)conn->in[0] << 8 | conn->in[1];
	if (conn->in_len < 2 + len)
		return TMG_PENDING;
	*frame = (tmg_view){ conn->in + 2, len };
	return TMG_OK;
}

void
vc_conn_drop(vc_conn *conn, size_t n)
{
	memmove(conn->in, conn->in + n, conn->in_len - n);
	OPENSSL_cleanse(conn->in + conn->in_len - n, n);
	conn->in_len -= n;
}

void
vc_conn_put(vc_conn *conn, tmg_view bytes)
{
	if (conn->out_len + bytes.len > conn->out_cap) {
		const size_t cap = 2 * (conn->out_len + bytes.len);
		uint8_t *more = realloc(conn->out, cap);

		if (more == NULL) {
			conn->broken = true;
			return;
		}
		conn->out = more;
		conn->out_cap = cap;
	}
	if (bytes.len > 0)
		memcpy(conn->out + conn->out_len, bytes.ptr, bytes.len);
	conn->out_len += bytes.len;
}

void
vc_conn_put_frame(vc_conn *conn, tmg_view frame)
{
	const uint8_t len[2] = { (uint8_t)(frame.len >> 8), (uint8_t)(frame.len & 0xff) };

	vc_conn_put(conn, TMG_VIEW(len));
	vc_conn_put(conn, frame);
}
