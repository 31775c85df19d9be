/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/provision/store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/file.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"

#define FOLDER_MODE 0700u
#define FILE_MODE 0600u
#define TMG_STATE_MAX 65536u

static tmg_rc
folder_path(char *path, size_t cap, tmg_fault *f)
{
	const tmg_rc rc = tmg_file_state(path, cap);

	if (rc == TMG_NOT_FOUND)
		return tmg_raise(f, TMG_E_USAGE, 0,
		    _("neither XDG_STATE_HOME nor HOME says where journals are kept"));
	if (rc != TMG_OK)
		return tmg_raise(f, TMG_E_USAGE, 0,
		    _("the path of the state folder is too long"));
	return TMG_OK;
}

static bool
is_id(const char *id)
{
	const size_t len = strlen(id);

	return len > 0 && len < TMG_PROVISION_ID &&
	    strspn(id, "0123456789abcdef-") == len;
}

static tmg_rc
file_path(const char *id, const char *end, char *path, size_t cap, tmg_fault *f)
{
	size_t used;
	tmg_rc rc;

	if (!is_id(id))
		return tmg_advise(f, TMG_TRY_ENROLLMENTS, tmg_raise(f, TMG_NOT_FOUND, 0,
		    _("\"%.40s\" is no enrollment's id"), id));
	if ((rc = folder_path(path, cap, f)))
		return rc;
	used = strlen(path);
	if (snprintf(path + used, cap - used, "/%s%s", id, end) >= (int)(cap - used))
		return tmg_raise(f, TMG_E_USAGE, 0,
		    _("the path of the state folder is too long"));
	return TMG_OK;
}

/* Journals name the authority and whom to believe: who can write there could
 * have the request posted elsewhere. */
static tmg_rc
check_folder(const char *path, tmg_fault *f)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return tmg_raise(f, TMG_E_IO, 0, _("cannot read the folder %s: %s"),
		    path, strerror(errno));
	if ((st.st_mode & (S_IWGRP | S_IWOTH)) == 0 &&
	    (st.st_uid == geteuid() || st.st_uid == 0))
		return TMG_OK;
	return tmg_raise(f, TMG_E_IO, 0, _("others may write into the folder %s; "
	    "nothing was changed: make it yours alone (chmod 700) or set "
	    "XDG_STATE_HOME"), path);
}

static tmg_rc
make_folder(char *path, size_t cap, tmg_fault *f)
{
	tmg_rc rc;

	if ((rc = folder_path(path, cap, f)))
		return rc;
	if ((rc = tmg_file_folder(path, FOLDER_MODE)))
		return tmg_raise(f, TMG_E_IO, 0, _("cannot make the folder %s: %s; "
		    "nothing was changed: make it writable or set XDG_STATE_HOME"),
		    path, strerror(errno));
	return check_folder(path, f);
}

tmg_rc
tmg_store_new_id(tmg_ctx *ctx, char id[static TMG_PROVISION_ID], tmg_fault *f)
{
	const time_t now = tmg_ctx_now(ctx);
	uint32_t chance;
	struct tm day;

	if (getrandom(&chance, sizeof(chance), 0) != sizeof(chance) ||
	    gmtime_r(&now, &day) == NULL)
		return tmg_raise(f, TMG_E_IO, 0, _("no random numbers: %s"),
		    strerror(errno));
	snprintf(id, TMG_PROVISION_ID, "%04u%02u%02u-%08x",
	    ((unsigned)day.tm_year + 1900u) % 10000u, ((unsigned)day.tm_mon + 1u) % 100u,
	    (unsigned)day.tm_mday % 100u, chance);
	return TMG_OK;
}

/* ---- locks ------------------------------------------------------------- */

void
tmg_lock_release(tmg_lock *lock)
{
	if (lock->fd >= 0)
		close(lock->fd);
	*lock = TMG_NO_LOCK;
}

/* The holder wrote its number into the file it locked. */
static tmg_rc
busy(int fd, const char *id, tmg_fault *f)
{
	char pid[24] = "";
	const ssize_t n = pread(fd, pid, sizeof(pid) - 1, 0);

	pid[n > 0 ? n : 0] = '\0';
	pid[strspn(pid, "0123456789")] = '\0';
	return tmg_raise(f, TMG_BUSY, 0, _("process %s is working on enrollment %s; "
	    "wait until it ends"), pid[0] != '\0' ? pid : "?", id);
}

