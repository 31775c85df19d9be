/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Renewals: which are due, and one after the other.
 */
#ifndef TAMGA_CLI_RENEWING_H
#define TAMGA_CLI_RENEWING_H

#include "tamga/provision.h"
#include "tools/tamga/ca.h"
#include "tools/tamga/cli.h"

#define RENEWING_DAYS 30	/* when nobody says how many */

struct renewal {
	struct ca ca;
	tmg_provision_spec spec;
	long within;		/* days; -1 whenever */
	bool usual;		/* nobody said how many */
};

void
renewal_release(struct renewal *r);

/* Whether the key has a certificate that ends within the days asked for. */
TMG_MUST_USE tmg_rc
renewing_is_due(struct cli *cli, tmg_key *key, const struct renewal *r, bool *due);

/* Adds the URIs of what is due to a JSON array: looked for before anything is
 * renewed, for a new certificate may be due as well. */
TMG_MUST_USE tmg_rc
renewing_find(struct cli *cli, const struct renewal *r, tmg_token *token,
    json_t *uris);

/* One key's; with --dry-run nothing is changed.  list as enrolling_run(). */
TMG_MUST_USE tmg_rc
renewing_one(struct cli *cli, struct renewal *r, const char *key, json_t *list);

/* Each of the URIs; one that fails does not keep the others from being renewed,
 * and the last failure is what is returned. */
TMG_MUST_USE tmg_rc
renewing_each(struct cli *cli, struct renewal *r, const json_t *uris, json_t *done);

#endif
