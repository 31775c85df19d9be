/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/profile/settings.h"

#include <libconfig.h>
#include <stdio.h>
#include <string.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"

#define PATH_MAX_TEXT 128
#define DEPTH_MAX 4

struct reading {
	const char *name;
	const char *within;	/* "fields[2]." in front of the rows' paths, or "" */
	const ra_setting *rows;
	size_t count;
	uint8_t *into;
	tmg_fault *f;
};

const char *
ra_any_word(const char *word)
{
	(void)word;
	return NULL;
}

bool
ra_words_have(const ra_words *words, const char *word)
{
	for (size_t i = 0; i < words->count; i++)
		if (strcmp(words->word[i], word) == 0)
			return true;
	return false;
}

static tmg_rc
copy_word(const struct reading *r, const config_setting_t *at, const char *word,
    const ra_setting *row, char *into, size_t cap)
{
	const int line = (int)config_setting_source_line(at);
	const char *want;

	if (strlen(word) >= cap)
		return tmg_raise(r->f, TMG_MISMATCH, 0,
		    _("%s:%d: %s%s: longer than %zu bytes"), r->name, line,
		    r->within, row->path, cap - 1);
	if ((want = row->check(word)) != NULL)
		return tmg_raise(r->f, TMG_MISMATCH, 0,
		    _("%s:%d: %s%s: \"%s\" is not %s"), r->name, line,
		    r->within, row->path, word, want);

	strcpy(into, word);
	return TMG_OK;
}

static tmg_rc
read_words(const struct reading *r, const config_setting_t *s, const ra_setting *row)
{
	ra_words *words = (ra_words *)(void *)(r->into + row->offset);
	const int count = config_setting_length(s);
	tmg_rc rc;

	*words = (ra_words){ .count = 0 };
	if (count > RA_WORDS_MAX)
		return tmg_raise(r->f, TMG_MISMATCH, 0,
		    _("%s:%d: %s%s: more than %d entries"), r->name,
		    (int)config_setting_source_line(s), r->within, row->path,
		    RA_WORDS_MAX);

	for (int i = 0; i < count; i++) {
		const config_setting_t *item =
		    config_setting_get_elem(s, (unsigned)i);
		const char *word = config_setting_get_string(item);

		if (word == NULL)
			return tmg_raise(r->f, TMG_MISMATCH, 0,
			    _("%s:%d: %s%s: entries are quoted words"), r->name,
			    (int)config_setting_source_line(item), r->within,
			    row->path);
		if ((rc = copy_word(r, item, word, row, words->word[i],
		    RA_WORD_MAX)))
			return rc;
		words->count++;
	}
	return TMG_OK;
}

static tmg_rc
read_text(const struct reading *r, const config_setting_t *s, const ra_setting *row)
{
	return copy_word(r, s, config_setting_get_string(s), row,
	    (char *)r->into + row->offset, RA_TEXT_MAX);
}

static tmg_rc
read_prose(const struct reading *r, const config_setting_t *s, const ra_setting *row)
{
	return copy_word(r, s, config_setting_get_string(s), row,
	    (char *)r->into + row->offset, RA_PROSE_MAX);
}

static tmg_rc
read_number(const struct reading *r, const config_setting_t *s, const ra_setting *row)
{
	const int n = config_setting_get_int(s);

	if (n < row->min || n > row->max)
		return tmg_raise(r->f, TMG_MISMATCH, 0,
		    _("%s:%d: %s%s: %d is not between %d and %d"), r->name,
		    (int)config_setting_source_line(s), r->within, row->path, n,
		    row->min, row->max);

	*(int *)(void *)(r->into + row->offset) = n;
	return TMG_OK;
}

static tmg_rc
read_flag(const struct reading *r, const config_setting_t *s, const ra_setting *row)
{
	*(bool *)(void *)(r->into + row->offset) = config_setting_get_bool(s) != 0;
	return TMG_OK;
}

static tmg_rc
read_list(const struct reading *r, const config_setting_t *s,
    const ra_setting *row);

