/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where browsers and others keep the list of PKCS#11 modules they load, and
 * how a module gets into it and out again.
 */
#ifndef TAMGA_CLI_BROWSER_H
#define TAMGA_CLI_BROWSER_H

#include <limits.h>
#include <stdio.h>

#include "tamga/err.h"
#include "tamga/view.h"

/* What browsers call the module. */
#define BROWSER_MODULE "tamga"

enum {
	BROWSER_FILE_MAX = 1024 * 1024,	/* no such file is nearly as long */
};

/* ---- files that name modules --------------------------------------------- */

enum standing {
	STANDING_NONE,		/* the module is not named */
	STANDING_OURS,		/* it is */
	STANDING_OTHER,		/* another file goes by our module's name */
	STANDING_UNCLEAR,	/* not what such a file looks like */
};

/*
 * A kind of file.  Text in, text out: no file is touched here.  add and drop
 * are asked only when look did not say STANDING_UNCLEAR; what stands in the
 * text for others comes out as it was, byte for byte unless same says that
 * other bytes mean the same.
 */
struct module_file {
	const char *name;	/* in JSON */
	const char *forerunner;	/* a file beside it that would be lost sight of
				 * if ours were made; "" none */
	/* other gets the path that is named instead */
	enum standing (*look)(tmg_view text, const char *module,
	    char other[static PATH_MAX]);
	/* Faults TMG_E_NOMEM */
	tmg_rc (*add)(tmg_view text, const char *module, FILE *to);
	tmg_rc (*drop)(tmg_view text, const char *module, FILE *to);
	bool (*same)(tmg_view a, tmg_view b);
};

extern const struct module_file nss_file;	/* pkcs11.txt (browser-nss.c) */
extern const struct module_file policy_file;	/* policies.json */
extern const struct module_file p11kit_file;	/* tamga.module */

bool
module_same_bytes(tmg_view a, tmg_view b);

/* The first line of *rest, which is not empty, with its newline; *rest goes on
 * behind it. */
tmg_view
browser_line(tmg_view *rest);

/* May that path stand in every kind of file? */
bool
module_path_fits(const char *path);

/* ---- profiles.ini (browser-profiles.c) ----------------------------------- */

struct profile {
	tmg_view name, path;	/* borrowed from the text */
	bool relative;		/* to the folder of profiles.ini */
};

/* The next profile of *rest; false when there is no more. */
bool
profile_next(tmg_view *rest, struct profile *profile);

/* ---- whoever is running now (browser-running.c) -------------------------- */

/* Does a program of Mozilla's use that profile? */
bool
running_mozilla(const char *folder);
/* Does Chromium or one of its kin use that folder of settings? */
bool
running_chromium(const char *folder);

/* ---- a place (browser-place.c) ------------------------------------------- */

/* Too long a path is no path: "" is found nowhere. */
__attribute__((__format__(__printf__, 2, 3)))
void
browser_path(char path[static PATH_MAX], const char *fmt, ...);

struct place {
	const struct module_file *kind;
	char program[64];	/* "Firefox"; "Chromium, Vivaldi" */
	char profile[128];	/* "" when there are none */
	char path[PATH_MAX];
	bool running;
	bool fixed;		/* installed by a package: not ours to change */
	enum standing standing;
	char other[PATH_MAX];	/* with STANDING_OTHER */
	char why[160];		/* of STANDING_UNCLEAR or a failure, for people */
	bool changed;		/* by us, now */
};

/* How it stands now: standing, other and why. */
void
place_look(struct place *place, const char *module);

/* ---- places (browser-places.c) ------------------------------------------- */

/* A browser that can reach neither the module nor the readers. */
struct sandboxed {
	const char *program;
	const char *by;		/* "Snap", "Flatpak" */
};

/* Where to look, and for what. */
struct search {
	const char *module;	/* absolute */
	const char *root;	/* of the system; "" this one */
	bool system;		/* everybody's, not the user's own */
	const char *const *databases;	/* NSS folders besides; ended by NULL */
};

struct places {
	struct place *row;
	size_t count;
	struct sandboxed *sandboxed;
	size_t sandboxed_count;
};

/* Every place there is, and how each stands.  Faults TMG_E_NOMEM. */
TMG_MUST_USE tmg_rc
places_find(struct places *places, const struct search *search);

void
places_release(struct places *places);

/* ---- changing one (browser-write.c) -------------------------------------- */

/*
 * Enters the module there, or takes it out.  The file is replaced whole; what
 * it was before the first change is kept beside it, and comes back when the
 * module is taken out and nothing else has changed.  place->standing is what
 * became of it; words for people stand in why when it is not TMG_OK.
 *
 * Verdicts  TMG_DENIED    not ours to write
 *           TMG_MISMATCH  STANDING_UNCLEAR: left alone
 */
TMG_MUST_USE tmg_rc
place_register(struct place *place, const char *module);
TMG_MUST_USE tmg_rc
place_unregister(struct place *place, const char *module);

#endif
