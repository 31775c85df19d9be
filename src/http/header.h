/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fields of an HTTP answer, and text of strangers made fit to be shown.  Pure.
 */
#ifndef TMG_HTTP_HEADER_H
#define TMG_HTTP_HEADER_H

#include <time.h>

#include "tamga/view.h"

/*
 * Splits "Name: value CRLF" (RFC 9110 5.1, 5.5); both borrowed from line.
 * Verdicts  TMG_NOT_FOUND  a status line or the empty line
 */
TMG_MUST_USE tmg_rc
tmg_header_split(tmg_view line, tmg_view *name, tmg_view *value);

bool
tmg_header_is(tmg_view name, const char *want);

/* Retry-After, seconds or a date (RFC 9110 10.2.3), as seconds from now; a
 * moment gone by is 0, more than a year is a year, nonsense is -1. */
long
tmg_header_retry_after(tmg_view value, time_t now);

/* Whether a Content-Type names the media type want ("text/html"); parameters
 * such as charset are not looked at (RFC 9110 8.3.1). */
bool
tmg_header_type_is(const char *type, const char *want);

/* text as one line of valid UTF-8 in to[cap]: what controls, breaks or
 * redirects a line becomes one space, what is no UTF-8 a question mark. */
void
tmg_header_clean(char *to, size_t cap, tmg_view text);

#endif
