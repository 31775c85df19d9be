/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which browsers there are and which files of theirs name modules.
 */
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/file.h"
#include "src/base/scope.h"
#include "tools/tamga/browser.h"

/* Folders that a user's settings lie below. */
enum base { BASE_HOME, BASE_CONFIG, BASE_DATA, BASE_SYSTEM, BASES };

struct below {
	enum base base;
	const char *path;
};

/* Mozilla's programs.  Firefox follows the XDG folders since version 147. */
static const struct {
	const char *program;
	struct below settings;		/* profiles.ini lies there */
} mozilla[] = {
	{ "Firefox", { BASE_CONFIG, "mozilla/firefox" } },
	{ "Firefox", { BASE_HOME, ".mozilla/firefox" } },
	{ "Thunderbird", { BASE_HOME, ".thunderbird" } },
	{ "LibreWolf", { BASE_HOME, ".librewolf" } },
};

/* Chromium and its kin: one list of modules for all. */
static const struct {
	const char *program;
	const char *settings;		/* below the user's configuration */
	const char *commands;
} chromium[] = {
	{ "Chromium", "chromium", "chromium:chromium-browser" },
	{ "Chrome", "google-chrome", "google-chrome:google-chrome-stable" },
	{ "Edge", "microsoft-edge", "microsoft-edge:microsoft-edge-stable" },
	{ "Brave", "BraveSoftware/Brave-Browser", "brave-browser" },
	{ "Vivaldi", "vivaldi", "vivaldi:vivaldi-stable" },
	{ "Opera", "opera", "opera" },
};

/* Programs that read a policy of everybody's, and how they are recognised. */
static const struct {
	const char *program, *policy;
	const char *signs[6];
} policies[] = {
	{ "Firefox", "/etc/firefox/policies/policies.json",
	    { "/usr/lib/firefox-esr", "/usr/lib/firefox", "/usr/lib64/firefox",
	    "/opt/firefox", "/etc/firefox", NULL } },
	{ "Thunderbird", "/etc/thunderbird/policies/policies.json",
	    { "/usr/lib/thunderbird", "/usr/lib64/thunderbird",
	    "/opt/thunderbird", "/etc/thunderbird", NULL } },
};

/* Browsers in a box of their own, by the folders they leave. */
static const struct {
	const char *program, *by;
	struct below signs[3];
} boxes[] = {
#define SNAP(program, name) { program, "Snap", { \
	{ BASE_HOME, "snap/" name }, { BASE_SYSTEM, "snap/" name }, \
	{ BASE_SYSTEM, "var/lib/snapd/snap/" name } } }
#define FLATPAK(program, id) { program, "Flatpak", { \
	{ BASE_HOME, ".var/app/" id }, { BASE_DATA, "flatpak/app/" id }, \
	{ BASE_SYSTEM, "var/lib/flatpak/app/" id } } }
	SNAP("Firefox", "firefox"),
	SNAP("Thunderbird", "thunderbird"),
	SNAP("Chromium", "chromium"),
	SNAP("Brave", "brave"),
	SNAP("Opera", "opera"),
	FLATPAK("Firefox", "org.mozilla.firefox"),
	FLATPAK("Thunderbird", "org.mozilla.Thunderbird"),
	FLATPAK("LibreWolf", "io.gitlab.librewolf-community"),
	FLATPAK("Chromium", "org.chromium.Chromium"),
	FLATPAK("Chrome", "com.google.Chrome"),
	FLATPAK("Edge", "com.microsoft.Edge"),
	FLATPAK("Brave", "com.brave.Browser"),
	FLATPAK("Vivaldi", "com.vivaldi.Vivaldi"),
};

/* A search under way. */
struct hunt {
	const struct search *search;
	struct places *places;
	char base[BASES][PATH_MAX];
	bool failed;		/* no memory */
};

/* ---- paths --------------------------------------------------------------- */

static bool
is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static const char *
home(void)
{
	const char *env = getenv("HOME");
	const struct passwd *pw;

	if (env != NULL && env[0] == '/')
		return env;
	pw = getpwuid(geteuid());
	return pw != NULL ? pw->pw_dir : "/nonexistent";
}

static void
put_base(char path[static PATH_MAX], const char *variable, const char *otherwise)
{
	const char *env = getenv(variable);

	if (env != NULL && env[0] == '/')
		browser_path(path, "%s", env);
	else
		browser_path(path, "%s/%s", home(), otherwise);
}

static void
put_bases(struct hunt *h)
{
	browser_path(h->base[BASE_HOME], "%s", home());
	put_base(h->base[BASE_CONFIG], "XDG_CONFIG_HOME", ".config");
	put_base(h->base[BASE_DATA], "XDG_DATA_HOME", ".local/share");
	browser_path(h->base[BASE_SYSTEM], "%s", h->search->root);
}

