/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pkcs11.txt: the modules of an NSS database.  Lines of KEY=VALUE; an empty
 * line ends a module, and NSS forgets one that nothing ends.
 */
#include <string.h>
#include <strings.h>

#include "tools/tamga/browser.h"

struct module {
	tmg_view before;	/* comments and empty lines */
	tmg_view whole;		/* with the empty line that ends it */
	tmg_view library, name;
	bool ended;
};

static bool
is_empty(tmg_view line)
{
	return line.len == 1 && line.ptr[0] == '\n';
}

/* NSS writes values bare, and reads them in quotes as well. */
static tmg_view
unquoted(tmg_view v)
{
	if (v.len >= 2 && (v.ptr[0] == '"' || v.ptr[0] == '\'') &&
	    v.ptr[v.len - 1] == v.ptr[0])
		return (tmg_view){ v.ptr + 1, v.len - 2 };
	return v;
}

static void
take_value(tmg_view line, const char *key, tmg_view *value)
{
	const size_t n = strlen(key);

	if (line.len > 0 && line.ptr[line.len - 1] == '\n')
		line.len--;
	if (line.len < n || strncasecmp((const char *)line.ptr, key, n) != 0)
		return;
	*value = unquoted((tmg_view){ line.ptr + n, line.len - n });
}

static void
skip_before(tmg_view *rest, tmg_view *before)
{
	*before = (tmg_view){ rest->ptr, 0 };
	while (rest->len > 0 && (rest->ptr[0] == '\n' || rest->ptr[0] == '#'))
		before->len += browser_line(rest).len;
}

/* False at the end; m->before is what stands there. */
static bool
next_module(tmg_view *rest, struct module *m)
{
	*m = (struct module){ .ended = false };
	skip_before(rest, &m->before);
	m->whole.ptr = rest->ptr;
	while (rest->len > 0 && !m->ended) {
		const tmg_view line = browser_line(rest);

		m->whole.len += line.len;
		m->ended = is_empty(line);
		take_value(line, "library=", &m->library);
		take_value(line, "name=", &m->name);
	}
	return m->whole.len > 0;
}

static bool
is_text(tmg_view v, const char *text)
{
	return v.len == strlen(text) && (v.len == 0 ||
	    memcmp(v.ptr, text, v.len) == 0);
}

static enum standing
look(tmg_view text, const char *module, char other[static PATH_MAX])
{
	enum standing standing = STANDING_NONE;
	struct module m;

	if (text.len > 0 && memchr(text.ptr, '\0', text.len) != NULL)
		return STANDING_UNCLEAR;
	while (next_module(&text, &m)) {
		if (!m.ended)
			continue;
		if (is_text(m.library, module))
			return STANDING_OURS;
		if (!is_text(m.name, BROWSER_MODULE))
			continue;
		standing = STANDING_OTHER;
		snprintf(other, PATH_MAX, "%.*s", (int)m.library.len,
		    (const char *)m.library.ptr);
	}
	return standing;
}

static void
put(FILE *to, tmg_view v)
{
	if (v.len > 0)
		fwrite(v.ptr, 1, v.len, to);
}

static bool
is_ours(const struct module *m, const char *module)
{
	return is_text(m->library, module) || is_text(m->name, BROWSER_MODULE);
}

/* Everything but our module; how the text then ends. */
static void
copy_others(tmg_view text, const char *module, FILE *to, struct module *last)
{
	struct module m;

	*last = (struct module){ .ended = true };
	while (next_module(&text, &m)) {
		put(to, m.before);
		if (is_ours(&m, module))
			continue;
		put(to, m.whole);
		*last = m;
	}
	put(to, m.before);
}

static tmg_rc
drop(tmg_view text, const char *module, FILE *to)
{
	struct module last;

	copy_others(text, module, to, &last);
	return TMG_OK;
}

/* Ends what is there before, or NSS would read it and ours as one module. */
static tmg_rc
add(tmg_view text, const char *module, FILE *to)
{
	struct module last;

	copy_others(text, module, to, &last);
	if (!last.ended)
		fputs(last.whole.ptr[last.whole.len - 1] == '\n' ? "\n" : "\n\n",
		    to);
	else if (text.len > 0 && text.ptr[text.len - 1] != '\n')
		fputc('\n', to);
	fprintf(to, "library=%s\nname=" BROWSER_MODULE "\n\n", module);
	return TMG_OK;
}

const struct module_file nss_file = {
	.name = "nss",
	.forerunner = "secmod.db",
	.look = look,
	.add = add,
	.drop = drop,
	.same = module_same_bytes,
};
