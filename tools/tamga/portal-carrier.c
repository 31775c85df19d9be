/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where the profile lets the key be, and what it asks of a password where that is
 * a file.
 */
#include "tools/tamga/portal-parts.h"

#include <string.h>

#include "src/base/file.h"
#include "tools/tamga/keep.h"

#define RULE_SUFFIX ".rule"
#define RULE_MAX 16384
#define OTHERS_MAX 128

const json_t *
portal_find_carrier(const struct portal *p, const char *name)
{
	json_t *list = json_object_get(p->profile, "carriers"), *carrier;
	size_t i;

	json_array_foreach(list, i, carrier)
		if (strcmp(portal_text(carrier, "name"), name) == 0 ||
		    strcmp(portal_text(carrier, "label"), name) == 0)
			return carrier;
	return NULL;
}

/* "usb-token, smart-card" */
static void
list_carriers(const struct portal *p, char *text, size_t cap)
{
	json_t *list = json_object_get(p->profile, "carriers"), *carrier;
	size_t i, len = 0;

	text[0] = '\0';
	json_array_foreach(list, i, carrier)
		if (len < cap)
			len += (size_t)snprintf(text + len, cap - len, "%s%s",
			    i > 0 ? ", " : "", portal_text(carrier, "name"));
}

static tmg_rc
no_such(struct cli *cli, const struct portal *p, const char *said)
{
	char offered[256];

	list_carriers(p, offered, sizeof(offered));
	return cli_raise(cli, TMG_E_USAGE, portal_find_carrier(p, said) == NULL ?
	    _("this profile has no carrier \"%.40s\"; it has: %s") :
	    _("the carrier \"%.40s\" is not the token that was named; the profile has: %s"),
	    said, offered);
}

static bool
is_file(const json_t *carrier)
{
	return strncmp(portal_text(carrier, "name"), "file:", 5) == 0;
}

/* The one that was asked for by name, else the first of the kind. */
static const json_t *
find_carrier(const struct portal *p, bool file, const char *name)
{
	json_t *list = json_object_get(p->profile, "carriers"), *carrier;
	size_t i;

	json_array_foreach(list, i, carrier)
		if (is_file(carrier) == file && (name == NULL ||
		    strcmp(portal_text(carrier, "name"), name) == 0))
			return carrier;
	return NULL;
}

tmg_rc
portal_choose_carrier(struct cli *cli, struct portal *p)
{
	const bool file = cli_folder(cli) != NULL;
	const char *said = json_string_value(json_object_get(p->answers, "carrier"));
	const json_t *carrier = p->order && said != NULL ?
	    portal_find_carrier(p, said) : find_carrier(p, file, said);

	if (json_array_size(json_object_get(p->profile, "carriers")) == 0)
		return TMG_OK;
	if (carrier == NULL && said != NULL)
		return no_such(cli, p, said);
	if (p->order)
		return TMG_OK;
	if (carrier == NULL)
		return cli_raise(cli, TMG_UNSUPPORTED, file ?
		    _("this profile wants the key on a token; it takes none in a file") :
		    _("this profile wants the key in a file: say --token file:FOLDER"));
	p->carrier = file || said != NULL ? portal_text(carrier, "name") : "";
	if (portal_text(carrier, "warning")[0] != '\0' && file)
		cli_note(cli, "%s", portal_text(carrier, "warning"));
	return TMG_OK;
}

/* ---- the password ------------------------------------------------------------ */

static long
number_of(const json_t *o, const char *name)
{
	const json_int_t n = json_integer_value(json_object_get(o, name));

	return n > 0 && n <= TMG_PIN_MAX ? (long)n : 0;
}

static tmg_rc
take_rule(struct cli *cli, const json_t *said)
{
	tmg_passrule rule = {
		.min = (size_t)number_of(said, "min"),
		.max = (size_t)number_of(said, "max"),
		.others = portal_text(said, "others"),
	};
	json_t *list = json_object_get(said, "require"), *word;
	size_t i;

	json_array_foreach(list, i, word)
		if (json_is_string(word))
			rule.classes |= tmg_passrule_class(json_string_value(word));
	if (strlen(rule.others) > OTHERS_MAX)
		rule.others = "";
	return pins_rule(&cli->pins, &rule, portal_text(said, "text"),
	    portal_text(said, "warning")) == TMG_OK ? TMG_OK :
	    cli_raise(cli, TMG_E_NOMEM, _("out of memory"));
}

/* Kept, for the certificate may come in weeks and the rule is wanted then. */
tmg_rc
portal_keep_rule(struct cli *cli, const struct portal *p)
{
	const json_t *said = json_object_get(p->profile, "password");
	auto_wiped text = NULL;
	char path[KEEP_PATH];
	tmg_rc rc;

	if (cli_folder(cli) == NULL || !json_is_object(said))
		return TMG_OK;
	if ((text = json_dumps(said, JSON_COMPACT)) == NULL)
		return cli_raise(cli, TMG_E_NOMEM, _("out of memory"));
	if ((rc = keep_path(cli, p->number, RULE_SUFFIX, path)) ||
	    (rc = keep_write(cli, path, text)))
		return rc;
	return take_rule(cli, said);
}

tmg_rc
portal_recall_rule(struct cli *cli, const char *number)
{
	tmg_auto_free uint8_t *text = NULL;
	portal_auto_json said = NULL;
	char path[KEEP_PATH];
	size_t len;
	tmg_rc rc;

	if ((rc = keep_path(cli, number, RULE_SUFFIX, path)))
		return rc;
	if (tmg_file_read(path, RULE_MAX, &text, &len) != TMG_OK)
		return TMG_OK;
	said = json_loadb((const char *)text, len, JSON_REJECT_DUPLICATES, NULL);
	return json_is_object(said) ? take_rule(cli, said) : cli_raise(cli,
	    TMG_E_MALFORMED, _("%s is damaged; remove it, and keep to what the "
	    "authority says of passwords"), path);
}
