/* SPDX-License-Identifier: BSD-2-Clause */
#include "src/base/i18n.h"

#include <stddef.h>

/* As uselocale() does: what a thread says is its own. */
static _Thread_local const char *first;

const char *
tmg_text(const char *text)
{
	const char *said = first != NULL ? dgettext(first, text) : text;

	return said != text ? said : dgettext("tamga", text);
}

const char *
tmg_text_n(const char *one, const char *many, unsigned long n)
{
	const char *said = first != NULL ? dngettext(first, one, many, n) : one;

	return said != one && said != many ? said :
	    dngettext("tamga", one, many, n);
}

const char *
tmg_text_first(const char *domain)
{
	const char *before = first;

	first = domain;
	return before;
}
