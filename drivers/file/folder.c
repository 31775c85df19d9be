/* SPDX-License-Identifier: BSD-2-Clause */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "drivers/file/file.h"
#include "src/base/clock.h"
#include "src/base/file.h"
#include "src/base/scope.h"

static const char *const suffixes[] = {
	[TMG_FILE_KEY] = "pem",
	[TMG_FILE_CONTAINER] = "p12",
};

void
tmg_folder_path(const tmg_file *f, unsigned place, tmg_file_suffix what,
    char path[PATH_MAX])
{
	/* probe saw to it that the longest name of ours fits */
	const int n = snprintf(path, PATH_MAX, "%s/tamga-%u.%s", f->path, place,
	    suffixes[what]);

	if (n < 0 || n >= PATH_MAX)
		path[0] = '\0';
}

static tmg_rc
cannot(tmg_file *f, const char *what)
{
	const tmg_rc rc = errno == ENOENT || errno == ENOTDIR ? TMG_REMOVED :
	    errno == EACCES || errno == EPERM || errno == EROFS ? TMG_DENIED :
	    TMG_E_IO;

	return file_raise(f, rc, "%s: %s", what, strerror(errno));
}

static bool
is_mine(const struct stat *st)
{
	return st->st_uid == geteuid() || st->st_uid == 0;
}

static tmg_rc
check_folder(tmg_file *f, const struct stat *st)
{
	if (!S_ISDIR(st->st_mode))
		return file_raise(f, TMG_REMOVED, _("%s is no folder"), f->path);
	if (!is_mine(st))
		return file_raise(f, TMG_DENIED, _("the folder %s is somebody "
		    "else's; keep your key in one of your own"), f->path);
	if ((st->st_mode & (S_IWGRP | S_IWOTH)) != 0 &&
	    (st->st_mode & S_ISVTX) == 0)
		return file_raise(f, TMG_DENIED, _("others may write into the folder "
		    "%s and could put another key there: chmod go-w it"), f->path);
	return TMG_OK;
}

tmg_rc
tmg_folder_check(tmg_file *f)
{
	struct stat st;

	return stat(f->path, &st) == 0 ? check_folder(f, &st) :
	    cannot(f, f->path);
}

/* ---- one process at a time ----------------------------------------------- */

#define PATIENCE_MS 15000	/* writing is done in one */

/* tmg_file_replace() writes "tamga-1.pem.PID.new" first.  Nobody writes while
 * we hold the lock, so what is there was left by somebody who died. */
static bool
is_leftover(const char *name)
{
	const size_t len = strlen(name);

	return strncmp(name, "tamga-", 6) == 0 && len > 4 &&
	    strcmp(name + len - 4, ".new") == 0;
}

/* Zeros over what the file holds, as far as its medium lets us. */
static void
overwrite(int fd)
{
	static const uint8_t zeros[4096];
	struct stat st;
	off_t left = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) ? st.st_size : 0;

	while (left > 0) {
		const ssize_t n = write(fd, zeros, left < (off_t)sizeof(zeros) ?
		    (size_t)left : sizeof(zeros));

		if (n <= 0)
			break;
		left -= n;
	}
	(void)fsync(fd);
}

/* In a folder like /tmp others make files, and links to ours elsewhere. */
static bool
is_left_by_us(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	    st.st_uid == geteuid() && st.st_nlink == 1;
}

static void
sweep(int folder)
{
	const int copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = copy >= 0 ? fdopendir(copy) : NULL;
	const struct dirent *e;

	while (dir != NULL && (e = readdir(dir)) != NULL) {
		if (!is_leftover(e->d_name))
			continue;
		tmg_auto_fd fd = openat(folder, e->d_name,
		    O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

		if (fd >= 0 && is_left_by_us(fd))
			overwrite(fd);
		(void)unlinkat(folder, e->d_name, 0);
	}
	if (dir != NULL)
		closedir(dir);
	else if (copy >= 0)
		close(copy);
}

/* Anybody who may read the folder can hold it, for ever. */
static tmg_rc
hold(tmg_file *f, int fd, int64_t patience_ms)
{
	const struct timespec pause = { .tv_nsec = 20L * 1000 * 1000 };
	const int64_t until = tmg_now_ms() + patience_ms;

	while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return cannot(f, f->path);
		if (tmg_now_ms() >= until)
			return file_raise(f, TMG_DENIED, _("another program holds the "
			    "folder %s and does not let go; see which one (lsof "
			    "shows it), end it, and try again"), f->path);
		nanosleep(&pause, NULL);
	}
	return TMG_OK;
}

