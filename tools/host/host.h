/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tamga-module-host: one PKCS #11 library in a process of its own, the worker,
 * and one that watches over it.  p11-kit's remoting carries the calls; what it
 * has not is an end to waiting, and that is here.
 *
 *	tamga-module-host SECONDS LIBRARY
 *
 * Descriptor 0 is a socket that listens, for one client of the same user; what
 * became of the worker goes to descriptor 1, one line:
 *
 *	load WHY	the library is none that can be loaded
 *	silent		a call took longer than SECONDS
 *	signal N	it crashed
 *	exit N		it ended by itself
 *
 * Nothing of what passes through is kept, and nothing of it is in arguments or
 * the environment: PINs are among it.
 */
#ifndef TAMGA_HOST_H
#define TAMGA_HOST_H

#include <sys/types.h>

/* What the worker is, and what is said of it. */
struct ward {
	pid_t pid;
	int fd;			/* its end of the conversation */
	int word;		/* where its fate is told */
	int seconds;		/* what one call may take */
};

/* Forks it.  0 or -1. */
int
worker_begin(struct ward *ward, const char *library);

/* Carries what client and worker tell each other until either is gone. */
void
relay(int client, const struct ward *ward);

#endif
