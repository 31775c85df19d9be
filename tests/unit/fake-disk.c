/* SPDX-License-Identifier: BSD-2-Clause */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/fake-disk.h"
#include "tests/unit/fake-world.h"
#include "tests/unit/folder.h"

#define PATH_BYTES 400

static char home[TEST_FOLDER], folder[TEST_FOLDER + sizeof("/tamga")];

int __wrap_fsync(int fd);
int __real_rename(const char *from, const char *to);
int __wrap_rename(const char *from, const char *to);

/* A place only: no power fails here, and a disk takes its time. */
int
__wrap_fsync(int fd)
{
	fake_event();
	return fcntl(fd, F_GETFD) < 0 ? -1 : 0;
}

int
__wrap_rename(const char *from, const char *to)
{
	int rc;

	fake_event();
	rc = __real_rename(from, to);
	fake_event();
	return rc;
}

const char *
fake_disk_folder(void)
{
	return folder;
}

unsigned
fake_disk_count(bool (*is)(const char *path))
{
	char path[PATH_BYTES];
	DIR *d = opendir(folder);
	struct dirent *e;
	unsigned n = 0;

	while (d != NULL && (e = readdir(d)) != NULL) {
		snprintf(path, sizeof(path), "%s/%s", folder, e->d_name);
		n += is(path);
	}
	if (d != NULL)
		closedir(d);
	return n;
}

bool
fake_disk_journal(const char *path)
{
	return strstr(path, ".json") != NULL && strstr(path, ".new") == NULL;
}

static bool
is_removed(const char *path)
{
	return unlink(path) == 0;
}

bool
fake_disk_fresh(void)
{
	if (home[0] == '\0' && !test_folder(home))
		return false;
	snprintf(folder, sizeof(folder), "%s/tamga", home);
	fake_disk_count(is_removed);
	return setenv("XDG_STATE_HOME", home, 1) == 0;
}

int
fake_disk_remove(void **state)
{
	int rc;

	(void)state;
	fake_disk_count(is_removed);
	rmdir(folder);
	rc = rmdir(home);
	home[0] = '\0';
	return rc;
}
