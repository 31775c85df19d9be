/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/reader/coming.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

/* Somebody who starts a daemon makes its folder and its socket, and says who may. */
#define CHANGES (IN_CREATE | IN_MOVED_TO | IN_ATTRIB | IN_DELETE_SELF | \
	IN_MOVE_SELF | IN_ONLYDIR)

int
tmg_coming_new(void)
{
	return inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
}

/* What the path lies in: "/run" of "/run/pcscd", "/" of "/run".  False: it is "/". */
static bool
go_up(char *path)
{
	char *slash = strrchr(path, '/');

	if (slash == NULL || path[1] == '\0')
		return false;
	slash[slash == path] = '\0';
	return true;
}

bool
tmg_coming_watch(int fd, const char *path)
{
	char at[PATH_MAX];

	if (fd < 0 || path[0] != '/' ||
	    snprintf(at, sizeof(at), "%s", path) >= (int)sizeof(at))
		return false;
	while (go_up(at))
		if (inotify_add_watch(fd, at, CHANGES) >= 0)
			return true;
	return false;
}

void
tmg_coming_forget(int fd)
{
	char bytes[4096];

	while (fd >= 0 && read(fd, bytes, sizeof(bytes)) > 0)
		continue;
}
