/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The PC/SC reader without a daemon: codes and words, who holds a card, no
 * daemon, a daemon that refuses.  With one: tests/interop/pcsc.sh.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/base/scope.h"
#include "src/reader/holder.h"
#include "src/reader/pcsc.h"
#include "tests/unit/folder.h"

static const struct {
	LONG code;
	tmg_rc hub, link;
	bool gone;
	const char *word;	/* in the words, whatever else they say */
} rows[] = {
	{ SCARD_E_NO_SERVICE, TMG_NOT_FOUND, TMG_REMOVED, true, "systemctl" },
	{ SCARD_E_SERVICE_STOPPED, TMG_NOT_FOUND, TMG_REMOVED, true,
	    "systemctl" },
	{ SCARD_E_INVALID_HANDLE, TMG_NOT_FOUND, TMG_REMOVED, true,
	    "restarted" },
	{ SCARD_F_COMM_ERROR, TMG_NOT_FOUND, TMG_REMOVED, true, "daemon" },
	{ SCARD_W_SECURITY_VIOLATION, TMG_DENIED, TMG_DENIED, false,
	    "org.debian.pcsc-lite.access_pcsc" },
	{ SCARD_E_NO_ACCESS, TMG_DENIED, TMG_DENIED, false, "pcscd.comm" },
	{ SCARD_E_NO_READERS_AVAILABLE, TMG_NOT_FOUND, TMG_REMOVED, false,
	    "reader" },
	{ SCARD_E_UNKNOWN_READER, TMG_NOT_FOUND, TMG_REMOVED, false, "reader" },
	{ SCARD_E_READER_UNAVAILABLE, TMG_NOT_FOUND, TMG_REMOVED, false,
	    "unplugged" },
	{ SCARD_E_NO_SMARTCARD, TMG_REMOVED, TMG_REMOVED, false, "insert" },
	{ SCARD_W_REMOVED_CARD, TMG_REMOVED, TMG_REMOVED, false, "insert" },
	{ SCARD_W_RESET_CARD, TMG_RESET, TMG_RESET, false, "reset" },
	{ SCARD_E_SHARING_VIOLATION, TMG_BUSY, TMG_BUSY, false, "for itself" },
	{ SCARD_W_UNRESPONSIVE_CARD, TMG_E_IO, TMG_E_IO, false, "answer" },
	{ SCARD_W_UNPOWERED_CARD, TMG_E_IO, TMG_E_IO, false, "power" },
	{ SCARD_E_PROTO_MISMATCH, TMG_E_IO, TMG_E_IO, false, "protocol" },
	{ SCARD_E_NOT_TRANSACTED, TMG_E_IO, TMG_REMOVED, false, "insert" },
	{ SCARD_E_TIMEOUT, TMG_PENDING, TMG_E_IO, false, "time" },
	{ SCARD_E_NO_MEMORY, TMG_E_NOMEM, TMG_E_NOMEM, false, "memory" },
	/* in no row: still a fault with the daemon's own words and number */
	{ SCARD_F_INTERNAL_ERROR, TMG_E_IO, TMG_E_IO, false, "80100001" },
};

static void
test_results(void **state)
{
	(void)state;
	assert_int_equal(tmg_pcsc_result(SCARD_S_SUCCESS, TMG_PCSC_HUB), TMG_OK);
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		tmg_fault f = { 0 };

		assert_int_equal(tmg_pcsc_result(rows[i].code, TMG_PCSC_HUB),
		    rows[i].hub);
		assert_int_equal(tmg_pcsc_result(rows[i].code, TMG_PCSC_LINK),
		    rows[i].link);
		assert_int_equal(tmg_pcsc_is_gone(rows[i].code), rows[i].gone);
		assert_int_equal(tmg_pcsc_raise(&f, rows[i].code,
		    TMG_PCSC_LINK, "Reader 7"), rows[i].link);
		assert_ptr_equal(strstr(f.text, "Reader 7: "), f.text);
		assert_non_null(strstr(f.text, rows[i].word));
		assert_true(strlen(f.text) < sizeof(f.text) - 1);
	}
}

/* ---- a daemon that only accepts ------------------------------------------ */

