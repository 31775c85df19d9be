/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/http/intake.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define FIRST 2048u	/* bytes; doubled as more comes */

void
ra_intake_release(ra_intake *in)
{
	if (in->map != NULL)
		munmap(in->map, in->len);
	if (in->fd >= 0)
		close(in->fd);
	free(in->memory);
	*in = RA_INTAKE_EMPTY;
}

/* ---- in memory ---- */

static tmg_rc
grow(ra_intake *in, size_t want)
{
	size_t cap = in->cap != 0 ? in->cap : FIRST;
	uint8_t *memory;

	while (cap < want)
		cap *= 2;
	if (cap == in->cap)
		return TMG_OK;
	if ((memory = realloc(in->memory, cap)) == NULL)
		return TMG_E_NOMEM;
	in->memory = memory;
	in->cap = cap;
	return TMG_OK;
}

/* ---- in a file ---- */

/* Where the file system cannot make one without a name, its name is taken away
 * at once. */
static int
open_nameless(void)
{
	const char *folder = getenv("TMPDIR");
	char path[PATH_MAX];
	int fd;

	if (folder == NULL || folder[0] == '\0')
		folder = "/tmp";
	fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR))
		return fd;
	if (snprintf(path, sizeof(path), "%s/tamga-ra.XXXXXX", folder) >=
	    (int)sizeof(path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	fd = mkostemp(path, O_CLOEXEC);
	if (fd >= 0)
		unlink(path);
	return fd;
}

static tmg_rc
write_all(int fd, tmg_view data)
{
	while (data.len > 0) {
		const ssize_t n = write(fd, data.ptr, data.len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return TMG_E_IO;
		data.ptr += n;
		data.len -= (size_t)n;
	}
	return TMG_OK;
}

/* What was in memory goes in front, and the memory back. */
static tmg_rc
move_to_file(ra_intake *in)
{
	const tmg_view so_far = { in->memory, in->len };

	if (in->fd >= 0)
		return TMG_OK;
	if ((in->fd = open_nameless()) < 0 || write_all(in->fd, so_far))
		return TMG_E_IO;
	free(in->memory);
	in->memory = NULL;
	in->cap = 0;
	return TMG_OK;
}

tmg_rc
ra_intake_add(ra_intake *in, tmg_view more)
{
	tmg_rc rc;

	if (in->fd < 0 && more.len <= RA_INTAKE_MEMORY - in->len) {
		if ((rc = grow(in, in->len + more.len)))
			return rc;
		memcpy(in->memory + in->len, more.ptr, more.len);
	} else if ((rc = move_to_file(in)) || (rc = write_all(in->fd, more))) {
		return rc;
	}
	in->len += more.len;
	return TMG_OK;
}

tmg_rc
ra_intake_view(ra_intake *in, tmg_view *body)
{
	void *map = in->map;

	*body = (tmg_view){ in->memory, in->len };
	if (in->fd < 0)
		return TMG_OK;
	if (map == NULL && (map = mmap(NULL, in->len, PROT_READ, MAP_PRIVATE,
	    in->fd, 0)) == MAP_FAILED)
		return TMG_E_NOMEM;
	in->map = map;
	*body = (tmg_view){ map, in->len };
	return TMG_OK;
}
