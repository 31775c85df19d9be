/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is wrong here, and the exact fix: from the locale up to the token.
 */
#include <langinfo.h>
#include <libgen.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/codec/hex.h"
#include "tools/tamga/commands.h"
#include "tools/tamga/doctor.h"
#include "tools/tamga/open.h"
#include "tools/tamga/text.h"

enum { READERS_MAX = 64 };

static const struct {
	const char *name;	/* in JSON */
	const char *mark;
	const char *colour;
} healths[] = {
	[WELL] = { "ok", N_("ok"), "\033[32m" },
	[WARNING] = { "warning", N_("warning"), "\033[33m" },
	[WRONG] = { "wrong", N_("WRONG"), "\033[31m" },
};

#define FIX_DAEMON N_("install and start the PC/SC daemon:\n" \
	"    sudo apt install pcscd\n" \
	"    sudo systemctl enable --now pcscd.socket")

#define FIX_POLKIT N_("the system's policy keeps this user from the readers " \
	"(it lets only the user of the local screen in). Write this rule to " \
	"/etc/polkit-1/rules.d/50-tamga.rules and log in again:\n" \
	"    polkit.addRule(function(action, subject) {\n" \
	"        if ((action.id == \"org.debian.pcsc-lite.access_pcsc\" ||\n" \
	"             action.id == \"org.debian.pcsc-lite.access_card\") &&\n" \
	"            subject.user == \"%s\")\n" \
	"            return polkit.Result.YES;\n" \
	"    });")

#define FIX_SOCKET N_("the PC/SC daemon's socket is closed to this user. Join " \
	"the group that may open it, if it has one:\n" \
	"    ls -l %s\n" \
	"or open it to all, as its package does (SocketMode=0666):\n" \
	"    sudo systemctl edit pcscd.socket\n" \
	"    sudo systemctl restart pcscd.socket")

#define FIX_READER N_("plug a reader or a token in. When it is plugged in: " \
	"sudo apt install libccid, then sudo systemctl restart pcscd; " \
	"lsusb tells whether the system sees it")

#define FIX_CARD N_("put a card into the reader, chip first, chip up")
#define FIX_MUTE N_("take the card out, wipe its contacts, put it in again " \
	"(the other way round?)")
#define FIX_HELD N_("close that program, or let it share: GnuPG does with " \
	"\"pcsc-shared\" and \"disable-ccid\" in ~/.gnupg/scdaemon.conf; " \
	"at once: gpgconf --kill scdaemon")
#define FIX_UNKNOWN N_("nothing of these kinds is on the card: a new one may need to " \
	"be set up by its maker's program first, one of another kind wants " \
	"another build of tamga, or a driver: tamga card report writes down what " \
	"it has")
#define FIX_LOCALE N_("names in Cyrillic will not print; choose a UTF-8 " \
	"locale:\n    export LC_ALL=C.UTF-8")
#define FIX_STATE N_("enrollments are written down there; make it yours:\n" \
	"    mkdir -p -m 700 '%s'")
#define FIX_CONF N_("correct the line; tamga.conf(5) tells every setting")
#define FIX_SETUP N_("make it yours: tamga setup")

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"

void
found(struct visit *v, const char *check, enum health health, const char *what,
    const char *fix, const char *fix_arg)
{
	char text[1024] = "";

	if (fix != NULL)
		snprintf(text, sizeof(text), _(fix), fix_arg);
	v->wrong |= health == WRONG;
	if (v->cli->json) {
		json_array_append_new(v->checks, json_pack("{s:s, s:s, s:s, s:s}",
		    "check", check, "state", healths[health].name,
		    "message", what, "fix", text));
		return;
	}
	if (v->cli->quiet && health == WELL)
		return;
	fputs(v->cli->colour ? healths[health].colour : "", stdout);
	printf("%-8s", _(healths[health].mark));
	fputs(v->cli->colour ? "\033[0m" : "", stdout);
	text_put(stdout, what);
	fputc('\n', stdout);
	if (text[0] != '\0')
		printf("        %s\n", text);
}

#pragma GCC diagnostic pop

/* ---- this machine -------------------------------------------------------- */

static void
check_locale(struct visit *v)
{
	const char *codeset = nl_langinfo(CODESET);
	char what[128];
	const bool good = strcmp(codeset, "UTF-8") == 0;

	snprintf(what, sizeof(what), _("the locale writes %s"), codeset);
	found(v, "locale", good ? WELL : WARNING, what, good ? NULL : FIX_LOCALE,
	    NULL);
}

static void
check_conf(struct visit *v)
{
	const tmg_fault *f = &v->cli->conf_fault;

	if (f->rc == TMG_OK)
		found(v, "configuration", WELL, _("the configuration is in order"),
		    NULL, NULL);
	else
		found(v, "configuration", WRONG, f->text, FIX_CONF, NULL);
}

