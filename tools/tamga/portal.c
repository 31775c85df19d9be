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

	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		if (strcmp(portal_text(said, "state"), ends[i]) != 0)
			continue;
		portal_done(p);
		return cli_raise(cli, TMG_DENIED, p->once[0] != '\0' ?
		    _("application %s: %s%s%s; say the same again to begin another one") :
		    _("application %s: %s%s%s; begin another one: tamga enroll --profile NAME"),
		    p->number, portal_text(said, "status"),
		    portal_text(said, "reason")[0] != '\0' ? ": " : "",
		    portal_text(said, "reason"));
	}
	return TMG_OK;
}

/* An office makes many people's keys, and keeps nothing of theirs. */
static tmg_rc
remember(struct cli *cli, const struct portal *p, const struct ca *ca,
    const json_t *said)
{
	return cli_flag(cli, "at-office") || cli_flag(cli, "dry-run") ? TMG_OK :
	    portal_record_begin(cli, p, ca, said);
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

/* Who mends a file says something else than before, and that would begin another
 * application. */
static void
tell_begun(struct cli *cli, const struct portal *p)
{
	const char *file = cli_text(cli, "answers");

	if (file != NULL && !cli_flag(cli, "at-office"))
		cli_note(cli, _("Application %s is begun and waits; when that is mended: "
		    "tamga enroll --resume %s --answers %s"), p->number, p->number, file);
}

/* From where it stands to its request. */
static tmg_rc
lead(struct cli *cli, struct ca *ca, tmg_csr_spec *csr, struct portal *p)
{
	tmg_auto_ptr(tmg_authority) a = NULL;
	portal_auto_json said = NULL;
	tmg_rc rc;

	if ((rc = portal_enter(cli, ca, p, &a, &said)) ||
	    (rc = remember(cli, p, ca, said)) ||
	    (rc = still_open(cli, p, said)))
		return rc;
	rc = portal_walk(cli, a, p, &said);
	if (rc != TMG_OK && rc != TMG_PENDING)
		tell_begun(cli, p);
	if (rc != TMG_OK || p->over || (rc = portal_keep_rule(cli, p)))
		return rc;
	return take_contents(cli, a, p, csr);
}

tmg_rc
portal_prepare(struct cli *cli, const char *profile, struct ca *ca,
    tmg_csr_spec *csr, struct portal *p)
{
	const bool known = p->number[0] != '\0';
	tmg_rc rc;

	if (!known && profile == NULL)
		return cli_raise(cli, TMG_E_USAGE,
		    _("which certificate? say --profile, or --application NUMBER"));
	if (!known && cli_flag(cli, "at-office"))
		return cli_raise(cli, TMG_E_USAGE,
		    _("whose key is to be made? say --application NUMBER"));
	if (!known && cli_flag(cli, "dry-run"))
		return cli_raise(cli, TMG_E_USAGE, _("--dry-run begins no "
		    "application; name one that was begun: --application NUMBER"));
	if ((rc = portal_read_answers(cli, p)))
		return rc;
	rc = known ? keep_find(cli, p->number, ca) :
	    portal_begin(cli, profile, ca, p);
	return rc == TMG_OK ? lead(cli, ca, csr, p) : rc;
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
