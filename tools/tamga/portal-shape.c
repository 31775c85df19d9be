/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a portal's answers must look like before anything in them is believed:
 * an answer without its terms must not pass for one that has none.
 */
#include "tools/tamga/portal-parts.h"

#include <string.h>

enum {
	TEXT = 1u << JSON_STRING,
	LIST = 1u << JSON_ARRAY,
	THING = 1u << JSON_OBJECT,
	NOTHING = 1u << JSON_NULL,
};

/* A member, whether it must be there, and what a list has in it. */
struct portal_member {
	const char *name;
	unsigned types;
	bool required;
	unsigned each;			/* of a list; 0 whatever */
	const struct portal_shape *inner;	/* of an object, or of each; NULL none */
};

#define MEMBERS_MAX 15

struct portal_shape {
	const char *what;		/* for people; give it to _() */
	struct portal_member member[MEMBERS_MAX];	/* ended by a NULL name */
};

static const struct portal_shape consent = { N_("the terms"), {
	{ "text", TEXT, true, 0, NULL },
	{ "hash", TEXT, true, 0, NULL },
	{ "box", TEXT, false, 0, NULL },
} };

static const struct portal_shape identity = { N_("the identity's field"), {
	{ "field", TEXT, true, 0, NULL },
	{ "label", TEXT, false, 0, NULL },
	{ "box", TEXT, false, 0, NULL },
	{ "fills", LIST, false, TEXT, NULL },
} };

static const struct portal_shape field = { N_("a field of the form"), {
	{ "name", TEXT, true, 0, NULL },
	{ "label", TEXT, false, 0, NULL },
	{ "step", TEXT, false, 0, NULL },
	{ "hint", TEXT, false, 0, NULL },
	{ "warning", TEXT, false, 0, NULL },
	{ "kind", TEXT, false, 0, NULL },
	{ "options", LIST, false, TEXT, NULL },
	{ "option_labels", LIST, false, TEXT, NULL },
} };

static const struct portal_shape branch = { N_("a branch"), {
	{ "region", TEXT, false, 0, NULL },
	{ "region_label", TEXT, false, 0, NULL },
	{ "city", TEXT, false, 0, NULL },
	{ "city_label", TEXT, false, 0, NULL },
} };

static const struct portal_shape step = { N_("a step"), {
	{ "step", TEXT, true, 0, NULL },
} };

static const struct portal_shape carrier = { N_("a carrier"), {
	{ "name", TEXT, true, 0, NULL },
	{ "label", TEXT, false, 0, NULL },
	{ "warning", TEXT, false, 0, NULL },
	{ "certification", TEXT, false, 0, NULL },
	{ "price", TEXT, false, 0, NULL },
	{ "extra", TEXT, false, 0, NULL },
	{ "extra_label", TEXT, false, 0, NULL },
	{ "extra_price", TEXT, false, 0, NULL },
} };

static const struct portal_shape price = { N_("the payment"), {
	{ "price", TEXT, true, 0, NULL },
	{ "currency", TEXT, true, 0, NULL },
	{ "text", TEXT, false, 0, NULL },
} };

const struct portal_shape portal_shape_profile = { N_("the profile"), {
	{ "name", TEXT, true, 0, NULL },
	{ "steps", LIST, true, THING, &step },
	{ "fields", LIST, true, THING, &field },
	{ "branches", LIST, false, THING, &branch },
	{ "carriers", LIST, true, THING, &carrier },
	{ "keys", LIST, true, TEXT, NULL },
	{ "consent", THING | NOTHING, false, 0, &consent },
	{ "identity", THING | NOTHING, false, 0, &identity },
	{ "password", THING | NOTHING, false, 0, NULL },
	{ "attestation", TEXT, false, 0, NULL },
	{ "key_at", TEXT, false, 0, NULL },
	{ "form_button", TEXT, false, 0, NULL },
	{ "title", TEXT, false, 0, NULL },
	{ "payment", THING | NOTHING, false, 0, &price },
} };

