/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Text as a terminal may see it.
 */
#ifndef TAMGA_CLI_TEXT_H
#define TAMGA_CLI_TEXT_H

#include <stdio.h>
#include <time.h>

#include "tamga/view.h"

/*
 * Writes UTF-8 text from a card, a certificate or a server.  Letters of every
 * script pass; what could steer a terminal or turn the line around (control
 * characters, bidirectional overrides, broken UTF-8) becomes a '?'.
 */
void
text_put(FILE *to, const char *text);

/* Columns that text_put() fills. */
size_t
text_width(const char *text);

/* text_put(), the end cut when it needs more columns; how many it filled. */
size_t
text_put_within(FILE *to, const char *text, size_t columns);

/* "2027-03-01", UTC; "-" for 0. */
const char *
text_day(time_t when, char *store, size_t cap);
/* "2027-03-01T12:00:00Z", RFC 3339. */
const char *
text_time(time_t when, char *store, size_t cap);

#endif
