/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/vcard/server.h"

#include <errno.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "src/base/clock.h"
#include "src/base/scope.h"

/* The card has answered, or never will. */
static void
end_work(vc_server *server)
{
	server->busy->held_ms = 0;
	server->busy = NULL;
	vc_keypad_close(&server->keypad);
}

/* ---- who is connected --------------------------------------------------------- */
static void
take_leave(vc_server *server, vc_conn *conn)
{
	if (server->turn == conn)
		server->turn = NULL;
	if (server->busy == conn)
		end_work(server);
	vc_conn_close(conn);
}

static void
welcome(vc_server *server, int listener, vc_conn *rows)
{
	const int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd < 0)
		return;
	for (size_t i = 0; i < VC_CONNS; i++) {
		if (rows[i].fd >= 0)
			continue;
		vc_conn_open(&rows[i], fd);
		rows[i].seen_events = server->chip->events;
		rows[i].seen_resets = server->chip->resets - 1;
		return;
	}
	close(fd);		/* a full house */
}

/* ---- what they wait for -------------------------------------------------------- */
static void
end_hold(vc_server *server)
{
	vc_conn *conn = server->busy;

	if (conn == NULL || conn->held_ms == 0 || tmg_now_ms() < conn->held_ms)
		return;
	end_work(server);
}

void
vc_server_cut_short(vc_server *server)
{
	vc_conn *conn = server->busy;

	if (conn == NULL)
		return;
	conn->out_len = conn->held_from;
	end_work(server);
	vc_server_no_answer(server, conn);
}

void
vc_server_no_answer(vc_server *server, vc_conn *conn)
{
	if (conn == &server->vpcd)
		conn->broken = true;
	else
		vc_conn_put_frame(conn, (tmg_view){ 0 });
}

static void
tell_change(vc_server *server, vc_conn *conn)
{
	const uint8_t changed = 0x00;

	if (!conn->waiting || conn->seen_events == server->chip->events)
		return;
	conn->waiting = false;
	conn->seen_events = server->chip->events;
	vc_conn_put_frame(conn, (tmg_view){ &changed, 1 });
}

static int
patience(const vc_server *server)
{
	int64_t until = INT64_MAX;

	if (server->busy != NULL)
		until = server->busy->held_ms;
	if (server->vpcd_host != NULL && server->vpcd.fd < 0 && server->chip->inserted &&
	    server->vpcd_next_ms < until)
		until = server->vpcd_next_ms;
	if (until == INT64_MAX)
		return -1;

	const int64_t left = until - tmg_now_ms();

	return left <= 0 ? 0 : (int)left;
}

/* ---- the loop -------------------------------------------------------------------- */
struct polled {
	struct pollfd fds[3 + 1 + 2 * VC_CONNS];
	vc_conn *conns[3 + 1 + 2 * VC_CONNS];
	nfds_t count;
};

static void
watch(struct polled *p, int fd, vc_conn *conn)
{
	if (fd < 0)
		return;
	p->fds[p->count] = (struct pollfd){ .fd = fd, .events = POLLIN };
	if (conn != NULL) {
		if (conn->in_len >= VC_FRAME_MAX)
			p->fds[p->count].events = 0;
		if (conn->held_ms != 0 ? conn->held_from > 0 : conn->out_len > 0)
			p->fds[p->count].events |= POLLOUT;
	}
	p->conns[p->count++] = conn;
}

static void
watch_all(vc_server *server, struct polled *p)
{
	p->count = 0;
	watch(p, server->signal_fd, NULL);
	watch(p, server->listen_fd, NULL);
	watch(p, server->ctl_fd, NULL);
	watch(p, server->vpcd.fd, &server->vpcd);
	for (size_t i = 0; i < VC_CONNS; i++) {
		watch(p, server->client[i].fd, &server->client[i]);
		watch(p, server->ctl[i].fd, &server->ctl[i]);
	}
}

static void
take_signal(vc_server *server)
{
	struct signalfd_siginfo info;

	if (read(server->signal_fd, &info, sizeof(info)) == (ssize_t)sizeof(info))
		server->done = true;
}

static void
serve_listener(vc_server *server, int fd)
{
	if (fd == server->signal_fd)
		take_signal(server);
	else if (fd == server->listen_fd)
		welcome(server, fd, server->client);
	else
		welcome(server, fd, server->ctl);
}

static void
read_all(struct polled *p)
{
	for (nfds_t i = 0; i < p->count; i++)
		if (p->conns[i] != NULL &&
		    (p->fds[i].revents & (POLLIN | POLLHUP | POLLERR)) != 0)
			vc_conn_read(p->conns[i]);
}

static void
serve_listeners(vc_server *server, const struct polled *p)
{
	for (nfds_t i = 0; i < p->count; i++)
		if (p->conns[i] == NULL && p->fds[i].revents != 0)
			serve_listener(server, p->fds[i].fd);
}

/* A broken connection leaves only after what it asked for was heard. */
static void
settle(vc_server *server, vc_conn *conn, void (*obey)(vc_server *, vc_conn *))
{
	if (conn->fd < 0)
		return;
	obey(server, conn);
	tell_change(server, conn);
	vc_conn_write(conn);
	if (conn->broken)
		take_leave(server, conn);
}

/* Twice: somebody's end of turn may be what somebody before him waited for. */
static void
settle_all(vc_server *server)
{
	end_hold(server);
	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < VC_CONNS; i++)
			settle(server, &server->ctl[i], vc_ctl_lines);
		settle(server, &server->vpcd, vc_server_frames);
		for (size_t i = 0; i < VC_CONNS; i++)
			settle(server, &server->client[i], vc_server_frames);
	}
	vc_vpcd_tend(server);
}

/* Who comes is let in after who left is gone: his place is theirs. */
tmg_rc
vc_server_run(vc_server *server)
{
	struct polled p = { .count = 0 };

	for (;;) {
		settle_all(server);
		serve_listeners(server, &p);
		if (server->done)
			return TMG_OK;
		watch_all(server, &p);
		if (poll(p.fds, p.count, patience(server)) < 0) {
			if (errno == EINTR)
				continue;
			return TMG_E_IO;
		}
		read_all(&p);
	}
}
