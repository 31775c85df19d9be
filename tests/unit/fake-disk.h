/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What outlives a process on disk: a folder of journals of the test's own, where
 * each durable write is an event of the world.  Link with ld's --wrap=fsync and
 * --wrap=rename.
 */
#ifndef TMG_TESTS_UNIT_FAKE_DISK_H
#define TMG_TESTS_UNIT_FAKE_DISK_H

#include <stdbool.h>

/* $XDG_STATE_HOME: made where there is none yet, and empty.  false with errno. */
bool
fake_disk_fresh(void);
/* A teardown: nothing is left. */
int
fake_disk_remove(void **state);

/* Where the journals are. */
const char *
fake_disk_folder(void);
/* How many files it is true of. */
unsigned
fake_disk_count(bool (*is)(const char *path));
/* One that is whole, and no lock. */
bool
fake_disk_journal(const char *path);

#endif