/* How each kind is spelt and read; in the order of ra_kind. */
static const struct {
	int type;
	const char *what;
	tmg_rc (*read)(const struct reading *, const config_setting_t *,
	    const ra_setting *);
} kinds[] = {
	[RA_KIND_TEXT] = { CONFIG_TYPE_STRING, N_("a quoted text"), read_text },
	[RA_KIND_NUMBER] = { CONFIG_TYPE_INT, N_("a number"), read_number },
	[RA_KIND_FLAG] = { CONFIG_TYPE_BOOL, N_("true or false"), read_flag },
	[RA_KIND_WORDS] = { CONFIG_TYPE_ARRAY,
	    N_("an array of quoted words: [\"a\", \"b\"]"), read_words },
	[RA_KIND_PROSE] = { CONFIG_TYPE_STRING, N_("a quoted text"), read_prose },
	[RA_KIND_LIST] = { CONFIG_TYPE_LIST,
	    N_("a list of groups: ( { ... }, { ... } )"), read_list },
};

static const ra_setting *
row_of(const struct reading *r, const char *path)
{
	for (size_t i = 0; i < r->count; i++)
		if (strcmp(r->rows[i].path, path) == 0)
			return &r->rows[i];
	return NULL;
}

static tmg_rc
read_leaf(const struct reading *r, const config_setting_t *s, const char *path)
{
	const ra_setting *row = row_of(r, path);
	const int line = (int)config_setting_source_line(s);

	if (row == NULL)
		return tmg_raise(r->f, TMG_MISMATCH, 0,
		    _("%s:%d: %s%s: there is no such setting"), r->name, line,
		    r->within, path);
	if (config_setting_type(s) != kinds[row->kind].type)
		return tmg_raise(r->f, TMG_MISMATCH, 0, _("%s:%d: %s%s: not %s"),
		    r->name, line, r->within, path, _(kinds[row->kind].what));
	return kinds[row->kind].read(r, s, row);
}

static tmg_rc
read_group(const struct reading *r, const config_setting_t *group,
    const char *prefix, int depth)
{
	const int count = config_setting_length(group);
	tmg_rc rc;

	for (int i = 0; i < count; i++) {
		const config_setting_t *s =
		    config_setting_get_elem(group, (unsigned)i);
		char path[PATH_MAX_TEXT];

		if (snprintf(path, sizeof(path), "%s%s%s", prefix,
		    prefix[0] ? "." : "", config_setting_name(s)) >=
		    (int)sizeof(path) || depth >= DEPTH_MAX)
			return tmg_raise(r->f, TMG_MISMATCH, 0,
			    _("%s:%d: groups nested too deep"), r->name,
			    (int)config_setting_source_line(s));
		rc = config_setting_is_group(s) ?
		    read_group(r, s, path, depth + 1) : read_leaf(r, s, path);
		if (rc)
			return rc;
	}
	return TMG_OK;
}

static tmg_rc
check_required(const struct reading *r, const config_setting_t *group)
{
	for (size_t i = 0; i < r->count; i++) {
		if (!r->rows[i].required ||
		    config_setting_lookup((config_setting_t *)(uintptr_t)group,
		    r->rows[i].path) != NULL)
			continue;
		if (r->within[0] == '\0')
			return tmg_raise(r->f, TMG_MISMATCH, 0,
			    _("%s: the setting %s is missing"), r->name,
			    r->rows[i].path);
		return tmg_raise(r->f, TMG_MISMATCH, 0,
		    _("%s:%d: the setting %s%s is missing"), r->name,
		    (int)config_setting_source_line(group), r->within,
		    r->rows[i].path);
	}
	return TMG_OK;
}

/* A whole group, of the file or of a list. */
static tmg_rc
read_whole(const struct reading *r, const config_setting_t *group)
{
	const tmg_rc rc = read_group(r, group, "", 0);

	return rc ? rc : check_required(r, group);
}

