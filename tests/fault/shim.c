/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Preloaded into a program under test: makes its n-th allocation or its n-th
 * input or output fail, or kills it there.
 *
 *	TAMGA_FAULT=alloc TAMGA_FAULT_AT=17 LD_PRELOAD=.../shim.so tamga list
 *
 * TAMGA_FAULT=alloc	malloc, calloc, realloc and what libc builds on them
 * TAMGA_FAULT=io	open, read, write, send, recv, fsync, rename and kin
 * TAMGA_FAULT=io-files	the same where no socket is read or written,
 * TAMGA_FAULT=io-sockets	and where one is
 * TAMGA_FAULT=kill	SIGKILL before and after each call that leaves the
 *			program or becomes durable: two places a call
 * TAMGA_FAULT=kill-durable	the same, fsync and rename only
 *
 * TAMGA_FAULT_AT=N	the N-th place fails; absent or 0 none
 * TAMGA_FAULT_ON	from the first failure on, every place fails
 * TAMGA_FAULT_ERROR=E	how input and output fail (EIO when absent); "short"
 *			moves half of the bytes instead
 * TAMGA_FAULT_WHOSE=ours	only calls made by tamga's own code; else by
 *			whichever library it called too, but never by the
 *			loader or, on its own account, by libc; nor by what
 *			GnuTLS calls and does not outlive: GMP ends the
 *			program (its manual, "Custom Allocation"), libtasn1
 *			4.19 writes through the NULL (asn1_der_coding)
 * TAMGA_FAULT_STEPS=N	nothing fails before SIGUSR2, which begins to count
 *			anew, the second and later ones N places further on:
 *			how the requests to a server are told apart
 * TAMGA_FAULT_COUNT=PATH	where the number of places is written at the end
 * TAMGA_FAULT_TOLD=PATH	where the stack of each failure is appended;
 *			PATH.armed is made when a signal has begun a step
 *
 * Nothing is a place before main: a loader without memory is no program.
 */
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <link.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <unwind.h>

#define EXPORT __attribute__((__visibility__("default")))
#define CALLER __builtin_return_address(0)

enum kind { NOTHING, ALLOC, IO, IO_FILES, IO_SOCKETS, KILL, KILL_DURABLE };

static struct {
	enum kind kind;
	unsigned long at, step;
	bool on, ours, halves;
	int error;
	const char *told;
} want;

static char armed[4096];	/* "PATH.armed", when steps are told */
static atomic_bool begun;		/* main runs */
static atomic_ulong places, steps;
static atomic_bool failed;
static _Thread_local bool inside;	/* our own calls are no places */

/* ---- whose call it is ------------------------------------------------------- */

enum owner { OURS, THEIRS, LIBC, LOADER, MORTAL };

enum { RANGES_MAX = 256 };

static struct range {
	uintptr_t from, to;
	enum owner owner;
} ranges[RANGES_MAX];
static size_t range_count;

static enum owner
owner_of_object(const char *path)
{
	const char *name = strrchr(path, '/');

	name = name != NULL ? name + 1 : path;
	if (*name == '\0' || strncmp(name, "libtamga", 8) == 0)
		return OURS;
	if (strncmp(name, "libc.so", 7) == 0 || strncmp(name, "shim.so", 7) == 0)
		return LIBC;
	if (strncmp(name, "libgmp.so", 9) == 0 ||
	    strncmp(name, "libtasn1.so", 11) == 0)
		return MORTAL;
	return strncmp(name, "ld-linux", 8) == 0 ? LOADER : THEIRS;
}

static int
add_object(struct dl_phdr_info *info, size_t size, void *arg)
{
	(void)size;
	(void)arg;
	for (size_t i = 0; i < info->dlpi_phnum && range_count < RANGES_MAX; i++) {
		const ElfW(Phdr) *h = &info->dlpi_phdr[i];

		if (h->p_type == PT_LOAD && (h->p_flags & PF_X) != 0)
			ranges[range_count++] = (struct range){
			    info->dlpi_addr + h->p_vaddr,
			    info->dlpi_addr + h->p_vaddr + h->p_memsz,
			    owner_of_object(info->dlpi_name) };
	}
	return 0;
}

