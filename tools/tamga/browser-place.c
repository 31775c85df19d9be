/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One file that names modules: where it is, how it stands.
 */
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "src/base/file.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/tamga/browser.h"

void
browser_path(char path[static PATH_MAX], const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	if (vsnprintf(path, PATH_MAX, fmt, ap) >= PATH_MAX)
		path[0] = '\0';
	va_end(ap);
}

static bool
has_forerunner(const struct place *p)
{
	const char *slash = strrchr(p->path, '/');
	char path[PATH_MAX];

	if (p->kind->forerunner[0] == '\0' || slash == NULL)
		return false;
	browser_path(path, "%.*s/%s", (int)(slash - p->path), p->path,
	    p->kind->forerunner);
	return path[0] != '\0' && access(path, F_OK) == 0;
}

static void
unclear(struct place *p, const char *why)
{
	p->standing = STANDING_UNCLEAR;
	snprintf(p->why, sizeof(p->why), "%s", why);
}

void
place_look(struct place *p, const char *module)
{
	tmg_auto_free uint8_t *text = NULL;
	size_t len = 0;
	const tmg_rc rc = tmg_file_read(p->path, BROWSER_FILE_MAX, &text, &len);

	p->standing = STANDING_NONE;
	p->why[0] = p->other[0] = '\0';
	if (rc == TMG_NOT_FOUND && has_forerunner(p))
		unclear(p, _("it is of an old format: start the browser once"));
	else if (rc == TMG_UNSUPPORTED)
		unclear(p, _("it is too long"));
	else if (rc != TMG_OK && rc != TMG_NOT_FOUND)
		unclear(p, strerror(errno));
	if (rc != TMG_OK)
		return;
	p->standing = p->kind->look((tmg_view){ text, len }, module, p->other);
	if (p->standing == STANDING_UNCLEAR)
		unclear(p, _("it is not what such a file looks like"));
	if (p->fixed)
		snprintf(p->why, sizeof(p->why), "%s", _("by what is installed"));
}
