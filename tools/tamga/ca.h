/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The authority, whom to believe and who we are to it, from the command line.
 */
#ifndef TAMGA_CLI_CA_H
#define TAMGA_CLI_CA_H

#include "tamga/provision.h"
#include "tools/tamga/cli.h"
#include "tools/tamga/language.h"

#define CA_OPTIONS \
	{ "ca", 0, OPT_TEXT, "URI", N_("the authority: est+https://HOST[/LABEL], portal+https://HOST or acme+https://HOST/DIRECTORY") }, \
	{ "ca-file", 0, OPT_TEXT, "FILE", N_("its CA certificates, PEM or DER") }, \
	{ "ca-fingerprint", 0, OPT_TEXT, "HEX", \
	    N_("SHA-256 of its CA certificate, compared by a person") }, \
	{ "user", 'u', OPT_TEXT, "NAME", N_("our name at the authority") }, \
	{ "password-file", 0, OPT_TEXT, "FILE", N_("the password is its first line") }, \
	{ "password-fd", 0, OPT_TEXT, "N", \
	    N_("the password is the next line of descriptor N") }, \
	{ "ca-option", 0, OPT_LIST, "NAME=VALUE", \
	    N_("what only the authority's protocol knows of") }, \
	{ "legacy", 0, OPT_FLAG, NULL, \
	    N_("SCEP: SHA-1 and DES will do, whoever may listen") }, \
	{ "token-file", 0, OPT_TEXT, "FILE", N_("an HTTP bearer token") }, \
	{ "timeout", 0, OPT_TEXT, "SECONDS", N_("of one exchange; else 30") }

struct ca {
	tmg_authority_spec spec;	/* borrows from the rest */
	tmg_certs *anchors;
	const char **options;
	uint8_t *password, *bearer;
	size_t password_len, bearer_len;
	char fingerprint[TMG_FINGERPRINT_MAX];
	char uri[TMG_URI_MAX];		/* from a journal */
	char languages[LANGUAGE_MAX];
};

/* What was said; asks for the password when a user has none. */
TMG_MUST_USE tmg_rc
ca_read(struct cli *cli, struct ca *ca);
/* Sees to it that somebody is believed: a person at a terminal may confirm
 * the fingerprint that is shown; nobody is believed silently. */
TMG_MUST_USE tmg_rc
ca_trust(struct cli *cli, struct ca *ca);
/* Whether the protocol wants the token to tell where the key was made. */
bool
ca_wants_attestation(const struct ca *ca);
void
ca_release(struct ca *ca);

#endif
