/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/tamga/portal-parts.h"

#include <string.h>
#include <unistd.h>

#include "src/base/fail.h"
#include "tools/tamga/keep.h"

tmg_rc
portal_fetch_profile(struct cli *cli, tmg_authority *a, const char *name,
    struct portal *p)
{
	char path[96];
	tmg_rc rc;

	snprintf(path, sizeof(path), "profiles/%.64s", name);
	if (p->profile != NULL)
		return TMG_OK;
	if ((rc = portal_call(cli, a, &(struct portal_question){ TMG_VERB_GET, path,
	    NULL, &portal_shape_profile }, &p->profile)))
		return rc;
	p->order = portal_is_order(cli, p->profile);
	if ((rc = portal_check_answers(cli, p)))
		return rc;
	return portal_choose_carrier(cli, p);
}

static const char *
first_step(const struct portal *p)
{
	return portal_text(json_array_get(json_object_get(p->profile, "steps"), 0),
	    "step");
}

static tmg_rc
first_body(struct cli *cli, const struct portal *p, json_t *body)
{
	const char *hash = "";
	json_t *form = NULL;
	tmg_rc rc;

	if (strcmp(first_step(p), "registered") == 0) {
		rc = portal_fill(cli, p, "registered", &form);
		json_object_set_new(body, "answers", form);
		return rc;
	}
	rc = portal_agree_terms(cli, p, &hash);
	json_object_set_new(body, "terms", json_string(hash));
	return rc;
}

static tmg_rc
take_begun(struct cli *cli, const json_t *said, struct ca *ca, struct portal *p)
{
	const char *code = portal_text(said, "code");
	tmg_rc rc;

	if ((rc = portal_set_number(cli, p, portal_text(said, "application"))))
		return rc;
	cli_note(cli, _("Application %s: %s"), p->number, portal_text(said, "status"));
	if (code[0] != '\0' && ((rc = keep_code(cli, p->number, code)) ||
	    (rc = keep_set(cli, ca, code))))
		return rc;
	if ((rc = portal_record_begin(cli, p, ca, said)))
		return rc;
	if (code[0] != '\0' || !json_is_true(json_object_get(said, "code_mailed")))
		return keep_find(cli, p->number, ca);
	return keep_find(cli, p->number, ca) == TMG_OK ? TMG_OK :
	    cli_raise(cli, TMG_PENDING, _("the access code of application %s comes "
	    "by mail; then say --application %s --code-file FILE"), p->number,
	    p->number);
}

static bool
is_kept_till_then(const struct cli *cli, tmg_token *token)
{
	return cli_flag(cli, "replace") &&
	    (tmg_token_info(token)->can & TMG_CAN_MOVE) != 0;
}

/* What the slot's certificate would forbid in the end is said before the authority
 * has an application.  Whose token is not there yet may apply all the same. */
static tmg_rc
check_room(struct cli *cli)
{
	const char *slot = cli_text(cli, "slot");
	const tmg_fault before = cli->fault;
	const enum stage stage = cli->stage;
	tmg_token *token;
	tmg_key *key;
	tmg_view cert;

	if (slot != NULL && !cli_flag(cli, "destroy") && !cli_flag(cli, "keep-key") &&
	    cli_token_with(cli, slot, &token) == TMG_OK &&
	    !is_kept_till_then(cli, token) &&
	    tmg_token_slot(token, slot, &key) == TMG_OK &&
	    tmg_key_cert(key, &cert) == TMG_OK) {
		(void)cli_raise(cli, TMG_OCCUPIED, _("slot %s of %s holds a certificate; "
		    "nothing was sent: choose another slot, or allow it to be lost"),
		    slot, tmg_token_info(token)->label);
		return tmg_advise(&cli->fault, TMG_TRY_SLOT | (cli_flag(cli, "replace") ?
		    TMG_TRY_DESTROY : TMG_TRY_REPLACE), TMG_OCCUPIED);
	}
	cli->fault = before;
	cli->stage = stage;
	return TMG_OK;
}

/* One process a wish, and one application: it is begun where none is. */
static tmg_rc
find_once(struct cli *cli, const char *profile, const struct ca *ca,
    struct portal *p, char once[65])
{
	tmg_rc rc;

	if ((rc = keep_wish(cli, profile, ca, p->answers, p->once)) ||
	    (rc = keep_lock(cli, p->once, &p->lock)))
		return rc;
	if (!p->order && access(p->once, F_OK) != 0 && (rc = check_room(cli)))
		return rc;
	return keep_once(cli, p->once, once);
}

tmg_rc
portal_begin(struct cli *cli, const char *profile, struct ca *ca, struct portal *p)
{
	tmg_auto_ptr(tmg_authority) a = NULL;
	portal_auto_json said = NULL;
	json_t *body;
	char once[65];
	tmg_rc rc;

	if ((rc = portal_open(cli, ca, profile, &a)) ||
	    (rc = portal_fetch_profile(cli, a, profile, p)) ||
	    (rc = find_once(cli, profile, ca, p, once)))
		return rc;
	body = json_pack("{s:s, s:s}", "profile", profile, "once", once);
	explicit_bzero(once, sizeof(once));
	if ((rc = first_body(cli, p, body))) {
		json_decref(body);
		return rc;
	}
	if ((rc = portal_call(cli, a, &(struct portal_question){ TMG_VERB_POST,
	    "applications", body, &portal_shape_application }, &said)))
		return rc;
	return take_begun(cli, said, ca, p);
}