static bool
is_there(const struct hunt *h, const struct below *b)
{
	char path[PATH_MAX];

	browser_path(path, "%s/%s", h->base[b->base], b->path);
	return path[0] != '\0' && access(path, F_OK) == 0;
}

static bool
is_command(const char *name, size_t len)
{
	const char *rest = getenv("PATH");

	while (rest != NULL && *rest != '\0') {
		const size_t n = strcspn(rest, ":");
		char path[PATH_MAX];

		browser_path(path, "%.*s/%.*s", (int)n, rest, (int)len, name);
		if (n > 0 && path[0] != '\0' && access(path, X_OK) == 0)
			return true;
		rest += n + (rest[n] == ':' ? 1 : 0);
	}
	return false;
}

static bool
is_any_command(const char *names)
{
	for (;;) {
		const size_t n = strcspn(names, ":");

		if (is_command(names, n))
			return true;
		if (names[n] == '\0')
			return false;
		names += n + 1;
	}
}

/* ---- the list ------------------------------------------------------------ */

/* One more row of *rows; NULL: no memory. */
static void *
one_more(struct hunt *h, void **rows, size_t *count, size_t size)
{
	char *more = reallocarray(*rows, *count + 1, size);

	if (more == NULL) {
		h->failed = true;
		return NULL;
	}
	*rows = more;
	memset(more + *count * size, 0, size);
	return more + (*count)++ * size;
}

static struct place *
add_place(struct hunt *h, const struct module_file *kind, const char *program)
{
	void *rows = h->places->row;
	struct place *p = one_more(h, &rows, &h->places->count, sizeof(*p));

	h->places->row = rows;
	if (p == NULL)
		return NULL;
	p->kind = kind;
	snprintf(p->program, sizeof(p->program), "%s", program);
	return p;
}

/* ---- Mozilla's ----------------------------------------------------------- */

/* Does everybody's policy name the module already?  Then Firefox enters it into
 * each profile by itself. */
static bool
is_decided(const struct hunt *h, const char *program, struct place *policy)
{
	*policy = (struct place){ .kind = &policy_file };
	for (size_t i = 0; i < TMG_COUNT(policies); i++) {
		if (strcmp(policies[i].program, program) != 0)
			continue;
		browser_path(policy->path, "%s", policies[i].policy);
		place_look(policy, h->search->module);
	}
	return policy->standing == STANDING_OURS;
}

static void
add_profile(struct hunt *h, const char *program, const char *settings,
    const struct profile *profile)
{
	char folder[PATH_MAX];
	struct place *p, policy;

	browser_path(folder, "%s%s%.*s", profile->relative ? settings : "",
	    profile->relative ? "/" : "", (int)profile->path.len,
	    (const char *)profile->path.ptr);
	/* A profile whose folder is gone is one that was never used. */
	if (!is_folder(folder) ||
	    (p = add_place(h, &nss_file, program)) == NULL)
		return;
	snprintf(p->profile, sizeof(p->profile), "%.*s",
	    (int)profile->name.len, (const char *)profile->name.ptr);
	browser_path(p->path, "%s/pkcs11.txt", folder);
	p->running = running_mozilla(folder);
	place_look(p, h->search->module);
	if (p->standing == STANDING_OURS || !is_decided(h, program, &policy))
		return;
	p->kind = &policy_file;
	p->fixed = true;
	memcpy(p->path, policy.path, sizeof(p->path));
}

static void
find_mozilla(struct hunt *h)
{
	for (size_t i = 0; i < TMG_COUNT(mozilla); i++) {
		tmg_auto_free uint8_t *text = NULL;
		char settings[PATH_MAX], path[PATH_MAX];
		struct profile profile;
		tmg_view rest = { NULL, 0 };

		browser_path(settings, "%s/%s", h->base[mozilla[i].settings.base],
		    mozilla[i].settings.path);
		browser_path(path, "%s/profiles.ini", settings);
		if (tmg_file_read(path, BROWSER_FILE_MAX, &text, &rest.len))
			continue;
		rest.ptr = text;
		while (profile_next(&rest, &profile))
			add_profile(h, mozilla[i].program, settings, &profile);
	}
}

static void
find_policies(struct hunt *h)
{
	for (size_t i = 0; i < TMG_COUNT(policies); i++)
		for (size_t s = 0; policies[i].signs[s] != NULL; s++) {
			char path[PATH_MAX];
			struct place *p;

			browser_path(path, "%s%s", h->search->root,
			    policies[i].signs[s]);
			if (!is_folder(path))
				continue;
			p = add_place(h, &policy_file, policies[i].program);
			if (p != NULL)
				browser_path(p->path, "%s%s", h->search->root,
				    policies[i].policy);
			break;
		}
}

