/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/post/program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/base/clock.h"
#include "src/base/i18n.h"

#define NAP_MS 20

/* What we hold of one that runs. */
struct run {
	pid_t pid;
	int said;		/* where its standard error comes out */
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
spawn(char *const argv[], int in, int said, pid_t *pid)
{
	char path[] = "PATH=/usr/local/bin:/usr/bin:/bin", locale[] = "LC_ALL=C.UTF-8";
	char *const little[] = { path, locale, NULL };
	posix_spawn_file_actions_t files;
	posix_spawnattr_t how;
	sigset_t none, all;
	int e;

	sigemptyset(&none);
	sigfillset(&all);
	if ((e = posix_spawn_file_actions_init(&files)) != 0)
		return e;
	if ((e = posix_spawnattr_init(&how)) == 0) {
		posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSIGMASK |
		    POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
		posix_spawnattr_setsigmask(&how, &none);
		posix_spawnattr_setsigdefault(&how, &all);
		posix_spawnattr_setpgroup(&how, 0);
		posix_spawn_file_actions_adddup2(&files, in, 0);
		posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
		posix_spawn_file_actions_adddup2(&files, said, 2);
		e = posix_spawn(pid, argv[0], &files, &how, argv, little);
		posix_spawnattr_destroy(&how);
	}
	posix_spawn_file_actions_destroy(&files);
	return e;
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
		e = spawn(argv, in[0], said[1], &r->pid);
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

/* Whether somebody does not wait for it any more. */
static bool
nap(const struct run *r, int watch)
{
	struct pollfd at[] = { { r->said, POLLIN, 0 }, { watch, 0, 0 } };

	(void)poll(at, watch < 0 ? 1 : 2, NAP_MS);
	if ((at[0].revents & POLLHUP) && !(at[0].revents & POLLIN))
		(void)poll(NULL, 0, NAP_MS);	/* it closed it, and goes on */
	return watch >= 0 && (at[1].revents & (POLLHUP | POLLERR)) != 0;
}

static void
wait_for(struct run *r, int seconds, int watch)
{
	const int64_t until = tmg_now_ms() + (int64_t)seconds * 1000;
	int status = 0;
	pid_t done;

	while ((done = waitpid(r->pid, &status, WNOHANG)) == 0 ||
	    (done < 0 && errno == EINTR)) {
		if (nap(r, watch) || tmg_now_ms() > until) {
			(void)kill(-r->pid, SIGKILL);
			while (waitpid(r->pid, &status, 0) < 0 && errno == EINTR)
				;
			break;
		}
		listen(r);
	}
	listen(r);
	r->end->status = done > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* One line, without what moves a terminal's cursor. */
static void
tidy(char *said)
{
	said[strcspn(said, "\r\n")] = '\0';
	for (char *c = said; *c != '\0'; c++)
		if ((unsigned char)*c < ' ' || *c == '\x7f')
			*c = '?';
}

void
ra_program_run(char *const argv[], const char *text, int seconds, int watch,
    ra_program_end *end)
{
	struct run r = { .end = end };
	int e;

	*end = (ra_program_end){ .status = -1 };
	if ((e = begin(argv, text, &r)) != 0) {
		snprintf(end->said, sizeof(end->said), "%s", strerror(e));
		return;
	}
	wait_for(&r, seconds, watch);
	close(r.said);
	tidy(end->said);
	if (end->status < 0 && end->said[0] == '\0')
		snprintf(end->said, sizeof(end->said), "%s",
		    _("it was killed, or took too long"));
}