static void
state_path(char *path, size_t cap)
{
	const char *base = getenv("XDG_STATE_HOME");
	const char *home = getenv("HOME");

	if (base != NULL && base[0] == '/')
		snprintf(path, cap, "%s/tamga", base);
	else
		snprintf(path, cap, "%s/.local/state/tamga",
		    home != NULL ? home : "");
}

/* The folder itself, or the nearest above it in which it could be made. */
static bool
could_write(const char *path)
{
	char at[PATH_MAX];
	struct stat st;

	snprintf(at, sizeof(at), "%s", path);
	while (access(at, F_OK) != 0 && strcmp(at, "/") != 0) {
		char copy[PATH_MAX];

		memcpy(copy, at, sizeof(copy));
		snprintf(at, sizeof(at), "%s", dirname(copy));
	}
	return stat(at, &st) == 0 && S_ISDIR(st.st_mode) &&
	    access(at, W_OK | X_OK) == 0;
}

static void
check_state(struct visit *v)
{
	char path[PATH_MAX], what[PATH_MAX + 64];

	state_path(path, sizeof(path));
	if (could_write(path)) {
		snprintf(what, sizeof(what), _("%s can be written"), path);
		found(v, "state", WELL, what, NULL, NULL);
		return;
	}
	snprintf(what, sizeof(what), _("%s cannot be written"), path);
	found(v, "state", WRONG, what, FIX_STATE, path);
}

/* ---- readers ------------------------------------------------------------- */

/* As libpcsclite finds it. */
static const char *
daemon_socket(void)
{
	const char *name = getenv("PCSCLITE_CSOCK_NAME");

	return name != NULL ? name : "/run/pcscd/pcscd.comm";
}

static void
check_daemon(struct visit *v, const struct hubs *hubs)
{
	const char *user = getenv("USER");

	if (!hubs->pcsc_wanted)
		return;
	if (hubs->pcsc == TMG_OK)
		found(v, "daemon", WELL, _("the PC/SC daemon answers"), NULL, NULL);
	else if (hubs->pcsc == TMG_DENIED &&
	    access(daemon_socket(), W_OK) != 0)
		found(v, "daemon", WRONG, hubs->pcsc_fault.text, FIX_SOCKET,
		    daemon_socket());
	else if (hubs->pcsc == TMG_DENIED)
		found(v, "daemon", WRONG, hubs->pcsc_fault.text, FIX_POLKIT,
		    user != NULL ? user : "");
	else if (hubs->usb != NULL)
		found(v, "daemon", WELL, _("no PC/SC daemon answers; USB readers "
		    "are used without it"), NULL, NULL);
	else
		found(v, "daemon", hubs->count > 0 ? WARNING : WRONG,
		    hubs->pcsc_fault.text[0] != '\0' ? hubs->pcsc_fault.text
		    : _("no PC/SC daemon answers"), FIX_DAEMON, NULL);
}

/* An empty reader is only amiss when there is no card at all. */
static void
check_reader(struct visit *v, const tmg_reader_state *r, bool any)
{
	static const struct {
		enum health health;
		const char *words, *fix;
	} rows[] = {
		[TMG_ABSENT] = { WRONG, N_("reader %s is empty"), FIX_CARD },
		[TMG_PRESENT] = { WELL, N_("reader %s holds a card"), NULL },
		[TMG_MUTE] = { WRONG, N_("the card in reader %s does not answer"),
		    FIX_MUTE },
		[TMG_HELD] = { WRONG, N_("the card in reader %s is held by %s"),
		    FIX_HELD },
	};
	char what[256];

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	snprintf(what, sizeof(what), _(rows[r->presence].words), r->name,
	    r->holder[0] != '\0' ? r->holder : _("another program"));
#pragma GCC diagnostic pop
	if (r->presence == TMG_ABSENT && any)
		found(v, "reader", WELL, what, NULL, NULL);
	else
		found(v, "reader", rows[r->presence].health, what,
		    rows[r->presence].fix, NULL);
}

/* Readers of every hub; what a hub that fails says is reported. */
static size_t
list_readers(struct visit *v, struct hubs *hubs, tmg_reader_state *rows)
{
	size_t total = 0;

	for (size_t i = 0; i < hubs->count; i++) {
		tmg_hub *hub = hubs->hub[i];
		const size_t room = READERS_MAX - total;
		size_t n = 0;

		if (hub->ops->list(hub, rows + total, room, &n) != TMG_OK)
			found(v, "reader", WRONG, hub->fault.text, FIX_READER, NULL);
		total += n < room ? n : room;
	}
	return total;
}

static void
check_readers(struct visit *v, struct hubs *hubs)
{
	tmg_auto_free tmg_reader_state *rows = calloc(READERS_MAX, sizeof(*rows));
	const size_t n = rows != NULL ? list_readers(v, hubs, rows) : 0;
	bool any = false;

	for (size_t i = 0; i < n; i++)
		any |= rows[i].presence != TMG_ABSENT;
	for (size_t i = 0; i < n; i++)
		check_reader(v, &rows[i], any);
	doctor_usb(v, hubs, n);
	if (n == 0 && hubs->count > 0 && !v->wrong)
		found(v, "reader", WRONG, _("there is no reader"), FIX_READER, NULL);
}

