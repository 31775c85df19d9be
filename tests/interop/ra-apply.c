/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ra-apply CONFIG PROFILE [NAME=VALUE]... [@REQUEST.der]: an application as
 * far as the applicant alone can bring it, without a page.  A register is
 * asked that knows whatever it is asked for.  Prints the number.
 */
#include <stdio.h>
#include <string.h>

#include "src/base/file.h"
#include "src/base/scope.h"
#include "tools/ra/desk/case.h"

static const ra_actor applicant = { RA_BY_APPLICANT, "applicant" };
static ra_form_errors errors;

static int
fail(const tmg_fault *f, tmg_rc rc)
{
	fprintf(stderr, "ra-apply: %s\n", f->text[0] != '\0' ? f->text :
	    tmg_rc_name(rc));
	return 1;
}

static tmg_rc
read_answers(int argc, char **argv, ra_answers *answers)
{
	for (int i = 0; i < argc; i++) {
		char *value = strchr(argv[i], '=');
		tmg_rc rc;

		if (value == NULL)
			continue;
		*value++ = '\0';
		if ((rc = ra_answers_set(answers, argv[i], value)))
			return rc;
	}
	return TMG_OK;
}

static tmg_rc
identify(ra_desk *d, const ra_profile *p, const ra_answers *answers,
    const char *id)
{
	tmg_auto(ra_app) app = { .id = "" };

	return p->identity.field[0] == '\0' ? TMG_OK : ra_case_identify(d, id,
	    ra_answers_get(answers, p->identity.field), answers, &app);
}

static tmg_rc
fill(ra_desk *d, const ra_answers *answers, const char *id)
{
	tmg_auto(ra_app) app = { .id = "" };

	return ra_case_fill(d, id, RA_EV_FILL, &applicant, answers, &errors, &app);
}

static tmg_rc
submit(ra_desk *d, const char *path, const char *id)
{
	tmg_auto(ra_app) app = { .id = "" };
	tmg_auto_free uint8_t *der = NULL;
	size_t len;
	tmg_rc rc;

	if ((rc = tmg_file_read(path, 65536, &der, &len)))
		return rc;
	return ra_case_submit(d, id, &applicant, (tmg_view){ der, len }, &app);
}

static tmg_rc
apply(ra_desk *d, const ra_profile *p, int argc, char **argv, ra_app *app)
{
	const bool registers = p->flow.line[0] == RA_REGISTERED;
	tmg_auto(ra_answers) answers = { 0 };
	char code[RA_CODE_MAX];
	tmg_rc rc;

	if ((rc = read_answers(argc, argv, &answers)) ||
	    (rc = ra_case_begin(d, p, &applicant, "", registers ? &answers : NULL,
	    &errors, app, code)) || registers)
		return rc;
	if ((rc = identify(d, p, &answers, app->id)) ||
	    (rc = fill(d, &answers, app->id)))
		return rc;
	return argc > 0 && argv[argc - 1][0] == '@' ?
	    submit(d, argv[argc - 1] + 1, app->id) : TMG_OK;
}

int
main(int argc, char **argv)
{
	tmg_auto_ptr(tmg_ctx) ctx = NULL;
	tmg_auto(ra_office) office = { .ctx = NULL };
	tmg_auto(ra_desk) desk = { .office = NULL };
	tmg_auto(ra_app) app = { .id = "" };
	tmg_fault f = { .rc = TMG_OK };
	const ra_profile *profile;
	tmg_rc rc;

	if (argc < 3)
		return 2;
	if ((rc = tmg_ctx_new(&ctx)) ||
	    (rc = ra_office_open(ctx, argv[1], &office, &f)) ||
	    (rc = ra_desk_open(&office, &desk, &f)))
		return fail(&f, rc);
	profile = ra_profiles_find(desk.profiles, argv[2]);
	if (profile == NULL)
		return fail(&f, TMG_NOT_FOUND);
	if ((rc = apply(&desk, profile, argc - 3, argv + 3, &app)))
		return fail(&desk.fault, rc);
	puts(app.id);
	return 0;
}
