/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/tamga/portal-parts.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tools/tamga/keep.h"

/* The number in an enrollment's address; "" it is about none. */
static void
number_of(const tmg_provision_record *r, char number[24])
{
	const char *head = portal_is(r->authority) ?
	    strstr(r->authority, "/" PORTAL_HEAD) : NULL;

	snprintf(number, 24, "%s", head != NULL ? head + 1 + strlen(PORTAL_HEAD) : "");
}

bool
portal_is_about(const tmg_provision_record *r, const char *number)
{
	char its[24];

	number_of(r, its);
	return strcmp(its, number) == 0;
}

/* "portal+https://HOST/applications/NUMBER" without its end. */
static tmg_rc
take_ca(struct cli *cli, const tmg_provision_record *r, struct ca *ca)
{
	const char *end = strstr(r->authority, "/" PORTAL_HEAD);
	tmg_fault f = { 0 };
	tmg_rc rc;

	snprintf(ca->uri, sizeof(ca->uri), "%.*s", (int)(end - r->authority),
	    r->authority);
	ca->spec.uri = ca->uri;
	if (ca->spec.anchors != NULL || ca->spec.fingerprint != NULL)
		return TMG_OK;
	if ((rc = tmg_provision_believes(cli->ctx, r->id, &ca->anchors,
	    ca->fingerprint, &f)))
		return cli_fail(cli, rc, &f);
	ca->spec.anchors = ca->anchors;
	if (ca->anchors == NULL)
		ca->spec.fingerprint = ca->fingerprint;
	return TMG_OK;
}

/* Whether an enrollment is the one that is meant. */
typedef bool meant(const tmg_provision_record *r, const char *what);

/* The first that is meant; found->id is "" when none is. */
static tmg_rc
find(struct cli *cli, meant *is, const char *what, tmg_provision_record *found)
{
	tmg_auto_free tmg_provision_record *rows = NULL;
	tmg_fault f = { 0 };
	size_t count, i = 0;
	tmg_rc rc;

	memset(found, 0, sizeof(*found));
	if ((rc = tmg_provision_list(cli->ctx, &rows, &count, &f)))
		return cli_fail(cli, rc, &f);
	while (i < count && !is(&rows[i], what))
		i++;
	if (i < count)
		*found = rows[i];
	return TMG_OK;
}

static bool
is_open_about(const tmg_provision_record *r, const char *number)
{
	return r->step < TMG_STEP_DONE && portal_is_about(r, number);
}

tmg_rc
portal_recall_open(struct cli *cli, const char *number, char id[TMG_PROVISION_ID])
{
	tmg_provision_record r;
	const tmg_rc rc = find(cli, is_open_about, number, &r);

	snprintf(id, TMG_PROVISION_ID, "%s", rc == TMG_OK ? r.id : "");
	return rc;
}

static bool
is_open_at_all(const tmg_provision_record *r, const char *what)
{
	(void)what;
	return r->step < TMG_STEP_DONE;
}

/* The next one that waits, from *i on; NULL there is none. */
static json_t *
next_waiting(json_t *list, size_t *i)
{
	while (*i < json_array_size(list)) {
		json_t *o = json_array_get(list, (*i)++);

		if (portal_record_waits(o))
			return o;
	}
	return NULL;
}

tmg_rc
portal_recall_waiting(struct cli *cli, struct portal *p)
{
	portal_auto_json list = NULL;
	tmg_provision_record r;
	const json_t *first;
	size_t i = 0;
	tmg_rc rc;

	if ((rc = find(cli, is_open_at_all, NULL, &r)) || r.id[0] != '\0' ||
	    (rc = portal_records(cli, &list)) ||
	    (first = next_waiting(list, &i)) == NULL)
		return rc;
	if (next_waiting(list, &i) != NULL)
		return cli_raise(cli, TMG_E_USAGE,
		    _("several applications wait; say which one: tamga status lists them"));
	return portal_set_number(cli, p, portal_text(first, "application"));
}

tmg_rc
portal_recall_ca(struct cli *cli, const char *number, struct ca *ca)
{
	tmg_provision_record r;
	tmg_rc rc;

	if ((rc = find(cli, portal_is_about, number, &r)))
		return rc;
	return r.id[0] != '\0' ? take_ca(cli, &r, ca) :
	    portal_record_ca(cli, number, ca);
}

tmg_rc
portal_try_code(struct cli *cli, const char *number, struct ca *ca)
{
	char path[256];
	tmg_rc rc;

	if (args_knows(&cli->args, "code-file") && cli_text(cli, "code-file") != NULL)
		return keep_find(cli, number, ca);
	if ((rc = keep_path(cli, number, ".code", path)))
		return rc;
	return access(path, R_OK) == 0 ? keep_read(cli, path, ca) : TMG_OK;
}

/* Where its key is, what its password must be, what opens it. */
static tmg_rc
recall_row(struct cli *cli, const tmg_provision_record *r, struct ca *ca,
    struct portal *p)
{
	char number[24];
	tmg_rc rc;

	if ((rc = cli_use_folder(cli, r->token)))
		return rc;
	number_of(r, number);
	if (number[0] == '\0')
		return TMG_OK;
	if ((rc = portal_set_number(cli, p, number)))
		return rc;
	if (cli_folder(cli) != NULL && (rc = portal_recall_rule(cli, number)))
		return rc;
	return ca->password != NULL ? TMG_OK : keep_find(cli, number, ca);
}

static bool
is_called(const tmg_provision_record *r, const char *id)
{
	return id != NULL ? strcmp(r->id, id) == 0 : r->step < TMG_STEP_DONE;
}

tmg_rc
portal_recall(struct cli *cli, const char *id, struct ca *ca, struct portal *p)
{
	tmg_provision_record r;
	tmg_rc rc;

	if ((rc = find(cli, is_called, id, &r)))
		return rc;
	return r.id[0] != '\0' ? recall_row(cli, &r, ca, p) : TMG_OK;
}

/* An application's certificate. */
static bool
has_serial(const tmg_provision_record *r, const char *serial)
{
	return strcmp(r->serial, serial) == 0 && !portal_is_about(r, "");
}

tmg_rc
portal_recall_cert(struct cli *cli, tmg_view cert, struct ca *ca)
{
	tmg_provision_record r;
	tmg_cert_facts facts;
	char number[24];
	tmg_rc rc;

	if (ca->password != NULL || ca->spec.uri != NULL ||
	    tmg_cert_facts_get(cert, &facts) != TMG_OK)
		return TMG_OK;
	if ((rc = find(cli, has_serial, facts.serial, &r)))
		return rc;
	number_of(&r, number);
	return number[0] == '\0' ? TMG_OK : portal_try_code(cli, number, ca);
}
