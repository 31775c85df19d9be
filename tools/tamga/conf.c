/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/tamga/conf.h"

#include <errno.h>
#include <libconfig.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/fail.h"
#include "src/base/file.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"

/* Every setting there is. */
static const struct setting {
	const char *path;
	int type;		/* CONFIG_TYPE_BOOL or CONFIG_TYPE_STRING */
	size_t at;		/* where in struct conf */
} settings[] = {
	{ "readers.pcsc", CONFIG_TYPE_BOOL, offsetof(struct conf, pcsc) },
	{ "readers.vcard", CONFIG_TYPE_STRING, offsetof(struct conf, vcard) },
	{ "token", CONFIG_TYPE_STRING, offsetof(struct conf, token) },
	{ "pin.source", CONFIG_TYPE_STRING, offsetof(struct conf, pin_source) },
	{ "pin.pinentry", CONFIG_TYPE_STRING, offsetof(struct conf, pinentry) },
	{ "enroll.ca", CONFIG_TYPE_STRING, offsetof(struct conf, ca) },
	{ "enroll.ca-file", CONFIG_TYPE_STRING, offsetof(struct conf, ca_file) },
	{ "enroll.profile", CONFIG_TYPE_STRING, offsetof(struct conf, profile) },
	{ "enroll.type", CONFIG_TYPE_STRING, offsetof(struct conf, key_type) },
};

static const char *const pin_sources[] = { "terminal", "pinentry", "none" };

void
conf_begin(struct conf *conf)
{
	*conf = (struct conf){ .pcsc = true };
}

static const struct setting *
find_setting(const char *path)
{
	for (size_t i = 0; i < TMG_COUNT(settings); i++)
		if (strcmp(settings[i].path, path) == 0)
			return &settings[i];
	return NULL;
}

static bool
is_pin_source(const char *text)
{
	for (size_t i = 0; i < TMG_COUNT(pin_sources); i++)
		if (strcmp(pin_sources[i], text) == 0)
			return true;
	return false;
}

/* A file being read. */
struct reading {
	struct conf *conf;
	const char *name;
	tmg_fault *f;
};

static tmg_rc
take_value(const struct reading *r, const char *path, const config_setting_t *s)
{
	const struct setting *row = find_setting(path);
	const int line = (int)config_setting_source_line(s);
	char *at;

	if (row == NULL)
		return tmg_raise(r->f, TMG_E_USAGE, 0,
		    _("%s:%d: there is no setting '%s'; see tamga(1), FILES"),
		    r->name, line, path);
	if (config_setting_type(s) != row->type)
		return tmg_raise(r->f, TMG_E_USAGE, 0,
		    row->type == CONFIG_TYPE_BOOL
		    ? _("%s:%d: '%s' wants true or false")
		    : _("%s:%d: '%s' wants a text in double quotes"),
		    r->name, line, path);

	at = (char *)r->conf + row->at;
	if (row->type == CONFIG_TYPE_BOOL) {
		*(bool *)at = config_setting_get_bool(s) != 0;
		return TMG_OK;
	}
	if (snprintf(at, CONF_TEXT, "%s", config_setting_get_string(s)) >= CONF_TEXT)
		return tmg_raise(r->f, TMG_E_USAGE, 0,
		    _("%s:%d: the value of '%s' is too long"), r->name, line, path);
	if (row->at == offsetof(struct conf, pin_source) && !is_pin_source(at))
		return tmg_raise(r->f, TMG_E_USAGE, 0,
		    _("%s:%d: pin.source is \"terminal\", \"pinentry\" or \"none\""),
		    r->name, line);
	return TMG_OK;
}

/* Our settings lie at most two deep: group.name. */
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
conf_parse(struct conf *conf, const char *name, const char *text, tmg_fault *f)
{
	const struct reading r = { conf, name, f };
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
conf_read(struct conf *conf, const char *path, tmg_fault *f)
{
	tmg_auto_free uint8_t *text = NULL;
	size_t len;
	tmg_rc rc;

	rc = tmg_file_read(path, CONF_MAX, &text, &len);
	if (rc == TMG_NOT_FOUND)
		return TMG_OK;
	if (rc != TMG_OK)
		return tmg_raise(f, rc, 0, _("%s cannot be read: %s"), path,
		    strerror(errno));
	if (strlen((const char *)text) != len)
		return tmg_raise(f, TMG_E_USAGE, 0,
		    _("%s is not a text file"), path);
	return conf_parse(conf, path, (const char *)text, f);
}

void
conf_user_path(char *path, size_t cap)
{
	const char *base = getenv("XDG_CONFIG_HOME");
	const char *home = getenv("HOME");

	if (base != NULL && base[0] == '/')
		snprintf(path, cap, "%s/tamga/tamga.conf", base);
	else
		snprintf(path, cap, "%s/.config/tamga/tamga.conf",
		    home != NULL ? home : "");
}
