/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/tamga/portal-parts.h"

#include <string.h>
#include <unistd.h>

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
	if (portal_text(payment, "link")[0] != '\0')
		cli_say(cli, _("pay at       %s"), portal_text(payment, "link"));
}

static void
show_status(struct cli *cli, const json_t *said)
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
	show_steps(cli, said);
}

/* One question about an application, with its code where there is one. */
static tmg_rc
ask_portal(struct cli *cli, const char *number, const struct portal_question *q,
    json_t **said)
{
	tmg_auto(portal_visit) v = { .a = NULL };
	const tmg_rc rc = portal_visit_open(cli, number, &v);

	return rc == TMG_OK ? portal_at(cli, v.a, &v.p, q, said) : rc;
}

tmg_rc
portal_status(struct cli *cli, const char *number, json_t *ours)
{
	portal_auto_json list = ours;
	portal_auto_json said = NULL;
	tmg_rc rc;

	if ((rc = ask_portal(cli, number, &ask_status, &said)))
		return rc;
	if (cli->json)
		return cli_json(cli, json_pack("{s:O, s:O}", "application", said,
		    "enrollments", list));
	show_status(cli, said);
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
	const tmg_rc rc = ask_portal(cli, number, &(struct portal_question){
	    TMG_VERB_POST, step, json_object(), &portal_shape_application }, &said);

	if (rc != TMG_OK)
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
	    portal_at(cli, a, p, &ask_status, &said) == TMG_OK) {
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
