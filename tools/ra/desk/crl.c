/* SPDX-License-Identifier: BSD-2-Clause */
/* The revocation list: when a new one is due, who makes it, where it lies. */
#include <errno.h>
#include <string.h>

#include "src/base/fail.h"
#include "src/base/file.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/desk/desk.h"

#define HOUR 3600
#define DAY 86400

/* A list of the other half is in force still when a new one is made: who
 * fetches seldom, or while we are away, has one that is valid. */
static bool
is_fresh(const ra_desk *d, const ra_crl *crl, int64_t revocations)
{
	const ra_config *config = d->config;
	const time_t life = (time_t)config->crl_days * DAY;
	const time_t every = config->crl_hours > 0 ?
	    (time_t)config->crl_hours * HOUR : life / 2;

	return crl->revocations == revocations &&
	    crl->next_update - ra_desk_now(d) > life - every;
}

/* The newest list and whether it still tells everything. */
static tmg_rc
last_crl(ra_desk *d, ra_crl *crl, int64_t *revocations, bool *fresh)
{
	tmg_rc rc;

	if ((rc = ra_cert_revocations(d->store, revocations)))
		return ra_desk_says(d, rc);
	rc = ra_crl_last(d->store, crl);
	if (rc != TMG_OK && rc != TMG_NOT_FOUND)
		return ra_desk_says(d, rc);
	*fresh = rc == TMG_OK && is_fresh(d, crl, *revocations);
	return TMG_OK;
}

static tmg_rc
make_crl(ra_desk *d, int64_t number, int64_t revocations, ra_crl *crl)
{
	const time_t now = ra_desk_now(d);
	ra_ca *ca = d->office->ca;
	tmg_rc rc;

	*crl = (ra_crl){ .number = number, .revocations = revocations,
		.next_update = now + (time_t)d->config->crl_days * DAY };
	if ((rc = ca->ops->crl(ca, d->store, crl->number, now, crl->next_update,
	    &crl->der, &crl->len, &d->fault)))
		return rc;
	return (rc = ra_crl_put(d->store, crl)) ?
	    ra_desk_says(d, rc) : TMG_OK;
}

tmg_rc
ra_desk_crl(ra_desk *d, ra_crl *crl)
{
	tmg_auto(ra_txn) txn = { NULL };
	int64_t revocations, number;
	bool fresh;
	tmg_rc rc;

	d->fault = (tmg_fault){ .rc = TMG_OK };
	*crl = (ra_crl){ .number = 0 };
	if (d->office->ca->ops->elsewhere)
		return tmg_raise(&d->fault, TMG_NOT_FOUND, 0,
		    _("another authority issues the certificates and keeps their revocation list; the certificates say where it is"));
	if ((rc = last_crl(d, crl, &revocations, &fresh)) || fresh)
		return rc;

	/* Look again while nobody else writes: numbers go up one by one. */
	ra_crl_release(crl);
	if ((rc = ra_txn_begin(&txn, d->store)))
		return ra_desk_says(d, rc);
	if ((rc = last_crl(d, crl, &revocations, &fresh)))
		return rc;
	if (fresh)
		return ra_desk_commit(d, &txn);
	number = crl->number + 1;
	ra_crl_release(crl);
	if ((rc = make_crl(d, number, revocations, crl)))
		return rc;
	return ra_desk_commit(d, &txn);
}

/* Others may write the same file: the next look writes again what is newer. */
tmg_rc
ra_desk_crl_publish(ra_desk *d, int64_t *published)
{
	const ra_config *config = d->config;
	tmg_auto(ra_crl) crl = { .number = 0 };
	char path[PATH_MAX];
	tmg_rc rc;

	if (d->office->ca->ops->elsewhere)
		return TMG_OK;		/* the other one keeps it */
	if ((rc = ra_desk_crl(d, &crl)) || config->crl_file[0] == '\0' ||
	    crl.number == *published)
		return rc;
	if (ra_config_path(config, config->crl_file, path))
		return tmg_raise(&d->fault, TMG_E_USAGE, 0, _("a path is too long"));
	if ((rc = tmg_file_replace(path, (tmg_view){ crl.der, crl.len }, 0644)))
		return tmg_raise(&d->fault, rc, 0, "%s: %s", path, strerror(errno));
	*published = crl.number;
	return TMG_OK;
}
