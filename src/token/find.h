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

/* Verdicts TMG_NOT_FOUND: no URI, or one with a PIN in it. */
TMG_MUST_USE tmg_rc
tmg_find_uri(tmg_tokens *set, const char *text, tmg_uri *uri);

/* Does the token have everything the URI says of a token? */
bool
tmg_find_fits(tmg_token *token, const tmg_uri *uri);

#endif
