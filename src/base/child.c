/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/base/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include "src/base/clock.h"

static void
put_at(posix_spawn_file_actions_t *files, int fd, int at)
{
	if (fd < 0)
		posix_spawn_file_actions_addopen(files, at, "/dev/null",
		    at == 0 ? O_RDONLY : O_WRONLY, 0);
	else
		posix_spawn_file_actions_adddup2(files, fd, at);
}

int
tmg_child_begin(const tmg_child_plan *plan, tmg_child *child)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t how;
	sigset_t none, all;
	int e;

	child->group = plan->group;
	sigemptyset(&none);
	sigfillset(&all);
	if ((e = posix_spawn_file_actions_init(&files)) != 0)
		return e;
	if ((e = posix_spawnattr_init(&how)) == 0) {
		posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSIGMASK |
		    POSIX_SPAWN_SETSIGDEF | (plan->group ? POSIX_SPAWN_SETPGROUP : 0));
		posix_spawnattr_setsigmask(&how, &none);
		posix_spawnattr_setsigdefault(&how, &all);
		posix_spawnattr_setpgroup(&how, 0);
		put_at(&files, plan->in, 0);
		put_at(&files, plan->out, 1);
		put_at(&files, plan->err, 2);
		e = posix_spawn(&child->pid, plan->argv[0], &files, &how, plan->argv, plan->env);
		posix_spawnattr_destroy(&how);
	}
	posix_spawn_file_actions_destroy(&files);
	return e;
}

int
tmg_child_end(const tmg_child *child, int64_t until, bool (*tired)(void *of), void *of)
{
	int status;
	pid_t done;

	while ((done = waitpid(child->pid, &status, WNOHANG)) != child->pid) {
		if (done < 0 && errno != EINTR)
			return -1;
		if (tired(of) || tmg_now_ms() > until) {
			(void)kill(child->group ? -child->pid : child->pid, SIGKILL);
			while (waitpid(child->pid, &status, 0) < 0 && errno == EINTR)
				;
			return -1;
		}
	}
	return status;
}