/* What was loaded after main began is a library's plugin: theirs. */
static enum owner
owner_of(const void *code)
{
	const uintptr_t at = (uintptr_t)code;

	for (size_t i = 0; i < range_count; i++)
		if (at >= ranges[i].from && at < ranges[i].to)
			return ranges[i].owner;
	return THEIRS;
}

/* strdup, asprintf and fopen allocate for whoever called them. */
static _Unwind_Reason_Code
first_beyond_libc(struct _Unwind_Context *frame, void *arg)
{
	enum owner *owner = arg;

	*owner = owner_of((const void *)_Unwind_GetIP(frame));
	return *owner == LIBC ? _URC_NO_REASON : _URC_END_OF_STACK;
}

static bool
counts(const void *caller)
{
	enum owner owner = owner_of(caller);

	if (owner == LIBC) {
		_Unwind_Backtrace(first_beyond_libc, &owner);
		return owner == OURS;
	}
	return owner == OURS || (owner == THEIRS && !want.ours);
}

/* ---- the place ---------------------------------------------------------------- */

static void
tell(void)
{
	void *frames[24];
	int fd;

	if (want.told == NULL)
		return;
	fd = open(want.told, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (fd < 0)
		return;
	dprintf(fd, "place %lu\n", (unsigned long)places);
	backtrace_symbols_fd(frames, backtrace(frames, 24), fd);
	close(fd);
}

/* 0: none */
static unsigned long
place_wanted(void)
{
	if (want.step == 0)
		return want.at;
	return steps == 0 ? 0 : want.at + (steps - 1) * want.step;
}

static bool
fails(enum kind kind, const void *caller)
{
	bool now;

	if (!begun || inside || want.kind != kind)
		return false;
	inside = true;
	now = counts(caller);
	if (now) {
		const unsigned long n = ++places;

		now = (want.on && failed) || n == place_wanted();
	}
	if (now) {
		failed = true;
		tell();
	}
	inside = false;
	return now;
}

static void
kill_here(bool durable)
{
	if (!begun || inside || want.kind < KILL ||
	    (want.kind == KILL_DURABLE && !durable))
		return;
	if (++places == want.at)
		raise(SIGKILL);
}

/* io counts both kinds of input and output. */
static bool
io_fails_as(enum kind kind, const void *caller)
{
	if (want.halves || !fails(want.kind == IO ? IO : kind, caller))
		return false;
	errno = want.error;
	return true;
}
#define file_fails(caller) io_fails_as(IO_FILES, (caller))
#define socket_fails(caller) io_fails_as(IO_SOCKETS, (caller))

/* Pipes and what a library wakes itself with are neither. */
static enum kind
kind_of(int fd)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return IO;
	return S_ISSOCK(st.st_mode) ? IO_SOCKETS : S_ISREG(st.st_mode) ? IO_FILES : IO;
}

static bool
io_fails(int fd, const void *caller)
{
	return io_fails_as(kind_of(fd), caller);
}

static size_t
some_of(int fd, size_t n, const void *caller)
{
	return want.halves && n > 1 &&
	    fails(want.kind == IO ? IO : kind_of(fd), caller) ? n / 2 : n;
}

/* ---- allocations ---------------------------------------------------------------- */

extern void *__libc_malloc(size_t n);
extern void *__libc_calloc(size_t n, size_t each);
extern void *__libc_realloc(void *old, size_t n);

static bool
alloc_fails(const void *caller)
{
	if (!fails(ALLOC, caller))
		return false;
	errno = ENOMEM;
	return true;
}

EXPORT void *
malloc(size_t n)
{
	return alloc_fails(CALLER) ? NULL : __libc_malloc(n);
}

EXPORT void *
calloc(size_t n, size_t each)
{
	return alloc_fails(CALLER) ? NULL : __libc_calloc(n, each);
}

/* One that shrinks may not fail, says nobody: it may. */
EXPORT void *
realloc(void *old, size_t n)
{
	return n != 0 && alloc_fails(CALLER) ? NULL : __libc_realloc(old, n);
}

