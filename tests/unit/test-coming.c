/* SPDX-License-Identifier: BSD-2-Clause */
/* A socket that is not there yet, its folder and the folders above, as they come and go. */
#include "tests/unit/test.h"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "src/reader/coming.h"

static char top[] = "/tmp/test-coming.XXXXXX", run[32], folder[48], at[80];
static int fd = -1;

static int
begin(void **state)
{
	(void)state;
	strcpy(strrchr(top, '.') + 1, "XXXXXX");
	if (mkdtemp(top) == NULL || (fd = tmg_coming_new()) < 0)
		return -1;
	snprintf(run, sizeof(run), "%s/run", top);
	snprintf(folder, sizeof(folder), "%s/pcscd", run);
	snprintf(at, sizeof(at), "%s/pcscd.comm", folder);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	close(fd);
	unlink(at);
	rmdir(folder);
	if (rmdir(run) != 0)
		unlink(run);
	return rmdir(top);
}

static bool
is_told(void)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, 0) > 0;
}

/* As whoever waits: what was is forgotten, and what comes from now on is told. */
static void
watch(void)
{
	tmg_coming_forget(fd);
	assert_true(tmg_coming_watch(fd, at));
	assert_false(is_told());
}

static void
make_folder(const char *path)
{
	assert_int_equal(mkdir(path, 0700), 0);
}

static int
bind_socket(void)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	const int s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	strcpy(name.sun_path, at);
	assert_true(s >= 0);
	assert_int_equal(bind(s, (struct sockaddr *)&name, sizeof(name)), 0);
	return s;
}

static void
test_comes_from_above(void **state)
{
	int s;

	(void)state;
	watch();
	make_folder(run);
	assert_true(is_told());
	watch();
	make_folder(folder);
	assert_true(is_told());
	watch();
	s = bind_socket();
	assert_true(is_told());
	watch();
	assert_int_equal(chmod(at, 0666), 0);	/* now the others may, too */
	assert_true(is_told());
	close(s);
}

/* Its folder goes with the daemon, as systemd has it, and comes with the next one. */
static void
test_goes_and_comes(void **state)
{
	(void)state;
	make_folder(run);
	make_folder(folder);
	for (unsigned round = 0; round < 3; round++) {
		watch();
		close(bind_socket());
		assert_true(is_told());
		assert_int_equal(unlink(at), 0);
		watch();
		assert_int_equal(rmdir(folder), 0);
		assert_true(is_told());
		watch();
		make_folder(folder);
		assert_true(is_told());
	}
}

/* The daemon makes it elsewhere and moves it there. */
static void
test_is_moved_there(void **state)
{
	char elsewhere[96];

	(void)state;
	snprintf(elsewhere, sizeof(elsewhere), "%s/new", top);
	make_folder(run);
	make_folder(elsewhere);
	watch();
	assert_int_equal(rename(elsewhere, folder), 0);
	assert_true(is_told());
}

/* As /var/run is one. */
static void
test_symlink(void **state)
{
	char real[96];

	(void)state;
	snprintf(real, sizeof(real), "%s/real", top);
	make_folder(real);
	assert_int_equal(symlink("real", run), 0);
	watch();
	make_folder(folder);
	assert_true(is_told());
	assert_int_equal(rmdir(folder), 0);
	assert_int_equal(rmdir(real), 0);
}

/* What is in the folder's place is not one: something may be done about that. */
static void
test_file_in_its_place(void **state)
{
	(void)state;
	close(open(run, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
	watch();
	assert_int_equal(unlink(run), 0);
	make_folder(run);
	assert_true(is_told());
}

/* What wants it gone has that from the hub. */
static void
test_going_is_nothing(void **state)
{
	(void)state;
	make_folder(run);
	make_folder(folder);
	close(bind_socket());
	watch();
	assert_int_equal(unlink(at), 0);
	assert_false(is_told());
}

static void
test_cannot(void **state)
{
	char longest[PATH_MAX + 2];

	(void)state;
	memset(longest, 'a', sizeof(longest));
	longest[0] = '/';
	longest[sizeof(longest) - 1] = '\0';
	assert_false(tmg_coming_watch(-1, at));
	assert_false(tmg_coming_watch(fd, "run/pcscd.comm"));
	assert_false(tmg_coming_watch(fd, ""));
	assert_false(tmg_coming_watch(fd, "/"));
	assert_false(tmg_coming_watch(fd, longest));
	assert_true(tmg_coming_watch(fd, "/pcscd.comm"));
	tmg_coming_forget(-1);
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_comes_from_above), TEST(test_goes_and_comes),
		TEST(test_is_moved_there), TEST(test_symlink),
		TEST(test_file_in_its_place), TEST(test_going_is_nothing),
		TEST(test_cannot),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
