/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * profiles.ini: where Mozilla's programs keep what belongs to a user.
 */
#include <string.h>

#include "tools/tamga/browser.h"

static bool
begins(tmg_view line, const char *text)
{
	const size_t n = strlen(text);

	return line.len >= n && memcmp(line.ptr, text, n) == 0;
}

static void
take(tmg_view line, const char *key, tmg_view *value)
{
	const size_t n = strlen(key);

	while (line.len > 0 && (line.ptr[line.len - 1] == '\n' ||
	    line.ptr[line.len - 1] == '\r'))
		line.len--;
	if (begins(line, key))
		*value = (tmg_view){ line.ptr + n, line.len - n };
}

static void
read_section(tmg_view *rest, struct profile *p)
{
	tmg_view relative = { NULL, 0 };

	*p = (struct profile){ .relative = false };
	while (rest->len > 0 && rest->ptr[0] != '[') {
		const tmg_view line = browser_line(rest);

		take(line, "Name=", &p->name);
		take(line, "Path=", &p->path);
		take(line, "IsRelative=", &relative);
	}
	p->relative = begins(relative, "1");
}

bool
profile_next(tmg_view *rest, struct profile *p)
{
	while (rest->len > 0) {
		if (!begins(browser_line(rest), "[Profile"))
			continue;
		read_section(rest, p);
		if (p->path.len > 0)
			return true;
	}
	return false;
}
