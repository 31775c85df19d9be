/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/base/settings.h"

#include <errno.h>
#include <fnmatch.h>
#include <libconfig.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/fail.h"
#include "src/base/file.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/base/text.h"

/* A file being read. */
struct reading {
	const tmg_settings *tables;
	size_t count;
	bool strict;
	const char *name;
	tmg_fault *f;
};

struct tmg_setting_kind {
	bool (*take)(const tmg_setting *row, const config_setting_t *s, void *at);
	void (*want)(const tmg_setting *row, char *text, size_t cap);
};

/* ---- kinds --------------------------------------------------------------- */

static bool
take_flag(const tmg_setting *row, const config_setting_t *s, void *at)
{
	(void)row;
	if (config_setting_type(s) != CONFIG_TYPE_BOOL)
		return false;
	*(bool *)at = config_setting_get_bool(s) != 0;
	return true;
}

static bool
take_number(const tmg_setting *row, const config_setting_t *s, void *at)
{
	int n;

	if (config_setting_type(s) != CONFIG_TYPE_INT)
		return false;
	n = config_setting_get_int(s);
	if (n < row->least || n > row->most)
		return false;
	*(int *)at = n;
	return true;
}

static bool
copy_text(const config_setting_t *s, char *at, size_t cap)
{
	const char *text;

	if (s == NULL || config_setting_type(s) != CONFIG_TYPE_STRING)
		return false;
	text = config_setting_get_string(s);
	if (strlen(text) >= cap)
		return false;
	memcpy(at, text, strlen(text) + 1);
	return true;
}

static bool
take_text(const tmg_setting *row, const config_setting_t *s, void *at)
{
	return copy_text(s, at, (size_t)row->most);
}

static bool
take_word(const tmg_setting *row, const config_setting_t *s, void *at)
{
	const char *text = config_setting_get_string(s);

	for (size_t i = 0; text != NULL && row->words[i] != NULL; i++)
		if (strcmp(row->words[i], text) == 0)
			return copy_text(s, at, (size_t)row->most);
	return false;
}

static bool
take_texts(const tmg_setting *row, const config_setting_t *s, void *at)
{
	tmg_texts list = { .count = 0 };
	const int n = config_setting_length(s);

	(void)row;
	if (!config_setting_is_array(s) && !config_setting_is_list(s))
		return false;
	if (n > (int)TMG_COUNT(list.text))
		return false;
	for (int i = 0; i < n; i++)
		if (!copy_text(config_setting_get_elem(s, (unsigned)i),
		    list.text[list.count++], sizeof(list.text[0])))
			return false;
	*(tmg_texts *)at = list;
	return true;
}

/* ---- what they want ------------------------------------------------------ */

static void
want_flag(const tmg_setting *row, char *text, size_t cap)
{
	(void)row;
	snprintf(text, cap, "%s", _("true or false"));
}

static void
want_number(const tmg_setting *row, char *text, size_t cap)
{
	snprintf(text, cap, _("a number from %d to %d"), row->least, row->most);
}

static void
want_text(const tmg_setting *row, char *text, size_t cap)
{
	snprintf(text, cap, _("a text in double quotes, of less than %d bytes"),
	    row->most);
}

static void
want_word(const tmg_setting *row, char *text, size_t cap)
{
	size_t len = 0;

	for (size_t i = 0; row->words[i] != NULL && len < cap; i++)
		len += (size_t)snprintf(text + len, cap - len, "%s\"%s\"",
		    i > 0 ? " | " : "", row->words[i]);
}

static void
want_texts(const tmg_setting *row, char *text, size_t cap)
{
	(void)row;
	snprintf(text, cap, _("a list of at most %zu texts in double quotes"),
	    TMG_COUNT(((tmg_texts *)NULL)->text));
}

const tmg_setting_kind tmg_setting_flag = { take_flag, want_flag };
const tmg_setting_kind tmg_setting_number = { take_number, want_number };
const tmg_setting_kind tmg_setting_text = { take_text, want_text };
const tmg_setting_kind tmg_setting_word = { take_word, want_word };
const tmg_setting_kind tmg_setting_texts = { take_texts, want_texts };

/* ---- reading ------------------------------------------------------------- */

static tmg_rc
take_one(const struct reading *r, const tmg_settings *table,
    const tmg_setting *row, const config_setting_t *s)
{
	char want[128];

	if (row->kind->take(row, s, (char *)table->into + row->at))
		return TMG_OK;
	row->kind->want(row, want, sizeof(want));
	return tmg_raise(r->f, TMG_E_USAGE, 0,
	    _("%s:%d: '%s' wants %s; see tamga.conf(5)"), r->name,
	    (int)config_setting_source_line(s), row->path, want);
}

