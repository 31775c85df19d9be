/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The one command: a key is born on the token, an authority issues, the
 * certificate is installed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/tamga/ask.h"
#include "tools/tamga/ca.h"
#include "tools/tamga/commands.h"
#include "tools/tamga/options.h"
#include "tools/tamga/enrolling.h"
#include "tools/tamga/portal.h"
#include "tools/tamga/request.h"
#include "tools/tamga/status.h"

static const struct opt options[] = {
	CA_OPTIONS,
	{ "profile", 0, OPT_TEXT, "LABEL", N_("which certificate: the authority's label") },
	OPTION_SLOT(N_("where on the token; else its first for logging in")),
	OPTION_TYPE(N_("ec:p256, ec:p384, rsa:2048, ed25519, ...")),
	OPTIONS_POLICY,
	OPTION_REPLACE_SLOT,
	OPTION_DESTROY,
	{ "keep-key", 0, OPT_FLAG, NULL, N_("use the key that the slot holds") },
	OPTION_DRY_RUN,
	{ "resume", 0, OPT_FLAG, NULL, N_("go on with the enrollment ID, the application NUMBER, or the only one open") },
	{ "list", 0, OPT_FLAG, NULL, N_("show all enrollments") },
	{ "cancel", 0, OPT_FLAG, NULL, N_("give the enrollment ID up; the token is left as it is") },
	WAIT_OPTIONS,
	{ "accept-subject", 0, OPT_FLAG, NULL,
	    N_("install it even if the authority chose another name") },
	PORTAL_OPTIONS,
	OPTIONS_NEW_PIN,
	REQUEST_OPTIONS,
	OPT_END
};

/* What the command line says, and what it borrows from. */
struct wish {
	struct ca ca;
	struct request request;
	struct portal portal;
	tmg_provision_spec spec;
};

static void
wish_release(struct wish *w)
{
	ca_release(&w->ca);
	request_release(&w->request);
	portal_release(&w->portal);
}

static tmg_rc
read_key(struct cli *cli, tmg_provision_spec *spec)
{
	const char *type = cli_text(cli, "type");
	tmg_rc rc;

	if (type == NULL && cli->conf.key_type[0] != '\0')
		type = cli->conf.key_type;
	if (type != NULL && tmg_alg_parse(type, &spec->alg) != TMG_OK)
		return cli_raise(cli, TMG_E_USAGE, _("--type %s: there is no such kind of "
		    "key; say ec:p256, ec:p384, rsa:2048, rsa:3072 or ed25519"), type);
	if ((rc = enrolling_pin_policy(cli, "pin-policy", &spec->pin)) ||
	    (rc = enrolling_touch_policy(cli, "touch-policy", &spec->touch)))
		return rc;
	spec->slot = cli_text(cli, "slot");
	spec->replace = cli_flag(cli, "replace");
	spec->destroy = cli_flag(cli, "destroy");
	spec->keep_key = cli_flag(cli, "keep-key");
	return TMG_OK;
}

/* Who has no account at a portal has an application there, and that says whom
 * the certificate is for. */
static tmg_rc
read_whom(struct cli *cli, struct wish *w)
{
	const char *uri = w->ca.spec.uri;
	const bool applies = portal_is(uri != NULL ? uri : cli->conf.ca) &&
	    w->ca.spec.user == NULL;
	const char *profile = cli_text(cli, "profile");
	tmg_rc rc;

	if (!applies)
		request_name_host(&w->request);
	if (!applies && w->request.spec.subject == NULL)
		return cli_raise(cli, TMG_E_USAGE,
		    _("whom is the certificate for? say --subject CN=...,C=..."));
	if ((rc = ca_trust(cli, &w->ca)) || !applies)
		return rc;
	return portal_prepare(cli, profile != NULL || cli->conf.profile[0] == '\0' ?
	    profile : cli->conf.profile, &w->ca, &w->request.spec, &w->portal);
}

