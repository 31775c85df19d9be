/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Preloaded into a program under test: at the n-th place the world around it
 * changes, and stays so until the program ends.
 *
 *	TAMGA_WORLD=cut-answer TAMGA_WORLD_AT=3 LD_PRELOAD=.../world.so tamga enroll ...
 *
 * TAMGA_WORLD=cut-request	the network is gone before anything leaves: each
 *				connect and send to it is a place
 * TAMGA_WORLD=cut-answer	it is gone when an answer has come and before any
 *				of it is read: each piece that came is a place
 * TAMGA_WORLD=full		the disk is full: what is written, synced,
 *				renamed or made there is
 * TAMGA_WORLD=kill, stop	SIGKILL, SIGSTOP before each write, send, connect,
 *				fsync and rename; after the last of them nothing
 *				happens that another process could see
 * TAMGA_WORLD=clock		at one of those the clock jumps by TAMGA_WORLD_JUMP
 *				seconds; without TAMGA_WORLD_AT it is wrong from
 *				the beginning
 *
 * TAMGA_WORLD_AT=N	the N-th place; absent or 0 none
 * TAMGA_WORLD_COUNT=PATH	where the number of places is written at the end
 * TAMGA_WORLD_MET=PATH	made when the place is met
 *
 * shim.c makes single calls fail; here whatever comes after fails too.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define EXPORT __attribute__((__visibility__("default")))

enum disaster { NONE, CUT_REQUEST, CUT_ANSWER, FULL, KILL, STOP, CLOCK };

static struct {
	enum disaster disaster;
	unsigned long at;
	long jump;
	const char *met;
} want;

static atomic_bool begun, struck;
static atomic_ulong places;

