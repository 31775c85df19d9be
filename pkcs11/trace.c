/* SPDX-License-Identifier: BSD-2-Clause */
#include "pkcs11/trace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <time.h>

#include "src/base/scope.h"

enum {
	LINE_MAX_BYTES = 2200,
	NS_PER_MS = 1000000,
	MODE = 0600,
};

/* One write, so that the lines of several threads and processes stay whole. */
void
tmg_p11_trace_line(const char *path, const char *line)
{
	char text[LINE_MAX_BYTES];
	struct timespec now;
	struct tm utc;
	int n;

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &utc);
	n = snprintf(text, sizeof(text),
	    "%04d-%02d-%02dT%02d:%02d:%02d.%03ldZ %d %s\n", utc.tm_year + 1900,
	    utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec,
	    now.tv_nsec / NS_PER_MS, getpid(), line);
	if (n < 0)
		return;
	if ((size_t)n >= sizeof(text)) {
		n = sizeof(text) - 1;
		text[n - 1] = '\n';
	}

	const int kept = errno;
	tmg_auto_fd fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC |
	    O_NOFOLLOW | O_NOCTTY | O_NONBLOCK, MODE);

	if (fd >= 0 && write(fd, text, (size_t)n) < 0)
		errno = kept;		/* a full disk is not the card's fault */
	errno = kept;
}

static void
write_line(void *arg, tmg_log_level level, const char *line)
{
	(void)level;
	tmg_p11_trace_line(arg, line);
}

void
tmg_p11_trace_to(tmg_ctx *ctx, const char *path)
{
	if (path[0] != '\0')
		tmg_ctx_set_log(ctx, TMG_LOG_TRACE, write_line,
		    (void *)(uintptr_t)path);
}
