/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A browser reads its modules when it starts: one that runs is told so.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/base/scope.h"
#include "tools/tamga/browser.h"

/* Mozilla's programs hold a lock on a file as long as they run. */
bool
running_mozilla(const char *folder)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	char path[PATH_MAX];

	if (snprintf(path, sizeof(path), "%s/.parentlock", folder) >=
	    (int)sizeof(path))
		return false;
	tmg_auto_fd fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	return fd >= 0 && fcntl(fd, F_GETLK, &lock) == 0 &&
	    lock.l_type != F_UNLCK;
}

/* Chromium leaves a link to HOST-PID, also when it was killed. */
bool
running_chromium(const char *folder)
{
	char path[PATH_MAX], holder[512], host[256] = "";
	const char *dash;
	ssize_t n;

	if (snprintf(path, sizeof(path), "%s/SingletonLock", folder) >=
	    (int)sizeof(path))
		return false;
	n = readlink(path, holder, sizeof(holder) - 1);
	if (n < 0)
		return false;
	holder[n] = '\0';
	dash = strrchr(holder, '-');
	if (dash == NULL || gethostname(host, sizeof(host) - 1) != 0 ||
	    strncmp(holder, host, (size_t)(dash - holder)) != 0)
		return false;

	const long pid = strtol(dash + 1, NULL, 10);

	return pid > 0 && pid <= INT_MAX && kill((pid_t)pid, 0) == 0;
}
