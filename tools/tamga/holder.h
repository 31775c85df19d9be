/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whose token it is, in the words of the token.
 */
#ifndef TAMGA_CLI_HOLDER_H
#define TAMGA_CLI_HOLDER_H

#include "tamga/view.h"

#define HOLDER_MAX 128u		/* bytes of UTF-8, the end included */

/* A name as ISO/IEC 7501-1 writes it, "Surname<<Given<Names", in the order in which
 * people say it; "" if it is too long to be one. */
void
holder_words(tmg_view iso, char text[static HOLDER_MAX]);

#endif
