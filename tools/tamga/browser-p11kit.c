/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tamga.module: what p11-kit knows about our module, pkcs11.conf(5).  Lines of
 * "NAME: VALUE"; an administrator may have added some of his own.
 */
#include <string.h>

#include "tools/tamga/browser.h"

static const char HEAD[] = "# Written by tamga browser register.\n";

static bool
is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static tmg_view
trimmed(tmg_view v)
{
	for (; v.len > 0 && is_blank(v.ptr[0]); v.len--)
		v.ptr++;
	while (v.len > 0 && is_blank(v.ptr[v.len - 1]))
		v.len--;
	return v;
}

/* Is it "module: VALUE"? */
static bool
names_module(tmg_view line, tmg_view *value)
{
	static const char key[] = "module";
	const uint8_t *colon = line.len > 0 ? memchr(line.ptr, ':', line.len)
	    : NULL;

	if (colon == NULL)
		return false;
	const size_t at = (size_t)(colon - line.ptr);
	const tmg_view name = trimmed((tmg_view){ line.ptr, at });

	*value = trimmed((tmg_view){ colon + 1, line.len - at - 1 });
	return name.len == sizeof(key) - 1 &&
	    memcmp(name.ptr, key, name.len) == 0;
}

/* A bare name lies in p11-kit's own folder. */
static void
whole_path(tmg_view value, char path[static PATH_MAX])
{
	const bool bare = value.len > 0 && value.ptr[0] != '/';

	snprintf(path, PATH_MAX, "%s%.*s", bare ? P11KIT_MODULE_PATH "/" : "",
	    (int)value.len, (const char *)value.ptr);
}

static enum standing
look(tmg_view text, const char *module, char other[static PATH_MAX])
{
	enum standing standing = STANDING_NONE;
	tmg_view value;

	if (text.len > 0 && memchr(text.ptr, '\0', text.len) != NULL)
		return STANDING_UNCLEAR;
	while (text.len > 0) {
		char path[PATH_MAX];

		if (!names_module(browser_line(&text), &value))
			continue;
		whole_path(value, path);
		standing = strcmp(path, module) == 0 ? STANDING_OURS
		    : STANDING_OTHER;
		memcpy(other, path, sizeof(path));
	}
	return standing;
}

/* Everything but the module's line; has anything been said for others? */
static bool
copy_others(tmg_view text, FILE *to)
{
	bool said = false;
	tmg_view value;

	while (text.len > 0) {
		const tmg_view line = browser_line(&text);

		if (names_module(line, &value) || (line.len == sizeof(HEAD) - 1 &&
		    memcmp(line.ptr, HEAD, line.len) == 0))
			continue;
		fwrite(line.ptr, 1, line.len, to);
		if (line.ptr[line.len - 1] != '\n')
			fputc('\n', to);
		said = true;
	}
	return said;
}

static tmg_rc
add(tmg_view text, const char *module, FILE *to)
{
	if (!copy_others(text, to))
		fputs(HEAD, to);
	fprintf(to, "module: %s\n", module);
	return TMG_OK;
}

static tmg_rc
drop(tmg_view text, const char *module, FILE *to)
{
	(void)module;
	(void)copy_others(text, to);
	return TMG_OK;
}

const struct module_file p11kit_file = {
	.name = "p11-kit",
	.forerunner = "",
	.look = look,
	.add = add,
	.drop = drop,
	.same = module_same_bytes,
};
