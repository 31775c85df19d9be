/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Questions that are answered from a list: options of a field; regions, and the
 * cities of the region that was chosen.
 */
#include "tools/tamga/portal-parts.h"

#include <stdlib.h>
#include <string.h>

static bool
is_kind(const json_t *field, const char *kind)
{
	return strcmp(portal_text(field, "kind"), kind) == 0;
}

/* Once each, in the portal's order. */
static void
add(struct portal_choices *c, const char *value, const char *label)
{
	if (value == NULL || value[0] == '\0' || c->count == PORTAL_CHOICES_MAX)
		return;
	for (size_t i = 0; i < c->count; i++)
		if (strcmp(c->row[i].value, value) == 0)
			return;
	c->row[c->count].value = value;
	c->row[c->count].label = label != NULL && label[0] != '\0' ? label : value;
	c->count++;
}

static void
add_options(const json_t *field, struct portal_choices *c)
{
	const json_t *options = json_object_get(field, "options");
	const json_t *labels = json_object_get(field, "option_labels");

	for (size_t i = 0; i < json_array_size(options); i++)
		add(c, json_string_value(json_array_get(options, i)),
		    json_string_value(json_array_get(labels, i)));
}

/* The region that was answered by now; "" none was asked. */
static const char *
region_in(const struct portal *p, const json_t *form)
{
	json_t *fields = json_object_get(p->profile, "fields"), *field;
	size_t i;

	json_array_foreach(fields, i, field)
		if (is_kind(field, "region"))
			return portal_text(form, portal_text(field, "name"));
	return "";
}

static void
add_branches(const struct portal *p, const json_t *form, bool city,
    struct portal_choices *c)
{
	json_t *branches = json_object_get(p->profile, "branches"), *branch;
	const char *region = region_in(p, form);
	size_t i;

	json_array_foreach(branches, i, branch)
		if (!city)
			add(c, portal_text(branch, "region"),
			    portal_text(branch, "region_label"));
		else if (region[0] == '\0' ||
		    strcmp(portal_text(branch, "region"), region) == 0)
			add(c, portal_text(branch, "city"),
			    portal_text(branch, "city_label"));
}

void
portal_choices_read(const struct portal *p, const json_t *field,
    const json_t *form, struct portal_choices *c)
{
	c->count = 0;
	if (is_kind(field, "choice"))
		add_options(field, c);
	else if (is_kind(field, "region") || is_kind(field, "city"))
		add_branches(p, form, is_kind(field, "city"), c);
}

void
portal_choices_show(struct cli *cli, const struct portal_choices *c)
{
	for (size_t i = 0; i < c->count; i++)
		cli_note(cli, "  %zu) %s", i + 1, c->row[i].label);
}

const char *
portal_choices_pick(const struct portal_choices *c, const char *said)
{
	char *end;
	const unsigned long number = strtoul(said, &end, 10);

	for (size_t i = 0; i < c->count; i++)
		if (strcmp(c->row[i].value, said) == 0 ||
		    strcmp(c->row[i].label, said) == 0)
			return c->row[i].value;
	return end != said && *end == '\0' && number >= 1 && number <= c->count ?
	    c->row[number - 1].value : said;
}
