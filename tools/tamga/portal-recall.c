/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/tamga/portal-parts.h"

#include <stdio.h>
#include <string.h>

#include "tools/tamga/keep.h"

/* The number in an enrollment's address; "" it is about none. */
static void
number_of(const tmg_provision_record *r, char number[24])
{
	const char *head = portal_is(r->authority) ?
	    strstr(r->authority, "/" PORTAL_HEAD) : NULL;

	snprintf(number, 24, "%s", head != NULL ? head + 1 + strlen(PORTAL_HEAD) : "");
}

tmg_rc
portal_recall(struct cli *cli, const char *id, struct ca *ca)
{
	tmg_auto_free tmg_provision_record *rows = NULL;
	char number[24] = "";
	tmg_fault f = { 0 };
	size_t count;
	tmg_rc rc;

	if (ca->password != NULL)
		return TMG_OK;
	if ((rc = tmg_provision_list(cli->ctx, &rows, &count, &f)))
		return cli_fail(cli, rc, &f);
	for (size_t i = 0; i < count && number[0] == '\0'; i++)
		if (id != NULL ? strcmp(rows[i].id, id) == 0 :
		    rows[i].step < TMG_STEP_DONE)
			number_of(&rows[i], number);
	return number[0] == '\0' ? TMG_OK : keep_find(cli, number, ca);
}

tmg_rc
portal_recall_cert(struct cli *cli, tmg_view cert, struct ca *ca)
{
	tmg_auto_free tmg_provision_record *rows = NULL;
	char number[24] = "";
	tmg_cert_facts facts;
	tmg_fault f = { 0 };
	size_t count;
	tmg_rc rc;

	if (ca->password != NULL || ca->spec.uri != NULL ||
	    tmg_cert_facts_get(cert, &facts) != TMG_OK)
		return TMG_OK;
	if ((rc = tmg_provision_list(cli->ctx, &rows, &count, &f)))
		return cli_fail(cli, rc, &f);
	for (size_t i = 0; i < count && number[0] == '\0'; i++)
		if (strcmp(rows[i].serial, facts.serial) == 0)
			number_of(&rows[i], number);
	return number[0] == '\0' ? TMG_OK : keep_find(cli, number, ca);
}
