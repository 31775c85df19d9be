/* SPDX-License-Identifier: BSD-2-Clause */
/* tamga-ra show APPLICATION */
#include <stdio.h>

#include "src/base/fail.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "tools/ra/cmd.h"
#include "tools/ra/desk/birth.h"
#include "tools/ra/desk/errand.h"

/* Where its key was made, as the token attests; "" where nobody asks. */
static void
born(ra_desk *desk, const ra_app *app, char text[RA_BIRTH_TEXT])
{
	const ra_profile *profile = ra_profiles_find(desk->profiles, app->profile);

	text[0] = '\0';
	if (profile != NULL)
		ra_birth_say(desk, profile, (tmg_view){ app->csr, app->csr_len }, text);
}

static json_t *
app_json(ra_desk *desk, const ra_app *app, const ra_cert *cert)
{
	json_t *o = ra_app_json(app, cert);
	char text[RA_BIRTH_TEXT], asked[RA_ERRAND_TEXT];

	born(desk, app, text);
	if (text[0] != '\0')
		json_object_set_new(o, "key_made", json_string(text));
	ra_errand_say(desk, app, asked);
	if (asked[0] != '\0')
		json_object_set_new(o, "upstream", json_string(asked));
	return o;
}

static void
print_app(ra_desk *desk, const ra_app *app, const ra_cert *cert)
{
	char text[RA_BIRTH_TEXT], asked[RA_ERRAND_TEXT];

	ra_print_app(app, cert, false, true);
	born(desk, app, text);
	if (text[0] != '\0')
		printf("%-14s %s\n", _("key made"), text);
	ra_errand_say(desk, app, asked);
	if (asked[0] != '\0')
		printf("%-14s %s\n", _("upstream"), asked);
}

int
ra_cmd_show(tmg_ctx *ctx, int argc, char **argv)
{
	ra_common common = { .json = false };
	const ra_option options[] = { RA_COMMON_OPTIONS(&common) };
	tmg_auto(ra_place) place = { .desk = { .office = NULL } };
	tmg_auto(ra_app) app = { .id = "" };
	tmg_auto(ra_cert) cert = { .der = NULL };
	ra_value args;
	tmg_rc rc;
	int status;

	if (!ra_args_read(argc, argv, options, TMG_COUNT(options), 1, 1, &args))
		return RA_EXIT_USAGE;
	if ((status = ra_place_enter(ctx, &common, &place)))
		return status;

	ra_store *s = place.desk.store;

	rc = ra_app_get(s, args.text[0], &app);
	if (rc == TMG_NOT_FOUND)
		return ra_fail(&s->fault, tmg_raise(&s->fault, rc, 0,
		    _("there is no application %s; tamga-ra list shows them"),
		    args.text[0]));
	if (rc == TMG_OK)
		rc = ra_cert_of_app(s, app.id, &cert);
	if (rc != TMG_OK && rc != TMG_NOT_FOUND)
		return ra_fail(&s->fault, rc);
	/* the number set aside is not the one another authority gives */
	if (cert.der == NULL && place.office.ca->ops->elsewhere)
		cert.serial[0] = '\0';
	if (common.json)
		ra_print_json(app_json(&place.desk, &app, &cert));
	else
		print_app(&place.desk, &app, &cert);
	return RA_EXIT_DONE;
}
