/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Text of a page being written.  Markup stands in the program; whatever comes
 * from anywhere else is an argument, and arguments are always escaped: there
 * is no way to put one in as it is.
 */
#ifndef RA_PAGE_H
#define RA_PAGE_H

#include "tamga/view.h"

#define RA_PAGE_MAX (4u * 1024 * 1024)	/* bytes of one page */

/* Sticky: once something did not fit, the page has failed. */
typedef struct ra_page {
	char *text;		/* owned */
	size_t len, cap;
	bool failed;
} ra_page;

void ra_page_release(ra_page *page);

/*
 * Writes fmt's markup with its arguments: %s a text, %d, %ld and %zu numbers,
 * %% a percent sign.  Texts are escaped for elements and quoted attributes;
 * bytes that are no UTF-8 and control characters become U+FFFD.
 */
void
ra_put(ra_page *page, const char *fmt, ...)
    __attribute__((__format__(__printf__, 2, 3)));

#endif
