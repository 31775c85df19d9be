/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Browsers that know our PKCS#11 module, and making them know it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tools/tamga/browser.h"
#include "tools/tamga/commands.h"
#include "tools/tamga/table.h"

static const struct opt options[] = {
	{ "user", 0, OPT_FLAG, NULL, N_("the user's own browsers (else, unless "
	    "root runs it)") },
	{ "system", 0, OPT_FLAG, NULL, N_("everybody's (else, when root runs it)") },
	{ "database", 0, OPT_LIST, "FOLDER",
	    N_("only this NSS database or browser profile") },
	{ "module", 0, OPT_TEXT, "FILE", N_("this module, not the installed one") },
	{ "root", 0, OPT_TEXT, "FOLDER",
	    N_("the system that lies below FOLDER; with --system") },
	OPT_END
};

/* In JSON. */
static const char *const standing_names[] = {
	[STANDING_NONE] = "missing",
	[STANDING_OURS] = "registered",
	[STANDING_OTHER] = "other",
	[STANDING_UNCLEAR] = "unclear",
};

static const char *const standing_words[] = {
	[STANDING_NONE] = N_("not registered"),
	[STANDING_OURS] = N_("registered"),
	[STANDING_OTHER] = N_("registered, but as %s"),
	[STANDING_UNCLEAR] = N_("left alone: %s"),
};

/* What is asked for, and what was found. */
struct visit {
	struct cli *cli;
	struct search search;
	struct places places;
	const char **databases;
	char module[PATH_MAX];
	bool wrong;
};

static void
visit_release(struct visit *v)
{
	places_release(&v->places);
	free(v->databases);
}

#define auto_visit __attribute__((__cleanup__(visit_release))) struct visit

/* ---- what is asked ------------------------------------------------------- */

static tmg_rc
choose_module(struct visit *v)
{
	const char *named = cli_text(v->cli, "module");
	if (named != NULL && named[0] != '/' && v->search.root[0] == '\0') {
		if (realpath(named, v->module) == NULL)
			return cli_raise(v->cli, TMG_E_USAGE,
			    _("--module %s: %s"), named, strerror(errno));
	} else if (snprintf(v->module, sizeof(v->module), "%s", named != NULL
	    ? named : PKCS11_MODULE) >= (int)sizeof(v->module)) {
		return cli_raise(v->cli, TMG_E_USAGE, _("--module %s: %s"), named,
		    strerror(ENAMETOOLONG));
	}
	if (!module_path_fits(v->module))
		return cli_raise(v->cli, TMG_E_USAGE, _("--module %s: browsers "
		    "cannot be told of a path with such characters"), v->module);
	v->search.module = v->module;
	return TMG_OK;
}

/* A browser that is told of a file that is not there complains for ever. */
static tmg_rc
check_module(const struct visit *v)
{
	char path[2 * PATH_MAX];
	struct stat st;

	snprintf(path, sizeof(path), "%s%s", v->search.root, v->module);
	if (stat(path, &st) == 0 && S_ISREG(st.st_mode))
		return TMG_OK;
	return cli_raise(v->cli, TMG_MISMATCH, _("there is no module %s: "
	    "install tamga (make install), or name it: --module FILE"), path);
}

static tmg_rc
choose(struct visit *v, struct cli *cli)
{
	const bool user = cli_flag(cli, "user"), system = cli_flag(cli, "system");
	const char *root = cli_text(cli, "root");
	tmg_rc rc;

	v->cli = cli;
	cli->stage = STAGE_SELF;
	if (user && system)
		return cli_raise(cli, TMG_E_USAGE,
		    _("--user or --system: one of the two"));
	v->search.system = system || (!user && geteuid() == 0);
	v->search.root = root != NULL && strcmp(root, "/") != 0 ? root : "";
	if (root != NULL && !v->search.system)
		return cli_raise(cli, TMG_E_USAGE, _("--root goes with --system"));
	if ((rc = args_list(&cli->args, "database", &v->databases)))
		return cli_raise(cli, rc, _("out of memory"));
	v->search.databases = v->databases;
	return choose_module(v);
}

static tmg_rc
begin(struct visit *v, struct cli *cli)
{
	tmg_rc rc;

	if ((rc = choose(v, cli)))
		return rc;
	if ((rc = places_find(&v->places, &v->search)))
		return cli_raise(cli, rc, _("out of memory"));
	if (v->places.count == 0 && v->places.sandboxed_count == 0)
		return cli_raise(cli, TMG_NOT_FOUND, v->search.system
		    ? _("there is no browser with settings for everybody; each "
		    "user runs: tamga browser register")
		    : _("there is no browser of this user's: start it once, then "
		    "try again"));
	return TMG_OK;
}

/* ---- what is said -------------------------------------------------------- */

