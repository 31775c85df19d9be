/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/base/std.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

void
tmg_std_fill(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		/* the wrong way round: reading and writing answer EBADF */
		const int mode = fd == STDIN_FILENO ? O_WRONLY : O_RDONLY;

		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", mode) != fd)
			abort();
	}
}