static const struct portal_shape payment = { N_("the payment"), {
	{ "price", TEXT, true, 0, NULL },
	{ "currency", TEXT, true, 0, NULL },
	{ "link", TEXT, false, 0, NULL },
	{ "text", TEXT, false, 0, NULL },
} };

static const struct portal_shape office = { N_("the office"), {
	{ "text", TEXT, true, 0, NULL },
	{ "bring", LIST, true, TEXT, NULL },
} };

const struct portal_shape portal_shape_status = { N_("the application"), {
	{ "application", TEXT, true, 0, NULL },
	{ "status", TEXT, true, 0, NULL },
	{ "reason", TEXT, false, 0, NULL },
	{ "steps", LIST, false, THING, &step },
	{ "deadline", THING | NOTHING, false, 0, NULL },
	{ "payment", THING | NOTHING, false, 0, &payment },
	{ "office", THING | NOTHING, false, 0, &office },
	{ "key_at", TEXT, false, 0, NULL },
	{ "state", TEXT, false, 0, NULL },
} };

const struct portal_shape portal_shape_application = { N_("the application"), {
	{ "application", TEXT, true, 0, NULL },
	{ "profile", TEXT, true, 0, NULL },
	{ "state", TEXT, true, 0, NULL },
	{ "status", TEXT, true, 0, NULL },
	{ "request_sha256", TEXT, false, 0, NULL },
	{ "actions", LIST, true, TEXT, NULL },
	{ "deadline", THING | NOTHING, false, 0, NULL },
	{ "code", TEXT | NOTHING, false, 0, NULL },
	{ "key_at", TEXT, false, 0, NULL },
	{ "steps", LIST, false, THING, &step },
	{ "payment", THING | NOTHING, false, 0, &payment },
	{ "office", THING | NOTHING, false, 0, &office },
} };

const struct portal_shape portal_shape_contents = { N_("the contents"), {
	{ "subject", TEXT, true, 0, NULL },
	{ "san", LIST, true, TEXT, NULL },
	{ "hash", TEXT, true, 0, NULL },
} };

const struct portal_shape portal_shape_answers = { N_("the answers"), {
	{ "answers", THING, true, 0, NULL },
} };

static const char *wrong_member(const struct portal_shape *shape, const json_t *o,
    int depth);

static bool
is_one_of(const json_t *value, unsigned types)
{
	return (types & 1u << json_typeof(value)) != 0;
}

static const char *
wrong_inside(const struct portal_member *m, const json_t *value, int depth)
{
	const json_t *one;
	const char *name;
	size_t i;

	if (json_is_object(value) && m->inner != NULL)
		return wrong_member(m->inner, value, depth - 1);
	if (!json_is_array(value))
		return NULL;
	json_array_foreach(value, i, one) {
		if (m->each != 0 && !is_one_of(one, m->each))
			return m->name;
		if (m->inner != NULL &&
		    (name = wrong_member(m->inner, one, depth - 1)) != NULL)
			return name;
	}
	return NULL;
}

/* The first member that is not as it must be; NULL none.  The tables are three
 * deep and no answer makes them deeper. */
static const char *
wrong_member(const struct portal_shape *shape, const json_t *o, int depth)
{
	for (const struct portal_member *m = shape->member;
	    depth > 0 && m < shape->member + MEMBERS_MAX && m->name != NULL; m++) {
		const json_t *value = json_object_get(o, m->name);
		const char *name;

		if (value == NULL ? m->required : !is_one_of(value, m->types))
			return m->name;
		if (value != NULL &&
		    (name = wrong_inside(m, value, depth)) != NULL)
			return name;
	}
	return NULL;
}

tmg_rc
portal_check(struct cli *cli, const struct portal_shape *shape, const json_t *answer)
{
	const char *name = wrong_member(shape, answer, 3);

	return name == NULL ? TMG_OK : cli_raise(cli, TMG_E_MALFORMED,
	    _("the portal does not tell %s as it should: \"%s\" is missing or of "
	    "another kind; tell its operator"), _(shape->what), name);
}
