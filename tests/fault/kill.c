/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Preloaded into a program under test: kills it without warning at the n-th
 * place where something leaves it or becomes durable.  Before and after each
 * such call are two places.
 *
 *	TAMGA_KILL_AT=17 LD_PRELOAD=.../kill.so tamga enroll ...
 *
 * TAMGA_KILL_DURABLE=1: only fsync and rename are places, which are the
 * journal's steps.  Without TAMGA_KILL_AT it counts, and writes the number into the file
 * TAMGA_KILL_COUNT when the program ends.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define EXPORT __attribute__((__visibility__("default")))

static unsigned long places;

static void
place(bool durable)
{
	const char *at = getenv("TAMGA_KILL_AT");

	if (!durable && getenv("TAMGA_KILL_DURABLE") != NULL)
		return;
	places++;
	if (at != NULL && strtoul(at, NULL, 10) == places)
		raise(SIGKILL);
}

typedef ssize_t write_fn(int fd, const void *data, size_t n);
typedef ssize_t send_fn(int fd, const void *data, size_t n, int flags);
typedef int fsync_fn(int fd);
typedef int rename_fn(const char *from, const char *to);

static write_fn *real_write;
static send_fn *real_send;
static fsync_fn *real_fsync;
static rename_fn *real_rename;

/* ISO C has no cast from an object's address to a function's: POSIX does. */
__attribute__((__constructor__)) static void
find(void)
{
	*(void **)&real_write = dlsym(RTLD_NEXT, "write");
	*(void **)&real_send = dlsym(RTLD_NEXT, "send");
	*(void **)&real_fsync = dlsym(RTLD_NEXT, "fsync");
	*(void **)&real_rename = dlsym(RTLD_NEXT, "rename");
}

EXPORT ssize_t write(int fd, const void *data, size_t n);
EXPORT ssize_t send(int fd, const void *data, size_t n, int flags);
EXPORT int fsync(int fd);
EXPORT int rename(const char *from, const char *to);

ssize_t
write(int fd, const void *data, size_t n)
{
	place(false);
	const ssize_t rc = real_write(fd, data, n);
	place(false);
	return rc;
}

ssize_t
send(int fd, const void *data, size_t n, int flags)
{
	place(false);
	const ssize_t rc = real_send(fd, data, n, flags);
	place(false);
	return rc;
}

int
fsync(int fd)
{
	place(true);
	const int rc = real_fsync(fd);
	place(true);
	return rc;
}

int
rename(const char *from, const char *to)
{
	place(true);
	const int rc = real_rename(from, to);
	place(true);
	return rc;
}

__attribute__((__destructor__)) static void
tell(void)
{
	const char *path = getenv("TAMGA_KILL_COUNT");
	FILE *f = path != NULL ? fopen(path, "w") : NULL;

	if (f == NULL)
		return;
	fprintf(f, "%lu\n", places);
	fclose(f);
}
