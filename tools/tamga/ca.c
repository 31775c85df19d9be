/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/tamga/ca.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/fail.h"
#include "src/base/secret.h"
#include "tools/tamga/request.h"
#include "tools/tamga/terminal.h"

enum {
	CA_FILE_MAX = 1 << 20,
	SECRET_MAX = 4096,
};

static tmg_rc
read_anchors(struct cli *cli, struct ca *ca, const char *path)
{
	tmg_auto_free uint8_t *data = NULL;
	tmg_view v = { NULL, 0 };
	tmg_rc rc;

	if ((rc = cli_read(cli, path, CA_FILE_MAX, &data, &v.len)))
		return rc;
	v.ptr = data;
	if ((rc = tmg_certs_new(&ca->anchors)))
		return rc;
	rc = tmg_certs_add_pem(ca->anchors, v);
	if (rc == TMG_NOT_FOUND)
		rc = tmg_certs_add(ca->anchors, v);
	if (rc != TMG_OK)
		return cli_raise(cli, TMG_E_USAGE,
		    _("%s holds no certificate, neither PEM nor DER"), path);
	ca->spec.anchors = ca->anchors;
	return TMG_OK;
}

static tmg_rc
read_fd(struct cli *cli, const char *text, uint8_t **line, size_t *len)
{
	tmg_auto_free uint8_t *store = calloc(SECRET_MAX, 1);
	char *end;
	const long fd = strtol(text, &end, 10);

	if (store == NULL)
		return TMG_E_NOMEM;
	if (end == text || *end != '\0' || fd < 0 || fd > 65535 ||
	    fcntl((int)fd, F_GETFD) < 0)
		return cli_raise(cli, TMG_E_USAGE,
		    _("--password-fd %s: no open descriptor has that number"), text);
	for (*len = 0; *len < SECRET_MAX - 1; (*len)++)
		if (read((int)fd, store + *len, 1) != 1 || store[*len] == '\n')
			break;
	store[*len] = '\0';
	*line = store;
	store = NULL;
	return TMG_OK;
}

static tmg_rc
ask_password(struct cli *cli, const char *user, struct ca *ca)
{
	uint8_t *store;
	char prompt[256];
	tmg_out out;

	if (!terminal_is())
		return cli_raise(cli, TMG_E_USAGE, _("the password of %s is wanted and "
		    "there is nobody to ask; use --password-file"), user);
	store = calloc(SECRET_MAX, 1);
	if (store == NULL)
		return TMG_E_NOMEM;
	ca->password = store;
	out = (tmg_out){ store, SECRET_MAX - 1, 0, false };
	snprintf(prompt, sizeof(prompt), _("Password of %s at the authority: "), user);
	if (terminal_secret(prompt, &out) != TMG_OK)
		return cli_raise(cli, TMG_CANCELLED,
		    _("no password was entered; nothing was changed"));
	ca->password_len = out.len;
	return TMG_OK;
}

static tmg_rc
read_credentials(struct cli *cli, struct ca *ca)
{
	const char *user = cli_text(cli, "user");
	const char *file = cli_text(cli, "password-file");
	const char *fd = cli_text(cli, "password-fd");
	const char *bearer = cli_text(cli, "token-file");
	tmg_rc rc = TMG_OK;

	if (user == NULL && (file != NULL || fd != NULL))
		return cli_raise(cli, TMG_E_USAGE, _("whose password? say --user"));
	if (file != NULL)
		rc = request_line(cli, file, &ca->password, &ca->password_len);
	else if (fd != NULL)
		rc = read_fd(cli, fd, &ca->password, &ca->password_len);
	else if (user != NULL)
		rc = ask_password(cli, user, ca);
	if (rc == TMG_OK && bearer != NULL)
		rc = request_line(cli, bearer, &ca->bearer, &ca->bearer_len);
	if (rc != TMG_OK)
		return rc;
	ca->spec.user = user;
	ca->spec.password = (tmg_view){ ca->password, ca->password_len };
	ca->spec.bearer = (tmg_view){ ca->bearer, ca->bearer_len };
	return TMG_OK;
}

