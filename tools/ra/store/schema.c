/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/store/schema.h"

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/store/sql.h"

static tmg_rc
step_up(ra_store *s, const ra_schema *schema, int version)
{
	const ra_migration *step = &schema->steps[version];
	tmg_rc rc;

	if ((rc = s->ops->script(s, step->script)) == TMG_OK && step->more != NULL)
		rc = s->ops->script(s, step->more);
	if (rc == TMG_OK)
		rc = s->ops->version_set(s, version + 1);
	if (rc == TMG_OK)
		return TMG_OK;

	const tmg_fault why = s->fault;

	return tmg_raise(&s->fault, rc, 0, _("schema %d (%s): %s"), version + 1,
	    step->name, why.text);
}

static tmg_rc
check_version(ra_store *s, const ra_schema *schema, int *version)
{
	const int newest = (int)schema->count;
	tmg_rc rc;

	if ((rc = s->ops->version(s, version)))
		return rc;
	if (*version < 0 || *version > newest)
		return tmg_raise(&s->fault, TMG_UNSUPPORTED, 0,
		    _("the store has schema %d, this tamga-ra knows %d: use a newer one"),
		    *version, newest);
	return TMG_OK;
}

/* Another process may have been quicker: the turn decides. */
static tmg_rc
migrate_now(ra_store *s, const ra_schema *schema)
{
	tmg_auto(ra_txn) txn = { NULL };
	int version;
	tmg_rc rc;

	if ((rc = ra_txn_begin(&txn, s)) ||
	    (rc = check_version(s, schema, &version)))
		return rc;
	for (; version < (int)schema->count; version++)
		if ((rc = step_up(s, schema, version)))
			return rc;
	return ra_txn_commit(&txn);
}

tmg_rc
ra_schema_migrate(ra_store *s, const ra_schema *schema)
{
	int version;
	const tmg_rc rc = check_version(s, schema, &version);

	if (rc || version == (int)schema->count)
		return rc;
	return migrate_now(s, schema);
}
