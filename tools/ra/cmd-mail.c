/* SPDX-License-Identifier: BSD-2-Clause */
/* tamga-ra mail send | list [--state STATE] | retry MAIL|--all */
#include <stdio.h>
#include <string.h>

#include "src/base/ctx.h"
#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/cmd.h"
#include "tools/ra/post/mailer.h"
#include "tools/ra/store/ids.h"

struct order {
	ra_common common;
	ra_value state;
	bool all;
};

/* Mails, then text messages, where there is a way for either.  Those that were
 * taken by another process meanwhile are its to settle. */
static tmg_rc
send_all(ra_desk *d, ra_mailed *m)
{
	ra_mailed texts;
	tmg_rc rc = ra_mailer_run(d, NULL, m);

	if (rc == TMG_UNSUPPORTED && ra_sms_configured(&d->config->sms))
		rc = TMG_OK;
	if (rc || (rc = ra_mailer_run_sms(d, NULL, NULL, &texts)))
		return rc;
	m->sent += texts.sent;
	m->later += texts.later;
	m->parked += texts.parked;
	return TMG_OK;
}

static int
send_due(ra_desk *d, const struct order *o, const char *name)
{
	ra_mailed m;
	const tmg_rc rc = send_all(d, &m);

	(void)name;
	if (rc)
		return ra_fail(&d->fault, rc);
	if (o->common.json)
		ra_print_json(json_pack("{s:i, s:i, s:i}", "sent", (int)m.sent,
		    "later", (int)m.later, "parked", (int)m.parked));
	else
		printf(_("%u sent, %u to be tried again, %u refused\n"), m.sent,
		    m.later, m.parked);
	return m.later + m.parked > 0 ? RA_EXIT_FAILED : RA_EXIT_DONE;
}

/* The words of a mail stay where they are: they may hold an access code. */
static json_t *
mail_json(const ra_mail *m)
{
	char created[RA_TIME_TEXT], due[RA_TIME_TEXT];

	ra_time_text(m->created, created);
	ra_time_text(m->due, due);
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:i, s:s, s:s}",
	    "mail", m->id, "channel", m->channel[0] != '\0' ? m->channel : "mail",
	    "application", m->app, "event", m->event,
	    "state", m->state, "created", created, "due", due,
	    "tries", m->tries, "to", m->recipient, "error", m->error);
}

static tmg_rc
collect(void *arg, const ra_mail *m)
{
	return json_array_append_new(arg, mail_json(m)) == 0 ? TMG_OK :
	    TMG_E_NOMEM;
}

static tmg_rc
print(void *arg, const ra_mail *m)
{
	char due[RA_TIME_TEXT];

	(void)arg;
	ra_time_text(m->due, due);
	printf("%s  %-6s  %s  %s  %-12s  %s%s%s\n", m->id, m->state, due, m->app,
	    m->event, m->recipient, m->error[0] != '\0' ? ": " : "", m->error);
	return TMG_OK;
}

static int
list(ra_desk *d, const struct order *o, const char *name)
{
	const char *state = ra_value_or(&o->state, "");
	json_t *array = json_array();
	const tmg_rc rc = ra_mail_each(d->store, state,
	    o->common.json ? collect : print, array);

	(void)name;
	if (rc == TMG_OK && o->common.json)
		ra_print_json(array);
	else
		json_decref(array);
	return rc ? ra_fail(&d->store->fault, rc) : RA_EXIT_DONE;
}

static tmg_rc
note_id(void *arg, const ra_mail *m)
{
	return ra_ids_add(arg, m->id);
}

static tmg_rc
retry_them(ra_desk *d, bool all, const char *name)
{
	tmg_auto(ra_ids) ids = { NULL, 0, 0 };
	const time_t now = ra_desk_now(d);
	tmg_rc rc = all ? ra_mail_each(d->store, RA_MAIL_PARKED, note_id, &ids) :
	    ra_ids_add(&ids, name);

	for (size_t i = 0; i < ids.count && rc == TMG_OK; i++)
		rc = ra_mail_again(d->store, ids.id[i], now);
	if (rc == TMG_NOT_FOUND && !all)
		return tmg_raise(&d->fault, rc, 0,
		    _("no mail %s is parked; tamga-ra mail list --state parked shows them"),
		    name);
	return rc == TMG_NOT_FOUND ? TMG_OK :
	    tmg_fault_copy(&d->fault, &d->store->fault, rc);
}

static int
retry(ra_desk *d, const struct order *o, const char *name)
{
	tmg_rc rc;

	if ((name[0] == '\0') != o->all) {
		fprintf(stderr, "tamga-ra: %s\n",
		    _("mail retry: name one mail, or --all"));
		return RA_EXIT_USAGE;
	}
	rc = retry_them(d, o->all, name);
	return rc ? ra_fail(&d->fault, rc) : RA_EXIT_DONE;
}

static const struct {
	const char *name;
	int (*run)(ra_desk *d, const struct order *o, const char *name);
} verbs[] = {
	{ "send", send_due },
	{ "list", list },
	{ "retry", retry },
};

int
ra_cmd_mail(tmg_ctx *ctx, int argc, char **argv)
{
	struct order order = { .all = false };
	ra_value args;
	const ra_option options[] = { RA_COMMON_OPTIONS(&order.common),
		{ "state", NULL, &order.state, 1 }, { "all", &order.all, NULL, 0 } };
	tmg_auto(ra_place) place = { .desk = { .office = NULL } };
	size_t i = 0;
	int status;

	if (!ra_args_read(argc, argv, options, TMG_COUNT(options), 1, 2, &args))
		return RA_EXIT_USAGE;
	while (i < TMG_COUNT(verbs) && strcmp(verbs[i].name, args.text[0]) != 0)
		i++;
	if (i == TMG_COUNT(verbs)) {
		fprintf(stderr, "tamga-ra: %s\n", _("mail send, mail list or mail retry"));
		return RA_EXIT_USAGE;
	}
	if ((status = ra_place_enter(ctx, &order.common, &place)))
		return status;
	return verbs[i].run(&place.desk, &order,
	    args.count > 1 ? args.text[1] : "");
}
