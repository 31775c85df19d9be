/* SPDX-License-Identifier: BSD-2-Clause */
/* tamga-ra weak-keys add [--list FILE] FILE... | check FILE... */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/fail.h"
#include "src/base/file.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/ca/weak.h"
#include "tools/ra/cmd.h"
#include "tools/ra/keyfile.h"

#define LIST_MAX (1 << 28)

struct job {
	ra_common common;
	ra_value list;
	ra_config config;
	json_t *told;
	tmg_fault f;
};

static void
release(struct job *j)
{
	json_decref(j->told);
}

static void
known_release(ra_known **known)
{
	ra_known_free(known);
}
#define auto_known __attribute__((__cleanup__(known_release))) ra_known

static void
tell(struct job *j, const char *path, const char *line, const char *what)
{
	if (j->common.json)
		json_array_append_new(j->told, json_pack("{s:s, s:s, s:s}", "file", path,
		    "spki_sha256", line, "is", what));
	else
		printf("%s  %s: %s\n", line, path, what);
}

/* ---- add ---- */

static tmg_rc
list_path(struct job *j, char path[PATH_MAX])
{
	if (j->list.count > 0)
		return snprintf(path, PATH_MAX, "%s", j->list.text[0]) < PATH_MAX ?
		    TMG_OK : tmg_raise(&j->f, TMG_E_USAGE, 0, _("a path is too long"));
	if (j->config.weak_keys.count == 0)
		return tmg_raise(&j->f, TMG_NOT_FOUND, 0,
		    _("ra.conf names no list: weak_keys = [ \"weak.keys\" ]; or say --list FILE"));
	return ra_config_path(&j->config, j->config.weak_keys.word[0], path) ?
	    tmg_raise(&j->f, TMG_E_USAGE, 0, _("a path is too long")) : TMG_OK;
}

/* What the list says already, in memory with room for what is added. */
struct text {
	uint8_t *bytes;
	size_t len;
	size_t had;		/* of it, before anything was added */
};

static void
text_release(struct text *t)
{
	free(t->bytes);
}

static tmg_rc
append(struct text *t, const char *words)
{
	const size_t len = strlen(words);
	uint8_t *more = realloc(t->bytes, t->len + len + 1);

	if (more == NULL)
		return TMG_E_NOMEM;
	memcpy(more + t->len, words, len + 1);
	t->bytes = more;
	t->len += len;
	return TMG_OK;
}

static tmg_rc
read_list(struct job *j, const char *path, struct text *t, ra_known **known)
{
	tmg_rc rc = tmg_file_read(path, LIST_MAX, &t->bytes, &t->len);

	if (rc != TMG_OK && rc != TMG_NOT_FOUND)
		return tmg_raise(&j->f, rc, 0, "%s: %s", path, strerror(errno));
	if ((rc = ra_known_new(known)))
		return rc;
	if ((rc = ra_known_parse(path, (tmg_view){ t->bytes, t->len }, *known, &j->f)))
		return rc;
	ra_known_close(*known);
	if (t->len > 0 && t->bytes[t->len - 1] != '\n' && (rc = append(t, "\n")))
		return rc;
	t->had = t->len;
	return TMG_OK;
}

static bool
was_added(const struct text *t, const char *hash)
{
	return t->len > t->had && strstr((char *)t->bytes + t->had, hash) != NULL;
}

/* The file's name becomes a remark: without what would end its line. */
static void
write_line(char *line, size_t cap, const char *hash, const char *path)
{
	const char *slash = strrchr(path, '/');

	snprintf(line, cap, "%s  # %s\n", hash, slash != NULL ? slash + 1 : path);
	for (char *at = line; at[0] != '\0' && at[1] != '\0'; at++)
		if ((unsigned char)*at < ' ')
			*at = ' ';
}

static tmg_rc
add_one(struct job *j, const char *path, const ra_known *known, struct text *t)
{
	tmg_auto(ra_keyfile) file = { .key = NULL };
	char hash[RA_KNOWN_LINE], line[RA_KNOWN_LINE + PATH_MAX];
	tmg_rc rc;

	if ((rc = ra_keyfile_read(path, &file, &j->f)) ||
	    (rc = ra_known_line(file.spki, hash)))
		return rc;
	rc = ra_known_check(known, file.spki, file.key);
	if (rc == TMG_MISMATCH || was_added(t, hash)) {
		tell(j, path, hash, _("on the list already"));
		return TMG_OK;
	}
	write_line(line, sizeof(line), hash, path);
	if (rc || (rc = append(t, line)))
		return rc;
	tell(j, path, hash, _("added"));
	return TMG_OK;
}