static void
sign_lock(int fd)
{
	char pid[24];
	const int n = snprintf(pid, sizeof(pid), "%ld\n", (long)getpid());

	/* only the words of TMG_BUSY depend on it */
	if (ftruncate(fd, 0) == 0 && pwrite(fd, pid, (size_t)n, 0) != n)
		return;
}

tmg_rc
tmg_store_lock(const char *id, tmg_lock *lock, tmg_fault *f)
{
	char path[PATH_MAX];
	tmg_rc rc;

	if ((rc = make_folder(path, sizeof(path), f)))
		return rc;
	if (id != NULL && (rc = file_path(id, ".lock", path, sizeof(path), f)))
		return rc;
	if (id == NULL && strlen(path) + sizeof("/lock") <= sizeof(path))
		strcat(path, "/lock");

	tmg_lock_release(lock);
	lock->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, FILE_MODE);
	if (lock->fd < 0)
		return tmg_raise(f, TMG_E_IO, 0, _("cannot write %s: %s; nothing was "
		    "changed: make the folder writable or set XDG_STATE_HOME"),
		    path, strerror(errno));
	while (flock(lock->fd, id != NULL ? LOCK_EX | LOCK_NB : LOCK_EX) != 0) {
		if (errno == EINTR)
			continue;
		rc = errno == EWOULDBLOCK ? busy(lock->fd, id, f) :
		    tmg_raise(f, TMG_E_IO, 0, _("cannot lock %s: %s"), path,
		    strerror(errno));
		tmg_lock_release(lock);
		return rc;
	}
	sign_lock(lock->fd);
	return TMG_OK;
}

/* ---- journals ---------------------------------------------------------- */

tmg_rc
tmg_store_read(const char *id, tmg_journal *j, tmg_fault *f)
{
	tmg_auto_free uint8_t *text = NULL;
	char path[PATH_MAX];
	size_t len;
	tmg_rc rc;

	if ((rc = file_path(id, ".json", path, sizeof(path), f)))
		return rc;
	rc = tmg_file_read(path, TMG_JOURNAL_MAX, &text, &len);
	if (rc == TMG_NOT_FOUND)
		return tmg_advise(f, TMG_TRY_ENROLLMENTS, tmg_raise(f, rc, 0,
		    _("there is no enrollment %s"), id));
	if (rc != TMG_OK)
		return tmg_raise(f, TMG_E_IO, 0, _("cannot read %s: %s"), path,
		    rc == TMG_UNSUPPORTED ? _("too long") : strerror(errno));

	if ((rc = tmg_journal_parse((tmg_view){ text, len }, j, f)))
		return rc;
	if (strcmp(j->id, id) != 0)
		return tmg_raise(f, TMG_E_MALFORMED, 0,
		    _("%s is the journal of another enrollment"), path);
	return TMG_OK;
}

tmg_rc
tmg_store_write(const tmg_journal *j, tmg_fault *f)
{
	tmg_auto_free char *text = NULL;
	char path[PATH_MAX];
	tmg_rc rc;

	if ((rc = file_path(j->id, ".json", path, sizeof(path), f)) ||
	    (rc = tmg_journal_print(j, &text)))
		return rc;
	rc = tmg_file_replace(path, tmg_view_str(text), FILE_MODE);
	if (rc != TMG_OK)
		return tmg_advise(f, TMG_TRY_RESUME, tmg_raise(f, TMG_E_IO, 0,
		    _("cannot write the journal %s: %s; make room for it or make it "
		    "writable, then resume"), path, strerror(errno)));
	return TMG_OK;
}

/* ---- what a protocol remembers ----------------------------------------- */

tmg_rc
tmg_store_keep(const char *id, tmg_view state, tmg_fault *f)
{
	char path[PATH_MAX];
	tmg_rc rc;

	if ((rc = file_path(id, ".state", path, sizeof(path), f)))
		return rc;
	if (tmg_file_replace(path, state, FILE_MODE) != TMG_OK)
		return tmg_raise(f, TMG_E_IO, 0, _("cannot write %s: %s; make room for "
		    "it or make it writable, then resume"), path, strerror(errno));
	return TMG_OK;
}