/* The application that is to be taken up, and where it is if that was not said. */
static tmg_rc
read_application(struct cli *cli, struct wish *w)
{
	const char *number = cli_text(cli, "application");
	tmg_rc rc;

	if (number != NULL && (rc = portal_set_number(cli, &w->portal, number)))
		return rc;
	return w->portal.number[0] == '\0' || w->ca.spec.uri != NULL ? TMG_OK :
	    portal_recall_ca(cli, w->portal.number, &w->ca);
}

static tmg_rc
read_wish(struct cli *cli, struct wish *w)
{
	tmg_rc rc;

	if ((rc = request_read(cli, &w->request)) ||
	    (rc = read_key(cli, &w->spec)))
		return rc;
	if ((rc = ca_read(cli, &w->ca)) ||
	    (rc = read_application(cli, w)) ||
	    (rc = read_whom(cli, w)))
		return rc;
	w->spec.csr = w->request.spec;
	w->spec.attest = w->request.attest || portal_wants_attestation(&w->portal) ||
	    ca_wants_attestation(&w->ca);
	w->spec.authority = w->ca.spec;
	w->spec.profile = cli_text(cli, "profile");
	if (w->spec.profile == NULL && cli->conf.profile[0] != '\0')
		w->spec.profile = cli->conf.profile;
	if (w->portal.place[0] != '\0')
		w->spec.profile = w->portal.place;
	return TMG_OK;
}

static tmg_rc
show_rehearsal(struct cli *cli, const tmg_provision_record *r, tmg_view csr)
{
	if (cli->json)
		return cli_json(cli, json_pack("{s:o, s:b}", "enrollment",
		    enrolling_json(r), "dry_run", 1));
	cli_say(cli, _("Everything checked; nothing was changed.  It would be:"));
	cli_say(cli, _("  authority  %s"), r->authority);
	cli_say(cli, _("  token      %s"), r->token);
	cli_say(cli, _("  slot       %s"), r->slot);
	cli_say(cli, _("  subject    %s"), r->subject);
	cli_say(cli, _("and the request, here of a throw-away key:"));
	return cli_write_pem(cli, NULL, "CERTIFICATE REQUEST", csr);
}

static tmg_rc
rehearse(struct cli *cli, tmg_tokens *tokens, const struct wish *w)
{
	tmg_auto_free uint8_t *store = malloc(TMG_CSR_MAX);
	tmg_out csr = { store, TMG_CSR_MAX, 0, false };
	tmg_provision_record about;
	tmg_fault f = { 0 };
	tmg_rc rc;

	if (store == NULL)
		return cli_raise(cli, TMG_E_NOMEM, _("out of memory"));
	rc = tmg_provision_rehearse(cli->ctx, tokens, &w->spec, &about, &csr, &f);
	if (rc != TMG_OK)
		return enrolling_refused(cli, rc, &f);
	return show_rehearsal(cli, &about, tmg_out_view(&csr));
}

static tmg_rc
go_on(struct cli *cli, tmg_provision *p)
{
	if (cli_flag(cli, "accept-subject"))
		tmg_provision_accept_subject(p);
	return enrolling_run(cli, p, NULL);
}

static tmg_rc
enroll(struct cli *cli, struct wish *w)
{
	tmg_auto_ptr(tmg_provision) p = NULL;
	tmg_token *token;
	tmg_fault f = { 0 };
	tmg_rc rc;

	if ((rc = read_wish(cli, w)) || w->portal.over ||
	    (rc = cli_token_with(cli, w->spec.slot, &token)))
		return rc;
	w->spec.token = tmg_token_address(token);
	portal_choose_key(&w->portal, token, &w->spec.alg);
	if ((rc = cli_protect(cli, token)))
		return rc;
	if (cli_flag(cli, "dry-run"))
		return rehearse(cli, cli->tokens, w);
	rc = tmg_provision_begin(cli->ctx, cli->tokens, &w->spec, &f, &p);
	if (rc != TMG_OK)
		return enrolling_refused(cli, rc, &f);
	rc = go_on(cli, p);
	if (rc == TMG_OK || rc == TMG_PENDING)
		portal_tell(cli, &w->ca, &w->portal);
	/* last: whoever is killed before types it again, and is not asking anew;
	 * whoever is killed after it has been told */
	if (rc == TMG_OK && fflush(stdout) == 0)
		portal_done(&w->portal);
	return rc;
}

