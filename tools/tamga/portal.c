/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/tamga/portal-parts.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/tamga/keep.h"

#define SCHEME "portal+"

bool
portal_is(const char *uri)
{
	return uri != NULL && strncmp(uri, SCHEME, strlen(SCHEME)) == 0;
}

void
portal_release(struct portal *p)
{
	json_decref(p->profile);
	json_decref(p->contents);
	json_decref(p->answers);
	free(p->san);
	if (p->lock > 0)
		close(p->lock);
	*p = (struct portal){ .number = "" };
}

/* What the same wish began once, and has ended without a certificate, is over: the
 * next time begins another one. */
static tmg_rc
still_open(struct cli *cli, const struct portal *p, const json_t *said)
{
	static const char *const ends[] = { "rejected", "cancelled", "expired" };

	for (size_t i = 0; p->once[0] != '\0' && i < sizeof(ends) / sizeof(*ends); i++) {
		if (strcmp(portal_text(said, "state"), ends[i]) != 0)
			continue;
		unlink(p->once);
		return cli_raise(cli, TMG_DENIED, _("application %s: %s%s%s; say the same "
		    "again to begin another one"), p->number, portal_text(said, "status"),
		    portal_text(said, "reason")[0] != '\0' ? ": " : "",
		    portal_text(said, "reason"));
	}
	return TMG_OK;
}

static tmg_rc
take_contents(struct cli *cli, tmg_authority *a, struct portal *p,
    tmg_csr_spec *csr)
{
	json_t *list, *value;
	size_t i;
	tmg_rc rc;

	if ((rc = portal_at(cli, a, p, &portal_ask_contents, &p->contents)))
		return rc;
	list = json_object_get(p->contents, "san");
	p->san = calloc(json_array_size(list) + 1, sizeof(*p->san));
	if (p->san == NULL)
		return cli_raise(cli, TMG_E_NOMEM, _("out of memory"));
	json_array_foreach(list, i, value)
		p->san[i] = json_string_value(value);
	csr->subject = portal_text(p->contents, "subject");
	csr->san = p->san;
	return TMG_OK;
}

tmg_rc
portal_prepare(struct cli *cli, const char *profile, struct ca *ca,
    tmg_csr_spec *csr, struct portal *p)
{
	const char *number = cli_text(cli, "application");
	tmg_auto_ptr(tmg_authority) a = NULL;
	portal_auto_json said = NULL;
	tmg_rc rc;

	if (number == NULL && profile == NULL)
		return cli_raise(cli, TMG_E_USAGE,
		    _("which certificate? say --profile, or --application NUMBER"));
	if (number == NULL && cli_flag(cli, "dry-run"))
		return cli_raise(cli, TMG_E_USAGE, _("--dry-run begins no "
		    "application; name one that was begun: --application NUMBER"));
	if ((rc = portal_read_answers(cli, p)))
		return rc;
	if (number == NULL)
		rc = portal_begin(cli, profile, ca, p);
	else if ((rc = portal_set_number(cli, p, number)) == TMG_OK)
		rc = keep_find(cli, p->number, ca);
	if (rc != TMG_OK || (rc = portal_enter(cli, ca, p, &a, &said)) ||
	    (rc = still_open(cli, p, said)) ||
	    (rc = portal_walk(cli, a, p, &said)))
		return rc;
	if ((rc = portal_keep_rule(cli, p)))
		return rc;
	return take_contents(cli, a, p, csr);
}

void
portal_choose_key(const struct portal *p, tmg_token *token, tmg_alg *alg)
{
	const tmg_backend_info *info = tmg_token_info(token);
	json_t *list = json_object_get(p->profile, "keys"), *value;
	size_t i;

	json_array_foreach(list, i, value) {
		tmg_alg one = TMG_ALG_NONE;

		if (*alg == TMG_ALG_NONE && json_is_string(value) &&
		    tmg_alg_parse(json_string_value(value), &one) == TMG_OK &&
		    (info->algs & 1u << one) != 0)
			*alg = one;
	}
}

bool
portal_wants_attestation(const struct portal *p)
{
	return strcmp(portal_text(p->profile, "attestation"), "required") == 0;
}

void
portal_done(const struct portal *p)
{
	if (p->once[0] != '\0')
		unlink(p->once);
}
