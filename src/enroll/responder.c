/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/enroll/responder.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "src/base/clock.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"

#define VISITORS 32u		/* who waits to say something; the oldest goes */
#define SILENCE_MS 10000	/* how long one may stand there without a word */
#define PATIENCE_S 3		/* of one read or write */

struct tmg_responder {
	tmg_serve_fn *serve;
	void *arg;
	int door;
	int end[2];		/* a pipe: closing its end ends the thread */
	pthread_t thread;
	bool runs;
	/* [0] is the end, [1] the door, then visitors with the time they came */
	struct pollfd fds[2 + VISITORS];
	int64_t came[2 + VISITORS];
	nfds_t count;
};

static void
leave(tmg_responder *r, nfds_t i)
{
	close(r->fds[i].fd);
	r->count--;
	memmove(&r->fds[i], &r->fds[i + 1], (r->count - i) * sizeof(r->fds[0]));
	memmove(&r->came[i], &r->came[i + 1], (r->count - i) * sizeof(r->came[0]));
}

static void
welcome(tmg_responder *r)
{
	static const struct timeval patience = { .tv_sec = PATIENCE_S };
	const int fd = accept(r->door, NULL, NULL);

	if (fd < 0)
		return;
	(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	if (r->count == 2 + VISITORS)
		leave(r, 2);
	r->fds[r->count] = (struct pollfd){ .fd = fd, .events = POLLIN };
	r->came[r->count++] = tmg_now_ms();
}

/* Whoever spoke is answered, whoever stayed silent too long is shown out. */
static void
attend(tmg_responder *r)
{
	for (nfds_t i = r->count; i-- > 2; ) {
		if (r->fds[i].revents != 0)
			r->serve(r->arg, r->fds[i].fd);
		else if (tmg_now_ms() - r->came[i] < SILENCE_MS)
			continue;
		leave(r, i);
	}
}

static void *
run(void *arg)
{
	tmg_responder *r = arg;

	for (;;) {
		if (poll(r->fds, r->count, 1000) < 0 && errno != EINTR)
			return NULL;
		if (r->fds[0].revents != 0)
			return NULL;
		attend(r);
		if (r->fds[1].revents != 0)
			welcome(r);
	}
}

/* "host:port", where an IPv6 host stands in brackets. */
static struct addrinfo *
address_of(const char *text)
{
	const struct addrinfo hints = { .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV |
	    AI_PASSIVE, .ai_socktype = SOCK_STREAM };
	const char *colon = strrchr(text, ':');
	struct addrinfo *found = NULL;
	char host[64];
	size_t n = colon != NULL ? (size_t)(colon - text) : 0;

	if (n > 2 && text[0] == '[' && text[n - 1] == ']') {
		text++;
		n -= 2;
	}
	if (n == 0 || n >= sizeof(host))
		return NULL;
	memcpy(host, text, n);
	host[n] = '\0';
	return getaddrinfo(host, colon + 1, &hints, &found) == 0 ? found : NULL;
}

static int
listen_at(const struct addrinfo *at)
{
	const int one = 1;
	const int fd = socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return -1;
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, at->ai_addr, at->ai_addrlen) == 0 && listen(fd, 16) == 0)
		return fd;

	const int kept = errno;

	close(fd);
	errno = kept;
	return -1;
}

static tmg_rc
open_door(tmg_responder *r, const char *address, tmg_fault *f)
{
	struct addrinfo *at = address_of(address);

	if (at == NULL)
		return tmg_raise(f, TMG_E_USAGE, 0, _("listen=%.60s is no address to "
		    "listen at; write 192.0.2.1:80, [2001:db8::1]:80 or 0.0.0.0:80"),
		    address);
	r->door = listen_at(at);
	freeaddrinfo(at);
	if (r->door >= 0)
		return TMG_OK;
	return tmg_raise(f, TMG_E_IO, 0, errno == EACCES ?
	    _("you may not listen at %.60s (%s); choose a port above 1023 to which the "
	    "one asked for is forwarded, or use webroot=") :
	    _("cannot listen at %.60s: %s; does a web server listen there? Then use "
	    "webroot="), address, strerror(errno));
}

/* Signals are for the program's own threads. */
static bool
start(tmg_responder *r)
{
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	r->runs = pthread_create(&r->thread, NULL, run, r) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return r->runs;
}

tmg_rc
tmg_responder_open(const char *address, tmg_serve_fn *serve, void *arg,
    tmg_fault *f, tmg_responder **responder)
{
	tmg_auto_ptr(tmg_responder) r = calloc(1, sizeof(*r));
	tmg_rc rc;

	*responder = NULL;
	if (r == NULL)
		return tmg_raise(f, TMG_E_NOMEM, 0, "%s", _("out of memory"));
	r->serve = serve;
	r->arg = arg;
	r->door = r->end[0] = r->end[1] = -1;
	if ((rc = open_door(r, address, f)))
		return rc;
	if (pipe2(r->end, O_CLOEXEC) != 0)
		return tmg_raise(f, TMG_E_IO, 0, _("cannot listen at %.60s: %s; does a web "
		    "server listen there? Then use webroot="), address, strerror(errno));
	r->fds[0] = (struct pollfd){ .fd = r->end[0], .events = POLLIN };
	r->fds[1] = (struct pollfd){ .fd = r->door, .events = POLLIN };
	r->count = 2;
	if (!start(r))
		return tmg_raise(f, TMG_E_NOMEM, 0, "%s", _("out of memory"));

	*responder = r;
	r = NULL;
	return TMG_OK;
}

static void
close_fd(int fd)
{
	if (fd >= 0)
		close(fd);
}

void
tmg_responder_free(tmg_responder **responder)
{
	tmg_responder *r = responder != NULL ? *responder : NULL;

	if (r == NULL)
		return;
	close_fd(r->end[1]);
	if (r->runs)
		pthread_join(r->thread, NULL);
	while (r->count > 2)
		leave(r, r->count - 1);
	close_fd(r->end[0]);
	close_fd(r->door);
	free(r);
	*responder = NULL;
}
