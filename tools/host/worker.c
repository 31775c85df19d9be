/* SPDX-License-Identifier: BSD-2-Clause */
/* The process that runs the library's code. */
#include "tools/host/host.h"

#include <p11-kit/p11-kit.h>
#include <p11-kit/remote.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* What a library prints on its standard output is no answer of ours, and the
 * client is not its to meet. */
static void
settle(void)
{
	const int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);

	dup2(nothing, STDIN_FILENO);
	dup2(STDERR_FILENO, STDOUT_FILENO);
	signal(SIGPIPE, SIG_DFL);
}

static int
serve(const char *library, int fd, int word)
{
	CK_FUNCTION_LIST *p11 = p11_kit_module_load(library, 0);
	int rc;

	if (p11 == NULL) {
		dprintf(word, "load %s\n", p11_kit_message());
		return EXIT_FAILURE;
	}
	close(word);
	rc = p11_kit_remote_serve_module(p11, fd, fd);
	p11_kit_module_release(p11);
	return rc == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

int
worker_begin(struct ward *ward, const char *library)
{
	const pid_t watcher = getpid();
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return -1;
	ward->pid = fork();
	if (ward->pid == 0) {
		const int word = fcntl(ward->word, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);

		/* Nobody watches it any more: it ends too. */
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != watcher)
			_exit(EXIT_FAILURE);
		close(pair[0]);
		settle();
		exit(serve(library, pair[1], word));
	}
	close(pair[1]);
	ward->fd = pair[0];
	return ward->pid < 0 ? -1 : 0;
}