static json_t *
place_json(const struct place *p)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:b, s:b, s:s, s:s}",
	    "browser", p->program, "kind", p->kind->name, "profile", p->profile,
	    "path", p->path, "state", standing_names[p->standing],
	    "running", p->running, "changed", p->changed,
	    "other", p->other, "why", p->why);
}

static tmg_rc
show_json(const struct visit *v)
{
	json_t *places = json_array(), *boxes = json_array();

	for (size_t i = 0; i < v->places.count; i++)
		json_array_append_new(places, place_json(&v->places.row[i]));
	for (size_t i = 0; i < v->places.sandboxed_count; i++)
		json_array_append_new(boxes, json_pack("{s:s, s:s}", "browser",
		    v->places.sandboxed[i].program, "by",
		    v->places.sandboxed[i].by));
	return cli_json(v->cli, json_pack("{s:s, s:b, s:o, s:o}", "module",
	    v->module, "ok", !v->wrong, "places", places, "sandboxed", boxes));
}

static void
put_standing(struct table *t, const struct place *p)
{
	char words[PATH_MAX + 256];

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	snprintf(words, sizeof(words), _(standing_words[p->standing]),
	    p->standing == STANDING_OTHER ? p->other : p->why);
#pragma GCC diagnostic pop
	if (p->why[0] != '\0' && p->standing != STANDING_UNCLEAR)
		table_put(t, "%s: %s", words, p->why);
	else
		table_put(t, "%s%s", words, p->running && p->changed ?
		    _("; restart it") : "");
}

static tmg_rc
show_text(const struct visit *v)
{
	static const char *const heads[] = {
		N_("BROWSER"), N_("PROFILE"), N_("STATE"), N_("FILE"),
	};
	struct table t;
	tmg_rc rc;

	if (v->cli->quiet)
		return TMG_OK;
	table_begin(&t, TMG_COUNT(heads), heads);
	for (size_t i = 0; i < v->places.count; i++) {
		const struct place *p = &v->places.row[i];

		table_put(&t, "%s", p->program);
		table_put(&t, "%s", p->profile);
		put_standing(&t, p);
		table_put(&t, "%s", p->path);
	}
	for (size_t i = 0; i < v->places.sandboxed_count; i++) {
		const struct sandboxed *s = &v->places.sandboxed[i];

		table_put(&t, "%s (%s)", s->program, s->by);
		table_put(&t, "%s", "");
		table_put(&t, "%s", _("sees no card; tamga doctor tells more"));
		table_put(&t, "%s", "");
	}
	rc = table_print(&t, stdout, v->cli->colour);
	table_release(&t);
	return rc;
}

/* The exit code tells what the list shows. */
static tmg_rc
finish(const struct visit *v)
{
	const tmg_rc rc = v->cli->json ? show_json(v) : show_text(v);

	if (rc != TMG_OK)
		return rc;
	v->cli->reported = true;
	return v->wrong ? TMG_MISMATCH : TMG_OK;
}

/* ---- the commands -------------------------------------------------------- */

static tmg_rc
run_status(struct cli *cli)
{
	auto_visit v = { .wrong = false };
	tmg_rc rc;

	if ((rc = begin(&v, cli)) || (rc = check_module(&v)))
		return rc;
	for (size_t i = 0; i < v.places.count; i++)
		v.wrong |= v.places.row[i].standing != STANDING_OURS;
	return finish(&v);
}

/* One that cannot be changed keeps none of the others from it. */
static tmg_rc
change(struct visit *v, tmg_rc (*set)(struct place *, const char *))
{
	for (size_t i = 0; i < v->places.count; i++)
		v->wrong |= set(&v->places.row[i], v->module) != TMG_OK;
	return finish(v);
}

static tmg_rc
run_register(struct cli *cli)
{
	auto_visit v = { .wrong = false };
	tmg_rc rc;

	if ((rc = begin(&v, cli)) || (rc = check_module(&v)))
		return rc;
	return change(&v, place_register);
}

static tmg_rc
run_unregister(struct cli *cli)
{
	auto_visit v = { .wrong = false };
	tmg_rc rc;

	if ((rc = begin(&v, cli)))
		return rc;
	return change(&v, place_unregister);
}

const struct command cmd_browser_register = {
	.name = "browser register",
	.operands = "",
	.what = N_("make browsers and p11-kit load the PKCS#11 module"),
	.options = options,
	.run = run_register,
};

const struct command cmd_browser_status = {
	.name = "browser status",
	.operands = "",
	.what = N_("which browsers load the PKCS#11 module"),
	.options = options,
	.run = run_status,
};

const struct command cmd_browser_unregister = {
	.name = "browser unregister",
	.operands = "",
	.what = N_("make browsers and p11-kit forget the PKCS#11 module"),
	.options = options,
	.run = run_unregister,
};