/* ---- Chromium's ---------------------------------------------------------- */

/* All of the kin read one list; who they are, and whether one is running. */
static void
find_chromium(struct hunt *h)
{
	char names[sizeof(h->places->row->program)] = "", path[PATH_MAX];
	bool running = false;
	struct place *p;
	size_t n = 0;

	for (size_t i = 0; i < TMG_COUNT(chromium); i++) {
		browser_path(path, "%s/%s", h->base[BASE_CONFIG],
		    chromium[i].settings);
		if (!is_folder(path) && !is_any_command(chromium[i].commands))
			continue;
		running |= running_chromium(path);
		if (n < sizeof(names))
			n += (size_t)snprintf(names + n, sizeof(names) - n, "%s%s",
			    n > 0 ? ", " : "", chromium[i].program);
	}
	browser_path(path, "%s/.pki/nssdb", h->base[BASE_HOME]);
	if (n == 0 && !is_folder(path))
		return;
	p = add_place(h, &nss_file, n > 0 ? names : "NSS");
	if (p == NULL)
		return;
	browser_path(p->path, "%s/pkcs11.txt", path);
	p->running = running;
}

/* ---- p11-kit's ----------------------------------------------------------- */

/* The user's own file, or everybody's; p11-kit reads no user's file for root. */
static void
put_p11kit_own(const struct hunt *h, char path[static PATH_MAX])
{
	if (h->search->system)
		browser_path(path, "%s" P11KIT_SYSTEM_CONFIGS "/tamga.module",
		    h->search->root);
	else if (geteuid() != 0)
		browser_path(path, "%s/pkcs11/modules/tamga.module",
		    h->base[BASE_CONFIG]);
	else
		path[0] = '\0';
}

/* Who reads it through a file that is not ours to change needs no other. */
static void
find_p11kit(struct hunt *h)
{
	static const char *const installed[] = {
		P11KIT_CONFIGS, P11KIT_SYSTEM_CONFIGS,
	};
	char own[PATH_MAX];
	struct place *p;

	put_p11kit_own(h, own);
	for (size_t i = 0; i < TMG_COUNT(installed); i++) {
		struct place look = { .kind = &p11kit_file, .fixed = true };

		browser_path(look.path, "%s%s/tamga.module", h->search->root,
		    installed[i]);
		place_look(&look, h->search->module);
		if (look.standing != STANDING_OURS || strcmp(look.path, own) == 0)
			continue;
		p = add_place(h, &p11kit_file, "p11-kit");
		if (p == NULL)
			return;
		p->fixed = true;
		browser_path(p->path, "%s", look.path);
		/* … but one of ours must be seen to be taken away */
		if (own[0] == '\0' || access(own, F_OK) != 0)
			return;
	}
	if (own[0] != '\0' && (p = add_place(h, &p11kit_file, "p11-kit")) != NULL)
		browser_path(p->path, "%s", own);
}

/* ---- everything ---------------------------------------------------------- */

static void
find_databases(struct hunt *h)
{
	const char *const *at = h->search->databases;

	for (; at != NULL && *at != NULL; at++) {
		struct place *p = add_place(h, &nss_file, "NSS");

		if (p != NULL)
			browser_path(p->path, "%s/pkcs11.txt", *at);
	}
}

static void
find_boxes(struct hunt *h)
{
	for (size_t i = 0; i < TMG_COUNT(boxes); i++) {
		void *rows = h->places->sandboxed;
		struct sandboxed *s;
		bool any = false;

		for (size_t k = 0; k < TMG_COUNT(boxes[i].signs); k++)
			any |= is_there(h, &boxes[i].signs[k]);
		if (!any)
			continue;
		s = one_more(h, &rows, &h->places->sandboxed_count, sizeof(*s));
		h->places->sandboxed = rows;
		if (s != NULL)
			*s = (struct sandboxed){ boxes[i].program, boxes[i].by };
	}
}

tmg_rc
places_find(struct places *places, const struct search *search)
{
	struct hunt h = { .search = search, .places = places };

	*places = (struct places){ .count = 0 };
	put_bases(&h);
	if (search->databases != NULL) {
		find_databases(&h);
	} else if (search->system) {
		find_policies(&h);
		find_p11kit(&h);
	} else {
		find_mozilla(&h);
		find_chromium(&h);
		find_p11kit(&h);
	}
	find_boxes(&h);
	for (size_t i = 0; i < places->count; i++)
		place_look(&places->row[i], search->module);
	return h.failed ? TMG_E_NOMEM : TMG_OK;
}

void
places_release(struct places *places)
{
	free(places->row);
	free(places->sandboxed);
	*places = (struct places){ .count = 0 };
}