static tmg_rc
add(struct job *j, const ra_value *args)
{
	__attribute__((__cleanup__(text_release))) struct text t = { NULL, 0, 0 };
	auto_known *known = NULL;
	char path[PATH_MAX];
	tmg_rc rc;

	if ((rc = list_path(j, path)) || (rc = read_list(j, path, &t, &known)))
		return rc;
	for (size_t i = 1; i < args->count; i++)
		if ((rc = add_one(j, args->text[i], known, &t)))
			return rc;
	rc = tmg_file_replace(path, (tmg_view){ t.bytes, t.len }, 0644);
	return rc ? tmg_raise(&j->f, rc, 0, "%s: %s", path, strerror(errno)) : TMG_OK;
}

/* ---- check ---- */

static tmg_rc
check_one(struct job *j, const char *path, const ra_known *known, bool *bad)
{
	tmg_auto(ra_keyfile) file = { .key = NULL };
	char hash[RA_KNOWN_LINE];
	tmg_rc rc;

	if ((rc = ra_keyfile_read(path, &file, &j->f)) ||
	    (rc = ra_known_line(file.spki, hash)))
		return rc;
	if ((rc = ra_known_check(known, file.spki, file.key)) == TMG_MISMATCH)
		tell(j, path, hash, _("on a list of known keys"));
	else if (rc == TMG_OK && (rc = ra_weak_check(file.key, &j->f)) == TMG_MISMATCH)
		tell(j, path, hash, j->f.text);
	else if (rc == TMG_OK)
		tell(j, path, hash, _("nothing is known against it"));
	*bad = *bad || rc == TMG_MISMATCH;
	return rc == TMG_MISMATCH ? TMG_OK : rc;
}

static tmg_rc
check(struct job *j, const ra_value *args)
{
	auto_known *known = NULL;
	tmg_rc rc = ra_known_load(&j->config, &known, &j->f);
	bool bad = false;

	for (size_t i = 1; i < args->count && rc == TMG_OK; i++)
		rc = check_one(j, args->text[i], known, &bad);
	return rc != TMG_OK || !bad ? rc : tmg_raise(&j->f, TMG_MISMATCH, 0,
	    _("not all of them would be certified"));
}

/* ---- both ---- */

static const struct {
	const char *name;
	tmg_rc (*run)(struct job *j, const ra_value *args);
} verbs[] = {
	{ "add", add },
	{ "check", check },
};

/* A list that is named needs no authority. */
static tmg_rc
read_config(struct job *j)
{
	char path[PATH_MAX];
	tmg_rc rc;

	if (j->list.count > 0)
		return TMG_OK;
	return (rc = ra_common_config(&j->common, path)) ? rc :
	    ra_config_load(path, &j->config, &j->f);
}

int
ra_cmd_weak_keys(tmg_ctx *ctx, int argc, char **argv)
{
	__attribute__((__cleanup__(release))) struct job j = { .told = json_array() };
	const ra_option options[] = { RA_COMMON_OPTIONS(&j.common),
		{ "list", NULL, &j.list, 1 } };
	ra_value args;
	size_t i = 0;
	tmg_rc rc;

	(void)ctx;
	if (!ra_args_read(argc, argv, options, TMG_COUNT(options), 2, RA_VALUES_MAX,
	    &args))
		return RA_EXIT_USAGE;
	while (i < TMG_COUNT(verbs) && strcmp(verbs[i].name, args.text[0]) != 0)
		i++;
	if (i == TMG_COUNT(verbs)) {
		fprintf(stderr, "tamga-ra: %s\n", _("weak-keys add or weak-keys check"));
		return RA_EXIT_USAGE;
	}
	if ((rc = read_config(&j)) == TMG_OK)
		rc = verbs[i].run(&j, &args);
	if (j.common.json)
		ra_print_json(json_incref(j.told));
	fflush(stdout);
	return rc == TMG_OK ? RA_EXIT_DONE : ra_fail(&j.f, rc);
}