static tmg_rc
read_timeout(struct cli *cli, struct ca *ca)
{
	const char *text = cli_text(cli, "timeout");
	char *end;
	long n;

	if (text == NULL)
		return TMG_OK;
	n = strtol(text, &end, 10);
	if (end == text || *end != '\0' || n < 1 || n > 3600)
		return cli_raise(cli, TMG_E_USAGE,
		    _("--timeout %s: say seconds, 1 to 3600"), text);
	ca->spec.timeout_s = (unsigned)n;
	return TMG_OK;
}

/* Only SCEP has servers that know nothing better than DES and SHA-1. */
static tmg_rc
check_legacy(struct cli *cli, const struct ca *ca)
{
	if (!cli_flag(cli, "legacy") || strncmp(ca->spec.uri, "scep+", 5) == 0)
		return TMG_OK;
	return cli_raise(cli, TMG_E_USAGE, _("--legacy is for scep+http://, some of whose "
	    "servers know nothing better than DES and SHA-1; %s has no such thing"),
	    ca->spec.uri);
}

/* A mistyped address is told before a password or a fingerprint is asked for. */
static tmg_rc
check_address(struct cli *cli, const struct ca *ca)
{
	tmg_fault f = { 0 };
	tmg_rc rc;

	if (ca->spec.uri == NULL)
		return TMG_OK;
	rc = tmg_authority_speaks(&ca->spec, &f);
	return rc == TMG_OK ? check_legacy(cli, ca) : cli_fail(cli, rc, &f);
}

#define LEGACY "legacy="

static const char *
legacy_of(const struct ca *ca)
{
	for (const char *const *o = ca->options; o != NULL && *o != NULL; o++)
		if (strncmp(*o, LEGACY, strlen(LEGACY)) == 0)
			return *o + strlen(LEGACY);
	return NULL;
}

/* --legacy is --ca-option legacy=yes; said twice it is said once. */
static tmg_rc
add_legacy(struct cli *cli, struct ca *ca)
{
	const char **more;
	size_t n = 0;

	if (!cli_flag(cli, "legacy") || legacy_of(ca) != NULL)
		return TMG_OK;
	while (ca->options != NULL && ca->options[n] != NULL)
		n++;
	more = realloc(ca->options, (n + 2) * sizeof(*more));
	if (more == NULL)
		return TMG_E_NOMEM;
	more[n] = LEGACY "yes";
	more[n + 1] = NULL;
	ca->options = more;
	return TMG_OK;
}

/* The one option that makes a protocol weaker than it is (SCEP). */
static void
warn_legacy(const struct cli *cli, const struct ca *ca)
{
	const char *said = legacy_of(ca);

	if (said != NULL && strcmp(said, "yes") == 0)
		cli_note(cli, "%s", _("Warning: SHA-1 and DES will do here. Whoever "
		    "listens may read the challenge password and forge answers."));
}

/* The terms themselves are for a browser; what is agreed to is their address. */
static tmg_rc
ask_terms(void *asker, const char *terms, tmg_fault *f)
{
	const struct cli *cli = asker;

	cli_note(cli, _("The CA has terms of service: %s"), terms);
	if (terminal_confirm(_("Read them. Do you agree? Type yes to agree: "), _("yes")))
		return TMG_OK;
	return tmg_raise(f, TMG_CANCELLED, 0,
	    _("the terms of service are not agreed to; nothing was changed"));
}

tmg_rc
ca_read(struct cli *cli, struct ca *ca)
{
	const char *file = cli_text(cli, "ca-file");
	const char *print = cli_text(cli, "ca-fingerprint");
	tmg_rc rc;

	if (file != NULL && print != NULL)
		return cli_raise(cli, TMG_E_USAGE,
		    _("--ca-file or --ca-fingerprint: say one of them"));
	language_accept(ca->languages);
	ca->spec.languages = ca->languages;
	ca->spec.uri = cli_text(cli, "ca");
	ca->spec.fingerprint = print;
	if ((rc = check_address(cli, ca)) ||
	    (rc = args_list(&cli->args, "ca-option", &ca->options)) ||
	    (rc = add_legacy(cli, ca)))
		return rc;
	ca->spec.options = ca->options;
	if (terminal_is() && !cli->quiet) {
		ca->spec.asker = cli;
		ca->spec.agree = ask_terms;
	}
	warn_legacy(cli, ca);
	if (file != NULL && (rc = read_anchors(cli, ca, file)))
		return rc;
	if ((rc = read_timeout(cli, ca)))
		return rc;
	return read_credentials(cli, ca);
}

