/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An application, or a document that goes with it, as its portal prints it.
 */
#include "tools/tamga/portal-parts.h"

#include <string.h>
#include <strings.h>

#include "tools/tamga/keep.h"

/* What a portal prints it as, how that is called, and what files of it end in. */
static const struct form {
	const char *name, *type, *end;
} forms[] = {
	{ "pdf", "application/pdf", ".pdf" },
	{ "html", "text/html", ".html" },
	{ "txt", "text/plain", ".txt" },
};
enum { PLAIN = 2 };

static bool
ends_in(const char *path, const char *end)
{
	const size_t len = strlen(path), n = strlen(end);

	return len > n && strcasecmp(path + len - n, end) == 0;
}

/* What was said, else what the file's name says, else what a terminal shows. */
static tmg_rc
choose_form(struct cli *cli, const char *said, const char *file,
    const struct form **form)
{
	for (size_t i = 0; i < TMG_COUNT(forms); i++) {
		*form = &forms[i];
		if (said != NULL ? strcmp(said, forms[i].name) == 0 :
		    file != NULL && ends_in(file, forms[i].end))
			return TMG_OK;
	}
	*form = &forms[PLAIN];
	if (said != NULL)
		return cli_raise(cli, TMG_E_USAGE, _("--form %s: say pdf, html or txt"),
		    said);
	return file == NULL || strcmp(file, "-") == 0 ? TMG_OK :
	    cli_raise(cli, TMG_E_USAGE, _("%s ends in none of .pdf, .html and .txt; "
	    "say --form pdf, html or txt"), file);
}

/* A name within a query (RFC 3986 2.3): what profiles call documents, and no more. */
static tmg_rc
path_of(struct cli *cli, const struct portal *p, const struct form *form,
    const char *document, char *path, size_t cap)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";

	if (document != NULL && (document[0] == '\0' || strlen(document) > 64 ||
	    document[strspn(document, plain)] != '\0'))
		return cli_raise(cli, TMG_E_USAGE, _("--document %.64s is no name of a "
		    "document; the profile of the application names them"), document);
	snprintf(path, cap, "%s/print?form=%s%s%s", p->place, form->name,
	    document != NULL ? "&document=" : "", document != NULL ? document : "");
	return TMG_OK;
}

static tmg_rc
save(struct cli *cli, const struct portal *p, const struct form *form,
    const tmg_answer *printed)
{
	const char *file = cli_text(cli, "output");
	const tmg_rc rc = cli_write(cli, file, (tmg_view){
	    (const uint8_t *)printed->text, printed->len });

	if (rc != TMG_OK || file == NULL || strcmp(file, "-") == 0)
		return rc;
	if (cli->json)
		return cli_json(cli, json_pack("{s:s, s:s, s:s}", "application",
		    p->number, "form", form->name, "file", file));
	cli_say(cli, _("Application %s is in %s, to be kept and printed."), p->number,
	    file);
	return TMG_OK;
}

tmg_rc
portal_print(struct cli *cli, const char *number)
{
	tmg_auto(portal_visit) v = { .a = NULL };
	tmg_auto(tmg_answer) printed = { .text = NULL };
	const struct form *form;
	char path[192];
	tmg_rc rc;

	if ((rc = choose_form(cli, cli_text(cli, "form"), cli_text(cli, "output"),
	    &form)) ||
	    (rc = portal_visit_open(cli, number, &v)) ||
	    (rc = path_of(cli, &v.p, form, cli_text(cli, "document"), path,
	    sizeof(path))))
		return rc;
	cli->stage = STAGE_AUTHORITY;
	rc = tmg_authority_call(v.a, &(tmg_call){ .path = path,
	    .wants = form->type }, &printed);
	if (rc != TMG_OK)
		return cli_fail(cli, rc, tmg_authority_fault(v.a));
	return save(cli, &v.p, form, &printed);
}
