/* SPDX-License-Identifier: BSD-2-Clause */
/* Every verb of every noun once, so that every statement is prepared. */
#ifndef TMG_TESTS_UNIT_RA_EVERYTHING_H
#define TMG_TESTS_UNIT_RA_EVERYTHING_H

#include "tools/ra/store/store.h"

/* In a fresh store. */
void ask_everything(ra_store *s);

#endif
