/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Changing a file that others wrote: whole, with their bytes kept.
 */
#include <errno.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/file.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/tamga/browser.h"

#define ORIGINAL ".before-tamga"

enum {
	FOLDERS_MADE = 2,	/* ~/.pki/nssdb, /etc/firefox/policies */
	MODE_OWN = 0600,	/* of what nobody else reads */
	MODE_ALL = 0644,
};

/* A change under way. */
struct change {
	struct place *place;
	const char *module;
	bool wanted;
	char path[PATH_MAX];		/* what the links lead to */
	char original[PATH_MAX];
	unsigned mode;
	uint8_t *before;		/* NULL: there was no file */
	size_t before_len;
	char *after;
	size_t after_len;
};

static inline void
change_release(struct change *c)
{
	free(c->before);
	free(c->after);
}

static tmg_rc
refuse(struct change *c, tmg_rc rc, const char *why)
{
	snprintf(c->place->why, sizeof(c->place->why), "%s", why);
	return rc;
}

static tmg_rc
failed(struct change *c, tmg_rc rc)
{
	if (rc == TMG_E_NOMEM)
		return refuse(c, rc, _("out of memory"));
	return refuse(c, rc, strerror(errno));
}

/* The nearest folder that exists. */
static bool
stat_folder(const char *path, struct stat *st)
{
	char at[PATH_MAX];

	snprintf(at, sizeof(at), "%s", path);
	do {
		char copy[PATH_MAX];

		memcpy(copy, at, sizeof(copy));
		snprintf(at, sizeof(at), "%s", dirname(copy));
		if (stat(at, st) == 0)
			return true;
	} while (strcmp(at, "/") != 0 && strcmp(at, ".") != 0);
	return false;
}

/*
 * root writes only where no other user could have led it by a link; and a file
 * that root leaves in a user's profile the browser could not read.
 */
static tmg_rc
check_owner(struct change *c)
{
	struct stat st;

	if (!stat_folder(c->path, &st))
		return failed(c, TMG_E_IO);
	if (geteuid() == 0 && st.st_uid != 0)
		return refuse(c, TMG_DENIED, _("the folder belongs to another "
		    "user: let that user run it, without sudo"));
	return TMG_OK;
}

static tmg_rc
resolve(struct change *c)
{
	tmg_auto_free char *real = realpath(c->place->path, NULL);

	if (real == NULL && errno != ENOENT && errno != ENOTDIR)
		return failed(c, errno == EACCES ? TMG_DENIED : TMG_E_IO);
	snprintf(c->path, sizeof(c->path), "%s", real != NULL ? real
	    : c->place->path);
	if (snprintf(c->original, sizeof(c->original), "%s" ORIGINAL, c->path) >=
	    (int)sizeof(c->original))
		return refuse(c, TMG_E_USAGE, strerror(ENAMETOOLONG));
	return TMG_OK;
}

static tmg_rc
read_before(struct change *c)
{
	struct stat st;
	tmg_rc rc;

	c->mode = c->place->kind == &nss_file ? MODE_OWN : MODE_ALL;
	rc = tmg_file_read(c->path, BROWSER_FILE_MAX, &c->before, &c->before_len);
	if (rc == TMG_NOT_FOUND)
		return TMG_OK;
	if (rc != TMG_OK)
		return failed(c, rc);
	if (stat(c->path, &st) == 0)
		c->mode = st.st_mode & 07777;
	return TMG_OK;
}

static tmg_rc
write_text(struct change *c, FILE *to)
{
	const tmg_view before = { c->before, c->before_len };
	const struct module_file *kind = c->place->kind;

	return c->wanted ? kind->add(before, c->module, to)
	    : kind->drop(before, c->module, to);
}

/* The new text, which must say what it was made to say. */
static tmg_rc
make_after(struct change *c)
{
	FILE *to = open_memstream(&c->after, &c->after_len);
	char other[PATH_MAX];
	tmg_rc rc;

	if (to == NULL)
		return failed(c, TMG_E_NOMEM);
	rc = write_text(c, to);
	if (fclose(to) != 0 || rc != TMG_OK)
		return failed(c, TMG_E_NOMEM);
	const enum standing standing = c->place->kind->look((tmg_view){
	    (uint8_t *)c->after, c->after_len }, c->module, other);

	if (standing != (c->wanted ? STANDING_OURS : STANDING_NONE))
		return refuse(c, TMG_MISMATCH,
		    _("it is not what such a file looks like"));
	return TMG_OK;
}