static tmg_rc
take(tmg_file *f, tmg_folder_lock *lock, int64_t patience_ms)
{
	struct stat st;
	tmg_rc rc;

	lock->fd = open(f->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (lock->fd < 0 || fstat(lock->fd, &st) != 0)
		return cannot(f, f->path);
	if ((rc = check_folder(f, &st)))
		return rc;
	if ((rc = hold(f, lock->fd, patience_ms)))
		return rc;
	sweep(lock->fd);
	return TMG_OK;
}

tmg_rc
tmg_folder_lock_take(tmg_file *f, tmg_folder_lock *lock)
{
	return take(f, lock, PATIENCE_MS);
}

tmg_rc
tmg_folder_lock_try(tmg_file *f, tmg_folder_lock *lock)
{
	return take(f, lock, 0);
}

void
tmg_folder_lock_release(tmg_folder_lock *lock)
{
	if (lock->fd >= 0)
		close(lock->fd);
	lock->fd = -1;
}

/* ---- files ---------------------------------------------------------------- */

static tmg_rc
open_ours(tmg_file *f, const char *path, int flags, tmg_file_suffix what, int *fd)
{
	struct stat st;

	*fd = open(path, flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (*fd < 0 && errno == ENOENT)
		return tmg_folder_check(f) == TMG_OK ? TMG_NOT_FOUND :
		    f->base.fault.rc;
	if (*fd < 0 && errno == ELOOP)
		return file_raise(f, TMG_DENIED, _("%s is a symbolic link; a key is "
		    "not looked for elsewhere"), path);
	if (*fd < 0 || fstat(*fd, &st) != 0)
		return cannot(f, path);
	if (!S_ISREG(st.st_mode) || !is_mine(&st))
		return file_raise(f, TMG_DENIED, _("%s is no file of yours"), path);
	if (what == TMG_FILE_KEY && (st.st_mode & (S_IRWXG | S_IRWXO)) != 0)
		return file_raise(f, TMG_DENIED, _("others may read the key in %s; if "
		    "nobody did, chmod 600 it"), path);
	return TMG_OK;
}

static tmg_rc
read_fd(int fd, uint8_t *data, size_t cap, size_t *len)
{
	for (*len = 0; *len < cap;) {
		const ssize_t n = read(fd, data + *len, cap - *len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return TMG_E_IO;
		if (n == 0)
			return TMG_OK;
		*len += (size_t)n;
	}
	return TMG_OK;
}

tmg_rc
tmg_folder_read(tmg_file *f, unsigned place, tmg_file_suffix what,
    uint8_t **data, size_t *len)
{
	char path[PATH_MAX];
	tmg_auto_fd fd = -1;
	tmg_rc rc;

	*data = NULL;
	*len = 0;
	tmg_folder_path(f, place, what, path);
	if ((rc = open_ours(f, path, O_RDONLY, what, &fd)))
		return rc;
	if ((*data = malloc(TMG_FILE_MAX + 1)) == NULL)
		return file_raise(f, TMG_E_NOMEM, _("out of memory"));
	if (read_fd(fd, *data, TMG_FILE_MAX + 1, len))
		return cannot(f, path);
	if (*len > TMG_FILE_MAX)
		return file_raise(f, TMG_E_MALFORMED, _("%s is too large to be a key; "
		    "somebody else wrote it"), path);
	return TMG_OK;
}

/* What is replaced is wiped too, through a descriptor taken before. */
tmg_rc
tmg_folder_write(tmg_file *f, unsigned place, tmg_file_suffix what, tmg_view data)
{
	char path[PATH_MAX];
	tmg_auto_fd old = -1;
	tmg_rc rc;

	tmg_folder_path(f, place, what, path);
	rc = open_ours(f, path, O_WRONLY, what, &old);
	if (rc != TMG_OK && rc != TMG_NOT_FOUND)
		return rc;
	if (tmg_file_replace(path, data, 0600) != TMG_OK)
		return cannot(f, path);
	if (old >= 0)
		overwrite(old);
	return TMG_OK;
}

/* First it loses its name: whoever dies half way leaves nothing that could be
 * taken for a damaged key, and the next one sweeps it. */
tmg_rc
tmg_folder_wipe(tmg_file *f, unsigned place, tmg_file_suffix what)
{
	char path[PATH_MAX], away[PATH_MAX];
	tmg_auto_fd fd = -1;
	tmg_rc rc;

	tmg_folder_path(f, place, what, path);
	rc = open_ours(f, path, O_WRONLY, what, &fd);
	if (rc == TMG_NOT_FOUND)
		return TMG_OK;
	if (rc != TMG_OK)
		return rc;
	if (snprintf(away, sizeof(away), "%s.0.new", path) >= (int)sizeof(away) ||
	    rename(path, away) != 0)
		return cannot(f, path);
	overwrite(fd);
	return unlink(away) == 0 ? TMG_OK : cannot(f, away);
}
