/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An application that was begun, named by its number: where it is, what opens it.
 */
#include "tools/tamga/portal-parts.h"

#include "tools/tamga/keep.h"

void
portal_visit_release(struct portal_visit *v)
{
	tmg_authority_free(&v->a);
	portal_release(&v->p);
	ca_release(&v->ca);
}

tmg_rc
portal_visit_open(struct cli *cli, const char *number, struct portal_visit *v)
{
	tmg_rc rc;

	if ((rc = portal_set_number(cli, &v->p, number)) ||
	    (rc = ca_read(cli, &v->ca)) ||
	    (rc = v->ca.spec.uri == NULL ?
	    portal_recall_ca(cli, v->p.number, &v->ca) : TMG_OK) ||
	    (rc = ca_trust(cli, &v->ca)) ||
	    (rc = portal_try_code(cli, v->p.number, &v->ca)))
		return rc;
	return portal_open(cli, &v->ca, v->p.place, &v->a);
}
