/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/notify.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "src/base/scope.h"

#define FIRST_FD 3	/* SD_LISTEN_FDS_START */

/* A path, or "@..." for a name that is in no folder. */
static socklen_t
address_of(const char *name, struct sockaddr_un *sa)
{
	const size_t len = strlen(name);

	*sa = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if ((name[0] != '/' && name[0] != '@') || len >= sizeof(sa->sun_path))
		return 0;
	memcpy(sa->sun_path, name, len);
	if (name[0] == '@')
		sa->sun_path[0] = '\0';
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
}

tmg_rc
ra_notify(const char *state)
{
	const char *name = getenv("NOTIFY_SOCKET");
	const size_t len = strlen(state);
	struct sockaddr_un sa;
	socklen_t sa_len;

	if (name == NULL || name[0] == '\0')
		return TMG_OK;
	tmg_auto_fd fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || (sa_len = address_of(name, &sa)) == 0 ||
	    sendto(fd, state, len, MSG_NOSIGNAL, (const struct sockaddr *)&sa,
	    sa_len) != (ssize_t)len)
		return TMG_E_IO;
	return TMG_OK;
}

tmg_rc
ra_notify_reloading(void)
{
	struct timespec now;
	char text[64];

	clock_gettime(CLOCK_MONOTONIC, &now);
	snprintf(text, sizeof(text), "RELOADING=1\nMONOTONIC_USEC=%" PRId64,
	    (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000);
	return ra_notify(text);
}

static bool
is_number(const char *name, long wanted)
{
	const char *text = getenv(name);
	char *end;

	return text != NULL && *text != '\0' && strtol(text, &end, 10) == wanted &&
	    *end == '\0';
}

int
ra_notify_socket(void)
{
	const bool ours = is_number("LISTEN_PID", (long)getpid()) &&
	    is_number("LISTEN_FDS", 1);

	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_FDNAMES");
	return ours && fcntl(FIRST_FD, F_SETFD, FD_CLOEXEC) == 0 ? FIRST_FD : -1;
}
