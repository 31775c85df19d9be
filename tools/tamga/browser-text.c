/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the files that name modules have in common.
 */
#include <string.h>

#include "tools/tamga/browser.h"

tmg_view
browser_line(tmg_view *rest)
{
	const uint8_t *end = memchr(rest->ptr, '\n', rest->len);
	const tmg_view line = { rest->ptr, end != NULL
	    ? (size_t)(end - rest->ptr) + 1 : rest->len };

	rest->ptr += line.len;
	rest->len -= line.len;
	return line;
}

bool
module_same_bytes(tmg_view a, tmg_view b)
{
	return a.len == b.len && (a.len == 0 ||
	    memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* None of the formats has a way to quote that the readers agree on. */
bool
module_path_fits(const char *path)
{
	if (path[0] != '/' || strlen(path) >= PATH_MAX)
		return false;
	for (const char *at = path; *at != '\0'; at++)
		if ((unsigned char)*at < ' ' || strchr("\"'\\#", *at) != NULL)
			return false;
	return path[strlen(path) - 1] != ' ';
}