tmg_rc
tmg_store_kept(const char *id, tmg_blob *state, tmg_fault *f)
{
	char path[PATH_MAX];
	tmg_rc rc;

	if ((rc = file_path(id, ".state", path, sizeof(path), f)))
		return rc;
	rc = tmg_file_read(path, TMG_STATE_MAX, &state->ptr, &state->len);
	if (rc == TMG_OK || rc == TMG_NOT_FOUND)
		return rc;
	return tmg_raise(f, TMG_E_IO, 0, _("cannot read %s: %s"), path,
	    rc == TMG_UNSUPPORTED ? _("too long") : strerror(errno));
}

static void
overwrite(const char *path)
{
	static const uint8_t zeros[4096];
	const int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
	struct stat st;
	ssize_t n = 1;

	if (fd < 0)
		return;
	if (fstat(fd, &st) == 0)
		for (off_t left = st.st_size; left > 0 && n > 0; left -= n)
			n = write(fd, zeros, left < (off_t)sizeof(zeros) ?
			    (size_t)left : sizeof(zeros));
	(void)fdatasync(fd);
	close(fd);
}

tmg_rc
tmg_store_forget(const char *id, tmg_fault *f)
{
	char path[PATH_MAX];
	tmg_rc rc;

	if ((rc = file_path(id, ".state", path, sizeof(path), f)))
		return rc;
	overwrite(path);
	if (unlink(path) != 0 && errno != ENOENT)
		return tmg_raise(f, TMG_E_IO, 0, _("cannot remove %s: %s"), path,
		    strerror(errno));
	return TMG_OK;
}

/* ---- all of them ------------------------------------------------------- */

/* "ID.json" to ID; anything else in the folder is not ours. */
static bool
id_of(const char *name, char id[static TMG_PROVISION_ID])
{
	const char *dot = strstr(name, ".json");

	if (dot == NULL || strcmp(dot, ".json") != 0 ||
	    (size_t)(dot - name) >= TMG_PROVISION_ID)
		return false;
	memcpy(id, name, (size_t)(dot - name));
	id[dot - name] = '\0';
	return is_id(id);
}

static tmg_rc
visit(tmg_ctx *ctx, const char *id, tmg_store_fn *fn, void *arg)
{
	tmg_auto(tmg_journal) j = { .retry_after = -1 };
	tmg_fault why = { .rc = TMG_OK };
	tmg_rc rc = tmg_store_read(id, &j, &why);

	if (rc == TMG_OK)
		return fn(arg, &j);
	if (rc != TMG_E_NOMEM) {
		tmg_log(ctx, TMG_LOG_WARN, "enrollment %s: %s", id, why.text);
		return TMG_OK;
	}
	return rc;
}

tmg_rc
tmg_store_each(tmg_ctx *ctx, tmg_store_fn *fn, void *arg, tmg_fault *f)
{
	struct dirent **names = NULL;
	char path[PATH_MAX], id[TMG_PROVISION_ID];
	int n;
	tmg_rc rc;

	if ((rc = folder_path(path, sizeof(path), f)))
		return rc;
	if (access(path, F_OK) == 0 && (rc = check_folder(path, f)))
		return rc;
	/* oldest first: the id begins with the day */
	n = scandir(path, &names, NULL, alphasort);
	if (n < 0 && errno == ENOENT)
		return TMG_OK;
	if (n < 0)
		return tmg_raise(f, TMG_E_IO, 0,
		    _("cannot read the folder %s: %s"), path, strerror(errno));

	for (int i = 0; i < n; i++) {
		if (rc == TMG_OK && id_of(names[i]->d_name, id))
			rc = visit(ctx, id, fn, arg);
		free(names[i]);
	}
	free(names);
	return rc;
}

struct sought {
	tmg_view cert;
	tmg_journal *j;
	bool found;
};

static tmg_rc
take_if_sought(void *arg, tmg_journal *j)
{
	struct sought *s = arg;

	if (!tmg_view_equal(s->cert, tmg_blob_view(&j->cert)))
		return TMG_OK;
	tmg_journal_wipe(s->j);
	*s->j = *j;
	*j = (tmg_journal){ .retry_after = -1 };
	s->found = true;
	return TMG_OK;
}

tmg_rc
tmg_store_find(tmg_ctx *ctx, tmg_view cert, tmg_journal *j, tmg_fault *f)
{
	struct sought s = { cert, j, false };
	const tmg_rc rc = tmg_store_each(ctx, take_if_sought, &s, f);

	if (rc != TMG_OK)
		return rc;
	return s.found ? TMG_OK : TMG_NOT_FOUND;
}