EXPORT void *
reallocarray(void *old, size_t n, size_t each)
{
	size_t all;

	if (__builtin_mul_overflow(n, each, &all) ||
	    (all != 0 && alloc_fails(CALLER))) {
		errno = ENOMEM;
		return NULL;
	}
	return __libc_realloc(old, all);
}

/* ---- input and output --------------------------------------------------------------- */

/* NAME(PARAMETERS) as libc has it, found when it is first called. */
#define REAL(name) \
	static __typeof__(&name) real; \
	if (real == NULL) \
		*(void **)&real = dlsym(RTLD_NEXT, #name)

#define WRITER(name, how, ...) \
EXPORT ssize_t name how \
{ \
	REAL(name); \
	if (io_fails(fd, CALLER)) \
		return -1; \
	n = some_of(fd, n, CALLER); \
	kill_here(false); \
	const ssize_t rc = real(__VA_ARGS__); \
	kill_here(false); \
	return rc; \
}
WRITER(write, (int fd, const void *data, size_t n), fd, data, n)
WRITER(send, (int fd, const void *data, size_t n, int flags), fd, data, n, flags)
#undef WRITER

EXPORT ssize_t
sendmsg(int fd, const struct msghdr *message, int flags)
{
	REAL(sendmsg);
	if (socket_fails(CALLER))
		return -1;
	kill_here(false);
	const ssize_t rc = real(fd, message, flags);
	kill_here(false);
	return rc;
}

#define MOVER(name, how, ...) \
EXPORT ssize_t name how \
{ \
	REAL(name); \
	if (io_fails(fd, CALLER)) \
		return -1; \
	n = some_of(fd, n, CALLER); \
	return real(__VA_ARGS__); \
}
MOVER(read, (int fd, void *data, size_t n), fd, data, n)
MOVER(pread64, (int fd, void *data, size_t n, off64_t at), fd, data, n, at)
MOVER(pwrite64, (int fd, const void *data, size_t n, off64_t at), fd, data, n, at)
#undef MOVER

/* Servers ask over and over whether something came; such a question is no
 * place, or nobody could tell one place from the next. */
EXPORT ssize_t
recv(int fd, void *data, size_t n, int flags)
{
	REAL(recv);
	char peeked;

	if ((fcntl(fd, F_GETFL) & O_NONBLOCK) != 0 &&
	    real(fd, &peeked, 1, MSG_PEEK | MSG_DONTWAIT) < 0)
		return real(fd, data, n, flags);
	if (socket_fails(CALLER))
		return -1;
	return real(fd, data, some_of(fd, n, CALLER), flags);
}

#define DURABLE(name, how, ...) \
EXPORT int name how \
{ \
	REAL(name); \
	if (file_fails(CALLER)) \
		return -1; \
	kill_here(true); \
	const int rc = real(__VA_ARGS__); \
	kill_here(true); \
	return rc; \
}
DURABLE(fsync, (int fd), fd)
DURABLE(fdatasync, (int fd), fd)
DURABLE(rename, (const char *from, const char *to), from, to)
#undef DURABLE

#define SIMPLE(kind, name, how, ...) \
EXPORT int name how \
{ \
	REAL(name); \
	return io_fails_as(kind, CALLER) ? -1 : real(__VA_ARGS__); \
}
SIMPLE(IO_FILES, ftruncate64, (int fd, off64_t length), fd, length)
SIMPLE(IO_FILES, unlink, (const char *path), path)
SIMPLE(IO_SOCKETS, socket, (int domain, int type, int protocol), domain, type, protocol)
SIMPLE(IO_SOCKETS, connect, (int fd, __CONST_SOCKADDR_ARG to, socklen_t n), fd, to, n)
SIMPLE(IO_SOCKETS, accept4, (int fd, __SOCKADDR_ARG from, socklen_t *n, int flags),
    fd, from, n, flags)
SIMPLE(IO_SOCKETS, poll, (struct pollfd *fds, nfds_t n, int patience), fds, n, patience)
#undef SIMPLE

static mode_t
mode_of(int flags, va_list ap)
{
	return (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(ap, mode_t) : 0;
}

#define OPENER(name) \
EXPORT int name(const char *path, int flags, ...) \
{ \
	REAL(name); \
	va_list ap; \
	va_start(ap, flags); \
	const mode_t mode = mode_of(flags, ap); \
	va_end(ap); \
	return file_fails(CALLER) ? -1 : real(path, flags, mode); \
}
OPENER(open)
OPENER(open64)
#undef OPENER

/* ---- what is left alone -------------------------------------------------------- */

/* OpenSSL 3.0 reports a failure inside its initialisation to the very module
 * that is being initialised, and waits for itself. */
EXPORT int
pthread_once(pthread_once_t *once, void (*fn)(void))
{
	REAL(pthread_once);
	const bool before = inside;

	inside = true;
	const int rc = real(once, fn);
	inside = before;
	return rc;
}

/* ---- before and after main ------------------------------------------------------------ */

static unsigned long
number(const char *name, unsigned long absent)
{
	const char *text = getenv(name);

	return text != NULL ? strtoul(text, NULL, 10) : absent;
}

static enum kind
kind_wanted(void)
{
	static const char *const names[] = {
		[NOTHING] = "", [ALLOC] = "alloc", [IO] = "io",
		[IO_FILES] = "io-files", [IO_SOCKETS] = "io-sockets", [KILL] = "kill",
		[KILL_DURABLE] = "kill-durable",
	};
	const char *text = getenv("TAMGA_FAULT");

	for (size_t i = 0; text != NULL && i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(text, names[i]) == 0)
			return (enum kind)i;
	return NOTHING;
}

static int
error_wanted(const char *text)
{
	static const int codes[] = { EIO, ENOSPC, EINTR, EDQUOT, ECONNRESET,
		EMFILE, EACCES };

	for (size_t i = 0; text != NULL && i < sizeof(codes) / sizeof(codes[0]); i++)
		if (strcmp(text, strerrorname_np(codes[i])) == 0)
			return codes[i];
	return EIO;
}

/* Whoever signalled waits for the file: what it sends next meets the fault. */
static void
step(int signal)
{
	const bool before = inside;
	int fd;

	(void)signal;
	places = 0;
	failed = false;
	steps++;
	inside = true;
	fd = open(armed, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (fd >= 0)
		close(fd);
	inside = before;
}

static void
begin(void)
{
	const char *whose = getenv("TAMGA_FAULT_WHOSE");
	const char *error = getenv("TAMGA_FAULT_ERROR");
	void *frame;

	want.kind = kind_wanted();
	want.at = number("TAMGA_FAULT_AT", 0);
	want.step = number("TAMGA_FAULT_STEPS", 0);
	want.on = getenv("TAMGA_FAULT_ON") != NULL;
	want.ours = whose != NULL && strcmp(whose, "ours") == 0;
	want.halves = error != NULL && strcmp(error, "short") == 0;
	want.error = error_wanted(error);
	want.told = getenv("TAMGA_FAULT_TOLD");
	snprintf(armed, sizeof(armed), "%s.armed", want.told != NULL ? want.told : "");
	dl_iterate_phdr(add_object, NULL);
	backtrace(&frame, 1);		/* loads libgcc_s now */
	if (want.step != 0)
		signal(SIGUSR2, step);
	begun = true;
}

typedef int main_fn(int argc, char **argv, char **env);
typedef int start_fn(main_fn *program, int argc, char **argv,
    void (*init)(void), void (*fini)(void), void (*rtld_fini)(void), void *end);

static main_fn *the_program;

static int
after_begin(int argc, char **argv, char **env)
{
	begin();
	return the_program(argc, argv, env);
}

EXPORT start_fn __libc_start_main;

int
__libc_start_main(main_fn *program, int argc, char **argv, void (*init)(void),
    void (*fini)(void), void (*rtld_fini)(void), void *end)
{
	start_fn *real;

	*(void **)&real = dlsym(RTLD_NEXT, "__libc_start_main");
	the_program = program;
	return real(after_begin, argc, argv, init, fini, rtld_fini, end);
}

__attribute__((__destructor__)) static void
count(void)
{
	const char *path = getenv("TAMGA_FAULT_COUNT");
	const unsigned long n = places;
	FILE *f;

	begun = false;
	f = path != NULL ? fopen(path, "w") : NULL;
	if (f == NULL)
		return;
	fprintf(f, "%lu\n", n);
	fclose(f);
}
