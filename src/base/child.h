/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Another program, begun without a shell and waited for, but not for ever.
 */
#ifndef TMG_BASE_CHILD_H
#define TMG_BASE_CHILD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* What it is to be like.  No signal is blocked or ignored in it. */
typedef struct tmg_child_plan {
	char *const *argv;	/* argv[0] is the whole path of the program */
	char *const *env;
	int in, out, err;	/* its descriptors 0, 1 and 2; -1: /dev/null */
	bool group;		/* leads a process group, to be ended with all it started */
} tmg_child_plan;

typedef struct tmg_child {
	pid_t pid;
	bool group;
} tmg_child;

/* 0, or why not, as errno has it. */
int
tmg_child_begin(const tmg_child_plan *plan, tmg_child *child);

/*
 * Its status as waitpid() has it; -1: it was killed, because that time has come
 * (tmg_now_ms()) or tired() says that nobody waits any more, or it is not ours.
 * tired() is asked while it runs, and sleeps a little each time.
 */
int
tmg_child_end(const tmg_child *child, int64_t until, bool (*tired)(void *of), void *of);

#endif
