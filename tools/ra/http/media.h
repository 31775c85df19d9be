/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Media types and times, as HTTP writes them.
 */
#ifndef RA_MEDIA_H
#define RA_MEDIA_H

#include <stdbool.h>
#include <time.h>

/* "application/pkcs10; x=y" is application/pkcs10. */
bool ra_media_is(const char *content_type, const char *want);

#define RA_DATE_MAX 32

/* "Sun, 06 Nov 1994 08:49:37 GMT": RFC 9110 5.6.7, in nobody's language. */
void ra_media_date(time_t at, char text[RA_DATE_MAX]);

#endif
