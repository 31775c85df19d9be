/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/post/program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/base/child.h"
#include "src/base/clock.h"
#include "src/base/i18n.h"

#define NAP_MS 20

/* What we hold of one that runs. */
struct run {
	tmg_child child;
	int said;		/* where its standard error comes out */
	int watch;		/* who waits for it, or -1 */
	size_t len;
	ra_program_end *end;
};

static int
pipe_of(int ends[2])
{
	return pipe2(ends, O_CLOEXEC);
}

/* In a process group of its own, so that it can be ended with all it started. */
static int
spawn(char *const argv[], int in, int said, tmg_child *child)
{
	char path[] = "PATH=/usr/local/bin:/usr/bin:/bin", locale[] = "LC_ALL=C.UTF-8";
	char *const little[] = { path, locale, NULL };
	const tmg_child_plan plan = {
		.argv = argv, .env = little, .in = in, .out = -1, .err = said, .group = true,
	};

	return tmg_child_begin(&plan, child);
}

/* The text is in the pipe before the program is there: it is smaller than that. */
static int
begin(char *const argv[], const char *text, struct run *r)
{
	int in[2], said[2], e = 0;
	const size_t len = strlen(text);

	if (pipe_of(in) != 0)
		return errno;
	if (pipe_of(said) != 0) {
		e = errno;
		close(in[0]);
		close(in[1]);
		return e;
	}
	if (write(in[1], text, len) != (ssize_t)len)
		e = EPIPE;
	close(in[1]);
	if (e == 0)
		e = spawn(argv, in[0], said[1], &r->child);
	close(in[0]);
	close(said[1]);
	r->said = said[0];
	if (e != 0)
		close(said[0]);
	else
		(void)fcntl(said[0], F_SETFL, O_NONBLOCK);
	return e;
}

/* What does not fit is read, too, and forgotten. */
static void
listen(struct run *r)
{
	char more[512];
	ssize_t n;

	while ((n = read(r->said, more, sizeof(more))) > 0) {
		const size_t room = sizeof(r->end->said) - 1 - r->len,
		    take = (size_t)n < room ? (size_t)n : room;

		memcpy(r->end->said + r->len, more, take);
		r->len += take;
	}
}

/* Whether nobody waits for it any more. */
static bool
nap(void *of)
{
	struct run *r = of;
	struct pollfd at[] = { { r->said, POLLIN, 0 }, { r->watch, 0, 0 } };

	(void)poll(at, r->watch < 0 ? 1 : 2, NAP_MS);
	if ((at[0].revents & POLLHUP) && !(at[0].revents & POLLIN))
		(void)poll(NULL, 0, NAP_MS);	/* it closed it, and goes on */
	listen(r);
	return r->watch >= 0 && (at[1].revents & (POLLHUP | POLLERR)) != 0;
}

static void
wait_for(struct run *r, int seconds)
{
	const int status = tmg_child_end(&r->child,
	    tmg_now_ms() + (int64_t)seconds * 1000, nap, r);

	listen(r);
	r->end->status = status != -1 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void
ra_program_run(char *const argv[], const char *text, int seconds, int watch,
    ra_program_end *end)
{
	struct run r = { .watch = watch, .end = end };
	int e;

	*end = (ra_program_end){ .status = -1 };
	if ((e = begin(argv, text, &r)) != 0) {
		snprintf(end->said, sizeof(end->said), "%s", strerror(e));
		return;
	}
	wait_for(&r, seconds);
	close(r.said);
	end->said[strcspn(end->said, "\r\n")] = '\0';
	if (end->status < 0 && end->said[0] == '\0')
		snprintf(end->said, sizeof(end->said), "%s",
		    _("it was killed, or took too long"));
}
