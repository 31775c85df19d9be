/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * HTTP Basic credentials, RFC 7617.
 */
#ifndef RA_BASIC_H
#define RA_BASIC_H

#include "src/base/secret.h"
#include "tools/ra/store/app.h"

/*
 * Verdicts  TMG_NOT_FOUND  header is not of the Basic scheme
 *           TMG_MISMATCH   it is, and malformed or longer than any account
 */
TMG_MUST_USE tmg_rc
ra_basic_parse(const char *header, char user[RA_OWNER_MAX], tmg_secret *password);

/* Letters, digits and . _ - @ + : no more than that makes an account name. */
bool ra_user_name_ok(const char *name);

#endif
