/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names become tokens and keys.
 */
#ifndef TMG_TOKEN_FIND_H
#define TMG_TOKEN_FIND_H

#include <stdio.h>

#include "src/codec/uri.h"
#include "src/token/token.h"

typedef bool tmg_token_match(tmg_token *token, const char *name);

/* What kept a token from being looked at: the first such, in words.  It is
 * told when what is looked for was found nowhere else. */
typedef struct tmg_obstacle {
	tmg_rc rc;		/* TMG_OK: none */
	tmg_fault fault;
} tmg_obstacle;

/* Notes that token could not be asked, for the reason rc that its fault tells. */
void
tmg_obstacle_note(tmg_obstacle *o, const tmg_token *token, tmg_rc rc);

/* Nothing was found: the obstacle's verdict and words, or TMG_NOT_FOUND. */
TMG_MUST_USE tmg_rc
tmg_obstacle_tell(const tmg_obstacle *o, tmg_tokens *set);

/* Did the cards show further applications, now that every driver was asked?
 * Notes a card that could not be asked. */
bool
tmg_find_more(tmg_tokens *set, tmg_obstacle *o);

/* Verdicts TMG_NOT_FOUND: no URI, or one with a PIN in it. */
TMG_MUST_USE tmg_rc
tmg_find_uri(tmg_tokens *set, const char *text, tmg_uri *uri);

/* Does the token have everything the URI says of a token? */
bool
tmg_find_fits(tmg_token *token, const tmg_uri *uri);

#endif