static tmg_rc
read_entry(const struct reading *r, const config_setting_t *entry,
    const ra_setting *row, size_t at)
{
	const ra_list *list = row->list;
	char within[PATH_MAX_TEXT];
	const struct reading inner = { r->name, within, list->rows, list->count,
		r->into + row->offset + at * list->size, r->f };

	snprintf(within, sizeof(within), "%s%s[%zu].", r->within, row->path, at);
	if (!config_setting_is_group(entry))
		return tmg_raise(r->f, TMG_MISMATCH, 0, _("%s:%d: %s%s: not %s"),
		    r->name, (int)config_setting_source_line(entry), r->within,
		    row->path, _(kinds[RA_KIND_LIST].what));
	memcpy(inner.into, list->defaults, list->size);
	return read_whole(&inner, entry);
}

static tmg_rc
read_list(const struct reading *r, const config_setting_t *s,
    const ra_setting *row)
{
	const size_t count = (size_t)config_setting_length(s);
	tmg_rc rc;

	if (count > row->list->cap)
		return tmg_raise(r->f, TMG_MISMATCH, 0,
		    _("%s:%d: %s%s: more than %zu entries"), r->name,
		    (int)config_setting_source_line(s), r->within, row->path,
		    row->list->cap);
	for (size_t i = 0; i < count; i++)
		if ((rc = read_entry(r,
		    config_setting_get_elem(s, (unsigned)i), row, i)))
			return rc;
	*(size_t *)(void *)(r->into + row->list->counter) = count;
	return TMG_OK;
}

static void
config_t_release(config_t *config)
{
	config_destroy(config);
}

tmg_rc
ra_settings_read(const char *name, const char *text, const ra_setting *rows,
    size_t count, void *into, tmg_fault *f)
{
	const struct reading r = { name, "", rows, count, into, f };
	tmg_auto(config_t) config;

	config_init(&config);
	if (config_read_string(&config, text) != CONFIG_TRUE)
		return tmg_raise(f, TMG_MISMATCH, 0, "%s:%d: %s", name,
		    config_error_line(&config), config_error_text(&config));
	return read_whole(&r, config_root_setting(&config));
}

unsigned
ra_settings_line(const char *text, const char *path)
{
	char at[RA_TEXT_MAX];
	tmg_auto(config_t) config;
	const config_setting_t *s = NULL;
	char *dot = at;

	config_init(&config);
	snprintf(at, sizeof(at), "%s", path);
	if (config_read_string(&config, text) != CONFIG_TRUE)
		return 0;
	while ((s = config_lookup(&config, at)) == NULL &&
	    (dot = strrchr(at, '.')) != NULL)
		*dot = '\0';
	return s != NULL ? config_setting_source_line(s) : 0;
}

/* ---- what changed ---- */

static bool
same_text(const ra_setting *row, const void *one, const void *other)
{
	(void)row;
	return strcmp(one, other) == 0;
}

static bool
same_number(const ra_setting *row, const void *one, const void *other)
{
	(void)row;
	return *(const int *)one == *(const int *)other;
}

static bool
same_flag(const ra_setting *row, const void *one, const void *other)
{
	(void)row;
	return *(const bool *)one == *(const bool *)other;
}

static bool
same_words(const ra_setting *row, const void *one, const void *other)
{
	const ra_words *a = one, *b = other;

	(void)row;
	for (size_t i = 0; i < a->count && i < b->count; i++)
		if (strcmp(a->word[i], b->word[i]) != 0)
			return false;
	return a->count == b->count;
}

/* Each entry began as a copy of the defaults, so unused bytes are alike. */
static bool
same_list(const ra_setting *row, const void *one, const void *other)
{
	return memcmp(one, other, row->list->size * row->list->cap) == 0;
}

bool
ra_setting_same(const ra_setting *row, const void *one, const void *other)
{
	static bool (*const same[])(const ra_setting *row, const void *one,
	    const void *other) = {
		[RA_KIND_TEXT] = same_text,
		[RA_KIND_NUMBER] = same_number,
		[RA_KIND_FLAG] = same_flag,
		[RA_KIND_WORDS] = same_words,
		[RA_KIND_PROSE] = same_text,
		[RA_KIND_LIST] = same_list,
	};

	return same[row->kind](row, (const uint8_t *)one + row->offset,
	    (const uint8_t *)other + row->offset);
}
