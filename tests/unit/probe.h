/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A driver over a scripted card, from its probe to its end.
 */
#ifndef TMG_TESTS_UNIT_PROBE_H
#define TMG_TESTS_UNIT_PROBE_H

#include "tamga/driver.h"
#include "tests/unit/script.h"

/* Takes a turn, which probe_done() ends, and probes: the test fails unless the
 * driver finds one token. */
tmg_backend *
probe_one(tmg_script *s, const tmg_driver *driver);

/* Ends the turn, closes the token, and fails as tmg_script_done(). */
void
probe_done(tmg_script *s, tmg_backend *b);

/* Probes a card that has nothing for the driver: it answers so, and rc comes of it. */
void
probe_none_rows(const tmg_driver *driver, const tmg_script_row *rows, tmg_view atr,
    tmg_rc rc);
/* The same of one command. */
void
probe_none(const tmg_driver *driver, const char *command, const char *answer,
    tmg_rc rc);

/* Whose name no card here has, and cards that do not answer: the driver says so
 * after one command. */
void
probe_refused(const tmg_driver *driver, const char *command);

#endif