struct daemon {
	char dir[TEST_FOLDER], path[TEST_FOLDER + 16];
	int listener;
};

static int
setup(void **state)
{
	struct daemon *d = calloc(1, sizeof(*d));
	struct sockaddr_un at = { .sun_family = AF_UNIX };

	if (d == NULL)
		return -1;
	if (!test_folder(d->dir))
		return -1;
	snprintf(d->path, sizeof(d->path), "%s/pcscd.comm", d->dir);
	memcpy(at.sun_path, d->path, strlen(d->path));
	d->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (d->listener < 0 || chmod(d->dir, 0755) != 0 ||
	    bind(d->listener, (const struct sockaddr *)&at, sizeof(at)) != 0 ||
	    listen(d->listener, 8) != 0)
		return -1;
	/* The library reads it once, so only children of ours call it. */
	setenv("PCSCLITE_CSOCK_NAME", d->path, 1);
	*state = d;
	return 0;
}

static int
teardown(void **state)
{
	struct daemon *d = *state;

	tmg_scope_close(&d->listener);
	unlink(d->path);
	rmdir(d->dir);
	free(d);
	return 0;
}

/* A child that does not outlive a test that failed. */
static pid_t
start_child(void)
{
	const pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0 && prctl(PR_SET_PDEATHSIG, SIGKILL) != 0)
		_exit(1);
	return pid;
}

static void
stop_child(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

struct client {
	pid_t pid;
	int fd;			/* the daemon's end of its connection */
};

/* A process of that name that is connected to the daemon. */
static struct client
start_client(const struct daemon *d, const char *name)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	struct client c = { .pid = start_child() };
	char byte;

	if (c.pid == 0) {
		const int fd = socket(AF_UNIX, SOCK_STREAM, 0);

		memcpy(at.sun_path, d->path, strlen(d->path));
		if (prctl(PR_SET_NAME, name) != 0 || connect(fd,
		    (const struct sockaddr *)&at, sizeof(at)) != 0 ||
		    write(fd, "r", 1) != 1)
			_exit(1);
		pause();
		_exit(0);
	}
	c.fd = accept(d->listener, NULL, NULL);
	assert_true(c.fd >= 0);
	assert_int_equal(read(c.fd, &byte, 1), 1);
	return c;
}

static void
stop_client(struct client *c)
{
	stop_child(c->pid);
	close(c->fd);
}

static void
test_holder(void **state)
{
	const struct daemon *d = *state;
	tmg_holder holder;
	struct client other, scdaemon;
	char who[64];

	other = start_client(d, "some-program");
	assert_true(tmg_holder_find(&holder));
	snprintf(who, sizeof(who), "some-program (%ld)", (long)other.pid);
	assert_string_equal(holder.who, who);

	/* of two the one that is known for it */
	scdaemon = start_client(d, "scdaemon");
	assert_true(tmg_holder_find(&holder));
	snprintf(who, sizeof(who), "scdaemon (%ld)", (long)scdaemon.pid);
	assert_string_equal(holder.who, who);
	assert_non_null(strstr(holder.advice, "gpgconf --kill scdaemon"));
	assert_non_null(strstr(holder.advice, "pcsc-shared"));
	stop_client(&scdaemon);
	stop_client(&other);

	tmg_fault f = { 0 };

	other = start_client(d, "scdaemon");
	assert_int_equal(tmg_pcsc_raise(&f, SCARD_E_SHARING_VIOLATION,
	    TMG_PCSC_HUB, "Reader"), TMG_BUSY);
	assert_non_null(strstr(f.text, "scdaemon ("));
	assert_non_null(strstr(f.text, "gpgconf"));
	stop_client(&other);
}