/* The certificate that issued itself: what a person can compare. */
static tmg_rc
find_root(struct cli *cli, const tmg_certs *certs, tmg_cert_facts *root)
{
	for (size_t i = 0; i < tmg_certs_count(certs); i++) {
		const tmg_rc rc = tmg_cert_facts_get(tmg_certs_get(certs, i), root);

		if (rc == TMG_E_NOMEM)
			return cli_fail(cli, rc, &cli->fault);
		if (rc == TMG_OK && root->self_issued)
			return TMG_OK;
	}
	return cli_raise(cli, TMG_MISMATCH, _("the authority shows no root certificate; "
	    "get it another way and say --ca-file"));
}

static void
show_root(struct cli *cli, const tmg_cert_facts *root)
{
	char pairs[3 * 32 + 1] = "";

	for (size_t i = 0; i < 32; i++)
		snprintf(pairs + 3 * i, 4, "%.2s%s", root->sha256 + 2 * i,
		    i < 31 ? ":" : "");
	cli_note(cli, _("Nobody said whom to believe.  The authority shows this CA:"));
	cli_note(cli, "  %s", root->subject);
	cli_note(cli, "  SHA-256 %s", pairs);
	cli_note(cli, _("Compare it with what the authority told you another way."));
}

static tmg_rc
ask_person(struct cli *cli, struct ca *ca)
{
	tmg_auto_ptr(tmg_certs) certs = NULL;
	tmg_cert_facts root;
	tmg_fault f = { 0 };
	tmg_rc rc;

	rc = tmg_authority_introduce(cli->ctx, ca->spec.uri, ca->spec.timeout_s, &f,
	    &certs);
	if (rc != TMG_OK)
		return cli_fail(cli, rc, &f);
	if ((rc = find_root(cli, certs, &root)))
		return rc;
	show_root(cli, &root);
	if (!terminal_confirm(_("Is it the same, all of it? Type yes to believe it: "),
	    _("yes")))
		return cli_raise(cli, TMG_CANCELLED,
		    _("the authority is not believed; nothing was changed"));
	memcpy(ca->fingerprint, root.sha256, sizeof(root.sha256));
	ca->spec.fingerprint = ca->fingerprint;
	return TMG_OK;
}

tmg_rc
ca_trust(struct cli *cli, struct ca *ca)
{
	tmg_rc rc;

	if (ca->spec.uri == NULL && cli->conf.ca[0] != '\0')
		ca->spec.uri = cli->conf.ca;
	if (ca->spec.uri == NULL)
		return cli_raise(cli, TMG_E_USAGE, _("who is to issue? say --ca URI"));
	if ((rc = check_address(cli, ca)))
		return rc;
	if (ca->spec.anchors != NULL || ca->spec.fingerprint != NULL)
		return TMG_OK;
	if (cli->conf.ca_file[0] != '\0')
		return read_anchors(cli, ca, cli->conf.ca_file);
	if (terminal_is() && !cli->quiet)
		return ask_person(cli, ca);
	return cli_raise(cli, TMG_E_USAGE, _("nobody said whom to believe: get the CA "
	    "certificate of %s and say --ca-file, or compare its SHA-256 and say "
	    "--ca-fingerprint"), ca->spec.uri);
}

bool
ca_wants_attestation(const struct ca *ca)
{
	for (const char *const *o = ca->options; o != NULL && *o != NULL; o++)
		if (strcmp(*o, "challenge=device-attest-01") == 0)
			return true;
	return false;
}

static void
wipe(uint8_t *secret, size_t len)
{
	if (secret != NULL)
		explicit_bzero(secret, len);
	free(secret);
}

void
ca_release(struct ca *ca)
{
	wipe(ca->password, ca->password_len);
	wipe(ca->bearer, ca->bearer_len);
	free(ca->options);
	tmg_certs_free(&ca->anchors);
	*ca = (struct ca){ .password = NULL };
}
