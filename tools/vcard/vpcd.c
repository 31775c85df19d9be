/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Joining vpcd, the virtual reader of pcscd: the card connects, and being
 * connected is what vpcd takes for being inserted.
 */
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "src/base/clock.h"
#include "tools/vcard/server.h"

#define RETRY_MS 50

/*
 * pcscd looks for cards every 400 ms.  A card that was away for less after an
 * error stays "absent" for it for ever, so being out takes at least that.
 */
#define AWAY_MS 500

static int
connect_to(const char *host, const char *port)
{
	const struct addrinfo hints = {
		.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICSERV,
	};
	struct addrinfo *list = NULL;
	int fd = -1;

	if (getaddrinfo(host, port, &hints, &list) != 0)
		return -1;
	for (const struct addrinfo *a = list; a != NULL && fd < 0; a = a->ai_next) {
		fd = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC, a->ai_protocol);
		if (fd >= 0 && connect(fd, a->ai_addr, a->ai_addrlen) != 0) {
			close(fd);
			fd = -1;
		}
	}
	freeaddrinfo(list);
	return fd;
}

static void
join(vc_server *server)
{
	const int yes = 1;
	const int fd = connect_to(server->vpcd_host, server->vpcd_port);

	server->vpcd_next_ms = tmg_now_ms() + RETRY_MS;
	if (fd < 0)
		return;
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
	(void)setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &yes, sizeof(yes));
	vc_conn_open(&server->vpcd, fd);
	server->vpcd.quick = true;
	server->vpcd_joined = true;
	server->vpcd.seen_events = server->chip->events;
}

static void
leave(vc_server *server)
{
	if (server->busy == &server->vpcd)
		server->busy = NULL;
	vc_conn_close(&server->vpcd);
}

/* Whether we left or were left: was there a connection, and is it gone? */
static bool
just_left(vc_server *server)
{
	const bool left = server->vpcd_joined && server->vpcd.fd < 0;

	if (left)
		server->vpcd_joined = false;
	return left;
}

/* A card that was taken out, even if it is back by now, was seen to leave. */
void
vc_vpcd_tend(vc_server *server)
{
	const vc_chip *chip = server->chip;

	if (server->vpcd_host == NULL)
		return;
	if (server->vpcd.fd >= 0 && server->vpcd.seen_events != chip->events)
		leave(server);
	if (just_left(server))
		server->vpcd_next_ms = tmg_now_ms() + AWAY_MS;
	if (server->vpcd.fd < 0 && chip->inserted && tmg_now_ms() >= server->vpcd_next_ms)
		join(server);
}
