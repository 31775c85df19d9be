/* SPDX-License-Identifier: BSD-2-Clause */
/* A folder of the test's own, where $TMPDIR says. */
#ifndef TMG_TESTS_UNIT_FOLDER_H
#define TMG_TESTS_UNIT_FOLDER_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEST_FOLDER 64	/* bytes; the name of a socket in it fits sun_path */

/* Makes it; false with errno when there is none. */
static inline bool
test_folder(char path[TEST_FOLDER])
{
	const char *tmp = getenv("TMPDIR");

	if (tmp == NULL || *tmp == '\0' || strlen(tmp) > TEST_FOLDER - 20)
		tmp = "/tmp";
	snprintf(path, TEST_FOLDER, "%s/tamga-test-XXXXXX", tmp);
	return mkdtemp(path) != NULL;
}

#endif
