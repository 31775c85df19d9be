/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/http/doorman.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define FULL_MS 20		/* until it is looked again whether there is room */

struct ra_doorman {
	pthread_t thread;
	struct MHD_Daemon *daemon;
	atomic_uint *inside;	/* let in, and not closed yet */
	unsigned most;
	int fd, end;		/* end: an eventfd, readable when it is over */
};

/* By a count of our own: the library's knows of a connection once its thread has
 * looked at it, and one that is more than a thread may have hangs that thread for
 * good (0.9.75). */
static bool
is_full(const ra_doorman *d)
{
	return atomic_load(d->inside) >= d->most;
}

/* One that broke off meanwhile is no reason to rest; a process without file
 * descriptors is. */
static bool
let_in(const ra_doorman *d)
{
	struct sockaddr_storage sa;
	socklen_t len = sizeof(sa);
	const int fd = accept4(d->fd, (struct sockaddr *)&sa, &len,
	    SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd < 0)
		return errno == EAGAIN || errno == EINTR || errno == ECONNABORTED;
	atomic_fetch_add(d->inside, 1);
	/* closes it when it may not come in */
	if (MHD_add_connection(d->daemon, fd, (struct sockaddr *)&sa, len) != MHD_YES)
		atomic_fetch_sub(d->inside, 1);
	return true;
}

static void *
stand(void *arg)
{
	const ra_doorman *d = arg;
	bool rest = false;

	for (;;) {
		struct pollfd at[] = { { d->end, POLLIN, 0 }, { d->fd, POLLIN, 0 } };
		const int n = poll(at, rest ? 1 : 2, rest ? FULL_MS : -1);

		if (at[0].revents != 0)
			return NULL;
		rest = is_full(d) || (n > 0 && !let_in(d));
	}
}

tmg_rc
ra_doorman_new(int fd, struct MHD_Daemon *daemon, atomic_uint *inside,
    unsigned most, ra_doorman **doorman)
{
	ra_doorman *d = calloc(1, sizeof(*d));

	*doorman = NULL;
	if (d == NULL)
		return TMG_E_NOMEM;
	*d = (ra_doorman){ .daemon = daemon, .inside = inside, .most = most, .fd = fd,
		.end = eventfd(0, EFD_CLOEXEC) };
	if (d->end < 0 || pthread_create(&d->thread, NULL, stand, d) != 0) {
		if (d->end >= 0)
			close(d->end);
		free(d);
		return TMG_E_IO;
	}
	*doorman = d;
	return TMG_OK;
}

void
ra_doorman_free(ra_doorman **doorman)
{
	ra_doorman *d = *doorman;

	if (d == NULL)
		return;
	(void)!eventfd_write(d->end, 1);
	pthread_join(d->thread, NULL);
	close(d->end);
	free(d);
	*doorman = NULL;
}
