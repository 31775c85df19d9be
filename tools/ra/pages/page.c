/* SPDX-License-Identifier: BSD-2-Clause */
#include "tools/ra/pages/page.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/scope.h"
#include "tools/ra/profile/utf8.h"

#define PAGE_FIRST 8192

void
ra_page_release(ra_page *page)
{
	free(page->text);
	*page = (ra_page){ .text = NULL };
}

static bool
grow(ra_page *p, size_t more)
{
	size_t cap = p->cap > 0 ? p->cap : PAGE_FIRST;
	char *text;

	if (more > RA_PAGE_MAX - p->len)
		return false;
	while (cap - p->len < more)
		cap *= 2;
	if (cap == p->cap)
		return true;
	if ((text = realloc(p->text, cap)) == NULL)
		return false;
	p->text = text;
	p->cap = cap;
	return true;
}

static void
put_bytes(ra_page *p, const char *bytes, size_t len)
{
	p->failed = p->failed || !grow(p, len);
	if (p->failed || len == 0)
		return;
	memcpy(p->text + p->len, bytes, len);
	p->len += len;
}

static const struct {
	char c;
	const char *as;
} escapes[] = {
	{ '&', "&amp;" },
	{ '<', "&lt;" },
	{ '>', "&gt;" },
	{ '"', "&quot;" },
	{ '\'', "&#39;" },
};

static const char *
escape_of(char c)
{
	for (size_t i = 0; i < TMG_COUNT(escapes); i++)
		if (escapes[i].c == c)
			return escapes[i].as;
	return NULL;
}

static bool
is_control(char c)
{
	return ((unsigned char)c < ' ' && c != '\n' && c != '\t') || c == 0x7f;
}

static void
put_text(ra_page *p, const char *text)
{
	while (*text != '\0') {
		const size_t len = ra_utf8_length(text);
		const char *as = len == 1 ? escape_of(*text) : NULL;

		if (len == 0 || (len == 1 && is_control(*text)))
			as = "\xef\xbf\xbd";
		if (as != NULL)
			put_bytes(p, as, strlen(as));
		else
			put_bytes(p, text, len);
		text += len > 0 ? len : 1;
	}
}

static void
put_number(ra_page *p, long n)
{
	char text[24];
	const int len = snprintf(text, sizeof(text), "%ld", n);

	put_bytes(p, text, (size_t)len);
}

/* Writes one argument and says where its conversion ends, NULL: unknown. */
static const char *
put_argument(ra_page *p, const char *conversion, va_list *ap)
{
	if (strncmp(conversion, "%s", 2) == 0)
		put_text(p, va_arg(*ap, const char *));
	else if (strncmp(conversion, "%d", 2) == 0)
		put_number(p, va_arg(*ap, int));
	else if (strncmp(conversion, "%%", 2) == 0)
		put_bytes(p, "%", 1);
	else if (strncmp(conversion, "%ld", 3) == 0) {
		put_number(p, va_arg(*ap, long));
		return conversion + 3;
	} else if (strncmp(conversion, "%zu", 3) == 0) {
		put_number(p, (long)va_arg(*ap, size_t));
		return conversion + 3;
	} else {
		return NULL;
	}
	return conversion + 2;
}

void
ra_put(ra_page *p, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	while (fmt != NULL && *fmt != '\0') {
		const size_t len = strcspn(fmt, "%");

		put_bytes(p, fmt, len);
		fmt += len;
		if (*fmt == '%')
			fmt = put_argument(p, fmt, &ap);
	}
	p->failed = p->failed || fmt == NULL;
	va_end(ap);
}