/* A program known for holding cards that is not connected is not blamed. */
static void
test_no_holder(void **state)
{
	struct daemon *d = *state;
	struct daemon elsewhere = *d;
	struct client bystander, witness;
	tmg_holder holder;

	snprintf(elsewhere.path, sizeof(elsewhere.path), "%s/other", d->dir);

	struct sockaddr_un at = { .sun_family = AF_UNIX };
	tmg_auto_fd fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	elsewhere.listener = fd;
	memcpy(at.sun_path, elsewhere.path, strlen(elsewhere.path));
	assert_int_equal(bind(fd, (const struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(fd, 1), 0);
	bystander = start_client(&elsewhere, "scdaemon");
	witness = start_client(d, "witness");
	assert_true(tmg_holder_find(&holder));
	assert_ptr_equal(strstr(holder.who, "witness ("), holder.who);
	stop_client(&witness);
	stop_client(&bystander);
	unlink(elsewhere.path);
}

/* What tmg_hub_pcsc() says in a process of its own; its words in text. */
static tmg_rc
open_in_child(char *text, size_t cap, bool nobody)
{
	int out[2];
	tmg_fault f = { 0 };
	tmg_hub *hub;
	ssize_t n;
	pid_t pid;

	assert_int_equal(pipe(out), 0);
	pid = start_child();
	if (pid == 0) {
		alarm(20);
		if (nobody && geteuid() == 0 && setuid(65534) != 0)
			_exit(1);
		f.rc = tmg_hub_pcsc(NULL, &f, &hub);
		_exit(hub == NULL && write(out[1], &f, sizeof(f)) ==
		    (ssize_t)sizeof(f) ? 0 : 1);
	}
	close(out[1]);
	n = read(out[0], &f, sizeof(f));
	close(out[0]);
	waitpid(pid, NULL, 0);
	assert_int_equal(n, (ssize_t)sizeof(f));
	snprintf(text, cap, "%s", f.text);
	return f.rc;
}

static void
test_no_daemon(void **state)
{
	struct daemon *d = *state;
	char text[TMG_FAULT_TEXT];

	/* the socket is there, nobody listens; then not even the socket */
	tmg_scope_close(&d->listener);
	d->listener = -1;
	assert_int_equal(open_in_child(text, sizeof(text), false),
	    TMG_NOT_FOUND);
	assert_non_null(strstr(text, "systemctl start pcscd"));
	unlink(d->path);
	assert_int_equal(open_in_child(text, sizeof(text), false),
	    TMG_NOT_FOUND);
	assert_non_null(strstr(text, "systemctl start pcscd"));
}

/* As pcscd does when polkit says no: it accepts and hangs up. */
static void
test_refused_by_policy(void **state)
{
	const struct daemon *d = *state;
	char text[TMG_FAULT_TEXT];
	const pid_t pid = start_child();

	if (pid == 0) {
		for (;;) {
			const int fd = accept(d->listener, NULL, NULL);

			if (fd >= 0)
				close(fd);
		}
	}
	/* several times: how fast it hangs up changes what the library says */
	for (int i = 0; i < 10; i++) {
		assert_int_equal(open_in_child(text, sizeof(text), false),
		    TMG_DENIED);
		assert_non_null(strstr(text, "polkit"));
	}
	assert_non_null(strstr(text, "access_card"));
	stop_child(pid);
}

/* A daemon that ends while it is asked why it hung up has refused nobody. */
static void
test_ends_meanwhile(void **state)
{
	struct daemon *d = *state;
	char text[TMG_FAULT_TEXT];
	const pid_t pid = start_child();

	if (pid == 0) {
		struct pollfd p = { .fd = d->listener, .events = POLLIN };

		close(accept(d->listener, NULL, NULL));
		poll(&p, 1, -1);
		_exit(0);
	}
	tmg_scope_close(&d->listener);
	d->listener = -1;
	assert_int_equal(open_in_child(text, sizeof(text), false),
	    TMG_NOT_FOUND);
	assert_non_null(strstr(text, "systemctl start pcscd"));
	stop_child(pid);
}

/* A socket that this user may not open. */
static void
test_refused_by_mode(void **state)
{
	const struct daemon *d = *state;
	char text[TMG_FAULT_TEXT];

	assert_int_equal(chmod(d->path, 0), 0);
	assert_int_equal(open_in_child(text, sizeof(text), true), TMG_DENIED);
	assert_non_null(strstr(text, "pcscd.comm"));
	assert_null(strstr(text, "polkit"));	/* no rule of it would help */
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_results),
		TEST(test_holder),
		TEST(test_no_holder),
		TEST(test_no_daemon),
		TEST(test_refused_by_policy),
		TEST(test_ends_meanwhile),
		TEST(test_refused_by_mode),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
