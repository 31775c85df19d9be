/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * policies.json: what an administrator decided for every user of Firefox.
 *
 *	{"policies": {"SecurityDevices": {"Add": {"tamga": "/…/tamga-pkcs11.so"}}}}
 *
 * Before Add there were the modules themselves; Firefox still reads that form
 * and then looks at no Add, so whoever has it keeps it.
 */
#include <jansson.h>
#include <string.h>

#include "src/base/scope.h"
#include "tools/tamga/browser.h"

static inline void
json_release(json_t **j)
{
	json_decref(*j);
}

#define auto_json __attribute__((__cleanup__(json_release))) json_t

/* NULL: no object. */
static json_t *
parse(tmg_view text)
{
	json_t *root;

	if (text.len == 0)
		return json_object();
	root = json_loadb((const char *)text.ptr, text.len,
	    JSON_REJECT_DUPLICATES, NULL);
	if (json_is_object(root))
		return root;
	json_decref(root);
	return NULL;
}

/* parent[name], made when missing; NULL: something else stands there. */
static json_t *
child(json_t *parent, const char *name)
{
	json_t *c = json_object_get(parent, name);

	if (c == NULL && parent != NULL) {
		c = json_object();
		if (json_object_set_new(parent, name, c) != 0)
			return NULL;
	}
	return json_is_object(c) ? c : NULL;
}

static bool
is_old_form(const json_t *devices)
{
	return json_object_size(devices) > 0 &&
	    json_object_get(devices, "Add") == NULL &&
	    json_object_get(devices, "Delete") == NULL;
}

/* The object whose members are modules. */
static json_t *
modules(json_t *root)
{
	json_t *devices = child(child(root, "policies"), "SecurityDevices");

	return devices == NULL || is_old_form(devices) ? devices
	    : child(devices, "Add");
}

static enum standing
look(tmg_view text, const char *module, char other[static PATH_MAX])
{
	auto_json *root = parse(text);
	json_t *list = modules(root), *value;
	enum standing standing = STANDING_NONE;
	const char *name;

	if (list == NULL)
		return STANDING_UNCLEAR;
	json_object_foreach(list, name, value) {
		const char *path = json_string_value(value);

		if (path != NULL && strcmp(path, module) == 0)
			return STANDING_OURS;
		if (strcmp(name, BROWSER_MODULE) != 0)
			continue;
		standing = STANDING_OTHER;
		snprintf(other, PATH_MAX, "%s", path != NULL ? path : "");
	}
	return standing;
}

static tmg_rc
print(const json_t *root, FILE *to)
{
	if (json_dumpf(root, to, JSON_INDENT(2)) != 0)
		return TMG_E_NOMEM;
	fputc('\n', to);
	return TMG_OK;
}

static tmg_rc
add(tmg_view text, const char *module, FILE *to)
{
	auto_json *root = parse(text);

	if (json_object_set_new(modules(root), BROWSER_MODULE,
	    json_string(module)) != 0)
		return TMG_E_NOMEM;
	return print(root, to);
}

static void
drop_module(json_t *list, const char *module)
{
	json_t *value;
	const char *name;
	void *next;

	json_object_foreach_safe(list, next, name, value)
		if (strcmp(name, BROWSER_MODULE) == 0 || (json_is_string(value) &&
		    strcmp(json_string_value(value), module) == 0))
			json_object_del(list, name);
}

/* Objects that nothing is left in go too, innermost first. */
static void
prune(json_t *root)
{
	static const char *const path[] = { "policies", "SecurityDevices", "Add" };

	for (size_t depth = TMG_COUNT(path); depth > 0; depth--) {
		json_t *at = root;

		for (size_t i = 0; i + 1 < depth; i++)
			at = json_object_get(at, path[i]);
		const json_t *last = json_object_get(at, path[depth - 1]);

		if (json_is_object(last) && json_object_size(last) == 0)
			json_object_del(at, path[depth - 1]);
	}
}

static tmg_rc
drop(tmg_view text, const char *module, FILE *to)
{
	auto_json *root = parse(text);

	drop_module(modules(root), module);
	prune(root);
	return json_object_size(root) > 0 ? print(root, to) : TMG_OK;
}

static bool
same(tmg_view a, tmg_view b)
{
	auto_json *x = parse(a);
	auto_json *y = parse(b);

	prune(x);
	prune(y);
	return json_equal(x, y) == 1;
}

const struct module_file policy_file = {
	.name = "policy",
	.forerunner = "",
	.look = look,
	.add = add,
	.drop = drop,
	.same = same,
};
