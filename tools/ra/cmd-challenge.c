/* SPDX-License-Identifier: BSD-2-Clause */
/* tamga-ra challenge new PROFILE [--owner NAME] [--hours N] | list | withdraw ID */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/cmd.h"
#include "tools/ra/desk/challenge.h"
#include "tools/ra/http/basic.h"
#include "tools/ra/verb.h"

#define HOURS "24"
#define HOURS_MAX 8760

struct task {
	ra_desk *desk;
	const char *name, *owner;
	int hours;
	bool json;
};

static int
challenge_new(const void *task)
{
	const struct task *t = task;
	const ra_profile *profile = ra_profiles_find(t->desk->profiles, t->name);
	char text[RA_CODE_MAX], self[RA_OWNER_MAX], until[RA_TIME_TEXT];
	ra_challenge c;
	tmg_rc rc;

	if (profile == NULL) {
		rc = tmg_raise(&t->desk->fault, TMG_NOT_FOUND, 0,
		    _("there is no profile \"%s\" here"), t->name);
		return ra_fail(&t->desk->fault, rc);
	}
	ra_officer_name(self, sizeof(self));
	if ((rc = ra_challenge_new(t->desk, profile, t->owner, t->hours, self,
	    text, &c)))
		return ra_fail(&t->desk->fault, rc);
	ra_time_text(c.expires, until);
	if (t->json)
		ra_print_json(json_pack("{s:s, s:s, s:s, s:s}", "challenge", text,
		    "profile", c.profile, "owner", c.owner, "expires", until));
	else
		printf("%s\n", text);
	explicit_bzero(text, sizeof(text));
	return RA_EXIT_DONE;
}

static tmg_rc
print_one(void *arg, const ra_challenge *c)
{
	char id[RA_CHALLENGE_ID], until[RA_TIME_TEXT];

	(void)arg;
	ra_challenge_id(c, id);
	ra_time_text(c->expires, until);
	printf("%s  %s  %-20s  %-20s  %s\n", id, until, c->profile, c->owner,
	    c->app[0] != '\0' ? c->app : _("not used"));
	return TMG_OK;
}

static tmg_rc
collect_one(void *arg, const ra_challenge *c)
{
	char id[RA_CHALLENGE_ID], until[RA_TIME_TEXT];

	ra_challenge_id(c, id);
	ra_time_text(c->expires, until);
	return json_array_append_new(arg, json_pack("{s:s, s:s, s:s, s:s, s:s}",
	    "id", id, "profile", c->profile, "owner", c->owner, "expires", until,
	    "application", c->app)) == 0 ? TMG_OK : TMG_E_NOMEM;
}

static int
challenge_list(const void *task)
{
	const struct task *t = task;
	json_t *all = t->json ? json_array() : NULL;
	const tmg_rc rc = ra_challenge_each(t->desk->store,
	    t->json ? collect_one : print_one, all);

	return ra_print_all(t->desk->store, all, rc);
}

static int
challenge_withdraw(const void *task)
{
	const struct task *t = task;
	char self[RA_OWNER_MAX];
	tmg_rc rc;

	ra_officer_name(self, sizeof(self));
	rc = ra_challenge_withdraw(t->desk, t->name, self);
	return rc ? ra_fail(&t->desk->fault, rc) : RA_EXIT_DONE;
}

static const ra_verb verbs[] = {
	{ "new", 1, challenge_new },
	{ "list", 0, challenge_list },
	{ "withdraw", 1, challenge_withdraw },
};

static bool
check_words(const struct task *t)
{
	if (t->owner[0] != '\0' && !ra_user_name_ok(t->owner))
		fprintf(stderr, "tamga-ra: challenge: %s\n",
		    _("a name has letters, digits and . _ - @ + (63 at most)"));
	else if (t->hours < 1 || t->hours > HOURS_MAX)
		fprintf(stderr, "tamga-ra: challenge: %s\n",
		    _("--hours is a number from 1 to 8760"));
	else
		return true;
	return false;
}

int
ra_cmd_challenge(tmg_ctx *ctx, int argc, char **argv)
{
	ra_common common = { .json = false };
	ra_value owner = { .count = 0 }, hours = { .count = 0 }, args;
	const ra_option options[] = { RA_COMMON_OPTIONS(&common),
		{ "owner", NULL, &owner, 1 }, { "hours", NULL, &hours, 1 } };
	tmg_auto(ra_place) place = { .desk = { .office = NULL } };
	const ra_verb *verb;
	int status;

	if (!ra_args_read(argc, argv, options, TMG_COUNT(options), 1, 2, &args))
		return RA_EXIT_USAGE;
	if ((verb = ra_verb_find(verbs, TMG_COUNT(verbs), &args)) == NULL) {
		fprintf(stderr, "tamga-ra: challenge: %s\n",
		    _("say new PROFILE, list or withdraw ID"));
		return RA_EXIT_USAGE;
	}
	const struct task task = { &place.desk,
		args.count > 1 ? args.text[1] : "", ra_value_or(&owner, ""),
		(int)strtol(ra_value_or(&hours, HOURS), NULL, 10), common.json };

	if (!check_words(&task))
		return RA_EXIT_USAGE;
	if ((status = ra_place_enter(ctx, &common, &place)))
		return status;
	return verb->run(&task);
}
