/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/cmd.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"

#define SYSTEM_CONFIG TMG_SYSCONFDIR "/tamga/" RA_CONFIG_NAME

tmg_rc
ra_common_config(const ra_common *common, char path[PATH_MAX])
{
	const char *env = getenv("TAMGA_RA_CONFIG");
	int n;

	if (common->config.count > 0)
		n = snprintf(path, PATH_MAX, "%s", common->config.text[0]);
	else if (common->dir.count > 0)
		n = snprintf(path, PATH_MAX, "%s/" RA_CONFIG_NAME,
		    common->dir.text[0]);
	else
		n = snprintf(path, PATH_MAX, "%s",
		    env != NULL && env[0] != '\0' ? env : SYSTEM_CONFIG);
	return n < PATH_MAX ? TMG_OK : TMG_E_USAGE;
}

static tmg_rc
move_clock(const ra_common *common, ra_office *office, tmg_fault *f)
{
	const char *text = ra_value_or(&common->clock_offset, "0");
	char *end;
	const long seconds = strtol(text, &end, 10);

	if (*text == '\0' || *end != '\0')
		return tmg_raise(f, TMG_E_USAGE, 0,
		    _("--clock-offset: \"%s\" is no number of seconds"), text);
	return seconds == 0 ? TMG_OK : ra_office_rehearse(office, seconds, f);
}

tmg_rc
ra_common_office(tmg_ctx *ctx, const ra_common *common, ra_office *office,
    tmg_fault *f)
{
	char path[PATH_MAX];
	tmg_rc rc;

	if ((rc = ra_common_config(common, path)) ||
	    (rc = ra_office_open(ctx, path, office, f)))
		return rc;
	if ((rc = move_clock(common, office, f)))
		ra_office_release(office);
	return rc;
}

int
ra_place_enter(tmg_ctx *ctx, const ra_common *common, ra_place *place)
{
	tmg_fault fault = { .rc = TMG_OK };
	tmg_rc rc;

	if ((rc = ra_common_office(ctx, common, &place->office, &fault)) == TMG_OK)
		rc = ra_desk_open(&place->office, &place->desk, &fault);
	return rc ? ra_fail(&fault, rc) : RA_EXIT_DONE;
}

void
ra_place_release(ra_place *place)
{
	ra_desk_release(&place->desk);
	ra_office_release(&place->office);
}

void
ra_officer_name(char *text, size_t cap)
{
	const struct passwd *pw = getpwuid(getuid());

	if (pw != NULL)
		snprintf(text, cap, "officer:%s", pw->pw_name);
	else
		snprintf(text, cap, "officer:uid%lu", (unsigned long)getuid());
}

int
ra_fail(const tmg_fault *f, tmg_rc rc)
{
	fprintf(stderr, "tamga-ra: %s\n",
	    f->text[0] != '\0' ? f->text : tmg_rc_name(rc));
	return rc == TMG_MISMATCH || rc == TMG_OCCUPIED || rc == TMG_PENDING ?
	    RA_EXIT_REFUSED : RA_EXIT_FAILED;
}

void
ra_time_text(time_t at, char text[RA_TIME_TEXT])
{
	struct tm tm;

	if (gmtime_r(&at, &tm) == NULL ||
	    strftime(text, RA_TIME_TEXT, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		text[0] = '\0';
}

static void
set_text(json_t *o, const char *key, const char *text)
{
	/* what a request brought along need not be UTF-8 */
	json_t *value = json_string(text);

	json_object_set_new(o, key, value != NULL ? value : json_null());
}

static void
set_time(json_t *o, const char *key, time_t at)
{
	char text[RA_TIME_TEXT];

	ra_time_text(at, text);
	set_text(o, key, text);
}

json_t *
ra_app_json(const ra_app *app, const ra_cert *cert)
{
	json_t *o = json_object();

	set_text(o, "application", app->id);
	set_text(o, "state", ra_state_get(app->state)->name);
	set_text(o, "profile", app->profile);
	set_text(o, "owner", app->owner);
	set_text(o, "subject", app->subject);
	set_text(o, "key_sha256", app->spki_hash);
	set_text(o, "request_sha256", app->csr_hash);
	set_text(o, "reason", app->reason);
	set_text(o, "renews", app->previous);
	set_time(o, "created", app->created);
	set_time(o, "changed", app->changed);
	if (cert != NULL && cert->serial[0] != '\0') {
		set_text(o, "serial", cert->serial);
		set_time(o, "not_before", cert->not_before);
		set_time(o, "not_after", cert->not_after);
	}
	return o;
}

void
ra_print_json(json_t *value)
{
	json_dumpf(value, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(value);
}

int
ra_print_all(const ra_store *store, json_t *all, tmg_rc rc)
{
	if (all != NULL)
		ra_print_json(all);
	return rc ? ra_fail(&store->fault, rc) : RA_EXIT_DONE;
}

static void
print_line(const char *label, const char *text)
{
	if (text[0] != '\0')
		printf("%-14s %s\n", label, text);
}

static void
print_whole(const ra_app *app, const ra_cert *cert)
{
	char at[RA_TIME_TEXT];

	print_line(_("application"), app->id);
	print_line(_("state"), _(ra_state_get(app->state)->label));
	print_line(_("reason"), app->reason);
	print_line(_("profile"), app->profile);
	print_line(_("owner"), app->owner);
	print_line(_("subject"), app->subject);
	print_line(_("key SHA-256"), app->spki_hash);
	print_line(_("renews"), app->previous);
	ra_time_text(app->created, at);
	print_line(_("handed in"), at);
	if (cert == NULL || cert->serial[0] == '\0')
		return;
	print_line(_("serial"), cert->serial);
	ra_time_text(cert->not_after, at);
	print_line(_("valid until"), at);
	if (cert->revoked != 0) {
		ra_time_text(cert->revoked, at);
		print_line(_("revoked"), at);
	}
}

void
ra_print_app(const ra_app *app, const ra_cert *cert, bool json, bool whole)
{
	if (json)
		ra_print_json(ra_app_json(app, cert));
	else if (whole)
		print_whole(app, cert);
	else
		printf("%s  %-9s  %-12s  %s\n", app->id,
		    ra_state_get(app->state)->name, app->owner, app->subject);
}