/* ---- tokens -------------------------------------------------------------- */

static void
check_skipped(struct visit *v, tmg_tokens *tokens)
{
	const tmg_skipped *rows;
	const size_t n = tmg_tokens_skipped(tokens, &rows);

	for (size_t i = 0; i < n; i++) {
		char atr[2 * TMG_ATR_MAX + 1], what[TMG_FAULT_TEXT + 128];

		if (rows[i].rc != TMG_NOT_FOUND) {
			/* a held or mute card was reported with its reader */
			if (rows[i].rc != TMG_BUSY && rows[i].rc != TMG_E_CARD)
				found(v, "card", WRONG, rows[i].why, NULL, NULL);
			continue;
		}
		tmg_hex_text(atr, sizeof(atr), (tmg_view){ rows[i].atr,
		    rows[i].atr_len });
		snprintf(what, sizeof(what), "%s (ATR %s)", rows[i].why, atr);
		found(v, "card", WRONG, what, FIX_UNKNOWN, NULL);
	}
}

static void
check_token(struct visit *v, tmg_token *token)
{
	static const struct { tmg_pin_kind kind; const char *words; } rows[] = {
		{ TMG_PIN_USER, N_("token %s still has the factory's PIN") },
		{ TMG_PIN_PUK, N_("token %s still has the factory's PUK") },
		{ TMG_PIN_ADMIN,
		    N_("token %s still has the factory's management key") },
	};
	const char *label = tmg_token_info(token)->label;
	char what[256];
	int tries = -1;

	snprintf(what, sizeof(what), _("token %s (%s) can be used"), label,
	    tmg_token_info(token)->model);
	found(v, "token", WELL, what, NULL, NULL);
	if (tmg_token_tries(token, TMG_PIN_USER, &tries) == TMG_OK && tries == 0) {
		snprintf(what, sizeof(what), _("the PIN of token %s is locked"),
		    label);
		found(v, "pin", WRONG, what,
		    tmg_token_info(token)->pins[TMG_PIN_USER].locked != NULL
		    ? tmg_token_info(token)->pins[TMG_PIN_USER].locked
		    : N_("unblock it with the PUK: tamga pin unblock"), NULL);
	}
	for (size_t i = 0; i < TMG_COUNT(rows); i++) {
		if (tmg_token_factory(token, rows[i].kind) != TMG_OK)
			continue;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		snprintf(what, sizeof(what), _(rows[i].words), label);
#pragma GCC diagnostic pop
		found(v, "factory", WARNING, what, FIX_SETUP, NULL);
	}
}

/* Opens the readers once more, now for what is in them. */
static tmg_rc
check_tokens(struct visit *v)
{
	tmg_tokens *tokens;
	tmg_rc rc;

	if ((rc = cli_tokens(v->cli, &tokens)))
		return rc;
	for (size_t i = 0; i < tmg_tokens_count(tokens); i++)
		check_token(v, tmg_tokens_get(tokens, i));
	check_skipped(v, tokens);
	v->wrong |= tmg_tokens_count(tokens) == 0;
	return TMG_OK;
}

static void
visit_hubs(struct visit *v)
{
	__attribute__((__cleanup__(hubs_release))) struct hubs hubs = { .count = 0 };
	const tmg_rc rc = hubs_open(v->cli, &hubs);

	if (rc != TMG_OK) {
		found(v, "vcard", WRONG, v->cli->fault.text, N_("start the virtual "
		    "card: tamga-vcard, or take its path out of --vcard, "
		    "TAMGA_VCARD_SOCKET and the configuration"), NULL);
		return;
	}
	check_daemon(v, &hubs);
	check_readers(v, &hubs);
	if (hubs.count == 0)
		v->wrong = true;
}

static tmg_rc
run_doctor(struct cli *cli)
{
	struct visit v = { .cli = cli, .checks = json_array() };
	tmg_rc rc;

	check_locale(&v);
	check_conf(&v);
	check_state(&v);
	visit_hubs(&v);
	if (!v.wrong)
		(void)!check_tokens(&v);
	doctor_browsers(&v);

	cli->stage = STAGE_SELF;
	cli->reported = true;
	if (cli->json && (rc = cli_json(cli, json_pack("{s:b, s:o}", "ok",
	    !v.wrong, "checks", v.checks))))
		return rc;
	if (!cli->json)
		json_decref(v.checks);
	/* Everything was said; only the exit code is left to tell. */
	return v.wrong ? TMG_MISMATCH : TMG_OK;
}

const struct command cmd_doctor = {
	.name = "doctor",
	.operands = "",
	.what = N_("what is wrong here and how to mend it"),
	.lenient = true,
	.run = run_doctor,
};
