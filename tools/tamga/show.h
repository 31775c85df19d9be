/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What tokens and keys look like to people and to programs.
 */
#ifndef TAMGA_CLI_SHOW_H
#define TAMGA_CLI_SHOW_H

#include "tools/tamga/cli.h"

/* A slot and what was found in it. */
struct seen {
	tmg_key *key;
	bool has_key, no_key;	/* neither: there is one of an unknown kind */
	bool has_cert, bad_cert;
	char why[TMG_FAULT_TEXT];	/* the token's words about a bad one, or "" */
	bool other_cert;	/* it is of another kind of key */
	tmg_key_facts facts;
	tmg_cert_facts cert;
};

/* Reads every certificate, in the order that costs the token the fewest commands, before
 * it is shown in the order that people know.  What cannot be read is told of the slot that
 * it concerns, when that is looked at. */
TMG_MUST_USE tmg_rc
show_certs(struct cli *cli, tmg_token *token, size_t *keys);

/* Looks at key and certificate; an empty slot is no failure. */
TMG_MUST_USE tmg_rc
show_look(struct cli *cli, tmg_key *key, struct seen *seen);

/* The same for a list: of the key only its kind, and where a certificate lies
 * the card is not asked for it. */
TMG_MUST_USE tmg_rc
show_glance(struct cli *cli, tmg_key *key, struct seen *seen);

/* A word a program may rely on: "generated". */
const char *
show_origin(tmg_origin origin);

/* The URI of what lies beside the key: type "cert" or "public"; its end. */
const char *
show_uri(tmg_key *key, const char *type, char store[static TMG_URI_MAX]);

json_t *
show_token_json(tmg_token *token);
json_t *
show_key_json(const struct seen *seen);

/* What a command did to a slot: words, or with --json the slot as it is now. */
TMG_MUST_USE tmg_rc
show_changed(struct cli *cli, tmg_key *key, const char *words);
/* The same, and how the key is named from now on. */
TMG_MUST_USE tmg_rc
show_key_changed(struct cli *cli, tmg_key *key, const char *words);

json_t *
show_cert_json(const tmg_cert_facts *cert);
/* Readers whose cards gave no token. */
json_t *
show_skipped_json(tmg_tokens *tokens);

#endif
