/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Data objects of a token: what stands on it beside keys and certificates.  A
 * PIV card has a fixed number of places, each with a name and an object
 * identifier (NIST SP 800-73-4 part 1, table 3).
 */
#ifndef TAMGA_DATA_H
#define TAMGA_DATA_H

#include "tamga/token.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * One place and what is known of it.  Lives as long as its token; what it tells
 * is read when first asked for and kept until the token's generation changes,
 * of a guarded one until the logout.
 */
typedef struct tmg_data tmg_data;

/* All places, full or empty; 0 when the token has none.  No APDU. */
TMG_API TMG_MUST_USE tmg_rc
tmg_token_data(tmg_token *token, size_t *count);
/* One of those that tmg_token_data() counted; NULL beyond the last, and before
 * it was called. */
TMG_API tmg_data *
tmg_token_data_get(tmg_token *token, size_t index);

/* The place of that name ("Card Holder Unique Identifier") or that object
 * identifier ("2.16.840.1.101.3.7.2.48.0").  Verdicts TMG_NOT_FOUND */
TMG_API TMG_MUST_USE tmg_rc
tmg_token_data_find(tmg_token *token, const char *name, tmg_data **data);

/* Both live as long as the place. */
TMG_API tmg_token *
tmg_data_token(const tmg_data *data);
TMG_API const tmg_data_slot *
tmg_data_place(const tmg_data *data);

/*
 * What is in it, as the token's standard has it (PIV: what stands inside the tag
 * 53), at most TMG_DATA_MAX bytes, borrowed.  Logs in as TMG_PIN_USER when the
 * place is guarded.
 *
 * Verdicts  TMG_NOT_FOUND    nothing is in it
 *           TMG_UNSUPPORTED  this token has no such place after all
 *           those of tmg_token_login()
 */
TMG_API TMG_MUST_USE tmg_rc
tmg_data_read(tmg_data *data, tmg_view *value);

/*
 * Puts value there.  Nothing looks into it: what a standard wants to stand there
 * is the caller's business.  Logs in as TMG_PIN_ADMIN.
 *
 *   value    at least one byte
 *   replace  false: TMG_OCCUPIED when something else is there; the same is not
 *            written again
 *
 * Verdicts  TMG_OCCUPIED     also when what is there must stay: a management key
 *                            that is kept behind the PIN
 *           TMG_UNSUPPORTED  the token writes there by itself, and nobody else
 *           TMG_DENIED       it does not fit
 *           those of tmg_token_login()
 * Faults    TMG_E_USAGE: nothing to write, or more than TMG_DATA_MAX bytes
 */
TMG_API TMG_MUST_USE tmg_rc
tmg_data_write(tmg_data *data, tmg_view value, bool replace);
/* None there is TMG_OK.  The same verdicts. */
TMG_API TMG_MUST_USE tmg_rc
tmg_data_delete(tmg_data *data);

#ifdef __cplusplus
}
#endif

#endif
