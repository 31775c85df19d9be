/* SPDX-License-Identifier: BSD-2-Clause */
/* What a peer writes into the socket of the virtual card, then hangs up. */
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "src/reader/frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t store[4096];
	int fds[2];
	tmg_rc rc = TMG_OK;

	if (size > 32768 || socketpair(AF_UNIX, SOCK_STREAM, 0, fds) != 0)
		return 0;
	if (write(fds[0], data, size) != (ssize_t)size)
		abort();
	close(fds[0]);
	while (rc == TMG_OK) {
		tmg_out out = TMG_OUT(store);

		rc = tmg_frame_recv(fds[1], -1, 1000, &out);
		if (rc == TMG_PENDING || rc == TMG_CANCELLED ||
		    out.len > sizeof(store))
			abort();
	}
	close(fds[1]);
	return 0;
}
