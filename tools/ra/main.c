/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tamga-ra: the reference registration authority.
 */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "src/base/ctx.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/base/std.h"
#include "tamga/version.h"
#include "tools/ra/cmd.h"

static const struct {
	const char *name, *args, *summary;
	ra_cmd_fn *run;
} commands[] = {
	{ "init", "DIR [--name NAME] [--host HOST]... [--key-type TYPE]\n"
	    "        [--profiles DIR] [--default-profile NAME] [--crl-url URL]\n"
	    "        [--passphrase-file FILE]",
	    N_("make an authority"), ra_cmd_init },
	{ "serve", "[DIR] [--listen ADDRESS:PORT] [--ready-fd N]",
	    N_("serve EST over HTTPS"), ra_cmd_serve },
	{ "user", "add NAME --password-file FILE [--role applicant|officer]",
	    N_("make an account or change its password"), ra_cmd_user },
	{ "list", "[--state STATE]", N_("applications, newest first"), ra_cmd_list },
	{ "show", "APPLICATION", N_("one application"), ra_cmd_show },
	{ "approve", "APPLICATION", N_("approve and issue"), ra_cmd_approve },
	{ "reject", "APPLICATION --reason TEXT", N_("refuse, and say why"),
	    ra_cmd_reject },
	{ "revoke", "SERIAL|APPLICATION [--reason REASON]",
	    N_("revoke a certificate"), ra_cmd_revoke },
	{ "crl", "[--out FILE]", N_("the revocation list in force, PEM"), ra_cmd_crl },
	{ "audit", "verify [--head HASH] | list", N_("the audit log"), ra_cmd_audit },
};

static void
help(FILE *to)
{
	fprintf(to, _("usage: tamga-ra COMMAND [--dir DIR | --config FILE] [--json] ...\n\n"));
	for (size_t i = 0; i < TMG_COUNT(commands); i++)
		fprintf(to, "  %s %s\n        %s\n", commands[i].name,
		    commands[i].args, _(commands[i].summary));
	fprintf(to, _("\nSee tamga-ra(8).\n"));
}

/* One line on stderr, with the time of day. */
static void
log_line(void *arg, tmg_log_level level, const char *line)
{
	static const char *const names[] = { "error", "warning", "info", "debug",
		"trace" };
	const time_t now = time(NULL);
	char at[RA_TIME_TEXT];

	(void)arg;
	ra_time_text(now, at);
	fprintf(stderr, "%s %s: %s\n", at, names[level], line);
}

static int
run(ra_cmd_fn *fn, int argc, char **argv)
{
	tmg_auto_ptr(tmg_ctx) ctx = NULL;
	const char *debug = getenv("TAMGA_RA_DEBUG");

	if (tmg_ctx_new(&ctx) != TMG_OK) {
		fprintf(stderr, "tamga-ra: %s\n", _("libcrypto cannot be set up"));
		return RA_EXIT_FAILED;
	}
	tmg_ctx_set_log(ctx, debug != NULL ? TMG_LOG_DEBUG : TMG_LOG_INFO,
	    log_line, NULL);
	return fn(ctx, argc, argv);
}

int
main(int argc, char **argv)
{
	tmg_std_fill();
	setlocale(LC_ALL, "");
	bindtextdomain("tamga", TMG_LOCALEDIR);
	bind_textdomain_codeset("tamga", "UTF-8");

	if (argc < 2) {
		help(stderr);
		return RA_EXIT_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
		help(stdout);
		return RA_EXIT_DONE;
	}
	if (strcmp(argv[1], "--version") == 0) {
		printf("tamga-ra %s\n", tmg_version());
		return RA_EXIT_DONE;
	}
	for (size_t i = 0; i < TMG_COUNT(commands); i++)
		if (strcmp(commands[i].name, argv[1]) == 0)
			return run(commands[i].run, argc - 1, argv + 1);
	fprintf(stderr, "tamga-ra: %s: %s\n", argv[1],
	    _("no such command; try tamga-ra --help"));
	return RA_EXIT_USAGE;
}