/* NAME as libc has it, found when it is first called. */
#define REAL(name) \
	static __typeof__(&name) real; \
	if (real == NULL) \
		*(void **)&real = dlsym(RTLD_NEXT, #name)

/* ---- the place ------------------------------------------------------------ */

static bool
strikes(enum disaster disaster)
{
	int fd;

	if (!begun || want.disaster != disaster || ++places != want.at)
		return false;
	struck = true;
	fd = want.met != NULL ? creat(want.met, 0600) : -1;
	if (fd >= 0)
		close(fd);
	return true;
}

/* Whether it is as that disaster leaves it. */
static bool
is(enum disaster disaster)
{
	return strikes(disaster) || (struck && want.disaster == disaster);
}

/* What others can see is about to happen. */
static void
moment(void)
{
	if (strikes(KILL))
		raise(SIGKILL);
	if (strikes(STOP))
		raise(SIGSTOP);
	(void)strikes(CLOCK);
}

/* ---- what a descriptor is --------------------------------------------------- */

static bool
on_disk(int fd)
{
	struct stat st;

	/* output and words are on no disk of ours */
	return fd > STDERR_FILENO && fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
}

static bool
on_network(int fd)
{
	struct sockaddr_storage at = { .ss_family = AF_UNSPEC };
	socklen_t len = sizeof(at);

	return getsockname(fd, (struct sockaddr *)&at, &len) == 0 &&
	    (at.ss_family == AF_INET || at.ss_family == AF_INET6);
}

static bool
is_socket(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISSOCK(st.st_mode);
}

/* ---- the network ------------------------------------------------------------- */

static bool
cut(int fd)
{
	if (!on_network(fd) || !(is(CUT_REQUEST) || (struck && want.disaster == CUT_ANSWER)))
		return false;
	shutdown(fd, SHUT_RDWR);
	errno = ECONNRESET;
	return true;
}

/* Whoever asks whether something came is not answered by a place. */
static bool
answer_lost(int fd, int flags)
{
	char peeked;

	if (want.disaster != CUT_ANSWER || (flags & MSG_PEEK) != 0 || !on_network(fd))
		return false;
	if (!struck && recvfrom(fd, &peeked, 1, MSG_PEEK | MSG_DONTWAIT, NULL, NULL) <= 0)
		return false;
	if (!is(CUT_ANSWER))
		return false;
	shutdown(fd, SHUT_RDWR);
	errno = ECONNRESET;
	return true;
}

#define SENDER(name, how, ...) \
EXPORT ssize_t name how \
{ \
	REAL(name); \
	if (is_socket(fd)) \
		moment(); \
	return cut(fd) ? -1 : real(__VA_ARGS__); \
}
SENDER(send, (int fd, const void *data, size_t n, int flags), fd, data, n, flags)
SENDER(sendmsg, (int fd, const struct msghdr *message, int flags), fd, message, flags)
#undef SENDER

EXPORT ssize_t
recv(int fd, void *data, size_t n, int flags)
{
	REAL(recv);
	if (answer_lost(fd, flags) || (struck && cut(fd)))
		return -1;
	return real(fd, data, n, flags);
}

EXPORT int
connect(int fd, __CONST_SOCKADDR_ARG to, socklen_t n)
{
	REAL(connect);
	const sa_family_t family = to.__sockaddr__->sa_family;

	if (family == AF_INET || family == AF_INET6) {
		moment();
		if (is(CUT_REQUEST) || (struck && want.disaster == CUT_ANSWER)) {
			errno = ENETUNREACH;
			return -1;
		}
	}
	return real(fd, to, n);
}

/* ---- the disk ------------------------------------------------------------------- */

static bool
no_room(void)
{
	if (!is(FULL))
		return false;
	errno = ENOSPC;
	return true;
}

#define WRITER(name, how, ...) \
EXPORT ssize_t name how \
{ \
	REAL(name); \
	const bool disk = on_disk(fd); \
	if (disk || is_socket(fd)) \
		moment(); \
	if (disk ? no_room() : cut(fd)) \
		return -1; \
	return real(__VA_ARGS__); \
}
WRITER(write, (int fd, const void *data, size_t n), fd, data, n)
WRITER(pwrite64, (int fd, const void *data, size_t n, off64_t at), fd, data, n, at)
#undef WRITER

#define CHANGER(name, how, ...) \
EXPORT int name how \
{ \
	REAL(name); \
	moment(); \
	return no_room() ? -1 : real(__VA_ARGS__); \
}
CHANGER(fsync, (int fd), fd)
CHANGER(fdatasync, (int fd), fd)
CHANGER(rename, (const char *from, const char *to), from, to)
CHANGER(mkdir, (const char *path, mode_t mode), path, mode)
#undef CHANGER

/* A file that stands there needs no room to be opened. */
#define OPENER(name) \
EXPORT int name(const char *path, int flags, ...) \
{ \
	REAL(name); \
	va_list ap; \
	va_start(ap, flags); \
	const mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(ap, mode_t) : 0; \
	va_end(ap); \
	if ((flags & O_CREAT) != 0 && access(path, F_OK) != 0 && no_room()) \
		return -1; \
	return real(path, flags, mode); \
}
OPENER(open)
OPENER(open64)
#undef OPENER

/* ---- the clock --------------------------------------------------------------------- */

static time_t
astray(void)
{
	return want.disaster == CLOCK && (struck || want.at == 0) ? want.jump : 0;
}

EXPORT int
clock_gettime(clockid_t id, struct timespec *t)
{
	REAL(clock_gettime);
	const int rc = real(id, t);

	if (rc == 0 && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE))
		t->tv_sec += astray();
	return rc;
}

EXPORT int
gettimeofday(struct timeval *t, void *zone)
{
	REAL(gettimeofday);
	const int rc = real(t, zone);

	t->tv_sec += astray();
	return rc;
}

EXPORT time_t
time(time_t *t)
{
	REAL(time);
	const time_t now = real(NULL) + astray();

	if (t != NULL)
		*t = now;
	return now;
}

/* ---- the beginning and the end ---------------------------------------------------- */

__attribute__((__constructor__)) static void
begin(void)
{
	static const char *const names[] = {
		[NONE] = "", [CUT_REQUEST] = "cut-request", [CUT_ANSWER] = "cut-answer",
		[FULL] = "full", [KILL] = "kill", [STOP] = "stop", [CLOCK] = "clock",
	};
	const char *name = getenv("TAMGA_WORLD"), *at = getenv("TAMGA_WORLD_AT"),
	    *jump = getenv("TAMGA_WORLD_JUMP");

	for (size_t i = 0; name != NULL && i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(name, names[i]) == 0)
			want.disaster = (enum disaster)i;
	want.at = at != NULL ? strtoul(at, NULL, 10) : 0;
	want.jump = jump != NULL ? strtol(jump, NULL, 10) : 0;
	want.met = getenv("TAMGA_WORLD_MET");
	begun = true;
}

__attribute__((__destructor__)) static void
count(void)
{
	const char *path = getenv("TAMGA_WORLD_COUNT");
	const unsigned long n = places;
	FILE *f;

	begun = false;
	f = path != NULL ? fopen(path, "w") : NULL;
	if (f == NULL)
		return;
	fprintf(f, "%lu\n", n);
	fclose(f);
}
