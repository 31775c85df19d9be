/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * usage: measure RUNS COMMAND...
 *
 * Runs COMMAND that often, without output, and prints one line: median wall
 * milliseconds, peak resident KiB.  Fails when COMMAND does.  A small program
 * of its own because the kernel counts what the process was before it became
 * COMMAND: started from an interpreter everything would seem to need 9 MiB.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void
become(char **command)
{
	const int null = open("/dev/null", O_RDWR);

	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	execvp(command[0], command);
	perror(command[0]);
	_exit(127);
}

static double
once(char **command, long *peak)
{
	const double began = now_ms();
	const pid_t pid = fork();
	struct rusage used;
	int status;

	if (pid == 0)
		become(command);
	if (pid < 0 || wait4(pid, &status, 0, &used) != pid || status != 0) {
		fprintf(stderr, "measure: %s failed\n", command[0]);
		exit(EXIT_FAILURE);
	}
	if (used.ru_maxrss > *peak)
		*peak = used.ru_maxrss;
	return now_ms() - began;
}

static int
by_size(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int
main(int argc, char **argv)
{
	double ms[1000];
	long peak = 0;
	size_t runs;

	if (argc < 3)
		return 2;
	runs = strtoul(argv[1], NULL, 10);
	if (runs < 1 || runs > sizeof(ms) / sizeof(*ms))
		return 2;
	for (size_t i = 0; i < runs; i++)
		ms[i] = once(argv + 2, &peak);
	qsort(ms, runs, sizeof(*ms), by_size);
	printf("%.1f %ld\n", ms[runs / 2], peak);
	return EXIT_SUCCESS;
}