/* Kept once: later changes are of what we wrote ourselves. */
static tmg_rc
keep_original(struct change *c)
{
	if (!c->wanted || c->before == NULL || access(c->original, F_OK) == 0)
		return TMG_OK;
	return tmg_file_replace(c->original,
	    (tmg_view){ c->before, c->before_len }, c->mode);
}

/* What it was before, if nothing but the module was added since. */
static void
prefer_original(struct change *c)
{
	tmg_auto_free uint8_t *text = NULL;
	size_t len;

	if (c->wanted || tmg_file_read(c->original, BROWSER_FILE_MAX, &text, &len))
		return;
	if (!c->place->kind->same((tmg_view){ text, len },
	    (tmg_view){ (uint8_t *)c->after, c->after_len }))
		return;
	free(c->after);
	c->after = (char *)text;
	c->after_len = len;
	text = NULL;
}

static void
up(char at[static PATH_MAX])
{
	char copy[PATH_MAX];

	memcpy(copy, at, sizeof(copy));
	snprintf(at, PATH_MAX, "%s", dirname(copy));
}

/* Folders that were made for the file go with it, when nothing is in them. */
static void
remove_folders(const struct change *c)
{
	char at[PATH_MAX];

	memcpy(at, c->path, sizeof(at));
	for (int i = 0; i < FOLDERS_MADE; i++) {
		up(at);
		if (rmdir(at) != 0)
			return;
	}
}

static tmg_rc
replace(struct change *c)
{
	const tmg_rc rc = tmg_file_replace(c->path, (tmg_view){
	    (uint8_t *)c->after, c->after_len }, c->mode);

	return rc == TMG_OK ? TMG_OK : failed(c, rc);
}

static tmg_rc
put_in(struct change *c)
{
	char folder[PATH_MAX];
	tmg_rc rc;

	memcpy(folder, c->path, sizeof(folder));
	up(folder);
	if ((rc = tmg_file_folder(folder, c->mode == MODE_OWN ? 0700 : 0755)) ||
	    (rc = keep_original(c)))
		return failed(c, rc);
	return replace(c);
}

static tmg_rc
take_out(struct change *c)
{
	tmg_rc rc = TMG_OK;

	prefer_original(c);
	if (c->after_len > 0)
		rc = replace(c);
	else if (unlink(c->path) != 0)
		rc = failed(c, errno == EACCES ? TMG_DENIED : TMG_E_IO);
	if (rc != TMG_OK)
		return rc;
	(void)unlink(c->original);
	if (c->after_len == 0)
		remove_folders(c);
	return TMG_OK;
}

static tmg_rc
change(struct place *place, const char *module, bool wanted)
{
	__attribute__((__cleanup__(change_release))) struct change c = {
		.place = place, .module = module, .wanted = wanted,
	};
	tmg_rc rc;

	if ((rc = resolve(&c)) || (rc = check_owner(&c)) ||
	    (rc = read_before(&c)) || (rc = make_after(&c)))
		return rc;
	return wanted ? put_in(&c) : take_out(&c);
}

/* Looks again: what is said is what is there. */
static tmg_rc
set(struct place *place, const char *module, bool wanted)
{
	const enum standing goal = wanted ? STANDING_OURS : STANDING_NONE;
	tmg_rc rc;

	if (place->standing == STANDING_UNCLEAR)
		return TMG_MISMATCH;
	if (place->fixed || place->standing == goal)
		return TMG_OK;
	if ((rc = change(place, module, wanted)))
		return rc;
	place_look(place, module);
	place->changed = true;
	return place->standing == goal ? TMG_OK : TMG_MISMATCH;
}

tmg_rc
place_register(struct place *place, const char *module)
{
	return set(place, module, true);
}

tmg_rc
place_unregister(struct place *place, const char *module)
{
	return set(place, module, false);
}
