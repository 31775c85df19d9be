/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/scope.h"

static tmg_rc
from_errno(void)
{
	switch (errno) {
	case ENOENT:
	case ENOTDIR:
		return TMG_NOT_FOUND;
	case EACCES:
	case EPERM:
	case EROFS:
		return TMG_DENIED;
	case ENOMEM:
		return TMG_E_NOMEM;
	default:
		return TMG_E_IO;
	}
}

static tmg_rc
read_all(int fd, size_t max, uint8_t **data, size_t *len)
{
	tmg_auto_free uint8_t *buf = NULL;
	size_t cap = 0, n = 0;

	for (;;) {
		if (n + 1 >= cap) {
			uint8_t *more = realloc(buf, cap = cap ? 2 * cap : 4096);

			if (more == NULL)
				return TMG_E_NOMEM;
			buf = more;
		}
		const ssize_t got = read(fd, buf + n, cap - n - 1);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return from_errno();
		if (got == 0)
			break;
		n += (size_t)got;
		if (n > max)
			return TMG_UNSUPPORTED;
	}

	buf[n] = 0;
	*data = buf;
	*len = n;
	buf = NULL;
	return TMG_OK;
}

tmg_rc
tmg_file_read(const char *path, size_t max, uint8_t **data, size_t *len)
{
	tmg_auto_fd fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return from_errno();
	return read_all(fd, max, data, len);
}

static tmg_rc
write_all(int fd, tmg_view data)
{
	while (data.len > 0) {
		const ssize_t put = write(fd, data.ptr, data.len);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return from_errno();
		data.ptr += put;
		data.len -= (size_t)put;
	}
	return fsync(fd) == 0 ? TMG_OK : from_errno();
}

static tmg_rc
sync_folder(const char *path)
{
	char copy[PATH_MAX];

	if (strlen(path) >= sizeof(copy))
		return TMG_E_USAGE;
	strcpy(copy, path);
	tmg_auto_fd fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return from_errno();
	return fsync(fd) == 0 ? TMG_OK : from_errno();
}

/* Never into a file that somebody else made and may hold open. */
static int
make_new(const char *path, unsigned mode)
{
	const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
	const int fd = open(path, flags, (mode_t)mode);

	if (fd >= 0 || errno != EEXIST || unlink(path) != 0)
		return fd;
	return open(path, flags, (mode_t)mode);
}

static tmg_rc
write_beside(const char *beside, tmg_view data, unsigned mode)
{
	tmg_auto_fd fd = make_new(beside, mode);

	if (fd < 0)
		return from_errno();
	return write_all(fd, data);
}

tmg_rc
tmg_file_replace(const char *path, tmg_view data, unsigned mode)
{
	char beside[PATH_MAX];
	tmg_rc rc;

	if (snprintf(beside, sizeof(beside), "%s.%ld.new", path, (long)getpid())
	    >= (int)sizeof(beside))
		return TMG_E_USAGE;

	rc = write_beside(beside, data, mode);
	if (rc == TMG_OK && rename(beside, path) != 0)
		rc = from_errno();
	if (rc != TMG_OK) {
		const int cause = errno;

		unlink(beside);
		errno = cause;
		return rc;
	}
	return sync_folder(path);
}

/* One level; it may stand there where nobody may make anything.  Else errno says
 * why it could not be made, not that it is not there. */
static bool
have_folder(const char *part, unsigned mode)
{
	struct stat st;
	int why;

	if (mkdir(part, (mode_t)mode) == 0 || errno == EEXIST)
		return true;
	why = errno;
	if (stat(part, &st) == 0)
		return true;
	errno = why;
	return false;
}

tmg_rc
tmg_file_claim(const char *mine, const char *path)
{
	const int cause = link(mine, path) == 0 ? 0 : errno;

	unlink(mine);
	errno = cause;
	return cause == 0 || cause == EEXIST ? sync_folder(path) : from_errno();
}

tmg_rc
tmg_file_folder(const char *path, unsigned mode)
{
	char part[PATH_MAX];

	if (strlen(path) >= sizeof(part) || path[0] == '\0')
		return TMG_E_USAGE;
	strcpy(part, path);

	for (char *at = part + 1;; at++) {
		if (*at != '/' && *at != '\0')
			continue;
		const char end = *at;

		*at = '\0';
		if (!have_folder(part, mode))
			return from_errno();
		if (end == '\0')
			return TMG_OK;
		*at = end;
	}
}

tmg_rc
tmg_file_state(char *path, size_t cap)
{
	const char *state = secure_getenv("XDG_STATE_HOME");
	const char *home = secure_getenv("HOME");
	int n;

	if (state != NULL && state[0] == '/')
		n = snprintf(path, cap, "%s/tamga", state);
	else if (home != NULL && home[0] == '/')
		n = snprintf(path, cap, "%s/.local/state/tamga", home);
	else
		return TMG_NOT_FOUND;
	return n < 0 || (size_t)n >= cap ? TMG_E_SPACE : TMG_OK;
}
