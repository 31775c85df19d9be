/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages for people, through the catalogue "tamga"; a server that speaks
 * several languages at once puts another one in front of it, for one thread.
 */
#ifndef TMG_BASE_I18N_H
#define TMG_BASE_I18N_H

#include <libintl.h>

#define _(text) tmg_text(text)
/* Marks a text in a const table; give it to _() where it is shown. */
#define N_(text) text

const char *
tmg_text(const char *text) __attribute__((__format_arg__(1)));

/* The same of a number: "%d year", "%d years". */
const char *
tmg_text_n(const char *one, const char *many, unsigned long n)
    __attribute__((__format_arg__(1), __format_arg__(2)));

/*
 * This thread's messages are looked for in the domain first, and in "tamga"
 * then; NULL: there alone.  The name is borrowed.  Returns the one before.
 */
const char *
tmg_text_first(const char *domain);

#endif
