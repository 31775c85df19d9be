/* SPDX-License-Identifier: BSD-2-Clause */
/* Frames of the virtual card's socket: whole, slow, broken off, too long. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "src/base/scope.h"
#include "src/reader/frame.h"

static void
open_pair(int fds[2])
{
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
	    fds), 0);
}

static void
close_pair(int fds[2])
{
	tmg_scope_close(&fds[0]);
	tmg_scope_close(&fds[1]);
}

static void
feed(int fd, const char *bytes, size_t n)
{
	assert_int_equal(write(fd, bytes, n), (ssize_t)n);
}

static void
test_whole(void **state)
{
	static const uint8_t sent[] = { 0x00, 0xa4, 0x04, 0x00 };
	uint8_t store[8];
	tmg_out out = TMG_OUT(store);
	int fds[2];

	(void)state;
	open_pair(fds);
	assert_int_equal(tmg_frame_send(fds[0], TMG_VIEW(sent), 100), TMG_OK);
	assert_int_equal(tmg_frame_send(fds[0], (tmg_view){ NULL, 0 }, 100),
	    TMG_OK);
	assert_int_equal(tmg_frame_recv(fds[1], -1, 100, &out), TMG_OK);
	assert_int_equal(out.len, sizeof(sent));
	assert_memory_equal(store, sent, sizeof(sent));
	/* the next one goes behind it; empty ones are frames too */
	assert_int_equal(tmg_frame_recv(fds[1], -1, 100, &out), TMG_OK);
	assert_int_equal(out.len, sizeof(sent));
	close_pair(fds);
}

static void *
drain(void *arg)
{
	static uint8_t store[TMG_FRAME_MAX];
	tmg_out out = TMG_OUT(store);
	const int *fd = arg;

	return tmg_frame_recv(*fd, -1, 5000, &out) == TMG_OK &&
	    out.len == TMG_FRAME_MAX ? arg : NULL;
}

static void
test_longest(void **state)
{
	static const uint8_t sent[TMG_FRAME_MAX + 1];
	pthread_t thread;
	void *whole = NULL;
	int fds[2], size = 4096;

	(void)state;
	open_pair(fds);
	/* smaller than the frame, so that sending has to wait */
	assert_int_equal(setsockopt(fds[0], SOL_SOCKET, SO_SNDBUF, &size,
	    sizeof(size)), 0);
	assert_int_equal(pthread_create(&thread, NULL, drain, &fds[1]), 0);
	assert_int_equal(tmg_frame_send(fds[0], TMG_VIEW(sent), 5000),
	    TMG_E_USAGE);
	assert_int_equal(tmg_frame_send(fds[0], (tmg_view){ sent,
	    TMG_FRAME_MAX }, 5000), TMG_OK);
	assert_int_equal(pthread_join(thread, &whole), 0);
	assert_non_null(whole);
	close_pair(fds);
}

/* What comes in, and that it never takes longer than it may. */
static const struct {
	const char *bytes;
	size_t len;
	bool closed;
	tmg_rc rc;
} rows[] = {
	{ "", 0, true, TMG_REMOVED },
	{ "\0", 1, true, TMG_REMOVED },
	{ "\0\4\x90", 3, true, TMG_REMOVED },
	{ "", 0, false, TMG_PENDING },
	{ "\0", 1, false, TMG_E_IO },
	{ "\0\4", 2, false, TMG_E_IO },
	{ "\0\4\x90", 3, false, TMG_E_IO },
	{ "\0\x05" "12345", 7, false, TMG_E_SPACE },
	{ "\xff\xff", 2, false, TMG_E_SPACE },
	{ "\0\4" "1234", 6, false, TMG_OK },
	{ "\0\4" "1234", 6, true, TMG_OK },
	{ "\0\0", 2, true, TMG_OK },
};

static void
test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		uint8_t store[4];
		tmg_out out = TMG_OUT(store);
		int fds[2];

		open_pair(fds);
		feed(fds[0], rows[i].bytes, rows[i].len);
		if (rows[i].closed) {
			close(fds[0]);
			fds[0] = -1;
		}
		assert_int_equal(tmg_frame_recv(fds[1], -1, 20, &out),
		    rows[i].rc);
		close_pair(fds);
	}
}

static void
test_stop(void **state)
{
	uint8_t store[4];
	tmg_out out = TMG_OUT(store);
	int fds[2], stop[2];

	(void)state;
	open_pair(fds);
	open_pair(stop);
	feed(stop[0], "x", 1);
	assert_int_equal(tmg_frame_recv(fds[1], stop[1], -1, &out),
	    TMG_CANCELLED);
	close_pair(stop);
	close_pair(fds);
}

/* A peer that takes nothing, and one that is gone: no signal, no hang. */
static void
test_send_refused(void **state)
{
	static const uint8_t sent[TMG_FRAME_MAX];
	int fds[2], size = 4096;

	(void)state;
	open_pair(fds);
	assert_int_equal(setsockopt(fds[0], SOL_SOCKET, SO_SNDBUF, &size,
	    sizeof(size)), 0);
	assert_int_equal(tmg_frame_send(fds[0], TMG_VIEW(sent), 20), TMG_E_IO);
	close(fds[1]);
	fds[1] = -1;
	assert_int_equal(tmg_frame_send(fds[0], TMG_VIEW(sent), 20),
	    TMG_REMOVED);
	close_pair(fds);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_longest),
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_stop),
		cmocka_unit_test(test_send_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
