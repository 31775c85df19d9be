/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Passwords at rest: scrypt (RFC 7914).
 */
#ifndef RA_PASSWORD_H
#define RA_PASSWORD_H

#include "tools/ra/store/user.h"

/* "scrypt$LOG2N$R$P$SALT$HASH", hexadecimal. */
TMG_MUST_USE tmg_rc
ra_password_hash(tmg_view password, char text[RA_PASSWORD_TEXT]);

/* In constant time once the text is parsed.
 * Verdicts TMG_PIN_WRONG.  Faults TMG_E_MALFORMED: text is no such hash. */
TMG_MUST_USE tmg_rc
ra_password_verify(tmg_view password, const char *text);

#endif
