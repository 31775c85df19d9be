/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An application whose key the authority's office makes, on a carrier that is
 * handed over there: what is chosen, and all that is to be done here.
 */
#include "tools/tamga/portal-parts.h"

#include <string.h>

#include "tools/tamga/terminal.h"

bool
portal_is_order(struct cli *cli, const json_t *said)
{
	return strcmp(portal_text(said, "key_at"), "office") == 0 &&
	    !cli_flag(cli, "at-office");
}

/* ---- what is chosen ------------------------------------------------------ */

static json_t *
carriers_of(const struct portal *p)
{
	return json_object_get(p->profile, "carriers");
}

static const char *
currency_of(const struct portal *p)
{
	return portal_text(json_object_get(p->profile, "payment"), "currency");
}

static void
show_carrier(struct cli *cli, const struct portal *p, const json_t *c)
{
	const char *certified = portal_text(c, "certification");

	cli_note(cli, "  %s: %s %s%s%s", portal_text(c, "label"),
	    portal_text(c, "price"), currency_of(p), certified[0] != '\0' ? ", " : "",
	    certified);
	if (portal_text(c, "warning")[0] != '\0')
		cli_note(cli, "    %s", portal_text(c, "warning"));
	if (portal_text(c, "extra")[0] != '\0')
		cli_note(cli, _("    with it, if wanted: %s, %s %s"),
		    portal_text(c, "extra_label"), portal_text(c, "extra_price"),
		    currency_of(p));
}

/* Shown to a person only: a file has chosen. */
static void
show_offer(struct cli *cli, const struct portal *p)
{
	json_t *c;
	size_t i;

	if (json_object_get(p->answers, "carrier") != NULL)
		return;
	json_array_foreach(carriers_of(p), i, c)
		show_carrier(cli, p, c);
	if (portal_text(json_object_get(p->profile, "payment"), "text")[0] != '\0')
		cli_note(cli, "  %s", portal_text(json_object_get(p->profile,
		    "payment"), "text"));
}

static tmg_rc
ask_carrier(struct cli *cli, const struct portal *p, json_t *form)
{
	portal_auto_json field = json_pack("{s:s, s:b, s:s, s:[], s:[]}", "label",
	    _("Carrier of the key"), "required", 1, "kind", "choice", "options",
	    "option_labels");
	json_t *c;
	size_t i;

	json_array_foreach(carriers_of(p), i, c) {
		json_array_append(json_object_get(field, "options"),
		    json_object_get(c, "name"));
		json_array_append(json_object_get(field, "option_labels"),
		    json_object_get(c, "label"));
	}
	show_offer(cli, p);
	return portal_answer(cli, p, field, "carrier", form);
}

/* What goes with the carrier that was chosen.  A file that wants it with another
 * one is told so by the portal. */
static tmg_rc
ask_extra(struct cli *cli, const struct portal *p, json_t *form)
{
	const json_t *c = portal_find_carrier(p, portal_text(form, "carrier"));
	portal_auto_json field = json_pack("{s:s, s:s, s:[s], s:[s]}", "label",
	    _("Order with it"), "kind", "choice", "options", portal_text(c, "extra"),
	    "option_labels", portal_text(c, "extra_label"));

	return portal_text(c, "extra")[0] == '\0' &&
	    json_object_get(p->answers, "carrier.extra") == NULL ? TMG_OK :
	    portal_answer(cli, p, field, "carrier.extra", form);
}

/* As the page's own button asks.  A file has decided already. */
static tmg_rc
confirm(struct cli *cli, const struct portal *p, const json_t *form)
{
	const json_t *c = portal_find_carrier(p, portal_text(form, "carrier"));
	const char *button = portal_text(p->profile, "form_button");
	char prompt[256];

	if (c == NULL || json_object_get(p->answers, "carrier") != NULL)
		return TMG_OK;
	cli_note(cli, "  %s: %s %s", portal_text(c, "label"), portal_text(c, "price"),
	    currency_of(p));
	if (portal_text(form, "carrier.extra")[0] != '\0')
		cli_note(cli, "  %s: %s %s", portal_text(c, "extra_label"),
		    portal_text(c, "extra_price"), currency_of(p));
	snprintf(prompt, sizeof(prompt), _("%s? Type yes: "),
	    button[0] != '\0' ? button : _("Order it"));
	if (terminal_confirm(prompt, _("yes")))
		return TMG_OK;
	return cli_raise(cli, TMG_CANCELLED, _("nothing was ordered; go on with tamga "
	    "enroll --resume %s, or withdraw it with tamga application cancel %s"),
	    p->number, p->number);
}

tmg_rc
portal_order_carrier(struct cli *cli, const struct portal *p, json_t *form)
{
	tmg_rc rc;

	if (json_array_size(carriers_of(p)) > 0 && (rc = ask_carrier(cli, p, form)))
		return rc;
	rc = ask_extra(cli, p, form);
	return rc == TMG_OK ? confirm(cli, p, form) : rc;
}

/* ---- how it stands ------------------------------------------------------- */

static tmg_rc
answer(struct cli *cli, tmg_rc rc, const json_t *said)
{
	json_t *doc;

	if (!cli->json) {
		portal_show(cli, said);
		return rc;
	}
	doc = json_pack("{s:O}", "application", said);
	if (doc != NULL && rc != TMG_OK) {
		portal_auto_json error = cli_error_json(cli, rc);

		json_object_update(doc, error);
	}
	cli->answered = doc != NULL;
	return cli_json(cli, doc) == TMG_OK || rc != TMG_OK ? rc : TMG_E_IO;
}

tmg_rc
portal_order_stands(struct cli *cli, struct portal *p, const json_t *said)
{
	cli->stage = STAGE_AUTHORITY;
	if (portal_is_past(said, "")) {
		p->over = true;
		portal_done(p);
		return answer(cli, TMG_OK, said);
	}
	return answer(cli, cli_raise(cli, TMG_PENDING, _("application %s: %s; its key is "
	    "made at the office, on the carrier that is handed over there, and nothing "
	    "is to be connected here.  How it goes on: tamga status %s"), p->number,
	    portal_text(said, "status"), p->number), said);
}
