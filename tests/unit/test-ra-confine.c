/* SPDX-License-Identifier: BSD-2-Clause */
/* What a server cannot do any more, tried by a child that gave it away. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/test.h"
#include "tools/ra/confine.h"

/* Runs fn in a child: its exit status. */
static int
in_child(int (*fn)(void))
{
	const pid_t pid = fork();
	int status = 0;

	assert_true(pid >= 0);
	if (pid == 0)
		_exit(fn());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int
refuses_calls(void)
{
	char *const argv[] = { (char *)(uintptr_t)"true", NULL };
	tmg_fault f = { .rc = TMG_OK };
	const tmg_rc rc = ra_confine_calls(&f);

	if (rc == TMG_UNSUPPORTED)
		return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ? 77 : 1;
	if (rc)
		return 2;
	if (execv("/bin/true", argv) != -1 || errno != EPERM)
		return 3;
	if (unshare(CLONE_NEWUSER) != -1 || errno != EPERM)
		return 4;
	if (syscall(SYS_keyctl, 0, 0) != -1 || errno != EPERM)
		return 5;
	if (setuid(getuid()) != -1 || errno != EPERM)
		return 6;
	return 0;
}

static int
lets_work(void)
{
	struct rlimit core;
	tmg_fault f = { .rc = TMG_OK };
	const tmg_rc rc = ra_confine_calls(&f);
	int fd;

	if (rc != TMG_OK && rc != TMG_UNSUPPORTED)
		return 1;
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1 ||
	    getrlimit(RLIMIT_CORE, &core) != 0 || core.rlim_max != 0)
		return 2;
	if ((fd = open("/dev/null", O_RDWR)) < 0 || close(fd) != 0 ||
	    (fd = socket(AF_UNIX, SOCK_STREAM, 0)) < 0)
		return 3;
	return fork() == 0 ? (_exit(0), 0) : 0;
}

static int
becomes_nobody(void)
{
	const struct passwd *pw = getpwnam("nobody");
	tmg_fault f = { .rc = TMG_OK };
	gid_t groups[64];
	int count;

	if (pw == NULL || pw->pw_gid == 0)
		return 77;
	if (ra_confine_user("nobody", &f) != TMG_OK)
		return 1;
	if (getuid() != pw->pw_uid || geteuid() != pw->pw_uid ||
	    getgid() != pw->pw_gid || setuid(0) == 0 || seteuid(0) == 0)
		return 2;
	count = getgroups(64, groups);
	for (int i = 0; i < count; i++)
		if (groups[i] == 0)
			return 3;
	/* once more is the same, another is refused */
	if (ra_confine_user("nobody", &f) != TMG_OK)
		return 4;
	return access("/etc/shadow", R_OK) == 0 ? 5 : 0;
}

static int
refuses_others(void)
{
	tmg_fault f = { .rc = TMG_OK };
	const struct passwd *nobody = getpwnam("nobody");

	if (ra_confine_user("root", &f) != TMG_NOT_FOUND ||
	    ra_confine_user("no-such-account-here", &f) != TMG_NOT_FOUND)
		return 1;
	if (geteuid() != 0)
		return 0;
	if (nobody == NULL || setresuid(12345, 12345, 12345) != 0)
		return 77;
	return ra_confine_user("nobody", &f) == TMG_DENIED ? 0 : 2;
}

static void
expect(int status)
{
	if (status == 77)
		skip();
	assert_int_equal(status, 0);
}

static void
test_calls(void **state)
{
	(void)state;
	expect(in_child(refuses_calls));
}

static void
test_work(void **state)
{
	(void)state;
	expect(in_child(lets_work));
}

static void
test_user(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	expect(in_child(becomes_nobody));
}

static void
test_others(void **state)
{
	(void)state;
	expect(in_child(refuses_others));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_calls),
		cmocka_unit_test(test_work),
		cmocka_unit_test(test_user),
		cmocka_unit_test(test_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
