/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Renewals: which are due, and one after the other.
 */
#ifndef TAMGA_CLI_RENEWING_H
#define TAMGA_CLI_RENEWING_H

#include "tamga/provision.h"
#include "tools/tamga/ca.h"
#include "tools/tamga/cli.h"
#include "tools/tamga/request.h"

#define WITHIN_OPTION(what) { "within", 0, OPT_TEXT, "DAYS", what }

#define NO_SWAP_OPTION { "no-swap", 0, OPT_FLAG, NULL, \
    N_("leave the old key in its slot, and the new one where it was made") }

struct renewal {
	struct ca ca;
	struct request request;	/* of which the challenge matters */
	tmg_provision_spec spec;
	long within;		/* days; -1 whenever */
	bool usual;		/* nobody said how many */
};

/* The authority's options and --within; usual: 30 days when nobody says. */
TMG_MUST_USE tmg_rc
renewal_read(struct cli *cli, bool usual, struct renewal *r);
void
renewal_release(struct renewal *r);

/*
 * Whether a certificate is to be renewed now.  With nothing said that is when
 * enroll.renew-at of its life has passed, or else 30 days before its end; one
 * valid for less than three such spans is due in its last third, so that what
 * was renewed today is not renewed tomorrow.
 */
bool
renewing_is_time(const struct cli *cli, const struct renewal *r, time_t begin,
    time_t end);

/* Whether the key has a certificate that ends within the days asked for. */
TMG_MUST_USE tmg_rc
renewing_is_due(struct cli *cli, tmg_key *key, const struct renewal *r, bool *due);

/* Whether the key was put aside when it was renewed, on this computer or another:
 * it is in a retired slot, and a certificate of the same name on the token ends
 * later. */
bool
renewing_is_aside(tmg_key *key);

/* Adds the URIs of what is due, and neither put aside nor its maker's (the attestation
 * key's), to a JSON array: looked for before anything is renewed, for a new certificate may be due as well. */
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