static tmg_rc
take_value(const struct reading *r, const char *path, const config_setting_t *s)
{
	bool known = false;
	tmg_rc rc;

	for (size_t i = 0; i < r->count; i++)
		for (size_t k = 0; k < r->tables[i].count; k++) {
			const tmg_setting *row = &r->tables[i].rows[k];

			if (strcmp(row->path, path) != 0)
				continue;
			known = true;
			if ((rc = take_one(r, &r->tables[i], row, s)))
				return rc;
		}
	if (known || !r->strict)
		return TMG_OK;
	return tmg_raise(r->f, TMG_E_USAGE, 0,
	    _("%s:%d: there is no setting '%s'; see tamga.conf(5)"), r->name,
	    (int)config_setting_source_line(s), path);
}

/* Settings lie at most two deep: group.name. */
static tmg_rc
take_group(const struct reading *r, const char *group, config_setting_t *g)
{
	tmg_rc rc = TMG_OK;

	for (int i = 0; rc == TMG_OK && i < config_setting_length(g); i++) {
		config_setting_t *s = config_setting_get_elem(g, (unsigned)i);
		const char *name = config_setting_name(s);
		char path[128];

		snprintf(path, sizeof(path), "%s.%s", group,
		    name != NULL ? name : "?");
		rc = take_value(r, path, s);
	}
	return rc;
}

static tmg_rc
take_all(const struct reading *r, config_setting_t *root)
{
	tmg_rc rc = TMG_OK;

	for (int i = 0; rc == TMG_OK && i < config_setting_length(root); i++) {
		config_setting_t *s = config_setting_get_elem(root, (unsigned)i);

		rc = config_setting_is_group(s)
		    ? take_group(r, config_setting_name(s), s)
		    : take_value(r, config_setting_name(s), s);
	}
	return rc;
}

/* @include would let a file name others to be read; ours has no use for it. */
static bool
has_include(const char *text)
{
	for (const char *at = text; (at = strstr(at, "@include")) != NULL; at++)
		if (at == text || strspn(at - 1, " \t\r\n") > 0)
			return true;
	return false;
}

tmg_rc
tmg_settings_parse(const tmg_settings *tables, size_t count, bool strict,
    const char *name, const char *text, tmg_fault *f)
{
	const struct reading r = { tables, count, strict, name, f };
	config_t file;
	tmg_rc rc;

	if (has_include(text))
		return tmg_raise(f, TMG_E_USAGE, 0,
		    _("%s: @include is not supported"), name);

	config_init(&file);
	if (config_read_string(&file, text) == CONFIG_TRUE)
		rc = take_all(&r, config_root_setting(&file));
	else
		rc = tmg_raise(f, TMG_E_USAGE, 0, _("%s:%d: %s"), name,
		    config_error_line(&file), config_error_text(&file));
	config_destroy(&file);
	return rc;
}

tmg_rc
tmg_settings_read(const tmg_settings *tables, size_t count, bool strict,
    const char *path, tmg_fault *f)
{
	tmg_auto_free uint8_t *text = NULL;
	size_t len;
	tmg_rc rc;

	rc = tmg_file_read(path, TMG_SETTINGS_MAX, &text, &len);
	if (rc == TMG_NOT_FOUND)
		return TMG_OK;
	if (rc != TMG_OK)
		return tmg_raise(f, rc, 0, _("%s cannot be read: %s"), path,
		    strerror(errno));
	if (strlen((const char *)text) != len)
		return tmg_raise(f, TMG_E_USAGE, 0,
		    _("%s is not a text file"), path);
	return tmg_settings_parse(tables, count, strict, path,
	    (const char *)text, f);
}

bool
tmg_texts_match(const tmg_texts *patterns, const char *name)
{
	for (size_t i = 0; i < patterns->count; i++)
		if (fnmatch(patterns->text[i], name, 0) == 0)
			return true;
	return false;
}

void
tmg_settings_user_path(char *path, size_t cap)
{
	const char *named = secure_getenv("TAMGA_CONF");
	const char *base = secure_getenv("XDG_CONFIG_HOME");
	const char *home = secure_getenv("HOME");

	if (named != NULL && named[0] != '\0')
		tmg_text_copy(path, cap, named);
	else if (base != NULL && base[0] == '/')
		tmg_text_join(path, cap, base, "/tamga/tamga.conf");
	else
		tmg_text_join(path, cap, home != NULL ? home : "",
		    "/.config/tamga/tamga.conf");
}
