/* SPDX-License-Identifier: BSD-2-Clause */
/* What arrives in pieces, read whole. */
#ifndef TESTS_USB_WHOLE_H
#define TESTS_USB_WHOLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

/* False: the other end has gone. */
static inline bool
read_all(int fd, void *to, size_t n)
{
	uint8_t *at = to;

	while (n > 0) {
		const ssize_t got = read(fd, at, n);

		if (got <= 0)
			return false;
		at += got;
		n -= (size_t)got;
	}
	return true;
}

#endif
