/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tamga-ra: the reference registration authority.
 */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "src/base/core.h"
#include "src/base/ctx.h"
#include "src/base/i18n.h"
#include "src/base/scope.h"
#include "src/base/std.h"
#include "tamga/version.h"
#include "tools/ra/cmd.h"
#include "tools/ra/post/courier.h"
#include "tools/ra/profile/language.h"

#define COMMON \
	N_("  --dir DIR               the authority in that folder\n" \
	"  --config FILE           or of that ra.conf; else TAMGA_RA_CONFIG's\n" \
	"  --json                  answer with JSON\n" \
	"  --clock-offset SECONDS  in a rehearsal: so much later than it is\n" \
	"  --help                  this\n")

static const struct {
	const char *name, *args, *summary, *options;
	ra_cmd_fn *run;
} commands[] = {
	{ "init", "DIR [--name NAME] [--host HOST]... [--key-type TYPE]\n"
	    "        [--profiles DIR] [--default-profile NAME] [--crl-url URL]\n"
	    "        [--passphrase-file FILE | --key URI --pin-file FILE] [--store STORE]\n"
	    "        [--root DIR|URI [--root-name NAME] [--root-secret-file FILE]\n"
	    "        [--root-crl-url URL]] [--vcard SOCKET]",
	    N_("make an authority"),
	    N_("  --name NAME             the common name of the authority\n"
	    "  --host HOST             where the server will be reached; may be repeated\n"
	    "  --key-type TYPE         ec:p256 (usual), ec:p384, ec:p521, rsa:3072,\n"
	    "                          rsa:4096 or ed25519\n"
	    "  --profiles DIR          copy the profiles in there\n"
	    "  --default-profile NAME  the profile of EST without a path label\n"
	    "  --crl-url URL           CRL distribution point of what is issued\n"
	    "  --passphrase-file FILE  encrypt the authority's key with its first line\n"
	    "  --key URI               the authority's key on a token: pkcs11:...\n"
	    "  --pin-file FILE         with its PIN\n"
	    "  --root DIR|URI          a root above it: its key in a folder to be taken\n"
	    "                          away, or on a token\n"
	    "  --root-name NAME        its common name; else the authority's and \"root\"\n"
	    "  --root-secret-file FILE its passphrase or PIN; else it is asked for\n"
	    "  --root-crl-url URL      where its revocation list will be; the first is made\n"
	    "  --vcard SOCKET          the token is that tamga-vcard\n"
	    "  --store STORE           an SQLite file (store.db) or postgresql://...\n"),
	    ra_cmd_init },
	{ "serve", "[DIR] [--listen ADDRESS:PORT] [--ready-fd N]",
	    N_("serve EST over HTTPS"),
	    N_("  --listen ADDRESS:PORT   instead of what ra.conf says; port 0: any\n"
	    "  --ready-fd N            write the URL there, not to standard output\n"),
	    ra_cmd_serve },
	{ "reload", "[PID]...",
	    N_("look at the profiles, and have servers read them anew"), "",
	    ra_cmd_reload },
	{ "texts", "[FOLDER] [--profile NAME]",
	    N_("what profiles say to people, as a catalogue to be translated"),
	    N_("  --profile NAME          that one alone\n"), ra_cmd_texts },
	{ "user", "add NAME --password-file FILE [--role applicant|officer]\n"
	    "        [--email ADDRESS [--language CODE]]",
	    N_("make an account or change its password"),
	    N_("  --password-file FILE    the password is its first line\n"
	    "  --role ROLE             applicant (usual) or officer\n"
	    "  --email ADDRESS         where staff are told of work and of what ends\n"
	    "  --language CODE         in which: en (usual), bg, kk, ru or az\n"),
	    ra_cmd_user },
	{ "challenge", "new PROFILE [--owner NAME] [--hours N] | list | withdraw ID",
	    N_("give out what opens one enrollment by SCEP, once"),
	    N_("  --owner NAME            whose certificate it will be\n"
	    "  --hours N               it expires so long after (24)\n"),
	    ra_cmd_challenge },
	{ "secret", "add REFERENCE [--owner NAME] [--profile NAME] [--days N] [--uses N]",
	    N_("make a secret that a program enrolls with by CMP, and tell it once"),
	    N_("  --owner NAME            whose its applications are; else REFERENCE's\n"
	    "  --profile NAME          for that profile alone\n"
	    "  --days N                it is good for so long (7)\n"
	    "  --uses N                and for so many applications (1)\n\n"
	    "secret list shows them; secret close REFERENCE ends one.\n\n"),
	    ra_cmd_secret },
	{ "list", "[--state STATE]", N_("applications, newest first"),
	    N_("  --state STATE           submitted, approved, rejected, issuing, issued\n"
	    "                          or revoked\n"), ra_cmd_list },
	{ "show", "APPLICATION", N_("one application"), "", ra_cmd_show },
	{ "approve", "APPLICATION",
	    N_("confirm; issued when nothing else is waited for"), "",
	    ra_cmd_approve },
	{ "pay", "APPLICATION", N_("note that it was paid"), "", ra_cmd_pay },
	{ "release", "APPLICATION",
	    N_("confirm as the second officer, where a profile wants two"), "",
	    ra_cmd_release },
	{ "reject", "APPLICATION --reason TEXT", N_("refuse, and say why"),
	    N_("  --reason TEXT           what the applicant reads\n"), ra_cmd_reject },
	{ "act", "EVENT APPLICATION [--reason TEXT]",
	    N_("an officer's step that has no command of its own"),
	    N_("  --reason TEXT           what the applicant reads\n\n"
	    "EVENT is one of receive-docs, check-docs, miss-docs, check-data,\n"
	    "return-data, retry, hand-over, cancel, suspend and resume; or new-code,\n"
	    "which prints a new access code and voids the old one.\n\n"),
	    ra_cmd_act },
	{ "revoke", "SERIAL|APPLICATION [--reason REASON]",
	    N_("revoke a certificate"),
	    N_("  --reason REASON         unspecified, keyCompromise, affiliationChanged,\n"
	    "                          superseded, cessationOfOperation or\n"
	    "                          privilegeWithdrawn\n"), ra_cmd_revoke },
	{ "crl", "[--out FILE]", N_("the revocation list in force, PEM"),
	    N_("  --out FILE              write it there, not to standard output\n"),
	    ra_cmd_crl },
	{ "root", "renew | list --out FILE [--revoke SERIAL [--reason REASON]]\n"
	    "        --root DIR|URI [--root-secret-file FILE] [--days N] [--vcard SOCKET]",
	    N_("what the authority's root signs: a new certificate, its own list"),
	    N_("  --root DIR|URI          the folder or token that init was told\n"
	    "  --root-secret-file FILE its passphrase or PIN; else it is asked for\n"
	    "  --days N                how long it is good for (3650; a list: 180)\n"
	    "  --crl-url URL           renew: where the root's list will be\n"
	    "  --out FILE              list: the list; what stands on it is carried over\n"
	    "  --revoke SERIAL         list: an authority's certificate, revoked by it\n"
	    "  --reason REASON         list: why; cACompromise, superseded, ...\n"),
	    ra_cmd_root },
	{ "server-cert", "[--host HOST]... [--days N] [--new-key]\n"
	    "        | --certificate FILE [--key FILE]",
	    N_("a new certificate for the HTTPS server"),
	    N_("  --host HOST             where it is reached; else as the one before says\n"
	    "  --days N                how long it is good for (825)\n"
	    "  --new-key               make a new key, too\n"
	    "  --certificate FILE      take another authority's, PEM, with those above it\n"
	    "  --key FILE              and its key; else it is of the key there is\n"),
	    ra_cmd_server_cert },
	{ "check", "",
	    N_("what must be seen to: settings, and whatever ends soon"), "",
	    ra_cmd_check },
	{ "weak-keys", "add [--list FILE] FILE... | check FILE...",
	    N_("keys that others have, which are never certified"),
	    N_("  --list FILE             add: to that list, not to the first of ra.conf\n\n"
	    "FILE is a certificate, a request or a key, PEM or DER.\n\n"),
	    ra_cmd_weak_keys },
	{ "upstream", "[--now]",
	    N_("the authority upstream: whether it takes what we hand in, and what waits there"),
	    N_("  --now                   ask for all that waits at once\n"),
	    ra_cmd_upstream },
	{ "due", "", N_("do what deadlines and reminders ask for now"), "",
	    ra_cmd_due },
	{ "print", "APPLICATION [--as FORM] [--out FILE]",
	    N_("the printed application"),
	    N_("  --as FORM               txt (usual), html or pdf\n"
	    "  --out FILE              write it there, not to standard output\n"),
	    ra_cmd_print },
	{ "mail", "send | list [--state STATE] | retry MAIL|--all",
	    N_("the outbox"),
	    N_("  --state STATE           list: queued, sent or parked\n"
	    "  --all                   retry: every mail that is parked\n"),
	    ra_cmd_mail },
	{ "audit", "verify [--head HASH] | list | export", N_("the audit log"),
	    N_("  --head HASH             verify: the log must hold that entry\n"),
	    ra_cmd_audit },
	{ "backup", "FILE", N_("write the whole store into a file"), "",
	    ra_cmd_backup },
	{ "restore", "FILE", N_("fill an empty store from a backup"), "",
	    ra_cmd_restore },
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

/* gettext answers the empty text with the catalogue's own heading. */
static void
help_command(size_t i)
{
	printf(_("usage: tamga-ra %s %s\n\n%s\n\n"), commands[i].name,
	    commands[i].args, _(commands[i].summary));
	printf("%s%s", commands[i].options[0] != '\0' ? _(commands[i].options) : "",
	    _(COMMON));
}

static bool
asks_help(int argc, char **argv)
{
	for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
			return true;
	return false;
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
run(size_t command, int argc, char **argv)
{
	tmg_auto_ptr(tmg_ctx) ctx = NULL;
	const char *debug = getenv("TAMGA_RA_DEBUG");

	if (asks_help(argc, argv)) {
		help_command(command);
		return RA_EXIT_DONE;
	}
	if (tmg_ctx_new(&ctx) != TMG_OK) {
		fprintf(stderr, "tamga-ra: %s\n", _("libcrypto cannot be set up"));
		return RA_EXIT_FAILED;
	}
	tmg_ctx_set_log(ctx, debug != NULL ? TMG_LOG_DEBUG : TMG_LOG_INFO,
	    log_line, NULL);
	return commands[command].run(ctx, argc, argv);
}

int
main(int argc, char **argv)
{
	tmg_refuse_cores();
	tmg_std_fill();
	setlocale(LC_ALL, "");
	bindtextdomain("tamga", TMG_LOCALEDIR);
	bind_textdomain_codeset("tamga", "UTF-8");
	ra_languages_bind(TMG_LOCALEDIR);

	if (argc < 2) {
		help(stderr);
		return RA_EXIT_USAGE;
	}
	if (strcmp(argv[1], RA_COURIER) == 0)
		return ra_courier_main(argc - 2, argv + 2);
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
	    strcmp(argv[1], "help") == 0) {
		help(stdout);
		return RA_EXIT_DONE;
	}
	if (strcmp(argv[1], "--version") == 0) {
		printf("tamga-ra %s\n", tmg_version());
		return RA_EXIT_DONE;
	}
	for (size_t i = 0; i < TMG_COUNT(commands); i++)
		if (strcmp(commands[i].name, argv[1]) == 0)
			return run(i, argc - 1, argv + 1);
	fprintf(stderr, "tamga-ra: %s: %s\n", argv[1],
	    _("no such command; try tamga-ra --help"));
	return RA_EXIT_USAGE;
}
