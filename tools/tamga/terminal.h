/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Asking a person at the terminal.
 */
#ifndef TAMGA_CLI_TERMINAL_H
#define TAMGA_CLI_TERMINAL_H

#include "tamga/view.h"

/* Is there one, whatever standard input and output are? */
bool
terminal_is(void);

/*
 * Writes prompt to /dev/tty and reads a line from there that nobody sees.
 * The terminal is as before on every way out, signals included.
 *
 * Verdicts TMG_CANCELLED (^C, ^D, an empty line, no terminal)
 * Faults   TMG_E_SPACE (too long), TMG_E_IO
 */
TMG_MUST_USE tmg_rc
terminal_secret(const char *prompt, tmg_out *secret);

/* A line that is seen, without its end; empty where nothing was typed.
 * Verdicts TMG_CANCELLED (^D, no terminal)  Faults TMG_E_SPACE */
TMG_MUST_USE tmg_rc
terminal_line(const char *prompt, char *line, size_t cap);

/* A line that is seen; true when it equals word. */
bool
terminal_confirm(const char *prompt, const char *word);

#endif
