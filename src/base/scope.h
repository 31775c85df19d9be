/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Holding things by scope.
 *
 *	tmg_auto(tmg_turn) turn = { NULL };	calls tmg_turn_release(&turn)
 *	tmg_auto_ptr(tmg_certs) certs = NULL;	calls tmg_certs_free(&certs)
 */
#ifndef TMG_BASE_SCOPE_H
#define TMG_BASE_SCOPE_H

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#define tmg_auto(type) __attribute__((__cleanup__(type##_release))) type
#define tmg_auto_ptr(type) __attribute__((__cleanup__(type##_free))) type *

static inline void
tmg_scope_free(void *p)
{
	free(*(void **)p);
}

/* errno still tells what went wrong before. */
static inline void
tmg_scope_close(const int *fd)
{
	const int kept = errno;

	if (*fd >= 0)
		close(*fd);
	errno = kept;
}

#define tmg_auto_free __attribute__((__cleanup__(tmg_scope_free)))
#define tmg_auto_fd __attribute__((__cleanup__(tmg_scope_close))) int

/* Rows of a table. */
#define TMG_COUNT(array) (sizeof(array) / sizeof((array)[0]))

#endif
