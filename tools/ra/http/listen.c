/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/http/listen.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"

#define BACKLOG 256

static socklen_t
size_of(const struct sockaddr *sa)
{
	return sa->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6) :
	    sizeof(struct sockaddr_in);
}

tmg_rc
ra_listen_address(const struct sockaddr *sa, char *text, size_t cap)
{
	return getnameinfo(sa, size_of(sa), text, (socklen_t)cap, NULL, 0,
	    NI_NUMERICHOST) == 0 ? TMG_OK : TMG_E_IO;
}

static void
addresses_release(struct addrinfo **list)
{
	if (*list != NULL)
		freeaddrinfo(*list);
}

/* "[::1]:8443" gives "::1" and "8443". */
static bool
split(const char *where, char *host, size_t cap, const char **port)
{
	const char *colon = strrchr(where, ':');
	size_t n;

	if (colon == NULL || colon == where)
		return false;
	n = (size_t)(colon - where);
	if (where[0] == '[' && where[n - 1] == ']') {
		where++;
		n -= 2;
	}
	if (n >= cap)
		return false;
	memcpy(host, where, n);
	host[n] = '\0';
	*port = colon + 1;
	return true;
}

static tmg_rc
from_errno(void)
{
	return errno == EADDRINUSE ? TMG_OCCUPIED :
	    errno == EACCES ? TMG_DENIED :
	    errno == EADDRNOTAVAIL ? TMG_NOT_FOUND : TMG_E_IO;
}

static tmg_rc
bind_to(const struct addrinfo *ai, int *fd)
{
	const int on = 1;

	*fd = socket(ai->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (*fd < 0)
		return from_errno();
	if (setsockopt(*fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
	    bind(*fd, ai->ai_addr, ai->ai_addrlen) != 0 ||
	    listen(*fd, BACKLOG) != 0)
		return from_errno();
	return TMG_OK;
}

static tmg_rc
write_url(int fd, const char *scheme, char *url, size_t cap)
{
	struct sockaddr_storage sa;
	socklen_t len = sizeof(sa);
	char host[64], port[8];

	if (getsockname(fd, (struct sockaddr *)&sa, &len) != 0 ||
	    getnameinfo((struct sockaddr *)&sa, len, host, sizeof(host), port,
	    sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV) != 0)
		return TMG_E_IO;
	return snprintf(url, cap, "%s://%s%s%s:%s", scheme,
	    sa.ss_family == AF_INET6 ? "[" : "", host,
	    sa.ss_family == AF_INET6 ? "]" : "", port) < (int)cap ?
	    TMG_OK : TMG_E_SPACE;
}

tmg_rc
ra_listen_open(const char *where, const char *scheme, int *fd, char *url,
    size_t cap, tmg_fault *f)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
		.ai_flags = AI_PASSIVE | AI_NUMERICSERV };
	__attribute__((__cleanup__(addresses_release)))
	    struct addrinfo *list = NULL;
	char host[256];
	const char *port;
	tmg_rc rc;

	if (!split(where, host, sizeof(host), &port))
		return tmg_raise(f, TMG_E_USAGE, 0,
		    _("%s is not an address and a port, such as 127.0.0.1:8443"),
		    where);
	if (getaddrinfo(host, port, &hints, &list) != 0)
		return tmg_raise(f, TMG_NOT_FOUND, 0,
		    _("%s: no such address here"), where);
	if ((rc = bind_to(list, fd)))
		return tmg_raise(f, rc, 0, _("cannot listen on %s: %s"), where,
		    strerror(errno));
	if ((rc = write_url(*fd, scheme, url, cap)))
		return tmg_raise(f, rc, 0, _("cannot tell the port of %s"), where);
	return TMG_OK;
}

tmg_rc
ra_listen_adopt(int fd, char *url, size_t cap, tmg_fault *f)
{
	int listens = 0, flags;
	socklen_t len = sizeof(listens);

	if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &len) != 0 ||
	    listens == 0 || (flags = fcntl(fd, F_GETFL)) < 0 ||
	    fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0 ||
	    write_url(fd, "https", url, cap))
		return tmg_raise(f, TMG_MISMATCH, 0,
		    _("the socket that was handed over is not one of TCP that listens"));
	return TMG_OK;
}
