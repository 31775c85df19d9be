/* SPDX-License-Identifier: BSD-2-Clause */
/* Who has a node open, told by /proc, where everybody names himself. */
#include "tests/unit/test.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/reader/holder.h"

/* A process of that name has the file open until it is ended. */
static pid_t
begin_holder(const char *path, const char *name)
{
	int ready[2];
	pid_t pid;
	char byte;

	assert_int_equal(pipe(ready), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		if (open(path, O_RDONLY) < 0 || prctl(PR_SET_NAME, name) != 0 ||
		    write(ready[1], "r", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	close(ready[1]);
	return pid;
}

static const struct {
	const char *name, *said;
	bool daemon;		/* and what to do with the daemon is said */
} names[] = {
	{ "somebody", "somebody", false },
	{ "pcscd", "pcscd", true },
	{ "pcscd\nroot", "pcscd?root", false },
	{ "\033[31mred\007", "?[31mred?", false },
	{ "two\nlines\n", "two?lines?", false },
	{ "\xd0\xb6", "??", false },
	{ "exactly15bytes!", "exactly15bytes!", false },
};

static void
test_names(void **state)
{
	char path[] = "/tmp/test-holder.XXXXXX";
	const int file = mkstemp(path);

	(void)state;
	assert_true(file >= 0);
	close(file);
	for (size_t i = 0; i < TMG_COUNT(names); i++) {
		const pid_t pid = begin_holder(path, names[i].name);
		char said[64];
		tmg_holder holder;

		(void)snprintf(said, sizeof(said), "%s (%ld)", names[i].said,
		    (long)pid);
		assert_true(tmg_holder_of_node(path, &holder));
		assert_string_equal(holder.who, said);
		assert_int_equal(strstr(holder.advice, "PC/SC") != NULL,
		    names[i].daemon);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
	unlink(path);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