/* One that has a journal; NULL the only one that is open. */
static tmg_rc
resume_journal(struct cli *cli, struct wish *w, const char *id)
{
	tmg_auto_ptr(tmg_provision) p = NULL;
	tmg_tokens *tokens;
	tmg_fault f = { 0 };
	tmg_rc rc;

	if ((rc = ca_read(cli, &w->ca)) ||
	    (rc = request_read_challenge(cli, &w->request)) ||
	    (rc = portal_recall(cli, id, &w->ca, &w->portal)) ||
	    (rc = cli_tokens(cli, &tokens)))
		return rc;
	cli->stage = STAGE_SELF;
	rc = tmg_provision_resume(cli->ctx, tokens, id, &w->ca.spec, &f, &p);
	if (rc != TMG_OK)
		return cli_fail(cli, rc, &f);
	if (w->request.spec.challenge != NULL)
		tmg_provision_challenge(p, w->request.spec.challenge);
	rc = go_on(cli, p);
	if (rc == TMG_OK || rc == TMG_PENDING)
		portal_tell(cli, &w->ca, &w->portal);
	return rc;
}

/* An application goes on by its journal, or where its first steps stopped. */
static tmg_rc
resume(struct cli *cli, struct wish *w)
{
	const char *id = cli_operand(cli, 0);
	char open[TMG_PROVISION_ID];
	tmg_rc rc;

	if (id != NULL && !portal_is_number(id))
		return resume_journal(cli, w, id);
	rc = id != NULL ? portal_set_number(cli, &w->portal, id) :
	    portal_recall_waiting(cli, &w->portal);
	if (rc != TMG_OK || (rc = portal_recall_open(cli, w->portal.number, open)))
		return rc;
	if (w->portal.number[0] != '\0' && open[0] == '\0')
		return enroll(cli, w);
	return resume_journal(cli, w, open[0] != '\0' ? open : NULL);
}

static tmg_rc
cancel(struct cli *cli)
{
	const char *id = cli_operand(cli, 0);
	tmg_fault f = { 0 };
	tmg_rc rc;

	if (id == NULL)
		return cli_raise(cli, TMG_E_USAGE, _("which one? tamga enroll --list"));
	if ((rc = tmg_provision_cancel(cli->ctx, id, &f)))
		return cli_fail(cli, rc, &f);
	if (cli->json)
		return cli_json(cli, json_pack("{s:s, s:s}", "id", id,
		    "state", enrolling_step(TMG_STEP_CANCELLED)));
	cli_say(cli, _("Enrollment %s is given up; what is on the token stays there."), id);
	return TMG_OK;
}

static tmg_rc
run_enroll(struct cli *cli)
{
	__attribute__((__cleanup__(wish_release))) struct wish w = { .spec.alg = 0 };

	if (cli_flag(cli, "list"))
		return status_show(cli, cli_operand(cli, 0));
	if (cli_flag(cli, "cancel"))
		return cancel(cli);
	if (cli_flag(cli, "resume"))
		return resume(cli, &w);
	if (cli_operand(cli, 0) != NULL)
		return cli_raise(cli, TMG_E_USAGE,
		    _("'%s' has no place here: an authority goes with --ca, "
		      "a place on the token with --slot, a token with --token; "
		      "the ID of an enrollment with --resume or --cancel"),
		    cli_operand(cli, 0));
	return enroll(cli, &w);
}

const struct command cmd_enroll = {
	.name = "enroll",
	.operands = "[--resume [ID | NUMBER] | --list | --cancel ID]",
	.least = 0,
	.most = 1,
	.what = N_("make a key on the token and get its certificate"),
	.options = options,
	.run = run_enroll,
};
