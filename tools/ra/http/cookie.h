/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The cookies of the pages: one for a visit, one for the language, one that
 * says that somebody came in with this browser before.
 */
#ifndef RA_COOKIE_H
#define RA_COOKIE_H

#include "tamga/ctx.h"
#include "tools/ra/store/session.h"

/* __Host-: Secure, for this host alone, for all of it (RFC 6265bis 4.1.3.2). */
#define RA_COOKIE_TOKEN "__Host-tamga"
#define RA_COOKIE_LANG "__Host-lang"
#define RA_COOKIE_DEVICE "__Host-known"

#define RA_TOKEN_MAX 65		/* 256 random bits, hexadecimal */
#define RA_COOKIE_MAX 192

/* The value that header gives a name; false: none, or longer than cap. */
bool
ra_cookie_find(const char *header, const char *name, char *value, size_t cap);

/* A Set-Cookie of that value; seconds 0: until the browser is closed. */
void
ra_cookie_print(const char *name, const char *value, long seconds,
    char text[RA_COOKIE_MAX]);

/* Verdicts none.  Faults TMG_E_CRYPTO: no random numbers to be had. */
TMG_MUST_USE tmg_rc
ra_token_new(tmg_ctx *ctx, char token[RA_TOKEN_MAX]);
bool
ra_token_ok(const char *token);

/* What token is called where it must not be known itself: in the store, in a
 * form's hidden field.  One says nothing of the other or of the token. */
TMG_MUST_USE tmg_rc
ra_token_hash(const char *purpose, const char *token, char text[RA_HASH_TEXT]);

#endif
