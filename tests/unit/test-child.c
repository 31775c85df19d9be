/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Other programs: what they are given, and how they are ended.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/base/child.h"
#include "src/base/clock.h"
#include "tests/unit/test.h"

#define LONG_MS 60000		/* far more than any of them takes */

static char *const env[] = { (char[]){ "GIVEN=this" }, NULL };

static bool
nap(void *of)
{
	(void)of;
	(void)poll(NULL, 0, 5);
	return false;
}

/* From when on it says something. */
static bool
until_it_speaks(void *of)
{
	char c;

	return read(*(int *)of, &c, 1) == 1;
}

/* sh -c SCRIPT; out: the other end of its standard output. */
static tmg_child
begin(const char *script, bool group, int *out)
{
	char *const argv[] = { (char[]){ "/bin/sh" }, (char[]){ "-c" }, (char *)(uintptr_t)script, NULL };
	int ends[2];
	tmg_child_plan plan = { .argv = argv, .env = env, .in = -1, .err = -1, .group = group };
	tmg_child child;

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	plan.out = ends[1];
	assert_int_equal(tmg_child_begin(&plan, &child), 0);
	close(ends[1]);
	*out = ends[0];
	return child;
}

/* All it says, until nobody holds the other end. */
static void
assert_said(int out, const char *words)
{
	char said[256] = "";
	size_t len = 0;
	ssize_t n;

	while ((n = read(out, said + len, sizeof(said) - 1 - len)) > 0)
		len += (size_t)n;
	said[len] = '\0';
	assert_string_equal(said, words);
	close(out);
}

static void
it_gets_what_it_is_given_and_no_more(void **state)
{
	int out;
	const tmg_child child = begin("echo \"$GIVEN,$HOME\"; cat; exit 7", false, &out);
	const int status = tmg_child_end(&child, tmg_now_ms() + LONG_MS, nap, NULL);

	(void)state;
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 7);
	assert_said(out, "this,\n");
}

static void
no_signal_is_blocked_in_it(void **state)
{
	sigset_t block, before;
	int out, status;
	tmg_child child;

	(void)state;
	sigemptyset(&block);
	sigaddset(&block, SIGTERM);
	assert_int_equal(sigprocmask(SIG_BLOCK, &block, &before), 0);
	signal(SIGINT, SIG_IGN);
	child = begin("kill -TERM $$; echo survived", false, &out);
	status = tmg_child_end(&child, tmg_now_ms() + LONG_MS, nap, NULL);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
	assert_said(out, "");
	child = begin("kill -INT $$; echo survived", false, &out);
	status = tmg_child_end(&child, tmg_now_ms() + LONG_MS, nap, NULL);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGINT);
	assert_said(out, "");
	signal(SIGINT, SIG_DFL);
	assert_int_equal(sigprocmask(SIG_SETMASK, &before, NULL), 0);
}

static void
it_ends_at_its_time(void **state)
{
	int out;
	const tmg_child child = begin("exec sleep 600", false, &out);

	(void)state;
	assert_int_equal(tmg_child_end(&child, tmg_now_ms() + 20, nap, NULL), -1);
	assert_said(out, "");
	assert_int_equal(waitpid(child.pid, NULL, WNOHANG), -1);
}

/* The one that it started holds the pipe, too: that ends when both are gone. */
static void
it_ends_with_all_it_started_when_nobody_waits(void **state)
{
	int out;
	const tmg_child child = begin("sleep 600 & echo; wait", true, &out);

	(void)state;
	assert_int_equal(tmg_child_end(&child, tmg_now_ms() + LONG_MS, until_it_speaks, &out), -1);
	assert_said(out, "");
}

static void
what_is_not_there_is_not_begun(void **state)
{
	char *const argv[] = { (char[]){ "/nonexistent/program" }, NULL };
	const tmg_child_plan plan = { .argv = argv, .env = env, .in = -1, .out = -1, .err = -1 };
	tmg_child child;

	(void)state;
	assert_int_equal(tmg_child_begin(&plan, &child), ENOENT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_gets_what_it_is_given_and_no_more),
		cmocka_unit_test(no_signal_is_blocked_in_it),
		cmocka_unit_test(it_ends_at_its_time),
		cmocka_unit_test(it_ends_with_all_it_started_when_nobody_waits),
		cmocka_unit_test(what_is_not_there_is_not_begun),
	};

	alarm(2 * LONG_MS / 1000);	/* who is not ended, holds its pipe */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
