/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/tamga/portal-parts.h"

#include <string.h>
#include <unistd.h>

#include "src/base/fail.h"
#include "tools/tamga/keep.h"

/* Who has no code learns no more than this. */
static const struct portal_question ask_status = {
	TMG_VERB_GET, "", NULL, &portal_shape_status,
};

bool
portal_is_number(const char *text)
{
	return strlen(text) == 19 && text[4] == '-' && text[9] == '-' &&
	    text[14] == '-';
}

static void
show_steps(struct cli *cli, const json_t *said)
{
	json_t *list = json_object_get(said, "steps"), *step;
	size_t i;

	json_array_foreach(list, i, step)
		cli_say(cli, "  [%c] %s",
		    json_is_true(json_object_get(step, "done")) ? 'x' : ' ',
		    portal_text(step, "text"));
}

/* What was chosen costs, and where it is paid as long as it is not. */
static void
show_payment(struct cli *cli, const json_t *payment)
{
	if (!json_is_object(payment))
		return;
	cli_say(cli, json_is_true(json_object_get(payment, "paid")) ?
	    _("payment      %s %s, paid") : _("payment      %s %s, not paid yet"),
	    portal_text(payment, "price"), portal_text(payment, "currency"));
	if (!json_is_true(json_object_get(payment, "paid")) &&
	    portal_text(payment, "text")[0] != '\0')
		cli_say(cli, "             %s", portal_text(payment, "text"));
	if (portal_text(payment, "link")[0] != '\0')
		cli_say(cli, _("pay at       %s"), portal_text(payment, "link"));
}

bool
portal_is_past(const json_t *said, const char *step)
{
	json_t *list = json_object_get(said, "steps"), *one;
	bool done = false;
	size_t i;

	json_array_foreach(list, i, one) {
		done = json_is_true(json_object_get(one, "done"));
		if (strcmp(portal_text(one, "step"), step) == 0)
			return done;
	}
	return done;
}

/* Where to go, and with what, until it is confirmed there, or handed over. */
static void
show_office(struct cli *cli, const json_t *said)
{
	const json_t *office = json_object_get(said, "office");
	json_t *list = json_object_get(office, "bring"), *one;
	size_t i;

	if (!json_is_object(office) || portal_is_past(said,
	    strcmp(portal_text(said, "key_at"), "office") == 0 ? "" : "approved"))
		return;
	cli_say(cli, _("office       %s"), portal_text(office, "text"));
	json_array_foreach(list, i, one)
		cli_say(cli, _("bring        %s"), json_string_value(one));
}

void
portal_show(struct cli *cli, const json_t *said)
{
	const json_t *deadline = json_object_get(said, "deadline");

	cli_say(cli, _("application  %s"), portal_text(said, "application"));
	cli_say(cli, _("status       %s"), portal_text(said, "status"));
	if (portal_text(said, "reason")[0] != '\0')
		cli_say(cli, _("reason       %s"), portal_text(said, "reason"));
	if (json_is_object(deadline))
		cli_say(cli, _("deadline     %s  %s"), portal_text(deadline, "at"),
		    portal_text(deadline, "warning"));
	show_payment(cli, json_object_get(said, "payment"));
	show_office(cli, said);
	show_steps(cli, said);
}

/* One question about an application, with its code where there is one. */
static bool
says_code(const struct cli *cli)
{
	return args_knows(&cli->args, "code-file") && cli_text(cli, "code-file") != NULL;
}

/* A code that was kept is void once another one was given. */
static tmg_rc
refused(struct cli *cli, const struct portal_visit *v, tmg_rc rc)
{
	if (rc != TMG_DENIED || (cli->fault.remedies & TMG_TRY_CREDENTIAL) == 0 ||
	    v->ca.password == NULL || says_code(cli))
		return rc;
	return tmg_advise(&cli->fault, TMG_TRY_CREDENTIAL, cli_raise(cli, rc,
	    _("the access code that is kept of application %s opens it no more: another "
	    "one was given, by the office or by mail; the one in force is wanted"),
	    v->p.number));
}

/* The code in force is kept where the application is ours. */
static tmg_rc
keep_new(struct cli *cli, const struct portal_visit *v)
{
	return says_code(cli) && v->ca.password != NULL &&
	    portal_record_is(cli, v->p.number) ?
	    keep_code(cli, v->p.number, (const char *)v->ca.password) : TMG_OK;
}

static tmg_rc
ask_portal(struct cli *cli, const char *number, const struct portal_question *q,
    json_t **said)
{
	tmg_auto(portal_visit) v = { .a = NULL };
	tmg_rc rc;

	if ((rc = portal_visit_open(cli, number, &v)))
		return rc;
	rc = portal_at(cli, v.a, &v.p, q, said);
	return rc == TMG_OK ? keep_new(cli, &v) : refused(cli, &v, rc);
}

tmg_rc
portal_status(struct cli *cli, const char *number, json_t *ours)
{
	portal_auto_json list = ours;
	portal_auto_json said = NULL;
	tmg_rc rc;

	if ((rc = ask_portal(cli, number, &ask_status, &said)) ||
	    (rc = portal_record_standing(cli, portal_text(said, "application"), said)))
		return rc;
	if (cli->json)
		return cli_json(cli, json_pack("{s:O, s:O}", "application", said,
		    "enrollments", list));
	portal_show(cli, said);
	return TMG_OK;
}

tmg_rc
portal_revoke(struct cli *cli, const char *number, const char *reason)
{
	portal_auto_json said = NULL;
	const tmg_rc rc = ask_portal(cli, number, &(struct portal_question){
	    TMG_VERB_POST, "/revoke", json_pack("{s:s}", "reason", reason),
	    &portal_shape_application }, &said);

	if (rc != TMG_OK)
		return rc;
	if (cli->json)
		return cli_json(cli, json_pack("{s:s}", "revoked", number));
	cli_say(cli, _("The authority revoked the certificate of application %s."),
	    number);
	return TMG_OK;
}

tmg_rc
portal_act(struct cli *cli, const char *number, const char *step)
{
	portal_auto_json said = NULL;
	tmg_rc rc;

	if ((rc = ask_portal(cli, number, &(struct portal_question){ TMG_VERB_POST,
	    step, json_object(), &portal_shape_application }, &said)) ||
	    (rc = portal_record_standing(cli, portal_text(said, "application"), said)))
		return rc;
	if (cli->json)
		return cli_json(cli, json_pack("{s:O}", "application", said));
	cli_say(cli, _("Application %s: %s"), portal_text(said, "application"),
	    portal_text(said, "status"));
	return TMG_OK;
}

void
portal_tell(struct cli *cli, struct ca *ca, const struct portal *p)
{
	const tmg_fault before = cli->fault;
	const enum stage stage = cli->stage;
	tmg_auto_ptr(tmg_authority) a = NULL;
	portal_auto_json said = NULL;

	if (p->place[0] == '\0' || cli->json)
		return;
	if ((ca->spec.uri != NULL || portal_recall_ca(cli, p->number, ca) == TMG_OK) &&
	    portal_open(cli, ca, p->place, &a) == TMG_OK &&
	    portal_at(cli, a, p, &ask_status, &said) == TMG_OK &&
	    portal_record_standing(cli, p->number, said) == TMG_OK) {
		const json_t *deadline = json_object_get(said, "deadline");

		cli_note(cli, _("Application %s: %s"), p->number,
		    portal_text(said, "status"));
		if (json_is_object(deadline))
			cli_note(cli, _("  until %s: %s"), portal_text(deadline, "at"),
			    portal_text(deadline, "warning"));
	}
	cli->fault = before;
	cli->stage = stage;
}
