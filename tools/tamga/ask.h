/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PINs that a command itself must have: to change, unblock or verify them.
 */
#ifndef TAMGA_CLI_ASK_H
#define TAMGA_CLI_ASK_H

#include "src/base/secret.h"
#include "tools/tamga/cli.h"

/* What such tokens call it: PIN, PUK, security officer's PIN. */
const char *cli_pin_name(tmg_token *token, tmg_pin_kind kind);
/* Whoever is asked from now on is asked for them by these names. */
void cli_pins_named(struct cli *cli, tmg_token *token);

/* The PIN as it is now.  Verdicts TMG_CANCELLED, TMG_LAST_TRY,
 * TMG_PIN_LOCKED (nobody was asked). */
TMG_MUST_USE tmg_rc
cli_ask(struct cli *cli, tmg_token *token, tmg_pin_kind kind, tmg_secret *pin);

/* The same where it may be typed on the reader's keypad instead, if that can do
 * what keypad (TMG_PAD_*) says: the PIN is empty then. */
TMG_MUST_USE tmg_rc
cli_ask_typed(struct cli *cli, tmg_token *token, tmg_pin_kind kind,
    unsigned keypad, tmg_secret *pin);

/* A new one, of a length and of characters that the token takes.
 * Verdicts TMG_CANCELLED, TMG_DENIED. */
TMG_MUST_USE tmg_rc
cli_ask_fresh(struct cli *cli, tmg_token *token, tmg_pin_kind kind,
    tmg_secret *pin);

/* For what cannot be undone: --yes, or a person types it.
 * Verdicts TMG_CANCELLED. */
TMG_MUST_USE tmg_rc
cli_sure(struct cli *cli, const char *what);

/* A password that is given already protects a key in a folder from its first
 * moment: before one is made.  Asks nobody, and does nothing for a card. */
TMG_MUST_USE tmg_rc
cli_protect(struct cli *cli, tmg_token *token);

#endif
