/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/host/host.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "src/base/core.h"

enum {
	ARRIVE_MS = 10000,	/* who began us comes at once */
	USAGE = 2,
};

/* Who else finds the socket is not let in. */
static int
welcome(int listening)
{
	struct pollfd fd = { .fd = listening, .events = POLLIN };
	struct ucred who = { .pid = 0 };
	socklen_t len = sizeof(who);
	int client;

	if (poll(&fd, 1, ARRIVE_MS) != 1)
		return -1;
	client = accept4(listening, NULL, NULL, SOCK_CLOEXEC);
	if (client >= 0 &&
	    getsockopt(client, SOL_SOCKET, SO_PEERCRED, &who, &len) == 0 &&
	    who.uid == getuid())
		return client;
	if (client >= 0)
		close(client);
	return -1;
}

int
main(int argc, char **argv)
{
	struct ward ward = { .word = STDOUT_FILENO };
	int client;

	if (argc != 3 || (ward.seconds = atoi(argv[1])) < 1) {
		fputs("tamga-module-host is begun by tamga: see tamga.conf(5), modules\n",
		    stderr);
		return USAGE;
	}
	tmg_refuse_cores();
	if (worker_begin(&ward, argv[2]) != 0 || (client = welcome(STDIN_FILENO)) < 0)
		return EXIT_FAILURE;
	relay(client, &ward);
	return EXIT_SUCCESS;
}
